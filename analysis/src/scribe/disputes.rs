//! What was said in bytes of which two copies disagreed.
//!
//! A copy may disagree with what was already told, or with bytes that wait for their turn. In both
//! cases the conflict is told next to what it casts doubt on, and quotes the bytes only when they
//! are known to hold no secret.

use std::collections::VecDeque;

use overhear_dissectors::{Name, Side, Text};

use super::{Place, Scribe, Tell, fresh, told};
use crate::record::Conflict;
use crate::told::{Body, Head, Reading};

/// The disputes of one flow.
#[derive(Debug, Default)]
pub(super) struct Disputes {
    /// What was said lately, and where.
    said: VecDeque<Said>,
    /// Conflicts about bytes nobody has read yet.
    open: Vec<Open>,
}

/// Something that was said.
#[derive(Clone, Debug)]
struct Said {
    side: Side,
    span: (u64, u64),
    /// The id of a message, the fingerprint of a secret.
    id: Name,
    secret: bool,
}

#[derive(Debug)]
struct Open {
    side: Side,
    head: Head,
    id: Name,
    conflict: Conflict,
    affects: Vec<Said>,
}

/// Sayings of a flow that a late copy can still cast doubt on.
const SAID: usize = 16;
/// Conflicts of a flow that wait.
const OPEN: usize = 16;

impl Open {
    fn end(&self) -> u64 {
        self.conflict.offset + self.conflict.copies[0].0.len() as u64
    }

    fn touches(&self, side: Side, span: (u64, u64)) -> bool {
        self.side == side && self.conflict.offset < span.1 && span.0 < self.end()
    }
}

impl Disputes {
    /// Something was said in these bytes. Gives the conflict that makes it ambiguous.
    fn said(&mut self, said: Said) -> Option<Name> {
        let mut doubts = None;
        for open in self.open.iter_mut().filter(|open| open.touches(said.side, said.span)) {
            open.affects.push(said.clone());
            doubts.get_or_insert_with(|| open.id.clone());
        }
        if self.said.len() >= SAID {
            self.said.pop_front();
        }
        self.said.push_back(said);
        doubts
    }

    /// Takes out the conflicts about bytes that `side` has been read past.
    fn passed(&mut self, side: Side, upto: u64) -> Vec<Open> {
        if self.open.is_empty() {
            return Vec::new();
        }
        let passed = |open: &mut Open| open.side == side && open.end() <= upto;
        self.open.extract_if(.., passed).collect()
    }
}

impl Scribe {
    /// Two copies of some bytes disagreed.
    pub(super) fn disputed(&mut self, place: &Place<'_>, conflict: &Conflict, tell: &mut Tell<'_>) {
        let (head, flow_id) = (self.head(place), self.flows.of(place.facts).flow_id());
        let id = fresh(flow_id, place);
        let (side, affects) = (place.side, Vec::new());
        let mut open = Open { side, head, id, conflict: conflict.clone(), affects };
        let disputes = &mut self.flows.of(place.facts).disputes;
        let touched = disputes.said.iter().filter(|said| open.touches(said.side, said.span));
        let affects: Vec<Said> = touched.cloned().collect();
        if affects.is_empty() && disputes.open.len() < OPEN {
            // It is told with what will be read of it.
            return disputes.open.push(open);
        }
        open.affects = affects;
        self.dispute(open, tell);
    }

    /// A message is about to be told: gives the conflict that makes it ambiguous.
    pub(super) fn doubts(&mut self, place: &Place<'_>, id: &str, secret: bool) -> Option<Name> {
        let span = place.record.span;
        if span.0 == span.1 {
            return None;
        }
        let said = Said { side: place.side, span, id: id.into(), secret };
        self.flows.of(place.facts).disputes.said(said)
    }

    /// Tells the conflicts that a flow was read past.
    pub(super) fn settle(&mut self, place: &Place<'_>, upto: u64, tell: &mut Tell<'_>) {
        let Some(flow) = self.flows.known(place.facts.id) else { return };
        for open in flow.disputes.passed(place.side, upto) {
            self.dispute(open, tell);
        }
    }

    fn dispute(&mut self, open: Open, tell: &mut Tell<'_>) {
        let Open { side, head, id, conflict, affects } = open;
        // What nobody has read may be a secret.
        let secret = affects.is_empty() || affects.iter().any(|said| said.secret);
        let reading = |(bytes, frame): &(Vec<u8>, u64)| {
            let mut text = Text::new(String::from_utf8_lossy(bytes));
            if secret {
                text.hide(0..text.expose().len());
            }
            Reading { text: self.words.content(&text, &self.settings), frames: vec![*frame] }
        };
        let body = crate::told::Conflict {
            id,
            side: match side {
                Side::Client => "client".to_owned(),
                Side::Server => "server".to_owned(),
            },
            offset: conflict.offset,
            length: conflict.copies[0].0.len() as u64,
            readings: conflict.copies.iter().map(reading).collect(),
            believed_by: conflict
                .believed_by
                .iter()
                .map(|(name, copy)| format!("{name}:{copy}"))
                .collect(),
            affects: affects.into_iter().map(|said| said.id).collect(),
        };
        tell(told(head, Body::Conflict(body)));
    }
}
