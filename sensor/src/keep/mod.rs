//! Frames written to a file as they are read, or to one file after another.

mod disk;
mod pair;
mod pcapng;
mod picker;
mod volumes;
mod wanted;

use std::io::{self, Write};

use crate::feed::{Feed, Lost, Turn};
use crate::frame::Link;
use disk::Disk;
pub use pcapng::Described;
use picker::Picker;
pub use volumes::Volumes;
pub use wanted::Asker;
use wanted::Wants;

/// A feed whose frames are also written down: all, in the order they are read, so that reading the
/// file gives what the feed gave; or those of messaging ([`Keep::of_messaging`]). A file that cannot
/// be written any more ends the writing, not the reading: that is told once, as the anomaly
/// `write_failed`.
pub struct Keep<F, W: Write> {
    feed: F,
    disk: Disk<W>,
}

impl<F: Feed, W: Write + Send> Keep<F, W> {
    /// Writes the frames of `feed`, whose stamps number these sources.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn new(feed: F, file: W, sources: Vec<Described>) -> io::Result<Self> {
        Ok(Self { feed, disk: Disk::new(file, sources, None)? })
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
        Ok((Self { feed, disk: Disk::new(file, sources, picker)? }, Asker::new(wants)))
    }

    /// Writes one file after another from now on, each whole in itself.
    #[must_use]
    pub fn in_volumes(mut self, volumes: Volumes<W>) -> Self {
        self.disk.volumes = Some(volumes);
        self
    }

    /// Ends the file: how long it was listened, and what was lost meanwhile.
    ///
    /// # Errors
    /// Why the file is not whole.
    pub fn finish(self) -> io::Result<F> {
        self.disk.finish(self.feed.lost())?;
        Ok(self.feed)
    }
}

impl<F: Feed, W: Write + Send> Feed for Keep<F, W> {
    fn turn(&mut self) -> Turn<'_> {
        if let Some(fault) = self.disk.news() {
            return Turn::Odd("write_failed", fault);
        }
        // Only a file that may end now has to say what was lost until now.
        let lost = if self.disk.volumes.is_some() { self.feed.lost() } else { Lost::default() };
        match self.feed.turn() {
            Turn::Frame(frame) => {
                self.disk.frame(&frame, lost);
                Turn::Frame(frame)
            }
            Turn::Quiet(until) => {
                self.disk.quiet(until, lost);
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

#[cfg(test)]
mod tests;
