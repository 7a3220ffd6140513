//! One connection to a SOCKS proxy, until a tunnel opens in it.
//!
//! Each side is read by what it says, not by what the other side should have made it say: a listener
//! may hear one side first, or alone, or with holes. Only where a side's bytes may already be those
//! of the tunnel does it wait for the other one.

use nom::{Err, IResult};

use super::wire::{self, Command, FIVE, FOUR, Request};
use crate::event::{Credential, CredentialKind, Event, Login, Outcome, Strength};
use crate::{Account, Dissector, Ends, Next, Out, Resume, Secret, Side, Step, Who};

/// What is known of the conversation.
#[derive(Debug)]
pub(super) struct Talk {
    network: String,
    pub(super) version: Option<u8>,
    pub(super) asks: Asks,
    pub(super) tells: Tells,
    /// Bytes of the client were lost, of the server.
    pub(super) lost: (bool, bool),
    /// A name and password that wait for their answer.
    pub(super) waiting: bool,
    /// A name without a password that waits for its answer.
    user: Option<String>,
    pub(super) wanted: Option<Wanted>,
}

/// The next thing a client says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// Its first message.
    First,
    /// A sub-negotiation, or the request.
    Request,
    /// The request; or the greeting `05 01 00` was in truth the beginning of one that connects, and
    /// this is the rest of it. The greeting itself was lost then.
    RequestOrTarget,
    /// What flows in the tunnel.
    Inside,
}

/// The next thing a server says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tells {
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
pub(super) struct Wanted {
    pub(super) command: Command,
    pub(super) to: Option<String>,
}

/// What became of one message.
pub(super) enum Read {
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
        let read = match side {
            _ if self.tells == Tells::Nothing => Read::Took(input.len()),
            Side::Client => self.client(input, out),
            Side::Server => self.server(input, out),
        };
        match read {
            Read::Took(used) => Step::Took { used, want: 0 },
            Read::Need => Step::Took { used: 0, want: 0 },
            Read::Wait => Step::Waits { used: 0 },
            Read::Opens(used) => Step::Became { used, next: self.next() },
            Read::Refuse(why) => Step::Refuse(why),
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
                Ok((rest, methods)) => {
                    self.version = Some(FIVE);
                    self.asks = match methods {
                        [super::OPEN] => Asks::RequestOrTarget,
                        _ => Asks::Request,
                    };
                    Read::Took(input.len() - rest.len())
                }
                Err(Err::Incomplete(_)) => Read::Need,
                Err(_) => Read::Refuse("socks_greeting_malformed"),
            },
            (Asks::RequestOrTarget, [1 | 3 | 4, ..]) => {
                let request = wire::target5(Command::Connect, input);
                if request.is_ok() {
                    // There was no greeting: nor was its answer heard.
                    self.lost.1 = true;
                }
                self.request(request, FIVE, input, out)
            }
            (Asks::Request, [1, ..]) => self.userpass(input, out),
            (Asks::Request | Asks::RequestOrTarget, _) => {
                self.request(wire::request5(input), FIVE, input, out)
            }
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
                return if self.tells == Tells::Choice {
                    Read::Wait
                } else {
                    self.gssapi(input, out)
                };
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

    /// What follows flows through the tunnel.
    fn next(&mut self) -> Next {
        let hop = if self.version == Some(FOUR) { "socks4" } else { "socks5" };
        match self.wanted.take() {
            Some(Wanted { command: Command::Bind, to }) => Next::Called { hop, from: to },
            wanted => Next::Identify { hop, to: wanted.and_then(|wanted| wanted.to) },
        }
    }

    /// The name of SOCKS4 is a sign-on without a secret.
    pub(super) fn signed(&mut self, outcome: Outcome, out: &mut Out) {
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

/// There is one name and password in a conversation.
pub(super) const ATTEMPT: u32 = 1;
