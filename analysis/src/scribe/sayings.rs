//! One thing said is one thing, however often it is heard.
//!
//! A message is heard on its way to the service and again on its way from it, once for every reader.
//! All copies share the id of the first: the key is who said what to whom, and the k-th copy on one
//! flow goes with the k-th on another, counted from where both flows were there.

use std::collections::VecDeque;

use hashbrown::HashMap;
use overhear_dissectors::Name;
use overhear_dissectors::event::Leg;
use smallvec::SmallVec;

use crate::{FlowId, Time};

/// What makes two copies one saying: a hash of network, author, reader or room, and folded text.
pub(super) type Key = u64;

/// A list that hardly ever has more than two entries.
pub(super) type Few<T> = SmallVec<[T; 2]>;

/// Things said within the last minute.
#[derive(Debug, Default)]
pub(super) struct Sayings {
    /// Numbers of the groups with a key, ascending. Nothing walks through it in its own order.
    said: HashMap<Key, Few<u64>, foldhash::fast::RandomState>,
    /// The oldest first; they are numbered as they come, and leave in that order.
    groups: VecDeque<Group>,
    /// The number of the oldest.
    first: u64,
    /// Keys of all groups.
    keys: usize,
}

#[derive(Debug)]
struct Group {
    at: Time,
    id: Name,
    keys: Few<Key>,
    flows: Few<FlowId>,
    /// It was heard on its way to the service, which happens once.
    sent: bool,
}

/// A copy: the flow it was heard on, when that began, on which leg, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Copied {
    pub(super) flow: FlowId,
    pub(super) began: Time,
    pub(super) leg: Leg,
    pub(super) at: Time,
}

/// Copies farther apart than this are different sayings.
const WINDOW: i64 = 60_000_000_000;
/// Sayings remembered; the oldest goes first.
const GROUPS: usize = 1 << 16;
/// Keys of all sayings remembered.
const KEYS: usize = 1 << 18;
/// Sayings remembered with one key: a flood of one text must not be searched.
const ALIKE: usize = 256;
/// Readers' flows remembered of one saying.
const FLOWS: usize = 256;

impl Sayings {
    /// The id of a copy: that of the oldest saying with one of its keys which its flow has not told yet,
    /// or `fresh`. What was said before the flow began is rather somebody else's copy, and what was
    /// brought to others already is so too. Later copies may know it by `nameless` as well.
    pub(super) fn id(
        &mut self,
        mut keys: Few<Key>,
        nameless: Option<Key>,
        copied: Copied,
        fresh: impl FnOnce() -> Name,
    ) -> Name {
        let Copied { flow, began, leg, at } = copied;
        self.expire(at);
        if leg == Leg::Direct {
            // Heard from program to program: there is no other leg.
            return fresh();
        }
        let sent = leg == Leg::ToServer;
        let open = |group: &Group| !(group.flows.contains(&flow) || sent && group.sent);
        let known = {
            let alike: Few<_> = keys.iter().filter_map(|key| self.said.get(key)).collect();
            let oldest = |is: &dyn Fn(&Group) -> bool| {
                let fits =
                    |number: &&u64| self.group(**number).is_some_and(|one| is(one) && open(one));
                alike.iter().filter_map(|numbers| numbers.iter().find(fits)).min().copied()
            };
            oldest(&|group| group.at >= began)
                .or_else(|| oldest(&|group| group.sent && group.flows.len() == 1))
                .or_else(|| oldest(&|_| true))
        };
        let place = known.map(|number| (number - self.first) as usize);
        if let Some(group) = place.and_then(|place| self.groups.get_mut(place)) {
            group.sent |= sent;
            if group.flows.len() < FLOWS {
                group.flows.push(flow);
            }
            return group.id.clone();
        }
        let id = fresh();
        keys.extend(nameless);
        self.add(Group { at, id: id.clone(), keys, flows: Few::from_slice(&[flow]), sent });
        id
    }

    fn add(&mut self, group: Group) {
        let number = self.first + self.groups.len() as u64;
        for key in &group.keys {
            let numbers = self.said.entry(*key).or_default();
            if numbers.len() == ALIKE {
                numbers.remove(0);
            }
            numbers.push(number);
        }
        self.keys += group.keys.len();
        self.groups.push_back(group);
    }

    fn group(&self, number: u64) -> Option<&Group> {
        self.groups.get(number.checked_sub(self.first)? as usize)
    }

    fn expire(&mut self, now: Time) {
        while let Some(group) = self.groups.front() {
            let old = now.since(group.at) > WINDOW;
            if !old && self.groups.len() < GROUPS && self.keys < KEYS {
                break;
            }
            let Some(group) = self.groups.pop_front() else { break };
            let number = self.first;
            self.first += 1;
            self.keys -= group.keys.len();
            for key in group.keys {
                if let Some(numbers) = self.said.get_mut(&key) {
                    numbers.retain(|other| *other != number);
                    if numbers.is_empty() {
                        self.said.remove(&key);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Copies as `(flow, leg, second)`; gives the ids, by number of the copy that was first.
    fn ids(copies: &[(u64, Leg, i64)]) -> Vec<Name> {
        let mut sayings = Sayings::default();
        let mut number = 0;
        copies
            .iter()
            .map(|(flow, leg, at)| {
                number += 1;
                let (flow, leg, at) = (FlowId(*flow), *leg, Time::from_secs(*at));
                // Of hundreds, each began in the second it has beside them.
                let began = Time::from_secs((flow.0 % 100).cast_signed());
                let heard = Copied { flow, began, leg, at };
                sayings.id(Few::from_slice(&[1]), None, heard, || number.to_string().into())
            })
            .collect()
    }

    #[test]
    fn the_kth_copy_goes_with_the_kth() {
        use Leg::{FromServer, ToServer};
        assert_eq!(
            ids(&[
                (100, ToServer, 0),
                (100, ToServer, 1),
                (200, FromServer, 1),
                (200, FromServer, 2),
                (300, FromServer, 2),
                (200, FromServer, 3),
                (300, FromServer, 3),
            ]),
            ["1", "2", "1", "2", "1", "6", "2"]
        );
    }

    #[test]
    fn a_copy_that_names_nobody_goes_with_the_one_that_does() {
        let mut sayings = Sayings::default();
        let (named, nameless, others) = (1, 2, 3);
        let mut id = |key: Key, also, flow, leg, fresh: &str| {
            let (began, at) = (Time::from_secs(0), Time::from_secs(0));
            let copied = Copied { flow: FlowId(flow), began, leg, at };
            sayings.id(Few::from_slice(&[key]), also, copied, || fresh.into())
        };
        assert_eq!(id(named, Some(nameless), 1, Leg::ToServer, "a"), "a");
        assert_eq!(id(nameless, None, 2, Leg::FromServer, "b"), "a");
        // Somebody else's saying is known by its author alone.
        assert_eq!(id(others, Some(nameless), 3, Leg::ToServer, "c"), "c");
        assert_eq!(id(nameless, None, 2, Leg::FromServer, "d"), "c");
        assert_eq!(id(nameless, None, 2, Leg::FromServer, "e"), "e");
    }

    #[test]
    fn two_authors_flows_or_two_minutes_are_two_sayings() {
        use Leg::{FromServer, ToServer};
        assert_eq!(ids(&[(100, ToServer, 0), (200, ToServer, 1)]), ["1", "2"]);
        assert_eq!(ids(&[(100, ToServer, 0), (200, FromServer, 61)]), ["1", "2"]);
        assert_eq!(
            ids(&[(200, FromServer, 0), (100, ToServer, 1), (300, FromServer, 2)]),
            ["1", "1", "1"]
        );
    }

    /// The same is said again by the same people who have signed on anew meanwhile; and over connections
    /// that last for one request.
    #[test]
    fn a_flow_brings_what_was_said_since_it_began() {
        use Leg::{FromServer, ToServer};
        let before = [(100, ToServer, 0), (200, FromServer, 0)];
        let again = [(105, ToServer, 7), (205, FromServer, 7), (206, FromServer, 8)];
        assert_eq!(ids(&[&before[..], &again].concat()), ["1", "1", "3", "3", "3"]);
        let requests = [(100, ToServer, 0), (201, FromServer, 1), (302, ToServer, 2)];
        let polls = [(403, FromServer, 3), (504, FromServer, 4)];
        assert_eq!(ids(&[&requests[..], &polls].concat()), ["1", "1", "3", "3", "1"]);
    }
}
