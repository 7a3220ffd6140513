use overhear_dissectors::Ticket;
use overhear_dissectors::event::{Login, Outcome, Ticketed};

use super::*;

fn login(who: Who, outcome: Outcome) -> Event {
    Event::Login(Login { who, method: "irc-pass", outcome, client: None, server: None })
}

fn said(from: Who) -> Event {
    let Event::Message(said) = message("x", "y", Leg::ToServer, "hi") else { unreachable!() };
    Event::Message(event::Message { from, to: vec![], ..said })
}

fn authors(play: &Play) -> Vec<String> {
    play.all(|body| match body {
        Body::Message(said) => Some(format!("{} {}", said.network, said.from)),
        _ => None,
    })
}

#[test]
fn a_ticket_is_its_holder_on_any_flow() {
    let ticket = || Ticket::new("aim", b"cookie");
    let (flow, other) = (irc(1), irc(2));
    let mut play = Play::revealing();
    play.client(&other, said(Who::Ticket(ticket())));
    play.client(&other, secret(1, Who::Ticket(ticket()), "unknown as yet"));
    play.server(&other, answer(1, Some(true), None));
    let holder = Who::Account(Account::new("aim", "ann"));
    play.server(&flow, Event::Ticket(Ticketed { ticket: ticket(), who: holder }));
    play.client(&other, said(Who::Ticket(ticket())));
    assert_eq!(authors(&play), ["aim 10.0.0.2:4000", "aim ann"]);
    let owners = play.all(|body| match body {
        Body::Credential(said) => Some(said.account.clone()),
        _ => None,
    });
    assert_eq!(owners, [None], "nobody said whose secret it was");
}

/// An occupant of a room has a name of its own until some flow tells whose it is, and again when the
/// name is free.
#[test]
fn an_alias_is_whoever_is_known_to_have_it() {
    let (ticket, alias) = (Ticket::new("rooms", b"den/annie"), Account::new("rooms", "den/annie"));
    let occupant = || Who::Alias(ticket.clone(), alias.clone());
    let is = |account: Account| {
        Event::Ticket(Ticketed { ticket: ticket.clone(), who: Who::Account(account) })
    };
    let room = || {
        Event::Room(event::Room {
            network: "rooms".into(),
            room: "den".into(),
            who: occupant(),
            by: None,
            op: event::RoomOp::Join,
            text: None,
        })
    };
    let mut play = Play::revealing();
    play.client(&irc(1), said(occupant()));
    play.server(&irc(2), is(Account::new("im", "ann@im")));
    play.client(&irc(1), said(occupant())).client(&irc(1), room());
    play.server(&irc(2), is(alias.clone())).client(&irc(1), said(occupant()));
    assert_eq!(authors(&play), ["rooms den/annie", "im ann@im", "rooms den/annie"]);
    let rooms = play.all(|body| match body {
        Body::Room(room) => Some(format!("{} {}", room.network, room.account)),
        _ => None,
    });
    assert_eq!(rooms, ["im ann@im"]);
}

#[test]
fn somebody_unnamed_is_whoever_signed_on() {
    let flow = irc(1);
    let unnamed = || said(Who::Unnamed(Side::Client));
    let mut play = Play::revealing();
    play.client(&flow, unnamed());
    play.server(&flow, login(who("ann"), Outcome::Failure)).client(&flow, unnamed());
    play.server(&flow, login(who("ann"), Outcome::Success)).client(&flow, unnamed());
    play.over(&flow).client(&flow, unnamed());
    assert_eq!(
        authors(&play),
        [
            "irc:192.0.2.1 10.0.0.1:4000",
            "irc:irc.lab 10.0.0.1:4000",
            "irc:irc.lab ann",
            "irc:irc.lab 10.0.0.1:4000"
        ]
    );
}

#[test]
fn a_network_known_by_address_is_the_one_known_by_name() {
    let nameless = || said(Who::Account(Account::new("irc:192.0.2.1", "ann")));
    let elsewhere = flow(3, "10.0.0.3:1", "192.0.2.9:6667", Some("irc"));
    let data = flow(4, "10.0.0.3:1", "192.0.2.9:6667", None);
    let mut play = Play::revealing();
    play.client(&irc(1), nameless()).client(&irc(1), said(who("bob"))).client(&irc(2), nameless());
    play.client(&data, said(who("eve"))).client(&elsewhere, nameless());
    assert_eq!(
        authors(&play),
        [
            "irc:192.0.2.1 ann",
            "irc:irc.lab bob",
            "irc:irc.lab ann",
            "irc:irc.lab eve",
            "irc:192.0.2.1 ann"
        ]
    );
}

#[test]
fn networks_behind_one_proxy_are_not_one() {
    let behind = |number, hop: &str| {
        let mut facts = (*flow(number, "10.0.0.1:4000", "192.0.2.5:1080", Some("irc"))).clone();
        facts.via = vec!["vlan:7".to_owned(), hop.to_owned()];
        Arc::new(facts)
    };
    // The dissector knows a host that was named by the address of the proxy alone.
    let nameless = |address: &str| said(Who::Account(Account::new(address, "ann")));
    let lab = behind(1, "socks5:irc.lab:6667");
    let (other, numeric) = (behind(2, "socks5:[2001:db8::7]:6667"), behind(3, "http-connect"));
    let mut play = Play::revealing();
    play.client(&lab, nameless("irc:192.0.2.5")).client(&lab, said(who("bob")));
    play.client(&other, nameless("irc:2001:db8::7"))
        .client(&other, said(Who::Unnamed(Side::Server)));
    play.client(&numeric, nameless("irc:192.0.2.5")).client(&lab, nameless("irc:192.0.2.5"));
    assert_eq!(
        authors(&play),
        [
            "irc:irc.lab ann",
            "irc:irc.lab bob",
            "irc:2001:db8::7 ann",
            "irc:2001:db8::7 192.0.2.5:1080",
            "irc:192.0.2.5 ann",
            "irc:irc.lab ann",
        ]
    );
}

#[test]
fn whoever_signed_on_to_a_proxy_is_not_who_speaks_inside() {
    let proxy = flow(1, "10.0.0.1:4000", "192.0.2.5:1080", Some("socks"));
    let mut inside = (*irc(1)).clone();
    inside.via = vec!["socks4:192.0.2.1:6667".to_owned()];
    let inside = Arc::new(inside);
    let mut play = Play::revealing();
    play.hear(&proxy, Side::Client, Heard::Identified);
    play.server(&proxy, login(who("web"), Outcome::Success));
    play.hear(&inside, Side::Client, Heard::Identified);
    play.client(&inside, said(Who::Unnamed(Side::Client)));
    assert_eq!(authors(&play), ["irc:192.0.2.1 10.0.0.1:4000"]);
}
