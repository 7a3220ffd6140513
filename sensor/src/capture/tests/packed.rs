use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
use lzma_rust2::{XzOptions, XzWriter};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::*;

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(data).unwrap();
    packer.finish().unwrap()
}

fn zstd(data: &[u8]) -> Vec<u8> {
    compress_to_vec(data, CompressionLevel::Fastest)
}

fn xz(data: &[u8]) -> Vec<u8> {
    let mut packer = XzWriter::new(Vec::new(), XzOptions::with_preset(1)).unwrap();
    packer.write_all(data).unwrap();
    packer.finish().unwrap()
}

fn lz4(data: &[u8]) -> Vec<u8> {
    let mut frame = FrameInfo::new().block_mode(BlockMode::Linked).block_size(BlockSize::Max64KB);
    frame.content_checksum = true;
    let mut packer = FrameEncoder::with_frame_info(frame, Vec::new());
    packer.write_all(data).unwrap();
    packer.finish().unwrap()
}

type Packer = fn(&[u8]) -> Vec<u8>;

const PACKERS: [(&str, Packer); 4] = [("gzip", gzip), ("zstd", zstd), ("xz", xz), ("lz4", lz4)];

/// Frames whose bytes do not pack to nothing.
fn shots(count: u32) -> Vec<Shot> {
    let mut state = 1u32;
    let mut byte = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 27) as u8
    };
    (0..count)
        .map(|n| shot(i64::from(n) * 1_000, &(0..200).map(|_| byte()).collect::<Vec<_>>()))
        .collect()
}

#[test]
fn every_packer_is_told_by_its_first_bytes() {
    let shots = shots(3_000);
    let file = pcap(Order::Little, &shots);
    for (name, pack) in PACKERS {
        assert!(read_slice(&pack(&file)) == (shots.clone(), None), "{name}");
        let slow = Trickle(io::Cursor::new(pack(&file)), 7);
        assert!(read(slow) == (shots.clone(), None), "{name}, seven bytes at a time");
    }
}

#[test]
fn a_file_packed_in_parts_is_one_file() {
    let shots = shots(400);
    let file = pcap(Order::Little, &shots);
    let (front, back) = file.split_at(file.len() / 3);
    let skippable = [&[0x51, 0x2a, 0x4d, 0x18, 5, 0, 0, 0][..], b"notes"].concat();
    for (name, pack) in PACKERS {
        let parts = [pack(front), pack(back)].concat();
        assert!(read_slice(&parts) == (shots.clone(), None), "{name}");
    }
    for pack in [zstd, lz4] {
        let parts = [&pack(front)[..], &skippable, &pack(back), &skippable].concat();
        assert!(read_slice(&parts) == (shots.clone(), None));
    }
    let parts = [&skippable[..], &zstd(&file)].concat();
    assert!(read_slice(&parts) == (shots, None));
}

#[test]
fn a_packed_file_that_is_cut_gives_what_was_unpacked_and_a_fault() {
    let shots = shots(3_000);
    let file = pcap(Order::Little, &shots);
    for (name, pack) in PACKERS {
        let packed = pack(&file);
        for cut in (20..packed.len()).step_by(packed.len() / 23) {
            let (got, fault) = read_slice(&packed[..cut]);
            assert!(got == shots[..got.len()], "{name} cut at {cut}");
            let fault = fault.unwrap_or_else(|| panic!("{name} cut at {cut}: no fault"));
            assert!(fault.unpacked, "{fault}");
        }
        // Of all but the last eighth, at least half is unpacked.
        let (got, _) = read_slice(&packed[..packed.len() / 8 * 7]);
        assert!(got.len() > shots.len() / 2, "{name}: {} frames", got.len());
    }
}

#[test]
fn packed_bytes_that_are_damaged_are_a_fault() {
    let shots = shots(500);
    for (name, pack) in PACKERS {
        let mut packed = pack(&pcap(Order::Little, &shots));
        let middle = packed.len() / 2;
        packed[middle..middle + 40].fill(0x55);
        let (got, fault) = read_slice(&packed);
        assert!(got.len() <= shots.len() && fault.is_some(), "{name}: {} frames", got.len());
    }
}

#[test]
fn a_file_that_grows_hugely_is_streamed() {
    // Sixteen megabytes of empty records, which pack a thousandfold.
    let mut file = pcap(Order::Little, &[]);
    file.resize(24 + (16 << 20), 0);
    for (name, pack) in PACKERS {
        let mut reader = opened(io::Cursor::new(pack(&file))).unwrap();
        let mut count = 0;
        while reader.advance().is_some() {
            count += 1;
        }
        assert_eq!((count, reader.take_fault()), (1 << 20, None), "{name}");
        assert_eq!(reader.bytes().offset(), file.len() as u64);
    }
}
