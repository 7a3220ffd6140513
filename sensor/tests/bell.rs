//! No ring of a bell is missed, in whatever order two threads run.

#[path = "../src/bell.rs"]
mod bell;

/// Loom's types, in the place where the engine has those of the standard library.
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicBool, Ordering};

    /// A thread that can be woken, with the token that `std::thread::park` promises.
    #[derive(Clone, Debug)]
    pub(crate) struct Thread(loom::sync::Arc<loom::sync::Notify>);

    loom::thread_local! {
        static THIS: Thread = Thread(loom::sync::Arc::new(loom::sync::Notify::new()));
    }

    impl Thread {
        pub(crate) fn unpark(&self) {
            self.0.notify();
        }
    }

    pub(crate) fn current() -> Thread {
        THIS.with(Clone::clone)
    }

    pub(crate) fn park() {
        current().0.wait();
    }

    /// Written before the flag beside it is first raised, and read after: no model is needed.
    pub(crate) use std::sync::OnceLock as Once;
}

use bell::Bell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};

/// Like one place of a ring: what is in it, and that somebody rang.
#[test]
fn what_is_handed_over_wakes_its_receiver() {
    loom::model(|| {
        let (place, bell) = (Arc::new(AtomicUsize::new(0)), Arc::new(Bell::new()));
        let (far, rope) = (Arc::clone(&place), Arc::clone(&bell));
        let sender = loom::thread::spawn(move || {
            far.store(1, Ordering::Release);
            rope.ring();
        });
        bell.wait(|| place.load(Ordering::Acquire) == 1);
        sender.join().unwrap();
    });
}

/// A place for one: the sender waits until it is free, the receiver until it is full, and neither
/// sleeps for ever.
#[test]
fn two_that_wait_for_each_other_both_go_on() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let place = Arc::new(AtomicUsize::new(0));
        let (full, free) = (Arc::new(Bell::new()), Arc::new(Bell::new()));
        let (far, to, back) = (Arc::clone(&place), Arc::clone(&full), Arc::clone(&free));
        let sender = loom::thread::spawn(move || {
            for number in 1..=2 {
                back.wait(|| far.load(Ordering::Acquire) == 0);
                far.store(number, Ordering::Release);
                to.ring();
            }
        });
        for number in 1..=2 {
            full.wait(|| place.load(Ordering::Acquire) != 0);
            assert_eq!(place.swap(0, Ordering::AcqRel), number);
            free.ring();
        }
        sender.join().unwrap();
    });
}
