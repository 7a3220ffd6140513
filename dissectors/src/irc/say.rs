//! What people say: PRIVMSG, NOTICE and TAGMSG (RFC 2812 section 3.3, `IRCv3` message tags and
//! `+typing`), with their echoes and playback.

use encoding_rs::WINDOWS_1252;

use super::names::text;
use super::talk::Talk;
use super::wire::{Line, Source};
use super::{ctcp, format};
use crate::event::{Leg, Message, MessageKind, Protection, Typing, TypingState};
use crate::heard::hash;
use crate::{Event, Out, Side, Text, Who};

/// One thing said, from one line or from a multiline batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Saying<'a> {
    pub(super) side: Side,
    pub(super) source: Option<Source<'a>>,
    /// Targets, separated by commas.
    pub(super) targets: &'a [u8],
    pub(super) body: &'a [u8],
    pub(super) notice: bool,
    pub(super) id: Option<&'a [u8]>,
    pub(super) label: Option<&'a [u8]>,
    /// It comes from the service's memory.
    pub(super) playback: bool,
}

/// Where something was said.
pub(super) struct Place {
    pub(super) people: Vec<Who>,
    pub(super) rooms: Vec<String>,
}

impl Talk {
    /// PRIVMSG, NOTICE, TAGMSG and their channel-member variants of either side.
    pub(super) fn say_line(&mut self, side: Side, command: &str, line: &Line<'_>, out: &mut Out) {
        if command == "TAGMSG" {
            self.tag_message(side, line, out);
            return;
        }
        let cross = usize::from(matches!(command, "CPRIVMSG" | "CNOTICE"));
        let body = line.param(1 + cross);
        if self.collect(side, command, line, body, out) {
            return;
        }
        let playback = self.in_playback(line);
        let saying = Saying {
            side,
            source: line.source,
            targets: line.param(0),
            body,
            notice: command.ends_with("NOTICE"),
            id: line.tag("msgid").or_else(|| line.tag("draft/msgid")),
            label: line.tag("label").or_else(|| line.tag("draft/label")),
            playback,
        };
        if !self.hold(line, &saying) {
            self.say(saying, out);
        }
    }

    /// Tells a saying unless it was told already.
    pub(super) fn say(&mut self, saying: Saying<'_>, out: &mut Out) {
        if saying.targets.is_empty() || saying.body.is_empty() {
            return;
        }
        let from = self.author(&saying);
        if saying.side == Side::Server || self.link.is_on() {
            if self.is_server(saying.source) {
                return;
            }
            self.judge_notice(&saying, out);
        }
        if self.is_told(&saying, &from) {
            return;
        }
        let body = self.unmarked(&saying);
        if let Some(ctcp) = ctcp::message(body) {
            self.ctcp(&saying, from, ctcp, out);
        } else {
            let kind = if saying.notice { Some(MessageKind::Notice) } else { None };
            self.told(&saying, &from, kind, body, out);
        }
    }

    /// Who says it: the source, or the client itself.
    fn author(&self, saying: &Saying<'_>) -> Who {
        match saying.source {
            Some(source) if self.link.is_on() => self.who(&self.link.nick(source.name)),
            Some(source) if saying.side == Side::Server => self.who(&text(source.name)),
            _ if saying.side == Side::Client => self.own(),
            _ => Who::Unnamed(saying.side),
        }
    }

    /// An echo of the client's own words, or playback of what was heard.
    fn is_told(&mut self, saying: &Saying<'_>, from: &Who) -> bool {
        if self.link.is_on() {
            return false;
        }
        let author = from.account().map(|account| account.name.as_str()).unwrap_or_default();
        let target = self.names.fold(&text(saying.targets));
        let what = hash(&[author.as_bytes(), target.as_bytes(), saying.body]);
        if saying.side == Side::Client {
            self.heard.sent(what, saying.label);
            return false;
        }
        if saying.playback && self.heard.knows(what, saying.id) {
            return true;
        }
        let own = self.nick.as_deref().is_some_and(|nick| self.names.fold(nick) == author);
        let echo = !saying.playback && own && self.heard.echoed(what, saying.label);
        self.heard.arrived(what, saying.id);
        echo
    }

    /// Without the mark of `identify-msg`. A mark before a CTCP gives the capability away.
    fn unmarked<'a>(&mut self, saying: &Saying<'a>) -> &'a [u8] {
        let body = saying.body;
        if saying.side == Side::Client {
            return body;
        }
        self.marked |= matches!(body, [b'+' | b'-', 1, ..]);
        match body {
            [b'+' | b'-', rest @ ..] if self.marked => rest,
            _ => body,
        }
    }

    /// Emits the message, once for its people and once for each room.
    pub(super) fn told(
        &mut self,
        saying: &Saying<'_>,
        from: &Who,
        kind: Option<MessageKind>,
        body: &[u8],
        out: &mut Out,
    ) {
        let mut original = Text::guess(body, WINDOWS_1252);
        if saying.side == Side::Client || self.link.is_on() {
            self.services_text(from, saying.targets, &mut original, out);
        }
        self.hide(&mut original);
        let plain = format::plain(original.expose()).map(|plain| original.rewritten(plain));
        let (text, markup) = match plain {
            Some(plain) => (plain, Some(original)),
            None => (original, None),
        };
        let place = self.place(saying.targets);
        let kind = if saying.playback { Some(MessageKind::Offline) } else { kind };
        let message = Message {
            from: from.clone(),
            to: place.people,
            kind: kind.unwrap_or(MessageKind::Im),
            room: None,
            leg: self.leg(saying.side),
            protection: Protection::of(text.expose()),
            text,
            markup,
        };
        if place.rooms.is_empty() && !message.to.is_empty() {
            return out.emit(Event::Message(message));
        }
        if !message.to.is_empty() {
            out.emit(Event::Message(message.clone()));
        }
        for room in place.rooms {
            let kind = kind.unwrap_or(MessageKind::Chat);
            let (to, room) = (Vec::new(), Some(room));
            out.emit(Event::Message(Message { to, room, kind, ..message.clone() }));
        }
    }

    /// The people and rooms of a list of targets.
    pub(super) fn place(&self, targets: &[u8]) -> Place {
        let mut place = Place { people: Vec::new(), rooms: Vec::new() };
        for target in targets.split(|byte| *byte == b',').filter(|t| !t.is_empty()).take(TARGETS) {
            match self.names.room(target) {
                Some(room) => place.rooms.push(self.names.fold(&text(room))),
                None if self.link.is_on() => place.people.push(self.who(&self.link.nick(target))),
                None => place.people.push(self.who(&text(target))),
            }
        }
        place
    }

    /// Which part of its way something of this side is heard on.
    pub(super) fn leg(&self, side: Side) -> Leg {
        match side {
            _ if self.link.is_on() => Leg::BetweenServers,
            Side::Client => Leg::ToServer,
            Side::Server => Leg::FromServer,
        }
    }

    /// TAGMSG with `+typing`; other tags say nothing of interest.
    fn tag_message(&mut self, side: Side, line: &Line<'_>, out: &mut Out) {
        let Some(value) = line.tag("+typing").or_else(|| line.tag("+draft/typing")) else { return };
        let state = match value {
            b"active" => TypingState::Active,
            b"paused" => TypingState::Paused,
            b"done" => TypingState::Done,
            _ => return out.weird("irc_typing", "a state that does not exist"),
        };
        let (targets, label) = (line.param(0), line.tag("label"));
        let saying = Saying {
            side,
            source: line.source,
            targets,
            body: value,
            notice: false,
            id: line.tag("msgid"),
            label,
            playback: self.in_playback(line),
        };
        let from = self.author(&saying);
        if saying.playback || self.is_told(&saying, &from) {
            return;
        }
        let place = self.place(targets);
        if !place.people.is_empty() {
            let typing = Typing { from: from.clone(), to: place.people, room: None, state };
            out.emit(Event::Typing(typing));
        }
        for room in place.rooms {
            let typing = Typing { from: from.clone(), to: Vec::new(), room: Some(room), state };
            out.emit(Event::Typing(typing));
        }
    }
}

/// Targets of one line that are read; servers allow a handful.
const TARGETS: usize = 64;
