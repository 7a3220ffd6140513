//! The flows of one shard.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use overhear_analysis::FlowId;

use super::{Flow, Key};

/// A bounded table. Slots are stable while a flow lives. Which flow leaves when it is full depends
/// on the packets alone: a hand goes round the slots, passes those whose flow was heard since it
/// last came by, and takes the first that was not.
#[derive(Debug)]
pub(crate) struct Table {
    index: HashTable<Entry>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    hand: usize,
    limit: usize,
    /// Conversations nobody listens to.
    nobodys: usize,
    state: RandomState,
}

/// Where a flow is, with enough of its hash to pass over the others.
#[derive(Clone, Copy, Debug)]
struct Entry {
    tag: u32,
    slot: u32,
}

#[derive(Debug, Default)]
struct Slot {
    heard: bool,
    key: Option<Key>,
    /// Nothing for a conversation that is known to be nobody's messaging.
    flow: Option<Box<Flow>>,
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
            index: HashTable::new(),
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
        let same = |entry: &Entry| {
            let held = || slots.get(entry.slot as usize)?.key.as_ref();
            entry.tag == tag(hash) && held() == Some(key)
        };
        let Some(slot) = self.index.find(hash, same).map(|entry| entry.slot) else {
            return Found::Place(hash);
        };
        let Some(place) = self.slots.get_mut(slot as usize) else { return Found::Place(hash) };
        place.heard = true;
        if place.flow.is_some() { Found::Flow(slot) } else { Found::Nobodys(slot) }
    }

    /// The flow in a slot.
    pub(crate) fn get(&mut self, slot: u32) -> Option<&mut Flow> {
        self.slots.get_mut(slot as usize)?.flow.as_deref_mut()
    }

    /// The flow in a slot, when it still is the one it was.
    pub(crate) fn same(&mut self, slot: u32, id: FlowId) -> Option<&mut Flow> {
        self.get(slot).filter(|flow| flow.id() == id)
    }

    /// The table is full: something must leave before the next flow.
    pub(crate) fn full(&self) -> bool {
        let live = self.index.len() - self.nobodys;
        live + self.nobodys / NOBODYS >= self.limit
    }

    /// The slot of a flow that was silent for long.
    pub(crate) fn idle(&mut self) -> Option<u32> {
        // After one round nothing is marked any more.
        for _ in 0..=self.slots.len() * 2 {
            let at = self.hand;
            self.hand = (at + 1) % self.slots.len().max(1);
            if let Some(slot) = self.slots.get_mut(at).filter(|slot| slot.key.is_some())
                && !std::mem::take(&mut slot.heard)
            {
                return u32::try_from(at).ok();
            }
        }
        None
    }

    /// Adds a flow whose key is not in the table, and hashes to `hash`.
    pub(crate) fn insert(&mut self, key: Key, hash: u64, flow: Flow) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Slot { heard: true, key: Some(key), flow: Some(Box::new(flow)) };
        }
        let (slots, state) = (&self.slots, &self.state);
        let rehash = |entry: &Entry| {
            let key = slots.get(entry.slot as usize).and_then(|slot| slot.key.as_ref());
            key.map_or(0, |key| state.hash_one(key))
        };
        self.index.insert_unique(hash, Entry { tag: tag(hash), slot }, rehash);
        slot
    }

    /// Keeps of a flow only that it is nobody's messaging.
    pub(crate) fn bury(&mut self, slot: u32) {
        let flow = self.slots.get_mut(slot as usize).and_then(|slot| slot.flow.take());
        self.nobodys += usize::from(flow.is_some());
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
        let place = self.slots.get_mut(slot as usize)?;
        let (key, flow) = (place.key.take()?, place.flow.take());
        self.nobodys -= usize::from(flow.is_none());
        let hash = self.state.hash_one(key);
        if let Ok(entry) = self.index.find_entry(hash, |entry| entry.slot == slot) {
            entry.remove();
        }
        self.free.push(slot);
        flow
    }

    /// Takes every flow out.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Box<Flow>> {
        self.index.clear();
        self.free.clear();
        self.nobodys = 0;
        std::mem::take(&mut self.slots).into_iter().filter_map(|slot| slot.flow)
    }
}

/// Bits of a hash that the index itself does not look at.
fn tag(hash: u64) -> u32 {
    (hash >> 20) as u32
}
