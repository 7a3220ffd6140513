//! What a SOCKS proxy says: which method, whether the secret is right, whether it connects.

use nom::Err;

use super::talk::{ATTEMPT, Asks, Read, Talk, Tells};
use super::wire::{self, Command, FIVE, FOUR, Reply};
use crate::Out;
use crate::event::{Answer, Event, Outcome, Seal, Verdict};

impl Talk {
    pub(super) fn server(&mut self, input: &[u8], out: &mut Out) -> Read {
        if self.version.is_none() {
            if !self.lost.0 {
                return Read::Wait;
            }
            let four = matches!(input, [0, ..]);
            self.version = Some(if four { FOUR } else { FIVE });
            self.tells = if four { Tells::Reply } else { Tells::Choice };
        }
        if self.lost.1 {
            return self.server_resumes(input, out);
        }
        match self.tells {
            Tells::Choice => self.choice(input, out),
            Tells::Status => self.status(input, out),
            Tells::Reply | Tells::Second => self.reply(input, out),
            Tells::Nothing => Read::Took(input.len()),
        }
    }

    /// After a loss: whatever a proxy says that fits, or what flows in the tunnel.
    fn server_resumes(&mut self, input: &[u8], out: &mut Out) -> Read {
        let reply = match self.version {
            Some(FOUR) => wire::reply4(input),
            _ => wire::reply5(input),
        };
        match (reply, input) {
            (Ok(_), _) => return self.reply(input, out),
            (Err(Err::Incomplete(_)), _) => return Read::Need,
            _ => {}
        }
        match input {
            [1] if self.waiting => Read::Need,
            [1, ..] if self.waiting => self.status(input, out),
            [FIVE, 0..=9 | super::NONE, ..] if self.tells == Tells::Choice => {
                self.choice(input, out)
            }
            _ if self.asks == Asks::Inside => {
                self.signed(Outcome::Attempt, out);
                Read::Opens(0)
            }
            _ => Read::Wait,
        }
    }

    fn choice(&mut self, input: &[u8], out: &mut Out) -> Read {
        let method = match wire::choice(input) {
            Ok((_, method)) => method,
            Err(Err::Incomplete(_)) => return Read::Need,
            Err(_) => return Read::Refuse("socks_choice_malformed"),
        };
        self.tells = match method {
            super::OPEN => Tells::Reply,
            super::USERPASS => Tells::Status,
            super::GSSAPI => return self.gssapi(input, out),
            super::NONE => {
                out.weird("socks_refused", "no method of signing on is acceptable");
                Tells::Nothing
            }
            other => {
                out.weird("socks_method_unread", format_args!("{other:#04x}"));
                self.unreadable(out);
                Tells::Nothing
            }
        };
        Read::Took(2)
    }

    pub(super) fn gssapi(&mut self, input: &[u8], out: &mut Out) -> Read {
        out.weird("socks_gssapi", "what follows is wrapped");
        self.unreadable(out);
        Read::Took(input.len())
    }

    fn unreadable(&mut self, out: &mut Out) {
        self.tells = Tells::Nothing;
        out.emit(Event::Seal(Seal { verdict: Verdict::Unknown, ..Seal::default() }));
    }

    fn status(&mut self, input: &[u8], out: &mut Out) -> Read {
        if !self.waiting && !self.lost.0 {
            return Read::Wait;
        }
        let status = match wire::status(input) {
            Ok((_, status)) => status,
            Err(Err::Incomplete(_)) => return Read::Need,
            Err(_) => return Read::Refuse("socks_status_malformed"),
        };
        self.answered(status == 0, out);
        self.tells = if status == 0 { Tells::Reply } else { Tells::Nothing };
        Read::Took(2)
    }

    fn reply(&mut self, input: &[u8], out: &mut Out) -> Read {
        if self.asks != Asks::Inside && !self.lost.0 {
            return Read::Wait;
        }
        let four = self.version == Some(FOUR);
        let reply = if four { wire::reply4(input) } else { wire::reply5(input) };
        let (rest, reply) = match reply {
            Ok(reply) => reply,
            Err(Err::Incomplete(_)) => return Read::Need,
            Err(_) => return Read::Refuse("socks_reply_malformed"),
        };
        let used = input.len() - rest.len();
        // Whoever is served was let in, whether that was heard or not.
        self.answered(true, out);
        self.signed(
            match reply.code {
                wire::GRANTED4 => Outcome::Success,
                92 | 93 => Outcome::Failure,
                _ => Outcome::Attempt,
            },
            out,
        );
        if reply.code != if four { wire::GRANTED4 } else { wire::GRANTED5 } {
            self.tells = Tells::Nothing;
            let to = self.wanted.as_ref().and_then(|wanted| wanted.to.as_deref());
            let (why, to) = (reason(reply.code), to.unwrap_or("an unknown target"));
            out.weird("socks_refused", format_args!("{why} ({}): {to}", reply.code));
            return Read::Took(used);
        }
        self.granted(used, reply, out)
    }

    fn granted(&mut self, used: usize, reply: Reply, out: &mut Out) -> Read {
        let second = self.tells == Tells::Second;
        let Some(wanted) = &mut self.wanted else { return Read::Opens(used) };
        let at = reply.bound.as_deref().unwrap_or("an unknown address");
        match wanted.command {
            Command::Connect => return Read::Opens(used),
            Command::Bind if second => {
                wanted.to = reply.bound;
                return Read::Opens(used);
            }
            Command::Bind => {
                out.weird("socks_bind", format_args!("the proxy listens at {at}"));
                self.tells = Tells::Second;
            }
            Command::Associate => {
                out.weird("socks_udp_associate", format_args!("datagrams go to {at}"));
                self.tells = Tells::Nothing;
            }
            Command::Other(command) => {
                out.weird("socks_command", format_args!("{command:#04x}: {at}"));
                self.tells = Tells::Nothing;
            }
        }
        Read::Took(used)
    }

    fn answered(&mut self, accepted: bool, out: &mut Out) {
        if std::mem::take(&mut self.waiting) {
            let accepted = Some(accepted);
            out.emit(Event::Answer(Answer { attempt: ATTEMPT, accepted, who: None }));
        }
    }
}

/// Why a request was refused: RFC 1928 section 6, and the description of SOCKS4.
fn reason(code: u8) -> &'static str {
    match code {
        1 => "general failure",
        2 => "not allowed by the rules",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        91 => "rejected or failed",
        92 => "the client's identd was not reached",
        93 => "the client's identd names another user",
        _ => "unknown reason",
    }
}
