//! One connection to a SOCKS proxy, until a tunnel opens in it.
//!
//! Each side is read by what it says, not by what the other side should have made it say: a listener
//! may hear one side first, or alone, or with holes. Only where a side's bytes may already be those
//! of the tunnel does it wait for the other one.

use nom::{Err, IResult};

use super::wire::{self, Command, FIVE, FOUR, Reply, Request};
use crate::event::{
    Answer, Credential, CredentialKind, Event, Login, Outcome, Seal, Strength, Verdict,
};
use crate::{Account, Dissector, Ends, Next, Out, Resume, Secret, Side, Step, Who};

/// What is known of the conversation.
#[derive(Debug)]
pub(super) struct Talk {
    network: String,
    version: Option<u8>,
    asks: Asks,
    tells: Tells,
    /// Bytes of the client were lost, of the server.
    lost: (bool, bool),
    /// A name and password that wait for their answer.
    waiting: bool,
    /// A name without a password that waits for its answer.
    user: Option<String>,
    wanted: Option<Wanted>,
}

/// The next thing a client says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// Its first message.
    First,
    /// A sub-negotiation, or the request.
    Request,
    /// What flows in the tunnel.
    Inside,
}

/// The next thing a server says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tells {
    /// The method it chose (SOCKS5).
    Choice,
    /// Whether name and password are right.
    Status,
    /// Whether the request is granted.
    Reply,
    /// Who connected (BIND).
    Second,
    /// Nothing more that is read: refused, or wrapped, or about datagrams.
    Nothing,
}

#[derive(Clone, Debug)]
struct Wanted {
    command: Command,
    to: Option<String>,
}

/// What became of one message.
enum Read {
    /// It took so many bytes.
    Took(usize),
    /// More bytes must come.
    Need,
    /// The other side must say more.
    Wait,
    /// It took so many bytes, and behind it a tunnel begins.
    Opens(usize),
    Refuse(&'static str),
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        loop {
            let rest = input.get(used..).unwrap_or_default();
            if rest.is_empty() {
                return Step::Took { used, want: 0 };
            }
            let read = match side {
                _ if self.tells == Tells::Nothing => Read::Took(rest.len()),
                Side::Client => self.client(rest, out),
                Side::Server => self.server(rest, out),
            };
            match read {
                Read::Took(more) => used += more,
                Read::Need => return Step::Took { used, want: 0 },
                Read::Wait => return Step::Waits { used },
                Read::Opens(more) => {
                    return Step::Became { used: used + more, next: self.next() };
                }
                Read::Refuse(why) => return Step::Refuse(why),
            }
        }
    }

    fn gap(&mut self, side: Side, _: u64, _: &mut Out) -> Resume {
        match side {
            Side::Client => self.lost.0 = true,
            Side::Server => self.lost.1 = true,
        }
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        if side == Side::Server {
            self.signed(Outcome::Attempt, out);
        }
    }

    fn settle(&mut self) -> Option<Next> {
        let connects = self.wanted.as_ref()?.command == Command::Connect;
        (connects && self.tells != Tells::Nothing).then(|| self.next())
    }
}

impl Talk {
    pub(super) fn new(ends: Ends) -> Self {
        Self {
            network: format!("proxy:{}", ends.server.ip()),
            version: None,
            asks: Asks::First,
            tells: Tells::Choice,
            lost: (false, false),
            waiting: false,
            user: None,
            wanted: None,
        }
    }

    fn client(&mut self, input: &[u8], out: &mut Out) -> Read {
        if self.lost.0 && self.asks != Asks::Inside {
            return self.client_resumes(input, out);
        }
        match (self.asks, input) {
            (Asks::Inside, _) => Read::Wait,
            (Asks::First, [FOUR, ..]) => self.request(wire::request4(input), FOUR, input, out),
            (Asks::First, _) => match wire::greeting(input) {
                Ok((rest, _)) => {
                    (self.version, self.asks) = (Some(FIVE), Asks::Request);
                    Read::Took(input.len() - rest.len())
                }
                Err(Err::Incomplete(_)) => Read::Need,
                Err(_) => Read::Refuse("socks_greeting_malformed"),
            },
            (Asks::Request, [1, ..]) => self.userpass(input, out),
            (Asks::Request, _) => self.request(wire::request5(input), FIVE, input, out),
        }
    }

    /// After a loss: a whole request, or what flows in the tunnel.
    fn client_resumes(&mut self, input: &[u8], out: &mut Out) -> Read {
        let request = match self.version {
            Some(FOUR) => wire::request4(input),
            _ => wire::request5(input),
        };
        match request {
            Err(Err::Error(_) | Err::Failure(_)) => {
                self.asks = Asks::Inside;
                Read::Wait
            }
            request => self.request(request, self.version.unwrap_or(FIVE), input, out),
        }
    }

    /// A sub-negotiation. GSSAPI begins with the same byte as a name and password, but then comes a
    /// length no token reaches where the name's first letter would stand.
    fn userpass(&mut self, input: &[u8], out: &mut Out) -> Read {
        match input {
            [1, 1 | 0xff, length, ..] if *length < b' ' => {
                // The server says whether that was its choice.
                return if self.tells == Tells::Choice { Read::Wait } else { self.gssapi(out) };
            }
            [1, 1 | 0xff] | [1] => return Read::Need,
            _ => {}
        }
        match wire::userpass(input) {
            Ok((rest, said)) => {
                let who = match said.user {
                    b"" => Who::Unnamed(Side::Client),
                    user => Who::Account(self.account(user)),
                };
                self.waiting = true;
                out.emit(Event::Credential(Credential {
                    attempt: ATTEMPT,
                    who,
                    kind: CredentialKind::Password,
                    mechanism: "socks5-userpass",
                    strength: Strength::Plaintext,
                    secret: Secret::new(said.password),
                }));
                Read::Took(input.len() - rest.len())
            }
            Err(Err::Incomplete(_)) => Read::Need,
            Err(_) => Read::Refuse("socks_userpass_malformed"),
        }
    }

    fn request(
        &mut self,
        request: IResult<&[u8], Request<'_>>,
        version: u8,
        input: &[u8],
        out: &mut Out,
    ) -> Read {
        let (rest, request) = match request {
            Ok(request) => request,
            Err(Err::Incomplete(_)) => return Read::Need,
            Err(_) => return Read::Refuse("socks_request_malformed"),
        };
        if request.to.is_none() {
            out.weird("socks_target_malformed", "a host that is no name");
        }
        self.version = Some(version);
        self.asks = Asks::Inside;
        if version == FOUR {
            self.tells = Tells::Reply;
            self.user = Some(request.user)
                .filter(|user| !user.is_empty())
                .map(|user| String::from_utf8_lossy(user).into_owned());
        }
        self.wanted = Some(Wanted { command: request.command, to: request.to });
        Read::Took(input.len() - rest.len())
    }

    fn server(&mut self, input: &[u8], out: &mut Out) -> Read {
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
            super::GSSAPI => return self.gssapi(out),
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

    fn gssapi(&mut self, out: &mut Out) -> Read {
        out.weird("socks_gssapi", "what follows is wrapped");
        self.unreadable(out);
        Read::Took(0)
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

    /// What follows flows through the tunnel.
    fn next(&mut self) -> Next {
        let hop = if self.version == Some(FOUR) { "socks4" } else { "socks5" };
        match self.wanted.take() {
            Some(Wanted { command: Command::Bind, to }) => Next::Called { hop, from: to },
            wanted => Next::Identify { hop, to: wanted.and_then(|wanted| wanted.to) },
        }
    }

    fn answered(&mut self, accepted: bool, out: &mut Out) {
        if std::mem::take(&mut self.waiting) {
            let accepted = Some(accepted);
            out.emit(Event::Answer(Answer { attempt: ATTEMPT, accepted, who: None }));
        }
    }

    /// The name of SOCKS4 is a sign-on without a secret.
    fn signed(&mut self, outcome: Outcome, out: &mut Out) {
        if let Some(user) = self.user.take() {
            let who = Who::Account(self.account(user.as_bytes()));
            let method = "socks4-userid";
            out.emit(Event::Login(Login { who, method, outcome, client: None, server: None }));
        }
    }

    fn account(&self, user: &[u8]) -> Account {
        Account::new(self.network.clone(), String::from_utf8_lossy(user))
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

/// There is one name and password in a conversation.
const ATTEMPT: u32 = 1;
