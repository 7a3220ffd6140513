//! Packets that travel together: what passes from the dispatch to a worker.
//!
//! A hand-over between threads costs as much as several packets, so that they go in batches. A
//! batch owns copies of the transports' bytes and goes back to be filled again.

use overhear_analysis::Time;

use crate::decode::{Datagram, Hops, Packet, Payload, Segment};
use crate::dispatch::{Parcel, Seen};
use crate::flow::Key;
use crate::worker::{Head, Input, LEAD};

/// A batch for one worker.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    hops: Vec<Hops>,
    /// All frames up to this one were dispatched: its worker's are in this batch or before.
    pub(crate) upto: u64,
    /// All timers due up to this time were told of.
    pub(crate) ticked: Time,
    /// Nothing comes after it; the time at the end.
    pub(crate) last: Option<Time>,
    /// When it was handed over, in nanoseconds of the run.
    pub(crate) sent: u64,
    /// On its way back: conversations its worker has found to be nobody's.
    pub(crate) buried: Vec<Key>,
}

#[derive(Debug)]
enum Entry {
    Packet(Stored),
    Tick { before: u64, at: Time },
}

/// A packet without its bytes.
#[derive(Debug)]
struct Stored {
    packet: Packet<'static>,
    /// Length of its payload, which is the end of the transport's bytes.
    payload: usize,
    hops: u32,
    seen: Seen,
    /// Where the IP header with its checksum begins, where the transport does, where both end.
    places: [usize; 3],
}

impl Batch {
    /// Adds a packet.
    pub(crate) fn push(&mut self, parcel: &Parcel<'_>) {
        let Parcel { packet, hops, seen } = *parcel;
        let (check, payload) = match &packet.payload {
            Payload::Tcp(segment) => (&segment.check, segment.data.len()),
            Payload::Udp(datagram) => (&datagram.check, datagram.data.len()),
            Payload::Fragment(_) | Payload::Other(_) => return,
        };
        let start = self.bytes.len();
        self.bytes.extend_from_slice(check.header);
        let transport = self.bytes.len();
        self.bytes.extend_from_slice(check.data);
        if self.hops.last() != Some(hops) {
            self.hops.push(*hops);
        }
        self.entries.push(Entry::Packet(Stored {
            packet: over(packet, &[], &[], 0),
            payload,
            hops: u32::try_from(self.hops.len() - 1).unwrap_or_default(),
            seen,
            places: [start, transport, self.bytes.len()],
        }));
    }

    /// Adds a tick.
    pub(crate) fn tick(&mut self, before: u64, at: Time) {
        self.entries.push(Entry::Tick { before, at });
    }

    /// Bytes it carries.
    pub(crate) fn weight(&self) -> usize {
        self.bytes.len()
    }

    /// Goes through it in order; where the worker `looks_ahead`, it hears of each packet twice.
    pub(crate) fn each(&self, looks_ahead: bool, mut step: impl FnMut(Input<'_>)) {
        let soon = |entry: Option<&Entry>| match entry? {
            Entry::Packet(stored) => Head::of(&stored.packet, self.hops.get(stored.hops as usize)?),
            Entry::Tick { .. } => None,
        };
        for place in (0..LEAD).filter(|_| looks_ahead) {
            step(Input::Soon(soon(self.entries.get(place)).as_ref()));
        }
        for (place, entry) in self.entries.iter().enumerate() {
            if looks_ahead {
                step(Input::Soon(soon(self.entries.get(place + LEAD)).as_ref()));
            }
            match entry {
                Entry::Tick { before, at } => step(Input::Tick { before: *before, at: *at }),
                Entry::Packet(stored) => {
                    let [start, transport, end] = stored.places;
                    let header = self.bytes.get(start..transport).unwrap_or_default();
                    let data = self.bytes.get(transport..end).unwrap_or_default();
                    let packet = over(&stored.packet, header, data, stored.payload);
                    let Some(hops) = self.hops.get(stored.hops as usize) else { continue };
                    step(Input::Packet(&Parcel { packet: &packet, hops, seen: stored.seen }));
                }
            }
        }
    }

    /// Makes it empty. What it needed for once is given back.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.bytes.clear();
        self.hops.clear();
        if self.bytes.capacity() > LARGE {
            *self = Self::default();
        }
    }
}

/// Bytes that few batches have.
const LARGE: usize = 2 << 20;

/// The same packet on a copy of its bytes.
fn over<'a>(packet: &Packet<'_>, header: &'a [u8], data: &'a [u8], payload: usize) -> Packet<'a> {
    let tail = data.get(data.len().saturating_sub(payload)..).unwrap_or_default();
    let payload = match packet.payload {
        Payload::Tcp(segment) => {
            Payload::Tcp(Segment { data: tail, check: segment.check.over(header, data), ..segment })
        }
        Payload::Udp(datagram) => {
            let check = datagram.check.over(header, data);
            Payload::Udp(Datagram { data: tail, check, ..datagram })
        }
        Payload::Fragment(_) => Payload::Other(0),
        Payload::Other(number) => Payload::Other(number),
    };
    Packet { src: packet.src, dst: packet.dst, payload }
}

#[cfg(test)]
mod tests {
    use overhear_analysis::Stamp;
    use overhear_testdata::frames::{self, Wire};

    use super::*;
    use crate::decode::{Decoded, decode};
    use crate::frame::Link;

    #[test]
    fn a_packet_comes_out_as_it_went_in() {
        let dialogue = overhear_testdata::Dialogue::parse(
            "# origin: RFC 2812\n# ends: 10.0.0.1:4000 10.0.0.2:6667 tcp\n>>> NICK ann\\r\\n\n",
        )
        .unwrap();
        let frames = frames::frames(&dialogue, &Wire::default());
        let (mut batch, mut hops, mut sent) = (Batch::default(), Hops::default(), Vec::new());
        for (frame, number) in frames.iter().zip(1..) {
            let len = u32::try_from(frame.bytes.len()).unwrap();
            let Decoded::Packet(packet) = decode(Link::ETHERNET, &frame.bytes, len, &mut hops)
            else {
                panic!("not a packet")
            };
            let seen = Seen { frame: number, stamp: Stamp::default(), now: Time(0), shard: 3 };
            batch.push(&Parcel { packet: &packet, hops: &hops, seen });
            sent.push(format!("{packet:?} {hops:?} {seen:?}"));
        }
        batch.tick(9, Time(7));
        let mut got = Vec::new();
        batch.each(false, |input| match input {
            Input::Packet(&Parcel { packet, hops, seen }) => {
                got.push(format!("{packet:?} {hops:?} {seen:?}"));
            }
            Input::Tick { before: 9, at: Time(7) } => {}
            other => panic!("{other:?}"),
        });
        assert!(sent.len() > 3);
        assert_eq!(got, sent);
        batch.clear();
        batch.each(false, |_| panic!("nothing is in it"));
    }
}
