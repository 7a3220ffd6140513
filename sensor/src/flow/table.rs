//! The flows of one shard.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use overhear_analysis::FlowId;
use prefetch_index::prefetch_index;

use super::index::Index;
use super::{Flow, Key};

/// A bounded table. Slots are stable while a flow lives. Which flow leaves when it is full depends
/// on the packets alone: a hand goes round the slots, passes those whose flow was heard since it
/// last came by, and takes the first that was not.
#[derive(Debug)]
pub(crate) struct Table {
    index: Index,
    slots: Vec<Slot>,
    free: Vec<u32>,
    hand: usize,
    limit: usize,
    /// Conversations nobody listens to.
    nobodys: usize,
    state: RandomState,
}

#[derive(Debug, Default)]
struct Slot {
    heard: bool,
    kept: Kept,
}

/// What is in a slot.
#[derive(Debug, Default)]
enum Kept {
    #[default]
    None,
    /// A conversation that is known to be nobody's messaging.
    Nobodys(Box<Key>),
    Flow(Box<Flow>),
}

impl Kept {
    fn key(&self) -> Option<&Key> {
        match self {
            Self::None => None,
            Self::Nobodys(key) => Some(key),
            Self::Flow(flow) => Some(flow.key()),
        }
    }
}

/// Conversations nobody listens to that cost as much as one that somebody does.
const NOBODYS: usize = 16;

/// What a key led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The slot of its flow, which was heard just now.
    Flow(u32),
    /// The slot of a conversation nobody listens to any more.
    Nobodys(u32),
    /// Nothing; this is the key's hash, for [`Table::insert`].
    Place(u64),
}

impl Table {
    /// For at most so many flows.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            index: Index::default(),
            slots: Vec::new(),
            free: Vec::new(),
            hand: 0,
            limit: limit.max(1),
            nobodys: 0,
            state: RandomState::default(),
        }
    }

    /// The slot of a flow.
    pub(crate) fn find(&mut self, key: &Key) -> Found {
        let hash = self.state.hash_one(key);
        let slots = &self.slots;
        let same =
            |slot: u32| slots.get(slot as usize).and_then(|slot| slot.kept.key()) == Some(key);
        let Some(slot) = self.index.find(hash, same) else { return Found::Place(hash) };
        let Some(place) = self.slots.get_mut(slot as usize) else { return Found::Place(hash) };
        place.heard = true;
        match place.kept {
            Kept::Flow(_) => Found::Flow(slot),
            Kept::Nobodys(_) | Kept::None => Found::Nobodys(slot),
        }
    }

    /// Has the first thing fetched that [`Table::find`] will look at for this key; gives what
    /// [`Table::fetch_slot`] wants.
    #[inline]
    pub(crate) fn fetch(&self, key: &Key) -> u64 {
        let hash = self.state.hash_one(key);
        self.index.fetch(hash);
        hash
    }

    /// Has the next thing fetched; gives what [`Table::fetch_flow`] wants.
    #[inline]
    pub(crate) fn fetch_slot(&self, hash: u64) -> Option<u32> {
        let slot = self.index.find(hash, |_| true)?;
        prefetch_index(&self.slots, slot as usize);
        Some(slot)
    }

    /// Has the flow itself fetched.
    #[inline]
    pub(crate) fn fetch_flow(&self, slot: u32) {
        match self.slots.get(slot as usize).map(|slot| &slot.kept) {
            Some(Kept::Flow(flow)) => flow.fetch(),
            Some(Kept::Nobodys(key)) => prefetch_index(std::slice::from_ref(&**key), 0),
            Some(Kept::None) | None => {}
        }
    }

    /// The flow in a slot.
    pub(crate) fn get(&mut self, slot: u32) -> Option<&mut Flow> {
        match &mut self.slots.get_mut(slot as usize)?.kept {
            Kept::Flow(flow) => Some(flow),
            Kept::Nobodys(_) | Kept::None => None,
        }
    }

    /// The flow in a slot, when it still is the one it was.
    pub(crate) fn same(&mut self, slot: u32, id: FlowId) -> Option<&mut Flow> {
        self.get(slot).filter(|flow| flow.id() == id)
    }

    /// Flows that somebody listens to.
    pub(crate) fn live(&self) -> usize {
        self.index.len() - self.nobodys
    }

    /// The table is full: something must leave before the next flow.
    pub(crate) fn full(&self) -> bool {
        self.live() + self.nobodys / NOBODYS >= self.limit
    }

    /// The slot of a flow that was silent for long.
    pub(crate) fn idle(&mut self) -> Option<u32> {
        // After one round nothing is marked any more.
        for _ in 0..=self.slots.len() * 2 {
            let at = self.hand;
            self.hand = (at + 1) % self.slots.len().max(1);
            if let Some(slot) = self.slots.get_mut(at)
                && !matches!(slot.kept, Kept::None)
                && !std::mem::take(&mut slot.heard)
            {
                return u32::try_from(at).ok();
            }
        }
        None
    }

    /// Adds a flow whose key is not in the table, and hashes to `hash`.
    pub(crate) fn insert(&mut self, hash: u64, flow: Flow) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Slot { heard: true, kept: Kept::Flow(Box::new(flow)) };
        }
        self.index.insert(hash, slot);
        slot
    }

    /// Keeps of a flow only that it is nobody's messaging.
    pub(crate) fn bury(&mut self, slot: u32) {
        if let Some(place) = self.slots.get_mut(slot as usize)
            && let Kept::Flow(flow) = &place.kept
        {
            place.kept = Kept::Nobodys(Box::new(*flow.key()));
            self.nobodys += 1;
        }
    }

    /// Forgets that a conversation is nobody's: another one begins on its ports.
    pub(crate) fn reopen(&mut self, key: &Key) {
        if self.nobodys > 0
            && let Found::Nobodys(slot) = self.find(key)
        {
            self.remove(slot);
        }
    }

    /// Takes a conversation out; there is no flow when it was nobody's.
    pub(crate) fn remove(&mut self, slot: u32) -> Option<Box<Flow>> {
        let kept = std::mem::take(&mut self.slots.get_mut(slot as usize)?.kept);
        self.index.remove(self.state.hash_one(kept.key()?), slot);
        self.free.push(slot);
        match kept {
            Kept::Flow(flow) => Some(flow),
            Kept::Nobodys(_) | Kept::None => {
                self.nobodys -= 1;
                None
            }
        }
    }

    /// Takes every flow out.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Box<Flow>> {
        self.index.clear();
        self.free.clear();
        self.nobodys = 0;
        std::mem::take(&mut self.slots).into_iter().filter_map(|slot| match slot.kept {
            Kept::Flow(flow) => Some(flow),
            Kept::Nobodys(_) | Kept::None => None,
        })
    }
}
