use Leg::{FromServer, ToServer};

use super::*;

#[test]
fn the_kth_copy_has_the_id_of_the_kth() {
    let (ann, bob) = (irc(1), irc(2));
    let mut play = Play::revealing();
    for _ in 0..2 {
        play.client(&ann, message("Ann", "bob", ToServer, "hi  there"));
    }
    for _ in 0..3 {
        play.server(&bob, message("ann", "Bob", FromServer, "Hi there"));
    }
    assert_eq!(
        play.messages(),
        [
            "1 Ann>bob hi  there #0",
            "2 Ann>bob hi  there #1",
            "3 ann>Bob Hi there #0",
            "4 ann>Bob Hi there #1",
            "5 ann>Bob Hi there #2"
        ]
    );
}

#[test]
fn every_reader_hears_the_one_saying() {
    let (ann, bob, cid) = (irc(1), irc(2), irc(3));
    let mut play = Play::revealing();
    play.client(&ann, message("ann", "bob,cid", ToServer, "hi"));
    play.server(&cid, message("ann", "cid", FromServer, "hi"));
    play.server(&bob, message("ann", "bob", FromServer, "hi"));
    play.client(&ann, message("ann", "#room", ToServer, "hi"));
    play.server(&bob, message("ann", "#room", FromServer, "hi"));
    play.server(&cid, message("ann", "#Room", FromServer, "hi"));
    play.server(&cid, message("eve", "#room", FromServer, "hi"));
    play.wait(61).server(&irc(4), message("ann", "#room", FromServer, "hi"));
    let ids: Vec<_> =
        play.messages().iter().map(|line| line.rsplit('#').next().unwrap().to_owned()).collect();
    assert_eq!(ids, ["0", "0", "0", "1", "1", "1", "2", "3"]);
}

#[test]
fn a_message_says_what_can_be_seen_and_nothing_of_what_is_protected() {
    let Event::Message(said) = message("ann", "bob", ToServer, "?OTR:AAMD") else { unreachable!() };
    let mut play = Play::revealing();
    let protection = Protection::Otr;
    play.client(&irc(1), Event::Message(event::Message { protection, ..said }));
    let told = play.all(|body| match body {
        Body::Message(said) => Some(said.clone()),
        _ => None,
    });
    assert!(told[0].content_key.is_empty());
    assert!(told[0].visible.shows("text"));
}

#[test]
fn legs_on_both_sides_of_a_proxy_are_of_one_saying() {
    let mut facts = (*irc(1)).clone();
    facts.via = vec!["vlan:7".to_owned(), "socks5:irc.lab:6667".to_owned()];
    let (near, far, bob) = (Arc::new(facts), irc(2), irc(3));
    let mut play = Play::revealing();
    for _ in 0..2 {
        play.client(&near, message("ann", "bob", ToServer, "hi"));
        play.client(&far, message("ann", "bob", ToServer, "hi"));
        play.server(&bob, message("ann", "bob", FromServer, "hi"));
    }
    play.server(&near, message("bob", "ann", FromServer, "ho"));
    assert_eq!(
        play.messages(),
        [
            "1 ann>bob hi #0",
            "2 ann>bob hi #0",
            "3 ann>bob hi #0",
            "4 ann>bob hi #1",
            "5 ann>bob hi #1",
            "6 ann>bob hi #1",
            "7 bob>ann ho #2"
        ]
    );
    let legs = play.all(|body| match body {
        Body::Message(said) => Some(said.leg),
        _ => None,
    });
    assert_eq!(legs[..3], [Leg::ToProxy, ToServer, FromServer]);
    assert_eq!(legs.last(), Some(&Leg::FromProxy));
}
