//! How a thread sleeps until another one has something for it.
//!
//! `tests/bell.rs` includes this file with loom's types in [`super::sync`] and goes through every
//! order in which two threads can run.

use super::sync::{AtomicBool, Once, Ordering, Thread, current, park};

/// A sleeper's bell: one thread waits, any may ring.
#[derive(Debug)]
pub(crate) struct Bell {
    asleep: AtomicBool,
    sleeper: Once<Thread>,
}

impl Bell {
    /// Nobody sleeps.
    pub(crate) fn new() -> Self {
        Self { asleep: AtomicBool::new(false), sleeper: Once::new() }
    }

    /// Sleeps until `ready`. Whoever makes it so rings afterwards. Always the same thread waits.
    pub(crate) fn wait(&self, mut ready: impl FnMut() -> bool) {
        while !ready() {
            self.sleeper.get_or_init(current);
            // Exchanges of one flag have one order: either the ringer finds that somebody sleeps,
            // or we come after it and see what it rang for.
            self.asleep.swap(true, Ordering::AcqRel);
            if ready() {
                self.asleep.swap(false, Ordering::AcqRel);
                return;
            }
            park();
        }
    }

    /// Wakes the sleeper, if there is one.
    pub(crate) fn ring(&self) {
        if self.asleep.swap(false, Ordering::AcqRel)
            && let Some(sleeper) = self.sleeper.get()
        {
            sleeper.unpark();
        }
    }
}
