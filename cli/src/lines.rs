//! Recorded event streams, line by line, several merged by time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, BufRead, Read as _};

use overhear_analysis::{Time, Told};
use serde::Deserialize;

/// Lines of several streams in order of time; those of one stream stay in its order, and of two
/// at the same time the stream named first goes first.
pub(crate) struct Lines {
    streams: Vec<Stream>,
    waiting: BinaryHeap<Reverse<Turn>>,
}

/// A line that waits for its turn; compared by time, then by its stream.
type Turn = (Option<Time>, usize, Waiting);

/// A line, equal to any other so that it never decides a turn.
struct Waiting(Line);

impl PartialEq for Waiting {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

/// One line of a stream.
pub(crate) struct Line {
    /// The line without its end.
    pub(crate) raw: Vec<u8>,
    /// The event; nothing when its type is not known to this version.
    pub(crate) told: Option<Told>,
}

/// A line that is no event, or a stream that ended in the middle: where, and why.
pub(crate) type Fault = String;

/// What is wrong with streams: the first lines in words, further ones by their number.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    said: Vec<Fault>,
    lines: u64,
}

/// Lines of which it is said what is wrong with them.
const FIRST: u64 = 20;

impl Faults {
    /// A line is wrong.
    fn line(&mut self, fault: Fault) {
        self.lines += 1;
        if self.lines <= FIRST {
            self.said.push(fault);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    /// All of it, for people.
    pub(crate) fn said(mut self) -> Vec<String> {
        match self.lines.saturating_sub(FIRST) {
            0 => {}
            1 => self.said.push("one more line is no event".to_owned()),
            more => self.said.push(format!("{more} more lines are no events")),
        }
        self.said
    }
}

impl Lines {
    /// Reads these streams, each with its name.
    pub(crate) fn of(sources: Vec<(String, Box<dyn BufRead>)>, faults: &mut Faults) -> Self {
        let streams = sources.into_iter().map(|(name, source)| Stream::new(name, source));
        let mut lines = Self { streams: streams.collect(), waiting: BinaryHeap::new() };
        for at in 0..lines.streams.len() {
            lines.pull(at, faults);
        }
        lines
    }

    /// The next line; what is wrong on the way to the one after it goes to `faults`.
    pub(crate) fn next(&mut self, faults: &mut Faults) -> Option<Line> {
        let Reverse((_, at, Waiting(line))) = self.waiting.pop()?;
        self.pull(at, faults);
        Some(line)
    }

    /// Lets the next good line of a stream wait.
    fn pull(&mut self, at: usize, faults: &mut Faults) {
        let Some(stream) = self.streams.get_mut(at) else { return };
        loop {
            match stream.line() {
                Ok(Some(line)) => {
                    self.waiting.push(Reverse((stream.at, at, Waiting(line))));
                    return;
                }
                Ok(None) => return,
                Err(Bad::Line(fault)) => faults.line(fault),
                Err(Bad::Stream(fault)) => return faults.said.push(fault),
            }
        }
    }
}

/// One stream.
struct Stream {
    name: String,
    source: Box<dyn BufRead>,
    no: u64,
    /// The latest time in it so far: a line never goes before one that stood above it.
    at: Option<Time>,
}

/// What is wrong.
enum Bad {
    /// With a line: the next one may be good.
    Line(Fault),
    /// With the stream.
    Stream(Fault),
}

impl Stream {
    fn new(name: String, source: Box<dyn BufRead>) -> Self {
        Self { name, source, no: 0, at: None }
    }

    fn line(&mut self) -> Result<Option<Line>, Bad> {
        loop {
            let mut raw = Vec::new();
            let limited = &mut (&mut self.source).take(LONGEST);
            let read = limited.read_until(b'\n', &mut raw);
            self.no += 1;
            let length = read.map_err(|error| Bad::Stream(self.fault(error)))?;
            if length == 0 {
                return Ok(None);
            }
            if raw.pop_if(|last| *last == b'\n').is_none() && length as u64 == LONGEST {
                self.skip().map_err(|error| Bad::Stream(self.fault(error)))?;
                return Err(Bad::Line(self.fault("the line is longer than 64 MiB")));
            }
            if raw.trim_ascii().is_empty() {
                continue;
            }
            let told = parse(&raw).map_err(|why| Bad::Line(self.fault(why)))?;
            let time = told.as_ref().and_then(|told| told.head.timestamp);
            self.at = self.at.max(time);
            return Ok(Some(Line { raw, told }));
        }
    }

    /// Passes over the rest of a line.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let held = self.source.fill_buf()?;
            let end = held.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(held.len(), |end| end + 1);
            self.source.consume(used);
            if end.is_some() || used == 0 {
                return Ok(());
            }
        }
    }

    fn fault(&self, why: impl std::fmt::Display) -> Fault {
        format!("{}: line {}: {why}", self.name, self.no)
    }
}

/// Reads a line; one of an event type this version does not know is nothing.
fn parse(raw: &[u8]) -> Result<Option<Told>, String> {
    #[derive(Deserialize)]
    struct Outline {
        event_type: String,
    }
    match serde_json::from_slice::<Told>(raw) {
        Ok(told) if told.head.event_type == told.body.event_type() => Ok(Some(told)),
        Ok(told) => Err(format!(
            "event_type is {:?}, but the object is a {}",
            told.head.event_type,
            told.body.event_type()
        )),
        Err(error) => match serde_json::from_slice::<Outline>(raw) {
            Ok(outline) if !TYPES.contains(&outline.event_type.as_str()) => Ok(None),
            _ => Err(error.to_string()),
        },
    }
}

const TYPES: [&str; 16] = [
    "start",
    "login",
    "credential",
    "message",
    "typing",
    "roster",
    "presence",
    "profile",
    "room",
    "file",
    "client",
    "channel",
    "conflict",
    "anomaly",
    "finding",
    "stats",
];

/// Bytes a line may have.
const LONGEST: u64 = 64 << 20;
