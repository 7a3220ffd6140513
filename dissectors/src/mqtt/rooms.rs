//! SUBSCRIBE, UNSUBSCRIBE and their answers: topics as rooms.

use std::collections::VecDeque;

use super::names::reason;
use super::talk::Talk;
use super::wire::{Fields, V5, kind};
use crate::Out;
use crate::event::{Event, Room, RoomOp};

/// Topics that were subscribed to.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    /// Requests without an answer: number of the packet, type, filters.
    asked: VecDeque<(u16, u8, Vec<String>)>,
    /// Filters whose subscription was told.
    joined: VecDeque<String>,
    /// The client wants publications as they were published: retained means nothing then.
    pub(super) as_published: bool,
    /// The client does not want what it publishes itself.
    pub(super) no_local: bool,
}

/// A request of the client: number, filters, for a subscription with their options (sections 3.8,
/// 3.10).
pub(super) fn asks(talk: &mut Talk, kind: u8, fields: Fields<'_>, out: &mut Out) {
    let Some((number, filters)) = request(talk, kind, fields) else {
        return out.weird("mqtt_subscribe", format_args!("{} bytes", fields.0.len()));
    };
    let asked = &mut talk.rooms.asked;
    if asked.iter().any(|(known, of, same)| (*known, *of) == (number, kind) && *same == filters) {
        // Version 3.1 sends it again.
        return;
    }
    asked.push_back((number, kind, filters));
    if asked.len() > ASKED
        && let Some((_, kind, filters)) = asked.pop_front()
    {
        filters.into_iter().for_each(|filter| told(talk, kind, filter, out));
    }
}

fn request(talk: &mut Talk, kind: u8, mut fields: Fields<'_>) -> Option<(u16, Vec<String>)> {
    let number = fields.short()?;
    // A filter is never empty, so that its length has a byte other than zero.
    let v5 = match (talk.version, fields.0) {
        (Some(version), _) => version >= V5,
        (None, [first, second, ..]) => *first != 0 || *second == 0,
        (None, _) => false,
    };
    if v5 {
        fields.properties()?;
    }
    let mut filters = Vec::new();
    while !fields.is_empty() {
        filters.push(fields.text()?);
        if kind == kind::SUBSCRIBE {
            let options = fields.byte()?;
            talk.rooms.as_published |= options & RETAIN_AS_PUBLISHED != 0;
            talk.rooms.no_local |= options & NO_LOCAL != 0;
        }
    }
    Some((number, filters))
}

/// The broker's answer: number, and a code for each filter (sections 3.9, 3.11). Up to version
/// 3.1.1 UNSUBACK has none.
pub(super) fn answered(talk: &mut Talk, answer: u8, mut fields: Fields<'_>, out: &mut Out) {
    let number = fields.short();
    let same =
        |(asked, kind, _): &(u16, u8, Vec<String>)| Some(*asked) == number && *kind + 1 == answer;
    let asked = talk.rooms.asked.iter().position(same);
    let Some((_, kind, filters)) = asked.and_then(|at| talk.rooms.asked.remove(at)) else { return };
    let codes = match fields.0.len().checked_sub(filters.len()) {
        // Properties stand before the codes.
        Some(before @ 1..) => fields.0.get(before..).unwrap_or_default(),
        _ => fields.0,
    };
    for (place, filter) in filters.into_iter().enumerate() {
        match codes.get(place) {
            Some(code @ 0x80..) => {
                let shown: String = filter.chars().take(SHOWN).collect();
                let why = format!("{code} {}: {shown}", reason(*code));
                out.weird("mqtt_subscription_refused", why);
            }
            _ => told(talk, kind, filter, out),
        }
    }
}

/// The connection ends: what was asked for and not answered was granted, for all that is known.
pub(super) fn close(talk: &mut Talk, out: &mut Out) {
    for (_, kind, filters) in std::mem::take(&mut talk.rooms.asked) {
        filters.into_iter().for_each(|filter| told(talk, kind, filter, out));
    }
}

/// A client came to a topic, or left it; clients ask for the same topics again and again.
fn told(talk: &mut Talk, kind: u8, room: String, out: &mut Out) {
    let joined = &mut talk.rooms.joined;
    let known = joined.iter().position(|known| *known == room);
    let op = if kind == kind::SUBSCRIBE { RoomOp::Join } else { RoomOp::Part };
    match (op, known) {
        (RoomOp::Join, Some(_)) => return,
        (RoomOp::Join, None) if room.len() <= REMEMBERED => {
            joined.push_back(room.clone());
            if joined.len() > JOINED {
                joined.pop_front();
            }
        }
        (RoomOp::Join, None) => {}
        (_, Some(at)) => {
            joined.remove(at);
        }
        // Clients leave what they never came to.
        (_, None) if talk.version.is_some() => return,
        (_, None) => {}
    }
    let (network, who) = (talk.network().to_owned(), talk.own());
    out.emit(Event::Room(Room { network, room, who, by: None, op, text: None }));
}

/// Options of a subscription (MQTT 5.0 section 3.8.3.1).
const NO_LOCAL: u8 = 0x04;
const RETAIN_AS_PUBLISHED: u8 = 0x08;
/// Requests waiting.
const ASKED: usize = 32;
/// Topics remembered of one connection, and how long each may be.
const JOINED: usize = 64;
const REMEMBERED: usize = 1024;
/// Characters of a filter that was refused.
const SHOWN: usize = 64;
