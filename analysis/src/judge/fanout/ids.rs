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
#[derive(Clone, Debug, Default)]
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

/// A room as one comes into it, in 32 bits: every account keeps one.
pub(super) fn door(network: &str, name: &str) -> Id {
    let room = room(network, name);
    Id::from((room ^ room >> 32) as u32)
}

/// A piece of text in a domain of its own.
pub(super) fn text(domain: &str, text: &str) -> Id {
    let parts = [domain.as_bytes(), &[0], text.as_bytes()];
    if let Some((kept, len)) = joined(parts) {
        return SipHasher13::new().hash(kept.get(..len).unwrap_or_default());
    }
    let mut hasher = SipHasher13::new();
    parts.iter().for_each(|part| hasher.write(part));
    hasher.finish()
}

/// Two numbers as one.
pub(super) fn pair(one: Id, other: Id) -> Id {
    mix(mix(one) ^ other.rotate_left(17))
}

/// A network and a name in lower case, in a domain of their own.
fn number(domain: &[u8], network: &str, name: &str) -> Id {
    let short = joined([domain, network.as_bytes(), &[0], name.as_bytes()]);
    if let Some((mut kept, len)) = short.filter(|(kept, _)| kept.is_ascii()) {
        kept.make_ascii_lowercase();
        return SipHasher13::new().hash(kept.get(..len).unwrap_or_default());
    }
    let mut hasher = SipHasher13::new();
    hasher.write(domain);
    fold(&mut hasher, network);
    hasher.write(&[0]);
    fold(&mut hasher, name);
    hasher.finish()
}

/// Bytes that are hashed at once. Nearly all names are shorter.
const SHORT: usize = 64;

/// The parts behind one another where they are short, and how long they are together.
#[inline]
fn joined<const N: usize>(parts: [&[u8]; N]) -> Option<([u8; SHORT], usize)> {
    let (mut kept, mut len) = ([0; SHORT], 0);
    for part in parts {
        kept.get_mut(len..)?.get_mut(..part.len())?.copy_from_slice(part);
        len += part.len();
    }
    Some((kept, len))
}

/// Adds a name in lower case, without making one.
fn fold(hasher: &mut SipHasher13, name: &str) {
    let mut kept = [0; SHORT];
    if !name.is_ascii() {
        for letter in name.chars().flat_map(char::to_lowercase) {
            hasher.write(&u32::from(letter).to_le_bytes());
        }
        return;
    }
    for part in name.as_bytes().chunks(SHORT) {
        let Some(room) = kept.get_mut(..part.len()) else { return };
        room.copy_from_slice(part);
        room.make_ascii_lowercase();
        hasher.write(room);
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
