//! What a packet is worth as evidence, when not all can be kept.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use overhear_dissectors::Transport;

use crate::decode::Payload;
use crate::dispatch::Parcel;
use crate::flow::Key;

/// What would be lost with a packet, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Worth {
    /// Nothing: its conversation is known not to be messaging.
    Nobodys,
    /// A part of a conversation that is past its beginning.
    Known,
    /// Who signs on, and with what secret: the beginning of a conversation.
    Beginning,
}

/// What is known of conversations, in a table of fixed size. A later one may take an older one's
/// place; that one then counts as beginning again.
#[derive(Debug)]
pub(crate) struct Worths {
    slots: Box<[Slot]>,
    state: RandomState,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    tag: u32,
    /// Payload bytes of both sides so far, or [`NOBODYS`].
    heard: u32,
}

const SLOTS: usize = 1 << 18;
const NOBODYS: u32 = u32::MAX;
/// Bytes of a conversation within which every messenger has signed on.
const BEGINNING: u32 = 16 << 10;

impl Default for Worths {
    fn default() -> Self {
        let slots = vec![Slot::default(); SLOTS].into_boxed_slice();
        Self { slots, state: RandomState::default() }
    }
}

impl Worths {
    /// What a packet is worth; it is remembered as heard.
    pub(crate) fn of(&mut self, parcel: &Parcel<'_>) -> Worth {
        let packet = parcel.packet;
        let (ports, transport, bytes, opens) = match &packet.payload {
            Payload::Tcp(tcp) => {
                ((tcp.src_port, tcp.dst_port), Transport::Tcp, tcp.data.len(), tcp.flags.syn())
            }
            Payload::Udp(udp) => {
                ((udp.src_port, udp.dst_port), Transport::Udp, udp.data.len(), false)
            }
            Payload::Fragment(_) | Payload::Other(_) => return Worth::Known,
        };
        let ends = ((packet.src, ports.0), (packet.dst, ports.1));
        let (key, _) = Key::of(ends.0, ends.1, transport, parcel.hops.tunnel());
        let tag = self.tag(&key);
        let Some(slot) = self.slots.get_mut(place(tag)) else { return Worth::Known };
        if slot.tag != short(tag) || opens {
            *slot = Slot { tag: short(tag), heard: 0 };
        }
        if slot.heard == NOBODYS {
            return Worth::Nobodys;
        }
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        slot.heard = slot.heard.saturating_add(bytes).min(NOBODYS - 1);
        if slot.heard <= BEGINNING { Worth::Beginning } else { Worth::Known }
    }

    /// Hears that a conversation is not messaging.
    pub(crate) fn bury(&mut self, key: Key) {
        let tag = self.tag(&key);
        if let Some(slot) = self.slots.get_mut(place(tag)) {
            *slot = Slot { tag: short(tag), heard: NOBODYS };
        }
    }

    fn tag(&self, key: &Key) -> u64 {
        self.state.hash_one(key)
    }
}

fn place(tag: u64) -> usize {
    (tag >> 32) as usize % SLOTS
}

/// Never that of an empty slot.
fn short(tag: u64) -> u32 {
    tag as u32 | 1
}
