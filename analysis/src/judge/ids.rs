//! Accounts as numbers.
//!
//! An account is a network and a name, folded. A finding names people as the event did, never by these
//! numbers. They are the same in every run, so that what is remembered of an account finds it again.

use std::hash::Hasher as _;

use hashbrown::HashMap;
use siphasher::sip::SipHasher13;

use crate::content::near::mix;

/// An account, a room or a key of content.
pub(super) type Id = u64;

/// A map by number. It is seeded anew in every run, so that nobody can aim at its buckets, and
/// nothing ever walks through it in its own order.
pub(super) type Table<V> = HashMap<Id, V, foldhash::fast::RandomState>;

/// The account of a network that goes by a name, as long as nobody changed theirs.
pub(super) fn account(network: &str, name: &str) -> Id {
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
}
