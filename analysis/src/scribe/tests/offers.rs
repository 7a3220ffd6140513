use std::net::{IpAddr, Ipv4Addr};

use overhear_dissectors::event::{Carried, Carries, Content, Offer, OfferState, Unclaimed};

use super::*;
use crate::told::{Channel, ChannelState, File};

const ANN: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const BOB: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));

/// Ann offers bob a file of 100 bytes, or a chat; she listens unless the offer is passive.
fn offer(carries: Carries) -> Offer {
    Offer {
        from: who("ann"),
        to: vec![who("bob")],
        room: None,
        carries,
        transport: if carries == Carries::File { "dcc-send" } else { "dcc-chat" },
        name: Text::new(if carries == Carries::File { "plan.txt" } else { "" }),
        size: (carries == Carries::File).then_some(100),
        offset: 0,
        token: None,
        endpoint: Some((ANN, 5000)),
        listener: Some(who("ann")),
        state: OfferState::Offered,
        leg: Leg::ToServer,
    }
}

/// A connection nobody claims.
fn data(client: &str, server: &str) -> Arc<FlowFacts> {
    flow(9, client, server, None)
}

fn content(side: Side, bytes: u64) -> Event {
    let content = Content { bytes, sha256: Some([7; 32]), mime: Some("text/plain") };
    Event::Unclaimed(Unclaimed::Content { side, content })
}

fn line(side: Side, text: &str) -> Event {
    Event::Unclaimed(Unclaimed::Line { side, text: Text::new(text) })
}

fn files(play: &Play) -> Vec<File> {
    play.all(|body| match body {
        Body::File(file) => Some(file.clone()),
        _ => None,
    })
}

fn states(play: &Play) -> Vec<OfferState> {
    files(play).iter().map(|file| file.state).collect()
}

fn channels(play: &Play) -> Vec<Channel> {
    play.all(|body| match body {
        Body::Channel(channel) => Some(channel.clone()),
        _ => None,
    })
}

#[test]
fn an_offer_on_both_legs_is_one_transfer_and_its_content_completes_it() {
    let data = data("10.0.0.2:3000", "10.0.0.1:5000");
    let mut play = Play::revealing();
    play.client(&irc(1), Event::Offer(offer(Carries::File)));
    play.client(&irc(1), Event::Offer(offer(Carries::File)));
    play.server(&irc(2), Event::Offer(Offer { leg: Leg::FromServer, ..offer(Carries::File) }));
    // A file that reads as text is still a file, and the reader's bytes are none of it.
    play.server(&data, line(Side::Server, "the plan"));
    play.client(&data, content(Side::Client, 4)).server(&data, content(Side::Server, 100));
    play.over(&data);
    assert_eq!(states(&play), [OfferState::Offered, OfferState::Offered, OfferState::Complete]);
    let files = files(&play);
    assert!(files.iter().all(|file| file.transfer_id == files[0].transfer_id));
    assert_eq!(files[2].sha256.as_deref(), Some("07".repeat(32).as_str()));
    assert_eq!((files[2].bytes, files[2].from.as_str()), (Some(100), "ann"));
    assert_eq!(
        (files[2].to.as_slice(), files[2].mime.as_deref()),
        (&["bob".into()][..], Some("text/plain"))
    );
    assert_eq!(files[0].endpoint.as_deref(), Some("10.0.0.1:5000"));
    assert_eq!(files[0].content_key[0], files[2].content_key[0]);
    let channels: Vec<_> = channels(&play).into_iter().map(|channel| channel.state).collect();
    assert_eq!(channels, [ChannelState::Open, ChannelState::Closed]);
    assert_eq!(play.messages(), Vec::<String>::new());
}

#[test]
fn another_size_than_offered_is_truncated() {
    for (bytes, state) in
        [(99, OfferState::Truncated), (101, OfferState::Truncated), (100, OfferState::Complete)]
    {
        let data = data("10.0.0.2:3000", "10.0.0.1:5000");
        let mut play = Play::revealing();
        play.client(&irc(1), Event::Offer(offer(Carries::File)));
        play.server(&data, content(Side::Server, bytes));
        let last = files(&play).pop().unwrap();
        assert_eq!((last.state, last.sha256.is_some()), (state, bytes == 100));
    }
}

#[test]
fn the_answer_to_a_passive_offer_says_where() {
    let asked =
        Offer { token: Some("17".into()), endpoint: None, listener: None, ..offer(Carries::File) };
    let answer = Offer {
        endpoint: Some((BOB, 6000)),
        listener: Some(who("bob")),
        state: OfferState::Accepted,
        ..asked.clone()
    };
    let data = data("10.0.0.1:3000", "10.0.0.2:6000");
    let mut play = Play::revealing();
    play.client(&irc(1), Event::Offer(asked)).client(&irc(2), Event::Offer(answer));
    play.client(&data, content(Side::Client, 100)).server(&data, content(Side::Server, 4));
    assert_eq!(states(&play), [OfferState::Offered, OfferState::Accepted, OfferState::Complete]);
    assert_eq!(files(&play)[1].endpoint.as_deref(), Some("10.0.0.2:6000"));
    assert_eq!(files(&play)[2].transfer_id, files(&play)[0].transfer_id);
}

#[test]
fn a_resumed_file_is_whole_without_its_beginning_and_has_no_hash() {
    let resume = Offer {
        name: Text::new("file.ext"),
        size: None,
        offset: 40,
        state: OfferState::Accepted,
        ..offer(Carries::File)
    };
    let data = data("10.0.0.2:3000", "10.0.0.1:5000");
    let mut play = Play::revealing();
    play.client(&irc(1), Event::Offer(offer(Carries::File))).client(&irc(2), Event::Offer(resume));
    play.server(&data, content(Side::Server, 60));
    assert_eq!(states(&play), [OfferState::Offered, OfferState::Accepted, OfferState::Complete]);
    let last = files(&play).pop().unwrap();
    assert_eq!((last.sha256, last.bytes, last.name.as_deref()), (None, Some(60), Some("plan.txt")));
}

#[test]
fn a_chat_is_heard_from_both_sides_whichever_end_was_heard_first() {
    let flows = [
        (data("10.0.0.2:3000", "10.0.0.1:5000"), Side::Server),
        (data("10.0.0.1:5000", "10.0.0.2:3000"), Side::Client),
    ];
    for (data, ann) in flows {
        let mut play = Play::revealing();
        play.client(&irc(1), Event::Offer(offer(Carries::Chat)));
        play.hear(&data, ann, Heard::said(line(ann, "hello")));
        let bob = ann.other();
        play.hear(&data, bob, Heard::said(line(bob, "\u{1}ACTION waves\u{1}"))).over(&data);
        assert_eq!(play.messages(), ["2 ann>bob hello #0", "3 bob>ann waves #1"]);
        let said = play.all(|body| match body {
            Body::Message(said) => Some((said.kind, said.leg, said.network.clone())),
            _ => None,
        });
        assert_eq!(said[0], (MessageKind::Im, Leg::Direct, "irc:irc.lab".into()));
        assert_eq!(said[1].0, MessageKind::Action);
        assert!(files(&play).is_empty());
        let channels = channels(&play);
        assert_eq!((channels.len(), channels[1].messages), (2, 2));
        assert_eq!(play.told[0].head.app_proto.as_deref(), Some("dcc-chat"));
    }
}

#[test]
fn whoever_takes_what_was_offered_to_a_room_is_an_address() {
    let data = data("10.0.0.7:3000", "10.0.0.1:5000");
    let mut play = Play::revealing();
    let room = Some("#room".to_owned());
    play.client(&irc(1), Event::Offer(Offer { to: vec![], room, ..offer(Carries::Chat) }));
    play.client(&data, line(Side::Client, "hello")).server(&data, line(Side::Server, "who?"));
    assert_eq!(play.messages(), ["2 10.0.0.7:3000>ann hello #0", "3 ann> who? #1"]);
    let networks = play.all(|body| match body {
        Body::Message(said) => Some(said.network.clone()),
        _ => None,
    });
    assert_eq!(networks, ["irc:irc.lab", "irc:irc.lab"]);
}

#[test]
fn a_flow_that_matches_no_offer_leaves_nothing() {
    let other = data("10.0.0.2:3000", "10.0.0.1:5001");
    let mut play = Play::revealing();
    play.client(&irc(1), Event::Offer(offer(Carries::Chat)));
    play.over(&irc(1));
    let kept = format!("{:?}", play.scribe);
    play.server(&other, line(Side::Server, "hello")).server(&other, content(Side::Server, 5));
    assert_eq!(format!("{:?}", play.scribe), kept, "not even until its end");
    play.over(&other);
    assert_eq!(format!("{:?}", play.scribe), kept);
    assert!(play.told.is_empty());
}

#[test]
fn offers_that_move_or_flood_are_forgotten() {
    let mut play = Play::revealing();
    for number in 0..40_000_u32 {
        let to = vec![who(&format!("bob{}", number % 999))];
        let endpoint = Some((IpAddr::V4((0x0a00_0000 + number).into()), 5000));
        let state = if number % 2 == 0 { OfferState::Offered } else { OfferState::Accepted };
        let offer = Offer { to, endpoint, state, ..offer(Carries::File) };
        play.client(&irc(1), Event::Offer(offer));
    }
    let [offered, endpoints, parties] = play.scribe.transfers.kept();
    assert!(offered <= 1 << 14 && endpoints <= offered && parties <= 999, "{offered} {endpoints}");
}

#[test]
fn a_file_that_was_carried_is_what_its_sender_offered() {
    let seen = Content { bytes: 100, sha256: Some([7; 32]), mime: Some("image/png") };
    let offered = Offer { carries: Carries::Wrapped, ..offer(Carries::File) };
    let carried = |from: Who, to: &str, state| {
        let nameless = Offer {
            from,
            to: vec![who(to)],
            name: Text::default(),
            endpoint: None,
            listener: None,
            state,
            ..offered.clone()
        };
        Event::Carried(Carried { network: None, offer: nameless, content: seen.clone() })
    };
    let (whole, part) = (OfferState::Complete, OfferState::Truncated);
    let mut play = Play::revealing();
    play.client(&irc(1), Event::Offer(offered.clone()));
    // On a flow of its own, by who sends to whom.
    let relay = data("10.0.0.1:3000", "10.0.0.9:80");
    play.client(&relay, carried(who("ann"), "bob", whole)).over(&relay);
    // The other way it is another file.
    play.client(&relay, carried(who("bob"), "ann", part)).over(&relay);
    // By where it lies, when the conversation names nobody.
    let peer = data("10.0.0.2:3000", "10.0.0.1:5000");
    play.server(&peer, carried(Who::Unnamed(Side::Server), "bob", whole)).over(&peer);
    let files = files(&play);
    assert_eq!(states(&play), [OfferState::Offered, whole, part, whole]);
    let names: Vec<_> = files.iter().map(|file| file.name.as_deref()).collect();
    assert_eq!(names, [Some("plan.txt"), Some("plan.txt"), None, Some("plan.txt")]);
    let same: Vec<_> = files.iter().map(|file| file.transfer_id == files[0].transfer_id).collect();
    assert_eq!(same, [true, true, false, true]);
    let hashes: Vec<_> = files.iter().map(|file| file.sha256.is_some()).collect();
    assert_eq!(hashes, [false, true, false, true]);
}

#[test]
fn a_file_fetched_through_a_proxy_is_the_one_that_was_offered() {
    let proxy = flow(9, "10.0.0.2:3000", "192.0.2.5:1080", Some("socks"));
    let mut inside = (*proxy).clone();
    (inside.app, inside.via) = (None, vec!["socks5:10.0.0.1:5000".to_owned()]);
    let inside = Arc::new(inside);
    let mut play = Play::revealing();
    play.client(&irc(1), Event::Offer(offer(Carries::File)));
    play.hear(&proxy, Side::Client, Heard::Identified);
    play.server(&inside, content(Side::Server, 100)).over(&inside);
    assert_eq!(states(&play), [OfferState::Offered, OfferState::Complete]);
    let states: Vec<_> = channels(&play).iter().map(|channel| channel.state).collect();
    assert_eq!(states, [ChannelState::Open, ChannelState::Changed, ChannelState::Closed]);
}

/// A file that goes by on a connection of its own protocol, called by bob.
fn carried(name: &str, token: Option<&str>, offset: u64) -> Event {
    let offer = Offer {
        from: Who::Unnamed(Side::Server),
        to: vec![Who::Unnamed(Side::Client)],
        transport: "oft",
        name: Text::new(name),
        size: Some(100),
        offset,
        token: token.map(ToOwned::to_owned),
        endpoint: None,
        listener: None,
        state: OfferState::Complete,
        ..offer(Carries::Wrapped)
    };
    let content = Content { bytes: 100, sha256: Some([7; 32]), mime: None };
    Event::Carried(Carried { network: Some("aim"), offer, content })
}

/// Ann offers bob the same.
fn wrapped(token: &str) -> Offer {
    let offer = offer(Carries::Wrapped);
    let (name, token) = (Text::new("plan.txt"), Some(token.to_owned()));
    Offer { transport: "oft", name, size: Some(100), token, ..offer }
}

#[test]
fn a_delivery_is_what_was_offered_with_its_token_wherever_it_comes() {
    let proxied = flow(9, "10.0.0.2:3000", "10.0.0.9:5190", Some("oft"));
    let mut play = Play::revealing();
    play.client(&irc(1), Event::Offer(wrapped("aa")));
    play.client(&irc(1), Event::Offer(Offer { name: "other.txt".into(), ..wrapped("bb") }));
    play.server(&proxied, carried("PLAN.txt", Some("aa"), 0));
    let files = files(&play);
    assert_eq!(files[2].transfer_id, files[0].transfer_id);
    assert_eq!((files[2].from.as_str(), &files[2].to[..]), ("ann", &["bob".into()][..]));
    assert_eq!((files[2].name.as_deref(), files[2].bytes), (Some("PLAN.txt"), Some(100)));
    assert!(files[2].sha256.is_some());
}

#[test]
fn a_delivery_without_a_token_is_known_by_its_place_and_one_of_several_is_its_own() {
    let place = flow(9, "10.0.0.2:3000", "10.0.0.1:5000", Some("oft"));
    let mut play = Play::revealing();
    play.client(&irc(1), Event::Offer(wrapped("aa")));
    play.server(&place, carried("plan.txt", None, 0));
    play.server(&place, carried("more.txt", None, 0));
    let files = files(&play);
    assert_eq!(files[1].transfer_id, files[0].transfer_id);
    assert_ne!(files[2].transfer_id, files[0].transfer_id);
    assert!(files.iter().all(|file| file.from == "ann"));
}

#[test]
fn a_delivery_nobody_heard_offered_is_told_with_its_addresses() {
    let place = flow(9, "10.0.0.2:3000", "10.0.0.1:5000", Some("oft"));
    let mut play = Play::revealing();
    // What is offered here is of another kind.
    play.client(&irc(1), Event::Offer(offer(Carries::File)));
    play.server(&place, carried("plan.txt", None, 10));
    let last = files(&play).pop().unwrap();
    assert_eq!((last.network.as_str(), last.from.as_str()), ("aim", "10.0.0.1:5000"));
    assert_eq!(last.to, ["10.0.0.2:3000"]);
    // A part of a file has no hash worth comparing.
    assert_eq!((last.state, last.sha256), (OfferState::Complete, None));
}

#[test]
fn of_several_ways_the_one_agreed_on_is_told() {
    let offered = Offer { token: Some("7".into()), endpoint: None, ..offer(Carries::File) };
    let other = Offer { transport: "xmpp-ibb", state: OfferState::Accepted, ..offered.clone() };
    let mut play = Play::revealing();
    play.client(&irc(1), Event::Offer(offered)).server(&irc(1), Event::Offer(other));
    let ways: Vec<_> = files(&play).into_iter().map(|file| file.transport).collect();
    assert_eq!(ways, ["dcc-send", "xmpp-ibb"]);
}
