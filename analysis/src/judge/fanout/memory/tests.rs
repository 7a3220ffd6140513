//! Two runs one after another know what one run would.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::ids;
use super::super::tests::{World, message};
use super::*;
use crate::told::{Body, Category, Told};

/// Keeps lessons in memory.
#[derive(Clone, Debug, Default)]
struct Notebook {
    known: BTreeMap<(About, u64), Vec<u8>>,
    listened: Option<Listened>,
}

impl Memory for Notebook {
    fn recall(&mut self, about: About, id: u64) -> Option<Vec<u8>> {
        self.known.get(&(about, id)).cloned()
    }

    fn accounts(&self) -> u64 {
        self.known.keys().filter(|(about, _)| *about == About::People).count() as u64
    }

    fn listened(&self) -> Option<Listened> {
        self.listened
    }
}

impl Notebook {
    /// Writes down what a world taught so far.
    fn learn(&mut self, world: &mut World) {
        let mut learn = |lesson: Lesson| {
            self.known.insert((lesson.about, lesson.id), lesson.learned);
        };
        while !world.fanout.lessons(3, &mut learn) {}
        self.listened = world.fanout.listened();
    }
}

/// A world in which somebody remembers.
fn world(notebook: &Notebook) -> World {
    let mut world = World::default();
    world.fanout.remember(Box::new(notebook.clone()));
    world
}

const DAY: i64 = 86_400_000;

/// Days of people's lives: talk, a buddy list, links to a place everybody knows, sign-ons. When they
/// are over.
fn days(world: &mut World) -> i64 {
    let friends: Vec<_> = (0..10).map(|friend| json!({"account": format!("f{friend}")})).collect();
    let list = json!({"network": "aim", "account": "ann", "op": "list", "contacts": friends});
    hear(world, 0, "roster", &list);
    for day in 0..12 {
        sign_on(world, day * DAY, "10.1.2.3", "AIM/5.1");
        sign_on(world, day * DAY + DAY / 2, "10.1.2.3", "AIM/5.1");
    }
    for friend in 0..5 {
        let link = format!("look http://news.example/{friend}");
        world.say(DAY / 4 + friend * 7_000_000, &format!("f{friend}"), "ann", &link);
    }
    world.history("ann", 10, 12)
}

/// Somebody else signs on, and sends something to everybody.
fn theft(world: &mut World, at: i64) {
    sign_on(world, at, "192.0.2.9", "bot/1");
    for friend in 0..6 {
        let text = format!("is this you? http://pics.example/view?user=f{friend}");
        world.say(at + 9_000 + friend * 700, "ann", &format!("f{friend}"), &text);
    }
}

fn sign_on(world: &mut World, millis: i64, from: &str, client: &str) {
    let login = json!({"network": "aim", "account": "ann", "outcome": "success", "client": client, "from": from});
    hear(world, millis, "login", &login);
}

fn hear(world: &mut World, millis: i64, kind: &str, object: &Value) {
    let at = Time(1_300_000_000_000_000_000 + millis * 1_000_000);
    let line = json!({
        "timestamp": at.to_string(),
        "event_type": kind,
        "src_ip": object.get("from"),
        "src_port": 40_000,
        "dest_port": 5_190,
        kind: object,
    });
    let told: Told = serde_json::from_value(line).unwrap();
    world.hear(&told);
}

/// What was found, but for the frames.
fn found(world: &World) -> Vec<String> {
    world.found.iter().map(|finding| serde_json::to_string(finding).unwrap()).collect()
}

#[test]
fn two_runs_know_what_one_would() {
    let mut one = World::default();
    let at = days(&mut one) + 17 * 3_600_000;
    theft(&mut one, at);
    let expected = found(&one);
    let category = |one: &World, category| one.found.iter().any(|found| found.category == category);
    assert!(category(&one, Category::WormFanout) && category(&one, Category::AccountHijack));

    let (mut before, mut notebook) = (world(&Notebook::default()), Notebook::default());
    days(&mut before);
    assert_eq!(found(&before), [""; 0]);
    notebook.learn(&mut before);
    let mut after = world(&notebook);
    theft(&mut after, at);
    assert_eq!(found(&after), expected);

    let mut forgetful = World::default();
    theft(&mut forgetful, at);
    assert_ne!(found(&forgetful), expected);
    assert!(!category(&forgetful, Category::AccountHijack));
}

#[test]
fn a_place_that_is_known_is_not_new_in_the_next_run() {
    let (mut before, mut notebook) = (world(&Notebook::default()), Notebook::default());
    days(&mut before);
    notebook.learn(&mut before);
    let places = |notebook: &Notebook| {
        let of = |about: &About| *about == About::Places;
        notebook.known.keys().filter(|(about, _)| of(about)).map(|(_, id)| *id).collect::<Vec<_>>()
    };
    let [place] = places(&notebook)[..] else { panic!("{:?}", places(&notebook)) };
    let mut after = world(&notebook);
    assert!(after.fanout.newcomers.has_place(place) && !after.fanout.newcomers.has_place(1));
    after.say(20 * DAY, "f7", "ann", "and http://news.example/7");
    assert_eq!(after.fanout.contents.get(place).and_then(Content::place).unwrap().1, 6);
}

#[test]
fn only_what_changed_is_told_again() {
    let mut world = world(&Notebook::default());
    days(&mut world);
    let mut told = 0;
    assert!(!world.fanout.lessons(4, &mut |_| told += 1), "there is more");
    assert!(world.fanout.lessons(usize::MAX, &mut |_| told += 1));
    assert_eq!(told, 11 + 1 + 1 + 1, "people, sign-ons, places, customs");
    assert!(world.fanout.lessons(usize::MAX, &mut |_| told += 1));
    assert_eq!(told, 14);
    world.say(20 * DAY, "f1", "f2", "hello");
    assert!(world.fanout.lessons(usize::MAX, &mut |_| told += 1));
    assert_eq!(told, 17);
}

#[test]
fn nothing_is_followed_where_nobody_remembers() {
    let mut world = World::default();
    days(&mut world);
    assert!(world.fanout.lessons(1, &mut |_| panic!("nobody asked")));
}

#[test]
fn who_was_away_for_long_does_not_know_who_is_a_stranger() {
    let (mut before, mut notebook) = (world(&Notebook::default()), Notebook::default());
    days(&mut before);
    notebook.learn(&mut before);
    for (later, seasoned) in [(5, true), (30, false)] {
        let mut after = world(&notebook);
        after.say((12 + later) * DAY, "f1", "f2", "hello");
        assert_eq!(after.fanout.is_seasoned(), seasoned, "after {later} days");
    }
}

/// Accounts are found again in every run, on every machine: the numbers are SipHash-1-3's, reckoned
/// elsewhere.
#[test]
fn numbers_are_the_same_in_every_run() {
    assert_eq!(ids::account("irc:Net", "Zoë"), 11_035_340_637_318_151_163);
    assert_eq!(ids::account("aim", "ann"), ids::account("AIM", "ANN"));
    assert_eq!(ids::room("irc:net", "#ops"), 4_906_627_694_324_533_494);
}

#[test]
fn neither_names_nor_words_are_remembered() {
    let mut world = world(&Notebook::default());
    let mut said = message("annabel", "bartholomew", "meet me at http://rendezvous.example/now");
    said.network = "irc:network".into();
    world.tell(0, Body::Message(said));
    sign_on(&mut world, 1, "10.1.2.3", "program/9");
    let mut notebook = Notebook::default();
    notebook.learn(&mut world);
    assert_eq!(notebook.known.len(), 6);
    for learned in notebook.known.values() {
        let text = String::from_utf8_lossy(learned).to_lowercase();
        for word in ["anna", "bart", "rend", "meet", "netw", "prog"] {
            assert!(!text.contains(word), "{text}");
        }
    }
}

/// What an attacker would remember us: everything as large, as late or as wrong as can be.
#[test]
fn what_is_remembered_can_be_reckoned_with() {
    let peers = (0..5_000).map(|_| Peer::default()).collect();
    let mad = People {
        first: 0,
        last: u32::MAX,
        start: Some(i64::MAX),
        spoke: Some(i64::MIN),
        contacts: u16::MAX,
        begins: true,
        prior: Prior::default(),
        out: Usually::default(),
        inward: postcard::from_bytes(&[255, 255, 255, 255, 15, 0, 0, 192, 127]).unwrap(),
        peers,
    };
    let mut notebook = Notebook::default();
    let id = ids::account("aim", "ann");
    let long = postcard::to_allocvec(&mad).unwrap();
    let short = postcard::to_allocvec(&People { peers: vec![], ..mad }).unwrap();
    let at = Time(1_300_000_000_000_000_000);
    for (learned, contacts) in [(long, 0), (short, u16::MAX)] {
        notebook.known.insert((About::People, id), learned);
        let mut newcomers =
            Newcomers { memory: Some(Box::new(notebook.clone())), ..Default::default() };
        let mut account = newcomers.account(id, "aim", "ann", at);
        assert_eq!(account.contacts, contacts);
        assert!(account.first <= seconds(at) && account.last <= seconds(at));
        // A slot from the future would collect everything that is said as if it were of ten seconds.
        for minute in 1..20 {
            assert_eq!(account.inward.add(at + minute * 60_000_000_000, 9), (9, 9));
        }
    }
}

proptest::proptest! {
    /// What was written is damaged, or something else altogether.
    #[test]
    fn no_bytes_are_too_strange_to_be_remembered(
        slips: Vec<(usize, u8)>, other: Vec<u8>, since: i64, until: i64,
    ) {
        let (mut before, mut notebook) = (world(&Notebook::default()), Notebook::default());
        let at = days(&mut before);
        theft(&mut before, at);
        notebook.learn(&mut before);
        notebook.listened = Some(Listened { since: Time(since), until: Time(until) });
        for (number, learned) in notebook.known.values_mut().enumerate() {
            if number % 7 == 6 {
                learned.clone_from(&other);
            }
            let len = learned.len().max(1);
            for (place, byte) in &slips {
                learned.get_mut(place % len).into_iter().for_each(|old| *old = *byte);
            }
        }
        let mut after = world(&notebook);
        let at = days(&mut after);
        theft(&mut after, at);
        Notebook::default().learn(&mut after);
    }
}
