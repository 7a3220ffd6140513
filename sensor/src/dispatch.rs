//! What stands before the workers: frames become whole packets, and each packet finds its shard.
//!
//! This is the part that sees every frame in turn, so it does little: it keeps the clock, reads
//! the headers, and puts fragments together. Fragments belong here because the shard of what they
//! carry (a flow inside a tunnel, say) is only known once they are whole.

use std::collections::BTreeMap;

use overhear_analysis::told::Ledger;
use overhear_analysis::{Record, Stamp, Time};
use overhear_dissectors::Out;

use crate::clock::{Beat, Clock};
use crate::decode::{Decoded, Fragment, Hops, Packet, Payload, decode, whole};
use crate::defrag::{Defrag, Defragged, Limits};
use crate::frame::Frame;
use crate::notes::Notes;
use crate::shard::shard;

/// Frames to packets.
#[derive(Debug)]
pub(crate) struct Dispatch {
    clock: Clock,
    defrag: Defrag,
    hops: Option<Box<Hops>>,
    ledger: Ledger,
    told: BTreeMap<&'static str, u32>,
}

/// What a frame leads to, in order.
pub(crate) enum Found<'a> {
    /// A packet for the worker of its shard.
    Packet(&'a Parcel<'a>),
    /// For all workers: time has passed; the next frame anywhere has the number `before`.
    Tick {
        /// Number of the next frame.
        before: u64,
        /// The last lattice point that was reached.
        at: Time,
    },
    /// Something odd below any flow.
    Record(Record),
}

/// A TCP or UDP packet on its way to its shard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parcel<'a> {
    /// The packet.
    pub(crate) packet: &'a Packet<'a>,
    /// What it was wrapped in.
    pub(crate) hops: &'a Hops,
    /// Its place.
    pub(crate) seen: Seen,
}

/// Where and when a packet was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// Number of its frame in the whole input.
    pub(crate) frame: u64,
    /// The frame.
    pub(crate) stamp: Stamp,
    /// The time of the timers, which never goes back.
    pub(crate) now: Time,
    /// The shard that owns its addresses.
    pub(crate) shard: usize,
}

/// Oddities below any flow that are told, of each name; the rest are counted.
const TOLD: u32 = 16;
/// How long a packet's fragments are waited for, as Linux does.
const PATIENCE: i64 = 30_000_000_000;
/// What a packet that is not whole is reckoned to cost.
const PARTIAL: usize = 1 << 10;

impl Dispatch {
    /// With so many bytes for packets that are not whole.
    pub(crate) fn new(bytes: usize) -> Self {
        let limits = Limits { bytes, packets: bytes / PARTIAL, timeout: PATIENCE };
        Self {
            clock: Clock::default(),
            defrag: Defrag::new(limits),
            hops: None,
            ledger: Ledger::default(),
            told: BTreeMap::new(),
        }
    }

    /// What it has counted.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The time at the end.
    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    /// The last tick: of all timers, only later ones are still to be acted on.
    pub(crate) fn ticked(&self) -> Time {
        self.clock.ticked()
    }

    /// Takes a frame; `passes` is what the filter says of it.
    pub(crate) fn frame(
        &mut self,
        frame: &Frame<'_>,
        passes: bool,
        found: &mut impl FnMut(Found<'_>),
    ) {
        let captured = frame.data.len() as u64;
        self.ledger.frames += 1;
        self.ledger.bytes += captured;
        self.ledger.cut_frames += u64::from(captured < u64::from(frame.wire_len));
        let now = self.beat(frame, found);
        if !passes {
            self.ledger.filtered += 1;
            return;
        }
        let mut hops = self.hops.take().unwrap_or_default();
        let decoded = decode(frame.link, frame.data, frame.wire_len, &mut hops);
        self.decoded(frame, now, &decoded, &mut hops, found);
        self.hops = Some(hops);
    }

    /// Hears that no frame from before `until` will come; the next one will have the number
    /// `before`.
    pub(crate) fn quiet(&mut self, before: u64, until: Time, found: &mut impl FnMut(Found<'_>)) {
        if let Some(at) = self.clock.quiet(until) {
            self.tick(before, at, found);
        }
    }

    /// Tells everybody that it is this late.
    fn tick(&mut self, before: u64, at: Time, found: &mut impl FnMut(Found<'_>)) {
        found(Found::Tick { before, at });
        let mut tell = |record| found(Found::Record(record));
        Notes::timer(before, at, &mut self.ledger, &mut Out::new(), &mut tell).tick();
    }

    /// Tells of something odd about where frames come from, before the one numbered `before`.
    pub(crate) fn odd_feed(
        &mut self,
        before: u64,
        name: &'static str,
        detail: String,
        found: &mut impl FnMut(Found<'_>),
    ) {
        let stamp = Stamp { at: self.clock.now(), source: 0, no: 0 };
        self.ledger.weirds += 1;
        let mut tell = |record| found(Found::Record(record));
        let (ledger, out) = (&mut self.ledger, &mut Out::new());
        Notes::timer(before, stamp.at, ledger, out, &mut tell).odd_at(stamp, name, detail);
    }

    /// Keeps the clock, and gives the time of the timers.
    fn beat(&mut self, frame: &Frame<'_>, found: &mut impl FnMut(Found<'_>)) -> Time {
        let (name, now) = match self.clock.hear(frame.stamp.at) {
            Beat::At(now) => return now,
            Beat::Tick(at, now) => {
                self.tick(frame.seq, at, found);
                return now;
            }
            Beat::Back(now) => ("clock_step_back", now),
            Beat::Leap(now) => ("clock_leap", now),
        };
        self.ledger.weirds += 1;
        let detail = format!("frame at {}, clock at {now}", frame.stamp.at);
        self.odd(frame, name, detail, found);
        now
    }

    fn decoded(
        &mut self,
        frame: &Frame<'_>,
        now: Time,
        decoded: &Decoded<'_>,
        hops: &mut Hops,
        found: &mut impl FnMut(Found<'_>),
    ) {
        let packet = match decoded {
            Decoded::Packet(packet) => packet,
            Decoded::NonIp => return self.ledger.non_ip += 1,
            Decoded::Malformed(name) => {
                self.ledger.malformed += 1;
                let detail = format!("{} bytes", frame.data.len());
                return self.odd(frame, name, detail, found);
            }
        };
        match &packet.payload {
            Payload::Tcp(_) | Payload::Udp(_) => {
                let shard = shard(packet.src, packet.dst);
                let seen = Seen { frame: frame.seq, stamp: frame.stamp, now, shard };
                found(Found::Packet(&Parcel { packet, hops, seen }));
            }
            Payload::Other(_) => self.ledger.other += 1,
            Payload::Fragment(fragment) => {
                self.fragment(frame, now, packet, fragment, hops, found);
            }
        }
    }

    /// Keeps a part of a packet; goes on with the packet once it is whole.
    fn fragment(
        &mut self,
        frame: &Frame<'_>,
        now: Time,
        part: &Packet<'_>,
        fragment: &Fragment<'_>,
        hops: &mut Hops,
        found: &mut impl FnMut(Found<'_>),
    ) {
        self.ledger.held_fragments += 1;
        let made = match self.defrag.insert(fragment, now) {
            Defragged::Held(None) => return,
            Defragged::Held(Some(overlap)) => {
                return self.odd(frame, overlap.name(), String::new(), found);
            }
            Defragged::Dropped(reason) => {
                return self.odd(frame, reason.name(), String::new(), found);
            }
            Defragged::Whole(made) => made,
        };
        self.ledger.reassembled += 1;
        match whole(part.src, part.dst, made.proto, &made.payload, hops) {
            Decoded::Packet(Packet { src, dst, payload: Payload::Fragment(inner) })
                if !hops.is_empty() && (src, dst) != (part.src, part.dst) =>
            {
                // A tunnel's packet was in pieces, and what it carries is a piece as well.
                let packet = Packet { src, dst, payload: Payload::Fragment(inner) };
                self.decoded(frame, now, &Decoded::Packet(packet), hops, found);
            }
            // A fragment of fragments is nothing a sender makes.
            Decoded::Packet(Packet { payload: Payload::Fragment(_), .. }) | Decoded::NonIp => {
                self.ledger.other += 1;
            }
            decoded => self.decoded(frame, now, &decoded, hops, found),
        }
    }

    /// Tells of something odd about a frame.
    fn odd(
        &mut self,
        frame: &Frame<'_>,
        name: &'static str,
        detail: String,
        found: &mut impl FnMut(Found<'_>),
    ) {
        let told = self.told.entry(name).or_default();
        *told += 1;
        if *told > TOLD {
            return;
        }
        let mut tell = |record| found(Found::Record(record));
        let (ledger, out) = (&mut self.ledger, &mut Out::new());
        Notes::frame(frame.seq, frame.stamp, ledger, out, &mut tell).odd(name, detail);
    }
}
