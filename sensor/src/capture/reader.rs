//! One capture file, frame by frame.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use overhear_analysis::Time;

use super::Fault;
use super::origins::Origin;
use super::pcap::Pcap;
use super::pcapng::Pcapng;
use super::source::Bytes;
use crate::frame::Link;

/// A frame's facts, while its data stands in the block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) at: Time,
    pub(super) link: Link,
    pub(super) wire_len: u32,
    /// Which of the reader's origins it comes from.
    pub(super) origin: u16,
    pub(super) place: Place,
}

/// Where a frame's data stands, counted from the start of its record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Bytes before the data.
    pub(super) skip: usize,
    /// Bytes of data.
    pub(super) len: usize,
    /// Bytes of the whole record.
    pub(super) total: usize,
}

/// A capture file that is being read.
pub(super) struct Reader {
    path: PathBuf,
    bytes: Bytes,
    format: Format,
    record: Option<Record>,
    /// Its origin is another than the last frame's was.
    turned: bool,
    /// Frames so far, this one included.
    no: u64,
    fault: Option<Fault>,
    /// Where the next record begins that nobody has peeked at.
    peeked: u64,
}

enum Format {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

impl Reader {
    /// Opens a file and reads its header. A block has `room` bytes.
    pub(super) fn open(path: &Path, room: usize) -> Result<Self, Fault> {
        let fault =
            |offset, unpacked, reason| Fault { file: path.to_path_buf(), offset, unpacked, reason };
        let bytes = Bytes::open(path, room)
            .map_err(|error| fault(None, false, unreadable(path, &error)))?;
        Self::read(path, bytes).map_err(|(unpacked, reason)| fault(Some(0), unpacked, reason))
    }

    /// Reads the header; otherwise whether the content was packed, and why not.
    pub(super) fn read(path: &Path, mut bytes: Bytes) -> Result<Self, (bool, Cow<'static, str>)> {
        let format = Pcap::open(&mut bytes)
            .map(Format::Pcap)
            .or_else(|| Pcapng::open(&mut bytes).map(Format::Pcapng));
        match format {
            Some(format) => Ok(Self {
                path: path.to_path_buf(),
                bytes,
                format,
                record: None,
                turned: false,
                no: 0,
                fault: None,
                peeked: 0,
            }),
            None => Err((bytes.is_packed(), no_capture(&mut bytes))),
        }
    }

    /// Goes on to the next frame, and tells its time.
    #[inline]
    pub(super) fn advance(&mut self) -> Option<Time> {
        if let Some(record) = &self.record {
            // The whole record stands in the block, so that this cannot fail.
            let _ = self.bytes.skip(record.place.total as u64);
        }
        let next = match &mut self.format {
            Format::Pcap(pcap) => pcap.next(&mut self.bytes, &mut self.record),
            Format::Pcapng(pcapng) => pcapng.next(&mut self.bytes).map(|next| {
                let origin = |record: Option<Record>| record.map(|record| record.origin);
                self.turned = origin(self.record) != origin(next);
                self.record = next;
            }),
        };
        match (next, &self.record) {
            (Ok(()), Some(record)) => {
                self.no += 1;
                return Some(record.at);
            }
            (Ok(()), None) => {}
            (Err(reason), _) => {
                self.record = None;
                self.fault(reason);
            }
        }
        self.bytes.close();
        None
    }

    /// The frame's data stands in the block, and it comes from where the last one came from.
    pub(super) const fn goes_on(&self) -> bool {
        self.bytes.is_open() && !self.turned
    }

    /// Makes sure that the frame's data stands in the block, also when the file was set aside.
    pub(super) fn load(&mut self) -> bool {
        let Some(record) = self.record else { return false };
        if self.bytes.want(record.place.total).is_ok() {
            return true;
        }
        self.fault("the file changed while it was read".into());
        self.bytes.close();
        false
    }

    /// Number of the frame in this file, its facts, its data.
    pub(super) fn frame(&self) -> Option<(u64, Record, &[u8])> {
        let record = self.record?;
        let (_, data) = self.bytes.ahead().split_at_checked(record.place.skip)?;
        Some((self.no, record, data.get(..record.place.len)?))
    }

    /// The data of a later frame, as far as it stands in the block; the next call gives the one
    /// behind it.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<(Link, &[u8])> {
        let Format::Pcap(pcap) = &self.format else { return None };
        let here = self.record.map_or(0, |record| record.place.total);
        let next = self.peeked.max(self.bytes.offset() + here as u64);
        let ahead = usize::try_from(next - self.bytes.offset()).ok()?;
        let bytes = self.bytes.ahead().get(ahead..)?;
        let (link, place) = pcap.peek(bytes)?;
        self.peeked = next + place.total as u64;
        Some((link, bytes.get(place.skip..place.total)?))
    }

    /// Which of the origins the frame comes from.
    pub(super) fn origin(&self) -> usize {
        self.record.map_or(0, |record| usize::from(record.origin))
    }

    /// Where its frames come from, as far as it was read; nothing is told of a plain pcap.
    pub(super) fn origins(&self) -> &[Origin] {
        match &self.format {
            Format::Pcap(_) => &[],
            Format::Pcapng(pcapng) => pcapng.origins(),
        }
    }

    /// Frames the file says were dropped.
    pub(super) fn drops(&self) -> u64 {
        match &self.format {
            Format::Pcap(_) => 0,
            Format::Pcapng(pcapng) => pcapng.drops(),
        }
    }

    /// How long was listened, if the file says so; known at its end.
    pub(super) const fn until(&self) -> Option<Time> {
        match &self.format {
            Format::Pcap(_) => None,
            Format::Pcapng(pcapng) => pcapng.until(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub(super) const fn bytes_mut(&mut self) -> &mut Bytes {
        &mut self.bytes
    }

    /// What ended the reading, told once.
    pub(super) const fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    fn fault(&mut self, reason: Cow<'static, str>) {
        self.fault = Some(Fault {
            file: self.path.clone(),
            offset: Some(self.bytes.offset()),
            unpacked: self.bytes.is_packed(),
            reason,
        });
    }
}

/// Why a file cannot be opened, without the numbers of the system.
fn unreadable(path: &Path, error: &io::Error) -> Cow<'static, str> {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::PermissionDenied => "it may not be read".into(),
        _ if path.is_dir() => "it is a directory".into(),
        _ => error.to_string().into(),
    }
}

/// Why a file is no capture, as well as its first bytes tell.
fn no_capture(bytes: &mut Bytes) -> Cow<'static, str> {
    use super::source::Lack;
    if let Err(Lack::Unreadable(error)) = bytes.want(24) {
        return error.to_string().into();
    }
    match *bytes.ahead() {
        [] => "the file is empty".into(),
        [b'G', b'M', b'B', b'U', ..] | [b'R', b'T', b'S', b'S', ..] => {
            "a Network Monitor capture, which overhear does not read; editcap converts it".into()
        }
        [b's', b'n', b'o', b'o', b'p', 0, 0, 0, ..] => {
            "a snoop capture, which overhear does not read; editcap converts it".into()
        }
        [0xd4, 0xc3, 0xb2, 0xa1, ..] | [0xa1, 0xb2, 0xc3, 0xd4, ..] => {
            "the file ends within its header".into()
        }
        _ => "no pcap or pcapng header".into(),
    }
}
