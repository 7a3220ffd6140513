//! Several files as one sequence of frames, in the order of packet time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use overhear_analysis::record::INCOMPLETE;
use overhear_analysis::{Stamp, Time};

use super::Fault;
use super::find::captures;
use super::origins::Origin;
use super::reader::Reader;
use crate::feed::{Feed, Lost, Turn};
use crate::frame::{Frame, Link};

/// All frames of some inputs, the earliest first.
///
/// A file keeps the order of its own frames, whatever their times say; of equal times the file
/// named first comes first. At most 64 files are open at a time: one is opened to learn
/// when it begins, and again when its time has come.
pub struct Timeline {
    files: Vec<File>,
    inputs: Vec<Input>,
    /// The time of each file's next frame.
    queue: BinaryHeap<Reverse<(Time, usize)>>,
    /// The file that gave the last frame.
    last: Option<usize>,
    /// Open files that can be set aside, the longest open first.
    open: VecDeque<usize>,
    seq: u64,
    faults: Vec<Fault>,
    /// What of the inputs could not be read, as far as that was not told yet.
    untold: VecDeque<String>,
    /// How long was listened, as the files say that were read to their end.
    until: Option<Time>,
    /// Size of all files as they are stored, if it is known.
    total: Option<u64>,
}

struct File {
    reader: Reader,
    /// Where its current frame comes from, among the inputs.
    source: usize,
    /// The same of each of its origins.
    sources: Vec<usize>,
}

/// Where frames come from, as [`Stamp::source`] numbers it: a file, or one of the interfaces of a
/// file. Those are told apart by their names, where there are several, and by the resolution of
/// their clocks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// The file, as it was found.
    pub name: String,
    /// The interface, in a file of several, and what its frames begin with.
    pub interface: Option<(String, Link)>,
    /// Seconds its times are rounded to, when coarser than a microsecond.
    pub resolution: Option<f64>,
    /// Frames the file says the capture dropped, as far as it was read.
    pub drops: u64,
}

impl Timeline {
    /// Finds and opens all captures that `paths` name (a directory means every capture in it, `-`
    /// is standard input), and tells which could not be.
    pub fn open(paths: &[PathBuf]) -> (Self, Vec<Fault>) {
        let mut faults = Vec::new();
        let found: Vec<PathBuf> =
            paths.iter().flat_map(|path| captures(path, &mut faults)).collect();
        let mut timeline = Self {
            files: Vec::new(),
            inputs: Vec::new(),
            queue: BinaryHeap::new(),
            last: None,
            open: VecDeque::new(),
            seq: 0,
            faults: Vec::new(),
            untold: VecDeque::new(),
            until: None,
            total: found.iter().map(|path| size(path)).sum(),
        };
        let room = if found.len() == 1 { WIDE } else { NARROW };
        for path in found {
            match Reader::open(&path, room) {
                Ok(reader) => timeline.add(reader),
                Err(fault) => faults.push(fault),
            }
        }
        faults.append(&mut timeline.faults);
        timeline.untold = faults.iter().map(ToString::to_string).collect();
        (timeline, faults)
    }

    /// The next frame, which stands in a block that the next call changes.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend")]
    pub fn next(&mut self) -> Option<Frame<'_>> {
        let index = self.step()?;
        self.frame(index)
    }

    /// Brings the next frame into its file's block.
    #[inline]
    fn step(&mut self) -> Option<usize> {
        let ahead = self.last.take().and_then(|last| self.advance(last));
        match ahead {
            Some((_, index)) if self.queue.is_empty() && self.goes_on(index) => {
                self.last = Some(index);
                self.seq += 1;
                Some(index)
            }
            ahead => self.earliest(ahead),
        }
    }

    /// The file that was just read has its next frame in its block, by the clock of the last one.
    fn goes_on(&self, index: usize) -> bool {
        self.files.get(index).is_some_and(|file| file.reader.goes_on())
    }

    /// Brings the earliest frame into its file's block; `ahead` is that of the last file.
    fn earliest(&mut self, mut ahead: Option<(Time, usize)>) -> Option<usize> {
        loop {
            let index = match (ahead.take(), self.queue.peek()) {
                // The same file again, as with one file it always is.
                (Some(first), None) => first.1,
                (Some(first), Some(Reverse(other))) if first < *other => first.1,
                (first, _) => {
                    self.queue.extend(first.map(Reverse));
                    self.queue.pop()?.0.1
                }
            };
            if self.load(index) {
                self.last = Some(index);
                self.seq += 1;
                return Some(index);
            }
        }
    }

    /// What could not be read to its end so far.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The inputs so far, by the number their frames' stamps have.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The files.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.reader.path())
    }

    /// How many files there are.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// Bytes read of the files as they are stored, and of how many if that is known.
    pub fn progress(&self) -> (u64, Option<u64>) {
        (self.files.iter().map(|file| file.reader.bytes().taken()).sum(), self.total)
    }

    #[cfg(test)]
    pub(super) fn files_open(&self) -> usize {
        self.files.iter().filter(|file| file.reader.bytes().is_open()).count()
    }

    fn add(&mut self, reader: Reader) {
        let (index, source) = (self.files.len(), self.inputs.len());
        self.files.push(File { reader, source, sources: Vec::new() });
        let first = self.advance(index);
        self.queue.extend(first.map(Reverse));
        self.note(index);
        if first.is_none() {
            self.finish(index);
        }
        self.keep_open(index);
    }

    /// Notes the origins of a file that are new among the inputs. It is one in any case.
    fn note(&mut self, index: usize) {
        let Some(File { reader, source, sources }) = self.files.get_mut(index) else { return };
        let name = reader.path().to_string_lossy();
        let plain = [Origin::default()];
        let origins = Some(reader.origins()).filter(|origins| !origins.is_empty());
        for origin in origins.unwrap_or(&plain).iter().skip(sources.len()) {
            sources.push(self.inputs.len());
            let interface = origin.interface.clone().map(|name| (name, origin.link));
            let (name, resolution) = (name.clone().into_owned(), origin.resolution);
            self.inputs.push(Input { name, interface, resolution, drops: 0 });
        }
        *source = sources.get(reader.origin()).copied().unwrap_or(*source);
    }

    /// Finds a file's next frame: its time and the file, as they are queued.
    #[inline]
    fn advance(&mut self, index: usize) -> Option<(Time, usize)> {
        let at = self.files.get_mut(index)?.reader.advance();
        if at.is_none() {
            self.finish(index);
        }
        Some((at?, index))
    }

    fn finish(&mut self, index: usize) {
        let Some(file) = self.files.get_mut(index) else { return };
        if let Some(fault) = file.reader.take_fault() {
            self.untold.push_back(fault.to_string());
            self.faults.push(fault);
        }
        if let Some(input) = self.inputs.get_mut(file.source) {
            input.drops = file.reader.drops();
        }
        self.until = self.until.max(file.reader.until());
        self.open.retain(|open| *open != index);
    }

    /// Brings a file's next frame into its block, and where it comes from among the inputs.
    fn load(&mut self, index: usize) -> bool {
        let Some(file) = self.files.get_mut(index) else { return false };
        let reopened = !file.reader.bytes().is_open();
        if !file.reader.load() {
            self.finish(index);
            return false;
        }
        match file.sources.get(file.reader.origin()) {
            Some(known) => file.source = *known,
            None => self.note(index),
        }
        if reopened {
            self.keep_open(index);
        }
        true
    }

    /// Notes a file that was just opened, and sets others aside when there are too many.
    fn keep_open(&mut self, index: usize) {
        self.open.push_back(index);
        while self.open.len() > MAX_OPEN {
            let Some(oldest) = self.open.pop_front() else { return };
            if let Some(file) = self.files.get_mut(oldest) {
                // What can be read only once stays open, and is not counted.
                let _ = file.reader.bytes_mut().set_aside();
            }
        }
    }

    #[inline]
    fn frame(&self, index: usize) -> Option<Frame<'_>> {
        let file = self.files.get(index)?;
        let (no, record, data) = file.reader.frame()?;
        let source = u16::try_from(file.source).unwrap_or(u16::MAX);
        let stamp = Stamp { at: record.at, source, no };
        Some(Frame { seq: self.seq, stamp, wire_len: record.wire_len, link: record.link, data })
    }
}

impl Feed for Timeline {
    #[inline]
    fn turn(&mut self) -> Turn<'_> {
        if let Some(index) = self.step() {
            return self.frame(index).map_or(Turn::Over, Turn::Frame);
        }
        if let Some(fault) = self.untold.pop_front() {
            return Turn::Odd(INCOMPLETE, fault);
        }
        self.until.take().map_or(Turn::Over, |until| Turn::Quiet(Some(until)))
    }

    #[inline]
    fn ahead(&mut self) -> Option<(Link, &[u8])> {
        // Among several files it is not known whose frame comes next.
        match &mut self.files[..] {
            [file] => file.reader.peek(),
            _ => None,
        }
    }

    fn progress(&self) -> (u64, Option<u64>) {
        self.progress()
    }

    fn lost(&self) -> Lost {
        Lost { kernel: self.inputs.iter().map(|input| input.drops).sum(), interface: 0 }
    }
}

/// Size of a file as it is stored; nothing for what has none.
fn size(path: &Path) -> Option<u64> {
    match fs::metadata(path) {
        Ok(facts) => facts.is_file().then_some(facts.len()),
        // What is not there has nothing to be read.
        Err(_) => (path != Path::new("-")).then_some(0),
    }
}

/// How many files are open at a time.
const MAX_OPEN: usize = 64;
/// Bytes of the block of a file that is read alone.
const WIDE: usize = 64 << 10;
/// Bytes of the block of one file among several.
const NARROW: usize = 128 << 10;
