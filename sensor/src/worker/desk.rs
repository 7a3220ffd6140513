//! What becomes of one packet in its shard.

use std::net::{IpAddr, SocketAddr};

use overhear_analysis::{FlowFacts, FlowId};
use overhear_dissectors::{Ends, Side, Transport};

use super::timers::{Timer, Timers};
use super::{Shard, book};
use crate::decode::{Datagram, Hops, Packet, Payload, Segment};
use crate::dispatch::{Parcel, Seen};
use crate::flow::{Flow, Found, Key, Syn};
use crate::notes::Notes;
use crate::talk::{is_known, spoken};
use crate::tcp::Seq;

/// A packet on its way through its shard.
pub(super) struct Desk<'a> {
    pub(super) shard: &'a mut Shard,
    pub(super) timers: &'a mut Timers,
    pub(super) buried: Option<&'a mut Vec<Key>>,
    pub(super) seen: Seen,
}

/// Where a packet came from and went to.
struct Route<'a> {
    packet: &'a Packet<'a>,
    hops: &'a Hops,
    source: (IpAddr, u16),
    dest: (IpAddr, u16),
    key: Key,
    ascending: bool,
}

impl Desk<'_> {
    pub(super) fn packet(&mut self, parcel: &Parcel<'_>, notes: &mut Notes<'_>) {
        match &parcel.packet.payload {
            Payload::Tcp(segment) => {
                notes.ledger.tcp += 1;
                notes.ledger.tcp_bytes += segment.data.len() as u64;
                let (from, to) = (segment.src_port, segment.dst_port);
                self.tcp(&route(parcel, from, to, Transport::Tcp), segment, notes);
            }
            Payload::Udp(datagram) => {
                notes.ledger.udp += 1;
                let (from, to) = (datagram.src_port, datagram.dst_port);
                self.udp(&route(parcel, from, to, Transport::Udp), datagram, notes);
            }
            Payload::Fragment(_) | Payload::Other(_) => notes.ledger.other += 1,
        }
    }

    fn tcp(&mut self, route: &Route<'_>, segment: &Segment<'_>, notes: &mut Notes<'_>) {
        let (seq, flags) = (Seq(segment.seq), segment.flags);
        let first = if flags.syn() { seq.plus(1) } else { seq };
        if flags.syn() {
            let syn = Syn { first, called: !flags.ack() };
            self.shard.syns.put(route.key.mix(route.ascending), syn);
            self.shard.flows.reopen(&route.key);
        }
        if segment.data.is_empty() && flags.syn() {
            // A flow begins with its first payload byte; this may be the whole of it.
            return;
        }
        let found = match self.shard.flows.find(&route.key) {
            Found::Flow(slot) if flags.rst() => {
                return self.reset(slot, route, seq, segment, notes);
            }
            Found::Flow(slot) if self.reopened(slot, first, route, segment) => {
                self.close(slot, notes);
                self.shard.flows.find(&route.key)
            }
            found => found,
        };
        let slot = match found {
            Found::Flow(slot) => slot,
            Found::Nobodys(_) => {
                notes.ledger.ignored += segment.data.len() as u64;
                return;
            }
            // What a reset carries is a remark to whoever debugs the connection (RFC 9293,
            // section 3.5.3), no part of the stream.
            Found::Place(_) if flags.rst() => {
                notes.ledger.after_end += segment.data.len() as u64;
                return;
            }
            Found::Place(_) if segment.data.is_empty() => return,
            Found::Place(hash) => self.begin(hash, route, notes),
        };
        let known = found == Found::Flow(slot);
        let Some(flow) = self.shard.flows.get(slot) else { return };
        let side = flow.side(route.ascending);
        // Data without the ACK bit is dropped by every receiver.
        if !flags.ack() && !flags.syn() && !segment.data.is_empty() && !flow.numberless() {
            if known {
                notes.ledger.outside_window += segment.data.len() as u64;
                return;
            }
            flow.distrust_numbers();
        }
        if !flow.deaf() && !segment.data.is_empty() {
            notes.ledger.bad_checksums += u64::from(route.packet.bad_checksum());
        }
        let now = self.seen.now;
        let mut tally = flow.segment(side, first, segment.data, flags.fin(), now, notes);
        if flags.ack() {
            tally = tally + flow.ack(side, Seq(segment.ack), now, notes);
        }
        if flow.complete() {
            tally = tally + flow.finish(now, notes);
        }
        if flow.nobodys() {
            tally.ignored += flow.drop_held();
            self.bury(slot, route.key);
        } else {
            self.watch(slot);
        }
        book(notes.ledger, tally);
    }

    /// Hears a reset.
    fn reset(
        &mut self,
        slot: u32,
        route: &Route<'_>,
        seq: Seq,
        segment: &Segment<'_>,
        notes: &mut Notes<'_>,
    ) {
        notes.ledger.after_end += segment.data.len() as u64;
        let Some(flow) = self.shard.flows.get(slot) else { return };
        let side = flow.side(route.ascending);
        if flow.half(side).near(seq) {
            flow.reset(self.seen.now);
            self.watch(slot);
        }
    }

    fn udp(&mut self, route: &Route<'_>, datagram: &Datagram<'_>, notes: &mut Notes<'_>) {
        let bytes = datagram.data.len() as u64;
        notes.ledger.udp_bytes += bytes;
        let slot = match self.shard.flows.find(&route.key) {
            Found::Flow(slot) => slot,
            Found::Nobodys(_) => {
                notes.ledger.ignored += bytes;
                return;
            }
            // Most datagrams are nobody's messaging, and begin nothing.
            Found::Place(_) if bytes == 0 || !route.spoken(datagram.data) => {
                notes.ledger.ignored += bytes;
                return;
            }
            Found::Place(hash) => self.begin(hash, route, notes),
        };
        notes.ledger.bad_checksums += u64::from(route.packet.bad_checksum());
        let Some(flow) = self.shard.flows.get(slot) else { return };
        flow.datagram(flow.side(route.ascending), datagram.data, self.seen.now, notes);
        if flow.nobodys() {
            self.bury(slot, route.key);
        } else {
            self.watch(slot);
        }
    }

    /// Whether payload in this segment belongs to a new connection on the old one's ports.
    fn reopened(
        &mut self,
        slot: u32,
        first: Seq,
        route: &Route<'_>,
        segment: &Segment<'_>,
    ) -> bool {
        let Some(flow) = self.shard.flows.get(slot) else { return false };
        let side = flow.side(route.ascending);
        let fits = !flow.over() && flow.half(side).near(first);
        if segment.data.is_empty() || fits {
            return false;
        }
        let opening = self.shard.syns.get(route.key.mix(route.ascending));
        opening.is_some_and(|syn| {
            syn.first == first || (0..1 << 20).contains(&first.offset_from(syn.first))
        })
    }

    /// Begins a flow with its first payload, at the place where none was found.
    fn begin(&mut self, hash: u64, route: &Route<'_>, notes: &mut Notes<'_>) -> u32 {
        while self.shard.flows.full() {
            let Some(idle) = self.shard.flows.idle() else { break };
            notes.ledger.struck += 1;
            self.close(idle, notes);
        }
        notes.ledger.flows += 1;
        let [mine, other] =
            [route.ascending, !route.ascending].map(|way| self.shard.syns.get(route.key.mix(way)));
        let calls = match (mine, other) {
            (Some(syn), _) => syn.called,
            (None, Some(syn)) => !syn.called,
            (None, None) => !serves(route.source, route.dest),
        };
        let (client, server) =
            if calls { (route.source, route.dest) } else { (route.dest, route.source) };
        let (client, server) = (SocketAddr::from(client), SocketAddr::from(server));
        let facts = FlowFacts {
            id: FlowId(self.seen.frame),
            ends: Ends { client, server },
            transport: route.key.transport(),
            app: None,
            via: route.hops.via(),
            vlan: route.hops.vlans(),
            began: self.seen.stamp.at,
        };
        let mut flow = Flow::new(route.key, facts, calls == route.ascending, mine.is_some());
        for (syn, ascending) in [(mine, route.ascending), (other, !route.ascending)] {
            if let Some(syn) = syn {
                self.shard.syns.clear(route.key.mix(ascending));
                let side = flow.side(ascending);
                flow.half(side).begin(syn.first);
            }
        }
        self.shard.flows.insert(hash, flow)
    }

    /// Keeps of a flow only that it is nobody's.
    fn bury(&mut self, slot: u32, key: Key) {
        self.shard.flows.bury(slot);
        if let Some(buried) = &mut self.buried {
            buried.push(key);
        }
    }

    /// Tells a flow to its end and forgets it.
    fn close(&mut self, slot: u32, notes: &mut Notes<'_>) {
        if let Some(mut flow) = self.shard.flows.remove(slot) {
            let tally = flow.finish(self.seen.now, notes);
            book(notes.ledger, tally);
        }
    }

    /// Sets a flow's timer.
    fn watch(&mut self, slot: u32) {
        if let Some(flow) = self.shard.flows.get(slot)
            && let Some(due) = flow.schedule()
        {
            let shard = u16::try_from(self.seen.shard).unwrap_or(u16::MAX);
            self.timers.set(Timer { at: due, flow: flow.id(), shard, slot });
        }
    }
}

impl Route<'_> {
    /// Both ends, where only the ports can tell who is the client, and whose this packet is.
    fn ends(&self) -> (Ends, Side) {
        let (source, dest) = (SocketAddr::from(self.source), SocketAddr::from(self.dest));
        if serves(self.source, self.dest) {
            (Ends { client: dest, server: source }, Side::Server)
        } else {
            (Ends { client: source, server: dest }, Side::Client)
        }
    }

    /// Whether a first datagram may begin a conversation somebody reads.
    fn spoken(&self, datagram: &[u8]) -> bool {
        let (ends, side) = self.ends();
        spoken(ends, side, datagram)
    }
}

fn route<'a>(parcel: &Parcel<'a>, from: u16, to: u16, transport: Transport) -> Route<'a> {
    let Parcel { packet, hops, .. } = *parcel;
    let (source, dest) = ((packet.src, from), (packet.dst, to));
    let (key, ascending) = Key::of(source, dest, transport, hops.tunnel());
    Route { packet, hops, source, dest, key, ascending }
}

/// Whether the source of a packet looks like the server, where no opening was heard: by the ports
/// protocols are known to use, then by the lower well-known port. Dissectors correct it.
fn serves(source: (IpAddr, u16), dest: (IpAddr, u16)) -> bool {
    let rank = |port: u16| (!is_known(port), port >= 1024);
    rank(source.1) < rank(dest.1)
}
