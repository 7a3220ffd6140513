//! Slips that were made once: ids that met, copies that vanished, names that stuck.

use super::*;
use crate::{
    Judge,
    told::{Category, Finding, Ledger},
};
use overhear_dissectors::Name;
use overhear_dissectors::event::{Carries, Content, Offer, OfferState, Room, RoomOp, Unclaimed};

fn ids(play: &Play) -> Vec<Name> {
    play.all(|b| match b {
        Body::Message(m) => Some(m.message_id.clone()),
        _ => None,
    })
}
fn findings(told: &[Told]) -> Vec<Finding> {
    let (mut judge, mut out) = (Judge::new(), vec![]);
    told.iter().for_each(|t| judge.hear(t, &mut |t| out.push(t)));
    judge.finish(None, None, &mut |t| out.push(t));
    out.into_iter()
        .filter_map(|t| match t.body {
            Body::Finding(f) => Some(f),
            _ => None,
        })
        .collect()
}
#[expect(clippy::too_many_arguments, reason = "a record, written out")]
fn raw(
    play: &mut Play,
    flow: &Arc<FlowFacts>,
    phase: Phase,
    frame: u64,
    no: u64,
    index: u32,
    side: Side,
    heard: Heard,
) {
    let order = Order { frame, phase, deadline: Time::default(), flow: flow.id, index };
    let record = Record {
        order,
        stamp: Stamp { at: Time::from_secs(1000), source: 0, no },
        flow: Some(Arc::clone(flow)),
        side,
        lost_before: 0,
        span: (0, 0),
        heard,
    };
    play.scribe.hear(&record, &mut |told| play.told.push(told));
}

#[test]
fn frame_and_stop_have_different_ids() {
    let mut play = Play::revealing();
    let f = irc(1);
    let m = |t: &str| Heard::said(message("ann", "bob", Leg::ToServer, t));
    raw(&mut play, &f, Phase::Frame, 7, 7, 1, Side::Client, m("first"));
    raw(&mut play, &f, Phase::Stop, u64::MAX, 7, 1, Side::Client, m("rest without end"));
    let ids = ids(&play);
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn live_without_file_ids() {
    let mut play = Play::revealing();
    let f = irc(1);
    for (n, t) in ["one", "two"].iter().enumerate() {
        raw(
            &mut play,
            &f,
            Phase::Frame,
            n as u64 + 1,
            0,
            1,
            Side::Client,
            Heard::said(message("ann", "bob", Leg::ToServer, t)),
        );
    }
    let ids = ids(&play);
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn live_retry_of_same_secret_is_told() {
    let mut play = Play::revealing();
    let f = irc(1);
    for n in 0..2u64 {
        raw(
            &mut play,
            &f,
            Phase::Frame,
            2 * n + 1,
            0,
            1,
            Side::Client,
            Heard::said(secret(n as u32, who("ann"), "hunter2")),
        );
        raw(
            &mut play,
            &f,
            Phase::Frame,
            2 * n + 2,
            0,
            1,
            Side::Server,
            Heard::said(answer(n as u32, Some(n == 1), None)),
        );
    }
    play.finish();
    assert_eq!(
        play.all(|b| match b {
            Body::Credential(c) => Some(c.accepted),
            _ => None,
        }),
        [Some(false), Some(true)]
    );
}

#[test]
fn two_accounts_same_secret_one_frame() {
    let mut play = Play::revealing();
    let f = irc(1);
    play.hear(&f, Side::Client, Heard::said(secret(1, who("ann"), "hunter2")));
    play.again(&f, Side::Client, Heard::said(secret(2, who("bob"), "hunter2"))).finish();
    assert_eq!(
        play.all(|b| match b {
            Body::Credential(c) => c.account.clone(),
            _ => None,
        }),
        ["ann", "bob"]
    );
}

#[test]
fn second_reader_is_not_zero_messages() {
    let mut play = Play::revealing();
    let (a, b, c) = (irc(1), irc(2), irc(3));
    for f in [&a, &b, &c] {
        play.hear(f, Side::Client, Heard::Identified);
    }
    play.client(&a, message("ann", "bob,cat", Leg::ToServer, "hi"));
    play.server(&b, message("ann", "bob", Leg::FromServer, "hi"));
    play.server(&c, message("ann", "cat", Leg::FromServer, "hi"));
    let found = findings(&play.told);
    for f in &found {
        eprintln!("{:?} {}", f.state, f.explanation);
    }
    assert!(found.iter().all(|f| !f.explanation.starts_with("0 ")));
}

#[test]
fn hostile_numbers_in_a_replay() {
    let mut play = Play::revealing();
    play.client(&irc(1), message("ann", "bob", Leg::ToServer, "hi"));
    play.client(&irc(1), message("ann", "bob", Leg::ToServer, "ho"));
    for t in &mut play.told {
        t.head.lost_before = Some(u64::MAX);
    }
    let lines: Vec<Told> = play
        .told
        .iter()
        .map(|t| serde_json::from_str(&serde_json::to_string(t).unwrap()).unwrap())
        .collect();
    findings(&lines);
}

#[test]
fn hostile_ledger() {
    let l: Ledger = serde_json::from_str(r#"{"frames":18446744073709551615,"kernel_dropped":18446744073709551615,"shed":1,"reassembled":1,"tcp":18446744073709551615,"udp":1}"#).unwrap();
    let mut sum = l.clone();
    sum.add(&l);
    let _ = l.check();
    Judge::new().finish(Some(l), None, &mut |_| {});
}

#[test]
fn hostile_ledger_judged() {
    let l = Ledger { kernel_dropped: u64::MAX, shed: 1, ..Ledger::default() };
    Judge::new().finish(Some(l), None, &mut |_| {});
}

#[test]
fn a_secret_in_a_longer_word_is_left() {
    let mut play = Play::new(Settings::default());
    let f = irc(1);
    play.client(&f, secret(1, who("ann"), "secret"));
    play.client(&f, message("ann", "bob", Leg::ToServer, "ask the secretary"));
    let t = play.all(|b| match b {
        Body::Message(m) => m.text.clone(),
        _ => None,
    });
    assert_eq!(t, ["ask the secretary"]);
}

#[test]
fn a_freed_nick_is_somebody_else() {
    let mut play = Play::revealing();
    let f = irc(1);
    play.hear(&f, Side::Client, Heard::Identified);
    play.client(&f, message("ann", "bob", Leg::ToServer, "one"));
    let nick = |old: &str, new: &str| {
        Event::Room(Room {
            network: "irc:irc.lab".into(),
            room: String::new(),
            who: who(old),
            by: None,
            op: RoomOp::Nick,
            text: Some(Text::new(new)),
        })
    };
    play.server(&f, nick("ann", "ann_away"));
    play.server(&f, nick("cat", "ann"));
    play.server(&f, message("ann", "bob", Leg::FromServer, "i am cat"));
    play.server(&f, nick("ann", "kit"));
    play.server(&f, message("kit", "bob", Leg::FromServer, "still cat"));
    play.server(&f, nick("dan", "ann"));
    play.server(&f, message("ann", "bob", Leg::FromServer, "i am dan"));
    play.over(&f);
    let subjects: Vec<String> =
        findings(&play.told).into_iter().map(|f| f.subject + " / " + &f.explanation).collect();
    eprintln!("{subjects:#?}");
    // quit-joined newcomer taking a freed name
    let mut play = Play::revealing();
    play.hear(&f, Side::Client, Heard::Identified);
    play.client(&f, message("ann", "bob", Leg::ToServer, "one"));
    play.server(&f, nick("ann", "ann_away"));
    play.server(&f, message("ann_away", "bob", Leg::FromServer, "old ann"));
    play.server(&f, message("ann", "bob", Leg::FromServer, "a newcomer"));
    let found: Vec<Finding> = findings(&play.told);
    eprintln!("{:#?}", found.iter().map(|f| (&f.subject, &f.explanation)).collect::<Vec<_>>());
    let n = found.iter().map(|f| f.id.clone()).collect::<std::collections::BTreeSet<_>>().len();
    assert_eq!(n, 2, "a newcomer called ann is not the ann who went away");
}
fn file_offer() -> Event {
    Event::Offer(Offer {
        from: who("ann"),
        to: vec![who("bob")],
        room: None,
        carries: Carries::File,
        transport: "dcc-send",
        name: "x.bin".into(),
        size: Some(5),
        offset: 0,
        token: None,
        endpoint: Some(("10.0.0.1".parse().unwrap(), 5000)),
        listener: Some(who("ann")),
        state: OfferState::Offered,
        leg: Leg::ToServer,
    })
}

#[test]
fn a_second_connection_to_one_endpoint() {
    let mut play = Play::revealing();
    play.client(&irc(1), file_offer());
    let probe = flow(8, "10.0.0.9:1", "10.0.0.1:5000", None);
    let real = flow(9, "10.0.0.2:2", "10.0.0.1:5000", None);
    let content = |bytes| {
        Event::Unclaimed(Unclaimed::Content {
            side: Side::Server,
            content: Content { bytes, sha256: Some([1; 32]), mime: None },
        })
    };
    play.server(&probe, content(0)).over(&probe);
    play.server(&real, content(5)).over(&real).finish();
    let states = play.all(|b| match b {
        Body::File(f) => Some(f.state),
        _ => None,
    });
    assert!(states.contains(&OfferState::Complete), "{states:?}");
}

#[test]
fn two_readings_one_dies() {
    let mut play = Play::revealing();
    play.client(
        &irc(1),
        Event::Offer(Offer {
            carries: Carries::Chat,
            transport: "dcc-chat",
            ..match file_offer() {
                Event::Offer(o) => o,
                _ => unreachable!(),
            }
        }),
    );
    let (one, two) = (
        flow(8, "10.0.0.2:1", "10.0.0.1:5000", None),
        flow(9, "10.0.0.2:2", "10.0.0.1:5000", None),
    );
    let line = |t: &str| Event::Unclaimed(Unclaimed::Line { side: Side::Server, text: t.into() });
    play.server(&one, line("a")).over(&one);
    play.server(&two, line("b")).over(&two).finish();
    assert_eq!(play.messages().len(), 2, "reconnect");
}

#[test]
fn refusals_in_a_row() {
    let mut play = Play::revealing();
    let f = irc(1);
    play.hear(&f, Side::Client, Heard::Identified);
    for n in 0..20 {
        play.client(&f, secret(n, who("ann"), &format!("guess{n}")));
        play.server(&f, answer(n, Some(false), None));
    }
    play.over(&f).finish();
    let found = findings(&play.told);
    for x in &found {
        eprintln!("{:?} {:?} {}", x.state, x.severity, x.explanation);
    }
    assert!(
        found
            .iter()
            .any(|f| f.category == Category::CredentialExposure
                && f.explanation.contains("in a row"))
    );
}

#[test]
fn unnamed_client_after_ticket_login() {
    use overhear_dissectors::{
        Ticket,
        event::{Login, Outcome, Ticketed},
    };
    let mut play = Play::revealing();
    let (auth, bos) = (
        flow(1, "10.0.0.1:1", "192.0.2.1:5190", Some("oscar")),
        flow(2, "10.0.0.1:2", "192.0.2.2:5190", Some("oscar")),
    );
    let ann = Who::Account(Account::new("aim", "ann"));
    play.server(&auth, Event::Ticket(Ticketed { ticket: Ticket::new("aim", b"c"), who: ann }));
    play.client(
        &bos,
        Event::Login(Login {
            who: Who::Ticket(Ticket::new("aim", b"c")),
            method: "cookie",
            outcome: Outcome::Success,
            client: None,
            server: None,
        }),
    );
    let Event::Message(m) = message("x", "bob", Leg::ToServer, "hi") else { unreachable!() };
    play.client(&bos, Event::Message(event::Message { from: Who::Unnamed(Side::Client), ..m }));
    assert_eq!(
        play.all(|b| match b {
            Body::Message(m) => Some(m.from.clone()),
            _ => None,
        }),
        ["ann"]
    );
}
