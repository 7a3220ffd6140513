//! Files in the descriptions of calls: SDP (RFC 8866) that offers MSRP (RFC 4975), with a file
//! selector (RFC 5547).

use std::net::IpAddr;

use super::asked::{Asked, Method};
use super::body::Part;
use super::talk::Saying;
use super::uri;
use super::wire::Message;
use crate::event::{Carries, Event, Offer, OfferState, Ticketed};
use crate::{Out, Text, Ticket, Who};

/// A description of one medium: its first line, and its attributes.
struct Medium<'a> {
    line: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Medium<'a> {
    fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// It is refused: its port is 0.
    fn is_refused(&self) -> bool {
        self.line.split(' ').nth(1) == Some("0")
    }

    /// Where its MSRP is spoken: the first hop of its path (RFC 4975 section 6).
    fn path(&self) -> Option<Path<'a>> {
        path(self.attribute("path")?.split(' ').next()?)
    }
}

/// An MSRP address.
pub(crate) struct Path<'a> {
    pub(crate) endpoint: Option<(IpAddr, u16)>,
    /// The session's name, which nobody else has.
    pub(crate) session: &'a str,
}

/// Reads `msrp://host:port/session;tcp`.
pub(crate) fn path(uri: &str) -> Option<Path<'_>> {
    let (scheme, rest) = uri.split_once("://")?;
    if !matches!(scheme, "msrp" | "msrps") {
        return None;
    }
    let (authority, session) = rest.split_once('/')?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, authority)| authority);
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, PORT));
    let address = host.trim_matches(['[', ']']).parse().ok();
    let session = session.split(';').next()?;
    Some(Path { endpoint: address.zip(port.parse().ok()), session })
}

/// The messaging media of a description.
fn media(description: &str) -> Vec<Medium<'_>> {
    let mut media: Vec<Medium<'_>> = Vec::new();
    let mut ours = false;
    for line in description.lines() {
        if let Some(line) = line.strip_prefix("m=") {
            ours = line.starts_with("message ") && media.len() < MEDIA;
            if ours {
                media.push(Medium { line, attributes: Vec::new() });
            }
        } else if let (true, Some(attribute), Some(last)) =
            (ours, line.strip_prefix("a="), media.last_mut())
            && last.attributes.len() < ATTRIBUTES
        {
            last.attributes.push(attribute.split_once(':').unwrap_or((attribute, "")));
        }
    }
    media
}

/// The description in a message.
fn description(message: &Message<'_>) -> Option<Text> {
    let parts = Part::new(message.text("Content-Type")?, message.body).open();
    parts.iter().find(|part| part.kind == "application/sdp").map(Part::text)
}

/// An INVITE that offers files: each is told.
pub(super) fn offered(saying: &Saying<'_>, out: &mut Out) -> Vec<Offer> {
    let Some(description) = description(saying.message) else { return Vec::new() };
    let mut offers = Vec::new();
    for medium in media(description.expose()) {
        session(&medium, saying.from.who(), out);
        let Some(selector) = medium.attribute("file-selector") else { continue };
        let (from, to) = (saying.from.who(), saying.to.who());
        // Who only receives asks for a file.
        let fetches = medium.attribute("recvonly").is_some();
        let (from, to) = if fetches { (to, from) } else { (from, to) };
        let offer = Offer {
            from,
            to: vec![to],
            room: None,
            carries: Carries::Wrapped,
            transport: TRANSPORT,
            name: Text::new(name(selector).unwrap_or_default()),
            size: selected(selector, "size").and_then(|size| size.parse().ok()),
            offset: 0,
            token: medium.path().map(|path| path.session.to_owned()),
            endpoint: None,
            listener: None,
            state: OfferState::Offered,
            leg: saying.leg,
        };
        out.emit(Event::Offer(offer.clone()));
        offers.push(offer);
    }
    offers
}

/// The answer to what was offered: a description of as many media, or none.
pub(super) fn answered(asked: &Asked, status: u16, message: &Message<'_>, out: &mut Out) {
    if asked.method != Method::Invite || matches!(status, 401 | 407) {
        return;
    }
    let description = if status < 300 { description(message) } else { None };
    let described = description.as_ref().map(|text| media(text.expose())).unwrap_or_default();
    if let Some(callee) = message.field("To").and_then(uri::address) {
        described.iter().for_each(|medium| session(medium, callee.who(), out));
    }
    let mut media = described
        .iter()
        .filter(|medium| medium.is_refused() || medium.attribute("file-selector").is_some());
    for offer in &asked.offers {
        let medium = media.next();
        let accepted = status < 300 && medium.is_none_or(|medium| !medium.is_refused());
        let state = if accepted { OfferState::Accepted } else { OfferState::Declined };
        // Whoever made the offer calls (RFC 4975 section 5.4).
        let endpoint = medium.and_then(Medium::path).and_then(|path| path.endpoint);
        let listener = endpoint.and_then(|_| offer.to.first().cloned());
        out.emit(Event::Offer(Offer { endpoint, listener, state, ..offer.clone() }));
    }
}

/// Whoever names a session is known by it where it is used.
fn session(medium: &Medium<'_>, who: Who, out: &mut Out) {
    if let Some(path) = medium.path().filter(|path| !path.session.is_empty()) {
        let ticket = Ticket::new(TRANSPORT, path.session.as_bytes());
        out.emit(Event::Ticket(Ticketed { ticket, who }));
    }
}

/// The name in a selector: in quotes, with percent signs for what may not stand there.
fn name(selector: &str) -> Option<String> {
    let (_, behind) = selector.split_once("name:\"")?;
    let (name, _) = behind.split_once('"')?;
    Some(name.replace("%22", "\"").replace("%25", "%"))
}

/// The value of a selector that is one word.
fn selected<'a>(selector: &'a str, key: &str) -> Option<&'a str> {
    // Names hold blanks and colons, so that what follows them is looked at.
    let rest = selector.rsplit_once('"').map_or(selector, |(_, rest)| rest);
    let before = selector.split("name:\"").next().unwrap_or_default();
    let mut words = rest.split(' ').chain(before.split(' '));
    words.find_map(|word| word.strip_prefix(key)?.strip_prefix(':'))
}

/// What files go over: MSRP, by its name here.
const TRANSPORT: &str = crate::msrp::FACTS.name;
/// The port of MSRP (RFC 4975 section 15.4).
const PORT: &str = "2855";
/// Media of one description, and attributes of a medium.
const MEDIA: usize = 16;
const ATTRIBUTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_names_a_file() {
        // RFC 5547 section 9.1, shortened.
        let selector =
            "name:\"My cool %22picture%22.jpg\" type:image/jpeg size:4092 hash:sha-1:72:24";
        assert_eq!(name(selector).as_deref(), Some("My cool \"picture\".jpg"));
        assert_eq!(selected(selector, "size"), Some("4092"));
        assert_eq!(selected("size:7 name:\"size:9 b\"", "size"), Some("7"));
    }

    #[test]
    fn a_path_names_a_session_and_a_place() {
        let path = path("msrp://10.0.0.7:7654/jshA7weztas;tcp").unwrap();
        assert_eq!(path.session, "jshA7weztas");
        assert_eq!(path.endpoint, Some(("10.0.0.7".parse().unwrap(), 7654)));
    }
}
