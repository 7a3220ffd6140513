//! Accounts as numbers.
//!
//! An account is a network and a name, folded; whoever changes their nickname stays who they were.
//! A finding names people as the event did, never by these numbers. They are the same in every run, so that
//! what is remembered of an account finds it again.

use std::hash::Hasher as _;

use overhear_dissectors::event::RoomOp;
use siphasher::sip::SipHasher13;

use super::table::Table;
use crate::content::near::mix;
use crate::told::Room;

/// An account, a room or a key of content.
pub(super) type Id = u64;

/// Changed nicknames, each leading to the account it belongs to.
#[derive(Debug, Default)]
pub(super) struct Ids {
    now: Table<Id>,
}

/// Changed names remembered; further changes start somebody new.
const NAMES: usize = 1 << 16;

impl Ids {
    /// The account that goes by `name` now.
    pub(super) fn account(&self, network: &str, name: &str) -> Id {
        let id = account(network, name);
        if self.now.is_empty() { id } else { self.now.get(&id).copied().unwrap_or(id) }
    }

    /// A nickname was changed or given up.
    pub(super) fn hear(&mut self, room: &Room) {
        match (room.op, &room.text) {
            (RoomOp::Nick, Some(new)) => {
                let who = self.account(&room.network, &room.account);
                let (old, new) =
                    (account(&room.network, &room.account), account(&room.network, new));
                // Whoever takes the old name next is somebody else.
                self.lead(old, pair(old, who.wrapping_add(1)));
                self.lead(new, who);
            }
            (RoomOp::Quit, _) => {
                self.now.remove(&account(&room.network, &room.account));
            }
            _ => {}
        }
    }

    /// From now on `name` is `who`.
    fn lead(&mut self, name: Id, who: Id) {
        if name == who {
            self.now.remove(&name);
        } else if self.now.len() < NAMES || self.now.contains_key(&name) {
            self.now.insert(name, who);
        }
    }
}

fn account(network: &str, name: &str) -> Id {
    number(b"account\0", network, name)
}

/// A room of a network.
pub(super) fn room(network: &str, name: &str) -> Id {
    number(b"room\0", network, name)
}

/// A piece of text in a domain of its own.
pub(super) fn text(domain: &str, text: &str) -> Id {
    let mut hashed = Hashed::default();
    hashed.add(domain.as_bytes());
    hashed.add(&[0]);
    hashed.add(text.as_bytes());
    hashed.finish()
}

/// Two numbers as one.
pub(super) fn pair(one: Id, other: Id) -> Id {
    mix(mix(one) ^ other.rotate_left(17))
}

fn number(domain: &[u8], network: &str, name: &str) -> Id {
    let mut hashed = Hashed::default();
    hashed.add(domain);
    hashed.fold(network);
    hashed.add(&[0]);
    hashed.fold(name);
    hashed.finish()
}

/// A hasher that is given its pieces at once: names are short, and so are the pieces.
struct Hashed {
    hasher: Option<SipHasher13>,
    kept: [u8; 64],
    len: usize,
}

impl Default for Hashed {
    fn default() -> Self {
        Self { hasher: None, kept: [0; 64], len: 0 }
    }
}

impl Hashed {
    #[inline]
    fn add(&mut self, bytes: &[u8]) {
        if let Some(room) = self.room(bytes.len()) {
            room.copy_from_slice(bytes);
        } else {
            self.add_any(bytes);
        }
    }

    #[cold]
    fn add_any(&mut self, bytes: &[u8]) {
        self.flush();
        match self.room(bytes.len()) {
            Some(room) => room.copy_from_slice(bytes),
            None => self.hasher.get_or_insert_default().write(bytes),
        }
    }

    /// Adds a name in lower case, without making one.
    #[inline]
    fn fold(&mut self, name: &str) {
        if name.is_ascii()
            && let Some(room) = self.room(name.len())
        {
            for (folded, byte) in room.iter_mut().zip(name.bytes()) {
                *folded = byte.to_ascii_lowercase();
            }
        } else {
            self.fold_any(name);
        }
    }

    #[cold]
    fn fold_any(&mut self, name: &str) {
        for letter in name.chars().flat_map(char::to_lowercase) {
            // One byte a letter where all are of one byte.
            let letter = u32::from(letter).to_le_bytes();
            self.add(if name.is_ascii() { letter.get(..1).unwrap_or_default() } else { &letter });
        }
    }

    /// The next bytes of what is kept, where there are as many.
    #[inline]
    fn room(&mut self, bytes: usize) -> Option<&mut [u8]> {
        let room = self.kept.get_mut(self.len..)?.get_mut(..bytes)?;
        self.len += bytes;
        Some(room)
    }

    fn flush(&mut self) {
        let kept = self.kept.get(..self.len).unwrap_or_default();
        self.hasher.get_or_insert_default().write(kept);
        self.len = 0;
    }

    #[inline]
    fn finish(mut self) -> Id {
        let kept = self.kept.get(..self.len).unwrap_or_default();
        match &mut self.hasher {
            None => SipHasher13::new().hash(kept),
            Some(hasher) => {
                hasher.write(kept);
                hasher.finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nick(from: &str, to: &str) -> Room {
        Room {
            network: "irc:x".into(),
            room: None,
            account: from.into(),
            by: None,
            op: RoomOp::Nick,
            text: Some(to.into()),
        }
    }

    #[test]
    fn a_number_is_the_same_however_its_pieces_fall() {
        for letters in [1, 40, 60, 64, 65, 200] {
            let name = "aB".repeat(letters);
            let mut whole = b"account\0irc:x\0".to_vec();
            whole.extend(name.to_ascii_lowercase().bytes());
            assert_eq!(account("irc:X", &name), SipHasher13::new().hash(&whole), "{letters}");
            assert_eq!(text("t", &name), SipHasher13::new().hash(format!("t\0{name}").as_bytes()));
        }
        assert_eq!(account("aim", "ÜSER"), account("aim", "üser"));
    }

    #[test]
    fn a_new_name_is_the_same_account_and_the_old_one_is_free() {
        let mut ids = Ids::default();
        let alice = ids.account("irc:x", "Alice");
        assert_eq!(alice, ids.account("irc:X", "aLICE"));
        assert_ne!(alice, ids.account("irc:y", "alice"));
        ids.hear(&nick("alice", "alice2"));
        ids.hear(&nick("alice2", "alice3"));
        assert_eq!(ids.account("irc:x", "alice3"), alice);
        assert_ne!(ids.account("irc:x", "alice2"), alice);
        ids.hear(&nick("alice3", "alice"));
        assert_eq!(ids.account("irc:x", "alice"), alice);
    }
}
