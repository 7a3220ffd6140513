//! How finished lines reach the dashboard: a ring that bounds what waits.
//!
//! Whoever reads a file may wait for a place ([`WhenFull::Wait`]); whoever captures may not
//! ([`WhenFull::Miss`]): a line there is no place for is counted, and the screen says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::park_timeout;
use std::time::Duration;

use overhear_analysis::Told;
use overhear_analysis::told::Ledger;

/// A ring of so many places.
pub fn channel(places: usize, when_full: WhenFull) -> (Sender, Feed) {
    let (producer, consumer) = rtrb::RingBuffer::new(places);
    let missed = Arc::new(AtomicU64::new(0));
    let (told, heard) = rtrb::RingBuffer::new(VITALS);
    let sender = Sender { ring: producer, vitals: told, missed: Arc::clone(&missed), when_full };
    (sender, Feed { ring: consumer, vitals: heard, missed })
}

/// How the sensor stands while it works.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vitals {
    /// What it has counted so far.
    pub ledger: Ledger,
    /// What waits for a worker, and how much may.
    pub queue: (usize, usize),
    /// Memory of the process in bytes; 0 where it is not known.
    pub memory: u64,
    /// Stages, with p50, p99, p99.9 and the most of their delays in microseconds.
    pub delays: Vec<(String, [f64; 4])>,
}

/// What becomes of a line there is no place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// Its teller waits.
    Wait,
    /// It is missed on the screen, and counted.
    Miss,
}

/// The side that tells.
#[derive(Debug)]
pub struct Sender {
    ring: rtrb::Producer<Told>,
    vitals: rtrb::Producer<Vitals>,
    missed: Arc<AtomicU64>,
    when_full: WhenFull,
}

/// Nobody looks any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

impl Sender {
    /// Nobody looks any more.
    pub fn is_gone(&self) -> bool {
        self.ring.is_abandoned()
    }

    /// Tells how it stands; where that is not looked at, it is told again soon.
    pub fn stands(&mut self, vitals: Vitals) {
        let _ = self.vitals.push(vitals);
    }

    /// Tells a line.
    pub fn tell(&mut self, told: Told) -> Result<(), Gone> {
        let mut told = told;
        loop {
            if self.ring.is_abandoned() {
                return Err(Gone);
            }
            match (self.ring.push(told), self.when_full) {
                (Ok(()), _) => return Ok(()),
                (Err(_), WhenFull::Miss) => {
                    self.missed.fetch_add(1, Ordering::Relaxed);
                    return Ok(());
                }
                (Err(rtrb::PushError::Full(back)), WhenFull::Wait) => told = back,
            }
            park_timeout(NAP);
        }
    }
}

/// The side that listens.
#[derive(Debug)]
pub struct Feed {
    ring: rtrb::Consumer<Told>,
    vitals: rtrb::Consumer<Vitals>,
    missed: Arc<AtomicU64>,
}

/// What there is to hear.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly every one is a line")]
pub enum Heard {
    /// A line.
    Line(Told),
    /// Nothing yet.
    Nothing,
    /// Nothing any more.
    Over,
}

impl Feed {
    /// The next line.
    pub fn hear(&mut self) -> Heard {
        // Who is gone tells nothing any more: asked before the ring is found empty.
        let over = self.ring.is_abandoned();
        match self.ring.pop() {
            Ok(told) => Heard::Line(told),
            Err(_) if over => Heard::Over,
            Err(_) => Heard::Nothing,
        }
    }

    /// There is something to hear, or nothing will ever be.
    pub fn is_ready(&self) -> bool {
        !self.ring.is_empty() || self.ring.is_abandoned()
    }

    /// How the sensor stands, if that is news.
    pub fn vitals(&mut self) -> Option<Vitals> {
        let mut newest = None;
        while let Ok(vitals) = self.vitals.pop() {
            newest = Some(vitals);
        }
        newest
    }

    /// Lines there was no place for.
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }
}

/// Tellings of how the sensor stands that may wait.
const VITALS: usize = 4;

/// How long a full ring is left alone before it is asked again.
const NAP: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use super::*;
    use overhear_analysis::told::{Body, Head, Stats};

    fn line(messages: u64) -> Told {
        Told {
            head: Head { event_type: "stats".into(), ..Head::default() },
            body: Body::Stats(Stats { messages, ..Stats::default() }),
        }
    }

    #[test]
    fn everything_sent_arrives_through_a_small_ring() {
        let (mut sender, mut feed) = channel(2, WhenFull::Wait);
        std::thread::scope(|scope| {
            scope.spawn(move || (0..50).for_each(|number| sender.tell(line(number)).unwrap()));
            let mut next = 0;
            loop {
                match feed.hear() {
                    Heard::Line(told) => assert_eq!(told, line(next)),
                    Heard::Nothing => continue,
                    Heard::Over => break,
                }
                next += 1;
            }
            assert_eq!((next, feed.missed()), (50, 0));
        });
    }

    #[test]
    fn what_a_full_ring_has_no_place_for_is_counted() {
        let (mut sender, mut feed) = channel(2, WhenFull::Miss);
        (0..5).for_each(|number| sender.tell(line(number)).unwrap());
        assert_eq!(feed.missed(), 3);
        assert_eq!(feed.hear(), Heard::Line(line(0)));
        drop(feed);
        assert_eq!(sender.tell(line(9)), Err(Gone));
    }
}
