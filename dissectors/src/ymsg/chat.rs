//! Chat rooms: public ones, kept by the service, on the same connection as everything else.

use super::conference::tell;
use super::message::{Said, say};
use super::names::service as s;
use super::people;
use super::talk::Talk;
use super::wire::pairs::Pairs;
use crate::event::{MessageKind, RoomOp};
use crate::{Out, Side, Who};

/// Keys of a chat room.
const ROOM: u32 = 104;
const TOPIC: u32 = 105;
const PERSON: u32 = 109;
const WORDS: u32 = 117;
const INVITED: u32 = 118;
const INVITER: u32 = 119;
/// How something is said: 1 said, 2 done, 3 thought.
const MANNER: u32 = 124;

/// What the client does.
pub(super) fn own(talk: &mut Talk, service: u16, said: &Pairs<'_>, out: &mut Out) {
    let me = talk.own(Side::Client);
    let room = said.some(ROOM).map(people::short).unwrap_or_default();
    let words = said.some(WORDS);
    match service {
        s::CHAT_EXIT | s::CHAT_LOGOUT => tell(&room, me, None, RoomOp::Part, None, out),
        s::CHAT_ADD_INVITE => {
            let Some(who) = said.some(INVITED).map(people::who) else { return };
            let words = words.map(|words| people::text(words, said));
            tell(&room, who, Some(me), RoomOp::Invite, words, out);
        }
        s::COMMENT => comment(talk, Side::Client, me, room, said, out),
        _ => {}
    }
}

/// What the service says happens in a room.
pub(super) fn others(talk: &mut Talk, service: u16, said: &Pairs<'_>, out: &mut Out) {
    let Some(room) = said.some(ROOM).map(people::short) else { return };
    let mut people = said.all(PERSON).filter(|name| !name.is_empty()).map(people::who);
    match service {
        s::CHAT_JOIN => {
            if let Some(topic) = said.some(TOPIC) {
                let (me, topic) = (talk.own(Side::Client), people::text(topic, said));
                tell(&room, me, None, RoomOp::Topic, Some(topic), out);
            }
            people.for_each(|who| tell(&room, who, None, RoomOp::Join, None, out));
        }
        s::CHAT_EXIT => people.for_each(|who| tell(&room, who, None, RoomOp::Part, None, out)),
        s::CHAT_ADD_INVITE => {
            let by = said.some(INVITER).map(people::who);
            let me = talk.own(Side::Client);
            let words = said.some(WORDS).map(|words| people::text(words, said));
            tell(&room, me, by, RoomOp::Invite, words, out);
        }
        s::COMMENT => {
            let from = people.next().unwrap_or(Who::Unnamed(Side::Server));
            comment(talk, Side::Server, from, room, said, out);
        }
        _ => {}
    }
}

fn comment(talk: &Talk, side: Side, from: Who, room: String, said: &Pairs<'_>, out: &mut Out) {
    let Some(words) = said.some(WORDS) else { return };
    let done = said.number(MANNER) == Some(2);
    let kind = if done { MessageKind::Action } else { MessageKind::Chat };
    let whole = Said { from, to: vec![], room: Some(room), kind, leg: talk.leg(side) };
    say(whole, people::text(words, said), out);
}
