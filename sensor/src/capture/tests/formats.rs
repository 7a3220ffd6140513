use proptest::prelude::*;

use super::super::MAX_FRAME;
use super::*;

#[test]
fn every_kind_of_pcap_is_read_back() {
    let mut shots =
        vec![shot(1_250_168_269_079_036_000, b"first"), shot(1_250_168_270_000_001_000, b"")];
    shots[1].wire_len = 1514;
    for order in ORDERS {
        for (magic, unit) in [(0xa1b2_c3d4, 1_000), (0xa1b2_3c4d, 1), (0xa1b2_cd34, 1_000)] {
            let file = pcap_of(order, magic, unit, &shots);
            assert_eq!(read_slice(&file), (shots.clone(), None), "{order:?} {magic:x}");
        }
        let fine = [shot(4_000_000_000_000_000_007, b"late")];
        assert_eq!(read_slice(&pcap_of(order, 0xa1b2_3c4d, 1, &fine)).0, fine);
    }
}

#[test]
fn the_link_type_stands_below_the_checksum_length() {
    let mut file = pcap(Order::Big, &[shot(0, b"x")]);
    file[20] = 0x24;
    file[23] = 113;
    assert_eq!(read_slice(&file).0[0].link, 113);
}

#[test]
fn lengths_in_the_old_order_are_put_right() {
    let mut file = pcap(Order::Little, &[shot(0, b"old")]);
    file[6] = 3;
    file[24 + 8..24 + 12].copy_from_slice(&60u32.to_le_bytes());
    file[24 + 12..24 + 16].copy_from_slice(&3u32.to_le_bytes());
    let (shots, fault) = read_slice(&file);
    assert_eq!((shots[0].wire_len, &shots[0].data[..], fault), (60, &b"old"[..], None));
}

#[test]
fn pcapng_resolutions_and_offsets_are_applied() {
    let cases = [
        (None, 0i64, 1_500_000u64, 1_500_000_000i64, None),
        (Some(9), 0, 1_500_000_001, 1_500_000_001, None),
        (Some(3), 0, 1_500, 1_500_000_000, Some(0.001)),
        (Some(0), 0, 7, 7_000_000_000, Some(1.0)),
        (Some(12), 0, 1_500_000_000_999, 1_500_000_000, None),
        (Some(0x8a), 0, 1_536, 1_500_000_000, Some(0.000_976_562_5)),
        (Some(0xa0), 0, 3 << 31, 1_500_000_000, None),
        (Some(6), -3, 1_500_000, -1_500_000_000, None),
        (Some(127), 5, u64::MAX, 5_000_000_000, None),
    ];
    for order in ORDERS {
        for (resolution, shift, ticks, at, coarse) in cases {
            let mut ink = Ink::new(order);
            ink.section().interface(113, 0, resolution, shift).packet(0, ticks, 99, b"abcde");
            let mut reader = opened(io::Cursor::new(ink.bytes)).unwrap();
            assert_eq!(reader.advance().unwrap().0, at, "{resolution:?}");
            assert_eq!(reader.origins()[reader.origin()].resolution, coarse, "{resolution:?}");
            let (_, record, data) = reader.frame().unwrap();
            assert_eq!((record.link.0, record.wire_len, data), (113, 99, &b"abcde"[..]));
        }
    }
}

#[test]
fn every_block_of_pcapng_is_read_or_passed_over() {
    let mut ink = Ink::new(Order::Little);
    ink.section().interface(1, 4, None, 0).interface(101, 0, Some(9), 0);
    ink.packet(1, 2_000, 2, b"to").block(4, b"names").block(10, b"secrets").block(0xbad, b"own");
    let mut simple = Ink::new(Order::Little);
    simple.u32(9).put(b"four");
    ink.block(3, &simple.bytes);
    let mut old = Ink::new(Order::Little);
    old.u16(0).u16(5).u32(0).u32(3).u32(3).u32(3).put(b"old");
    ink.block(2, &old.bytes);
    // A second section begins with other interfaces and in the other byte order.
    let mut second = Ink::new(Order::Big);
    second.section().interface(228, 0, None, 0).packet(0, 4, 1, b"!");
    ink.put(&second.bytes);
    let (shots, fault) = read_slice(&ink.bytes);
    let of = |at, link, wire_len, data: &[u8]| Shot { at, link, wire_len, data: data.to_vec() };
    let wanted = [
        of(2_000, 101, 2, b"to"),
        of(2_000, 1, 9, b"four"),
        of(3_000, 1, 3, b"old"),
        of(4_000, 228, 1, b"!"),
    ];
    assert_eq!((&shots[..], fault), (&wanted[..], None));
}

#[test]
fn drops_are_summed_over_interfaces_and_sections() {
    let mut ink = Ink::new(Order::Big);
    ink.section().interface(1, 0, None, 0).interface(1, 0, None, 0);
    let packet = |interface: u32, drops: u64| {
        let mut value = Ink::new(Order::Big);
        value.u64(drops);
        let mut body = Ink::new(Order::Big);
        body.u32(interface).u64(0).u32(1).u32(1).padded(b"x").option(4, &value.bytes).u32(0);
        body.bytes
    };
    ink.block(6, &packet(0, 2)).block(6, &packet(0, 3)).block(6, &packet(1, 10));
    let mut statistics = Ink::new(Order::Big);
    statistics.u32(0).u64(0).u16(5).u16(8).u64(4).u16(7).u16(8).u64(3).u32(0);
    ink.block(5, &statistics.bytes);
    ink.section().interface(1, 0, None, 0).block(6, &packet(0, 100));
    let mut reader = opened(io::Cursor::new(ink.bytes)).unwrap();
    while reader.advance().is_some() {}
    assert_eq!(reader.take_fault(), None);
    // The statistics of interface 0 say 7, its packets 5.
    assert_eq!(reader.drops(), 7 + 10 + 100);
}

/// Both formats, and where each of their records ends.
fn samples() -> [(Vec<u8>, Vec<usize>); 2] {
    let shots = [shot(1_000, b"one"), shot(2_000, b"second"), shot(3_000, b"")];
    let classic = pcap(Order::Little, &shots);
    let classic_ends = vec![24, 24 + 19, 24 + 19 + 22, classic.len()];
    let mut ink = Ink::new(Order::Big);
    ink.section().interface(1, 0, None, 0);
    let mut ends = vec![ink.bytes.len()];
    for shot in &shots {
        ink.packet(0, (shot.at / 1_000) as u64, shot.wire_len, &shot.data);
        ends.push(ink.bytes.len());
    }
    [(classic, classic_ends), (ink.bytes, ends)]
}

#[test]
fn a_file_cut_anywhere_gives_all_whole_frames_and_a_fault() {
    for (file, ends) in samples() {
        let (all, fault) = read_slice(&file);
        assert_eq!((all.len(), fault), (3, None));
        for cut in ends[0]..file.len() {
            let (shots, fault) = read_slice(&file[..cut]);
            let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
            assert_eq!(shots, all[..whole], "cut at {cut}");
            let wanted = (!ends.contains(&cut)).then_some(ends[whole] as u64);
            assert_eq!(fault.and_then(|fault| fault.offset), wanted, "cut at {cut}");
        }
    }
}

#[test]
fn a_file_cut_in_its_header_says_so() {
    let file = pcap(Order::Big, &[]);
    for cut in 4..24 {
        let fault = read_slice(&file[..cut]).1.unwrap();
        assert_eq!(fault.reason, "the file ends within its header");
    }
    assert_eq!(read_slice(&[]).1.unwrap().reason, "the file is empty");
    assert_eq!(
        read_slice(b"GMBU\0\x02").1.unwrap().reason.split(',').next(),
        Some("a Network Monitor capture")
    );
    assert_eq!(read_slice(b"From: amy").1.unwrap().reason, "no pcap or pcapng header");
}

#[test]
fn lengths_beyond_reason_are_faults_where_they_stand() {
    let good = shot(1_000, b"good");
    let mut file = pcap(Order::Little, &[good.clone(), shot(2_000, b"bad")]);
    for len in [u32::MAX, MAX_FRAME as u32 + 1] {
        file[24 + 20 + 8..24 + 20 + 12].copy_from_slice(&len.to_le_bytes());
        let (shots, fault) = read_slice(&file);
        assert_eq!(shots, std::slice::from_ref(&good));
        assert_eq!(
            fault.unwrap().to_string(),
            format!("test: byte 44: a record claims to hold {len} bytes")
        );
    }
    let start = Ink::new(Order::Little)
        .section()
        .interface(1, 0, None, 0)
        .packet(0, 1, 4, b"good")
        .bytes
        .clone();
    let with = |change: &dyn Fn(&mut Ink)| {
        let mut ink = Ink { order: Order::Little, bytes: start.clone() };
        change(&mut ink);
        let (shots, fault) = read_slice(&ink.bytes);
        assert_eq!(shots, std::slice::from_ref(&good));
        let fault = fault.unwrap();
        assert_eq!(fault.offset, Some(start.len() as u64));
        fault.reason.into_owned()
    };
    assert_eq!(
        with(&|ink| {
            ink.u32(6).u32(8).u32(8);
        }),
        "a block claims to be 8 bytes long"
    );
    assert_eq!(
        with(&|ink| {
            ink.u32(6).u32(30).u32(0);
        }),
        "a block claims to be 30 bytes long"
    );
    assert_eq!(
        with(&|ink| {
            ink.u32(6).u32(u32::MAX - 3).u32(0);
        }),
        "a block of type 6 claims to be 4294967292 bytes long"
    );
    assert_eq!(
        with(&|ink| {
            ink.u32(6).u32(16).u32(0).u32(20);
        }),
        "the two lengths of a block differ"
    );
    assert_eq!(
        with(&|ink| {
            ink.u32(99).u32(1 << 30).u32(0);
        }),
        "the file ends within a block"
    );
    assert_eq!(
        with(&|ink| {
            ink.packet(7, 1, 1, b"x");
        }),
        "interface 7 was never described"
    );
    let mut body = Ink::new(Order::Little);
    body.u32(0).u64(0).u32(5).u32(5).put(b"four");
    assert_eq!(
        with(&|ink| {
            ink.block(6, &body.bytes);
        }),
        "a packet of 5 bytes in a block of 36"
    );
}

#[test]
fn the_largest_frame_is_read() {
    let large = shot(1_000, &vec![7; MAX_FRAME]);
    let shots = [large.clone(), shot(2_000, b"x"), large];
    assert!(read_slice(&pcap(Order::Little, &shots)) == (shots.to_vec(), None));
}

proptest! {
    #[test]
    fn how_a_file_arrives_changes_nothing(step in 1usize..50) {
        for (file, _) in samples() {
            let whole = read_slice(&file);
            prop_assert_eq!(read(Trickle(io::Cursor::new(file), step)), whole);
        }
    }

    #[test]
    fn what_is_written_is_read_back(
        times in prop::collection::vec((0i64..4_000_000_000_000_000, 0usize..300), 0..40),
        big in any::<bool>(),
    ) {
        let order = if big { Order::Big } else { Order::Little };
        let shots: Vec<Shot> = times
            .iter()
            .map(|(at, len)| shot(at * 1_000, &vec![*len as u8; *len]))
            .collect();
        prop_assert_eq!(read_slice(&pcap(order, &shots)), (shots.clone(), None));
        let mut ink = Ink::new(order);
        ink.section().interface(1, 0, Some(9), 0);
        for shot in &shots {
            ink.packet(0, shot.at as u64, shot.wire_len, &shot.data);
        }
        prop_assert_eq!(read_slice(&ink.bytes), (shots, None));
    }

    #[test]
    fn damage_does_not_panic(
        which in 0usize..2,
        at in 0usize..300,
        value in any::<u8>(),
        more in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let (mut file, _) = samples()[which].clone();
        if let Some(byte) = file.get_mut(at) { *byte = value; }
        file.extend(more);
        let _ = read_slice(&file);
    }

    #[test]
    fn noise_does_not_panic(
        magic in 0usize..9,
        noise in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let magics: [&[u8]; 9] = [
            b"",
            b"\xa1\xb2\xc3\xd4",
            b"\x4d\x3c\xb2\xa1",
            b"\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d",
            b"\x1f\x8b\x08",
            b"\x28\xb5\x2f\xfd",
            b"\x50\x2a\x4d\x18",
            b"\xfd7zXZ\0",
            b"\x04\x22\x4d\x18",
        ];
        let _ = read_slice(&[magics[magic], &noise].concat());
    }
}
