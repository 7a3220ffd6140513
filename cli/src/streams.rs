//! Where recorded event streams come from.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek as _};

use crate::lines::{Fault, Faults, Lines};

/// The streams of a command line.
pub(crate) struct Streams {
    sources: Vec<(String, Source)>,
    /// Their size together, in bytes, where all are files.
    pub(crate) bytes: Option<u64>,
    /// Those that cannot be opened.
    pub(crate) faults: Vec<Fault>,
}

/// One of them.
enum Source {
    /// A file, which can be read again.
    File(File),
    /// A pipe.
    Once(Option<Box<dyn Read>>),
}

impl Streams {
    /// Opens them, `-` as standard input. What has to be read `twice` and cannot be is copied to
    /// a file without a name.
    pub(crate) fn open(paths: &[OsString], twice: bool) -> Self {
        let mut streams = Self { sources: Vec::new(), bytes: Some(0), faults: Vec::new() };
        for path in paths {
            let name = named(path);
            match open(path).and_then(|(source, size)| Ok((source.again(twice)?, size))) {
                Ok((source, size)) => {
                    streams.bytes = streams.bytes.zip(size).map(|(sum, size)| sum + size);
                    streams.sources.push((name, source));
                }
                Err(error) => streams.faults.push(format!("{name}: {error}")),
            }
        }
        streams
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.sources.len()
    }

    /// Their lines from the beginning.
    pub(crate) fn lines(&mut self, faults: &mut Faults) -> io::Result<Lines> {
        let mut sources: Vec<(String, Box<dyn BufRead>)> = Vec::new();
        for (name, source) in &mut self.sources {
            let reader: Box<dyn Read> = match source {
                Source::File(file) => {
                    file.rewind()?;
                    Box::new(file.try_clone()?)
                }
                Source::Once(pipe) => pipe.take().unwrap_or_else(|| Box::new(io::empty())),
            };
            sources.push((name.clone(), Box::new(BufReader::with_capacity(BUFFER, reader))));
        }
        Ok(Lines::of(sources, faults))
    }
}

impl Source {
    /// The same, readable again if that is needed.
    fn again(self, twice: bool) -> io::Result<Self> {
        match self {
            Self::Once(Some(mut pipe)) if twice => {
                let mut file = tempfile::tempfile()?;
                io::copy(&mut pipe, &mut file)?;
                Ok(Self::File(file))
            }
            other => Ok(other),
        }
    }
}

fn open(path: &OsStr) -> io::Result<(Source, Option<u64>)> {
    if path == STDIN {
        return Ok((Source::Once(Some(Box::new(io::stdin()))), None));
    }
    let file = File::open(path)?;
    let known = file.metadata()?;
    if known.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else if known.is_file() {
        Ok((Source::File(file), Some(known.len())))
    } else {
        Ok((Source::Once(Some(Box::new(file))), None))
    }
}

/// A path as people read it.
fn named(path: &OsStr) -> String {
    if path == STDIN { "standard input".into() } else { path.to_string_lossy().into_owned() }
}

/// Standard input, among paths.
const STDIN: &str = "-";

/// Bytes read at once.
const BUFFER: usize = 256 << 10;
