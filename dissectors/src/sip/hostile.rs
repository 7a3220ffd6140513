//! What nobody should send.

use super::Sip;
use crate::event::Event;
use crate::{Ends, Out, Protocol, Side, Step};

fn ends() -> Ends {
    Ends { client: "10.0.0.11:40000".parse().unwrap(), server: "10.0.0.1:5060".parse().unwrap() }
}

fn message(number: u32, text: &str) -> String {
    format!(
        "MESSAGE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z{number}\r\n\
         From: <sip:ann@example.com>\r\nTo: <sip:bob@example.com>\r\nCall-ID: c{number}\r\n\
         CSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{text}",
        text.len()
    )
}

fn told(bytes: &[u8]) -> Vec<Event> {
    let (mut talk, mut out) = (Sip.open(ends()), Out::new());
    let mut used = 0;
    while let Step::Took { used: taken @ 1.., .. } =
        talk.read(Side::Client, bytes.get(used..).unwrap(), &mut out)
    {
        used += taken;
        if used == bytes.len() {
            break;
        }
    }
    talk.end(Side::Client, &mut out);
    talk.end(Side::Server, &mut out);
    out.drain().collect()
}

fn names(events: &[Event]) -> Vec<String> {
    let name = |event: &Event| match event {
        Event::Weird(weird) => weird.name.to_owned(),
        Event::Message(message) => message.text.expose().to_owned(),
        other => format!("{other:?}"),
    };
    events.iter().map(name).collect()
}

#[test]
fn what_is_no_message_is_named_and_the_next_one_is_read() {
    let text = format!("MESSAGE bob\r\nTo: x\r\n\r\n{}", message(1, "found"));
    assert_eq!(names(&told(text.as_bytes())), ["sip_start_line", "found"]);
    let text = format!("{}{}", message(1, "one").replace("Call-ID: c1", "X: y"), message(2, "two"));
    assert_eq!(names(&told(text.as_bytes())), ["sip_fields", "two"]);
    let text =
        format!("{}{}", message(1, "one").replace("From: <", "From: nobody <"), message(2, "two"));
    assert_eq!(names(&told(text.as_bytes())), ["one", "two"]);
}

#[test]
fn lengths_that_lie_are_bounded() {
    let long = message(1, "").replace("Content-Length: 0", "Content-Length: 18446744073709551615");
    assert_eq!(names(&told(long.as_bytes())), ["sip_body_long"]);
    let long = message(1, "").replace("Content-Length: 0", "Content-Length: 99999999999999999999");
    assert_eq!(names(&told(long.as_bytes())), [""; 0]);
    let head = format!("MESSAGE sip:b@c SIP/2.0\r\n{}", "A: b\r\n".repeat(10_000));
    let text = format!("{head}\r\n\r\n{}", message(2, "two"));
    assert_eq!(names(&told(text.as_bytes())), ["sip_head_long", "two"]);
}

#[test]
fn a_datagram_may_be_cut_anywhere() {
    let text = message(1, "twelve bytes");
    for end in 0..text.len() {
        let (mut talk, mut out) = (Sip.open_datagrams(ends()), Out::new());
        let step = talk.read(Side::Client, &text.as_bytes()[..end], &mut out);
        assert_eq!(step, Step::Took { used: end, want: 0 });
    }
}

#[test]
fn many_registrations_and_programs_are_bounded() {
    let mut text = String::new();
    for number in 0..2000 {
        text.push_str(&format!(
            "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z{number}\r\n\
             From: <sip:u{number}@example.com>\r\nTo: <sip:u{number}@example.com>\r\n\
             Call-ID: c{number}\r\nCSeq: 1 REGISTER\r\nUser-Agent: a{number}\r\nl: 0\r\n\r\n"
        ));
    }
    // Each attempt and each program is told, and little is remembered.
    assert_eq!(told(text.as_bytes()).len(), 4000);
}
