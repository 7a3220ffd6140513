//! How far a long run is, on standard error, when somebody looks at it.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crate::args::Manner;

/// A line that is written over and over, and removed at the end.
#[derive(Debug)]
pub(crate) struct Progress {
    total: Option<u64>,
    done: u64,
    steps: u64,
    began: Instant,
    next: Duration,
    watched: bool,
    drawn: bool,
}

impl Progress {
    /// Begins work on so many bytes, if that is known.
    pub(crate) fn new(total: Option<u64>, manner: &Manner) -> Self {
        let watched = !manner.quiet && io::stderr().is_terminal();
        let began = now();
        Self { total, done: 0, steps: 0, began, next: FIRST, watched, drawn: false }
    }

    /// So many bytes more are done. Cheap enough for every line.
    pub(crate) fn more(&mut self, bytes: u64) {
        self.done += bytes;
        self.steps += 1;
        if self.steps.is_multiple_of(STEPS) {
            self.at(self.done, self.total);
        }
    }

    /// So many bytes are done, of so many.
    pub(crate) fn at(&mut self, done: u64, total: Option<u64>) {
        if !self.watched {
            return;
        }
        let took = now().duration_since(self.began);
        if took < self.next {
            return;
        }
        self.next = took + EVERY;
        self.drawn = true;
        let line = line(done, total, took);
        let _ = write!(io::stderr().lock(), "\r{line}\x1b[K");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}

fn line(done: u64, total: Option<u64>, took: Duration) -> String {
    let mib = |bytes: u64| format!("{}.{}", bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20);
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = done.saturating_mul(1000) / millis;
    match total.filter(|total| *total > 0) {
        Some(total) => {
            let part = done.min(total).saturating_mul(100) / total;
            format!("{} of {} MiB ({part} %), {} MiB/s", mib(done), mib(total), mib(rate))
        }
        None => format!("{} MiB, {} MiB/s", mib(done), mib(rate)),
    }
}

#[expect(clippy::disallowed_methods, reason = "progress is about the run, not about the data")]
fn now() -> Instant {
    Instant::now()
}

/// Short work shows nothing.
const FIRST: Duration = Duration::from_secs(1);

/// How often the line is drawn.
const EVERY: Duration = Duration::from_millis(200);

/// Lines between looks at the clock.
const STEPS: u64 = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_and_how_fast() {
        let took = Duration::from_secs(2);
        assert_eq!(line(3 << 20, Some(12 << 20), took), "3.0 of 12.0 MiB (25 %), 1.5 MiB/s");
        assert_eq!(line(u64::MAX, Some(0), took).split(' ').count(), 4);
    }
}
