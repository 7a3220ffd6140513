//! HTTP/1.x messages (RFC 9112) out of a stream, for every dissector that meets them.
//!
//! [`Connection`] follows both sides of a connection: a response can only be told from what was
//! asked. It yields one [`Part`] at a time and keeps no bytes, so that a body of any length passes
//! through. Heads are borrowed from the stream; line ends may be LF alone, as servers write them.

use std::collections::VecDeque;

use super::head::{self, Head, Start};
use crate::Side;

/// A piece of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Its start line and fields.
    Head(Head<'a>),
    /// Some of its body, without the framing of chunks; never empty.
    Body(&'a [u8]),
    /// It is whole.
    End,
}

/// What stands at the beginning of the unread bytes of a side.
#[derive(Debug, PartialEq, Eq)]
pub enum Cut<'a> {
    /// More bytes of this side must come.
    Need,
    /// What these bytes are is for the other side to say: the answer to CONNECT or Upgrade.
    Held,
    /// A part, and the bytes it takes (none for most ends).
    Part(Part<'a>, usize),
    /// These bytes belong to no message (a blank line before one, chunk framing, trailers).
    Skip(usize),
    /// HTTP is over: from here on it is what CONNECT or Upgrade led to.
    Tunnel,
    /// No HTTP; why. Nothing more can be read of this side.
    Malformed(&'static str),
}

/// What a request asked for, as far as it decides how the answer is framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// HEAD: the answer has no body.
    Head,
    /// CONNECT: behind a 2xx answer lies a tunnel.
    Connect,
    /// An Upgrade: behind a 101 answer lies another protocol.
    Upgrade,
    /// Anything else.
    Other,
}

/// Both sides of an HTTP/1.x connection.
#[derive(Debug, Default)]
pub struct Connection {
    client: Reader,
    server: Reader,
    /// Requests without a final answer, oldest first.
    asked: VecDeque<Asked>,
    answered: Option<Asked>,
}

/// Where one side is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Reader {
    state: State,
    /// Bytes of the unread ones that hold no end of a head, or of a line.
    scanned: usize,
    /// A tunnel was asked for: after this message the side is held.
    holds: bool,
    /// That nothing more can be read was told.
    told: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    /// Bytes of a body that are still to come.
    Length(u64),
    /// The line with the length of the next chunk.
    Chunk,
    /// Bytes of a chunk that are still to come.
    Data(u64),
    /// The line end behind a chunk.
    DataEnd,
    /// Fields behind the last chunk.
    Trailers,
    UntilClose,
    Held,
    Tunnel,
    /// After a loss: the next line that begins a message.
    Lost,
    Broken(&'static str),
}

/// Requests that wait for their answer at once. Beyond it they are forgotten, which costs the
/// framing of answers to HEAD.
const PIPELINE: usize = 256;
/// Longest line of chunk framing, in bytes.
const LINE: usize = 4 << 10;

impl Connection {
    /// Whether that nothing more can be read of a side is to be told: the first time it is asked.
    pub(crate) fn complains(&mut self, side: Side) -> bool {
        !std::mem::replace(&mut self.reader(side).told, true)
    }

    /// The next part of `side`, whose unread bytes are `input`. To be called until it wants more.
    pub fn next<'a>(&mut self, side: Side, input: &'a [u8]) -> Cut<'a> {
        let reader = self.reader(side);
        match reader.state {
            State::Head => self.head(side, input),
            State::Lost => reader.resync(input),
            State::Broken(why) => Cut::Malformed(why),
            State::Held => Cut::Held,
            State::Tunnel => Cut::Tunnel,
            State::Length(0) => {
                reader.state = if reader.holds { State::Held } else { State::Head };
                Cut::Part(Part::End, 0)
            }
            State::UntilClose if input.is_empty() => Cut::Need,
            State::UntilClose => Cut::Part(Part::Body(input), input.len()),
            State::Length(left) => reader.body(input, left, State::Length),
            State::Data(left) => reader.body(input, left, data),
            State::Chunk => reader.line(input, Reader::chunk),
            State::DataEnd => reader.line(input, |reader, line| match line {
                b"" => {
                    reader.state = State::Chunk;
                    Ok(())
                }
                _ => Err("http_chunk_overrun"),
            }),
            State::Trailers => reader.line(input, |reader, line| {
                if line.is_empty() {
                    reader.state = State::Length(0);
                }
                Ok(())
            }),
        }
    }

    /// `lost` bytes of `side` were never seen, and unread ones before them are gone as well. Within a
    /// body of known length nothing else is lost; otherwise the side goes on at its next message.
    /// Whether it still knows its place.
    pub fn gap(&mut self, side: Side, lost: u64) -> bool {
        let reader = self.reader(side);
        reader.scanned = 0;
        reader.state = match reader.state {
            State::Length(left) if left > 0 && lost <= left => State::Length(left - lost),
            State::Data(left) if lost <= left => data(left - lost),
            state @ (State::UntilClose | State::Tunnel) => state,
            _ => State::Lost,
        };
        reader.state != State::Lost
    }

    /// The answer to what holds the client was lost, and it was no: the client goes on asking.
    pub fn refused_unheard(&mut self) {
        if self.client.state == State::Held {
            self.asked.pop_back();
            (self.client.state, self.client.holds) = (State::Head, false);
        }
    }

    /// What the last final response answered; nothing when its request was not heard.
    pub fn answered(&self) -> Option<Asked> {
        self.answered
    }

    /// No request waits for its answer.
    pub fn is_idle(&self) -> bool {
        self.asked.is_empty()
    }

    /// A head, and what it says about the bytes behind it.
    fn head<'a>(&mut self, side: Side, input: &'a [u8]) -> Cut<'a> {
        let reader = self.reader(side);
        let (end, blank) = match head::end(input, &mut reader.scanned) {
            head::End::Need => return Cut::Need,
            head::End::Blank(used) => return Cut::Skip(used),
            head::End::TooLong => return reader.broken("http_head_too_long"),
            head::End::At(end, blank) => (end, blank),
        };
        let Some(head) = input.get(..end).and_then(head::parse) else {
            return reader.broken("http_start_line_malformed");
        };
        match head.start {
            Start::Request { .. } => self.asks(side, &head),
            Start::Response { status, .. } => self.answers(side, status, &head),
        }
        Cut::Part(Part::Head(head), blank)
    }

    fn asks(&mut self, side: Side, head: &Head<'_>) {
        let asked = asked(head);
        if self.asked.len() < PIPELINE {
            self.asked.push_back(asked);
        }
        let reader = self.reader(side);
        reader.holds = matches!(asked, Asked::Connect | Asked::Upgrade);
        reader.state = match length(head) {
            Length::Chunked => State::Chunk,
            Length::Bytes(length) => State::Length(length),
            Length::Unsaid => State::Length(0),
        };
    }

    fn answers(&mut self, side: Side, status: u16, head: &Head<'_>) {
        let interim = (100..200).contains(&status) && status != 101;
        let asked = if interim { None } else { self.asked.pop_front() };
        if !interim {
            self.answered = asked;
        }
        let opens = match asked {
            Some(Asked::Connect) => (200..300).contains(&status),
            // A 101 answers nothing else, whatever was heard of the request.
            _ => status == 101,
        };
        let reader = self.reader(side);
        reader.state = match (asked, status, length(head)) {
            _ if opens => State::Tunnel,
            (Some(Asked::Head), ..) | (_, 100..200 | 204 | 304, _) => State::Length(0),
            (.., Length::Chunked) => State::Chunk,
            (.., Length::Bytes(length)) => State::Length(length),
            (.., Length::Unsaid) => State::UntilClose,
        };
        let other = self.reader(side.other());
        if opens {
            other.state = State::Tunnel;
        } else if matches!(asked, Some(Asked::Connect | Asked::Upgrade)) {
            other.holds = false;
            if other.state == State::Held {
                other.state = State::Head;
            }
        }
    }

    fn reader(&mut self, side: Side) -> &mut Reader {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

impl Reader {
    fn broken(&mut self, why: &'static str) -> Cut<'static> {
        self.state = State::Broken(why);
        Cut::Malformed(why)
    }

    /// As much of a body as there is.
    fn body<'a>(&mut self, input: &'a [u8], left: u64, next: fn(u64) -> State) -> Cut<'a> {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
        match input.get(..here) {
            None | Some([]) => Cut::Need,
            Some(body) => {
                self.state = next(left - here as u64);
                Cut::Part(Part::Body(body), here)
            }
        }
    }

    /// A line of chunk framing.
    fn line<'a>(
        &mut self,
        input: &'a [u8],
        read: impl FnOnce(&mut Self, &[u8]) -> Result<(), &'static str>,
    ) -> Cut<'a> {
        let Some((line, used)) = crate::scan::line(input) else {
            return match input.len() > LINE {
                true => self.broken("http_chunk_line_too_long"),
                false => Cut::Need,
            };
        };
        match read(self, line) {
            Ok(()) => Cut::Skip(used),
            Err(why) => self.broken(why),
        }
    }

    /// `HEX[;extensions]`.
    fn chunk(&mut self, line: &[u8]) -> Result<(), &'static str> {
        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        let hex = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let length = u64::from_str_radix(digits, 16).ok().filter(|_| hex);
        let length = length.ok_or("http_chunk_malformed")?;
        self.state = if length == 0 { State::Trailers } else { State::Data(length) };
        Ok(())
    }

    /// The next line that begins a message; what stands before it is skipped.
    fn resync(&mut self, input: &[u8]) -> Cut<'static> {
        let mut skipped = 0;
        while let Some((line, used)) = input.get(skipped..).and_then(crate::scan::line) {
            if head::start(line).is_some() {
                self.state = State::Head;
                return Cut::Skip(skipped);
            }
            skipped += used;
        }
        match input.len() - skipped {
            rest if rest > head::LONGEST => Cut::Skip(input.len()),
            _ if skipped > 0 => Cut::Skip(skipped),
            _ => Cut::Need,
        }
    }
}

fn data(left: u64) -> State {
    if left == 0 { State::DataEnd } else { State::Data(left) }
}

fn asked(head: &Head<'_>) -> Asked {
    match head.start {
        Start::Request { method: "HEAD", .. } => Asked::Head,
        Start::Request { method: "CONNECT", .. } => Asked::Connect,
        _ if head.lists("connection", "upgrade") => Asked::Upgrade,
        _ => Asked::Other,
    }
}

/// What a head says about the length of its body (RFC 9112 section 6.3).
enum Length {
    Chunked,
    Bytes(u64),
    Unsaid,
}

fn length(head: &Head<'_>) -> Length {
    if head.field("transfer-encoding").is_some() {
        return if head.lists("transfer-encoding", "chunked") {
            Length::Chunked
        } else {
            Length::Unsaid
        };
    }
    let mut said = head.fields("content-length").flat_map(|value| value.split(|b| *b == b','));
    let number = |value: &[u8]| std::str::from_utf8(value.trim_ascii()).ok()?.parse::<u64>().ok();
    let Some(first) = said.next().and_then(number) else { return Length::Unsaid };
    // Copies that disagree are a lie about where the next message begins.
    match said.all(|value| number(value) == Some(first)) {
        true => Length::Bytes(first),
        false => Length::Unsaid,
    }
}

#[cfg(test)]
mod tests;
