//! Frames written to a file as they are read.

mod pair;
mod pcapng;
mod picker;
mod wanted;

use std::io::{self, Write};

use overhear_analysis::{Stamp, Time};

use crate::feed::{Feed, Lost, Turn};
use crate::frame::{Frame, Link};
pub use pcapng::Described;
use pcapng::Writer;
use picker::Picker;
pub use wanted::Asker;
use wanted::Wants;

/// A feed whose frames are also written down: all, in the order they are read, so that reading the
/// file gives what the feed gave; or those of messaging ([`Keep::of_messaging`]). A file that cannot be written any more ends the writing, not the
/// reading: that is told once, as the anomaly `write_failed`.
pub struct Keep<F, W: Write> {
    feed: F,
    file: Writer<W>,
    /// Picks the frames, where not all are written.
    picker: Option<Picker>,
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
        Ok(Self { feed, file, picker: None, fault: None, told: false, until: None })
    }

    /// Writes only the frames somebody asks for, each with a comment that says of what it is a
    /// part. Frames wait to be asked for in so many bytes. The [`Asker`] asks for messaging.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn of_messaging(
        feed: F,
        file: W,
        sources: Vec<Described>,
        bytes: usize,
    ) -> io::Result<(Self, Asker)> {
        let wants = Wants::default();
        let picker = Some(Picker::new(wants.clone(), bytes));
        Ok((Self { picker, ..Self::new(feed, file, sources)? }, Asker::new(wants)))
    }

    /// Ends the file: how long it was listened, and what was lost meanwhile.
    ///
    /// # Errors
    /// Why the file is not whole.
    pub fn finish(mut self) -> io::Result<F> {
        picked(&mut self.picker, &mut self.file, &mut self.fault, true);
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
                match &mut self.picker {
                    Some(picker) => picker.frame(&frame),
                    None => unless(&mut self.fault, || self.file.frame(&frame, "")),
                }
                picked(&mut self.picker, &mut self.file, &mut self.fault, false);
                Turn::Frame(frame)
            }
            Turn::Quiet(until) => {
                self.until = until.or(self.until);
                if let (Some(picker), Some(until)) = (&mut self.picker, until) {
                    picker.quiet(until);
                }
                picked(&mut self.picker, &mut self.file, &mut self.fault, false);
                // What is on the disk ends with a whole block.
                unless(&mut self.fault, || self.file.flush());
                Turn::Quiet(until)
            }
            Turn::Odd(name, detail) => Turn::Odd(name, detail),
            Turn::Over => Turn::Over,
        }
    }

    fn ahead(&mut self) -> Option<(Link, &[u8])> {
        self.feed.ahead()
    }

    fn progress(&self) -> (u64, Option<u64>) {
        self.feed.progress()
    }

    fn lost(&self) -> Lost {
        self.feed.lost()
    }
}

/// Writes the frames that were picked: all, or those whose turn it is.
fn picked(
    picker: &mut Option<Picker>,
    file: &mut Writer<impl Write>,
    fault: &mut Option<String>,
    all: bool,
) {
    let Some(picker) = picker else { return };
    while let Some(waiting) = picker.next(all) {
        let stamp = Stamp { at: waiting.at, source: waiting.source, no: waiting.no };
        let (wire_len, link, data) = (waiting.wire_len, waiting.link, &*waiting.data);
        let frame = Frame { seq: 0, stamp, wire_len, link, data };
        unless(fault, || file.frame(&frame, &waiting.comment));
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
