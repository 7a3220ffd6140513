//! The unpacked bytes of one file, seen through a block that moves over them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::compress::Stream;

/// A window on a stream.
pub(super) struct Bytes {
    /// Nothing while the file is set aside.
    stream: Option<Stream>,
    /// The file, when it can be opened again.
    file: Option<PathBuf>,
    block: Vec<u8>,
    /// Size of a new block.
    room: usize,
    /// The part of the block that holds bytes not yet consumed.
    start: usize,
    end: usize,
    /// Position of `start` in the unpacked stream.
    offset: u64,
    packed: bool,
    /// Packed bytes taken, as of when the stream was last open.
    taken: u64,
}

/// Why there are not as many bytes as were asked for.
#[derive(Debug)]
pub(super) enum Lack {
    /// The stream ended here.
    End,
    /// The stream ended in the middle.
    Cut,
    /// It could not be read.
    Unreadable(io::Error),
}

// start ≤ end ≤ block.len().
impl Bytes {
    /// Opens a file; `-` is standard input. A block has `room` bytes.
    pub(super) fn open(path: &Path, room: usize) -> io::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::new(Stream::open(Box::new(io::stdin()))?, None, room));
        }
        let file = File::open(path)?;
        // What is no regular file (a named pipe) can be read once only.
        let again = file.metadata()?.is_file().then(|| path.to_path_buf());
        Ok(Self::new(Stream::open(Box::new(file))?, again, room))
    }

    #[cfg(test)]
    pub(super) fn of(reader: impl Read + Send + 'static) -> Self {
        Self::new(Stream::open(Box::new(reader)).unwrap(), None, 4096)
    }

    fn new(stream: Stream, file: Option<PathBuf>, room: usize) -> Self {
        let packed = stream.is_packed();
        let block = Vec::new();
        Self {
            stream: Some(stream),
            file,
            block,
            room,
            start: 0,
            end: 0,
            offset: 0,
            packed,
            taken: 0,
        }
    }

    /// The next `len` bytes, which stay where they are.
    pub(super) fn want(&mut self, len: usize) -> Result<&[u8], Lack> {
        if self.end - self.start < len {
            self.fill(len)?;
        }
        Ok(self.ahead().get(..len).unwrap_or_default())
    }

    /// Goes `len` bytes on, or stays where it is.
    pub(super) fn skip(&mut self, len: u64) -> Result<(), Lack> {
        if let Some(start) =
            (self.start as u64).checked_add(len).filter(|at| *at <= self.end as u64)
        {
            self.start = start as usize;
            self.offset += len;
            return Ok(());
        }
        let from = self.offset;
        let mut left = len;
        while left > 0 {
            if self.start == self.end && self.fill(1).is_err() {
                self.offset = from;
                return Err(Lack::Cut);
            }
            let step = left.min((self.end - self.start) as u64);
            self.start += step as usize;
            self.offset += step;
            left -= step;
        }
        Ok(())
    }

    /// Closes the file until more of it is wanted; false when that cannot be.
    pub(super) fn set_aside(&mut self) -> bool {
        if self.file.is_none() {
            return false;
        }
        self.close();
        true
    }

    /// Closes the file for good.
    pub(super) fn close(&mut self) {
        self.taken = self.taken();
        self.stream = None;
        self.block = Vec::new();
        (self.start, self.end) = (0, 0);
    }

    /// Whether the file is open.
    pub(super) const fn is_open(&self) -> bool {
        self.stream.is_some()
    }

    /// The bytes in the block, none of which were consumed.
    pub(super) fn ahead(&self) -> &[u8] {
        self.block.get(self.start..self.end).unwrap_or_default()
    }

    /// Bytes consumed of the unpacked stream.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the stream was packed.
    pub(super) const fn is_packed(&self) -> bool {
        self.packed
    }

    /// Bytes read of the file as it is stored.
    pub(super) fn taken(&self) -> u64 {
        self.stream.as_ref().map_or(self.taken, Stream::taken).max(self.taken)
    }

    /// Reads until `len` bytes are ahead.
    #[cold]
    fn fill(&mut self, len: usize) -> Result<(), Lack> {
        if self.stream.is_none() {
            self.resume().map_err(Lack::Unreadable)?;
        }
        let Some(stream) = &mut self.stream else { return Err(Lack::End) };
        self.block.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        let room = self.room.max(len);
        if self.block.len() < room {
            self.block.resize(room, 0);
        }
        while self.end < len {
            match stream.read(self.block.get_mut(self.end..).unwrap_or_default()) {
                Ok(0) if self.end == 0 => return Err(Lack::End),
                Ok(0) => return Err(Lack::Cut),
                Ok(more) => self.end += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Lack::Unreadable(error)),
            }
        }
        Ok(())
    }

    /// Opens the file again where it was set aside.
    fn resume(&mut self) -> io::Result<()> {
        let Some(path) = &self.file else { return Ok(()) };
        let mut file = File::open(path)?;
        if self.packed {
            let mut stream = Stream::open(Box::new(file))?;
            io::copy(&mut (&mut stream).take(self.offset), &mut io::sink())?;
            self.stream = Some(stream);
        } else {
            file.seek(SeekFrom::Start(self.offset))?;
            self.taken = self.taken.max(self.offset);
            self.stream = Some(Stream::plain(Box::new(file), self.offset));
        }
        Ok(())
    }
}
