//! MQTT's bytes: the fixed header (MQTT 3.1.1 and 5.0 section 2), and the fields that bodies are
//! made of.

use super::properties;

/// Types of packets (MQTT 5.0 section 2.1.2).
pub(super) mod kind {
    pub(crate) const CONNECT: u8 = 1;
    pub(crate) const CONNACK: u8 = 2;
    pub(crate) const PUBLISH: u8 = 3;
    pub(crate) const PUBACK: u8 = 4;
    pub(crate) const PUBREL: u8 = 6;
    pub(crate) const PUBCOMP: u8 = 7;
    pub(crate) const SUBSCRIBE: u8 = 8;
    pub(crate) const SUBACK: u8 = 9;
    pub(crate) const UNSUBSCRIBE: u8 = 10;
    pub(crate) const UNSUBACK: u8 = 11;
    pub(crate) const PINGREQ: u8 = 12;
    pub(crate) const PINGRESP: u8 = 13;
    pub(crate) const DISCONNECT: u8 = 14;
    pub(crate) const AUTH: u8 = 15;
}

/// The level of version 5.0, the first with properties; 3 is 3.1, 4 is 3.1.1.
pub(super) const V5: u8 = 5;

/// What every packet begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Type of the packet.
    pub(super) kind: u8,
    /// Its four flags.
    pub(super) flags: u8,
    /// Bytes of the header itself.
    pub(super) header: usize,
    /// Bytes behind the header.
    pub(super) length: usize,
}

/// What stands at the beginning of unread bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The header is not whole yet.
    Need,
    /// A packet.
    Packet(Head),
    /// A length of more than four bytes.
    Nonsense,
}

/// Reads the fixed header.
pub(super) fn head(input: &[u8]) -> Cut {
    let Some((&first, rest)) = input.split_first() else { return Cut::Need };
    match number(rest) {
        Number::Is(length, taken) => {
            let (kind, flags) = (first >> 4, first & 0x0f);
            Cut::Packet(Head { kind, flags, header: 1 + taken, length })
        }
        Number::Need => Cut::Need,
        Number::Nonsense => Cut::Nonsense,
    }
}

/// A number of one to four bytes, seven bits each, lowest first (MQTT 5.0 section 1.5.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// Its value and the bytes it takes.
    Is(usize, usize),
    Need,
    Nonsense,
}

pub(super) fn number(input: &[u8]) -> Number {
    let mut value = 0;
    for (place, byte) in input.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Number::Is(value, place + 1);
        }
    }
    if input.len() < 4 { Number::Need } else { Number::Nonsense }
}

/// The fields of a body that were not read yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// One byte.
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    /// Two bytes, high one first.
    pub(super) fn short(&mut self) -> Option<u16> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u16::from_be_bytes(*bytes))
    }

    /// As many bytes.
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A length of two bytes, and that many: texts and binary data.
    pub(super) fn data(&mut self) -> Option<&'a [u8]> {
        let length = self.short()?;
        self.take(length.into())
    }

    /// The same as text.
    pub(super) fn text(&mut self) -> Option<String> {
        self.data().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// A length of up to four bytes, and that many: properties.
    pub(super) fn properties(&mut self) -> Option<&'a [u8]> {
        let Number::Is(length, taken) = number(self.0) else { return None };
        self.take(taken)?;
        self.take(length)
    }
}

/// What a PUBLISH says, borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Publish<'a> {
    /// Where to; empty when an alias stands for it.
    pub(super) topic: &'a [u8],
    /// Number of the packet, above quality of service 0.
    pub(super) number: Option<u16>,
    /// Version 5's properties.
    pub(super) properties: &'a [u8],
    pub(super) payload: &'a [u8],
    /// It is sent again.
    pub(super) again: bool,
    /// The broker keeps it for those who subscribe later, or kept it.
    pub(super) retained: bool,
}

/// Reads a PUBLISH (section 3.3). Where the version was not heard, properties are what reads as
/// properties from its first byte to its last: text begins with no such byte.
pub(super) fn publish(head: Head, body: &[u8], version: Option<u8>) -> Option<Publish<'_>> {
    let mut fields = Fields(body);
    let topic = fields.data()?;
    let quality = (head.flags >> 1) & 3;
    let number = if quality == 0 { None } else { Some(fields.short()?) };
    let mut behind = fields;
    let found = behind.properties().filter(|found| match version {
        Some(version) => version >= V5,
        None => properties::are_sound(found),
    });
    let properties = match (found, version) {
        (Some(found), _) => {
            fields = behind;
            found
        }
        (None, Some(V5..)) => return None,
        (None, _) => &[],
    };
    let (again, retained) = (head.flags & 8 != 0 && quality != 0, head.flags & 1 != 0);
    Some(Publish { topic, number, properties, payload: fields.0, again, retained })
}

/// Whether flags are as the type demands. Version 3.1 has its DUP and quality of service wherever
/// an answer is awaited.
pub(super) fn is_flagged(head: Head) -> bool {
    match head.kind {
        kind::PUBLISH => (head.flags >> 1) & 3 != 3,
        kind::PUBREL | kind::SUBSCRIBE | kind::UNSUBSCRIBE => matches!(head.flags, 2 | 10),
        0 => false,
        _ => head.flags == 0,
    }
}

/// Whether this may be the topic of a publication: text without wildcards and control characters.
/// Nothing more than its bytes is looked at, and those are few.
pub(super) fn is_topic(topic: &[u8]) -> bool {
    !topic.is_empty()
        && topic.len() <= TOPIC
        && topic.iter().all(|byte| !byte.is_ascii_control() && !matches!(byte, b'+' | b'#'))
        && std::str::from_utf8(topic).is_ok()
}

/// Bytes of a topic that a reader without its place believes.
pub(super) const TOPIC: usize = 256;

/// Where the next packet begins, for a reader that lost its place: the first one that is more than
/// its header. What stands before it is to be skipped.
pub(super) fn resync(input: &[u8]) -> Resync {
    for at in 0..input.len() {
        let Some(window) = input.get(at..) else { break };
        match plausible(window) {
            Some(true) => return Resync::Found(at),
            Some(false) => {}
            None => return Resync::Undecided(at),
        }
    }
    Resync::Undecided(input.len())
}

/// Where a search for a packet got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resync {
    /// A packet begins here.
    Found(usize),
    /// Nothing before here is one.
    Undecided(usize),
}

/// Whether a packet begins here that says something; nothing while there are too few bytes. It
/// looks at no more than a header and a topic, so that a search takes linear time.
fn plausible(window: &[u8]) -> Option<bool> {
    let head = match window {
        [first, ..] if !matches!(first >> 4, 1..=3 | 8..=11) => return Some(false),
        _ => match head(window) {
            Cut::Packet(head) => head,
            Cut::Need => return None,
            Cut::Nonsense => return Some(false),
        },
    };
    if !is_flagged(head) {
        return Some(false);
    }
    let body = window.get(head.header..)?;
    match head.kind {
        kind::CONNECT => connect(body, head.length),
        kind::PUBLISH => {
            let Some((length, topic)) = body.split_first_chunk() else {
                return if head.length < 2 { Some(false) } else { None };
            };
            let length = usize::from(u16::from_be_bytes(*length));
            if length == 0 || length > TOPIC || length + 2 > head.length {
                return Some(false);
            }
            topic.get(..length).map(is_topic)
        }
        kind::SUBSCRIBE | kind::UNSUBSCRIBE => {
            // Number of the packet, then a filter (behind no properties).
            let (number, rest) = body.split_first_chunk::<2>()?;
            let &[none, ..] = rest.first_chunk::<3>()?;
            let filter = |at: usize| {
                let length = rest.get(at..).and_then(|rest| rest.first_chunk()).copied();
                let length = usize::from(length.map_or(0, u16::from_be_bytes));
                (1..=TOPIC).contains(&length) && length + at + 4 <= head.length
            };
            Some(*number != [0, 0] && (filter(0) || none == 0 && filter(1)))
        }
        kind::CONNACK => {
            let &[flags, code] = body.first_chunk::<2>()?;
            Some((2..128).contains(&head.length) && flags <= 1 && (code <= 5 || code >= 0x80))
        }
        _ => Some(false),
    }
}

/// Whether the body of a CONNECT begins here: the protocol's name and version.
pub(super) fn connect(body: &[u8], length: usize) -> Option<bool> {
    let mut undecided = false;
    for name in [&b"\0\x04MQTT"[..], b"\0\x06MQIsdp"] {
        match crate::scan::prefix(body, name) {
            crate::scan::Prefix::Is if length < name.len() + 4 => return Some(false),
            crate::scan::Prefix::Is => {
                // Bridges set the highest bit.
                return body.get(name.len()).map(|level| matches!(level & 0x7f, 3..=V5));
            }
            crate::scan::Prefix::MayBe => undecided = true,
            crate::scan::Prefix::Not => {}
        }
    }
    if undecided { None } else { Some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_a_length_of_up_to_four_bytes() {
        let packet = |header, length| Cut::Packet(Head { kind: 3, flags: 0, header, length });
        assert_eq!(head(b"\x30\x05abc"), packet(2, 5));
        assert_eq!(head(b"\x30\x80\x80\x80\x01"), packet(5, 1 << 21));
        assert_eq!(head(b"\x30\x80\x80"), Cut::Need);
        assert_eq!(head(b"\x30\xff\xff\xff\xff"), Cut::Nonsense);
    }

    #[test]
    fn properties_are_found_where_the_version_was_not_heard() {
        let head = Head { kind: 3, flags: 0, header: 2, length: 0 };
        let read = |body, version| {
            publish(head, body, version).map(|it: Publish<'_>| (it.properties, it.payload))
        };
        assert_eq!(read(b"\0\x01t\0hi", None), Some((&b""[..], &b"hi"[..])));
        assert_eq!(read(b"\0\x01t\x03\x23\0\x05hi", None), Some((&b"\x23\0\x05"[..], &b"hi"[..])));
        assert_eq!(read(b"\0\x01t\x03\x23\0\x05hi", Some(4)).unwrap().1, b"\x03\x23\0\x05hi");
        assert_eq!(read(b"\0\x01thi", None), Some((&b""[..], &b"hi"[..])));
        assert_eq!(read(b"\0\x01t", None), Some((&b""[..], &b""[..])));
        assert_eq!(read(b"\0\x01thi", Some(5)), None);
    }

    #[test]
    fn a_packet_is_found_behind_the_rest_of_another() {
        let found = |input: &[u8]| resync(input);
        assert_eq!(found(b"oom\x30\x07\0\x01t"), Resync::Found(3));
        assert_eq!(found(b"oom\x30\x07\0\x01"), Resync::Undecided(3));
        assert_eq!(found(b"oom\x10\x0c\0\x04MQTT\x04"), Resync::Found(3));
        assert_eq!(found(b"0 words, many"), Resync::Undecided(13));
    }
}
