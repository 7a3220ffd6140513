//! Conferences: rooms that somebody opens by inviting others. Their names are made of the host's.

use super::message::{Said, say};
use super::names::service as s;
use super::people;
use super::talk::Talk;
use super::wire::pairs::Pairs;
use crate::event::{Event, MessageKind, Room, RoomOp};
use crate::{Out, Side, Text, Who};

/// Keys of a conference.
const SPEAKER: u32 = 3;
const TEXT: u32 = 14;
const HOST: u32 = 50;
const INVITED: u32 = 51;
const ALSO_INVITED: u32 = 52;
const PRESENT: u32 = 53;
const DECLINES: u32 = 54;
const LEFT: u32 = 56;
const ROOM: u32 = 57;
const WORDS: u32 = 58;

/// Bytes of an invitation's words told in all: with many people invited, the last ones go without.
const WORDS_TOLD: usize = 32 << 10;

/// What the client does.
pub(super) fn own(talk: &mut Talk, service: u16, said: &Pairs<'_>, out: &mut Out) {
    let Some(room) = name(said) else { return };
    let me = talk.own(Side::Client);
    let words = |key| said.some(key).map(|words| people::text(words, said));
    match service {
        s::CONF_INVITE => {
            tell(&room, me.clone(), None, RoomOp::Create, None, out);
            let invited = said.all(ALSO_INVITED).chain(said.all(INVITED));
            invite(&room, invited, &me, words(WORDS).as_ref(), out);
        }
        s::CONF_ADD_INVITE => invite(&room, said.all(INVITED), &me, words(WORDS).as_ref(), out),
        s::CONF_LOGON => tell(&room, me, None, RoomOp::Join, None, out),
        s::CONF_DECLINE => tell(&room, me, None, RoomOp::Decline, words(TEXT), out),
        s::CONF_LOGOFF => tell(&room, me, None, RoomOp::Part, None, out),
        s::CONF_MSG => chat(talk, Side::Client, me, room, said, out),
        _ => {}
    }
}

/// What the service says others do.
pub(super) fn others(talk: &mut Talk, service: u16, said: &Pairs<'_>, out: &mut Out) {
    let Some(room) = name(said) else { return };
    let words = |key| said.some(key).map(|words| people::text(words, said));
    let people = |key| said.all(key).filter(|name| !name.is_empty()).map(people::who);
    match service {
        s::CONF_INVITE | s::CONF_ADD_INVITE => {
            let by = said.some(HOST).map(people::who);
            // The others of a room are told whom else somebody invites.
            let who = said.some(INVITED).map(people::who);
            let who = who.unwrap_or_else(|| talk.own(Side::Client));
            tell(&room, who, by, RoomOp::Invite, words(WORDS), out);
            for who in people(PRESENT) {
                tell(&room, who, None, RoomOp::Join, None, out);
            }
        }
        s::CONF_LOGON => {
            people(PRESENT).for_each(|who| tell(&room, who, None, RoomOp::Join, None, out));
        }
        s::CONF_LOGOFF => {
            people(LEFT).for_each(|who| tell(&room, who, None, RoomOp::Part, None, out));
        }
        s::CONF_DECLINE => {
            for who in people(DECLINES) {
                tell(&room, who, None, RoomOp::Decline, words(TEXT), out);
            }
        }
        s::CONF_MSG => {
            let from = said.some(SPEAKER).map_or(Who::Unnamed(Side::Server), people::who);
            chat(talk, Side::Server, from, room, said, out);
        }
        _ => {}
    }
}

/// The room's name.
fn name(said: &Pairs<'_>) -> Option<String> {
    said.some(ROOM).map(people::short)
}

/// Several may be invited in one key, with commas between them.
fn invite<'a>(
    room: &str,
    invited: impl Iterator<Item = &'a [u8]>,
    by: &Who,
    words: Option<&Text>,
    out: &mut Out,
) {
    let names = invited.flat_map(|names| names.split(|byte| *byte == b','));
    let mut most = words.map_or(0, |words| WORDS_TOLD / words.expose().len().max(1)).max(1);
    for name in names.map(<[u8]>::trim_ascii).filter(|name| !name.is_empty()) {
        let words = words.filter(|_| most > 0).cloned();
        tell(room, people::who(name), Some(by.clone()), RoomOp::Invite, words, out);
        most = most.saturating_sub(1);
    }
}

fn chat(talk: &Talk, side: Side, from: Who, room: String, said: &Pairs<'_>, out: &mut Out) {
    let Some(text) = said.some(TEXT) else { return };
    let kind = MessageKind::Chat;
    let whole = Said { from, to: vec![], room: Some(room), kind, leg: talk.leg(side) };
    say(whole, people::text(text, said), out);
}

/// Tells what happened in a room.
pub(super) fn tell(
    room: &str,
    who: Who,
    by: Option<Who>,
    op: RoomOp,
    text: Option<Text>,
    out: &mut Out,
) {
    let (network, room) = ("yahoo".to_owned(), room.to_owned());
    out.emit(Event::Room(Room { network, room, who, by, op, text }));
}
