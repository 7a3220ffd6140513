use overhear_dissectors::event::{Seal, Verdict};

use super::*;
use crate::told::{Channel, ChannelState, Exposure, Reader};

fn channels(play: &Play) -> Vec<Channel> {
    play.all(|body| match body {
        Body::Channel(channel) => Some(channel.clone()),
        _ => None,
    })
}

fn seal(verdict: Verdict, since_byte: u64) -> Event {
    let (server_name, since_byte) = (Some("irc.lab".to_owned()), Some(since_byte));
    Event::Seal(Seal { verdict, server_name, since_byte, ..Seal::default() })
}

#[test]
fn a_channel_opens_changes_and_closes_with_its_totals() {
    let flow = irc(1);
    let mut play = Play::revealing();
    play.hear(&flow, Side::Client, Heard::Identified);
    play.client(&flow, secret(1, who("ann"), "one"));
    play.client(&flow, message("ann", "bob", Leg::ToServer, "hi"));
    play.client(&flow, seal(Verdict::Starttls, 77)).over(&flow);
    let told = channels(&play);
    let states: Vec<_> =
        told.iter().map(|told| (told.state, told.verdict, told.since_byte)).collect();
    assert_eq!(
        states,
        [
            (ChannelState::Open, Verdict::Cleartext, None),
            (ChannelState::Changed, Verdict::Starttls, Some(77)),
            (ChannelState::Closed, Verdict::Starttls, Some(77)),
        ]
    );
    let last = &told[2];
    assert_eq!((last.messages, last.credentials, last.bytes, last.lost), (1, 1, 30, 3));
    assert_eq!(last.exposure, Exposure::Perimeter);
    assert_eq!(told[0].readers.last(), Some(&Reader::Server));
    assert!(told[0].readers.contains(&Reader::Isp));
    assert_eq!(last.readers, [Reader::Server], "of what is sealed");
}

#[test]
fn tls_is_a_channel_where_messengers_listen_or_after_an_upgrade() {
    for (port, told) in [(6697, 2), (5223, 0), (443, 0), (80, 0), (1080, 0), (8080, 0), (9, 0)] {
        let flow = flow(1, "10.0.0.1:4000", &format!("192.0.2.1:{port}"), Some("tls"));
        let mut play = Play::revealing();
        play.hear(&flow, Side::Client, Heard::Identified);
        play.client(&flow, seal(Verdict::Tls, 0)).over(&flow);
        let listens = overhear_dissectors::PROTOCOLS
            .iter()
            .any(|protocol| protocol.facts().tls_ports.contains(&port) && port != 443);
        assert_eq!(channels(&play).len(), if listens { 2 } else { told }, "port {port}");
    }
}

#[test]
fn who_could_read_depends_on_both_ends_and_a_proxy() {
    let table = [
        ("127.0.0.1:1", "127.0.0.1:6667", &[][..], Exposure::Host, vec![Reader::Server]),
        (
            "10.0.0.1:1",
            "10.0.0.2:6667",
            &[],
            Exposure::Lan,
            vec![Reader::Segment, Reader::Lan, Reader::Server],
        ),
        (
            "192.0.2.1:1",
            "198.51.100.1:6667",
            &["vlan:1", "socks5"],
            Exposure::Internet,
            vec![Reader::Segment, Reader::Isp, Reader::Proxy, Reader::Server],
        ),
    ];
    for (client, server, via, exposure, readers) in table {
        let mut facts = (*flow(1, client, server, Some("irc"))).clone();
        facts.via = via.iter().map(|hop| (*hop).to_owned()).collect();
        let mut play = Play::revealing();
        play.hear(&Arc::new(facts), Side::Client, Heard::Identified);
        let told = &channels(&play)[0];
        assert_eq!((told.exposure, &told.readers), (exposure, &readers));
    }
}

#[test]
fn anomalies_of_one_name_are_told_sixteen_times_a_flow() {
    let mut play = Play::revealing();
    for number in 0..40 {
        let odd = Heard::Oddity("odd", number.to_string());
        play.hear(&irc(1 + number % 2), Side::Client, odd);
        play.hear(&irc(1), Side::Client, Heard::Gap { bytes: 5 });
    }
    let told = play.all(|body| match body {
        Body::Anomaly(odd) => Some((odd.event.clone(), odd.bytes)),
        _ => None,
    });
    let odd = told.iter().filter(|(name, _)| name == "odd").count();
    let gaps = told.iter().filter(|told| **told == ("tcp_gap".into(), Some(5))).count();
    assert_eq!((odd, gaps, told.len()), (32, 16, 48));
    let order = Order {
        frame: 1,
        phase: Phase::Frame,
        deadline: Time::default(),
        flow: FlowId::default(),
        index: 0,
    };
    let (stamp, heard) = (Stamp { no: 1, ..Stamp::default() }, Heard::Oddity("odd", String::new()));
    let frame = Record {
        order,
        stamp,
        flow: None,
        side: Side::Client,
        lost_before: 0,
        span: (0, 0),
        heard,
    };
    let mut told = vec![];
    for _ in 0..40 {
        play.scribe.hear(&frame, &mut |line| told.push(line));
    }
    assert_eq!(told.len(), 16, "of frames that belong to no flow");
}

#[test]
fn what_nobody_knows_in_a_tunnel_is_not_called_readable() {
    let proxy = flow(1, "10.0.0.1:4000", "192.0.2.5:1080", Some("socks"));
    let mut inside = (*proxy).clone();
    (inside.app, inside.via) = (None, vec!["socks5:host:22".to_owned()]);
    let mut play = Play::revealing();
    play.hear(&proxy, Side::Client, Heard::Identified).over(&Arc::new(inside));
    let verdicts: Vec<_> = channels(&play).iter().map(|told| told.verdict).collect();
    assert_eq!(verdicts, [Verdict::Cleartext, Verdict::Unknown]);
}
