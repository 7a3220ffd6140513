//! Presence: AWAY, WHO, and the lists clients keep to learn who is there (ISON of RFC 2812 section
//! 4.9, WATCH, `IRCv3` MONITOR and away-notify).

use std::collections::{BTreeMap, VecDeque};

use encoding_rs::WINDOWS_1252;

use super::names::{LONGEST, text};
use super::talk::Talk;
use super::wire::Line;
use crate::event::{Contact, Presence, Roster, RosterOp, Status};
use crate::{Event, Out, Text, Who};

/// What is known of people's presence, so that only changes are told.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// By folded nickname, at most [`PEOPLE`].
    known: BTreeMap<String, Status>,
    /// ISON questions without an answer, at most [`ISONS`].
    ison: VecDeque<Vec<String>>,
    /// The list ISON asked last.
    list: Vec<String>,
    /// The reason the client gave last.
    away: Option<Text>,
    /// Fields of the last WHOX request.
    fields: Vec<u8>,
}

impl Talk {
    /// AWAY, ISON, WATCH, MONITOR and WHO of the client.
    pub(super) fn watch_request(&mut self, command: &str, line: &Line<'_>, out: &mut Out) {
        match command {
            "AWAY" => self.away_request(line, out),
            "ISON" => self.ison_request(line, out),
            "WATCH" => self.watch_list(line, out),
            "MONITOR" => self.monitor_list(line, out),
            _ => {
                let fields = line.param(1).strip_prefix(b"%").unwrap_or_default();
                self.watch.fields =
                    fields.iter().copied().take_while(|b| *b != b',').take(16).collect();
            }
        }
    }

    /// Where no server is heard the request is told, otherwise its confirmation.
    fn away_request(&mut self, line: &Line<'_>, out: &mut Out) {
        let reason = line.param(0);
        self.watch.away = (!reason.is_empty()).then(|| Text::guess(reason, WINDOWS_1252));
        if !self.sign_on.server_heard {
            let status = if reason.is_empty() { Status::Online } else { Status::Away };
            presence(self.own(), status, self.watch.away.clone(), out);
        }
    }

    fn ison_request(&mut self, line: &Line<'_>, out: &mut Out) {
        let words = line.from(0).iter().flat_map(|param| param.split(|byte| *byte == b' '));
        let nicks: Vec<_> = words
            .filter(|nick| !nick.is_empty())
            .take(LIST)
            .map(|nick| text(nick).into_owned())
            .collect();
        if nicks != self.watch.list {
            self.watch.list.clone_from(&nicks);
            self.roster(RosterOp::List, &nicks, out);
        }
        self.watch.ison.push_back(nicks);
        if self.watch.ison.len() > ISONS {
            self.watch.ison.pop_front();
        }
    }

    /// `WATCH +ann -bob C`.
    fn watch_list(&mut self, line: &Line<'_>, out: &mut Out) {
        let words = line.from(0).iter().flat_map(|param| param.split(|byte| *byte == b' '));
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for word in words.take(LIST) {
            match word.split_first() {
                Some((b'+', nick)) if !nick.is_empty() => added.push(text(nick).into_owned()),
                Some((b'-', nick)) if !nick.is_empty() => removed.push(text(nick).into_owned()),
                _ => {}
            }
        }
        self.roster(RosterOp::Add, &added, out);
        self.roster(RosterOp::Remove, &removed, out);
    }

    /// `MONITOR + ann,bob`.
    fn monitor_list(&mut self, line: &Line<'_>, out: &mut Out) {
        let op = match line.param(0) {
            b"+" => RosterOp::Add,
            b"-" => RosterOp::Remove,
            _ => return,
        };
        let targets = line.param(1).split(|byte| *byte == b',').filter(|nick| !nick.is_empty());
        let nicks: Vec<_> = targets.take(LIST).map(|nick| text(nick).into_owned()).collect();
        self.roster(op, &nicks, out);
    }

    fn roster(&self, op: RosterOp, nicks: &[String], out: &mut Out) {
        if nicks.is_empty() {
            return;
        }
        let contact = |nick: &String| Contact { who: self.who(nick), alias: None, group: None };
        let contacts = nicks.iter().map(contact).collect();
        out.emit(Event::Roster(Roster { who: self.own(), op, contacts, complete: false }));
    }

    /// `:ann!u@h AWAY :reason` of away-notify.
    pub(super) fn away_notify(&mut self, line: &Line<'_>, out: &mut Out) {
        let Some(source) = line.source else { return };
        let nick = text(source.name).into_owned();
        let reason = line.param(0);
        let status = if reason.is_empty() { Status::Online } else { Status::Away };
        let reason = (!reason.is_empty()).then(|| Text::guess(reason, WINDOWS_1252));
        self.know(&nick, status);
        presence(self.who(&nick), status, reason, out);
    }

    /// Replies about presence.
    pub(super) fn presence_reply(&mut self, code: u16, line: &Line<'_>, out: &mut Out) {
        match code {
            301 => {
                let nick = line.word(1).into_owned();
                let reason = Text::guess(line.param(2), WINDOWS_1252);
                self.know(&nick, Status::Away);
                presence(self.who(&nick), Status::Away, Some(reason), out);
            }
            303 => self.ison_reply(line, out),
            305 => presence(self.own(), Status::Online, None, out),
            306 => presence(self.own(), Status::Away, self.watch.away.clone(), out),
            352 => self.who_reply(line.param(5), line.param(6), out),
            354 => self.whox_reply(line, out),
            730 | 731 => self.monitor_reply(code, line, out),
            598 => self.change(&line.word(1), Status::Away, out),
            601 | 605 => self.change(&line.word(1), Status::Offline, out),
            599 | 600 | 604 => self.change(&line.word(1), Status::Online, out),
            _ => {}
        }
    }

    /// 303 names those who are there; the others of the question are not.
    fn ison_reply(&mut self, line: &Line<'_>, out: &mut Out) {
        let asked = self.watch.ison.pop_front().unwrap_or_default();
        let there: Vec<String> = text(line.last())
            .split(' ')
            .filter(|nick| !nick.is_empty())
            .take(LIST)
            .map(str::to_owned)
            .collect();
        for nick in &there {
            self.change(nick, Status::Online, out);
        }
        let there: Vec<_> = there.iter().map(|nick| self.names.fold(nick)).collect();
        for nick in asked {
            let folded = self.names.fold(&nick);
            let was_there = self.watch.known.get(&folded).is_some_and(|s| *s != Status::Offline);
            if was_there && !there.contains(&folded) {
                self.change(&nick, Status::Offline, out);
            }
        }
    }

    fn monitor_reply(&mut self, code: u16, line: &Line<'_>, out: &mut Out) {
        let status = if code == 730 { Status::Online } else { Status::Offline };
        for target in line.last().split(|byte| *byte == b',').filter(|t| !t.is_empty()).take(LIST) {
            let nick = text(self.names.member(target)).into_owned();
            self.change(&nick, status, out);
        }
    }

    /// `H` is here, `G` is gone. Everybody is here until somebody is found gone.
    fn who_reply(&mut self, nick: &[u8], flags: &[u8], out: &mut Out) {
        let nick = text(nick).into_owned();
        match flags.first() {
            Some(b'G') => self.change(&nick, Status::Away, out),
            Some(b'H') if self.watch.known.get(&self.names.fold(&nick)) == Some(&Status::Away) => {
                self.change(&nick, Status::Online, out);
            }
            _ => {}
        }
    }

    /// 354 has the fields that were asked for, in the order `tcuihsnfdlaor`.
    fn whox_reply(&mut self, line: &Line<'_>, out: &mut Out) {
        let fields: Vec<u8> =
            WHOX.iter().copied().filter(|f| self.watch.fields.contains(f)).collect();
        let place = |field: u8| fields.iter().position(|known| *known == field);
        if let (Some(nick), Some(flags)) = (place(b'n'), place(b'f')) {
            let (nick, flags) = (line.param(1 + nick), line.param(1 + flags));
            self.who_reply(nick, flags, out);
        }
    }

    /// Tells a presence when it is another one than before.
    fn change(&mut self, nick: &str, status: Status, out: &mut Out) {
        if !nick.is_empty() && self.know(nick, status) {
            presence(self.who(nick), status, None, out);
        }
    }

    /// True when it is news.
    fn know(&mut self, nick: &str, status: Status) -> bool {
        let folded = self.names.fold(nick);
        let full = self.watch.known.len() >= PEOPLE && !self.watch.known.contains_key(&folded);
        if full || folded.len() > LONGEST {
            return true;
        }
        self.watch.known.insert(folded, status) != Some(status)
    }
}

fn presence(who: Who, status: Status, text: Option<Text>, out: &mut Out) {
    out.emit(Event::Presence(Presence { who, status, text, address: None }));
}

const WHOX: &[u8] = b"tcuihsnfdlaor";
const PEOPLE: usize = 4096;
const ISONS: usize = 16;
/// People of one line that are read.
const LIST: usize = 256;
