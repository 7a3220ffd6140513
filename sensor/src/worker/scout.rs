//! What packets that are soon to come will need.
//!
//! A packet of some flow among many finds little of what it needs in the processor's caches, and each
//! step it waits for leads to the next: the index, the slot, the flow. Some packets before its turn
//! the first of them is fetched, a little later the second, then the third, so that they arrive while
//! other packets are being read. Nothing depends on whether what was fetched was the right thing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use overhear_dissectors::Transport;

use super::Shard;
use crate::decode::{Hop, Hops, Packet, Payload};
use crate::flow::Key;
use crate::frame::Link;
use crate::shard::shard;

/// Packets that are being looked ahead to.
#[derive(Debug, Default)]
pub(super) struct Scout {
    ahead: [Option<Step>; STEPS],
    next: usize,
    /// Openings heard when it was last asked whether it is of use.
    openings: u64,
}

/// How far one of them has got.
#[derive(Clone, Copy, Debug)]
enum Step {
    Index { shard: usize, hash: u64 },
    Slot { shard: usize, slot: u32 },
}

/// Packets between a step and the next.
const STRIDE: usize = 2;
const STEPS: usize = 2 * STRIDE + 1;
/// Packets to look ahead: the last step comes a stride before a packet's turn.
pub(crate) const LEAD: usize = 3 * STRIDE;

/// What tells the flow of a packet to come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Head {
    source: (IpAddr, u16),
    dest: (IpAddr, u16),
    transport: Transport,
    tunnel: Option<Hop>,
    syn: bool,
}

/// Flows whose state does not stay in a processor's caches.
const MANY: usize = 1 << 14;
/// Openings between two questions that find their table elsewhere.
const FLOOD: u64 = 256;

impl Scout {
    /// Whether it is worth while to look ahead for the next thousand packets. It is not while all that
    /// packets need stays in the caches anyway.
    pub(super) fn is_needed(&mut self, shards: &[Option<Box<Shard>>]) -> bool {
        let shards = || shards.iter().flatten();
        let openings = shards().map(|shard| shard.syns.heard()).sum();
        let before = std::mem::replace(&mut self.openings, openings);
        openings - before > FLOOD || shards().map(|shard| shard.flows.live()).sum::<usize>() > MANY
    }

    /// Hears of the next packet; nothing when it has no flow, or none that is easily told.
    pub(super) fn look(&mut self, head: Option<&Head>, shards: &[Option<Box<Shard>>]) {
        let owner = |shard: usize| shards.get(shard).and_then(Option::as_ref);
        let back = |by: usize| (self.next + STEPS - by) % STEPS;
        let (second, third) = (back(STRIDE), back(2 * STRIDE));
        if let Some(Some(Step::Slot { shard, slot })) = self.ahead.get(third)
            && let Some(shard) = owner(*shard)
        {
            shard.flows.fetch_flow(*slot);
        }
        if let Some(place) = self.ahead.get_mut(second)
            && let Some(Step::Index { shard, hash }) = *place
        {
            let slot = owner(shard).and_then(|owner| owner.flows.fetch_slot(hash));
            *place = slot.map(|slot| Step::Slot { shard, slot });
        }
        if let Some(place) = self.ahead.get_mut(self.next) {
            *place = head.and_then(|head| head.fetch(shards));
        }
        self.next = (self.next + 1) % STEPS;
    }
}

impl Head {
    fn fetch(&self, shards: &[Option<Box<Shard>>]) -> Option<Step> {
        let number = shard(self.source.0, self.dest.0);
        let shard = shards.get(number)?.as_ref()?;
        let (key, ascending) = Key::of(self.source, self.dest, self.transport, self.tunnel);
        if self.syn {
            shard.syns.fetch(key.mix(ascending));
            return None;
        }
        Some(Step::Index { shard: number, hash: shard.flows.fetch(&key) })
    }

    /// That of a packet.
    pub(crate) fn of(packet: &Packet<'_>, hops: &Hops) -> Option<Self> {
        let (from, to, transport, syn) = match &packet.payload {
            Payload::Tcp(it) => (it.src_port, it.dst_port, Transport::Tcp, it.flags.syn()),
            Payload::Udp(it) => (it.src_port, it.dst_port, Transport::Udp, false),
            Payload::Fragment(_) | Payload::Other(_) => return None,
        };
        let (source, dest) = ((packet.src, from), (packet.dst, to));
        Some(Self { source, dest, transport, tunnel: hops.tunnel(), syn })
    }

    /// That of a frame which carries a packet wrapped in nothing but Ethernet, as nearly all do.
    pub(crate) fn peek(link: Link, data: &[u8]) -> Option<Self> {
        if link != Link::ETHERNET {
            return None;
        }
        let (protocol, source, dest, rest) = match data.get(12..14)? {
            [0x08, 0x00] => v4(data.get(14..)?)?,
            [0x86, 0xdd] => v6(data.get(14..)?)?,
            _ => return None,
        };
        let (ports, _) = rest.split_first_chunk::<4>()?;
        let [a, b, c, d] = *ports;
        let (transport, syn) = match protocol {
            6 => (Transport::Tcp, rest.get(13)? & 2 > 0),
            17 => (Transport::Udp, false),
            _ => return None,
        };
        let (from, to) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        Some(Self { source: (source, from), dest: (dest, to), transport, tunnel: None, syn })
    }
}

/// Protocol, source, destination and payload of an IPv4 packet that is no fragment.
fn v4(packet: &[u8]) -> Option<(u8, IpAddr, IpAddr, &[u8])> {
    let (header, _) = packet.split_first_chunk::<20>()?;
    let [version, _, _, _, _, _, high, low, _, protocol, _, _, addresses @ ..] = *header;
    let (source, dest) = addresses.split_first_chunk::<4>()?;
    let source = Ipv4Addr::from(*source);
    let dest = Ipv4Addr::from(*dest.first_chunk::<4>()?);
    // Neither an offset nor more fragments.
    if u16::from_be_bytes([high, low]) << 2 != 0 {
        return None;
    }
    let rest = packet.get(usize::from(version & 0xf) * 4..)?;
    Some((protocol, source.into(), dest.into(), rest))
}

/// The same of an IPv6 packet without extensions.
fn v6(packet: &[u8]) -> Option<(u8, IpAddr, IpAddr, &[u8])> {
    let (start, rest) = packet.split_first_chunk::<8>()?;
    let (source, rest) = rest.split_first_chunk::<16>()?;
    let (dest, rest) = rest.split_first_chunk::<16>()?;
    let [.., protocol, _] = *start;
    Some((protocol, Ipv6Addr::from(*source).into(), Ipv6Addr::from(*dest).into(), rest))
}

#[cfg(test)]
mod tests {
    use overhear_testdata::Dialogue;
    use overhear_testdata::frames::{Wire, frames};

    use super::*;
    use crate::decode::{Decoded, decode};

    /// The short way leads to where the long one does.
    #[test]
    fn a_peek_tells_what_decoding_tells() {
        let ends = ["10.0.0.9:4000 10.0.0.2:6667", "[2001:db8::9]:4000 [2001:db8::2]:6667"];
        let transports = [("tcp", Transport::Tcp), ("udp", Transport::Udp)];
        for (ends, (name, transport)) in
            ends.iter().flat_map(|ends| transports.map(|it| (ends, it)))
        {
            let text = format!("# origin: RFC 2812\n# ends: {ends} {name}\n>>> NICK ann\\r\\n\n");
            let (dialogue, mut hops) = (Dialogue::parse(&text).unwrap(), Hops::default());
            let frames = frames(&dialogue, &Wire::default());
            let mut openings = 0;
            for frame in &frames {
                let len = u32::try_from(frame.bytes.len()).unwrap();
                let Decoded::Packet(packet) = decode(Link::ETHERNET, &frame.bytes, len, &mut hops)
                else {
                    panic!("not a packet")
                };
                let head = Head::of(&packet, &hops).expect("a head");
                assert_eq!(Head::peek(Link::ETHERNET, &frame.bytes), Some(head));
                assert_eq!(head.transport, transport);
                openings += usize::from(head.syn);
            }
            assert_eq!(openings, if transport == Transport::Tcp { 2 } else { 0 });
        }
        assert_eq!(Head::peek(Link::RAW, &[0x45; 60]), None);
    }
}
