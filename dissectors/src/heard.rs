//! What was already said on this flow, so that echoes and playback are not told a second time.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use foldhash::fast::RandomState;

/// Bounded memories of sayings, by hash.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Own sayings that may come back, with the label they were sent under.
    sent: VecDeque<(u64, Option<u64>)>,
    ids: Recent,
    texts: Recent,
    keys: Recent,
}

/// The latest [`RECENT`] hashes.
#[derive(Debug, Default)]
struct Recent {
    /// They are hashes already.
    known: HashSet<u64, RandomState>,
    order: VecDeque<u64>,
}

impl Heard {
    /// The client said something.
    pub(crate) fn sent(&mut self, saying: u64, label: Option<&[u8]>) {
        self.sent.push_back((saying, label.map(|label| hash(&[label]))));
        if self.sent.len() > SENT {
            self.sent.pop_front();
        }
        self.texts.add(saying);
    }

    /// The server returns something of the client's own: is it what the client just said?
    pub(crate) fn echoed(&mut self, saying: u64, label: Option<&[u8]>) -> bool {
        let label = label.map(|label| hash(&[label]));
        let at = self
            .sent
            .iter()
            .position(|(sent, under)| *sent == saying || (label.is_some() && *under == label));
        at.and_then(|at| self.sent.remove(at)).is_some()
    }

    /// Somebody's saying arrived. One with an identity is known by that alone.
    pub(crate) fn arrived(&mut self, saying: u64, id: Option<&[u8]>) {
        match id {
            Some(id) => self.ids.add(hash(&[id])),
            None => self.texts.add(saying),
        }
    }

    /// A room's key; true when it is news.
    pub(crate) fn key(&mut self, room: &str, key: &[u8]) -> bool {
        let key = hash(&[room.as_bytes(), key]);
        let new = !self.keys.has(key);
        self.keys.add(key);
        new
    }

    /// Was it heard before?
    pub(crate) fn knows(&self, saying: u64, id: Option<&[u8]>) -> bool {
        id.is_some_and(|id| self.ids.has(hash(&[id]))) || self.texts.has(saying)
    }
}

impl Recent {
    fn add(&mut self, value: u64) {
        if self.known.insert(value) {
            self.order.push_back(value);
        }
        if self.order.len() > RECENT
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    fn has(&self, value: u64) -> bool {
        self.known.contains(&value)
    }
}

/// One number for several fields; the same in every run.
pub(crate) fn hash(fields: &[&[u8]]) -> u64 {
    let mut hasher = DefaultHasher::new();
    fields.hash(&mut hasher);
    hasher.finish()
}

const SENT: usize = 256;
const RECENT: usize = 4096;
