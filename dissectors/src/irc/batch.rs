//! Batches (`IRCv3` batch, draft/multiline, chathistory, znc.in/playback): lines that belong
//! together.

use std::collections::BTreeMap;

use super::names::text;
use super::say::Saying;
use super::talk::Talk;
use super::wire::{Line, Source};
use crate::{Out, Side};

/// The open batches of both sides by reference, at most [`OPEN`].
#[derive(Debug, Default)]
pub(super) struct Batches {
    open: BTreeMap<(Side, String), Batch>,
}

#[derive(Debug)]
enum Batch {
    /// Parts of one saying.
    Multiline(Box<Multiline>),
    /// What was said before.
    Playback,
    /// Anything else, such as netsplit: its lines mean what they always mean.
    Other,
}

#[derive(Debug)]
struct Multiline {
    source: Option<(Vec<u8>, bool)>,
    targets: Vec<u8>,
    body: Vec<u8>,
    parts: usize,
    notice: bool,
    id: Option<Vec<u8>>,
    label: Option<Vec<u8>>,
    playback: bool,
}

impl Talk {
    /// `BATCH +ref type …` opens, `BATCH -ref` closes.
    pub(super) fn batch_line(&mut self, side: Side, line: &Line<'_>, out: &mut Out) {
        let reference = line.word(0);
        if let Some(name) = reference.strip_prefix('+') {
            if self.batches.open.len() >= OPEN {
                out.weird("irc_batches", "more batches are open than anybody needs");
                return;
            }
            let batch = self.opened(line);
            self.batches.open.insert((side, name.to_owned()), batch);
        } else if let Some(name) = reference.strip_prefix('-') {
            let closed = self.batches.open.remove(&(side, name.to_owned()));
            if let Some(Batch::Multiline(multiline)) = closed {
                self.say_multiline(side, &multiline, out);
            }
        } else {
            out.weird("irc_batch_reference", "a batch neither opens nor closes");
        }
    }

    fn opened(&self, line: &Line<'_>) -> Batch {
        match line.param(1) {
            b"draft/multiline" | b"multiline" => Batch::Multiline(Box::new(Multiline {
                source: line.source.map(|source| (source.name.to_vec(), source.person)),
                targets: line.param(2).to_vec(),
                body: Vec::new(),
                parts: 0,
                notice: false,
                id: line.tag("msgid").map(<[u8]>::to_vec),
                label: line.tag("label").map(<[u8]>::to_vec),
                playback: self.in_playback(line),
            })),
            b"chathistory" | b"draft/chathistory" | b"znc.in/playback" | b"playback" => {
                Batch::Playback
            }
            _ if self.in_playback(line) => Batch::Playback,
            _ => Batch::Other,
        }
    }

    /// The line belongs to a batch of what was said before.
    pub(super) fn in_playback(&self, line: &Line<'_>) -> bool {
        let Some(reference) = line.tag("batch") else { return false };
        let key = (Side::Server, text(reference).into_owned());
        match self.batches.open.get(&key) {
            Some(Batch::Playback) => true,
            Some(Batch::Multiline(multiline)) => multiline.playback,
            _ => false,
        }
    }

    /// Adds a line to the multiline batch it belongs to; false when it belongs to none.
    pub(super) fn collect(
        &mut self,
        side: Side,
        command: &str,
        line: &Line<'_>,
        body: &[u8],
        out: &mut Out,
    ) -> bool {
        let Some(reference) = line.tag("batch") else { return false };
        let key = (side, text(reference).into_owned());
        let Some(Batch::Multiline(batch)) = self.batches.open.get_mut(&key) else { return false };
        if batch.body.len().saturating_add(body.len()) > BODY {
            out.weird("irc_multiline_too_long", "the rest of the batch is not kept");
            return true;
        }
        let joined = line.tag("draft/multiline-concat").or_else(|| line.tag("multiline-concat"));
        if batch.parts > 0 && joined.is_none() {
            batch.body.push(b'\n');
        }
        batch.body.extend_from_slice(body);
        batch.parts += 1;
        batch.notice = command == "NOTICE";
        true
    }

    fn say_multiline(&mut self, side: Side, batch: &Multiline, out: &mut Out) {
        let source = batch.source.as_ref().map(|(name, person)| Source { name, person: *person });
        let saying = Saying {
            side,
            source,
            targets: &batch.targets,
            body: &batch.body,
            notice: batch.notice,
            id: batch.id.as_deref(),
            label: batch.label.as_deref(),
            playback: batch.playback,
        };
        self.say(saying, out);
    }

    /// The end came before the end of a batch: what was said of it is told.
    pub(super) fn flush_batches(&mut self, out: &mut Out) {
        for ((side, _), batch) in std::mem::take(&mut self.batches.open) {
            if let Batch::Multiline(multiline) = batch {
                self.say_multiline(side, &multiline, out);
            }
        }
    }
}

const OPEN: usize = 32;
/// Bytes of one multiline saying; servers advertise some 4 KiB.
const BODY: usize = 64 * 1024;
