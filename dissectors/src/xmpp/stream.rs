//! XMPP as it is: two streams of XML on one connection (RFC 6120 section 4).

use std::borrow::Cow;

use super::element::{Element, Strange};
use super::talk::{Talk, Then};
use super::wire::{Cut, Cutter, Item};
use crate::event::{Seal, Verdict};
use crate::{Dissector, Event, Next, Out, Resume, Side, Step};

/// One connection.
#[derive(Debug, Default)]
pub(super) struct Stream {
    talk: Talk,
    client: Cutter,
    server: Cutter,
    ended: (bool, bool),
    /// What follows is compressed.
    compressed: bool,
}

impl Stream {
    /// One whose server is known to listen where only servers call (port 5269), for when it is picked
    /// up in its middle.
    pub(super) fn between_servers() -> Self {
        let mut stream = Self::default();
        stream.talk.kind = super::talk::Kind::Server;
        stream
    }
}

impl Dissector for Stream {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            if self.compressed {
                return Step::Took { used: input.len(), want: 0 };
            }
            let cutter = if side == Side::Client { &mut self.client } else { &mut self.server };
            if self.talk.tls_asked && cutter.at_rest() {
                match rest {
                    [TLS_HANDSHAKE, TLS_MAJOR, ..] => return self.sealed(used, out),
                    [TLS_HANDSHAKE] => break,
                    _ => {}
                }
            }
            let (item, bytes) = match cutter.next(rest) {
                Cut::Need => break,
                Cut::Skip(bytes) => {
                    used += bytes;
                    continue;
                }
                Cut::Item(item, bytes) => (item, bytes),
            };
            used += bytes;
            match self.item(side, &item, out) {
                Then::On => {}
                Then::Tls => return self.sealed(used, out),
                Then::Compressed => self.compress(out),
            }
        }
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, side: Side, _: u64, _: &mut Out) -> Resume {
        if side == Side::Client {
            self.client.lose();
        } else {
            self.server.lose();
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

impl Stream {
    fn item(&mut self, side: Side, item: &Item<'_>, out: &mut Out) -> Then {
        let (xml, header) = match item {
            Item::Header(xml) => (xml, true),
            Item::Element(xml) => (xml, false),
            Item::Footer => return Then::On,
            Item::Odd(why) => {
                out.weird(why, "what follows is read from the next stanza on");
                return Then::On;
            }
        };
        let xml = utf8(xml, out);
        let Some(element) = read(&xml, out) else { return Then::On };
        if header {
            self.talk.header(side, &element);
            return Then::On;
        }
        self.talk.element(side, &element, out)
    }

    fn sealed(&mut self, used: usize, out: &mut Out) -> Step {
        self.talk.finish(out);
        let seal = Seal { verdict: Verdict::Starttls, ..Seal::default() };
        Step::Became { used, next: Next::Sealed(seal) }
    }

    /// XEP-0138: what follows is deflated, with what went before as its dictionary.
    fn compress(&mut self, out: &mut Out) {
        self.compressed = true;
        out.weird("xmpp_compressed", "what follows is not read");
        out.emit(Event::Seal(Seal { verdict: Verdict::Unknown, ..Seal::default() }));
    }
}

/// XMPP is UTF-8 (RFC 6120 section 11.6).
pub(super) fn utf8<'a>(xml: &'a [u8], out: &mut Out) -> Cow<'a, str> {
    let text = String::from_utf8_lossy(xml);
    if matches!(text, Cow::Owned(_)) {
        out.weird("xmpp_not_utf8", "impossible sequences are U+FFFD");
    }
    text
}

/// An element that can be read; what is strange about it is told.
pub(super) fn read<'a>(xml: &'a str, out: &mut Out) -> Option<Element<'a>> {
    let mut strange = Strange::default();
    let element = Element::read(xml, &mut strange);
    if strange.entity {
        out.weird("xmpp_entity", "one that XML does not know");
    }
    if strange.attributes {
        out.weird("xmpp_attributes", "more than anybody needs in one tag");
    }
    element.map_err(|why| out.weird(why, "an element that cannot be read")).ok()
}

/// Content type 22, version 3 (RFC 8446 section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;
const TLS_MAJOR: u8 = 0x03;
