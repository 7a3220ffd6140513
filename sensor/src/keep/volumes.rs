//! When a file is full and the next one is begun.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use overhear_analysis::Time;

/// Makes the next file.
type Next<W> = Box<dyn FnMut(Option<Time>) -> io::Result<W> + Send>;

/// One file after another.
pub struct Volumes<W> {
    size: u64,
    every: Option<i64>,
    asked: Arc<AtomicBool>,
    next: Next<W>,
}

impl<W> Volumes<W> {
    /// The next one is begun when somebody sets `asked`.
    /// It is made by `next`, which is told when the first frame of the last one was heard, if it had
    /// any.
    pub fn new(
        asked: Arc<AtomicBool>,
        next: impl FnMut(Option<Time>) -> io::Result<W> + Send + 'static,
    ) -> Self {
        Self { size: u64::MAX, every: None, asked, next: Box::new(next) }
    }

    /// And when one has so many bytes.
    #[must_use]
    pub fn of(mut self, bytes: Option<u64>) -> Self {
        self.size = bytes.unwrap_or(self.size);
        self
    }

    /// And every so many nanoseconds of packet time, counted from 1970.
    #[must_use]
    pub fn every(mut self, nanos: Option<i64>) -> Self {
        self.every = nanos.map(|nanos| nanos.max(1));
        self
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    pub(super) fn answered(&self) {
        self.asked.store(false, Ordering::Relaxed);
    }

    /// Whether a frame of this time belongs into another file than the one that has so many bytes
    /// and begins with this.
    pub(super) fn is_full(&self, begun: Option<Time>, at: Time, bytes: u64) -> bool {
        let Some(begun) = begun else { return false };
        let period = |at: Time, every: i64| at.0.div_euclid(every);
        bytes >= self.size
            || self.every.is_some_and(|every| period(at, every) > period(begun, every))
    }

    pub(super) fn next(&mut self, begun: Option<Time>) -> io::Result<W> {
        (self.next)(begun)
    }
}
