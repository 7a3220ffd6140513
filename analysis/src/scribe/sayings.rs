//! One thing said is one thing, however often it is heard.
//!
//! A message is heard on its way to the service and again on its way from it, once for every reader.
//! All copies share the id of the first: the key is who said what to whom, and the k-th copy on one
//! flow goes with the k-th on another.

use std::collections::{BTreeMap, VecDeque};

use overhear_dissectors::event::Leg;

use crate::{FlowId, Time};

/// What makes two copies one saying: a hash of network, author, reader or room, and folded text.
pub(super) type Key = u64;

/// Things said within the last minute.
#[derive(Debug, Default)]
pub(super) struct Sayings {
    said: BTreeMap<Key, Vec<u64>>,
    groups: BTreeMap<u64, Group>,
    age: VecDeque<u64>,
    /// Keys of all groups.
    keys: usize,
    next: u64,
}

#[derive(Debug)]
struct Group {
    at: Time,
    id: String,
    keys: Vec<Key>,
    flows: Vec<FlowId>,
    /// It was heard on its way to the service, which happens once.
    sent: bool,
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
    /// The id of a copy heard on `flow` at `at`: that of the oldest saying with one of its keys which
    /// this flow has not told yet, or `fresh`. Later copies may know it by `nameless` as well.
    pub(super) fn id(
        &mut self,
        mut keys: Vec<Key>,
        nameless: Option<Key>,
        flow: FlowId,
        leg: Leg,
        at: Time,
        fresh: impl FnOnce() -> String,
    ) -> String {
        self.expire(at);
        if leg == Leg::Direct {
            // Heard from program to program: there is no other leg.
            return fresh();
        }
        let sent = leg == Leg::ToServer;
        let open = |number: &&u64| {
            let group = self.groups.get(number);
            group.is_some_and(|group| !(group.flows.contains(&flow) || sent && group.sent))
        };
        // The numbers of one key ascend.
        let oldest = |key| self.said.get(key)?.iter().find(open).copied();
        let known = keys.iter().filter_map(oldest).min();
        if let Some(group) = known.and_then(|number| self.groups.get_mut(&number)) {
            group.sent |= sent;
            if group.flows.len() < FLOWS {
                group.flows.push(flow);
            }
            return group.id.clone();
        }
        let id = fresh();
        keys.extend(nameless);
        self.add(Group { at, id: id.clone(), keys, flows: vec![flow], sent });
        id
    }

    fn add(&mut self, group: Group) {
        let number = self.next;
        self.next += 1;
        for key in &group.keys {
            let numbers = self.said.entry(*key).or_default();
            if numbers.len() == ALIKE {
                numbers.remove(0);
            }
            numbers.push(number);
        }
        self.keys += group.keys.len();
        self.groups.insert(number, group);
        self.age.push_back(number);
    }

    fn expire(&mut self, now: Time) {
        while let Some(&number) = self.age.front() {
            let old = self.groups.get(&number).is_none_or(|group| now.since(group.at) > WINDOW);
            if !old && self.groups.len() < GROUPS && self.keys < KEYS {
                break;
            }
            self.age.pop_front();
            let Some(group) = self.groups.remove(&number) else { continue };
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
    fn ids(copies: &[(u64, Leg, i64)]) -> Vec<String> {
        let mut sayings = Sayings::default();
        let mut number = 0;
        copies
            .iter()
            .map(|(flow, leg, at)| {
                number += 1;
                sayings.id(vec![1], None, FlowId(*flow), *leg, Time::from_secs(*at), || {
                    number.to_string()
                })
            })
            .collect()
    }

    #[test]
    fn the_kth_copy_goes_with_the_kth() {
        use Leg::{FromServer, ToServer};
        assert_eq!(
            ids(&[
                (1, ToServer, 0),
                (1, ToServer, 1),
                (2, FromServer, 1),
                (2, FromServer, 2),
                (3, FromServer, 2),
                (2, FromServer, 3),
                (3, FromServer, 3),
            ]),
            ["1", "2", "1", "2", "1", "6", "2"]
        );
    }

    #[test]
    fn a_copy_that_names_nobody_goes_with_the_one_that_does() {
        let mut sayings = Sayings::default();
        let (named, nameless, others) = (1, 2, 3);
        let mut id = |keys: Vec<Key>, also, flow, leg, fresh: &str| {
            sayings.id(keys, also, FlowId(flow), leg, Time::from_secs(0), || fresh.to_owned())
        };
        assert_eq!(id(vec![named], Some(nameless), 1, Leg::ToServer, "a"), "a");
        assert_eq!(id(vec![nameless], None, 2, Leg::FromServer, "b"), "a");
        // Somebody else's saying is known by its author alone.
        assert_eq!(id(vec![others], Some(nameless), 3, Leg::ToServer, "c"), "c");
        assert_eq!(id(vec![nameless], None, 2, Leg::FromServer, "d"), "c");
        assert_eq!(id(vec![nameless], None, 2, Leg::FromServer, "e"), "e");
    }

    #[test]
    fn two_authors_flows_or_two_minutes_are_two_sayings() {
        use Leg::{FromServer, ToServer};
        assert_eq!(ids(&[(1, ToServer, 0), (2, ToServer, 1)]), ["1", "2"]);
        assert_eq!(ids(&[(1, ToServer, 0), (2, FromServer, 61)]), ["1", "2"]);
        assert_eq!(
            ids(&[(2, FromServer, 0), (1, ToServer, 1), (3, FromServer, 2)]),
            ["1", "1", "1"]
        );
    }
}
