//! What a packet was wrapped in, outermost first.

use std::fmt;

/// One encapsulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hop {
    /// A VLAN tag, by its identifier.
    Vlan(u16),
}

/// As `via` names it: `vlan:10`.
impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vlan(id) => write!(f, "vlan:{id}"),
        }
    }
}

/// The encapsulations of a packet, outermost first, in a fixed room.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hops {
    len: u8,
    room: [Hop; Self::MAX],
}

// Behind `len` the room always holds the filler, so that derived comparisons are right.
impl Hops {
    /// How many there can be.
    pub const MAX: usize = 8;

    /// Adds one at the inner end; false when there is no more room.
    #[must_use]
    pub fn push(&mut self, hop: Hop) -> bool {
        let Some(place) = self.room.get_mut(usize::from(self.len)) else { return false };
        *place = hop;
        self.len += 1;
        true
    }

    /// Goes through them, outermost first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Hop> {
        self.room.iter().take(usize::from(self.len)).copied()
    }

    /// Whether the frame carried the packet plainly.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The innermost tunnel, which tells equal addresses apart. VLAN tags do not: a mirror port
    /// often tags one direction only.
    pub fn tunnel(&self) -> Option<Hop> {
        self.iter().rfind(|hop| !matches!(hop, Hop::Vlan(_)))
    }

    /// The VLAN identifiers, outermost first.
    pub fn vlans(&self) -> Vec<u16> {
        #[expect(clippy::unnecessary_filter_map, reason = "there are other hops than VLAN tags")]
        self.iter()
            .filter_map(|hop| match hop {
                Hop::Vlan(id) => Some(id),
            })
            .collect()
    }

    /// All of them as `via` names them.
    pub fn via(&self) -> Vec<String> {
        self.iter().map(|hop| hop.to_string()).collect()
    }
}

impl Default for Hops {
    fn default() -> Self {
        Self { len: 0, room: [Hop::Vlan(0); Self::MAX] }
    }
}

impl fmt::Debug for Hops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
