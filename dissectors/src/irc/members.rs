//! Who is in which room, as far as this flow told.

use std::collections::{BTreeMap, BTreeSet};

use super::names::LONGEST;

/// Members by folded room and folded nickname, at most [`MEMBERS`] in [`ROOMS`].
#[derive(Debug, Default)]
pub(super) struct Members {
    rooms: BTreeMap<String, BTreeSet<String>>,
    count: usize,
}

impl Members {
    /// Somebody is in a room; true when that is news. When the table is full everything is news.
    pub(super) fn join(&mut self, room: &str, nick: &str) -> bool {
        if room.len().max(nick.len()) > LONGEST {
            return true;
        }
        let full = self.rooms.len() >= ROOMS && !self.rooms.contains_key(room);
        if full || self.count >= MEMBERS {
            return self.rooms.get(room).is_none_or(|members| !members.contains(nick));
        }
        let new = self.rooms.entry(room.to_owned()).or_default().insert(nick.to_owned());
        self.count += usize::from(new);
        new
    }

    /// Somebody left a room.
    pub(super) fn part(&mut self, room: &str, nick: &str) {
        if let Some(members) = self.rooms.get_mut(room) {
            self.count -= usize::from(members.remove(nick));
            if members.is_empty() {
                self.rooms.remove(room);
            }
        }
    }

    /// The client itself left a room: nothing more is heard of it.
    pub(super) fn forget(&mut self, room: &str) {
        let gone = self.rooms.remove(room).map_or(0, |members| members.len());
        self.count = self.count.saturating_sub(gone);
    }

    /// Somebody left the network.
    pub(super) fn quit(&mut self, nick: &str) {
        let mut gone = 0;
        self.rooms.retain(|_, members| {
            gone += usize::from(members.remove(nick));
            !members.is_empty()
        });
        self.count = self.count.saturating_sub(gone);
    }

    /// Somebody changed their name.
    pub(super) fn rename(&mut self, old: &str, new: &str) {
        for members in self.rooms.values_mut() {
            if members.remove(old) && !members.insert(new.to_owned()) {
                self.count = self.count.saturating_sub(1);
            }
        }
    }
}

const MEMBERS: usize = 20_000;
/// Every departure looks into every room, so there are few.
const ROOMS: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_news_once_until_gone() {
        let mut members = Members::default();
        assert!(members.join("#a", "ann"));
        assert!(!members.join("#a", "ann"));
        members.rename("ann", "bea");
        assert!(!members.join("#a", "bea"));
        members.quit("bea");
        assert!(members.join("#a", "bea"));
        members.forget("#a");
        assert_eq!(members.count, 0);
    }

    #[test]
    fn a_flood_of_names_is_not_kept() {
        let mut members = Members::default();
        for number in 0..MEMBERS + 100 {
            assert!(members.join(&format!("#{}", number % (ROOMS + 10)), &format!("n{number}")));
        }
        assert!(members.count <= MEMBERS && members.rooms.len() <= ROOMS);
        assert!(members.join(&"#".repeat(LONGEST + 1), "ann"));
        assert!(members.rooms.len() <= ROOMS);
    }
}
