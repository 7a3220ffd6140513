//! Links between servers: RFC 2813, TS6 (hybrid, charybdis, solanum), `UnrealIRCd`, `InspIRCd` and
//! P10 (ircu). Read for the link's password and for what people say across it.

use std::collections::BTreeMap;

use super::asked::Question;
use super::names::{LONGEST, text};
use super::talk::Talk;
use super::wire::Line;
use crate::{Out, Side};

/// What is known of a link.
#[derive(Debug, Default)]
pub(super) struct Link {
    style: Option<Style>,
    /// The server that called, whose name is the network's where the other one is not heard.
    pub(super) caller: Option<String>,
    /// Nicknames by the identity servers use instead, at most [`USERS`].
    users: BTreeMap<Vec<u8>, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// Sources have a colon.
    Marked,
    /// P10: the first word is the source, commands are tokens.
    P10,
}

impl Link {
    /// The conversation is one between servers.
    pub(super) fn is_on(&self) -> bool {
        self.style.is_some()
    }

    /// Lines begin with their source, without a colon.
    pub(super) fn is_p10(&self) -> bool {
        self.style == Some(Style::P10)
    }

    /// The line shows that servers talk: SERVER, a PASS with a protocol version, CAPAB START.
    pub(super) fn begins(&mut self, side: Side, line: &Line<'_>) -> bool {
        let server = line.command.eq_ignore_ascii_case("SERVER") && line.count() >= 3;
        let pass =
            line.command.eq_ignore_ascii_case("PASS") && side == Side::Client && line.count() >= 3;
        let capab =
            line.command.eq_ignore_ascii_case("CAPAB") && line.param(0).starts_with(b"START");
        if server || pass || capab {
            self.style = Some(Style::Marked);
        }
        self.is_on()
    }

    /// The nickname behind an identity, or what was given.
    pub(super) fn nick(&self, identity: &[u8]) -> String {
        let name = identity.split(|byte| *byte == b'@').next().unwrap_or_default();
        self.users.get(name).cloned().unwrap_or_else(|| text(identity).into_owned())
    }

    /// The source is a server: a name with dots, or the identity of one.
    pub(super) fn is_server(&self, source: &[u8]) -> bool {
        let longest = if self.is_p10() { 2 } else { 3 };
        source.len() <= longest && !self.users.contains_key(source)
    }

    fn introduce(&mut self, identity: &[u8], nick: &[u8]) {
        let fits = self.users.len() < USERS || self.users.contains_key(identity);
        if fits && identity.len().max(nick.len()) <= LONGEST {
            self.users.insert(identity.to_vec(), text(nick).into_owned());
        }
    }
}

impl Talk {
    /// One line of either server.
    pub(super) fn link_line(&mut self, side: Side, line: &Line<'_>, out: &mut Out) {
        let command = line.command.to_ascii_uppercase();
        let command = if self.link.is_p10() { token(&command) } else { command.as_str() };
        if line.source.is_some() {
            self.link_accepted(side.other(), out);
        }
        match command {
            "PASS" => self.link_secret(side, None, line.param(0), out),
            "SERVER" => self.server_introduced(side, line, out),
            "UID" | "EUID" | "NICK" | "UNICK" => self.introduced(line),
            "QUIT" | "KILL" => self.gone(command, line),
            "PRIVMSG" | "NOTICE" => self.say_line(side, command, line, out),
            "ERROR" => drop(self.answer(|q| is_link(q, side.other()), Some(false), out)),
            _ => {}
        }
    }

    fn link_secret(&mut self, side: Side, name: Option<String>, secret: &[u8], out: &mut Out) {
        self.secret(Question::Link(side), name, "irc-server-link", secret, out);
    }

    /// The other server goes on: it has accepted the password of `side`.
    fn link_accepted(&mut self, side: Side, out: &mut Out) {
        self.answer(|q| is_link(q, side), Some(true), out);
    }

    /// `SERVER name hops :text`; `InspIRCd` says `SERVER name password hops sid :text`, and P10 has
    /// its version behind. The network is that of the server that was called. A server introduces
    /// itself only to one whose password it has accepted.
    fn server_introduced(&mut self, side: Side, line: &Line<'_>, out: &mut Out) {
        let name = line.word(0).into_owned();
        if line.source.is_some() {
            return;
        }
        if line.from(3).iter().any(|param| matches!(param, [b'J' | b'P', b'1', b'0', ..])) {
            self.link.style = Some(Style::P10);
        }
        match side {
            Side::Server if self.server.is_none() => self.server = Some(name.clone()),
            Side::Client => self.link.caller = Some(name.clone()),
            Side::Server => {}
        }
        self.asked.name(|q| is_link(q, side), &name);
        if side == Side::Server {
            self.link_accepted(Side::Client, out);
        }
        let password = line.param(1);
        if line.count() >= 4 && !password.iter().all(u8::is_ascii_digit) {
            self.link_secret(side, Some(name), password, out);
        }
    }

    /// A user by nickname and identity, in the order of each family.
    fn introduced(&mut self, line: &Line<'_>) {
        let param = |number| line.param(number);
        let from_user = line.count() <= 2;
        match line.command.to_ascii_uppercase().as_str() {
            // A change of name: the identity is the source.
            "NICK" | "N" if from_user => {
                if let Some(source) = line.source {
                    self.link.introduce(source.name, param(0));
                }
            }
            // P10: nick hops time user host [modes…] address identity :name
            "N" => {
                let identity = line.from(0).iter().rev().nth(1).copied().unwrap_or_default();
                self.link.introduce(identity, param(0));
            }
            // InspIRCd: identity time nick …
            "UID" if param(0).first().is_some_and(u8::is_ascii_digit) => {
                self.link.introduce(param(0), param(2));
            }
            // TS6: nick hops time modes user host ip identity :name (EUID two more behind)
            // UnrealIRCd: nick hops time user host identity …
            "UID" | "EUID" => {
                let fields = [param(7), param(5)];
                let identity = fields.into_iter().find(|field| is_identity(field));
                self.link.introduce(identity.unwrap_or_default(), param(0));
            }
            _ => self.link.introduce(param(0), param(0)),
        }
    }

    fn gone(&mut self, command: &str, line: &Line<'_>) {
        let identity = match (command, line.source) {
            ("KILL", _) => line.param(0),
            (_, Some(source)) => source.name,
            _ => return,
        };
        self.link.users.remove(identity);
    }
}

/// The password of the server at this side. One of a client's PASS was a server's all along.
fn is_link(question: &Question, side: Side) -> bool {
    *question == Question::Link(side) || (side == Side::Client && *question == Question::Pass)
}

/// Nine characters, the first a digit.
fn is_identity(field: &[u8]) -> bool {
    field.len() == 9 && field.first().is_some_and(u8::is_ascii_digit)
}

/// P10's tokens for commands (ircu, doc/p10).
fn token(command: &str) -> &str {
    match command {
        "P" => "PRIVMSG",
        "O" => "NOTICE",
        "N" => "NICK",
        "S" => "SERVER",
        "Q" => "QUIT",
        "D" => "KILL",
        other => other,
    }
}

const USERS: usize = 16_384;
