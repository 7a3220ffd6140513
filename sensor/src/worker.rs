//! A worker: it owns whole shards, and everything in them.
//!
//! [`Worker::step`] is a pure function of its inputs: no ring, no thread, no clock. All state that
//! is bounded belongs to one of [`SHARDS`] shards, which a packet's address pair decides, so that
//! what a struck budget costs is the same for any number of workers.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use overhear_analysis::told::Ledger;
use overhear_analysis::{FlowFacts, FlowId, Record, Time};
use overhear_dissectors::{Ends, PROTOCOLS, Transport};

use crate::decode::{Datagram, Decoded, Packet, Payload, Segment, decode, whole};
use crate::defrag::{Defrag, Defragged, Limits, Whole};
use crate::flow::{Flow, Key, Syn, Syns, Table};
use crate::frame::Frame;
use crate::notes::Notes;
use crate::shard::{SHARDS, shard};
use crate::tcp::{Seq, Tally};

/// What a worker is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input<'a> {
    /// A frame of one of its shards.
    Frame(Frame<'a>, Time),
    /// Time has passed; the next frame anywhere will have the number `before`.
    Tick {
        /// Number of the next frame.
        before: u64,
        /// The time now.
        at: Time,
    },
    /// Nothing more will come.
    Stop {
        /// The time at the end.
        at: Time,
    },
}

/// One worker.
#[derive(Debug)]
pub(crate) struct Worker {
    shards: Vec<Option<Box<Shard>>>,
    timers: BTreeSet<(Time, FlowId, usize, u32)>,
    ledger: Ledger,
    flows: usize,
}

/// The state of one shard.
#[derive(Debug)]
struct Shard {
    flows: Table,
    syns: Syns,
    defrag: Defrag,
}

impl Worker {
    /// A worker whose shards hold so many flows each.
    pub(crate) fn new(flows: usize) -> Self {
        let shards = (0..SHARDS).map(|_| None).collect();
        Self { shards, timers: BTreeSet::new(), ledger: Ledger::default(), flows }
    }

    /// What it has counted.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Takes one input; what it makes known goes to `sink`, in order.
    pub(crate) fn step(&mut self, input: Input<'_>, sink: &mut dyn FnMut(Record)) {
        match input {
            Input::Frame(frame, now) => self.frame(&frame, now, sink),
            Input::Tick { before, at } => self.tick(before, at, sink),
            Input::Stop { at } => self.stop(at, sink),
        }
    }

    fn frame(&mut self, frame: &Frame<'_>, now: Time, sink: &mut dyn FnMut(Record)) {
        let mut notes = Notes::frame(frame.seq, frame.stamp, &mut self.ledger, sink);
        match decode(frame.link, frame.data, frame.wire_len) {
            Decoded::NonIp => notes.ledger.non_ip += 1,
            Decoded::Malformed(name) => {
                notes.ledger.malformed += 1;
                notes.odd(name, format!("{} bytes", frame.data.len()));
            }
            Decoded::Packet(packet) => {
                let number = shard(packet.src, packet.dst);
                let Some(place) = self.shards.get_mut(number) else { return };
                let shard = place.get_or_insert_with(|| Box::new(Shard::new(self.flows)));
                let mut desk =
                    Desk { shard, timers: &mut self.timers, number, frame: frame.seq, now };
                desk.packet(&packet, &mut notes);
            }
        }
    }

    /// Acts on every timer due at `at`, in the order of deadlines and flows.
    fn tick(&mut self, before: u64, at: Time, sink: &mut dyn FnMut(Record)) {
        while let Some(timer) = self.timers.first().copied().filter(|timer| timer.0 <= at) {
            self.timers.pop_first();
            let (deadline, id, number, slot) = timer;
            let Some(Some(shard)) = self.shards.get_mut(number) else { continue };
            let Some(flow) = shard.flows.same(slot, id) else { continue };
            flow.unschedule(deadline);
            if flow.deadline() <= at {
                let mut notes = Notes::timer(before, deadline, &mut self.ledger, sink);
                let late = flow.over();
                let (tally, gone) = flow.tick(at, &mut notes);
                book(notes.ledger, tally);
                if gone {
                    shard.flows.remove(slot);
                    debug_assert!(late || deadline <= at);
                    continue;
                }
            }
            if let Some(due) = flow.schedule() {
                self.timers.insert((due, id, number, slot));
            }
        }
    }

    fn stop(&mut self, at: Time, sink: &mut dyn FnMut(Record)) {
        let mut flows: Vec<_> =
            self.shards.iter_mut().flatten().flat_map(|shard| shard.flows.drain()).collect();
        flows.sort_by_key(Flow::id);
        for mut flow in flows {
            let tally = flow.finish(at, &mut Notes::stop(&mut self.ledger, sink));
            book(&mut self.ledger, tally);
        }
        self.timers.clear();
    }
}

impl Shard {
    fn new(flows: usize) -> Self {
        Self { flows: Table::new(flows), syns: Syns::default(), defrag: Defrag::new(FRAGMENTS) }
    }
}

/// What a shard keeps of packets that are not whole.
const FRAGMENTS: Limits = Limits { bytes: 512 << 10, packets: 256, timeout: 30_000_000_000 };

/// Adds a tally to the ledger.
fn book(ledger: &mut Ledger, tally: Tally) {
    ledger.delivered += tally.delivered;
    ledger.repeated += tally.repeated;
    ledger.outside_window += tally.outside;
    ledger.after_end += tally.after_end;
    ledger.ignored += tally.ignored;
    ledger.struck += tally.struck;
}

/// One packet on its way through its shard.
struct Desk<'a> {
    shard: &'a mut Shard,
    timers: &'a mut BTreeSet<(Time, FlowId, usize, u32)>,
    number: usize,
    frame: u64,
    now: Time,
}

/// Where a packet came from and went to.
#[derive(Clone, Copy)]
struct Route {
    source: SocketAddr,
    dest: SocketAddr,
    key: Key,
    ascending: bool,
}

impl Desk<'_> {
    fn packet(&mut self, packet: &Packet<'_>, notes: &mut Notes<'_>) {
        match &packet.payload {
            Payload::Tcp(segment) => {
                notes.ledger.tcp += 1;
                self.tcp(packet, segment, notes);
            }
            Payload::Udp(datagram) => {
                notes.ledger.udp += 1;
                self.udp(packet, datagram, notes);
            }
            Payload::Other(_) => notes.ledger.other += 1,
            Payload::Fragment(fragment) => {
                notes.ledger.held_fragments += 1;
                match self.shard.defrag.insert(fragment, self.now) {
                    Defragged::Held(None) => {}
                    Defragged::Held(Some(overlap)) => notes.odd(overlap.name(), ""),
                    Defragged::Dropped(reason) => notes.odd(reason.name(), ""),
                    Defragged::Whole(made) => {
                        notes.ledger.reassembled += 1;
                        self.whole(packet, &made, notes);
                    }
                }
            }
        }
    }

    /// Goes on with a packet made whole from its fragments.
    fn whole(&mut self, part: &Packet<'_>, made: &Whole, notes: &mut Notes<'_>) {
        match whole(part.src, part.dst, made.proto, part.hops, &made.payload) {
            // A fragment of fragments is nothing a sender makes.
            Decoded::Packet(Packet { payload: Payload::Fragment(_), .. }) | Decoded::NonIp => {
                notes.ledger.other += 1;
            }
            Decoded::Malformed(name) => {
                notes.ledger.malformed += 1;
                notes.odd(name, "in a packet made whole from fragments");
            }
            Decoded::Packet(packet) => self.packet(&packet, notes),
        }
    }

    fn tcp(&mut self, packet: &Packet<'_>, segment: &Segment<'_>, notes: &mut Notes<'_>) {
        notes.ledger.bad_checksums += u64::from(segment.bad_checksum);
        let route = route(packet, segment.src_port, segment.dst_port, Transport::Tcp);
        let (seq, flags) = (Seq(segment.seq), segment.flags);
        let mix = route.key.mix(route.ascending);
        let first = if flags.syn() { seq.plus(1) } else { seq };
        if flags.syn() {
            self.shard.syns.put(mix, Syn { first, called: !flags.ack() });
        }
        notes.ledger.tcp_bytes += segment.data.len() as u64;
        if flags.rst() {
            return self.reset(&route, seq, segment, notes);
        }
        let slot = match self.shard.flows.find(&route.key) {
            Some(slot) if self.reopened(slot, mix, first, &route, segment) => {
                self.close(slot, notes);
                None
            }
            slot => slot,
        };
        let slot = match slot {
            Some(slot) => slot,
            // A flow begins with its first payload byte.
            None if segment.data.is_empty() => return,
            None => self.begin(packet, &route, notes),
        };
        let Some(flow) = self.shard.flows.get(slot) else { return };
        let side = flow.side(route.ascending);
        let mut tally = flow.segment(side, first, segment.data, flags.fin(), self.now, notes);
        if flags.ack() {
            tally = tally + flow.ack(side, Seq(segment.ack), self.now, notes);
        }
        if flow.complete() {
            tally = tally + flow.finish(self.now, notes);
        }
        book(notes.ledger, tally);
        self.watch(slot);
    }

    /// Hears a reset. What it carries is a remark to whoever debugs the connection (RFC 9293, section
    /// 3.5.3), no part of the stream.
    fn reset(&mut self, route: &Route, seq: Seq, segment: &Segment<'_>, notes: &mut Notes<'_>) {
        notes.ledger.after_end += segment.data.len() as u64;
        let Some(slot) = self.shard.flows.find(&route.key) else { return };
        let Some(flow) = self.shard.flows.get(slot) else { return };
        let side = flow.side(route.ascending);
        if flow.half(side).near(seq) {
            flow.reset(self.now);
            self.watch(slot);
        }
    }

    fn udp(&mut self, packet: &Packet<'_>, datagram: &Datagram<'_>, notes: &mut Notes<'_>) {
        notes.ledger.bad_checksums += u64::from(datagram.bad_checksum);
        let spoken = |protocol: &&dyn overhear_dissectors::Protocol| {
            protocol.facts().transports.contains(&Transport::Udp)
        };
        if datagram.data.is_empty() || !PROTOCOLS.iter().any(spoken) {
            return;
        }
        let route = route(packet, datagram.src_port, datagram.dst_port, Transport::Udp);
        let slot = match self.shard.flows.find(&route.key) {
            Some(slot) => slot,
            None => self.begin(packet, &route, notes),
        };
        let Some(flow) = self.shard.flows.get(slot) else { return };
        flow.datagram(flow.side(route.ascending), datagram.data, self.now, notes);
        self.watch(slot);
    }

    /// Whether payload in this segment belongs to a new connection on the old one's ports.
    fn reopened(
        &mut self,
        slot: u32,
        mix: u64,
        first: Seq,
        route: &Route,
        segment: &Segment<'_>,
    ) -> bool {
        if segment.data.is_empty() {
            return false;
        }
        let Some(syn) = self.shard.syns.get(mix) else { return false };
        let Some(flow) = self.shard.flows.get(slot) else { return false };
        let side = flow.side(route.ascending);
        let opening = syn.first == first || (0..1 << 20).contains(&first.offset_from(syn.first));
        opening && (flow.over() || !flow.half(side).near(first))
    }

    /// Begins a flow with its first payload.
    fn begin(&mut self, packet: &Packet<'_>, route: &Route, notes: &mut Notes<'_>) -> u32 {
        while self.shard.flows.full() {
            let Some(oldest) = self.shard.flows.oldest() else { break };
            notes.ledger.struck += 1;
            self.close(oldest, notes);
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
        let facts = FlowFacts {
            id: FlowId(self.frame),
            ends: Ends { client, server },
            transport: route.key.transport(),
            app: None,
            via: packet.hops.via(),
            vlan: packet.hops.vlans(),
            began: notes.stamp().unwrap_or_default().at,
        };
        let from_start = mine.is_some();
        let mut flow = Flow::new(facts, calls == route.ascending, from_start);
        for (syn, ascending) in [(mine, route.ascending), (other, !route.ascending)] {
            self.shard.syns.clear(route.key.mix(ascending));
            if let Some(syn) = syn {
                let side = flow.side(ascending);
                flow.half(side).begin(syn.first);
            }
        }
        self.shard.flows.insert(route.key, flow)
    }

    /// Tells a flow to its end and forgets it.
    fn close(&mut self, slot: u32, notes: &mut Notes<'_>) {
        if let Some(mut flow) = self.shard.flows.remove(slot) {
            let tally = flow.finish(self.now, notes);
            book(notes.ledger, tally);
        }
    }

    /// Sets a flow's timer.
    fn watch(&mut self, slot: u32) {
        if let Some(flow) = self.shard.flows.get(slot)
            && let Some(due) = flow.schedule()
        {
            let id = flow.id();
            self.timers.insert((due, id, self.number, slot));
        }
    }
}

fn route(packet: &Packet<'_>, from: u16, to: u16, transport: Transport) -> Route {
    let source = SocketAddr::new(packet.src, from);
    let dest = SocketAddr::new(packet.dst, to);
    let (key, ascending) = Key::of(source, dest, transport, packet.hops.tunnel());
    Route { source, dest, key, ascending }
}

/// Whether the source of a packet looks like the server, where no opening was heard: by the ports
/// protocols are known to use, then by the lower well-known port. Dissectors correct it.
fn serves(source: SocketAddr, dest: SocketAddr) -> bool {
    let known = |port: u16| {
        PROTOCOLS.iter().any(|protocol| {
            let facts = protocol.facts();
            facts.ports.contains(&port) || facts.tls_ports.contains(&port)
        })
    };
    let rank = |port: u16| (!known(port), port >= 1024);
    rank(source.port()) < rank(dest.port())
}
