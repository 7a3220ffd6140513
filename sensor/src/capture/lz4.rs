//! LZ4 frames (`lz4_Frame_format.md` of the LZ4 project).

use std::io::{self, BufRead, BufReader, Read};

use lz4_flex::frame::FrameDecoder;

use super::compress::{Raw, pass_over};

/// Any number of frames, skippable ones among them.
pub(super) struct Lz4 {
    decoder: FrameDecoder<Watched>,
    /// Whether the decoder is within a frame.
    within: bool,
    /// Whether the frame is of the old format, which has no end mark.
    legacy: bool,
}

impl Lz4 {
    pub(super) fn new(source: BufReader<Raw>) -> Self {
        let decoder = FrameDecoder::new(Watched { source, ended: false });
        Self { decoder, within: false, legacy: false }
    }

    /// What is unpacked.
    pub(super) fn source(&self) -> &Raw {
        self.decoder.get_ref().source.get_ref()
    }

    /// Stands before the next frame; false at the end of the stream.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            let source = &mut self.decoder.get_mut().source;
            let head = source.fill_buf()?;
            self.legacy = head.starts_with(&[0x02, 0x21, 0x4c, 0x18]);
            match head.first() {
                None => return Ok(false),
                // The frames that are passed over are zstd's too.
                Some(0x50..=0x5f) => {
                    let mut header = [0; 8];
                    source.read_exact(&mut header)?;
                    let [_, 0x2a, 0x4d, 0x18, len @ ..] = header else {
                        return Err(io::Error::other("no LZ4 frame"));
                    };
                    pass_over(source, u32::from_le_bytes(len))?;
                }
                Some(_) => {
                    self.within = true;
                    return Ok(true);
                }
            }
        }
    }
}

impl Read for Lz4 {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.within && !self.begin()? {
                return Ok(0);
            }
            let count = self.decoder.read(room)?;
            if count > 0 {
                return Ok(count);
            }
            // The decoder also takes the end of the stream for the end of a frame.
            if self.decoder.get_ref().ended && !self.legacy {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.within = false;
        }
    }
}

/// A stream that remembers whether its end was met.
struct Watched {
    source: BufReader<Raw>,
    ended: bool,
}

impl Read for Watched {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(room)?;
        self.ended |= count == 0;
        Ok(count)
    }
}
