//! Is it IRC? Judged by the lines themselves, never by the port.
//!
//! Every line is either worth some points, harmless, or foreign. Three points are IRC; one foreign
//! line is not. Commands that FTP, POP3, SMTP, NNTP, SIP or NATS share (`USER x`, `PASS y`,
//! `INVITE`, `PING`) are worth little or nothing by themselves, so their sessions never gather
//! three points, and their next line is foreign.

use super::wire::{Cut, Line, cut};
use crate::{Opening, Probe, Transport};

/// Bytes of one side after which the answer is final.
pub(super) const DEPTH: usize = 2048;

/// Judges what both sides have said so far.
pub(super) fn judge(opening: &Opening<'_>) -> Probe {
    if opening.transport != Transport::Tcp {
        return Probe::No;
    }
    let client = Verdict::of(opening.client, opening.from_start);
    let server = Verdict::of(opening.server, opening.from_start);
    if client.foreign || server.foreign {
        return Probe::No;
    }
    let answered = client.pinged.is_some() && client.pinged == server.pinged;
    if client.points + server.points + u32::from(answered) * ENOUGH >= ENOUGH {
        let turned = client.tells > client.asks && server.tells <= server.asks;
        return if turned && !opening.from_start { Probe::Swapped } else { Probe::Yes };
    }
    let deep = opening.client.len().max(opening.server.len()) >= DEPTH;
    if deep { Probe::No } else { Probe::More }
}

/// What one side's lines add up to.
#[derive(Default)]
struct Verdict<'a> {
    points: u32,
    foreign: bool,
    /// Lines only a client writes, and lines only a server writes.
    asks: u32,
    tells: u32,
    /// The server named in the first PING or PONG.
    pinged: Option<&'a [u8]>,
    /// Cheap commands count once, however often they come.
    cheap: u32,
}

impl<'a> Verdict<'a> {
    fn of(side: &'a [u8], from_start: bool) -> Self {
        let mut verdict = Self::default();
        let (mut rest, mut first) = (side.get(..DEPTH).unwrap_or(side), !from_start);
        while let Cut::Line(line, used) = cut(rest) {
            verdict.foreign |= line.contains(&0);
            if !std::mem::take(&mut first) || is_whole(line) {
                verdict.line(line);
            }
            if verdict.foreign || verdict.points >= ENOUGH {
                return verdict;
            }
            rest = rest.get(used..).unwrap_or_default();
            if line.eq_ignore_ascii_case(b"STARTTLS") && matches!(rest, [] | [TLS_HANDSHAKE, ..]) {
                return verdict;
            }
        }
        verdict.foreign |= rest.contains(&0) || (!first && !may_begin(rest));
        verdict
    }

    fn line(&mut self, line: &'a [u8]) {
        let blank = line.iter().all(u8::is_ascii_whitespace);
        if blank {
            return;
        }
        let Some(parsed) = Line::parse(line) else {
            self.foreign = true;
            return;
        };
        match parsed.source {
            Some(_) => self.prefixed(&parsed),
            None => self.bare(&parsed),
        }
    }

    /// `:server 001 nick …`, `:nick!user@host PRIVMSG …`.
    fn prefixed(&mut self, line: &Line<'a>) {
        let person = line.source.is_some_and(|source| source.person);
        let known = KNOWN.contains(&line.command.to_ascii_uppercase().as_str());
        let reply = line.numeric().is_some_and(|code| (1..=999).contains(&code));
        if !known && !reply {
            self.foreign |= !person;
            return;
        }
        self.tells += 1;
        self.points += match line.command {
            _ if reply && line.count() >= 2 => 3,
            "PONG" if line.source.is_some_and(|source| source.name == line.param(0)) => 3,
            "PING" | "PONG" => self.ping(line),
            "NOTICE" | "PRIVMSG" | "CAP" => 3,
            _ if person => 3,
            _ => 2,
        };
    }

    /// A line without a source: most of a client's, few of a server's.
    fn bare(&mut self, line: &Line<'a>) {
        let command = line.command.to_ascii_uppercase();
        if !KNOWN.contains(&command.as_str()) || line.last().ends_with(b"SIP/2.0") {
            self.foreign = true;
            return;
        }
        if line.last().ends_with(b"HTTP/1.1") || line.last().ends_with(b"HTTP/1.0") {
            self.foreign = true;
            return;
        }
        let asked = line.param(0).to_ascii_uppercase();
        let points = match (command.as_str(), line.count()) {
            ("NOTICE", 2..) if matches!(&asked[..], b"AUTH" | b"*") => self.told(3),
            ("ERROR", 1) => self.told(2),
            ("PING" | "PONG", 1..) => self.ping(line),
            ("CAP", 1..) if CAPABILITY.contains(&&asked[..]) => self.asked(3),
            ("USER", 4..)
            | ("PASS", 3..)
            | ("PROTOCTL" | "CAPAB" | "WEBIRC" | "PRIVMSG" | "TAGMSG", 1..) => self.asked(3),
            ("NOTICE" | "NICK" | "OPER" | "SERVER" | "SQUERY" | "NICKSERV" | "CHANSERV", 1..) => {
                self.asked(2)
            }
            ("JOIN" | "PART" | "MODE" | "WHO" | "TOPIC" | "NAMES", 1..) if is_room(&asked) => {
                self.asked(2)
            }
            ("AUTHENTICATE", 1) if is_sasl(&asked) => self.asked(2),
            ("ISON" | "MONITOR" | "USERHOST" | "WATCH", 1..) => self.asked(1),
            ("PASS", 1) | ("STARTTLS", 0) => self.once(1),
            _ => 0,
        };
        self.points += points;
    }

    fn asked(&mut self, points: u32) -> u32 {
        self.asks += 1;
        points
    }

    fn told(&mut self, points: u32) -> u32 {
        self.tells += 1;
        points
    }

    fn once(&mut self, points: u32) -> u32 {
        self.cheap += 1;
        if self.cheap == 1 { points } else { 0 }
    }

    /// A PING is worth a point, and everything when the other side names the same server.
    fn ping(&mut self, line: &Line<'a>) -> u32 {
        let server = [line.param(0), line.last()].into_iter().find(|name| name.contains(&b'.'));
        if self.pinged.is_none() {
            self.pinged = server;
        }
        u32::from(server.is_some()).min(self.once(1))
    }
}

/// A line picked up in the middle of a stream may lack its beginning; only one that reads as a
/// whole message counts.
pub(super) fn is_whole(line: &[u8]) -> bool {
    Line::parse(line).is_some_and(|parsed| {
        KNOWN.contains(&parsed.command.to_ascii_uppercase().as_str())
            || (parsed.source.is_some() && parsed.numeric().is_some())
    })
}

/// An unfinished line that can still become a message.
fn may_begin(rest: &[u8]) -> bool {
    let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let rest = rest.get(blanks..).unwrap_or_default();
    match rest.first() {
        None | Some(b':' | b'@') => true,
        _ => {
            let end = rest.iter().position(|b| matches!(b, b' ' | b'\t')).unwrap_or(rest.len());
            let command = rest.get(..end).unwrap_or_default().to_ascii_uppercase();
            let command = command.strip_suffix(b"\r").unwrap_or(&command);
            let whole = end < rest.len();
            KNOWN.iter().any(|known| {
                known.as_bytes() == command || (!whole && known.as_bytes().starts_with(command))
            })
        }
    }
}

fn is_room(target: &[u8]) -> bool {
    target.len() > 1 && matches!(target.first(), Some(b'#' | b'&' | b'+' | b'!'))
}

fn is_sasl(mechanism: &[u8]) -> bool {
    mechanism.starts_with(b"SCRAM-SHA-")
        || [&b"PLAIN"[..], b"EXTERNAL", b"ECDSA-NIST256P-CHALLENGE", b"OAUTHBEARER"]
            .contains(&mechanism)
}

const ENOUGH: u32 = 3;

/// The first byte of TLS, which may follow STARTTLS.
const TLS_HANDSHAKE: u8 = 0x16;

const CAPABILITY: &[&[u8]] = &[b"LS", b"REQ", b"END", b"LIST"];

/// Commands of RFC 1459, RFC 2812, RFC 2813, `IRCv3` and the usual extensions.
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    "ACCEPT", "ACCOUNT", "ADMIN", "AUTHENTICATE", "AWAY", "BATCH", "BS", "CAP", "CAPAB", "CHATHISTORY",
    "CHANSERV", "CHGHOST", "CNOTICE", "CONNECT", "CPRIVMSG", "CS", "DIE", "ENCAP", "ERROR",
    "EUID", "FAIL", "HELP", "HELPOP", "HS", "INFO", "INVITE", "ISON", "JOIN", "KICK", "KILL",
    "KNOCK", "LINKS", "LIST", "LUSERS", "MARKREAD", "MEMOSERV", "METADATA", "MODE", "MONITOR",
    "MOTD", "MS", "NAMES", "NICK", "NICKSERV", "NJOIN", "NOTE", "NOTICE", "NS", "OPER", "OPERSERV",
    "OS", "PART", "PASS", "PING", "PONG", "PRIVMSG", "PROTOCTL", "QUIT", "REDACT", "REGISTER",
    "REHASH", "RENAME", "RESTART", "SERVER", "SERVICE", "SERVLIST", "SETNAME", "SID", "SILENCE",
    "SJOIN", "SQUERY", "SQUIT", "STARTTLS", "STATS", "SUMMON", "SVINFO", "TAGMSG", "TIME", "TMODE",
    "TOPIC", "TRACE", "UID", "USER", "USERHOST", "USERIP", "USERS", "VERIFY", "VERSION", "WALLOPS",
    "WARN", "WATCH", "WEBIRC", "WHO", "WHOIS", "WHOWAS", "ZNC",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ends;

    fn judged(client: &str, server: &str, from_start: bool) -> Probe {
        let ends = Ends {
            client: "10.0.0.11:40000".parse().unwrap(),
            server: "10.0.0.1:6667".parse().unwrap(),
        };
        let (client, server) = (client.as_bytes(), server.as_bytes());
        judge(&Opening { client, server, ends, transport: Transport::Tcp, from_start })
    }

    #[test]
    fn either_side_alone_is_enough() {
        for (client, server) in [
            ("", "NOTICE AUTH :*** Looking up your hostname\r\n"),
            ("", ":hub.example NOTICE * :*** Checking Ident\r\n"),
            ("CAP LS 302\r\n", ""),
            ("PASS sesame\r\nNICK ann\r\n", ""),
            ("USER brotest * * * * * \r\n", ""),
            ("NICK ann\r\nUSER ann 0 * :Ann\r\n", ""),
            ("STARTTLS\r\n\x16\x03\x01\x00", ":hub.example 670 * :go ahead\r\n"),
            ("PASS word TS 6 :1AA\r\n", ""),
            ("\r\n  PRIVMSG bob :\x01DCC CHAT chat 1 2\x01\r\n", ""),
        ] {
            assert_eq!(judged(client, server, true), Probe::Yes, "{client} {server}");
        }
    }

    #[test]
    fn the_middle_of_a_conversation_is_enough() {
        let half = "d of a line\r\n:bob!b@host PRIVMSG #room :hello\r\n";
        assert_eq!(judged("", half, false), Probe::Yes);
        assert_eq!(judged(half, "", false), Probe::Swapped);
        assert_eq!(judged("PING 1\r\n", ":a.example PONG a.example :1\r\n", false), Probe::Yes);
        assert_eq!(judged("PONG :a.example\r\n", "PING :a.example\r\n", false), Probe::Yes);
    }

    #[test]
    fn a_nul_stays_foreign_when_its_line_ends() {
        let line = "half a line\r\n:bob!b@j\0st PRMVMSG #room :still here\r\n";
        for end in 24..=line.len() {
            assert_eq!(judged("", &line[..end], false), Probe::No, "{end}");
        }
    }

    #[test]
    fn other_protocols_of_lines_are_not_irc() {
        for (client, server) in [
            ("USER ann\r\nPASS sesame\r\nSYST\r\n", "220 ready\r\n"),
            ("USER ann\r\nPASS sesame\r\nSTAT\r\n", ""),
            ("USER ann\r\nPASS sesame\r\nSTAT\r\nQUIT\r\n", "+OK ready\r\n"),
            ("EHLO host\r\nMAIL FROM:<ann@mail.example>\r\n", ""),
            ("", "220 mail.example ESMTP\r\n"),
            ("POST /x HTTP/1.1\r\n\r\nUSER x 0 * :\r\nNICK x\r\n", ""),
            ("INVITE sip:bob@x SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n", ""),
            ("CONNECT {\"verbose\":false}\r\nPING\r\nPUB x 1\r\n", "INFO {}\r\n"),
            ("<stream:stream to='x'>", ""),
            ("MODE READER\r\nGROUP alt.irc\r\n", "200 news\r\n"),
            ("Dear Ann,\r\nNICK bob\r\nUSER bob 0 * :Bob\r\n", ""),
            ("a1 LOGIN ann sesame\r\n", "* OK IMAP4\r\n"),
            ("\x16\x03\x01\x02\x00", ""),
        ] {
            assert_eq!(judged(client, server, true), Probe::No, "{client} {server}");
        }
    }

    #[test]
    fn what_ftp_shares_never_adds_up() {
        let shared = "USER ann\r\nPASS a\r\nPASS b\r\nMODE S\r\nLIST\r\nHELP\r\nQUIT\r\n";
        assert_eq!(judged(shared, "", true), Probe::More);
        assert_eq!(judged(&shared.repeat(40), "", true), Probe::No);
    }
}
