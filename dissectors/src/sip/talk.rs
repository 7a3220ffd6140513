//! One flow: messages to whoever understands their method.

use std::collections::VecDeque;

use super::asked::{Asked, Method, Recent, hash};
use super::sign_on::Registered;
use super::uri::{self, Uri};
use super::wire::{self, Message, Start};
use super::{offer, presence, say, sign_on};
use crate::event::Leg;
use crate::http::head::{self, End};
use crate::scan::resync;
use crate::{Dissector, Ends, Out, Resume, Side, Step, Who};

/// Everything remembered of one flow. Every table has a bound.
#[derive(Debug)]
pub(super) struct Talk {
    ends: Ends,
    /// It is a stream; else each reading is one datagram.
    stream: bool,
    client: Reader,
    server: Reader,
    /// Requests by sender, call, number, method and branch: those that are sent again.
    heard: Recent,
    /// Requests without a final answer.
    asked: VecDeque<Asked>,
    pub(super) registered: Registered,
    /// Texts said, by call, and whether a secret came with them.
    pub(super) said: VecDeque<(u64, bool)>,
    /// Programs and subscriptions that were told.
    pub(super) told: Recent,
}

/// Where one side is.
#[derive(Debug, Default)]
struct Reader {
    scanned: usize,
    /// Bytes of a body that are passed over.
    skip: u64,
    /// Bytes were lost; the next start line has to be found.
    lost: bool,
    /// What comes next is the middle of a line.
    inside: bool,
    ended: bool,
}

/// Who speaks to whom in a request, and how it is on its way.
pub(super) struct Saying<'a> {
    pub(super) side: Side,
    pub(super) method: &'a str,
    pub(super) from: Uri,
    pub(super) to: Uri,
    pub(super) call: &'a [u8],
    pub(super) leg: Leg,
    pub(super) message: &'a Message<'a>,
}

impl Talk {
    pub(super) fn new(ends: Ends, stream: bool) -> Self {
        Self {
            ends,
            stream,
            client: Reader::default(),
            server: Reader::default(),
            heard: Recent::default(),
            asked: VecDeque::new(),
            registered: Registered::default(),
            said: VecDeque::new(),
            told: Recent::default(),
        }
    }

    fn reader(&mut self, side: Side) -> &mut Reader {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Takes what stands at the beginning of the unread bytes: how many, and where more must come,
    /// how many of those behind them.
    fn take(&mut self, side: Side, rest: &[u8], out: &mut Out) -> (usize, Option<usize>) {
        let reader = self.reader(side);
        if reader.skip > 0 {
            let skipped = usize::try_from(reader.skip).unwrap_or(usize::MAX).min(rest.len());
            reader.skip -= skipped as u64;
            return (skipped, None);
        }
        if reader.lost {
            let begins = |line: &[u8]| wire::start(line).is_some();
            let (skipped, found) = resync(rest, LINE, &mut reader.inside, begins);
            (reader.lost, reader.scanned) = (!found, 0);
            return (skipped, if found { None } else { Some(0) });
        }
        let (end, begin) = match head::end(rest, &mut reader.scanned) {
            End::Need => return (0, Some(0)),
            End::Blank(blanks) => return (blanks, None),
            End::At(end, begin) => (end, begin),
            End::TooLong => {
                reader.lost = true;
                out.weird("sip_head_long", format_args!("more than {} bytes", head::LONGEST));
                return (head::LONGEST.min(rest.len()), None);
            }
        };
        let head = rest.get(..end).unwrap_or_default();
        let Some(message) = Message::parse(head, b"") else {
            reader.lost = true;
            out.weird("sip_start_line", format_args!("{end} bytes that are no message"));
            return (begin, None);
        };
        let length = message.number("Content-Length").unwrap_or_default();
        let Some(whole) = usize::try_from(length).ok().filter(|length| *length <= LONGEST) else {
            reader.skip = length;
            out.weird("sip_body_long", format_args!("{length} bytes"));
            self.message(side, &message, out);
            return (begin, None);
        };
        let Some(body) = rest.get(begin..begin + whole) else {
            return (0, Some(begin + whole));
        };
        self.message(side, &Message { body, ..message }, out);
        (begin + whole, None)
    }

    /// A datagram: one message, whose body may lack its length.
    fn datagram(&mut self, side: Side, input: &[u8], out: &mut Out) {
        let input = input.get(wire::blanks(input)..).unwrap_or_default();
        let (end, begin) = match head::end(input, &mut 0) {
            End::At(end, begin) => (end, begin),
            _ => (input.len(), input.len()),
        };
        let (head, body) =
            (input.get(..end).unwrap_or_default(), input.get(begin..).unwrap_or_default());
        let Some(message) = Message::parse(head, body) else {
            // Programs keep their way through a router open with a few bytes.
            if input.len() >= SHORTEST {
                out.weird(
                    "sip_start_line",
                    format_args!("{} bytes that are no message", input.len()),
                );
            }
            return;
        };
        let length =
            message.number("Content-Length").and_then(|length| usize::try_from(length).ok());
        if end == begin || length.is_some_and(|length| length > body.len()) {
            out.weird("sip_cut", format_args!("{} bytes of a longer message", input.len()));
        }
        let body = length.and_then(|length| body.get(..length)).unwrap_or(body);
        self.message(side, &Message { body, ..message }, out);
    }

    fn message(&mut self, side: Side, message: &Message<'_>, out: &mut Out) {
        let (Some(sequence), Some(call)) = (message.sequence(), message.field("Call-ID")) else {
            return out.weird("sip_fields", "without CSeq or Call-ID");
        };
        let people = [message.field("From"), message.field("To")];
        let [Some(from), Some(to)] = people.map(|field| field.and_then(uri::address)) else {
            return out.weird("sip_fields", "without From or To");
        };
        match message.start {
            Start::Request { method, uri } => {
                let known = hash(&[
                    &[side as u8],
                    call,
                    &sequence.0.to_be_bytes(),
                    method.as_bytes(),
                    message.branch(),
                ]);
                if !self.heard.is_new(known) {
                    return;
                }
                let from = vouched(message).filter(|_| from.is_anonymous()).unwrap_or(from);
                let mut saying = Saying { side, method, from, to, call, leg: Leg::Direct, message };
                if method == "REGISTER" {
                    self.registered.side = Some(side);
                }
                saying.leg = self.leg(&saying, uri::uri(uri));
                self.request(&saying, sequence.0, out);
            }
            Start::Response { status, reason } => {
                let key = hash(&[call, &sequence.0.to_be_bytes(), sequence.1.as_bytes()]);
                self.response(side, (status, reason), (key, &to), message, out);
            }
        }
    }

    fn request(&mut self, saying: &Saying<'_>, number: u32, out: &mut Out) {
        let message = saying.message;
        self.program(
            saying.side,
            saying.from.who(),
            message.text("User-Agent"),
            "sip-user-agent",
            out,
        );
        if matches!(saying.method, "ACK" | "CANCEL") {
            // They repeat what the request said, and nobody answers.
            return;
        }
        let secrets = sign_on::secrets(self, saying, out);
        let mut asked = Asked {
            key: hash(&[saying.call, &number.to_be_bytes(), saying.method.as_bytes()]),
            side: saying.side,
            method: Method::Other,
            from: saying.from.who(),
            secrets,
            offers: Vec::new(),
            leaves: false,
        };
        match saying.method {
            "REGISTER" => {
                asked.method = Method::Register;
                asked.from = saying.to.who();
                asked.leaves = sign_on::leaves(message);
            }
            "MESSAGE" => {
                asked.method = Method::Message;
                say::said(self, saying, !asked.secrets.is_empty(), out);
            }
            "INVITE" => {
                asked.method = Method::Invite;
                asked.offers = offer::offered(saying, out);
            }
            "SUBSCRIBE" => presence::subscribes(self, saying, out),
            "NOTIFY" | "PUBLISH" => presence::published(saying, out),
            _ => {}
        }
        self.asked.push_back(asked);
        if self.asked.len() > ASKED
            && let Some(asked) = self.asked.pop_front()
        {
            sign_on::unanswered(self, &asked, out);
        }
    }

    fn response(
        &mut self,
        side: Side,
        (status, reason): (u16, &str),
        (key, to): (u64, &Uri),
        message: &Message<'_>,
        out: &mut Out,
    ) {
        let same = |asked: &Asked| asked.key == key && asked.side != side;
        let at = self.asked.iter().position(same);
        let registers = at.and_then(|at| self.asked.get(at)).map(|asked| asked.method);
        if registers == Some(Method::Register) {
            self.program(side, Who::Unnamed(side), message.text("Server"), "sip-server", out);
        } else {
            self.program(side, to.who(), message.text("User-Agent"), "sip-user-agent", out);
        }
        let Some(at) = at else { return };
        if status < 200 {
            if let Some(asked) = self.asked.get_mut(at).filter(|_| status > 100) {
                // Whoever rings was let through.
                sign_on::judged(&mut asked.secrets, Some(true), out);
            }
            return;
        }
        let Some(mut asked) = self.asked.remove(at) else { return };
        sign_on::answered(self, &mut asked, status, message, out);
        offer::answered(&asked, status, message, out);
        if status >= 400 && !matches!(status, 401 | 407 | 487) && asked.method != Method::Other {
            let reason: String = reason.chars().take(REASON).collect();
            out.weird("sip_refused", format_args!("{status} {reason}"));
        }
    }

    /// Which part of its way a request is on.
    fn leg(&self, saying: &Saying<'_>, target: Option<Uri>) -> Leg {
        if let Some(registered) = self.registered.side {
            return if registered == saying.side { Leg::ToServer } else { Leg::FromServer };
        }
        // A program at its address, unless that is all the domain there is.
        let addressed = target.is_some_and(|target| {
            target.ip().is_some() && target.host != saying.to.host
                || target.ip() == Some(self.ends.of(saying.side.other()).ip())
                    && saying.to.ip().is_none()
        });
        match (saying.message.hops() <= 1, addressed) {
            (true, true) => Leg::Direct,
            (true, false) => Leg::ToServer,
            (false, true) => Leg::FromServer,
            (false, false) => Leg::BetweenServers,
        }
    }
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        if !self.stream {
            self.datagram(side, input, out);
            return Step::Took { used: input.len(), want: 0 };
        }
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let (taken, wants) = self.take(side, rest, out);
            used += taken;
            if let Some(want) = wants {
                return Step::Took { used, want };
            }
        }
        Step::Took { used, want: 0 }
    }

    /// What is lost of a body that is passed over anyway is no loss.
    fn gap(&mut self, side: Side, lost: u64, _: &mut Out) -> Resume {
        let reader = self.reader(side);
        reader.lost |= reader.skip == 0 || reader.skip < lost;
        reader.skip = reader.skip.saturating_sub(lost);
        (reader.scanned, reader.inside) = (0, false);
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        self.reader(side).ended = true;
        if self.client.ended && self.server.ended {
            for asked in std::mem::take(&mut self.asked) {
                sign_on::unanswered(self, &asked, out);
            }
        }
    }
}

/// Who the network says it is (RFC 3325 section 9.1).
fn vouched(message: &Message<'_>) -> Option<Uri> {
    uri::address(message.field("P-Asserted-Identity")?)
}

/// Bytes of the shortest start line.
const SHORTEST: usize = "SIP/2.0 200".len();
/// Longest body that is read, in bytes.
const LONGEST: usize = 24 << 10;
/// Longest line among which a start line is looked for, in bytes.
const LINE: usize = 4 << 10;
/// Requests waiting.
const ASKED: usize = 64;
/// Characters of a reason that is told.
const REASON: usize = 64;
