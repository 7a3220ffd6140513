use super::*;

/// What is wrapped: a whole IPv4 packet, and a frame around it.
fn inner() -> Vec<u8> {
    ipv4(6, 0, &tcp(b"within"))
}

fn inner_frame() -> Vec<u8> {
    ethernet(&[], 0x0800, &inner())
}

fn concat(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn udp_to(port: u16, payload: &[u8]) -> Vec<u8> {
    let mut datagram = udp(payload);
    datagram[2..4].copy_from_slice(&port.to_be_bytes());
    ipv4(17, 0, &datagram)
}

fn gre(header: &[u8], payload: &[u8]) -> Vec<u8> {
    ipv4(47, 0, &concat(&[header, payload]))
}

/// Link type, frame, and what `via` says of it.
type Wrapped = (Link, Vec<u8>, Vec<&'static str>);

/// Every tunnel around the same packet, and what `via` says of it.
fn wrapped() -> Vec<Wrapped> {
    [tunnels(), carriers()].concat()
}

fn tunnels() -> Vec<Wrapped> {
    let (packet, frame) = (inner(), inner_frame());
    let six = ipv6(6, &tcp(b"within"));
    let on_ethernet = |kind, parts: &[&[u8]]| ethernet(&[], kind, &parts.concat());
    let len = (packet.len() as u16 + 2).to_be_bytes();
    let pppoe = concat(&[&[0x11, 0, 0, 7], &len, &[0, 0x21], &packet]);
    let pptp = [0x30, 0x81, 0x88, 0x0b, 0, 99, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 3, 0x21];
    let erspan2 = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0x10, 100, 0, 0, 0, 0];
    let erspan3 = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 101, 0, 0, 0, 0, 0, 0, 0, 1];
    let teredo = concat(&[&[0, 1, 0, 0], &[9; 9], &[0, 0, 1, 2, 3, 4, 5, 6], &six]);
    vec![
        (
            Link::ETHERNET,
            on_ethernet(0x8847, &[&[0, 1, 0, 64, 0, 2, 1, 64], &packet]),
            vec!["mpls:16", "mpls:32"],
        ),
        (
            Link::ETHERNET,
            on_ethernet(0x8847, &[&[0, 1, 1, 64, 0, 0, 0, 9], &frame]),
            vec!["mpls:16"],
        ),
        (Link::ETHERNET, ethernet(&[10], 0x8864, &pppoe), vec!["vlan:10", "pppoe:7"]),
        (Link::PPP_ETHER, pppoe, vec!["pppoe:7"]),
        (Link::PPP, concat(&[&[0xff, 3, 0, 0x21], &packet]), vec![]),
        (Link::PPP_HDLC, concat(&[&[0x57], &six]), vec![]),
        (Link::RAW, ipv4(4, 0, &packet), vec!["4in4"]),
        (Link::RAW, ipv4(41, 0, &six), vec!["6in4"]),
        (Link::RAW, ipv6(4, &packet), vec!["4in6"]),
        (Link::RAW, ipv6(41, &six), vec!["6in6"]),
        (Link::RAW, gre(&[0, 0, 8, 0], &packet), vec!["gre"]),
        (
            Link::RAW,
            gre(&[0xb0, 0, 0x65, 0x58, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 9], &frame),
            vec!["gre:256"],
        ),
        (Link::RAW, gre(&pptp, &packet), vec!["pptp:5"]),
        (Link::RAW, gre(&[0, 0, 0x88, 0xbe], &frame), vec!["erspan1"]),
        (Link::RAW, gre(&erspan2, &frame), vec!["erspan2:100"]),
        (Link::RAW, gre(&erspan3, &concat(&[&[0; 8], &frame])), vec!["erspan3:101"]),
        (Link::RAW, udp_to(4789, &concat(&[&[8, 0, 0, 0, 0, 1, 0, 0], &frame])), vec!["vxlan:256"]),
        (
            Link::RAW,
            udp_to(6081, &concat(&[&[1, 0, 0x65, 0x58, 0, 0, 9, 0, 7, 7, 7, 7], &frame])),
            vec!["geneve:9"],
        ),
        (
            Link::RAW,
            udp_to(2152, &concat(&[&[0x30, 255, 0, 0, 0, 0, 0, 3], &packet])),
            vec!["gtp:3"],
        ),
        (
            Link::RAW,
            udp_to(
                2152,
                &concat(&[&[0x34, 255, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0x85, 1, 0, 0, 0], &packet]),
            ),
            vec!["gtp:3"],
        ),
        (Link::RAW, udp_to(3544, &teredo), vec!["teredo"]),
    ]
}

fn carriers() -> Vec<Wrapped> {
    let (packet, frame) = (inner(), inner_frame());
    let on_ethernet = |kind, parts: &[&[u8]]| ethernet(&[], kind, &parts.concat());
    vec![
        (Link::ETHERNET, on_ethernet(0x8847, &[&[0, 1, 1, 64], &frame]), vec!["mpls:16"]),
        (Link::RAW, gre(&[0x20, 0, 0x65, 0x58, 0, 1, 2, 3], &frame), vec!["nvgre:258"]),
        (
            Link::RAW,
            udp_to(4790, &concat(&[&[0x0c, 0, 0, 3, 0, 0, 5, 0], &frame])),
            vec!["vxlan-gpe:5"],
        ),
        (
            Link::RAW,
            udp_to(4790, &concat(&[&[0x0c, 0, 0, 1, 0, 0, 5, 0], &packet])),
            vec!["vxlan-gpe:5"],
        ),
        (
            Link::RAW,
            udp_to(1701, &concat(&[&[0x02, 2, 0, 1, 0, 8, 0, 0, 0xff, 3, 0, 0x21], &packet])),
            vec!["l2tp:8"],
        ),
        (
            Link::RAW,
            udp_to(1701, &concat(&[&[0, 3, 0, 0, 0, 0, 1, 0, 9, 9, 9, 9], &frame])),
            vec!["l2tp:256"],
        ),
        (Link::RAW, ipv4(115, 0, &concat(&[&[0, 0, 1, 1], &[0; 8], &frame])), vec!["l2tp:257"]),
        (
            Link::RAW,
            udp_to(37008, &concat(&[&[1, 0, 0, 1, 0, 10, 1, 200, 1], &frame])),
            vec!["tzsp"],
        ),
        (
            Link::ETHERNET,
            ethernet(&[7], 0x88e7, &concat(&[&[0, 0, 1, 4], &frame])),
            vec!["vlan:7", "pbb:260"],
        ),
        (Link::ETHERNET, on_ethernet(0x8926, &[&[0, 1, 2, 3, 8, 0], &packet]), vec![]),
        (Link::ETHERNET, on_ethernet(0x893f, &[&[0, 1, 2, 3, 4, 5, 8, 0], &packet]), vec![]),
        (Link::C_HDLC, concat(&[&[0x0f, 0, 8, 0], &packet]), vec![]),
        (Link::PPI, concat(&[&[0, 0, 8, 0, 1, 0, 0, 0], &frame]), vec![]),
        (Link::PKTAP, concat(&[&[12, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0], &packet]), vec![]),
        (
            Link::NFLOG,
            concat(&[
                &[2, 0, 0, 0, 5, 0, 10, 0, b'x', 0, 0, 0],
                &(packet.len() as u16 + 4).to_le_bytes(),
                &[9, 0],
                &packet,
            ]),
            vec![],
        ),
    ]
}

#[test]
fn every_tunnel_is_gone_through_and_named() {
    for (link, frame, via) in wrapped() {
        let packet = packet(read(link, &frame));
        assert_eq!(hops(link, &frame).via(), via);
        let Payload::Tcp(segment) = packet.payload else { panic!("{via:?}: {packet:?}") };
        assert_eq!((segment.data, segment.missing), (&b"within"[..], 0), "{via:?}");
    }
}

#[test]
fn what_a_capture_cut_of_a_tunnel_is_missing_within() {
    for (link, frame, via) in wrapped() {
        let got = part(link, &frame[..frame.len() - 4], frame.len() as u32);
        let segment = segment(got);
        assert_eq!((segment.data, segment.missing), (&b"wi"[..], 4), "{via:?}");
        for len in 0..frame.len() {
            let _ = part(link, &frame[..len], frame.len() as u32);
        }
    }
}

#[test]
fn tunnels_in_tunnels_end() {
    let mut packet = inner();
    for _ in 0..Hops::MAX {
        packet = ipv4(4, 0, &packet);
    }
    assert_eq!(segment(read(Link::RAW, &packet)).data, b"within");
    packet = ipv4(4, 0, &packet);
    assert_eq!(read(Link::RAW, &packet), Decoded::Malformed("nested too deep"));
}

#[test]
fn a_port_alone_makes_no_tunnel() {
    for port in [4789, 8472, 4790, 6081, 1701, 2152, 3544, 37008] {
        let frame = udp_to(port, b"just some words, sent to an odd port of a chat server");
        assert_eq!(datagram(read(Link::RAW, &frame)).dst_port, port);
    }
    let odd = gre(&[0, 7, 8, 0], &inner());
    assert_eq!(packet(read(Link::RAW, &odd)).payload, Payload::Other(47));
}

#[test]
fn overlay_networks_keep_equal_addresses_apart() {
    let tunnel = |frame: &[u8]| hops(Link::RAW, frame).tunnel();
    let vxlan = |vni| udp_to(4789, &concat(&[&[8, 0, 0, 0, 0, 0, vni, 0], &inner_frame()]));
    assert_eq!(tunnel(&vxlan(1)), Some(Hop::Vxlan(1)));
    assert_ne!(tunnel(&vxlan(1)), tunnel(&vxlan(2)));
    // A mirror port's session is the mirror's, not the flow's.
    let mirrored = gre(&[0, 0, 0x88, 0xbe], &inner_frame());
    assert_eq!(tunnel(&mirrored), None);
}

#[test]
fn a_fragment_of_a_tunnel_is_read_on_when_it_is_whole() {
    let frame = gre(&[0, 0, 8, 0], &inner());
    let payload = &frame[24..];
    let mut hops = Hops::default();
    packet(whole(IpAddr::from(SRC), IpAddr::from(DST), 47, payload, &mut hops));
    assert_eq!(hops.via(), ["gre"]);
}

proptest! {
    #[test]
    fn damaged_tunnels_do_not_panic(
        which in 0usize..36,
        changes in prop::collection::vec((0usize..120, any::<u8>()), 1..5),
        cut in 0usize..130,
    ) {
        let (link, mut frame, _) = wrapped().swap_remove(which);
        for (at, value) in changes {
            if let Some(byte) = frame.get_mut(at) { *byte = value; }
        }
        let wire_len = frame.len() as u32;
        frame.truncate(cut);
        let _ = part(link, &frame, wire_len);
    }
}
