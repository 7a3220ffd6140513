//! Connections that were opened and have not said anything yet.
//!
//! A bare SYN makes no flow: a flood of them would be a flood of flows. What a SYN is worth
//! knowing for (who called whom, and the sequence number of the first byte) takes eight bytes in
//! a table of fixed size, where a later opening may overwrite it. What is lost that way is only
//! the certainty that a stream was heard from its first byte.

use prefetch_index::prefetch_index;

use crate::tcp::Seq;

/// One direction's opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Syn {
    /// Sequence number of the first payload byte.
    pub(crate) first: Seq,
    /// This end called (SYN), the other answered (SYN and ACK).
    pub(crate) called: bool,
}

/// The openings of one shard.
#[derive(Debug)]
pub(crate) struct Syns {
    slots: Box<[(u32, u32)]>,
    /// Openings heard.
    heard: u64,
}

const SLOTS: usize = 4096;

impl Default for Syns {
    fn default() -> Self {
        Self { slots: vec![(0, 0); SLOTS].into_boxed_slice(), heard: 0 }
    }
}

impl Syns {
    /// Remembers an opening under the mixed key of its direction.
    pub(crate) fn put(&mut self, mix: u64, syn: Syn) {
        self.heard += 1;
        let tag = tag(mix) | u32::from(syn.called);
        if let Some(slot) = self.slots.get_mut(place(mix)) {
            *slot = (tag, syn.first.0);
        }
    }

    /// The opening of this direction, if it is still known.
    pub(crate) fn get(&self, mix: u64) -> Option<Syn> {
        let &(found, first) = self.slots.get(place(mix))?;
        (found & !1 == tag(mix)).then_some(Syn { first: Seq(first), called: found & 1 == 1 })
    }

    /// Openings heard.
    pub(crate) fn heard(&self) -> u64 {
        self.heard
    }

    /// Has the place of an opening fetched.
    #[inline]
    pub(crate) fn fetch(&self, mix: u64) {
        prefetch_index(&self.slots, place(mix));
    }

    /// Forgets it: its flow has begun.
    pub(crate) fn clear(&mut self, mix: u64) {
        if self.get(mix).is_some()
            && let Some(slot) = self.slots.get_mut(place(mix))
        {
            *slot = (0, 0);
        }
    }
}

fn place(mix: u64) -> usize {
    (mix >> 40) as usize % SLOTS
}

/// 30 bits to know an entry by, never zero, with room for the `called` bit.
fn tag(mix: u64) -> u32 {
    (mix as u32) << 2 | 2
}
