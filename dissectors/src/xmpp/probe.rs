//! Is it XMPP? Judged by its tags, never by the port.
//!
//! Whoever opens a stream says so in the first tag. A conversation that is picked up in its middle
//! shows stanzas, whose attributes are like nobody else's; which side is the client is seen from
//! who names the sender: servers always do, clients never need to.

use super::ns;
use super::wire::opens_stream;
use crate::{Opening, Probe, Transport};

/// Bytes of one side that decide.
pub(super) const DEPTH: usize = 4096;

/// What the first bytes of a side are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    /// XMPP, from whichever side.
    Like,
    /// XMPP that only a client says, or only a server.
    Asks,
    Tells,
    /// Nothing yet that decides.
    May,
    Unlike,
}

/// Judges what both sides have said so far.
pub(super) fn judge(opening: &Opening<'_>) -> Probe {
    if opening.transport != Transport::Tcp {
        return Probe::No;
    }
    let client = looks(opening.client, opening.from_start);
    let server = looks(opening.server, opening.from_start);
    let deep = opening.client.len().max(opening.server.len()) >= DEPTH;
    match (client, server) {
        (Looks::Unlike, _) | (_, Looks::Unlike) => Probe::No,
        (Looks::May, Looks::May) if deep => Probe::No,
        (Looks::May, Looks::May) => Probe::More,
        _ if opening.from_start => Probe::Yes,
        (Looks::Tells, _) | (_, Looks::Asks) if !listens(opening) => Probe::Swapped,
        (Looks::Asks | Looks::Tells, _) | (_, Looks::Asks | Looks::Tells) => Probe::Yes,
        _ if deep => Probe::Yes,
        _ => Probe::More,
    }
}

/// The server's port is where XMPP servers listen: then it is the server.
fn listens(opening: &Opening<'_>) -> bool {
    super::facts::FACTS.ports.contains(&opening.ends.server.port())
}

fn looks(side: &[u8], from_start: bool) -> Looks {
    let window = side.get(..DEPTH).unwrap_or(side);
    let mut rest = window.strip_prefix(b"\xef\xbb\xbf").unwrap_or(window);
    let mut seen = Looks::May;
    loop {
        let text = memchr::memchr(b'<', rest).unwrap_or(rest.len());
        let (text, tags) = rest.split_at(text);
        if !text.iter().all(u8::is_ascii_whitespace) && (from_start || !is_text(text)) {
            return if seen == Looks::May { Looks::Unlike } else { seen };
        }
        let Some(end) = end(tags) else {
            let cut = from_start && !may_begin(tags) || tags.contains(&0);
            return if cut && seen == Looks::May { Looks::Unlike } else { seen };
        };
        let (tag, behind) = tags.split_at(end);
        rest = behind;
        match looks_of(tag) {
            Looks::May => {}
            Looks::Like if from_start => return Looks::Like,
            Looks::Like => seen = Looks::Like,
            Looks::Unlike if !from_start && seen == Looks::May => {}
            Looks::Unlike if seen != Looks::May => {}
            known => return known,
        }
    }
}

/// What one whole tag is.
fn looks_of(tag: &[u8]) -> Looks {
    let has = |word: &str| memchr::memmem::find(tag, word.as_bytes()).is_some();
    if tag.starts_with(b"<?xml") || tag.starts_with(b"<!--") {
        return Looks::May;
    }
    if opens_stream(tag) && has(ns::STREAMS) {
        // Whoever is called gives the stream an id.
        return if attribute(tag, b"id").is_some() { Looks::Tells } else { Looks::Asks };
    }
    match name(tag) {
        b"stream:features" | b"stream:error" => Looks::Tells,
        b"auth" | b"response" | b"starttls" if has("urn:ietf:params:xml:ns:xmpp-") => Looks::Asks,
        b"challenge" | b"success" | b"proceed" if has("urn:ietf:params:xml:ns:xmpp-") => {
            Looks::Tells
        }
        b"db:result" | b"db:verify" => Looks::Like,
        b"iq" if attribute(tag, b"id").is_some() => {
            stanza(tag, &[b"get", b"set", b"result", b"error"], true)
        }
        b"message" => {
            stanza(tag, &[b"chat", b"groupchat", b"headline", b"normal", b"error"], false)
        }
        b"presence" => stanza(tag, PRESENCES, false),
        _ => Looks::Unlike,
    }
}

/// A stanza: its type is one of these, or (unless it `needs` one) it is for or from somebody.
fn stanza(tag: &[u8], types: &[&[u8]], needs: bool) -> Looks {
    let kind = attribute(tag, b"type");
    let known = kind.is_some_and(|kind| types.contains(&kind));
    let (from, to) = (attribute(tag, b"from"), attribute(tag, b"to"));
    let address = |side: Option<&[u8]>| side.is_some_and(|side| side.contains(&b'@'));
    if !known && (needs || kind.is_some() || !(address(from) || address(to))) {
        // A bare `<presence>` says nothing, and is nobody else's either.
        return if kind.is_none() && name(tag) == b"presence" { Looks::May } else { Looks::Unlike };
    }
    match (from, to) {
        (Some(_), _) => Looks::Tells,
        (None, Some(_)) => Looks::Asks,
        (None, None) => Looks::Like,
    }
}

const PRESENCES: &[&[u8]] = &[
    b"unavailable",
    b"subscribe",
    b"subscribed",
    b"unsubscribe",
    b"unsubscribed",
    b"probe",
    b"invisible",
    b"error",
];

/// The name of a tag.
fn name(tag: &[u8]) -> &[u8] {
    let tag = tag.strip_prefix(b"<").unwrap_or(tag);
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let end = tag.iter().position(ends).unwrap_or(tag.len());
    tag.get(..end).unwrap_or_default()
}

/// The value of an attribute of a tag, as it is written.
fn attribute<'a>(tag: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let mut rest = tag.get(name(tag).len() + 1..)?;
    loop {
        let equals = memchr::memchr(b'=', rest)?;
        let (known, behind) = rest.split_at_checked(equals)?;
        let value = behind.get(1..)?.trim_ascii_start();
        let (quote, value) =
            value.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
        let end = memchr::memchr(*quote, value)?;
        let (value, behind) = value.split_at_checked(end)?;
        if known.trim_ascii() == wanted {
            return Some(value);
        }
        rest = behind.get(1..)?;
    }
}

/// Where a whole tag ends: a `>` in a value is none of its own.
fn end(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), _) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Whether the beginning of a tag may become one of ours.
fn may_begin(tag: &[u8]) -> bool {
    let known = [
        &b"<?xml"[..],
        b"<!--",
        b"<stream:",
        b"<auth",
        b"<response",
        b"<starttls",
        b"<challenge",
        b"<success",
        b"<proceed",
        b"<db:",
        b"<iq",
        b"<message",
        b"<presence",
        b"<stream",
    ];
    let name = name(tag);
    known.iter().any(|known| tag.starts_with(known) || known.starts_with(tag))
        || name.len() <= PREFIX
        || name.ends_with(b":stream")
}

/// Longest prefix that a stream's name may have before it is known.
const PREFIX: usize = 32;

/// Text holds no control characters. That of a message may hold line ends, but where it is picked up in
/// one, so may lines of another protocol that must not wait for a tag to come.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte >= b' ' || *byte == b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ends;

    fn verdict(client: &str, server: &str, from_start: bool) -> Probe {
        let end = std::net::SocketAddr::from(([10, 0, 0, 1], 4000));
        let (ends, transport) = (Ends { client: end, server: end }, Transport::Tcp);
        let (client, server) = (client.as_bytes(), server.as_bytes());
        judge(&Opening { client, server, ends, transport, from_start })
    }

    const HEADER: &str = "<?xml version='1.0'?><stream:stream to='im.example' \
                          xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

    #[test]
    fn a_stream_says_what_it_is() {
        assert_eq!(verdict("", "", true), Probe::More);
        for length in 1..HEADER.len() {
            assert_eq!(verdict(&HEADER[..length], "", true), Probe::More, "{length}");
        }
        assert_eq!(verdict(HEADER, "", true), Probe::Yes);
        assert_eq!(verdict("", &HEADER.replace("to=", "id='1' from="), true), Probe::Yes);
        assert_eq!(verdict("", HEADER, false), Probe::Swapped);
    }

    #[test]
    fn stanzas_are_known_in_the_middle() {
        let asks = "lo</body></message><message to='bob@im' type='chat'>";
        assert_eq!(verdict(asks, "", false), Probe::Yes);
        assert_eq!(verdict("", asks, false), Probe::Swapped);
        assert_eq!(verdict("", "<presence from='bob@im/x' to='ann@im'/>", false), Probe::Yes);
        let undecided = "<presence/><iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>";
        assert_eq!(verdict(undecided, "", false), Probe::More);
    }

    #[test]
    fn other_xml_is_nobodys() {
        let soap = "<?xml version='1.0'?><soap:Envelope xmlns:soap='x'><message>hi</message>";
        assert_eq!(verdict(soap, "", true), Probe::No);
        assert_eq!(verdict(soap, "", false), Probe::More);
        assert_eq!(verdict("<policy-file-request/>\0", "", true), Probe::No);
        assert_eq!(verdict("POST /x HTTP/1.1\r\n\r\n<iq type='get' id='1'/>", "", true), Probe::No);
        assert_eq!(verdict("<message>hi</message>", "", true), Probe::No);
        assert_eq!(verdict("\u{16}\u{3}\u{1}", "", false), Probe::No);
        assert_eq!(verdict("PRIVMSG #room :hi\r\n", "", false), Probe::No);
        assert_eq!(verdict("ello\nworld</body></message>", "", false), Probe::No);
        assert_eq!(verdict("<iq type='lo' id='1'/>", "", true), Probe::No);
    }
}
