//! Tells the first copy of a saying from the later ones.

use std::collections::{HashSet, VecDeque};

use overhear_analysis::Time;
use overhear_analysis::told::{Head, Message};
use overhear_dissectors::Name;

/// The sayings heard lately, by their ids.
///
/// Copies follow each other within 60 s of packet time, so an id is remembered for twice as long.
#[derive(Clone, Debug, Default)]
pub struct Said {
    ids: HashSet<Name>,
    order: VecDeque<(Time, Name)>,
}

impl Said {
    /// Whether this is the first copy of its saying.
    pub fn first(&mut self, head: &Head, message: &Message) -> bool {
        let now = head.timestamp.unwrap_or_default();
        while let Some((at, id)) = self.order.front() {
            if self.order.len() < MOST && now.since(*at) <= FOR {
                break;
            }
            self.ids.remove(id);
            self.order.pop_front();
        }
        if self.ids.contains(&message.message_id) {
            return false;
        }
        self.ids.insert(message.message_id.clone());
        self.order.push_back((now, message.message_id.clone()));
        true
    }
}

/// Nanoseconds for which the id of a saying is remembered.
const FOR: i64 = 120_000_000_000;

/// Ids remembered at most.
const MOST: usize = 1 << 20;
