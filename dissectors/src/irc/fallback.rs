//! Multiline sayings for clients that did not ask for them (draft/multiline, "Fallback"): the server
//! sends the parts as messages of their own. Only the first has a `msgid`, all share its `time`.
//!
//! Only where a server offers multiline to a client that does not take it, a saying waits for the
//! next line of either side, which tells whether it goes on. Nothing waits elsewhere.

use super::say::Saying;
use super::talk::Talk;
use super::wire::{Line, Source};
use crate::{Out, Side};

/// The saying that may go on.
#[derive(Debug, Default)]
pub(super) struct Fallback {
    offered: bool,
    taken: bool,
    held: Option<Box<Held>>,
}

#[derive(Debug)]
struct Held {
    nick: Vec<u8>,
    targets: Vec<u8>,
    body: Vec<u8>,
    notice: bool,
    id: Vec<u8>,
    time: Vec<u8>,
}

impl Fallback {
    /// Learns from a line of capabilities.
    pub(super) fn capabilities(&mut self, command: &[u8], listed: &str) {
        let multiline = |name: &str| name.split('=').next() == Some("draft/multiline");
        let found = listed.split(' ').any(multiline);
        match command.to_ascii_uppercase().as_slice() {
            b"LS" | b"NEW" => self.offered |= found,
            b"ACK" => self.taken |= found,
            _ => {}
        }
    }
}

impl Talk {
    /// Holds a saying that may go on; false when it is to be told at once.
    pub(super) fn hold(&mut self, line: &Line<'_>, saying: &Saying<'_>) -> bool {
        let possible = self.fallback.offered && !self.fallback.taken;
        let (Some(source), Some(id), Some(time)) = (saying.source, saying.id, line.tag("time"))
        else {
            return false;
        };
        let plain =
            saying.side == Side::Server && !saying.playback && !saying.body.starts_with(&[1]);
        if !possible || !plain || !source.person {
            return false;
        }
        self.fallback.held = Some(Box::new(Held {
            nick: source.name.to_vec(),
            targets: saying.targets.to_vec(),
            body: saying.body.to_vec(),
            notice: saying.notice,
            id: id.to_vec(),
            time: time.to_vec(),
        }));
        true
    }

    /// Adds the next part, or tells what was held because this line is no part of it. A part that
    /// ends in a blank was cut inside a line, where senders cut long ones.
    pub(super) fn goes_on(&mut self, side: Side, line: &Line<'_>, out: &mut Out) -> bool {
        let Some(held) = &mut self.fallback.held else { return false };
        let command = if held.notice { "NOTICE" } else { "PRIVMSG" };
        let part = side == Side::Server
            && line.command == command
            && line.tag("msgid").is_none()
            && line.tag("time") == Some(&held.time)
            && line.source.is_some_and(|source| source.name == held.nick)
            && line.param(0) == held.targets
            && held.body.len() < LONGEST;
        if !part {
            self.flush_held(out);
            return false;
        }
        if held.body.last() != Some(&b' ') {
            held.body.push(b'\n');
        }
        held.body.extend_from_slice(line.param(1));
        true
    }

    /// Tells the held saying.
    pub(super) fn flush_held(&mut self, out: &mut Out) {
        let Some(held) = self.fallback.held.take() else { return };
        let saying = Saying {
            side: Side::Server,
            source: Some(Source { name: &held.nick, person: true }),
            targets: &held.targets,
            body: &held.body,
            notice: held.notice,
            id: Some(&held.id),
            label: None,
            playback: false,
        };
        self.say(saying, out);
    }
}

/// Bytes of one saying; servers advertise some 4 KiB.
const LONGEST: usize = 64 * 1024;
