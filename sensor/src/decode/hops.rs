//! What a packet was wrapped in, outermost first.

use std::fmt;

/// One encapsulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hop {
    /// A VLAN tag, by its identifier.
    Vlan(u16),
    /// An MPLS label.
    Mpls(u32),
    /// A `PPPoE` session.
    Pppoe(u16),
    /// An IP packet in an IP packet, by the versions of both.
    Nested {
        /// Version of the packet within.
        inner: u8,
        /// Version of the packet around it.
        outer: u8,
    },
    /// GRE, with its key if it has one.
    Gre(Option<u32>),
    /// GRE as PPTP uses it, by the call of the receiver.
    Pptp(u16),
    /// NVGRE, by its virtual subnet.
    Nvgre(u32),
    /// A mirrored frame: the type of ERSPAN (1 to 3), and its session, which type 1 does not tell.
    Erspan(u8, u16),
    /// VXLAN, by its network identifier.
    Vxlan(u32),
    /// VXLAN with a protocol field, by its network identifier.
    VxlanGpe(u32),
    /// GENEVE, by its network identifier.
    Geneve(u32),
    /// GTP-U, by the tunnel endpoint of the receiver.
    Gtp(u32),
    /// L2TP, by the session of the receiver.
    L2tp(u32),
    /// A backbone bridge's tag, by its service.
    Pbb(u32),
    /// A mirrored frame as Tazmen Sniffer Protocol.
    Tzsp,
    /// IPv6 through the UDP of an IPv4 network.
    Teredo,
}

/// As `via` names it: `vlan:10`, `erspan2:100`, `6in4`.
impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vlan(id) => write!(f, "vlan:{id}"),
            Self::Mpls(label) => write!(f, "mpls:{label}"),
            Self::Pppoe(session) => write!(f, "pppoe:{session}"),
            Self::Nested { inner, outer } => write!(f, "{inner}in{outer}"),
            Self::Gre(None) => f.write_str("gre"),
            Self::Gre(Some(key)) => write!(f, "gre:{key}"),
            Self::Nvgre(subnet) => write!(f, "nvgre:{subnet}"),
            Self::Pptp(call) => write!(f, "pptp:{call}"),
            Self::Erspan(1, _) => f.write_str("erspan1"),
            Self::Erspan(kind, session) => write!(f, "erspan{kind}:{session}"),
            Self::Vxlan(vni) => write!(f, "vxlan:{vni}"),
            Self::VxlanGpe(vni) => write!(f, "vxlan-gpe:{vni}"),
            Self::Geneve(vni) => write!(f, "geneve:{vni}"),
            Self::Gtp(teid) => write!(f, "gtp:{teid}"),
            Self::L2tp(session) => write!(f, "l2tp:{session}"),
            Self::Pbb(service) => write!(f, "pbb:{service}"),
            Self::Tzsp => f.write_str("tzsp"),
            Self::Teredo => f.write_str("teredo"),
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

    /// How many there are.
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Keeps the outermost `len`.
    pub fn truncate(&mut self, len: usize) {
        let before = self.len();
        for place in self.room.iter_mut().take(before).skip(len) {
            *place = FILLER;
            self.len -= 1;
        }
    }

    /// Goes through them, outermost first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Hop> {
        self.room.iter().take(usize::from(self.len)).copied()
    }

    /// Whether the frame carried the packet plainly.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The innermost tunnel that tells equal addresses apart, as an overlay's network does.
    ///
    /// Not all do: a mirror port tags one direction only, labels, calls and endpoints are the
    /// receiver's, so that the two directions of a flow differ in them.
    pub fn tunnel(&self) -> Option<Hop> {
        if self.is_empty() {
            return None;
        }
        self.iter().rfind(|hop| {
            matches!(
                hop,
                Hop::Pppoe(_)
                    | Hop::Gre(Some(_))
                    | Hop::Nvgre(_)
                    | Hop::Vxlan(_)
                    | Hop::VxlanGpe(_)
                    | Hop::Geneve(_)
                    | Hop::Pbb(_)
            )
        })
    }

    /// The VLAN identifiers, outermost first.
    pub fn vlans(&self) -> Vec<u16> {
        let vlan = |hop| if let Hop::Vlan(id) = hop { Some(id) } else { None };
        self.iter().filter_map(vlan).collect()
    }

    /// All of them as `via` names them.
    pub fn via(&self) -> Vec<String> {
        self.iter().map(|hop| hop.to_string()).collect()
    }
}

/// What stands where nothing is.
const FILLER: Hop = Hop::Teredo;

impl Default for Hops {
    fn default() -> Self {
        Self { len: 0, room: [FILLER; Self::MAX] }
    }
}

impl fmt::Debug for Hops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
