//! One conversation with a chat server.

use super::super::conference::tell;
use super::super::message::{Said, say};
use super::super::people;
use super::wire::{self, Cut, Packet};
use crate::event::{
    Answer, Credential, CredentialKind, Event, Leg, Login, MessageKind, Outcome, RoomOp, Strength,
};
use crate::{Account, Dissector, Out, Resume, Secret, Side, Step, Text, Who};

/// Services.
const LOGIN: u8 = 0x01;
const LOGOUT: u8 = 0x02;
const JOIN: u8 = 0x11;
const PART: u8 = 0x12;
const COMMENT: u8 = 0x41;
const EMOTE: u8 = 0x43;
const PRIVATE: u8 = 0x45;

/// How the cookies are told.
const BY_COOKIE: &str = "ymsg-cookie";
/// What the service says when it does not understand.
const DANGER: &[u8] = b"*** Danger Will Robinson!!!";
/// Cookies of a sign-on.
const COOKIES: usize = 8;

/// What is known of the conversation.
#[derive(Debug, Default)]
pub(super) struct Talk {
    me: Option<Account>,
    /// Cookies without an answer; something when a sign-on waits for one.
    waiting: Option<Vec<u32>>,
    attempts: u32,
    /// The room and topic told last.
    topic: Option<(String, String)>,
    client: Half,
    server: Half,
}

/// One side.
#[derive(Debug, Default)]
struct Half {
    /// The next packet is to be looked for.
    lost: bool,
    /// Bytes of a packet too long to be read.
    skip: usize,
    ended: bool,
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let half = self.half(side);
            if half.skip > 0 {
                let skipped = half.skip.min(rest.len());
                half.skip -= skipped;
                used += skipped;
                continue;
            }
            match wire::cut(rest) {
                Cut::Need(want) => return Step::Took { used, want },
                Cut::Whole(packet, length) => {
                    half.lost = false;
                    self.packet(side, &packet, out);
                    used += length;
                }
                Cut::Long(length) => {
                    half.skip = length;
                    out.weird("ycht_packet_too_long", format_args!("{length} bytes"));
                }
                Cut::Nonsense => {
                    if !std::mem::replace(&mut half.lost, true) {
                        out.weird("ycht_no_packet", "looking for the next one");
                    }
                    used += wire::resync(rest);
                }
            }
        }
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, side: Side, lost: u64, _: &mut Out) -> Resume {
        let half = self.half(side);
        half.skip = half.skip.saturating_sub(usize::try_from(lost).unwrap_or(usize::MAX));
        half.lost = true;
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        self.half(side).ended = true;
        if self.client.ended && self.server.ended && self.waiting.take().is_some() {
            self.login(Outcome::Attempt, out);
        }
    }
}

impl Talk {
    fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    fn own(&self) -> Who {
        self.me.clone().map_or(Who::Unnamed(Side::Client), Who::Account)
    }

    fn packet(&mut self, side: Side, packet: &Packet<'_>, out: &mut Out) {
        match side {
            Side::Client => self.own_packet(packet, out),
            Side::Server => self.others(packet, out),
        }
    }

    /// What the client says.
    fn own_packet(&mut self, packet: &Packet<'_>, out: &mut Out) {
        let fields = packet.fields(Side::Client, if packet.service == PRIVATE { 3 } else { 2 });
        let own = |kind, to, room| Said { from: self.own(), to, room, kind, leg: Leg::ToServer };
        match (packet.service, fields.as_slice()) {
            (LOGIN, [name, cookies]) => self.signs_on(name, cookies, out),
            (COMMENT | EMOTE, [room, words]) => {
                let said = own(manner(packet.service), vec![], Some(people::short(room)));
                say(said, text(words), out);
            }
            (PRIVATE, [name, to, words]) => {
                self.me.get_or_insert_with(|| people::account(name));
                let (from, to) = (self.own(), vec![people::who(to)]);
                let (room, kind, leg) = (None, MessageKind::Im, Leg::ToServer);
                say(Said { from, to, room, kind, leg }, text(words), out);
            }
            (LOGIN | COMMENT | EMOTE | PRIVATE, fields) => short(packet, fields.len(), out),
            _ => {}
        }
    }

    /// What the service says.
    fn others(&mut self, packet: &Packet<'_>, out: &mut Out) {
        let fields = packet.fields(Side::Server, 0);
        if fields.first().is_some_and(|first| first.starts_with(DANGER)) {
            return out.weird("ycht_error", format_args!("in service {:#04x}", packet.service));
        }
        match (packet.service, fields.as_slice()) {
            (LOGIN, _) => self.answered(true, out),
            (LOGOUT, _) => self.answered(false, out),
            (JOIN, [room, topic, _, _, members, ..]) => self.joined(room, topic, members, out),
            (PART, [room, who, ..]) => {
                tell(&people::short(room), people::who(who), None, RoomOp::Part, None, out);
            }
            (COMMENT | EMOTE, [room, who, words, ..]) => {
                let (from, room) = (people::who(who), Some(people::short(room)));
                let (kind, leg) = (manner(packet.service), Leg::FromServer);
                say(Said { from, to: vec![], room, kind, leg }, text(words), out);
            }
            (PRIVATE, [who, _, words, ..]) => {
                let (from, to) = (people::who(who), vec![self.own()]);
                let (room, kind, leg) = (None, MessageKind::Im, Leg::FromServer);
                say(Said { from, to, room, kind, leg }, text(words), out);
            }
            (PART | COMMENT | EMOTE | PRIVATE, fields) => short(packet, fields.len(), out),
            // A room that is full says so in words, in a packet for who comes in.
            _ => {}
        }
    }

    fn signs_on(&mut self, name: &[u8], cookies: &[u8], out: &mut Out) {
        self.me = Some(people::account(name));
        let cookies = cookies.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let sessions = cookies.filter(|one| one.starts_with(b"Y=") || one.starts_with(b"T="));
        let mut told = Vec::new();
        for cookie in sessions.take(COOKIES) {
            self.attempts = self.attempts.wrapping_add(1);
            told.push(self.attempts);
            out.emit(Event::Credential(Credential {
                attempt: self.attempts,
                who: self.own(),
                kind: CredentialKind::Cookie,
                mechanism: BY_COOKIE,
                strength: Strength::Replayable,
                secret: Secret::new(cookie),
            }));
        }
        self.waiting = Some(told);
    }

    fn answered(&mut self, accepted: bool, out: &mut Out) {
        let Some(cookies) = self.waiting.take() else { return };
        for attempt in cookies {
            out.emit(Event::Answer(Answer { attempt, accepted: Some(accepted), who: None }));
        }
        self.login(if accepted { Outcome::Success } else { Outcome::Failure }, out);
    }

    fn login(&self, outcome: Outcome, out: &mut Out) {
        let (who, method) = (self.own(), BY_COOKIE);
        out.emit(Event::Login(Login { who, method, outcome, client: None, server: None }));
    }

    /// People are in a room: each with words of theirs behind 02, parted by 01.
    fn joined(&mut self, room: &[u8], topic: &[u8], members: &[u8], out: &mut Out) {
        let room = people::short(room);
        let told = (room.clone(), text(topic).expose().to_owned());
        if !topic.is_empty() && self.topic.as_ref() != Some(&told) {
            tell(&room, self.own(), None, RoomOp::Topic, Some(text(topic)), out);
            self.topic = Some(told);
        }
        for member in members.split(|byte| *byte == 1) {
            let name = member.split(|byte| *byte == 2).next().unwrap_or_default().trim_ascii();
            if !name.is_empty() {
                tell(&room, people::who(name), None, RoomOp::Join, None, out);
            }
        }
    }
}

fn manner(service: u8) -> MessageKind {
    if service == EMOTE { MessageKind::Action } else { MessageKind::Chat }
}

fn text(words: &[u8]) -> Text {
    people::decoded(words, None)
}

fn short(packet: &Packet<'_>, fields: usize, out: &mut Out) {
    out.weird("ycht_fields", format_args!("{fields} in service {:#04x}", packet.service));
}
