//! What nobody should send.

use super::Msrp;
use crate::event::Event;
use crate::{Ends, Out, Protocol, Side, Step};

fn send(transaction: &str, range: &str, content: &str, flag: char) -> String {
    format!(
        "MSRP {transaction} SEND\r\nTo-Path: msrp://10.0.0.12:8888/9di4ea;tcp\r\n\
         From-Path: msrp://10.0.0.11:7654/jshA7we;tcp\r\nMessage-ID: 12339sdqwer\r\n\
         Byte-Range: {range}\r\nContent-Type: text/plain\r\n\r\n{content}\r\n-------{transaction}{flag}\r\n"
    )
}

/// What is told of the bytes of one side, in pieces of this many.
fn told(bytes: &str, longest: usize) -> Vec<String> {
    let ends = Ends {
        client: "10.0.0.11:40000".parse().unwrap(),
        server: "10.0.0.12:8888".parse().unwrap(),
    };
    let (mut talk, mut out, mut pending) = (Msrp.open(ends), Out::new(), Vec::new());
    for piece in bytes.as_bytes().chunks(longest) {
        pending.extend_from_slice(piece);
        if let Step::Took { used, .. } = talk.read(Side::Client, &pending, &mut out) {
            pending.drain(..used);
        }
    }
    talk.end(Side::Client, &mut out);
    talk.end(Side::Server, &mut out);
    let name = |event: Event| match event {
        Event::Weird(weird) => weird.name.to_owned(),
        Event::Message(message) => message.text.expose().to_owned(),
        other => format!("{other:?}"),
    };
    out.drain().map(name).collect()
}

#[test]
fn a_last_line_is_the_one_of_its_transaction() {
    let text = "one\r\n-------else$\r\n-------d93kswow!\r\ntwo\r\n-------d93ksw";
    for longest in [1, 7, 10_000] {
        assert_eq!(told(&send("d93kswow", "1-*/*", text, '$'), longest), [text]);
        assert_eq!(told(&send("d93kswow", "1-0/0", "", '$'), longest), [""; 0]);
    }
}

#[test]
fn chunks_that_contradict_each_other_are_named() {
    let first = send("dkei38sd", "1-4/8", "abcd", '+');
    let again = send("dkei38se", "1-8/8", "abcdefgh", '$');
    assert_eq!(told(&format!("{first}{again}"), 5), ["msrp_chunk", "abcdefgh"]);
    let hole = send("dkei38sf", "7-8/8", "gh", '$');
    assert_eq!(told(&format!("{first}{hole}"), 5), ["msrp_torn"]);
    assert_eq!(told(&send("dkei38sg", "0-8/8", "abcd", '$'), 5), ["msrp_fields"]);
    let wild = send("dkei38sg", "18446744073709551615-18446744073709551615/1", "abcd", '$');
    assert_eq!(told(&wild, 5), ["msrp_fields"]);
}

#[test]
fn many_and_long_messages_are_bounded() {
    let mut text = String::new();
    for number in 0..1000 {
        text += &send("dkei38sd", "1-4/8", "abcd", '+').replace("12339", &number.to_string());
    }
    assert_eq!(told(&text, 1000).len(), 16);
    let long = "x".repeat(100_000);
    assert_eq!(told(&send("dkei38sd", "1-*/*", &long, '$'), 1000), ["msrp_torn"]);
    let head = format!("MSRP dkei38sd SEND\r\n{}", "A: b\r\n".repeat(5000));
    let text = format!("{head}\r\n{}", send("dkei38se", "1-2/2", "ok", '$'));
    assert_eq!(told(&text, 1000), ["msrp_head_long", "ok"]);
}
