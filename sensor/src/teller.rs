//! From a capture to the event stream.
//!
//! ```text
//!                         pages
//! workers ──▶ scribe (merge, Scribe) ──ring──▶ teller (the calling thread)
//! ```
//!
//! Where several workers read, the scribe has a thread of its own: whoever is told judges and writes
//! meanwhile. What is told, and in which order, does not depend on it.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use overhear_analysis::{Scribe, Told};

use crate::bell::Bell;
use crate::crew::{joined, named};
use crate::feed::Feed;
use crate::pipeline::{self, Failure, Options, Run};
use crate::pulse::Pulse;
use crate::ring::{Receiver, Sender, Taken, ring};

/// Pages that may wait for the teller.
const PAGES: usize = 2;
/// Lines after which a page is full.
const LINES: usize = 512;

/// What the teller gets at once.
struct Page {
    told: Vec<Told>,
    /// How it stands after that, from time to time.
    pulse: Option<Pulse<'static>>,
}

/// Reads a feed to its end, or until `go_on`, which hears how it stands, says no. What the scribe makes
/// of it, to the last line, goes to `tell`, on this thread.
///
/// # Errors
/// When the filter makes no sense, or the system gives no thread.
pub fn read(
    feed: &mut impl Feed,
    options: &mut Options,
    mut scribe: Scribe,
    tell: &mut dyn FnMut(Told),
    go_on: &mut dyn FnMut(&Pulse<'_>) -> bool,
) -> Result<Run, Failure> {
    if options.is_alone() {
        let run = pipeline::read(feed, options, &mut |record| scribe.hear(&record, tell), go_on)?;
        scribe.finish(tell);
        return Ok(run);
    }
    let (writer, reader) = (Arc::new(Bell::new()), Arc::new(Bell::new()));
    let (mut out, pages) = ring(PAGES, &writer, &reader);
    let halt = AtomicBool::new(false);
    thread::scope(|scope| {
        let halt = &halt;
        let write = move || write(feed, options, scribe, &mut out, halt);
        let run = named("scribe".into()).spawn_scoped(scope, write)?;
        hear(pages, &reader, halt, tell, go_on);
        joined(run.join())
    })
}

/// The scribe's life.
fn write(
    feed: &mut impl Feed,
    options: &mut Options,
    mut scribe: Scribe,
    out: &mut Sender<Page>,
    halt: &AtomicBool,
) -> Result<Run, Failure> {
    let page = RefCell::new(Vec::new());
    let out = RefCell::new(out);
    let turn = |told: &mut Vec<Told>, pulse: Option<Pulse<'static>>| {
        // The next page is likely to be as long.
        let next = Vec::with_capacity(told.len());
        let told = std::mem::replace(told, next);
        // A teller that is gone broke, which the scope tells.
        out.borrow_mut().send(Page { told, pulse }).is_ok()
    };
    let run = pipeline::read(
        feed,
        options,
        &mut |record| {
            let page = &mut *page.borrow_mut();
            scribe.hear(&record, &mut |told| page.push(told));
            if page.len() >= LINES {
                turn(page, None);
            }
        },
        &mut |pulse| {
            let taken = turn(&mut page.borrow_mut(), Some(pulse.to_owned()));
            taken && !halt.load(Ordering::Relaxed)
        },
    );
    let mut page = page.into_inner();
    if run.is_ok() {
        scribe.finish(&mut |told| page.push(told));
    }
    turn(&mut page, None);
    run
}

/// The teller's.
fn hear(
    mut pages: Receiver<Page>,
    bell: &Bell,
    halt: &AtomicBool,
    tell: &mut dyn FnMut(Told),
    go_on: &mut dyn FnMut(&Pulse<'_>) -> bool,
) {
    loop {
        bell.wait(|| pages.ready());
        match pages.take() {
            Taken::One(Page { told, pulse }) => {
                told.into_iter().for_each(&mut *tell);
                if pulse.is_some_and(|pulse| !go_on(&pulse)) {
                    halt.store(true, Ordering::Relaxed);
                }
            }
            Taken::Nothing => {}
            Taken::Over => return,
        }
    }
}
