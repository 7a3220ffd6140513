//! The flows of one shard: found by key, by slot, and by who was silent longest.

use hashbrown::HashMap;
use overhear_analysis::FlowId;

use super::{Flow, Key};

/// A bounded table. Slots are stable while a flow lives; which flow leaves when it is full (the
/// one silent longest) depends on the packets alone.
#[derive(Debug)]
pub(crate) struct Table {
    index: HashMap<Key, u32, foldhash::fast::RandomState>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    oldest: u32,
    newest: u32,
    limit: usize,
}

#[derive(Debug)]
struct Slot {
    older: u32,
    newer: u32,
    held: Option<(Key, Box<Flow>)>,
}

const NONE: u32 = u32::MAX;

impl Table {
    /// For at most so many flows.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            index: HashMap::default(),
            slots: Vec::new(),
            free: Vec::new(),
            oldest: NONE,
            newest: NONE,
            limit: limit.max(1),
        }
    }

    /// The slot of a flow, which becomes the newest.
    pub(crate) fn find(&mut self, key: &Key) -> Option<u32> {
        let slot = *self.index.get(key)?;
        if slot != self.newest {
            self.unlink(slot);
            self.link(slot);
        }
        Some(slot)
    }

    /// The flow in a slot.
    pub(crate) fn get(&mut self, slot: u32) -> Option<&mut Flow> {
        self.slots.get_mut(slot as usize)?.held.as_mut().map(|(_, flow)| &mut **flow)
    }

    /// The flow in a slot, when it still is the one it was.
    pub(crate) fn same(&mut self, slot: u32, id: FlowId) -> Option<&mut Flow> {
        self.get(slot).filter(|flow| flow.id() == id)
    }

    /// The table is full: something must leave before the next flow.
    pub(crate) fn full(&self) -> bool {
        self.index.len() >= self.limit
    }

    /// The slot of the flow silent longest.
    pub(crate) fn oldest(&self) -> Option<u32> {
        (self.oldest != NONE).then_some(self.oldest)
    }

    /// Adds a flow whose key is not in the table.
    pub(crate) fn insert(&mut self, key: Key, flow: Flow) -> u32 {
        let held = Some((key, Box::new(flow)));
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { older: NONE, newer: NONE, held: None });
            u32::try_from(self.slots.len() - 1).unwrap_or(NONE)
        });
        if let Some(place) = self.slots.get_mut(slot as usize) {
            place.held = held;
        }
        self.index.insert(key, slot);
        self.link(slot);
        slot
    }

    /// Takes a flow out.
    pub(crate) fn remove(&mut self, slot: u32) -> Option<Box<Flow>> {
        let (key, flow) = self.slots.get_mut(slot as usize)?.held.take()?;
        self.index.remove(&key);
        self.unlink(slot);
        self.free.push(slot);
        Some(flow)
    }

    /// Takes every flow out, in the order they began.
    pub(crate) fn drain(&mut self) -> Vec<Flow> {
        let held = self.slots.drain(..).filter_map(|slot| slot.held);
        let mut flows: Vec<_> = held.map(|(_, flow)| *flow).collect();
        flows.sort_by_key(Flow::id);
        self.index.clear();
        self.free.clear();
        (self.oldest, self.newest) = (NONE, NONE);
        flows
    }

    fn unlink(&mut self, slot: u32) {
        let Some(place) = self.slots.get_mut(slot as usize) else { return };
        let (older, newer) = (place.older, place.newer);
        (place.older, place.newer) = (NONE, NONE);
        match self.slots.get_mut(older as usize) {
            Some(place) => place.newer = newer,
            None => self.oldest = newer,
        }
        match self.slots.get_mut(newer as usize) {
            Some(place) => place.older = older,
            None => self.newest = older,
        }
    }

    fn link(&mut self, slot: u32) {
        let newest = self.newest;
        if let Some(place) = self.slots.get_mut(slot as usize) {
            place.older = newest;
            place.newer = NONE;
        }
        match self.slots.get_mut(newest as usize) {
            Some(place) => place.newer = slot,
            None => self.oldest = slot,
        }
        self.newest = slot;
    }
}
