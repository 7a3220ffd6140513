//! XMPP over WebSocket (RFC 7395): each message is one element. `<open/>` is what the stream's header
//! is otherwise, `<close/>` what ends it.

mod facts;
mod probe;

use super::element::Element;
use super::ns;
use super::stream::{read, utf8};
use super::talk::Talk;
use crate::http::wire::{Connection, Cut as Http};
use crate::websocket::{Cut, Reader};
use crate::{Dissector, Ends, Facts, Opening, Out, Probe, Protocol, Resume, Side, Step};

/// XMPP in the messages of a WebSocket.
#[derive(Debug)]
pub struct WebSocket;

impl Protocol for WebSocket {
    fn facts(&self) -> &'static Facts {
        &facts::FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::judge(opening)
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<Socket>::default()
    }
}

/// One connection.
#[derive(Debug, Default)]
struct Socket {
    http: Connection,
    client: Half,
    server: Half,
    talk: Talk,
    ended: (bool, bool),
}

/// One side of it.
#[derive(Debug, Default)]
struct Half {
    frames: Reader,
    /// The handshake is over.
    open: bool,
    /// Nothing more of it is read.
    broken: bool,
    /// A message was told that is compressed.
    deflated: bool,
}

impl Dissector for Socket {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..) {
            if self.half(side).broken {
                return Step::Took { used: input.len(), want: 0 };
            }
            let taken = match self.half(side).open {
                true => self.frame(side, rest, out),
                false => self.handshake(side, rest, out),
            };
            let Some(taken) = taken else { break };
            used += taken;
        }
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, side: Side, lost: u64, _: &mut Out) -> Resume {
        let half = self.half(side);
        if half.open {
            half.frames.gap(lost);
        } else {
            self.http.gap(side, lost);
        }
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        match side {
            Side::Client => self.ended.0 = true,
            Side::Server => self.ended.1 = true,
        }
        if self.ended == (true, true) {
            self.talk.finish(out);
        }
    }
}

impl Socket {
    fn half(&mut self, side: Side) -> &mut Half {
        if side == Side::Client { &mut self.client } else { &mut self.server }
    }

    /// The next part of the handshake; nothing when more must come.
    fn handshake(&mut self, side: Side, rest: &[u8], out: &mut Out) -> Option<usize> {
        // No HTTP begins with such a byte: the server has agreed, whether that was heard or not.
        let frames = rest.first().is_some_and(|first| *first >= 0x80);
        match self.http.next(side, rest) {
            Http::Skip(bytes) | Http::Part(_, bytes) => Some(bytes),
            Http::Tunnel => {
                self.half(side).open = true;
                Some(0)
            }
            Http::Held if frames => {
                self.half(side).open = true;
                Some(0)
            }
            Http::Need | Http::Held => None,
            Http::Malformed(_) if rest.is_empty() => None,
            Http::Malformed(why) => {
                self.half(side).broken = true;
                out.weird(why, "before XMPP over WebSocket");
                None
            }
        }
    }

    /// The next frame, or a part of one; nothing when more must come.
    fn frame(&mut self, side: Side, rest: &[u8], out: &mut Out) -> Option<usize> {
        match self.half(side).frames.next(rest) {
            Cut::Need => None,
            Cut::Took(bytes) => Some(bytes),
            Cut::Message(message, bytes) => {
                self.message(side, &message, out);
                Some(bytes)
            }
            Cut::Lost(bytes) => {
                out.weird("xmpp_websocket_message", "one that was lost in part, or is too long");
                Some(bytes)
            }
            Cut::Deflated(bytes) => {
                if !std::mem::replace(&mut self.half(side).deflated, true) {
                    out.weird("xmpp_websocket_deflated", "messages that are not read");
                }
                Some(bytes)
            }
            Cut::Close(bytes) => {
                self.half(side).broken = true;
                Some(bytes)
            }
            Cut::Malformed => {
                self.half(side).broken = true;
                out.weird("xmpp_websocket_frame", "one that is none");
                Some(0)
            }
        }
    }

    fn message(&mut self, side: Side, message: &[u8], out: &mut Out) {
        let message = message.trim_ascii();
        if message.is_empty() {
            return;
        }
        let xml = utf8(message, out);
        let Some(element) = read(&xml, out) else { return };
        if element.ns == ns::FRAMING {
            self.framing(side, &element);
        } else {
            self.talk.element(side, &element, out);
        }
    }

    fn framing(&mut self, side: Side, element: &Element<'_>) {
        if element.name == "open" {
            self.talk.wrapped(side, element);
        }
    }
}
