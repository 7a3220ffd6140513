//! One connection to a proxy: requests for a tunnel, until one is granted.

use super::authorization::{self, Read};
use super::head::{Head, Start};
use super::wire::{Asked, Connection, Cut, Part};
use crate::event::{Answer, Credential, Event};
use crate::scan::{Prefix, prefix};
use crate::{Account, Dissector, Ends, Next, Out, Resume, Side, Step, Who};

/// What is known of the conversation.
#[derive(Debug)]
pub(super) struct Talk {
    network: String,
    connection: Connection,
    attempts: u32,
    /// The tunnel that was asked for last; the client is held until it is answered.
    wanted: Option<Wanted>,
    /// The server is between two answers.
    idle: bool,
    /// Bytes were lost: a request may have been among them, an answer.
    lost: (bool, bool),
}

#[derive(Debug)]
struct Wanted {
    to: Option<String>,
    attempt: Option<u32>,
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        loop {
            let rest = input.get(used..).unwrap_or_default();
            if side == Side::Server
                && self.idle
                && let Some(step) = self.between(rest, used)
            {
                return step;
            }
            match self.connection.next(side, rest) {
                Cut::Need => return Step::Took { used, want: 0 },
                Cut::Held => match self.asks_again(rest) {
                    Prefix::Is => {
                        self.connection.refused_unheard();
                        self.wanted = None;
                    }
                    Prefix::MayBe => return Step::Took { used, want: 0 },
                    Prefix::Not => return Step::Waits { used },
                },
                Cut::Skip(skipped) => used += skipped,
                Cut::Tunnel => return self.opens(used),
                Cut::Malformed(why) => return Step::Refuse(why),
                Cut::Part(Part::Body(_), taken) => used += taken,
                Cut::Part(Part::End, taken) => {
                    used += taken;
                    self.idle |= side == Side::Server;
                }
                Cut::Part(Part::Head(head), taken) => {
                    used += taken;
                    if self.head(side, &head, out) {
                        return self.opens(used);
                    }
                    // The other side may have waited for it.
                    return Step::Took { used, want: 0 };
                }
            }
        }
    }

    fn gap(&mut self, side: Side, lost: u64, _: &mut Out) -> Resume {
        let placed = self.connection.gap(side, lost);
        match side {
            Side::Client => self.lost.0 = true,
            Side::Server => {
                self.lost.1 = true;
                self.idle |= !placed;
            }
        }
        Resume::Resync
    }

    fn settle(&mut self) -> Option<Next> {
        self.wanted.take().map(|wanted| Next::Identify { hop: HOP, to: wanted.to })
    }
}

impl Talk {
    pub(super) fn new(ends: Ends) -> Self {
        Self {
            network: format!("proxy:{}", ends.server.ip()),
            connection: Connection::default(),
            attempts: 0,
            wanted: None,
            idle: true,
            lost: (false, false),
        }
    }

    /// Between two answers: what is none flows through a tunnel whose answer was lost, and what
    /// nobody asked for was asked for in bytes that are still to come.
    fn between(&mut self, rest: &[u8], used: usize) -> Option<Step> {
        if self.wanted.is_some() && self.lost.1 && !rest.is_empty() {
            match prefix(rest, b"HTTP/1.") {
                Prefix::Not => return Some(self.opens(used)),
                Prefix::MayBe => return Some(Step::Took { used, want: 0 }),
                Prefix::Is => {}
            }
        }
        (self.connection.is_idle() && !self.lost.0).then_some(Step::Waits { used })
    }

    /// Whether a client that is held asks for the same tunnel once more. It does so when it was
    /// refused, in words that were lost.
    fn asks_again(&self, input: &[u8]) -> Prefix {
        match self.wanted.as_ref().and_then(|wanted| wanted.to.as_deref()) {
            Some(to) if self.lost.1 => prefix(input, format!("CONNECT {to} ").as_bytes()),
            _ => Prefix::Not,
        }
    }

    /// Reads a head; whether a tunnel opens behind it.
    fn head(&mut self, side: Side, head: &Head<'_>, out: &mut Out) -> bool {
        match head.start {
            Start::Request { method: "CONNECT", target } if side == Side::Client => {
                self.asks(target, head, out);
                false
            }
            Start::Response { status, .. } if side == Side::Server && !is_interim(status) => {
                self.idle = false;
                self.answers(status, head, out)
            }
            Start::Response { .. } if side == Side::Server => false,
            Start::Request { .. } if side == Side::Client => false,
            _ => {
                out.weird("http_sides_mixed", format_args!("{side:?}"));
                false
            }
        }
    }

    fn asks(&mut self, target: &str, head: &Head<'_>, out: &mut Out) {
        let to = super::is_authority(target).then(|| target.to_owned());
        if to.is_none() {
            out.weird("http_connect_target", format_args!("{} bytes", target.len()));
        }
        let attempt = head.field("proxy-authorization").and_then(|value| self.secret(value, out));
        self.wanted = Some(Wanted { to, attempt });
    }

    /// A secret for the proxy; gives the number of the attempt.
    fn secret(&mut self, value: &[u8], out: &mut Out) -> Option<u32> {
        let said = match authorization::read(value) {
            Read::Secret(said) => said,
            Read::Other(scheme) => {
                out.weird("http_authorization_unread", scheme);
                return None;
            }
            Read::Malformed(name) => {
                out.weird(name, format_args!("{} bytes", value.len()));
                return None;
            }
        };
        self.attempts += 1;
        let who = said.user.map_or(Who::Unnamed(Side::Client), |user| {
            Who::Account(Account::new(self.network.clone(), user))
        });
        out.emit(Event::Credential(Credential {
            attempt: self.attempts,
            who,
            kind: said.kind,
            mechanism: said.mechanism,
            strength: said.strength,
            secret: said.secret,
        }));
        Some(self.attempts)
    }

    /// A final answer; whether it opens a tunnel.
    fn answers(&mut self, status: u16, head: &Head<'_>, out: &mut Out) -> bool {
        let granted = (200..300).contains(&status);
        if self.connection.answered() != Some(Asked::Connect) {
            // The request was lost, and this is how proxies say that a tunnel is open.
            let Start::Response { reason, .. } = head.start else { return false };
            return self.lost.0
                && granted
                && reason.to_ascii_lowercase().ends_with(b"connection established");
        }
        let accepted = match status {
            200..300 => Some(true),
            403 | 407 => Some(false),
            _ => None,
        };
        let wanted = self.wanted.as_mut();
        if let Some(attempt) = wanted.and_then(|wanted| wanted.attempt.take())
            && accepted.is_some()
        {
            out.emit(Event::Answer(Answer { attempt, accepted, who: None }));
        }
        if !granted {
            let to = self.wanted.take().and_then(|wanted| wanted.to).unwrap_or_default();
            if status != AUTHENTICATE {
                out.weird("http_connect_refused", format_args!("{status} {to}"));
            }
        }
        granted
    }

    /// What follows is what flows through the tunnel.
    fn opens(&mut self, used: usize) -> Step {
        let to = self.wanted.take().and_then(|wanted| wanted.to);
        Step::Became { used, next: Next::Identify { hop: HOP, to } }
    }
}

/// Answers that say another one will come.
fn is_interim(status: u16) -> bool {
    (100..200).contains(&status) && status != 101
}

/// The name in `via`.
const HOP: &str = "http-connect";
/// 407, which asks for a secret and is the first half of a sign-on.
const AUTHENTICATE: u16 = 407;
