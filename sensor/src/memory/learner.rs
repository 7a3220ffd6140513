//! Writes down what the judge learns, on a thread of its own: who judges does not wait for a disk.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use overhear_analysis::{Judge, Lesson, Listened};

use super::book::{Book, Failure};
use crate::bell::Bell;
use crate::ring::{Receiver, Sender, Taken, ring};

/// What is written at once.
#[derive(Debug)]
struct Page {
    lessons: Vec<Lesson>,
    listened: Option<Listened>,
}

/// Writes down what a judge learns.
#[derive(Debug)]
pub struct Learner {
    pages: Sender<Page>,
    thread: JoinHandle<Result<(), Failure>>,
    /// When was listened, as it was last written.
    listened: Option<Listened>,
}

/// Pages that may wait for the disk.
const PAGES: usize = 4;
/// Lessons of each kind that are asked for at once: about a millisecond's work.
const LESSONS: usize = 1_024;

impl Learner {
    /// Begins to write into a book.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(book: Book) -> io::Result<Self> {
        let (mine, theirs) = (Arc::new(Bell::new()), Arc::new(Bell::new()));
        let (pages, waiting) = ring(PAGES, &mine, &theirs);
        let write = move || write(&book, waiting, &theirs);
        let thread = thread::Builder::new().name("memory".to_owned()).spawn(write)?;
        Ok(Self { pages, thread, listened: None })
    }

    /// Writes down some of what the judge has learned, if the disk has done with what came before;
    /// whether nothing is left.
    pub fn learn(&mut self, judge: &mut Judge) -> bool {
        self.pages.has_room() && self.page(judge)
    }

    /// Writes down all of it.
    ///
    /// # Errors
    /// Why not everything was written.
    pub fn finish(mut self, judge: &mut Judge) -> Result<(), Failure> {
        while !self.page(judge) {}
        self.stop()
    }

    /// Writes nothing more.
    ///
    /// # Errors
    /// Why not everything was written.
    pub fn stop(self) -> Result<(), Failure> {
        let Self { pages, thread, .. } = self;
        drop(pages);
        thread.join().unwrap_or_else(|_| Err(io::Error::other("its writer is gone").into()))
    }

    /// Whether the book cannot be written any more; [`Learner::stop`] says why.
    pub fn has_failed(&self) -> bool {
        self.thread.is_finished()
    }

    fn page(&mut self, judge: &mut Judge) -> bool {
        let mut lessons = Vec::new();
        let all = judge.lessons(LESSONS, |lesson| lessons.push(lesson));
        let listened = judge.listened();
        if lessons.is_empty() && self.listened == listened {
            return true;
        }
        self.listened = listened;
        // Where nobody writes any more, nobody asks for the rest.
        self.pages.send(Page { lessons, listened }).is_err() || all
    }
}

/// Writes pages until there are no more.
fn write(book: &Book, mut pages: Receiver<Page>, bell: &Bell) -> Result<(), Failure> {
    loop {
        match pages.take() {
            Taken::One(page) => book.write(&page.lessons, page.listened)?,
            Taken::Nothing => bell.wait(|| pages.ready()),
            Taken::Over => return Ok(()),
        }
    }
}
