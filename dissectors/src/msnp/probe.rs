//! Recognition, on any port: by the first line of either side.

use super::wire;
use crate::scan::{Prefix, prefix};
use crate::{Opening, Probe, Side, Transport};

/// Bytes of a side that decide.
pub(super) const DEPTH: usize = 2048;

/// Judges both sides; the client speaks first in every kind of connection.
pub(super) fn probe(opening: &Opening<'_>) -> Probe {
    if opening.transport != Transport::Tcp {
        return Probe::No;
    }
    let (client, server) = (opening.client, opening.server);
    let one = looks(Side::Client, client, opening.from_start);
    let two = looks(Side::Server, server, opening.from_start);
    let open = |looks: Looks| matches!(looks, Looks::Open | Looks::May);
    match (one, two) {
        (Looks::Asks, _) | (_, Looks::Answers) => Probe::Yes,
        (Looks::Answers, _) | (_, Looks::Asks) => Probe::Swapped,
        (Looks::Either, _) | (_, Looks::Either) => Probe::Yes,
        _ if open(one) && open(two) && client.len().max(server.len()) < DEPTH => Probe::More,
        _ => Probe::No,
    }
}

/// What the first bytes of a side are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    /// There are none.
    Open,
    /// Too few to tell.
    May,
    /// What a client says.
    Asks,
    /// What a service says.
    Answers,
    /// What both say.
    Either,
    Unlike,
}

fn looks(side: Side, bytes: &[u8], from_start: bool) -> Looks {
    if bytes.is_empty() {
        return Looks::Open;
    }
    if !from_start {
        return middle(side, bytes);
    }
    let begins =
        |words: &[&str]| words.iter().any(|word| prefix(bytes, word.as_bytes()) != Prefix::Not);
    let Some((line, _)) = crate::scan::line(bytes.get(..DEPTH).unwrap_or(bytes)) else {
        return if begins(&["VER ", "USR ", "ANS ", "IRO "]) { Looks::May } else { Looks::Unlike };
    };
    first(line)
}

/// A whole first line of a connection.
fn first(line: &[u8]) -> Looks {
    let Ok(line) = std::str::from_utf8(line) else { return Looks::Unlike };
    let words: Vec<_> = line.split(' ').take(8).collect();
    let number = |word: &str| word.parse::<u32>().is_ok();
    match words.as_slice() {
        ["VER", transaction, versions @ ..] if number(transaction) => {
            // Early services answer with `CVR0` as well; only a client offers several versions.
            match versions.iter().filter(|one| one.starts_with("MSNP")).count() {
                2.. => Looks::Asks,
                1 => Looks::Either,
                _ if versions.contains(&"CVR0") => Looks::Either,
                _ => Looks::Unlike,
            }
        }
        ["USR", transaction, "OK", name, ..] if number(transaction) && name.contains('@') => {
            Looks::Answers
        }
        ["USR", transaction, name, _] if number(transaction) && name.contains('@') => Looks::Asks,
        ["ANS", transaction, name, _, _] if number(transaction) && name.contains('@') => {
            Looks::Asks
        }
        ["IRO", transaction, _, _, name, ..] if number(transaction) && name.contains('@') => {
            Looks::Answers
        }
        _ => Looks::Unlike,
    }
}

/// A conversation that is picked up in its middle: a message with its head, or a presence.
fn middle(side: Side, bytes: &[u8]) -> Looks {
    let window = bytes.get(..DEPTH).unwrap_or(bytes);
    let (mut rest, mut lines, mut fed) = (window, 0, false);
    while let Some((line, used)) = crate::scan::line(rest) {
        let behind = rest.get(used..).unwrap_or_default();
        if wire::plausible(side, line) {
            if let Some(looks) = telling(side, line, behind) {
                return looks;
            }
            fed |= line.starts_with(b"MSG ");
        }
        (rest, lines) = (behind, lines + 1);
        if lines > FOREIGN && !fed {
            return Looks::Unlike;
        }
    }
    if window.len() < DEPTH { Looks::May } else { Looks::Unlike }
}

/// Lines that are nobody's before a conversation that was picked up is none of ours: the rest of a
/// message has about that many.
const FOREIGN: usize = 12;

/// A line nobody else writes.
fn telling(side: Side, line: &[u8], behind: &[u8]) -> Option<Looks> {
    let line = std::str::from_utf8(line).ok()?;
    let words: Vec<_> = line.split(' ').take(8).collect();
    let said = if side == Side::Client { Looks::Asks } else { Looks::Answers };
    match words.as_slice() {
        ["MSG", _, kind, length] if length.parse::<u32>().is_ok() => {
            let asks = matches!(*kind, "A" | "N" | "U" | "D");
            let looks = if asks { Looks::Asks } else { Looks::Answers };
            (prefix(behind, b"MIME-Version: 1.0") == Prefix::Is).then_some(looks)
        }
        ["NLN", status, name, ..] | ["ILN", _, status, name, ..]
            if super::names::status(status).is_some() && name.contains('@') =>
        {
            Some(Looks::Answers)
        }
        ["JOI" | "BYE", name, ..] if name.contains('@') && side == Side::Server => Some(said),
        ["UBX", name, ..] if name.contains('@') => Some(Looks::Answers),
        ["CHG", transaction, status, capabilities, ..]
            if transaction.parse::<u32>().is_ok()
                && super::names::status(status).is_some()
                && capabilities.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') =>
        {
            Some(said)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_decides_who_is_who() {
        let table = [
            (Side::Client, "VER 1 MSNP9 MSNP8 CVR0\r\n", true, Looks::Asks),
            (Side::Server, "VER 1 MSNP9\r\n", true, Looks::Either),
            (Side::Server, "VER 1 MSNP8 CVR0\r\n", true, Looks::Either),
            (Side::Client, "VER 1 3.0\r\n", true, Looks::Unlike),
            (Side::Client, "USR 1 ann@example.com 12.34\r\n", true, Looks::Asks),
            (Side::Server, "USR 1 OK ann@example.com Ann\r\n", true, Looks::Answers),
            (Side::Client, "USER ann\r\n", true, Looks::Unlike),
            (Side::Client, "ANS 1 ann@ex", true, Looks::May),
            (Side::Client, "GET / HTTP/1.0\r\n", true, Looks::Unlike),
            (Side::Client, "MSG 3 A 40\r\nMIME-Version: 1.0\r\n", false, Looks::Asks),
            (Side::Server, "MSG b@c.d B 40\r\nMIME-Version: 1.0\r\n", false, Looks::Answers),
            (Side::Server, "MSG 3 A 40\r\nhello\r\n", false, Looks::May),
        ];
        for (side, said, from_start, expected) in table {
            assert_eq!(looks(side, said.as_bytes(), from_start), expected, "{said}");
        }
    }
}
