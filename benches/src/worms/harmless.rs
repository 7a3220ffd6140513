//! What people and their programs do that looks like a worm's work and is none: the goals call it F4.
//!
//! Each [`Scene`] is played on the day after a [`Past`](super::watch::Past), among the people who go on
//! living it; the numbers are those of the studies that `docs/worms.md` names.

use std::collections::BTreeSet;

use fastrand::Rng;
use overhear_analysis::{Time, Told};
use overhear_dissectors::event::{RoomOp, RosterOp};

use super::graph::Graph;
use super::sim::{OUTBREAK, name, number};
use super::stream::{SECOND, Stream};

/// Something harmless.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// Name in the benchmark.
    pub name: &'static str,
    /// In words.
    pub about: &'static str,
    /// One alert about it is no mistake, as long as it is no more than `medium`.
    pub may_alert: bool,
    play: fn(&mut Stage<'_>),
}

/// The scenes.
pub const SCENES: &[Scene] = &[
    scene("greeting", "the same words to 5 to 26 friends within minutes", false, greeting),
    scene("organiser", "a link to 10 to 30 friends, for an evening", true, organiser),
    scene("meme", "a link that each who gets it shows to 0.8 others", false, meme),
    scene("answers", "a bot that answers strangers with the same few links", false, answers),
    scene("announcer", "a bot that has something to announce in six rooms", false, announcer),
    scene("bridge", "a bot that says in five rooms what is said in a sixth", false, bridge),
    scene("netsplit", "half a room quits at once and comes back at once", false, netsplit),
    scene("newcomer", "an account that is new adds fifty and greets them", false, newcomer),
];

const fn scene(
    name: &'static str,
    about: &'static str,
    may_alert: bool,
    play: fn(&mut Stage<'_>),
) -> Scene {
    Scene { name, about, may_alert, play }
}

impl Scene {
    /// The lines of it, in order of time. `is_here` knows who is there when it begins.
    pub fn lines(self, graph: &Graph, seed: u64, is_here: &dyn Fn(u32) -> bool) -> Vec<Told> {
        let mut stage = Stage {
            graph,
            is_here,
            rng: Rng::with_seed(seed),
            stream: Stream::new("aim"),
            lines: Vec::new(),
        };
        (self.play)(&mut stage);
        stage.lines.sort_by_key(|told| told.head.timestamp);
        stage.lines
    }
}

/// Where a scene is played.
struct Stage<'a> {
    graph: &'a Graph,
    is_here: &'a dyn Fn(u32) -> bool,
    rng: Rng,
    stream: Stream,
    lines: Vec<Told>,
}

const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Stage<'_> {
    fn say(&mut self, at: i64, from: &str, to: &str, text: &str) {
        let line = self.stream.say(Time(at), from, to, text);
        self.lines.push(line);
    }

    fn speak(&mut self, at: i64, from: &str, room: &str, text: &str) {
        let line = self.stream.speak(Time(at), from, room, text);
        self.lines.push(line);
    }

    fn room(&mut self, at: i64, who: &str, room: &str, op: RoomOp) {
        let line = self.stream.room(Time(at), who, room, op);
        self.lines.push(line);
    }

    /// Nanoseconds around a median of so many seconds.
    fn span(&mut self, median: f64) -> i64 {
        let (one, two) = (self.rng.f64().max(1e-12), self.rng.f64());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos();
        (median * (0.8 * normal).exp() * 1e9) as i64
    }

    fn chance(&mut self, share: f64) -> bool {
        self.rng.f64() < share
    }

    /// Somebody with many friends, and those of them who are there, shuffled.
    fn host(&mut self, friends: usize) -> (String, Vec<u32>) {
        let people = self.graph.people();
        let drawn: Vec<u32> = (0..1_000).map(|_| self.rng.u32(..people)).collect();
        let wide = |who: &&u32| (self.is_here)(**who) && self.present(**who).len() >= friends;
        let most = || drawn.iter().max_by_key(|who| self.present(**who).len());
        let host = drawn.iter().find(wide).or_else(most).copied().unwrap_or_default();
        let mut present = self.present(host);
        self.rng.shuffle(&mut present);
        (name(host), present)
    }

    /// One of a friend's friends who are there: a close one, mostly.
    fn friend(&mut self, who: u32) -> Option<u32> {
        let friends = self.graph.friends(who);
        let close = friends.len().min(4);
        let among = if self.chance(0.85) { friends.get(..close)? } else { friends };
        let here: Vec<u32> =
            among.iter().copied().filter(|friend| (self.is_here)(*friend)).collect();
        self.rng.choice(here)
    }

    /// How often something happens that happens so often in the mean.
    fn poisson(&mut self, mean: f64) -> usize {
        let (limit, mut product, mut count) = ((-mean).exp(), self.rng.f64(), 0);
        while product > limit {
            product *= self.rng.f64();
            count += 1;
        }
        count
    }

    fn present(&self, who: u32) -> Vec<u32> {
        let friends = self.graph.friends(who).iter().copied();
        friends.filter(|friend| (self.is_here)(*friend)).collect()
    }
}

fn greeting(stage: &mut Stage<'_>) {
    let (host, mut friends) = stage.host(10);
    friends.truncate(stage.rng.usize(5..=26));
    let mut at = OUTBREAK;
    for friend in friends.into_iter().map(name) {
        at += stage.span(8.0);
        stage.say(at, &host, &friend, "a happy new year to you and all of yours!");
        if stage.chance(0.6) {
            let later = at + stage.span(60.0);
            stage.say(later, &friend, &host, "and to you, see you soon");
        }
    }
}

fn organiser(stage: &mut Stage<'_>) {
    let (host, mut friends) = stage.host(12);
    friends.truncate(stage.rng.usize(10..=30));
    let mut at = OUTBREAK;
    for friend in friends.into_iter().map(name) {
        at += stage.span(25.0);
        stage.say(
            at,
            &host,
            &friend,
            "friday at eight, the way is here http://maps.example/friday",
        );
        if stage.chance(0.5) {
            let later = at + stage.span(90.0);
            stage.say(later, &friend, &host, "i will be there");
        }
    }
}

/// How many others each who has got a meme shows it to, in the mean, and generations after which
/// nobody laughs any more.
const R0: f64 = 0.8;
const GENERATIONS: usize = 12;

fn meme(stage: &mut Stage<'_>) {
    let link = "you have to see this http://videos.example/watch?v=cats";
    let (host, _) = stage.host(6);
    let (mut senders, mut seen) = (vec![(OUTBREAK, number(&host))], BTreeSet::new());
    for generation in 0..GENERATIONS {
        let mut next = Vec::new();
        for (mut at, who) in senders {
            // The first one shows it to some; that is how there is a meme at all.
            let shows = if generation == 0 { 2 } else { stage.poisson(R0) };
            for _ in 0..shows {
                let Some(friend) = stage.friend(who).filter(|friend| seen.insert(*friend)) else {
                    continue;
                };
                at += stage.span(300.0);
                let (from, to) = (name(who), name(friend));
                // Links come up in a conversation as often as they begin one.
                if stage.chance(0.5) {
                    stage.say(at, &from, &to, "how is it going");
                    stage.say(at + 20 * SECOND, &to, &from, "fine, and you");
                }
                stage.say(at + 40 * SECOND, &from, &to, link);
                let later = at + 40 * SECOND + stage.span(50.0);
                if stage.chance(0.5) {
                    stage.say(later, &to, &from, "ha, that is a good one");
                }
                next.push((later + stage.span(1_800.0), friend));
            }
        }
        senders = next;
    }
}

/// Days a bot has done its work before the day that counts.
const WORKED: i64 = 6;

fn answers(stage: &mut Stage<'_>) {
    let people = stage.graph.people();
    for day in -WORKED..1 {
        let mut at = OUTBREAK + day * DAY;
        for _ in 0..60 {
            at += stage.span(300.0);
            let (who, topic) = (name(stage.rng.u32(..people)), stage.rng.u8(..6));
            stage.say(at, &who, "infobot", &format!("help {topic}"));
            let answer = format!("it is in the handbook http://docs.example/topic/{topic}");
            stage.say(at + SECOND, "infobot", &who, &answer);
        }
    }
}

/// Rooms that bots serve.
const ROOMS: [&str; 6] = ["#one", "#two", "#three", "#four", "#five", "#six"];

fn announcer(stage: &mut Stage<'_>) {
    for room in ROOMS {
        stage.room(OUTBREAK - (WORKED + 1) * DAY, "newsbot", room, RoomOp::Join);
    }
    for day in -WORKED..1 {
        for hour in 0..6 {
            let at = OUTBREAK + day * DAY + hour * HOUR;
            let issue = stage.rng.u16(..);
            let news = format!("issue {issue} was closed http://tracker.example/issues/{issue}");
            for (place, room) in (0..).zip(ROOMS) {
                stage.speak(at + place * SECOND, "newsbot", room, &news);
            }
        }
    }
}

fn bridge(stage: &mut Stage<'_>) {
    let people = stage.graph.people();
    let [first, others @ ..] = ROOMS;
    for room in ROOMS {
        stage.room(OUTBREAK - DAY, "bridge", room, RoomOp::Join);
    }
    let mut at = OUTBREAK - DAY;
    for line in 0..600 {
        at += stage.span(100.0);
        let who = name(stage.rng.u32(..people));
        let text = match stage.rng.u8(..25) {
            0 => format!("look http://site{}.example/{line}", stage.rng.u8(..40)),
            _ => format!("what do you think of number {line}"),
        };
        stage.speak(at, &who, first, &text);
        for (place, room) in (1..).zip(others) {
            let relayed = format!("<{who}> {text}");
            stage.speak(at + place * SECOND / 20, "bridge", room, &relayed);
        }
    }
}

fn netsplit(stage: &mut Stage<'_>) {
    let people = stage.graph.people().min(60);
    for who in 0..people {
        stage.room(OUTBREAK + i64::from(who) * SECOND, &name(who), "#friends", RoomOp::Join);
    }
    for split in 0..3 {
        let at = OUTBREAK + HOUR + split * 20 * MINUTE;
        for who in (0..people).step_by(2) {
            let quits = at + i64::from(who) * SECOND / 40;
            stage.room(quits, &name(who), "#friends", RoomOp::Quit);
            let returns = at + 10 * MINUTE + i64::from(who) * SECOND / 40;
            stage.room(returns, &name(who), "#friends", RoomOp::Join);
            // Some greet those who are back, and tell one of them what was missed.
            if stage.chance(0.2) {
                let greets = name(who + 1);
                stage.speak(returns + 2 * SECOND, &greets, "#friends", "welcome back");
            }
        }
        let log = "you missed a lot http://logs.example/today";
        stage.say(at + 10 * MINUTE + 3 * SECOND, &name(1), &name(0), log);
    }
}

fn newcomer(stage: &mut Stage<'_>) {
    let people = stage.graph.people();
    let mut at = OUTBREAK;
    let mut known: Vec<u32> = (0..people).collect();
    stage.rng.shuffle(&mut known);
    for friend in known.into_iter().take(50).map(name) {
        at += stage.span(12.0);
        let entry = std::iter::once(friend.clone());
        let line = stage.stream.listed(Time(at), "newcomer", RosterOp::Add, entry);
        stage.lines.push(line);
        stage.say(at + SECOND, "newcomer", &friend, "hello, this is my new address, add me");
        if stage.chance(0.4) {
            let later = at + stage.span(60.0);
            stage.say(later, &friend, "newcomer", "done, welcome");
        }
    }
}
