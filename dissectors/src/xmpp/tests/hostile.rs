//! Streams that were made to break whoever reads them.

use crate::told::client_says;
use crate::xmpp::Xmpp;
use crate::xmpp::wire::DEEPEST;

const HEADER: &str = "<stream:stream to='im' xmlns='jabber:client' \
                      xmlns:stream='http://etherx.jabber.org/streams'>";
const AFTER: &str = "<message to='bob@im' type='chat'><body>after it</body></message>";

/// What comes of `bomb` in a stream: the same in pieces of any size, and what follows is read.
#[track_caller]
fn survives(bomb: &str, oddities: &[&str]) {
    let stream = format!("{HEADER}{bomb}{AFTER}");
    let whole = client_says(&Xmpp, stream.as_bytes(), usize::MAX);
    for piece in [7, 1460] {
        assert_eq!(client_says(&Xmpp, stream.as_bytes(), piece), whole, "in pieces of {piece}");
    }
    let (said, odd): (Vec<_>, Vec<_>) =
        whole.into_iter().partition(|line| !line.starts_with("weird "));
    assert_eq!(said.last().map(String::as_str), Some("Im ToServer ?>bob@im after it"));
    let mut odd: Vec<_> = odd.iter().filter_map(|line| line.strip_prefix("weird ")).collect();
    odd.dedup();
    assert_eq!(odd, oddities);
}

/// One piece of a stream for each number.
fn each(numbers: std::ops::Range<u32>, piece: impl Fn(u32) -> String) -> String {
    numbers.map(piece).collect::<Vec<_>>().concat()
}

#[test]
fn a_pit_of_elements() {
    survives(&"<a>".repeat(1 << 16), &["xmpp_too_deep"]);
    survives(&"<message>".repeat((DEEPEST + 1) * 250), &["xmpp_too_deep"]);
}

#[test]
fn an_attribute_without_an_end() {
    survives(&format!("<message to='{}", "x".repeat(1 << 19)), &["xmpp_too_long"]);
    let many = each(0..200, |n| format!(" a{n}='1'"));
    survives(&format!("<message to='ann@im'{many}><body>x</body></message>"), &["xmpp_attributes"]);
}

#[test]
fn a_million_tiny_elements() {
    survives(&"<a/>".repeat(1 << 20), &[]);
    let wrapped = format!("<message to='x@im'>{}</message>", "<a/>".repeat(40_000));
    survives(&wrapped, &["xmpp_too_many_elements"]);
}

#[test]
fn entities_of_ones_own() {
    let laughs =
        each(1..10, |n| format!("<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(10)));
    let bomb = format!(
        "<!DOCTYPE x [<!ENTITY l0 'lol'>{laughs}]>\
         <message to='x@im'><body>&l9;</body></message>"
    );
    survives(&bomb, &["xmpp_document_type", "xmpp_entity"]);
    survives(
        &format!("<message to='x@im'><body>{}</body></message>", "&".repeat(100_000)),
        &["xmpp_entity"],
    );
}

#[test]
fn names_and_words_without_an_end() {
    survives(&format!("<{}", "x".repeat(1 << 19)), &["xmpp_too_long"]);
    survives(&format!("<message><body>{}", "x".repeat(1 << 19)), &["xmpp_too_long"]);
    survives(&format!("<!-- {} -->", "-".repeat(1 << 16)), &[]);
    survives(&"x".repeat(1 << 19), &["xmpp_stray_text"]);
}

#[test]
fn people_and_rooms_without_number() {
    let rooms = each(0..2000, |n| {
        format!(
            "<presence to='r{n}@rooms/x'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
        )
    });
    survives(&rooms, &[]);
    let asked = each(0..5000, |n| {
        format!("<iq type='get' id='{n}' to='b@im'><vCard xmlns='vcard-temp'/></iq>")
    });
    survives(&asked, &[]);
}

/// A long word in one stanza must not come back with each of many short ones.
#[test]
fn words_that_are_told_again_and_again() {
    let long = "x".repeat(200_000);
    let offer = format!(
        "<iq type='set' id='1' to='b@im/x'><jingle xmlns='urn:xmpp:jingle:1' sid='s' \
         action='session-initiate'><content><description \
         xmlns='urn:xmpp:jingle:apps:file-transfer:5'><file><name>{long}</name></file>\
         </description></content></jingle></iq>"
    );
    let step = "<iq type='set' id='2' to='b@im/x'><jingle xmlns='urn:xmpp:jingle:1' sid='s' \
                action='session-accept'/></iq>";
    let stream = format!("{HEADER}{offer}{}", step.repeat(1000));
    let told = client_says(&Xmpp, stream.as_bytes(), 1460);
    assert!(told.iter().map(String::len).sum::<usize>() < 2 * stream.len());
    let groups = "<group>g</group>".repeat(5000);
    let entry = format!(
        "{HEADER}<iq type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='b@im' \
         name='{}'>{groups}</item></query></iq>",
        "x".repeat(100_000)
    );
    assert_eq!(client_says(&Xmpp, entry.as_bytes(), 1460).len(), 1);
}
