//! What nobody should send.

use super::Mqtt;
use crate::event::Event;
use crate::{Dissector, Ends, Out, Protocol, Resume, Side, Step};

fn open() -> Box<dyn Dissector> {
    Mqtt.open(Ends {
        client: "10.0.0.11:40000".parse().unwrap(),
        server: "10.0.0.1:1883".parse().unwrap(),
    })
}

fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![first];
    let mut length = body.len();
    loop {
        let byte = (length & 0x7f) as u8;
        length >>= 7;
        packet.push(if length > 0 { byte | 0x80 } else { byte });
        if length == 0 {
            break;
        }
    }
    packet.extend_from_slice(body);
    packet
}

fn publish(topic: &str, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(topic.len()).unwrap().to_be_bytes();
    packet(0x30, &[&length[..], topic.as_bytes(), payload].concat())
}

/// What is told of the bytes of one side, in one piece.
fn told(side: Side, bytes: &[u8]) -> Vec<Event> {
    let (mut talk, mut out) = (open(), Out::new());
    assert!(matches!(talk.read(side, bytes, &mut out), Step::Took { .. }));
    talk.end(Side::Client, &mut out);
    talk.end(Side::Server, &mut out);
    out.drain().collect()
}

fn oddities(events: &[Event]) -> Vec<&str> {
    let name = |event: &Event| match event {
        Event::Weird(weird) => Some(weird.name),
        _ => None,
    };
    events.iter().filter_map(name).collect()
}

#[test]
fn machines_do_not_flood_the_stream() {
    let mut bytes = Vec::new();
    for number in 0..10_000 {
        bytes.extend(publish("sensors/attic", format!("{{\"temp\":{number}}}").as_bytes()));
    }
    let events = told(Side::Client, &bytes);
    assert_eq!(oddities(&events), ["mqtt_not_told"]);
    assert_eq!(events.len(), 1);
}

#[test]
fn what_is_larger_than_a_message_is_passed_over_and_the_next_is_read() {
    let picture = publish("camera", &b"x".repeat(300_000));
    let bytes = [picture, publish("chat", b"and still here")].concat();
    let (mut talk, mut out) = (open(), Out::new());
    for piece in bytes.chunks(1460) {
        let step = talk.read(Side::Server, piece, &mut out);
        assert_eq!(step, Step::Took { used: piece.len(), want: 0 });
    }
    let events: Vec<_> = out.drain().collect();
    assert!(matches!(&events[..], [Event::Message(one)] if one.text.expose() == "and still here"));
}

#[test]
fn a_hole_in_what_is_passed_over_is_no_loss() {
    let picture = publish("camera", &b"x".repeat(100_000));
    let (mut talk, mut out) = (open(), Out::new());
    talk.read(Side::Server, picture.get(..60_000).unwrap(), &mut out);
    assert_eq!(talk.gap(Side::Server, 30_000, &mut out), Resume::Resync);
    let rest = [picture.get(90_000..).unwrap(), &publish("chat", b"and still here")].concat();
    talk.read(Side::Server, &rest, &mut out);
    assert!(matches!(out.drain().next(), Some(Event::Message(_))));
}

#[test]
fn lengths_that_lie_are_named() {
    // A user name longer than its packet, properties longer than theirs, a length without an end.
    let connect = packet(0x10, b"\0\x04MQTT\x04\xc2\0\x3c\0\x01a\xff\xffuser");
    assert_eq!(oddities(&told(Side::Client, &connect)), ["mqtt_connect"]);
    let connect = packet(0x10, b"\0\x04MQTT\x05\xc2\0\x3c\xff\x21\0\x01a");
    assert_eq!(oddities(&told(Side::Client, &connect)), ["mqtt_connect"]);
    assert_eq!(oddities(&told(Side::Client, b"\x30\xff\xff\xff\xff\xff")), ["mqtt_length"]);
    assert_eq!(oddities(&told(Side::Client, &packet(0x30, b"\0\x09a"))), ["mqtt_publish"]);
    assert_eq!(oddities(&told(Side::Client, &packet(0x36, b"\0\x01ab"))), ["mqtt_flags"]);
    assert_eq!(oddities(&told(Side::Client, &packet(0x00, b"\0\x01ab"))), ["mqtt_flags"]);
    assert_eq!(oddities(&told(Side::Server, &packet(0x10, b"ab"))), ["mqtt_side"]);
}

#[test]
fn aliases_and_requests_without_end_are_bounded() {
    let mut bytes = packet(0x10, b"\0\x04MQTT\x05\x02\0\x3c\0\0\x01a");
    for alias in 1..1000_u16 {
        let [high, low] = alias.to_be_bytes();
        bytes.extend(packet(0x30, &[0, 1, b't', 3, 0x23, high, low, b'1']));
    }
    let events = told(Side::Client, &bytes);
    assert_eq!(oddities(&events).iter().filter(|name| **name == "mqtt_aliases").count(), 743);
    let mut bytes = Vec::new();
    for number in 1..1000_u16 {
        let [high, low] = number.to_be_bytes();
        bytes.extend(packet(0x82, &[high, low, 0, 2, high, low, 0]));
    }
    assert!(told(Side::Client, &bytes).len() < 1000);
}

/// A search that finds nothing looks at each byte a bounded number of times.
#[test]
fn a_lost_place_costs_linear_time() {
    let (mut talk, mut out) = (open(), Out::new());
    talk.gap(Side::Client, 7, &mut out);
    // Each byte could be a PUBLISH with a long topic.
    let bytes = b"0\x7f\0\x7f".repeat(16_000);
    let mut pending: Vec<u8> = Vec::new();
    for piece in bytes.chunks(100) {
        pending.extend_from_slice(piece);
        if let Step::Took { used, .. } = talk.read(Side::Client, &pending, &mut out) {
            pending.drain(..used);
        }
        assert!(pending.len() < 1000);
    }
}
