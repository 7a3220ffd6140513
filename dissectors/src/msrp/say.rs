//! Messages out of chunks, and what they are: words, typing, files.

use std::collections::VecDeque;

use crate::content::Passing;
use crate::event::{Carried, Carries, Event, Leg, Offer, OfferState};
use crate::sip::{Part, Path, path, speak, value};
use crate::{Out, Side, Text, Ticket, Who};

use super::wire::Range;

/// What the head of a SEND says.
#[derive(Debug)]
pub(super) struct Chunk {
    id: String,
    pub(super) range: Range,
    kind: String,
    /// A file's name, when it is one.
    name: Option<String>,
    /// The sessions of author and reader.
    sessions: [String; 2],
    leg: Leg,
}

/// A message whose chunks are still to come.
#[derive(Debug)]
struct Partial {
    chunk: Chunk,
    /// Bytes heard or lost.
    next: u64,
    text: Vec<u8>,
    /// The content of a file.
    file: Option<Passing>,
    /// Something of the text is missing.
    broken: bool,
}

/// Messages of one side that are not whole.
#[derive(Debug, Default)]
pub(super) struct Saying {
    partial: VecDeque<Partial>,
    /// The last of them is being heard.
    open: bool,
}

impl Chunk {
    /// Reads the fields of a SEND.
    pub(super) fn parse(fields: &[(&str, &[u8])]) -> Option<Self> {
        let text = |name: &str| std::str::from_utf8(value(fields, name)?).ok();
        let paths = ["From-Path", "To-Path"].map(text);
        let hops = paths.map(|path| path.unwrap_or_default().split_ascii_whitespace().count());
        let session = |path: Option<&str>| -> Option<String> {
            let Path { session, .. } = self::path(path?.split_ascii_whitespace().next_back()?)?;
            Some(session.to_owned())
        };
        let [Some(author), Some(reader)] = paths.map(session) else { return None };
        let disposition = text("Content-Disposition").unwrap_or_default();
        let name = crate::sip::parameter(disposition, "filename").map(str::to_owned);
        Some(Self {
            id: text("Message-ID").unwrap_or_default().to_owned(),
            range: Range::parse(text("Byte-Range"))?,
            kind: text("Content-Type").unwrap_or("text/plain").to_owned(),
            name,
            sessions: [author, reader],
            leg: match hops {
                [0 | 1, 0 | 1] => Leg::Direct,
                [0 | 1, _] => Leg::ToServer,
                [_, 0 | 1] => Leg::FromServer,
                _ => Leg::BetweenServers,
            },
        })
    }

    /// Text and envelopes are for people, and so is the state of writing; the rest is a file.
    fn is_file(&self) -> bool {
        let kind = self.kind.to_ascii_lowercase();
        let said = ["text/", "message/", "multipart/", "application/im-iscomposing"];
        self.name.is_some() || !said.iter().any(|known| kind.starts_with(known))
    }
}

impl Saying {
    /// The next chunk begins, of a message that is known or a new one.
    pub(super) fn begin(&mut self, chunk: Chunk, out: &mut Out) {
        self.open = true;
        let at = self.partial.iter().position(|one| one.chunk.id == chunk.id);
        if let Some(mut known) = at.and_then(|at| self.partial.remove(at)) {
            match (chunk.range.from - 1).checked_sub(known.next) {
                Some(0) => {}
                Some(lost) => known.lose(lost),
                None => {
                    // It is said again from an earlier byte.
                    out.weird("msrp_chunk", format_args!("byte {} again", chunk.range.from));
                    known = Partial::new(chunk);
                }
            }
            return self.partial.push_back(known);
        }
        self.partial.push_back(Partial::new(chunk));
        if self.partial.len() > PARTIAL {
            self.partial.pop_front();
        }
    }

    /// Some of the content of the chunk at hand.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        if let Some(last) = self.partial.back_mut().filter(|_| self.open) {
            last.hear(bytes);
        }
    }

    /// Bytes of the chunk at hand were never seen.
    pub(super) fn lose(&mut self, lost: u64) {
        if let Some(last) = self.partial.back_mut().filter(|_| self.open) {
            last.lose(lost);
        }
    }

    /// The chunk is over: the message is whole (`$`), goes on (`+`), or was given up (`#`).
    pub(super) fn end(&mut self, side: Side, flag: u8, out: &mut Out) {
        if !std::mem::take(&mut self.open) || flag == b'+' {
            return;
        }
        if let Some(last) = self.partial.pop_back() {
            last.tell(side, flag == b'$', out);
        }
    }

    /// The end of the chunk at hand was lost.
    pub(super) fn broke(&mut self, side: Side, out: &mut Out) {
        if std::mem::take(&mut self.open)
            && let Some(last) = self.partial.pop_back()
        {
            last.tell(side, false, out);
        }
    }

    /// The connection ends.
    pub(super) fn close(&mut self, side: Side, out: &mut Out) {
        for partial in std::mem::take(&mut self.partial) {
            partial.tell(side, false, out);
        }
    }
}

impl Partial {
    fn new(chunk: Chunk) -> Self {
        let mut file = chunk.is_file().then(Passing::default);
        let before = chunk.range.from - 1;
        if let Some(file) = file.as_mut().filter(|_| before > 0) {
            file.lose(before);
        }
        Self { next: before, text: Vec::new(), file, broken: before > 0, chunk }
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.next += bytes.len() as u64;
        match &mut self.file {
            Some(file) => file.hear(bytes),
            None if self.text.len() + bytes.len() <= TEXT => self.text.extend_from_slice(bytes),
            None => self.broken = true,
        }
    }

    fn lose(&mut self, lost: u64) {
        self.next = self.next.saturating_add(lost);
        self.broken = true;
        if let Some(file) = &mut self.file {
            file.lose(lost);
        }
    }

    fn tell(self, side: Side, whole: bool, out: &mut Out) {
        let Self { chunk, text, file, broken, next } = self;
        if let Some(passing) = file {
            return carried(side, &chunk, passing, whole, out);
        }
        if broken || !whole {
            return out.weird("msrp_torn", format_args!("{next} bytes of a message"));
        }
        let [author, reader] = &chunk.sessions;
        let holder = |session: &str, side| {
            Who::Ticket(Ticket::new(super::FACTS.name, session.as_bytes()).held_at(side))
        };
        let (from, to) = (holder(author, side), holder(reader, side.other()));
        for part in Part::new(&chunk.kind, &text).open() {
            let author = part.from.as_ref().filter(|from| !from.is_anonymous());
            let from = author.map_or_else(|| from.clone(), crate::sip::uri::Uri::who);
            let to = match part.to.as_slice() {
                [] => vec![to.clone()],
                named => named.iter().map(crate::sip::uri::Uri::who).collect(),
            };
            speak(&part, from, to, chunk.leg, out);
        }
    }
}

/// A file; the call that offered it says whose.
fn carried(side: Side, chunk: &Chunk, passing: Passing, whole: bool, out: &mut Out) {
    let right = chunk.range.total.is_none_or(|total| total == passing.passed());
    let whole = whole && right && passing.is_whole();
    let [token, _] = &chunk.sessions;
    let offer = Offer {
        from: Who::Unnamed(side),
        to: vec![Who::Unnamed(side.other())],
        room: None,
        carries: Carries::Wrapped,
        transport: super::FACTS.name,
        name: Text::new(chunk.name.clone().unwrap_or_default()),
        size: chunk.range.total,
        offset: 0,
        token: Some(token.clone()),
        endpoint: None,
        listener: None,
        state: if whole { OfferState::Complete } else { OfferState::Truncated },
        leg: chunk.leg,
    };
    let content = passing.content();
    out.emit(Event::Carried(Carried { network: None, offer, content }));
}

/// Messages of one side at once.
const PARTIAL: usize = 16;
/// Longest text that is read, in bytes.
const TEXT: usize = 64 << 10;
