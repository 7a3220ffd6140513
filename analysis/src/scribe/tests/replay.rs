//! A stream that was written and read back is judged as its records were.

use overhear_dissectors::Ticket;
use overhear_dissectors::event::{
    Carries, Content, Login, Offer, OfferState, Outcome, Room, RoomOp, Ticketed, Unclaimed,
};
use proptest::prelude::*;

use super::*;
use crate::{ContentLevel, Judge};

fn person() -> impl Strategy<Value = Who> + Clone {
    prop_oneof![
        proptest::sample::select(vec!["ann", "Ann", "bob"]).prop_map(who),
        Just(Who::Account(Account::new("irc:192.0.2.1", "ann").displayed("ANN"))),
        Just(Who::Ticket(Ticket::new("aim", b"cookie"))),
        Just(Who::Unnamed(Side::Client)),
    ]
}

fn text() -> impl Strategy<Value = Text> + Clone {
    let words =
        vec!["hi", "hunter2 it is", "hi\nall\tof you", "see http://a.b/", "\u{202e}\0é", ""];
    proptest::sample::select(words).prop_map(|words| {
        let mut text = Text::new(words);
        text.hide(1..2);
        text
    })
}

fn said() -> impl Strategy<Value = Event> {
    use Leg::{Direct, FromServer, ToServer};
    let leg = proptest::sample::select(vec![ToServer, FromServer, Direct]);
    let room = proptest::option::of(Just("#room".to_owned()));
    (person(), person(), room, text(), leg).prop_map(|(from, to, room, text, leg)| {
        Event::Message(event::Message {
            from,
            to: if room.is_some() { vec![] } else { vec![to] },
            room,
            kind: MessageKind::Chat,
            markup: Some(text.rewritten("<b>")),
            text,
            leg,
            protection: Protection::None,
        })
    })
}

fn signed() -> impl Strategy<Value = Event> {
    let secrets = proptest::sample::select(vec!["hunter2", "pw"]);
    let accepted = proptest::option::of(any::<bool>());
    prop_oneof![
        (0..3_u32, person(), secrets).prop_map(|(attempt, who, word)| secret(attempt, who, word)),
        (0..3_u32, accepted, proptest::option::of(person()))
            .prop_map(|(attempt, accepted, who)| answer(attempt, accepted, who)),
        person().prop_map(|who| {
            let outcome = Outcome::Success;
            Event::Login(Login { who, method: "none", outcome, client: None, server: None })
        }),
        person().prop_map(|who| {
            Event::Ticket(Ticketed { ticket: Ticket::new("aim", b"cookie"), who })
        }),
        (person(), text()).prop_map(|(who, text)| {
            let (network, room) = ("irc:irc.lab".to_owned(), String::new());
            let (op, text) = (RoomOp::Nick, Some(text));
            Event::Room(Room { network, room, who, by: None, op, text })
        }),
    ]
}

fn moved() -> impl Strategy<Value = Event> {
    let carries = proptest::sample::select(vec![Carries::File, Carries::Chat]);
    let state = proptest::sample::select(vec![OfferState::Offered, OfferState::Accepted]);
    let side = proptest::sample::select(vec![Side::Client, Side::Server]);
    prop_oneof![
        (person(), person(), carries, state, text()).prop_map(
            |(from, to, carries, state, name)| {
                Event::Offer(Offer {
                    from,
                    to: vec![to],
                    room: None,
                    carries,
                    transport: "dcc-send",
                    name,
                    size: Some(5),
                    offset: 0,
                    token: None,
                    endpoint: Some(("192.0.2.1".parse().unwrap(), 6667)),
                    listener: None,
                    state,
                    leg: Leg::ToServer,
                })
            }
        ),
        (side.clone(), text())
            .prop_map(|(side, text)| Event::Unclaimed(Unclaimed::Line { side, text })),
        (side, 4..6_u64).prop_map(|(side, bytes)| {
            let content = Content { bytes, sha256: Some([1; 32]), mime: None };
            Event::Unclaimed(Unclaimed::Content { side, content })
        }),
    ]
}

fn heard() -> impl Strategy<Value = Heard> {
    prop_oneof![
        6 => said().prop_map(Heard::said),
        4 => signed().prop_map(Heard::said),
        3 => moved().prop_map(Heard::said),
        1 => Just(Heard::Identified),
        1 => Just(Heard::Gap { bytes: 9 }),
        1 => Just(Heard::Ended(Ended { client_bytes: 1, server_bytes: 2, lost_bytes: 3 })),
    ]
}

/// The stream of these records, as it is told.
fn stream(settings: Settings, records: &[(u64, bool, i64, Heard)]) -> Vec<Told> {
    let mut play = Play::new(settings);
    play.told.push(play.scribe.start());
    for (number, client, wait, heard) in records {
        let side = if *client { Side::Client } else { Side::Server };
        let app = (*number < 4).then_some("irc");
        let flow = flow(*number, &format!("10.0.0.{number}:4000"), "192.0.2.1:6667", app);
        play.wait(*wait).hear(&flow, side, heard.clone());
    }
    play.finish();
    play.told
}

fn judged(told: &[Told]) -> Vec<String> {
    let (mut judge, mut lines) = (Judge::new(), vec![]);
    let mut write = |told: Told| lines.push(serde_json::to_string(&told).unwrap());
    told.iter().for_each(|told| judge.hear(told, &mut write));
    judge.finish(None, None, &mut write);
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_read_back_is_what_was_told(
        records in proptest::collection::vec((1..5_u64, any::<bool>(), -1..40_i64, heard()), 0..60),
    ) {
        for secrets in [SecretLevel::Masked, SecretLevel::Fingerprint, SecretLevel::Reveal] {
            for content in [ContentLevel::None, ContentLevel::Excerpt, ContentLevel::Full] {
                let told = stream(Settings { content, secrets, ..Settings::default() }, &records);
                let lines = told.iter().map(|told| serde_json::to_string(told).unwrap());
                let back: Vec<Told> =
                    lines.map(|line| serde_json::from_str(&line).unwrap()).collect();
                prop_assert_eq!(&back, &told);
                prop_assert_eq!(judged(&back), judged(&told));
            }
        }
    }
}
