use overhear_dissectors::Name;
use overhear_dissectors::event::{Leg, MessageKind, Outcome};

use super::*;

/// A message as a protocol without extras tells it.
pub(in crate::judge) fn message(from: &str, to: &str, text: &str) -> Message {
    Message {
        message_id: Name::default(),
        network: "aim".into(),
        from: from.into(),
        display: None,
        resource: None,
        to: vec![to.into()],
        room: None,
        kind: MessageKind::Im,
        text: Some(text.into()),
        markup: None,
        length: text.chars().count() as u64,
        charset: None,
        leg: Leg::ToServer,
        protection: overhear_dissectors::event::Protection::None,
        content_key: vec![],
        visible: crate::told::Visible::of(&["text", "urls"]),
        ambiguous: false,
        conflict: None,
    }
}

/// A network that is heard, one event after another.
#[derive(Default)]
pub(in crate::judge) struct World {
    people: crate::judge::people::People,
    pub(in crate::judge) fanout: Fanout,
    pub(in crate::judge) found: Vec<Finding>,
}

impl World {
    pub(in crate::judge) fn tell(&mut self, millis: i64, body: Body) {
        let head = Head {
            timestamp: Some(Time(1_300_000_000_000_000_000 + millis * 1_000_000)),
            event_type: body.event_type().into(),
            ..Head::default()
        };
        self.hear(&Told { head, body });
    }

    pub(in crate::judge) fn hear(&mut self, told: &Told) {
        let found = self.fanout.hear(told, true, &self.people.of(&told.body));
        self.found.extend(found);
        if let Body::Room(room) = &told.body {
            self.people.hear(room);
        }
    }

    pub(in crate::judge) fn say(&mut self, millis: i64, from: &str, to: &str, text: &str) {
        self.tell(millis, Body::Message(message(from, to, text)));
    }

    /// `days` of small talk between an account and each of its friends.
    pub(in crate::judge) fn history(&mut self, who: &str, friends: i64, days: i64) -> i64 {
        for day in 0..days {
            for friend in 0..friends {
                let at = day * 86_400_000 + friend * 3_700_123;
                self.say(at, who, &format!("f{friend}"), "how are you");
                self.say(at + 61_000, &format!("f{friend}"), who, "fine and you");
            }
        }
        days * 86_400_000
    }

    fn worst(&self) -> Option<Severity> {
        self.found.iter().map(|finding| finding.severity).max()
    }
}

use crate::told::{Category, FindingState, Severity};

/// A mebibyte has room for some 1,500 accounts: others are forgotten, and that is told; a worm that
/// begins among the forgotten ones is still found.
#[test]
fn a_small_budget_forgets_the_silent_and_says_so() {
    let mut world = World::default();
    world.fanout.limit(1 << 20);
    for speaker in 0..5_000 {
        world.say(speaker, &format!("a{speaker}"), &format!("b{speaker}"), "good morning");
    }
    for victim in 0..3 {
        world.say(10_000 + victim, "a7", &format!("v{victim}"), LURE);
    }
    assert!(world.worst() >= Some(Severity::Medium));
    let all = |world: &World| -> usize {
        let known = |id| world.fanout.accounts.get(id).map_or(0, |one| one.peers.all().count());
        known(ids::account("aim", "b7"))
    };
    // Whoever talks to everybody in such a crowd is remembered the last sixteen of them.
    for speaker in 0..100 {
        world.say(20_000 + speaker, &format!("c{speaker}"), "b7", "good evening");
    }
    assert_eq!((world.fanout.most_peers(), all(&world)), (16, 16));
    assert_eq!(World::default().fanout.most_peers(), 256);
    let last = world.fanout.close();
    let forgotten = |finding: &&Finding| finding.category == Category::CaptureQuality;
    let told = last.iter().find(forgotten).expect("it is told");
    assert!(told.explanation.contains("8608 accounts"), "{}", told.explanation);
}

/// Whoever is named twice in a message gets it twice, and everybody in it gets it.
#[test]
fn a_message_to_several_reaches_each_of_them() {
    let mut world = World::default();
    let mut said = message("a", "b", "good morning");
    said.to = ["b", "c", "nickserv", "b", "d"].map(Name::new).to_vec();
    world.tell(0, Body::Message(said));
    let peers = |name| -> Vec<u32> {
        let account = world.fanout.accounts.get(ids::account("aim", name)).expect("is known");
        account.peers.all().map(|peer| peer.out.max(peer.back)).collect()
    };
    assert_eq!(["a", "b", "c", "d"].map(|name| peers(name).len()), [3, 1, 1, 1]);
    assert!(world.fanout.accounts.get(ids::account("aim", "nickserv")).is_none());
}

const LURE: &str = "hey is this really you? http://pics.example/view?user=";

#[test]
fn one_link_to_three_within_seconds_is_an_alert_at_the_third() {
    let mut world = World::default();
    let at = world.history("alice", 10, 8) + 17 * 86_400_000;
    for victim in 0..3 {
        assert_eq!(world.worst(), None, "not before victim {victim}");
        world.say(at + victim * 700, "alice", &format!("f{victim}"), &format!("{LURE}f{victim}"));
    }
    let finding = &world.found[0];
    assert_eq!((finding.category, finding.severity), (Category::WormFanout, Severity::Medium));
    assert_eq!((finding.subject.as_str(), finding.victim_count), ("alice", Some(3)));
    assert_eq!(finding.victims, ["f0", "f1", "f2"]);
    assert!(finding.explanation.contains("3 recipients within 1 s"), "{}", finding.explanation);
    let sum: f64 = finding.terms.iter().map(|term| term.value).sum();
    assert!((sum - finding.score.unwrap()).abs() < 0.001);
    assert!(finding.score >= finding.threshold);
}

#[test]
fn the_same_words_to_everybody_are_no_worm() {
    let mut world = World::default();
    let at = world.history("alice", 20, 8);
    for friend in 0..20 {
        world.say(
            at + friend * 900,
            "alice",
            &format!("f{friend}"),
            "a happy new year to you all!",
        );
    }
    assert_eq!(world.worst(), None);
}

#[test]
fn links_to_whom_one_talks_to_anyway_are_no_worm() {
    let mut world = World::default();
    let at = world.history("alice", 6, 8);
    for friend in 0..6 {
        let link = format!("look at http://news{friend}.example/story/{friend}");
        world.say(at + friend * 4_000_000, "alice", &format!("f{friend}"), &link);
        world.say(at + friend * 4_000_000 + 30_000, &format!("f{friend}"), "alice", "nice one");
    }
    assert_eq!(world.worst(), None, "{:#?}", world.found);
}

#[test]
fn an_outbreak_is_one_incident_with_its_tree() {
    let mut world = World::default();
    let mut at = 0;
    let infect = |world: &mut World, at: &mut i64, from: &str, to: [&str; 4]| {
        for victim in to {
            *at += 1_500;
            world.say(*at, from, victim, &format!("{LURE}{victim}"));
        }
        *at += 60_000;
    };
    infect(&mut world, &mut at, "p", ["a", "b", "c", "d"]);
    infect(&mut world, &mut at, "a", ["e", "f", "g", "h"]);
    infect(&mut world, &mut at, "e", ["i", "j", "k", "l"]);
    let alerts: Vec<_> = world.found.iter().map(|one| (one.id.clone(), one.severity)).collect();
    assert!(alerts.iter().all(|(id, _)| *id == alerts[0].0), "{alerts:?}");
    assert_eq!(alerts.last().unwrap().1, Severity::Critical, "two generations, three spreaders");
    let last = world.fanout.close();
    let place = |who: &str| {
        let one = last.iter().find(|one| one.subject == who).unwrap();
        (one.parent.as_deref(), one.generation)
    };
    assert_eq!(last[0].state, FindingState::Closed);
    assert_eq!(last[0].victim_count, Some(12));
    assert_eq!(
        [place("p"), place("a"), place("e")],
        [(None, Some(0)), (Some("p"), Some(1)), (Some("a"), Some(2))]
    );
}

/// Whose lure comes back to whoever sent the first is not the one who infected them, and whoever sends
/// people one link of their own has caught nothing.
#[test]
fn changing_content_grows_a_tree_by_who_lured_whom_first() {
    let mut world = World::default();
    let mut at = world.history("p", 6, 8);
    let (mut number, start) = (0, at + 9 * 86_400_000);
    at = start;
    let mut lure = |world: &mut World, from: &str, to: &str| {
        number += 1;
        at += 2_000;
        let link = format!("look number {number} http://host{number}.example/{from}/{to}");
        world.say(at, from, to, &link);
    };
    for victim in ["f0", "f1", "f2", "f3", "f4"] {
        lure(&mut world, "p", victim);
    }
    for victim in ["p", "x", "y"] {
        lure(&mut world, "f1", victim);
    }
    lure(&mut world, "f2", "z");
    for victim in ["f1", "v", "w"] {
        lure(&mut world, "x", victim);
    }
    let last = world.fanout.close();
    let mut tree: Vec<_> =
        last.iter().map(|one| (&*one.subject, one.parent.as_deref(), one.generation)).collect();
    tree.sort_unstable();
    assert_eq!(
        tree,
        [("f1", Some("p"), Some(1)), ("p", None, Some(0)), ("x", Some("f1"), Some(2))]
    );
}

/// People follow a lure within minutes or not at all.
#[test]
fn of_several_lures_the_likeliest_was_followed() {
    let mut world = World::default();
    let start = world.history("p", 6, 8) + 9 * 86_400_000;
    let infect = |world: &mut World, seconds: i64, from: &str, to: &[&str]| {
        for (number, victim) in (0_i64..).zip(to) {
            let link = format!("{number} http://{from}{number}{victim}.example/");
            world.say(start + seconds * 1_000 + number * 700, from, victim, &link);
        }
    };
    infect(&mut world, 0, "p", &["f0", "f1", "f2", "z"]);
    infect(&mut world, 60, "f1", &["w", "x", "y"]);
    infect(&mut world, 1_260, "f1", &["z"]);
    infect(&mut world, 1_320, "z", &["t", "u", "v"]);
    let last = world.fanout.close();
    let parent = |who: &str| last.iter().find(|one| one.subject == who).unwrap().parent.as_deref();
    assert_eq!([parent("p"), parent("f1"), parent("z")], [None, Some("p"), Some("f1")]);
}

#[test]
fn five_voices_with_one_text_in_rooms_are_a_campaign() {
    let mut world = World::default();
    for (number, nick) in (0_i64..).zip(["a", "b", "c", "d", "e"]) {
        let mut said =
            message(nick, "", "This network will be shut down next week, join another one");
        said.to.clear();
        said.room = Some(format!("#room{}", number % 2).into());
        world.tell(number * 60_000, Body::Message(said));
        let expected = match number {
            0 | 1 => None,
            2 | 3 => Some(Severity::Info),
            _ => Some(Severity::Medium),
        };
        assert_eq!(world.worst(), expected, "after {}", number + 1);
    }
}

/// Busy channels are full of links that many pass on, each with words of their own.
#[test]
fn five_voices_with_one_link_are_worth_a_note() {
    let mut world = World::default();
    let comments = ["look what they did", "old news by now", "is that real", "oh dear", "again"];
    for (number, (nick, words)) in
        (0_i64..).zip(["a", "b", "c", "d", "e"].into_iter().zip(comments))
    {
        let mut said =
            message(nick, "", &format!("{words}: http://news.example/stories/of-the-day"));
        said.to.clear();
        said.room = Some("#room".into());
        world.tell(number * 60_000, Body::Message(said));
    }
    assert_eq!(world.worst(), Some(Severity::Info));
}

#[test]
fn contact_alone_is_a_suspicion_at_most() {
    let mut world = World::default();
    let at = world.history("alice", 30, 8) + 9 * 86_400_000;
    for victim in 0..30 {
        let mut said = message("alice", &format!("f{victim}"), "");
        said.text = None;
        said.protection = overhear_dissectors::event::Protection::Otr;
        world.tell(at + victim * 500, Body::Message(said));
    }
    assert_eq!(world.worst(), Some(Severity::Low));
}

/// A sign-on, told by the server.
fn sign_on(world: &mut World, at: i64, who: &str, from: &str, client: &str, outcome: Outcome) {
    let login = Login {
        network: "aim".into(),
        account: who.into(),
        display: None,
        resource: None,
        method: "oscar-md5".into(),
        outcome,
        client: Some(client.into()),
        server: None,
    };
    let head = Head {
        timestamp: Some(Time(1_300_000_000_000_000_000 + at * 1_000_000)),
        src_ip: Some("205.188.0.1".parse().unwrap()),
        src_port: Some(5190),
        dest_ip: Some(from.parse().unwrap()),
        dest_port: Some(40_000),
        ..Head::default()
    };
    let body = Body::Login(login);
    world.hear(&Told { head, body });
}

const DAY: i64 = 86_400_000;

/// A week at home: ten friends, a sign-on each day.
fn at_home(world: &mut World) {
    world.history("ann", 10, 3);
    for day in 3..12 {
        sign_on(world, day * DAY, "ann", "10.1.0.5", "AIM/5.9", Outcome::Success);
        world.say(day * DAY + 60_000, "ann", "f0", "good morning");
    }
}

fn hijacks(world: &World) -> Vec<&Finding> {
    let of = |finding: &&Finding| finding.category == Category::AccountHijack;
    world.found.iter().filter(of).collect()
}

#[test]
fn another_network_and_program_and_then_a_sweep_are_a_hijack_before_the_fifth_victim() {
    let mut world = World::default();
    at_home(&mut world);
    sign_on(&mut world, 13 * DAY, "ann", "203.0.113.9", "Bot/1.0", Outcome::Success);
    assert!(hijacks(&world).is_empty(), "who travels is no thief");
    for friend in 1..5 {
        let at = 13 * DAY + friend * 2_000;
        world.say(at, "ann", &format!("f{friend}"), "is this you? http://pictures.example/me");
    }
    let found = hijacks(&world);
    let alert = found.iter().find(|found| found.severity >= Severity::Medium).unwrap();
    assert!(alert.explanation.contains("new network +2.2"), "{}", alert.explanation);
    let terms: f64 = alert.terms.iter().map(|term| term.value).sum();
    assert!((terms - alert.score.unwrap()).abs() < 0.01);
}

#[test]
fn a_guessed_password_adds_to_a_strange_network_and_a_journey_fades() {
    let mut world = World::default();
    at_home(&mut world);
    for guess in 0..5 {
        let at = 13 * DAY + guess * 1_000;
        sign_on(&mut world, at, "ann", "203.0.113.9", "AIM/5.9", Outcome::Failure);
    }
    sign_on(&mut world, 13 * DAY + 9_000, "ann", "203.0.113.9", "Bot/1.0", Outcome::Success);
    let found = hijacks(&world);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Low, "{}", found[0].explanation);

    let mut world = World::default();
    at_home(&mut world);
    for (day, place) in ["198.51.100.1", "192.0.2.1", "203.0.113.1"].iter().enumerate() {
        let day = 13 + i64::try_from(day).unwrap();
        sign_on(&mut world, day * DAY, "ann", place, "AIM/5.9", Outcome::Success);
        world.say(day * DAY + 60_000, "ann", "f0", "on the road");
    }
    assert!(hijacks(&world).is_empty(), "{:?}", hijacks(&world));
}

#[test]
fn an_account_that_goes_to_and_fro_between_two_networks_is_in_two_hands() {
    let mut world = World::default();
    at_home(&mut world);
    for turn in 0..4 {
        let at = 13 * DAY + turn * 60_000;
        let place = if turn % 2 == 0 { "203.0.113.9" } else { "10.1.0.5" };
        sign_on(&mut world, at, "ann", place, "AIM/5.9", Outcome::Success);
        sign_on(&mut world, at, "ann", place, "AIM/5.9", Outcome::Replaced);
    }
    assert!(hijacks(&world).iter().any(|found| found.severity >= Severity::Medium));
}

fn listed(lists: Lists) -> World {
    World { fanout: Fanout::with(lists), ..World::default() }
}

fn worst(world: &World) -> Severity {
    world.found.iter().map(|found| found.severity).max().unwrap()
}

#[test]
fn who_is_allowed_is_told_of_two_steps_lower_but_never_once_it_runs_or_is_sent_on() {
    let allowed = Allowed {
        account: Some("ann".into()),
        until: Some(Time(1_400_000_000_000_000_000)),
        reason: "the newsletter".into(),
        ..Allowed::default()
    };
    let lists = Lists { allowed: vec![allowed], decoys: vec![] };
    let mut world = listed(lists.clone());
    let now = world.history("ann", 10, 12);
    let fan = |world: &mut World, link: &str| {
        for friend in 0..6 {
            world.say(now + friend * 1_500, "ann", &format!("f{friend}"), link);
        }
    };
    fan(&mut world, "this week's news http://news.example/7");
    assert_eq!(worst(&world), Severity::Info);
    assert!(world.found[0].explanation.ends_with("allowed: the newsletter."));

    let mut world = listed(lists.clone());
    world.history("ann", 10, 12);
    fan(&mut world, "see http://news.example/photo.jpg.exe");
    assert!(worst(&world) >= Severity::High, "an announcer that sends programs is none");

    let mut late = lists;
    late.allowed[0].until = Some(Time(0));
    let mut world = listed(late);
    world.history("ann", 10, 12);
    fan(&mut world, "this week's news http://news.example/7");
    assert!(worst(&world) >= Severity::Medium, "what has expired is not obeyed");
}

#[test]
fn a_decoy_that_gets_a_link_is_an_outbreak_at_once() {
    let decoy = Decoy { account: "Trap".into(), network: Some("aim".into()) };
    let mut world = listed(Lists { allowed: vec![], decoys: vec![decoy] });
    let now = world.history("ann", 10, 12);
    world.say(now, "ann", "trap", "hello");
    assert!(world.found.is_empty());
    world.say(now + 1_000, "ann", "trap", "is this you? http://pictures.example/me");
    assert_eq!(worst(&world), Severity::Critical);
}

/// Whoever opens incidents without end closes the oldest of them; what was told stays told.
#[test]
fn incidents_have_a_bound() {
    let mut world = World::default();
    let crowd = i64::try_from(OUTBREAKS).unwrap() + 10;
    for number in 0..crowd {
        for victim in 0..3 {
            let link = format!("look http://{number}.example/photo.exe");
            let (from, to) = (format!("w{number}"), format!("v{number}x{victim}"));
            world.say(number * 4_000 + victim * 500, &from, &to, &link);
        }
    }
    assert_eq!(world.fanout.outbreaks.len(), OUTBREAKS);
    let closed = world.found.iter().filter(|found| found.state == FindingState::Closed);
    assert_eq!(closed.map(|found| &*found.subject).next(), Some("w0"));
    let last = world.fanout.close();
    let quality = last.iter().find(|found| found.category == Category::CaptureQuality).unwrap();
    assert!(quality.explanation.contains("10 incidents"), "{}", quality.explanation);
}
