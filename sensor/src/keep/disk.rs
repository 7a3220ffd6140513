//! The file that is written, until it cannot be any more.

use std::io::{self, Write};

use overhear_analysis::{Stamp, Time};

use super::pcapng::{Described, Writer};
use super::picker::Picker;
use super::volumes::Volumes;
use crate::feed::Lost;
use crate::frame::Frame;

/// Where frames are written to.
pub(super) struct Disk<W: Write> {
    file: Writer<W>,
    /// When another file is begun, if ever.
    pub(super) volumes: Option<Volumes<W>>,
    /// Picks the frames, where not all are written.
    picker: Option<Picker>,
    /// Why nothing is written any more.
    fault: Option<String>,
    told: bool,
    /// How long was listened.
    until: Option<Time>,
    /// What was lost before this file.
    before: Lost,
}

impl<W: Write> Disk<W> {
    /// Begins a file.
    pub(super) fn new(
        file: W,
        sources: Vec<Described>,
        picker: Option<Picker>,
    ) -> io::Result<Self> {
        let (file, before) = (Writer::new(file, sources)?, Lost::default());
        Ok(Self { file, volumes: None, picker, fault: None, told: false, until: None, before })
    }

    /// Why nothing is written any more; told once.
    pub(super) fn news(&mut self) -> Option<String> {
        let fault = self.fault.as_ref().filter(|_| !self.told)?;
        self.told = true;
        Some(fault.clone())
    }

    /// Writes a frame, or those whose turn it is; `lost` is what was lost so far.
    pub(super) fn frame(&mut self, frame: &Frame<'_>, lost: Lost) {
        match &mut self.picker {
            Some(picker) => {
                picker.frame(frame);
                self.picked(false, lost);
            }
            None => self.put(frame, "", lost),
        }
    }

    /// Nothing was heard until then: what is on the disk ends with a whole block.
    pub(super) fn quiet(&mut self, until: Option<Time>, lost: Lost) {
        self.until = until.or(self.until);
        if let (Some(picker), Some(until)) = (&mut self.picker, until) {
            picker.quiet(until);
        }
        self.picked(false, lost);
        if self.volumes.as_ref().is_some_and(Volumes::is_asked) {
            self.turn(lost);
        }
        self.unless(Writer::flush);
    }

    /// Ends the file.
    pub(super) fn finish(mut self, lost: Lost) -> io::Result<()> {
        self.picked(true, lost);
        match self.fault {
            Some(fault) => Err(io::Error::other(fault)),
            None => self.file.finish(self.until, lost - self.before),
        }
    }

    /// Writes the frames that were picked: all, or those whose turn it is.
    fn picked(&mut self, all: bool, lost: Lost) {
        while let Some(waiting) = self.picker.as_mut().and_then(|picker| picker.next(all)) {
            let stamp = Stamp { at: waiting.at, source: waiting.source, no: waiting.no };
            let (wire_len, link, data) = (waiting.wire_len, waiting.link, &*waiting.data);
            let frame = Frame { seq: 0, stamp, wire_len, link, data };
            self.put(&frame, &waiting.comment, lost);
        }
    }

    fn put(&mut self, frame: &Frame<'_>, comment: &str, lost: Lost) {
        let at = frame.stamp.at;
        if let Some(volumes) = &self.volumes
            && (volumes.is_asked() || volumes.is_full(self.file.begun(), at, self.file.bytes()))
        {
            self.turn(lost);
        }
        self.unless(|file| file.frame(frame, comment));
    }

    /// Ends this file and begins another.
    fn turn(&mut self, lost: Lost) {
        let Some(volumes) = self.volumes.as_mut().filter(|_| self.fault.is_none()) else { return };
        volumes.answered();
        let (begun, end) = (self.file.begun(), self.file.last());
        let done = self
            .file
            .finish(self.until.max(end), lost - self.before)
            .and_then(|()| volumes.next(begun))
            .and_then(|next| self.file.anew(next));
        self.before = lost;
        self.fault = done.err().map(|error| error.to_string());
    }

    /// Writes, unless that failed before.
    fn unless(&mut self, write: impl FnOnce(&mut Writer<W>) -> io::Result<()>) {
        if self.fault.is_none() {
            self.fault = write(&mut self.file).err().map(|error| error.to_string());
        }
    }
}
