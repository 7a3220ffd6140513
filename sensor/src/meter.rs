//! How long things wait: the one file of the engine that reads a clock.
//!
//! What it measures is told beside the results and never decides anything.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use overhear_analysis::Time;
use serde::Serialize;

/// Nanoseconds since the run began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter(Instant);

impl Meter {
    #[expect(clippy::disallowed_methods, reason = "delays are measured here and nowhere else")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn now(self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// The time of this machine, which stamps what its interfaces hear.
#[expect(clippy::disallowed_methods, reason = "a wire's time is the machine's")]
pub(crate) fn wall() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Time(since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)))
}

/// How long it takes from the wire to whoever is told.
#[derive(Clone, Debug, Default)]
pub struct WireDelays(Delays);

impl WireDelays {
    /// Something that was heard at this time is told now.
    pub fn note(&mut self, heard: Time) {
        self.0.note(u64::try_from(wall().since(heard)).unwrap_or_default());
    }

    /// What is told of them, as the stage `wire`.
    pub fn stage(&self) -> Stage {
        self.0.stage("wire")
    }
}

/// The delays of one stage of the pipeline.
#[derive(Clone, Debug)]
pub(crate) struct Delays(Histogram<u64>);

impl Default for Delays {
    fn default() -> Self {
        // Two digits, which take a few KiB; that many digits there always can be.
        let histogram = Histogram::new(2).or_else(|_| Histogram::new(1));
        Self(histogram.unwrap_or_else(|_| unreachable!("one digit is allowed")))
    }
}

impl Delays {
    /// Notes what took so many nanoseconds.
    pub(crate) fn note(&mut self, nanos: u64) {
        // It grows as far as 64 bits go.
        let _ = self.0.record(nanos);
    }

    /// What is told of them.
    pub(crate) fn stage(&self, name: &'static str) -> Stage {
        let micros = |nanos: u64| Duration::from_nanos(nanos).as_secs_f64() * 1e6;
        let at = |quantile| micros(self.0.value_at_quantile(quantile));
        Stage {
            stage: name,
            batches: self.0.len(),
            p50: at(0.5),
            p99: at(0.99),
            p999: at(0.999),
            max: micros(self.0.max()),
        }
    }
}

/// How long batches, or messages, spent in one stage, in microseconds of wall time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// `queued` (waiting for their worker), `worked` (in it), `merged` (waiting for the analyst);
    /// `wire` is all of the way, from the frame that completed a message until it is told.
    pub stage: &'static str,
    /// How many there were.
    pub batches: u64,
    /// Half took no longer than this.
    pub p50: f64,
    /// 99 of 100 took no longer.
    pub p99: f64,
    /// 999 of 1,000 took no longer.
    pub p999: f64,
    /// The longest.
    pub max: f64,
}
