//! Zstandard (RFC 8878).

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::compress::{Raw, pass_over};

/// Any number of frames, skippable ones among them.
pub(super) struct Zstd {
    source: BufReader<Raw>,
    decoder: FrameDecoder,
    /// Whether the decoder is within a frame.
    within: bool,
    /// What broke the frame, told when all that was unpacked before has been read.
    broken: Option<io::Error>,
}

impl Zstd {
    pub(super) fn new(source: BufReader<Raw>) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        Self { source, decoder, within: false, broken: None }
    }

    /// What is unpacked.
    pub(super) fn source(&self) -> &Raw {
        self.source.get_ref()
    }

    /// Begins the next frame; false at the end of the stream.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => {
                    self.within = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    pass_over(&mut self.source, length)?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }

    /// Unpacks one block.
    fn go_on(&mut self) {
        let one = BlockDecodingStrategy::UptoBlocks(1);
        let Err(error) = self.decoder.decode_blocks(&mut self.source, one) else { return };
        // The decoder keeps back a window of what it has unpacked. An empty last block and a
        // checksum make it give that out before the error is told.
        self.broken = Some(io::Error::other(error));
        let _ = self.decoder.decode_blocks(&[1, 0, 0, 0, 0, 0, 0][..], BlockDecodingStrategy::All);
    }

    /// Ends a frame that was read to its end.
    fn finish(&mut self) -> io::Result<()> {
        self.within = false;
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        let wanted = self.decoder.get_checksum_from_data();
        if wanted.is_some() && wanted != self.decoder.get_calculated_checksum() {
            return Err(io::Error::other("the checksum of a zstd frame is wrong"));
        }
        Ok(())
    }
}

impl Read for Zstd {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.within {
                if !self.begin()? {
                    return Ok(0);
                }
            } else if self.decoder.can_collect() > 0 {
                return self.decoder.read(room);
            } else if self.decoder.is_finished() || self.broken.is_some() {
                self.finish()?;
            } else {
                self.go_on();
            }
        }
    }
}

/// The window `zstd --long` uses, and the most it reads unasked.
const WINDOW: u64 = 128 << 20;
