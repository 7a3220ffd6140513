//! Frames as capture files: classic pcap and pcapng
//! (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng).

use crate::frames::Frame;

/// The order of the bytes in a file's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// Least significant first.
    Little,
    /// Most significant first.
    Big,
}

/// The unit of a file's timestamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Microseconds; what is finer is cut off.
    Micro,
    /// Nanoseconds.
    Nano,
}

/// A classic pcap file of Ethernet frames.
pub fn pcap(frames: &[Frame], endian: Endian, unit: Unit) -> Vec<u8> {
    pcap_of(ETHERNET, frames, endian, unit)
}

/// A classic pcap file of frames of any link type, by its LINKTYPE number.
pub fn pcap_of(link: u32, frames: &[Frame], endian: Endian, unit: Unit) -> Vec<u8> {
    let mut file = Writer { endian, bytes: Vec::new() };
    file.u32(match unit {
        Unit::Micro => 0xa1b2_c3d4,
        Unit::Nano => 0xa1b2_3c4d,
    });
    file.u16(2);
    file.u16(4);
    for field in [0, 0, SNAPLEN, link] {
        file.u32(field);
    }
    for frame in frames {
        file.u32((frame.at / 1_000_000_000) as u32);
        let rest = (frame.at % 1_000_000_000) as u32;
        file.u32(if unit == Unit::Micro { rest / 1000 } else { rest });
        file.u32(frame.bytes.len() as u32);
        file.u32(frame.bytes.len() as u32);
        file.bytes.extend_from_slice(&frame.bytes);
    }
    file.bytes
}

/// A pcapng file of one section and one Ethernet interface.
pub fn pcapng(frames: &[Frame], endian: Endian, unit: Unit) -> Vec<u8> {
    let mut file = Writer { endian, bytes: Vec::new() };
    file.block(0x0a0d_0d0a, |body| {
        body.u32(0x1a2b_3c4d);
        body.u16(1);
        body.u16(0);
        body.u32(u32::MAX);
        body.u32(u32::MAX);
    });
    file.block(1, |body| {
        body.u16(ETHERNET as u16);
        body.u16(0);
        body.u32(SNAPLEN);
        // if_tsresol
        body.u16(9);
        body.u16(1);
        body.bytes.extend_from_slice(&[if unit == Unit::Micro { 6 } else { 9 }, 0, 0, 0]);
        body.u32(0);
    });
    for frame in frames {
        file.block(6, |body| {
            let at = if unit == Unit::Micro { frame.at / 1000 } else { frame.at };
            body.u32(0);
            body.u32((at >> 32) as u32);
            body.u32((at & u64::from(u32::MAX)) as u32);
            body.u32(frame.bytes.len() as u32);
            body.u32(frame.bytes.len() as u32);
            body.bytes.extend_from_slice(&frame.bytes);
        });
    }
    file.bytes
}

/// Longest frame the files promise, in bytes.
const SNAPLEN: u32 = 262_144;
/// `LINKTYPE_ETHERNET`.
const ETHERNET: u32 = 1;

/// Numbers in one byte order.
struct Writer {
    endian: Endian,
    bytes: Vec<u8>,
}

impl Writer {
    fn u16(&mut self, value: u16) {
        self.bytes.extend_from_slice(&match self.endian {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        });
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&match self.endian {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        });
    }

    /// A pcapng block, padded to 32 bits, with its length before and after it.
    fn block(&mut self, kind: u32, fill: impl FnOnce(&mut Self)) {
        let mut body = Self { endian: self.endian, bytes: Vec::new() };
        fill(&mut body);
        body.bytes.resize(body.bytes.len().next_multiple_of(4), 0);
        let length = (body.bytes.len() + 12) as u32;
        self.u32(kind);
        self.u32(length);
        self.bytes.append(&mut body.bytes);
        self.u32(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_stand_where_they_belong() {
        let frame = Frame { at: 1_000_000_002_000_003_004, bytes: vec![7; 5] };
        let file = pcap(std::slice::from_ref(&frame), Endian::Big, Unit::Nano);
        assert_eq!(file[..6], [0xa1, 0xb2, 0x3c, 0x4d, 0, 2]);
        assert_eq!(file[28..32], 2_000_003_004_u32.wrapping_sub(2_000_000_000).to_be_bytes());
        assert_eq!(file.len(), 24 + 16 + 5);
        let file = pcapng(&[frame], Endian::Little, Unit::Micro);
        assert_eq!(file.len(), 28 + 32 + 40);
        assert_eq!(file[file.len() - 4..], 40_u32.to_le_bytes());
    }
}
