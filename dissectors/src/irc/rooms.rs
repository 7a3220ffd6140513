//! Rooms: who comes, goes, is thrown out or invited, topics and keys (RFC 2812 section 3.2).

use encoding_rs::WINDOWS_1252;

use super::asked::Question;
use super::format;
use super::names::text;
use super::talk::{Talk, Told};
use super::wire::Line;
use crate::event::{CredentialKind, Room, RoomOp, Strength};
use crate::{Event, Out, Text, Who};

impl Talk {
    /// Commands of a client. The server's answer tells what came of them; where no server is
    /// heard, the request itself is told.
    pub(super) fn room_request(&mut self, command: &str, line: &Line<'_>, out: &mut Out) {
        match command {
            "JOIN" => self.keys(line, out),
            "MODE" => self.mode_key(line, true, out),
            _ => {}
        }
        if !self.sign_on.server_heard && self.nick.is_some() && command != "MODE" {
            let own = self.nick.clone().unwrap_or_default();
            self.room_event(command, &own, line, out);
        }
    }

    /// `JOIN #a,#b key-a,key-b`.
    fn keys(&mut self, line: &Line<'_>, out: &mut Out) {
        let rooms = line.param(0).split(|byte| *byte == b',');
        let keys = line.param(1).split(|byte| *byte == b',');
        for (room, key) in rooms.zip(keys).take(ROOMS) {
            if self.names.room(room).is_some() {
                let room = self.names.fold(&text(room));
                self.room_key(Question::Join(room.clone()), None, "irc-join", key, out);
                self.is_news(&room, key);
            }
        }
    }

    /// A key of a room; its owner is whoever used or set it.
    fn room_key(
        &mut self,
        question: Question,
        name: Option<String>,
        mechanism: &'static str,
        secret: &[u8],
        out: &mut Out,
    ) {
        let (kind, strength) = (CredentialKind::ChannelKey, Strength::Plaintext);
        let told = Told { question, name, kind, mechanism, strength, secret, login: false };
        self.credential(told, out);
    }

    /// `MODE #room +k key`, asked for by the client or told by the server.
    fn mode_key(&mut self, line: &Line<'_>, asked: bool, out: &mut Out) {
        let Some(room) = self.names.room(line.param(0)) else { return };
        let room = self.names.fold(&text(room));
        let params = line.from(2);
        let Some(key) = self.names.key(line.param(1), params) else { return };
        let question = Question::Key(room.clone());
        if asked {
            self.room_key(question, None, "irc-mode-key", key, out);
        } else if !self.answer(|q| *q == question, Some(true), out) && self.is_news(&room, key) {
            let setter = line.source.filter(|source| source.person);
            let name = setter.map(|source| text(source.name).into_owned());
            self.room_key(question.clone(), name, "irc-mode-key", key, out);
            self.answer(|q| *q == question, Some(true), out);
        }
        self.is_news(&room, key);
    }

    /// The key was not told for this room yet. `*` hides it.
    fn is_news(&mut self, room: &str, key: &[u8]) -> bool {
        !key.iter().all(|byte| *byte == b'*') && self.heard.key(room, key)
    }

    /// Lines of the server about rooms and people.
    pub(super) fn room_line(&mut self, command: &str, line: &Line<'_>, out: &mut Out) {
        let Some(source) = line.source else { return };
        let nick = text(source.name).into_owned();
        match command {
            "MODE" => self.mode_key(line, false, out),
            "NICK" => self.renamed(&nick, line, out),
            _ => self.room_event(command, &nick, line, out),
        }
    }

    fn room_event(&mut self, command: &str, nick: &str, line: &Line<'_>, out: &mut Out) {
        let who = self.who(nick);
        match command {
            "JOIN" => self.joined(nick, line, out),
            "PART" => {
                for room in self.rooms(line.param(0)) {
                    self.left(&room, nick);
                    self.room(&room, &who, None, RoomOp::Part, words(line.param(1)), out);
                }
            }
            "QUIT" => {
                self.members.quit(&self.names.fold(nick));
                self.room("", &who, None, RoomOp::Quit, words(line.param(0)), out);
            }
            "KICK" => self.kicked(&who, line, out),
            "TOPIC" => {
                for room in self.rooms(line.param(0)) {
                    let topic = Some(words(line.param(1)).unwrap_or_default());
                    self.room(&room, &who, None, RoomOp::Topic, topic, out);
                }
            }
            "INVITE" => {
                let guest = self.who(&line.word(0));
                for room in self.rooms(line.param(1)) {
                    self.room(&room, &guest, Some(who.clone()), RoomOp::Invite, None, out);
                }
            }
            _ => {}
        }
    }

    fn joined(&mut self, nick: &str, line: &Line<'_>, out: &mut Out) {
        let who = self.who(nick);
        for room in self.rooms(line.param(0)) {
            if self.is_own(nick) && self.sign_on.server_heard {
                let question = Question::Join(room.clone());
                self.answer(|q| *q == question, Some(true), out);
            }
            if self.members.join(&room, &self.names.fold(nick)) {
                self.room(&room, &who, None, RoomOp::Join, None, out);
            }
        }
    }

    fn left(&mut self, room: &str, nick: &str) {
        if self.is_own(nick) && !self.link.is_on() {
            self.members.forget(room);
        } else {
            self.members.part(room, &self.names.fold(nick));
        }
    }

    fn kicked(&mut self, by: &Who, line: &Line<'_>, out: &mut Out) {
        let rooms = self.rooms(line.param(0));
        for nick in line.param(1).split(|byte| *byte == b',').take(ROOMS) {
            let nick = text(nick).into_owned();
            for room in &rooms {
                self.left(room, &nick);
                let (who, why) = (self.who(&nick), words(line.param(2)));
                self.room(room, &who, Some(by.clone()), RoomOp::Kick, why, out);
            }
        }
    }

    /// Somebody changed their name; everything remembered of them follows.
    fn renamed(&mut self, old: &str, line: &Line<'_>, out: &mut Out) {
        let new = line.word(0).into_owned();
        if new.is_empty() {
            return;
        }
        let who = self.who(old);
        if self.is_own(old) {
            self.nick = Some(new.clone());
        }
        self.members.rename(&self.names.fold(old), &self.names.fold(&new));
        self.room("", &who, None, RoomOp::Nick, Some(Text::new(new)), out);
    }

    /// Replies about rooms: 324 modes, 332 and 333 topic, 341 invited, 353 members.
    pub(super) fn room_reply(&mut self, code: u16, line: &Line<'_>, out: &mut Out) {
        match code {
            324 => self.told_modes(line, out),
            332 => {
                let room = self.rooms(line.param(1)).into_iter().next();
                self.topic = room.zip(words(line.param(2)));
            }
            333 => {
                let by = self.names.member(line.param(2));
                self.flush_topic(Some(&text(by)), out);
            }
            341 => {
                let (guest, own) = (self.who(&line.word(1)), self.own());
                for room in self.rooms(line.param(2)) {
                    self.room(&room, &guest, Some(own.clone()), RoomOp::Invite, None, out);
                }
            }
            _ => self.told_members(line, out),
        }
    }

    fn told_modes(&mut self, line: &Line<'_>, out: &mut Out) {
        let Some(room) = self.names.room(line.param(1)) else { return };
        let room = self.names.fold(&text(room));
        let params = line.from(3);
        let Some(key) = self.names.key(line.param(2), params) else { return };
        if self.is_news(&room, key) {
            let question = Question::Key(room);
            self.room_key(question.clone(), None, "irc-mode-key", key, out);
            self.answer(|q| *q == question, Some(true), out);
        }
    }

    /// `353 own = #room :@ann +bob cas`.
    fn told_members(&mut self, line: &Line<'_>, out: &mut Out) {
        let at = usize::from(self.names.room(line.param(1)).is_none());
        let Some(room) = self.rooms(line.param(1 + at)).into_iter().next() else { return };
        for entry in line.last().split(|byte| *byte == b' ').filter(|entry| !entry.is_empty()) {
            let nick = text(self.names.member(entry)).into_owned();
            if !nick.is_empty() && self.members.join(&room, &self.names.fold(&nick)) {
                self.room(&room, &self.who(&nick), None, RoomOp::Join, None, out);
            }
        }
    }

    /// A topic told on entering, with its author where the next line named one.
    pub(super) fn flush_topic(&mut self, by: Option<&str>, out: &mut Out) {
        if let Some((room, topic)) = self.topic.take() {
            let who = by.map_or_else(|| self.own(), |nick| self.who(nick));
            self.room(&room, &who, None, RoomOp::Topic, Some(topic), out);
        }
    }

    /// 471, 473, 474, 475: the room did not let the client in.
    pub(super) fn room_refused(&mut self, line: &Line<'_>, out: &mut Out) {
        let question = Question::Join(self.names.fold(&text(line.param(1))));
        self.answer(|q| *q == question, Some(false), out);
    }

    /// The folded rooms of a list.
    fn rooms(&self, list: &[u8]) -> Vec<String> {
        let rooms = list.split(|byte| *byte == b',').filter_map(|room| self.names.room(room));
        rooms.take(ROOMS).map(|room| self.names.fold(&text(room))).collect()
    }

    fn room(
        &self,
        room: &str,
        who: &Who,
        by: Option<Who>,
        op: RoomOp,
        mut text: Option<Text>,
        out: &mut Out,
    ) {
        if let Some(text) = &mut text {
            self.hide(text);
        }
        let (network, room, who) = (self.network().into(), room.to_owned(), who.clone());
        out.emit(Event::Room(Room { network, room, who, by, op, text }));
    }
}

/// Words for people, without formatting; nothing when there are none.
fn words(bytes: &[u8]) -> Option<Text> {
    let text = Text::guess(bytes, WINDOWS_1252);
    let plain = format::plain(text.expose()).map(|plain| text.rewritten(plain));
    Some(plain.unwrap_or(text)).filter(|text| !text.is_empty())
}

/// Rooms or people of one line that are read.
const ROOMS: usize = 64;
