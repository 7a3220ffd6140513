//! Frames written to a file as they are read.

mod pcapng;

use std::io::{self, Write};

use overhear_analysis::Time;

use crate::feed::{Feed, Lost, Turn};
pub use pcapng::Described;
use pcapng::Writer;

/// A feed whose frames are also written down, in the order they are read, so that reading the file
/// gives what the feed gave. A file that cannot be written any more ends the writing, not the
/// reading: that is told once, as the anomaly `write_failed`.
pub struct Keep<F, W: Write> {
    feed: F,
    file: Writer<W>,
    /// Why nothing is written any more.
    fault: Option<String>,
    told: bool,
    until: Option<Time>,
}

impl<F: Feed, W: Write + Send> Keep<F, W> {
    /// Writes the frames of `feed`, whose stamps number these sources.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn new(feed: F, file: W, sources: Vec<Described>) -> io::Result<Self> {
        let file = Writer::new(file, sources)?;
        Ok(Self { feed, file, fault: None, told: false, until: None })
    }

    /// Ends the file: how long it was listened, and what was lost meanwhile.
    ///
    /// # Errors
    /// Why the file is not whole.
    pub fn finish(mut self) -> io::Result<F> {
        if let Some(fault) = self.fault {
            return Err(io::Error::other(fault));
        }
        self.file.finish(self.until, self.feed.lost())?;
        Ok(self.feed)
    }
}

impl<F: Feed, W: Write + Send> Feed for Keep<F, W> {
    fn turn(&mut self) -> Turn<'_> {
        if let Some(fault) = self.fault.as_ref().filter(|_| !self.told) {
            self.told = true;
            return Turn::Odd("write_failed", fault.clone());
        }
        match self.feed.turn() {
            Turn::Frame(frame) => {
                unless(&mut self.fault, || self.file.frame(&frame));
                Turn::Frame(frame)
            }
            Turn::Quiet(until) => {
                self.until = until.or(self.until);
                // What is on the disk ends with a whole block.
                unless(&mut self.fault, || self.file.flush());
                Turn::Quiet(until)
            }
            Turn::Odd(name, detail) => Turn::Odd(name, detail),
            Turn::Over => Turn::Over,
        }
    }

    fn progress(&self) -> (u64, Option<u64>) {
        self.feed.progress()
    }

    fn lost(&self) -> Lost {
        self.feed.lost()
    }
}

/// Writes, unless that failed before.
fn unless(fault: &mut Option<String>, write: impl FnOnce() -> io::Result<()>) {
    if fault.is_none() {
        *fault = write().err().map(|error| error.to_string());
    }
}

#[cfg(test)]
mod tests;
