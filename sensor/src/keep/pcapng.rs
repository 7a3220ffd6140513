//! Capture files as the IETF draft has them (draft-ietf-opsawg-pcapng), one section, little-endian.

use std::io::{self, Write};

use overhear_analysis::Time;

use crate::capture::Input;
use crate::feed::Lost;
use crate::frame::{Frame, Link};

/// Where frames come from, as the file describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// Name of the interface, or of the file that was read.
    pub name: String,
    /// What its frames begin with, where that is known beforehand. Then it is described at the
    /// beginning of the file, so that who reads it knows how many there are.
    pub link: Option<Link>,
    /// The filter frames passed, in libpcap's language.
    pub filter: Option<String>,
    /// Most bytes kept of a frame; 0 is no limit.
    pub snaplen: u32,
}

/// An interface of a file is described as it was there; a file without by its own name.
impl From<&Input> for Described {
    fn from(input: &Input) -> Self {
        let (interface, link) = input.interface.clone().unzip();
        Self { name: interface.unwrap_or_else(|| input.name.clone()), link, ..Self::default() }
    }
}

/// Writes blocks.
pub(super) struct Writer<W: Write> {
    out: io::BufWriter<W>,
    sources: Vec<Described>,
    /// Interfaces of the file: a source and its link type. Their numbers are their places.
    interfaces: Vec<(u16, Link)>,
    block: Vec<u8>,
    /// Bytes so far.
    bytes: u64,
    /// Times of its first frame, and of the latest.
    times: Option<(Time, Time)>,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    pub(super) fn new(out: W, sources: Vec<Described>) -> io::Result<Self> {
        let out = io::BufWriter::with_capacity(BUFFER, out);
        let (interfaces, block) = (Vec::new(), Vec::new());
        let mut file = Self { out, sources, interfaces, block, bytes: 0, times: None };
        file.begin()?;
        Ok(file)
    }

    /// Begins another file, after this one was finished.
    pub(super) fn anew(&mut self, out: W) -> io::Result<()> {
        self.out = io::BufWriter::with_capacity(BUFFER, out);
        self.interfaces.clear();
        (self.bytes, self.times) = (0, None);
        self.begin()
    }

    /// When its first frame was heard.
    pub(super) fn begun(&self) -> Option<Time> {
        self.times.map(|(first, _)| first)
    }

    /// When its latest frame was heard.
    pub(super) fn last(&self) -> Option<Time> {
        self.times.map(|(_, last)| last)
    }

    /// Bytes it has.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn begin(&mut self) -> io::Result<()> {
        self.block.extend(BYTE_ORDER.to_le_bytes());
        self.block.extend([1, 0, 0, 0]);
        // The length of the section is not known.
        self.block.extend(u64::MAX.to_le_bytes());
        let program = concat!("overhear ", env!("CARGO_PKG_VERSION"));
        self.option(SHB_USERAPPL, program.as_bytes());
        self.put(SECTION)?;
        for source in 0..u16::try_from(self.sources.len()).unwrap_or(u16::MAX) {
            let link = self.sources.get(usize::from(source)).and_then(|one| one.link);
            link.map(|link| self.interface(source, link)).transpose()?;
        }
        Ok(())
    }

    /// Writes a frame, with a comment if there is one.
    pub(super) fn frame(&mut self, frame: &Frame<'_>, comment: &str) -> io::Result<()> {
        let interface = self.interface(frame.stamp.source, frame.link)?;
        let captured = u32::try_from(frame.data.len()).unwrap_or(u32::MAX);
        self.block.extend(interface.to_le_bytes());
        self.time(frame.stamp.at);
        let (first, last) = self.times.unwrap_or((frame.stamp.at, frame.stamp.at));
        self.times = Some((first, last.max(frame.stamp.at)));
        self.block.extend(captured.to_le_bytes());
        self.block.extend(frame.wire_len.to_le_bytes());
        self.block.extend_from_slice(frame.data);
        self.pad();
        if !comment.is_empty() {
            self.option(OPT_COMMENT, comment.as_bytes());
            self.block.extend(OPT_ENDOFOPT);
        }
        self.put(PACKET)
    }

    /// Hands everything on.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Ends the file with how long was listened, and what was lost, as far as that is known.
    pub(super) fn finish(&mut self, until: Option<Time>, lost: Lost) -> io::Result<()> {
        for number in 0..u32::try_from(self.interfaces.len()).unwrap_or_default() {
            self.block.extend(number.to_le_bytes());
            self.time(until.unwrap_or_default());
            if let Some(until) = until {
                let (high, low) = halves(until);
                self.option(ISB_ENDTIME, &[high, low].concat());
            }
            if number == 0 {
                // Losses are known for all interfaces together.
                self.option(ISB_IFDROP, &lost.interface.to_le_bytes());
                self.option(ISB_OSDROP, &lost.kernel.to_le_bytes());
            }
            self.put(STATISTICS)?;
        }
        self.flush()
    }

    /// The number of an interface, described when it first has a frame.
    fn interface(&mut self, source: u16, link: Link) -> io::Result<u32> {
        let known = self.interfaces.iter().position(|known| *known == (source, link));
        let number = known.unwrap_or(self.interfaces.len());
        if known.is_none() {
            self.interfaces.push((source, link));
            let about = self.sources.get(usize::from(source)).cloned().unwrap_or_default();
            self.block.extend(link.0.to_le_bytes());
            self.block.extend([0, 0]);
            self.block.extend(about.snaplen.to_le_bytes());
            self.option(IF_NAME, about.name.as_bytes());
            self.option(IF_TSRESOL, &[9]);
            if let Some(filter) = &about.filter {
                // Zero: the text is in libpcap's language.
                self.option(IF_FILTER, &[&[0], filter.as_bytes()].concat());
            }
            self.put(INTERFACE)?;
        }
        Ok(u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// Nanoseconds since 1970, upper half first.
    fn time(&mut self, at: Time) {
        let (high, low) = halves(at);
        self.block.extend(high);
        self.block.extend(low);
    }

    fn option(&mut self, code: u16, value: &[u8]) {
        let value = value.get(..usize::from(u16::MAX)).unwrap_or(value);
        self.block.extend(code.to_le_bytes());
        self.block.extend(u16::try_from(value.len()).unwrap_or_default().to_le_bytes());
        self.block.extend_from_slice(value);
        self.pad();
    }

    fn pad(&mut self) {
        self.block.resize(self.block.len().next_multiple_of(4), 0);
    }

    /// Writes the block that was made.
    fn put(&mut self, kind: u32) -> io::Result<()> {
        // Most packets have no options, all else has some.
        if kind != PACKET {
            self.block.extend(OPT_ENDOFOPT);
        }
        let total = u32::try_from(self.block.len() + 12).unwrap_or(u32::MAX);
        self.bytes += u64::from(total);
        let total = total.to_le_bytes();
        self.out.write_all(&kind.to_le_bytes())?;
        self.out.write_all(&total)?;
        self.out.write_all(&self.block)?;
        self.out.write_all(&total)?;
        self.block.clear();
        Ok(())
    }
}

fn halves(at: Time) -> ([u8; 4], [u8; 4]) {
    let nanos = at.0.cast_unsigned();
    (((nanos >> 32) as u32).to_le_bytes(), (nanos as u32).to_le_bytes())
}

/// Bytes written at once.
const BUFFER: usize = 256 << 10;
const BYTE_ORDER: u32 = 0x1a2b_3c4d;
const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const STATISTICS: u32 = 5;
const PACKET: u32 = 6;
const OPT_ENDOFOPT: [u8; 4] = [0; 4];
const OPT_COMMENT: u16 = 1;
const SHB_USERAPPL: u16 = 4;
const IF_NAME: u16 = 2;
const IF_TSRESOL: u16 = 9;
const IF_FILTER: u16 = 11;
const ISB_ENDTIME: u16 = 3;
const ISB_IFDROP: u16 = 5;
const ISB_OSDROP: u16 = 7;
