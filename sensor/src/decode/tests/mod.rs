//! Frames are built here, byte by byte.

mod tunnels;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;

fn sum(parts: &[&[u8]]) -> u16 {
    let bytes: Vec<u8> = parts.concat();
    let mut sum = 0u32;
    for pair in bytes.chunks(2) {
        sum += u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

fn tcp(payload: &[u8]) -> Vec<u8> {
    let mut segment = vec![0x13, 0x89, 0x1a, 0x0b, 0, 0, 0, 7, 0, 0, 0, 9, 0x60, 0x18, 1, 0];
    segment.extend([0, 0, 0, 0, 1, 1, 1, 0]); // checksum, urgent pointer, options
    segment.extend(payload);
    let len = (segment.len() as u32).to_be_bytes();
    let sum = sum(&[&SRC, &DST, &len, &[0, 6], &segment]);
    segment[16..18].copy_from_slice(&sum.to_be_bytes());
    segment
}

fn udp(payload: &[u8]) -> Vec<u8> {
    let mut datagram = vec![0x0f, 0xa0, 0x0f, 0xa1];
    datagram.extend((payload.len() as u16 + 8).to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(payload);
    datagram
}

fn ipv4(proto: u8, place: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x46, 0];
    packet.extend((payload.len() as u16 + 24).to_be_bytes());
    packet.extend([0, 77]);
    packet.extend(place.to_be_bytes());
    packet.extend([64, proto, 0, 0]);
    packet.extend(SRC);
    packet.extend(DST);
    packet.extend([1, 1, 1, 0]); // options
    let sum = sum(&[&packet]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet.extend(payload);
    packet
}

fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend((payload.len() as u16).to_be_bytes());
    packet.extend([next, 64]);
    packet.extend(Ipv6Addr::LOCALHOST.octets());
    packet.extend(Ipv6Addr::LOCALHOST.octets());
    packet.extend(payload);
    packet
}

fn ethernet(tags: &[u16], kind: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![2; 12];
    for (tag, tpid) in tags.iter().zip([0x88a8u16, 0x8100, 0x9100, 0x9200, 0x9300].iter().cycle()) {
        frame.extend(tpid.to_be_bytes());
        frame.extend((tag | 0xe000).to_be_bytes());
    }
    frame.extend(kind.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Decodes a frame that was captured whole.
fn read(link: Link, frame: &[u8]) -> Decoded<'_> {
    part(link, frame, frame.len() as u32)
}

/// Decodes what was captured of a frame.
fn part(link: Link, frame: &[u8], wire_len: u32) -> Decoded<'_> {
    decode(link, frame, wire_len, &mut Hops::default())
}

/// What a frame is wrapped in.
fn hops(link: Link, frame: &[u8]) -> Hops {
    let mut hops = Hops::default();
    packet(decode(link, frame, frame.len() as u32, &mut hops));
    hops
}

fn is_bad(link: Link, frame: &[u8]) -> bool {
    packet(read(link, frame)).bad_checksum()
}

fn packet(decoded: Decoded<'_>) -> Packet<'_> {
    match decoded {
        Decoded::Packet(packet) => packet,
        other => panic!("{other:?}"),
    }
}

fn segment(decoded: Decoded<'_>) -> Segment<'_> {
    match packet(decoded).payload {
        Payload::Tcp(segment) => segment,
        other => panic!("{other:?}"),
    }
}

fn datagram(decoded: Decoded<'_>) -> Datagram<'_> {
    match packet(decoded).payload {
        Payload::Udp(datagram) => datagram,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_segment_is_read_field_by_field() {
    let frame = ethernet(&[], 0x0800, &ipv4(6, 0x4000, &tcp(b"NICK amy\r\n")));
    let packet = packet(read(Link::ETHERNET, &frame));
    assert_eq!(packet.src, IpAddr::V4(Ipv4Addr::from(SRC)));
    assert_eq!(packet.dst, IpAddr::V4(Ipv4Addr::from(DST)));
    assert!(!packet.bad_checksum());
    assert!(hops(Link::ETHERNET, &frame).is_empty());
    let wanted = Segment {
        src_port: 5001,
        dst_port: 6667,
        seq: 7,
        ack: 9,
        flags: Flags(0x18),
        window: 256,
        data: b"NICK amy\r\n",
        missing: 0,
        check: segment(read(Link::ETHERNET, &frame)).check,
    };
    assert_eq!(packet.payload, Payload::Tcp(wanted));
    assert!(wanted.flags.psh() && wanted.flags.ack());
    assert!(!wanted.flags.syn() && !wanted.flags.fin() && !wanted.flags.rst());
}

#[test]
fn padding_is_not_payload() {
    let mut frame = ethernet(&[], 0x0800, &ipv4(6, 0, &tcp(b"a")));
    frame.extend([0; 20]);
    assert_eq!(segment(read(Link::ETHERNET, &frame)).data, b"a");
}

#[test]
fn tags_are_taken_off_to_any_depth() {
    let frame = ethernet(&[10, 20, 30], 0x0800, &ipv4(6, 0, &tcp(b"a")));
    let hops = hops(Link::ETHERNET, &frame);
    assert_eq!(hops.vlans(), [10, 20, 30]);
    assert_eq!(hops.via(), ["vlan:10", "vlan:20", "vlan:30"]);
    assert_eq!(hops.tunnel(), None);
    let frame = ethernet(&[4095; 40], 0x0800, &ipv4(6, 0, &tcp(b"a")));
    assert_eq!(self::hops(Link::ETHERNET, &frame).vlans(), [4095; Hops::MAX]);
}

#[test]
fn every_link_leads_to_the_same_segment() {
    let four = ipv4(6, 0, &tcp(b"hi"));
    let six = ipv6(6, &tcp(b"hi"));
    let snap = [&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0][..], &four].concat();
    let cooked = [&[0; 14], &[8, 0][..], &four].concat();
    let cooked_snap = [&[0; 14], &[0, 4][..], &snap].concat();
    let cooked2 = [&[0x86, 0xdd], &[0; 18][..], &six].concat();
    let mut frames = vec![
        (Link::ETHERNET, ethernet(&[], snap.len() as u16, &snap)),
        (Link::LINUX_SLL, cooked),
        (Link::LINUX_SLL, cooked_snap),
        (Link::LINUX_SLL2, cooked2),
        (Link::NULL, [&[2, 0, 0, 0][..], &four].concat()),
        (Link::LOOP, [&[0, 0, 0, 2][..], &four].concat()),
    ];
    frames.extend(
        [10, 23, 24, 28, 30].map(|family| (Link::NULL, [&[0, 0, 0, family], &six[..]].concat())),
    );
    for link in [Link::RAW, Link::IPV4, Link::DLT_RAW, Link::DLT_RAW_OPENBSD] {
        frames.push((link, four.clone()));
    }
    frames.push((Link::RAW, six.clone()));
    frames.push((Link::IPV6, six));
    for (link, frame) in frames {
        assert_eq!(segment(read(link, &frame)).data, b"hi", "{link}");
    }
    assert_eq!(read(Link(147), b"anything"), Decoded::NonIp);
    assert_eq!(read(Link::ETHERNET, &ethernet(&[], 0x0806, &[0; 28])), Decoded::NonIp);
}

#[test]
fn data_frames_of_a_wireless_network_are_read() {
    let llc = [&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0][..], &ipv4(6, 0, &tcp(b"air"))].concat();
    let frame = |kind: u8, flags: u8, header: usize| {
        let mut frame = vec![0; header];
        (frame[0], frame[1]) = (kind, flags);
        frame.extend(&llc);
        frame
    };
    // Flags stand behind a second word of the bitmap and the time of arrival.
    let radio = |flags: u8| {
        let mut radio = vec![0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0];
        radio.resize(24, 0);
        radio.push(flags);
        radio
    };
    let read_air = |frame: &[u8]| segment(read(Link::IEEE802_11, frame)).data.to_vec();
    assert_eq!(read_air(&frame(0x08, 1, 24)), b"air");
    assert_eq!(read_air(&frame(0x08, 3, 30)), b"air");
    assert_eq!(read_air(&frame(0x88, 2, 26)), b"air");
    assert_eq!(read_air(&frame(0x88, 0x82, 30)), b"air");
    let with_radio = [radio(0), frame(0x88, 2, 26)].concat();
    assert_eq!(segment(read(Link::RADIOTAP, &with_radio)).data, b"air");
    let padded = [radio(0x20), frame(0x88, 2, 28)].concat();
    assert_eq!(segment(read(Link::RADIOTAP, &padded)).data, b"air");
    for nothing in [frame(0x80, 0, 24), frame(0x48, 0, 24), frame(0x08, 0x40, 24)] {
        assert_eq!(read(Link::IEEE802_11, &nothing), Decoded::NonIp);
    }
}

#[test]
fn what_the_capture_cut_off_is_counted() {
    let payload: Vec<u8> = (0..100).collect();
    let frame = ethernet(&[], 0x0800, &ipv4(6, 0, &tcp(&payload)));
    let whole = frame.len() as u32;
    let cut = segment(part(Link::ETHERNET, &frame[..frame.len() - 60], whole));
    assert_eq!((cut.data, cut.missing), (&payload[..40], 60));
    assert!(!packet(part(Link::ETHERNET, &frame[..frame.len() - 60], whole)).bad_checksum());
    // Cut within the TCP options: 2 of 4 bytes are there.
    let cut = segment(part(Link::ETHERNET, &frame[..14 + 24 + 22], whole));
    assert_eq!((cut.data, cut.missing), (&[][..], 100));
    // A length beyond the wire's is not believed.
    let lying = segment(read(Link::ETHERNET, &frame[..frame.len() - 60]));
    assert_eq!((lying.data, lying.missing), (&payload[..40], 0));

    let frame = ethernet(&[], 0x0800, &ipv4(17, 0, &udp(&payload)));
    let cut = datagram(part(Link::ETHERNET, &frame[..frame.len() - 60], frame.len() as u32));
    assert_eq!((cut.data, cut.missing), (&payload[..40], 60));
}

#[test]
fn segments_a_card_cuts_up_have_no_length() {
    let mut packet = ipv4(6, 0, &tcp(b"all of it"));
    packet[2..4].fill(0);
    packet[10..12].fill(0);
    let got = segment(read(Link::RAW, &packet));
    assert_eq!(got.data, b"all of it");
    assert!(!is_bad(Link::RAW, &packet));
}

#[test]
fn wrong_checksums_are_told_and_offloaded_ones_are_not() {
    let good = ipv4(6, 0, &tcp(b"odd"));
    let with = |sum: u16| {
        let mut packet = good.clone();
        packet[24 + 16..24 + 18].copy_from_slice(&sum.to_be_bytes());
        is_bad(Link::RAW, &packet)
    };
    let len = (tcp(b"odd").len() as u16).to_be_bytes();
    assert!(!is_bad(Link::RAW, &good));
    assert!(with(0xbeef));
    assert!(!with(0));
    assert!(!with(!sum(&[&SRC, &DST, &len, &[0, 6]])), "pseudo-header");
    assert!(!with(!sum(&[&SRC, &DST, &[0, 6]])), "pseudo-header without length");
    let mut bad_header = good.clone();
    bad_header[10] ^= 1;
    assert!(is_bad(Link::RAW, &bad_header));
}

#[test]
fn extension_headers_are_gone_through_and_bounded() {
    let rest = tcp(b"x");
    let options = [&[6, 0, 0, 0, 0, 0, 0, 0][..], &rest].concat();
    let routing = [&[60, 1][..], &[0; 14], &options].concat();
    let hop_by_hop = [&[43, 0, 0, 0, 0, 0, 0, 0][..], &routing].concat();
    let frame = ipv6(0, &hop_by_hop);
    assert_eq!(segment(read(Link::IPV6, &frame)).data, b"x");
    // The checksum is that of the packet at its last destination, and of other addresses here.
    assert!(is_bad(Link::IPV6, &frame));
    let mut routed = frame.clone();
    routed[40 + 8 + 3] = 1;
    assert!(!is_bad(Link::IPV6, &routed));
    let authentication = [&[6, 4][..], &[0; 22], &rest].concat();
    assert_eq!(segment(read(Link::RAW, &ipv4(51, 0, &authentication))).data, b"x");
    let endless = [60, 0, 0, 0, 0, 0, 0, 0].repeat(100);
    assert_eq!(
        read(Link::IPV6, &ipv6(60, &endless)),
        Decoded::Malformed("too many extension headers")
    );
    assert_eq!(packet(read(Link::IPV6, &ipv6(59, &[]))).payload, Payload::Other(59));
}

#[test]
fn fragments_say_where_they_belong() {
    let frame = ipv4(17, 0x2000 | 3, &[5; 16]);
    let Payload::Fragment(got) = packet(read(Link::RAW, &frame)).payload else { panic!() };
    assert_eq!((got.offset, got.more, got.data, got.proto), (24, true, &[5; 16][..], 17));
    assert_eq!((got.key.id, got.key.proto), (77, 17));

    let last = [&[6, 0, 0, 16, 0, 0, 1, 0][..], b"tail"].concat();
    let frame = ipv6(44, &last);
    let Payload::Fragment(got) = packet(read(Link::IPV6, &frame)).payload else { panic!() };
    assert_eq!((got.offset, got.more, got.data, got.proto), (16, false, &b"tail"[..], 6));
    assert_eq!((got.key.id, got.key.proto), (256, 0));

    let alone = [&[6, 0, 0, 0, 0, 0, 1, 0][..], &tcp(b"whole")].concat();
    assert_eq!(segment(read(Link::IPV6, &ipv6(44, &alone))).data, b"whole");
}

#[test]
fn a_whole_packet_is_read_on() {
    let (src, dst) = (IpAddr::from(SRC), IpAddr::from(DST));
    let payload = tcp(b"made whole");
    let got = packet(whole(src, dst, 6, &payload, &mut Hops::default()));
    assert!(!got.bad_checksum());
    assert_eq!(segment(Decoded::Packet(got)).data, b"made whole");
}

#[test]
fn headers_that_cannot_be_are_named() {
    let packet = ipv4(6, 0, &tcp(b"a"));
    for (at, value) in [(0, 0x36), (0, 0x43), (24 + 12, 0x40)] {
        let mut bad = packet.clone();
        bad[at] = value;
        assert!(matches!(read(Link::RAW, &bad), Decoded::Malformed(_)), "byte {at}");
    }
    for len in 0..packet.len() - 1 {
        let got = part(Link::RAW, &packet[..len], packet.len() as u32);
        let cut_inside = len < 24 + 20;
        assert_eq!(matches!(got, Decoded::Malformed(_)), cut_inside, "{len} bytes: {got:?}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(
        link in 0u16..300,
        data in prop::collection::vec(any::<u8>(), 0..200),
        more in 0u32..2000,
    ) {
        let wire_len = data.len() as u32 + more;
        let _ = part(Link(link), &data, wire_len);
    }

    #[test]
    fn damaged_packets_do_not_panic(
        at in 0usize..90,
        value in any::<u8>(),
        cut in 0usize..90,
        six in any::<bool>(),
    ) {
        let mut frame = if six {
            let inner = [&[6, 0, 0, 0, 0, 0, 0, 0][..], &tcp(b"some text")].concat();
            ethernet(&[1], 0x86dd, &ipv6(60, &inner))
        } else {
            ethernet(&[1, 2], 0x0800, &ipv4(6, 0, &tcp(b"some text")))
        };
        if let Some(byte) = frame.get_mut(at) { *byte = value; }
        let wire_len = frame.len() as u32;
        frame.truncate(cut);
        let decoded = part(Link::ETHERNET, &frame, wire_len);
        if let Decoded::Packet(Packet { payload: Payload::Tcp(segment), .. }) = decoded {
            prop_assert!(segment.missing <= wire_len);
        }
    }
}

const SRC: [u8; 4] = [192, 0, 2, 1];
const DST: [u8; 4] = [192, 0, 2, 2];
