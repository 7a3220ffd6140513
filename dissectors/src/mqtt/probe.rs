//! Is it MQTT?
//!
//! CONNECT names the protocol, and a client's stream begins with it. Without one, in the middle of
//! a stream or where the broker alone is heard, packets that follow each other without a seam are
//! worth points; what is no packet is somebody else's.

use super::wire::{self, Cut, Fields, Head, kind};
use crate::{Opening, Probe, Side, Transport};

/// Bytes of a side that decide: some packets with topics of usual length.
pub(super) const DEPTH: usize = 2048;
/// Points that are MQTT.
const ENOUGH: u32 = 3;

/// What one side's first bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// What this side says.
    Said(Side),
    Possibly,
    Unlike,
}

/// Judges both sides: one that speaks MQTT is enough.
pub(super) fn probe(opening: &Opening<'_>) -> Probe {
    if opening.transport != Transport::Tcp {
        return Probe::No;
    }
    // Publications and their acknowledgements go both ways. Who called is then known by the
    // handshake, or guessed: callers' ports are the higher ones.
    let turned = !opening.from_start && opening.ends.client.port() < opening.ends.server.port();
    let look = |bytes, side: Side| {
        let speaker = if turned { side.other() } else { side };
        look(bytes, speaker, opening.from_start)
    };
    let deep = opening.client.len().max(opening.server.len()) >= DEPTH;
    match (look(opening.client, Side::Client), look(opening.server, Side::Server)) {
        (Looks::Said(Side::Client), _) | (_, Looks::Said(Side::Server)) => Probe::Yes,
        (Looks::Said(Side::Server), _) | (_, Looks::Said(Side::Client)) => Probe::Swapped,
        (Looks::Unlike, _) | (_, Looks::Unlike) => Probe::No,
        (Looks::Possibly, Looks::Possibly) if deep => Probe::No,
        (Looks::Possibly, Looks::Possibly) => Probe::More,
    }
}

/// Looks at packets until they are worth enough; `side` says them, unless they show another.
fn look(bytes: &[u8], side: Side, from_start: bool) -> Looks {
    let mut rest = bytes.get(..DEPTH).unwrap_or(bytes);
    let (mut points, mut asks, mut tells, mut first) = (0, 0, 0, true);
    while !rest.is_empty() {
        let head = match head(rest) {
            Ok(Some(head)) => head,
            Ok(None) => return Looks::Possibly,
            Err(Foreign) => return Looks::Unlike,
        };
        let begins = matches!(head.kind, kind::CONNECT | kind::CONNACK | kind::AUTH);
        if std::mem::take(&mut first) && from_start && !begins {
            return Looks::Unlike;
        }
        let body = rest.get(head.header..).unwrap_or_default();
        if head.kind == kind::CONNECT {
            return match wire::connect(body, head.length) {
                Some(true) => Looks::Said(Side::Client),
                Some(false) => Looks::Unlike,
                None => Looks::Possibly,
            };
        }
        match worth(head, body) {
            Ok(Some(worth)) => points += worth,
            Ok(None) => return Looks::Possibly,
            Err(Foreign) => return Looks::Unlike,
        }
        match head.kind {
            kind::SUBSCRIBE | kind::UNSUBSCRIBE | kind::PINGREQ => asks += 1,
            kind::CONNACK | kind::SUBACK | kind::UNSUBACK | kind::PINGRESP => tells += 1,
            _ => {}
        }
        if points >= ENOUGH {
            return match tells.cmp(&asks) {
                std::cmp::Ordering::Less => Looks::Said(Side::Client),
                std::cmp::Ordering::Equal => Looks::Said(side),
                std::cmp::Ordering::Greater => Looks::Said(Side::Server),
            };
        }
        rest = body.get(head.length..).unwrap_or_default();
    }
    Looks::Possibly
}

/// No packet of MQTT.
struct Foreign;

/// The header of the next packet; nothing while it is not whole.
fn head(bytes: &[u8]) -> Result<Option<Head>, Foreign> {
    // The first byte alone may say no.
    let alone = bytes.first().map(|byte| (byte >> 4, byte & 0x0f)).unwrap_or_default();
    let alone = Head { kind: alone.0, flags: alone.1, header: 1, length: 0 };
    if !wire::is_flagged(alone) {
        return Err(Foreign);
    }
    match wire::head(bytes) {
        Cut::Packet(head) => Ok(Some(head)),
        Cut::Need => Ok(None),
        Cut::Nonsense => Err(Foreign),
    }
}

/// What a packet is worth; nothing while it is not whole, as far as it is looked at.
fn worth(head: Head, body: &[u8]) -> Result<Option<u32>, Foreign> {
    let whole = body.get(..head.length);
    let must = |holds: bool, worth| if holds { Ok(Some(worth)) } else { Err(Foreign) };
    match (head.kind, head.length) {
        (kind::PUBLISH, 3..) => {
            let Some((length, behind)) = body.split_first_chunk() else { return Ok(None) };
            let length = usize::from(u16::from_be_bytes(*length));
            if length > wire::TOPIC || length + 2 > head.length {
                return Err(Foreign);
            }
            // An alias may stand for it.
            behind.get(..length).map_or(Ok(None), |topic| match topic {
                [] => Ok(Some(0)),
                topic => must(wire::is_topic(topic), 2),
            })
        }
        (kind::PUBACK..=kind::PUBCOMP, 2..=512) => {
            whole.map_or(Ok(None), |body| must(is_answer(body), 1))
        }
        (kind::SUBSCRIBE | kind::UNSUBSCRIBE, 5..=DEPTH) => {
            whole.map_or(Ok(None), |body| must(is_request(head.kind, body), 3))
        }
        (kind::SUBACK | kind::UNSUBACK, 2..=512) => {
            whole.map_or(Ok(None), |body| must(body.first_chunk() != Some(&[0, 0]), 1))
        }
        (kind::CONNACK, 2..=512) => whole.map_or(Ok(None), |body| match body {
            [0 | 1, 0..=5 | 0x80..=0xa2, properties @ ..] => {
                let sound = properties.is_empty()
                    || Fields(properties).properties().is_some_and(super::properties::are_sound);
                must(sound, 2)
            }
            _ => Err(Foreign),
        }),
        (kind::PINGREQ | kind::PINGRESP | kind::DISCONNECT, 0) => Ok(Some(0)),
        (kind::DISCONNECT | kind::AUTH, 1..=512) => Ok(whole.map(|_| 0)),
        _ => Err(Foreign),
    }
}

/// A number of a packet, and in version 5 a reason and properties.
fn is_answer(body: &[u8]) -> bool {
    match body {
        [0, 0, ..] => false,
        [_, _] => true,
        [_, _, reason, properties @ ..] => {
            let known = matches!(reason, 0 | 0x10 | 0x80 | 0x83 | 0x87 | 0x90..=0x92 | 0x97 | 0x99);
            known
                && (properties.is_empty()
                    || Fields(properties).properties().is_some_and(super::properties::are_sound))
        }
        _ => false,
    }
}

/// A number, and filters from the first byte to the last, with properties before them or without.
fn is_request(kind: u8, body: &[u8]) -> bool {
    let mut fields = Fields(body);
    let number = fields.short();
    let mut behind = fields;
    let v5 = behind.properties().is_some_and(super::properties::are_sound);
    number.is_some_and(|number| number != 0)
        && (are_filters(kind, fields) || v5 && are_filters(kind, behind))
}

fn are_filters(kind: u8, mut fields: Fields<'_>) -> bool {
    if fields.is_empty() {
        return false;
    }
    while !fields.is_empty() {
        let sound = |filter: &[u8]| {
            !filter.is_empty()
                && !filter.iter().any(u8::is_ascii_control)
                && std::str::from_utf8(filter).is_ok()
        };
        if !fields.data().is_some_and(sound) {
            return false;
        }
        if kind == kind::SUBSCRIBE && fields.byte().is_none_or(|options| options & 0xc0 != 0) {
            return false;
        }
    }
    true
}
