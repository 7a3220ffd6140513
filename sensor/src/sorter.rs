//! Where packets are sorted to their workers, and what is shed when a worker cannot follow.
//!
//! A file waits: its reader stands still until there is room. A wire does not. Its packets come
//! together while their worker is behind, up to a limit; beyond that they are shed, those first
//! that cost the least evidence (see [`Worth`]), and every one is counted.

use overhear_analysis::{Record, Time};

use crate::batch::Batch;
use crate::bell::Bell;
use crate::dispatch::Found;
use crate::ring::{Gone, Receiver, Sender, Taken};
use crate::worth::{Worth, Worths};

/// Batches on their way to one worker.
pub(crate) const DEPTH: usize = 4;
/// Bytes of one batch that send it on its way.
const WEIGHT: usize = 512 << 10;
/// Bytes that may wait for a worker that is behind before packets are shed, by what they are worth. A
/// worker that the system puts aside for some thirty milliseconds is not behind.
const NOBODYS: usize = 4 * WEIGHT;
const KNOWN: usize = 8 * WEIGHT;
const BEGINNING: usize = 32 * WEIGHT;

/// The way to one worker.
#[derive(Debug)]
pub(crate) struct Lane {
    batch: Batch,
    to: Sender<Batch>,
    free: Receiver<Batch>,
    made: usize,
}

/// Sorts what the dispatch finds.
#[derive(Debug)]
pub(crate) struct Sorter {
    lanes: Vec<Lane>,
    odd: Vec<Record>,
    heavy: bool,
    /// What packets are worth, where they may be shed.
    worths: Option<Worths>,
    shed: u64,
}

impl Lane {
    /// The way to a worker, and back from it.
    pub(crate) fn new(to: Sender<Batch>, free: Receiver<Batch>) -> Self {
        Self { batch: Batch::default(), to, free, made: 1 }
    }

    /// An empty batch, as soon as there is one.
    fn empty(&mut self, worths: Option<&mut Worths>, bell: &Bell) -> Result<Batch, Gone> {
        loop {
            match self.free.take() {
                Taken::One(mut batch) => {
                    if let Some(worths) = worths {
                        batch.buried.drain(..).for_each(|key| worths.bury(key));
                    }
                    return Ok(batch);
                }
                Taken::Over => return Err(Gone),
                Taken::Nothing if self.made < DEPTH + 2 => {
                    self.made += 1;
                    return Ok(Batch::default());
                }
                Taken::Nothing => bell.wait(|| self.free.ready()),
            }
        }
    }

    /// Whether a batch can be sent without waiting.
    fn open(&self) -> bool {
        self.to.has_room() && (self.free.ready() || self.made < DEPTH + 2)
    }
}

impl Sorter {
    /// For these lanes; `sheds` when nobody may wait for a worker.
    pub(crate) fn new(lanes: Vec<Lane>, sheds: bool) -> Self {
        let worths = sheds.then(Worths::default);
        Self { lanes, odd: Vec::new(), heavy: false, worths, shed: 0 }
    }

    /// Puts something where it belongs.
    pub(crate) fn sort(&mut self, found: Found<'_>) {
        match found {
            Found::Packet(parcel) => {
                let number = parcel.seen.shard % self.lanes.len().max(1);
                let Some(lane) = self.lanes.get_mut(number) else { return };
                let weight = lane.batch.weight();
                if let Some(worths) = &mut self.worths {
                    let limit = match worths.of(parcel) {
                        Worth::Nobodys => NOBODYS,
                        Worth::Known => KNOWN,
                        Worth::Beginning => BEGINNING,
                    };
                    if weight > limit {
                        self.shed += 1;
                        return;
                    }
                }
                lane.batch.push(parcel);
                self.heavy |= weight > WEIGHT;
            }
            Found::Tick { before, at } => {
                self.lanes.iter_mut().for_each(|lane| lane.batch.tick(before, at));
            }
            Found::Record(record) => self.odd.push(record),
        }
    }

    /// Enough came together to be sent.
    pub(crate) fn heavy(&mut self) -> bool {
        std::mem::take(&mut self.heavy)
    }

    /// Sends everybody what came together for them. Where packets may be shed, a worker that is
    /// behind gets it later.
    pub(crate) fn flush(
        &mut self,
        (upto, ticked): (u64, Time),
        last: Option<Time>,
        sent: u64,
        bell: &Bell,
    ) -> Result<(), Gone> {
        for lane in &mut self.lanes {
            if self.worths.is_some() && last.is_none() && !lane.open() {
                continue;
            }
            let batch = lane.empty(self.worths.as_mut(), bell)?;
            let mut full = std::mem::replace(&mut lane.batch, batch);
            (full.upto, full.ticked, full.last, full.sent) = (upto, ticked, last, sent);
            lane.to.send(full)?;
        }
        Ok(())
    }

    /// What is odd below any flow.
    pub(crate) fn take_odd(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.odd)
    }

    /// Nobody may wait.
    pub(crate) fn sheds(&self) -> bool {
        self.worths.is_some()
    }

    /// Batches that wait for a worker, and how many may.
    pub(crate) fn queue(&self) -> (usize, usize) {
        (self.lanes.iter().map(|lane| lane.to.waiting()).sum(), self.lanes.len() * DEPTH)
    }

    /// Packets that were shed.
    pub(crate) fn shed(&self) -> u64 {
        self.shed
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use overhear_analysis::Stamp;
    use overhear_testdata::frames::{self, Wire};

    use super::*;
    use crate::decode::{Decoded, Hops, decode};
    use crate::dispatch::{Parcel, Seen};
    use crate::frame::Link;
    use crate::ring::ring;

    /// A packet of so many bytes on a conversation of its own.
    fn packet(sorter: &mut Sorter, port: u16, bytes: usize) {
        let script = format!(
            "# origin: RFC 2812\n# ends: 10.0.0.1:{port} 10.0.0.2:6667 tcp\n>>> {}\n",
            "x".repeat(bytes)
        );
        let dialogue = overhear_testdata::Dialogue::parse(&script).unwrap();
        let frames = frames::frames(&dialogue, &Wire::default());
        let frame = frames.iter().max_by_key(|frame| frame.bytes.len()).unwrap();
        let (len, mut hops) = (u32::try_from(frame.bytes.len()).unwrap(), Hops::default());
        let Decoded::Packet(packet) = decode(Link::ETHERNET, &frame.bytes, len, &mut hops) else {
            panic!("not a packet")
        };
        let seen = Seen { frame: 1, stamp: Stamp::default(), now: Time(0), shard: 0 };
        sorter.sort(Found::Packet(&Parcel { packet: &packet, hops: &hops, seen }));
    }

    #[test]
    fn what_begins_is_kept_when_what_goes_on_is_shed() {
        let (one, two) = (Arc::new(Bell::new()), Arc::new(Bell::new()));
        let (to, _batches) = ring(DEPTH, &one, &two);
        let (_back, free) = ring(DEPTH + 2, &two, &one);
        let mut sorter = Sorter::new(vec![Lane::new(to, free)], true);
        // A worker that takes nothing: a long conversation fills what may wait.
        for _ in 0..8_000 {
            packet(&mut sorter, 4_000, 1_000);
            sorter.flush((1, Time(0)), None, 0, &one).unwrap();
        }
        let shed = sorter.shed();
        assert!(shed > 0, "nothing was shed");
        packet(&mut sorter, 4_001, 50);
        assert_eq!(sorter.shed(), shed, "a conversation that begins is kept");
        packet(&mut sorter, 4_000, 1_000);
        assert_eq!(sorter.shed(), shed + 1);
    }
}
