//! People who talk, and a worm among them: a discrete-event simulation, the same for the same seed.
//!
//! For eight days people come and go, talk to a few of their friends often and to the others seldom,
//! and send a link now and then. Then one of them is infected. Whoever gets the lure is a victim; some
//! of them click on it after a while, and the worm goes on from there.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use fastrand::Rng;
use overhear_analysis::{Time, Told};
use overhear_dissectors::event::RoomOp;

use super::graph::Graph;
use super::preset::{Lure, Preset, Trigger};
use super::stream::{SECOND, Stream};

/// When the world begins.
pub const DAWN: i64 = 1_300_000_000 * SECOND;
const HOUR: i64 = 3_600 * SECOND;
/// Nanoseconds of a day.
pub const DAY: i64 = 24 * HOUR;
/// When the worm comes, and when it is over.
pub const OUTBREAK: i64 = DAWN + 8 * DAY + 18 * HOUR;
const END: i64 = OUTBREAK + 30 * HOUR;
/// Share of messages that carry a link, of recipients who click, median of their reaction in
/// seconds, share of conversations with one of the few close friends.
const LINKS: f64 = 0.04;
const CLICK: f64 = 0.25;
/// Median seconds for which people are there, and away: 45 of 100 are there at a time.
const STAY: f64 = 8.0 * 3_600.0;
const AWAY: f64 = 11.0 * 3_600.0;
/// Median seconds between two conversations that somebody begins who is there: two a day, as in the
/// Copenhagen study.
const PAUSE: f64 = 10_800.0;
const REACTION: f64 = 120.0;
const CLOSE: f64 = 0.85;
/// Joinings of a room with a worm in it, and how many infected accounts wait there at most.
const JOININGS: usize = 30;
const CROWD: usize = 5;

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Come(u32),
    Go(u32),
    Talk(u32),
    /// A turn of a conversation: who, to whom, how many follow.
    Turn(u32, u32, u8),
    /// Somebody clicks on what they got from somebody; the first one on what nobody here sent.
    Infect(u32, Option<u32>),
    Join(u32),
    Send(u32, u32),
    Walk(u32),
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Every victim, and when they got the lure.
    pub victims: BTreeMap<u32, i64>,
    /// Who sends the lure.
    pub infected: BTreeMap<u32, i64>,
    /// Who was infected by whose lure.
    pub parents: BTreeMap<u32, u32>,
    /// To how many each has sent it.
    pub reach: BTreeMap<u32, usize>,
}

/// One world. A copy goes on by itself, so that many worms can come upon the same past.
#[derive(Clone)]
pub struct Sim<'a> {
    graph: &'a Graph,
    preset: Option<Preset>,
    rng: Rng,
    stream: Stream,
    queue: BinaryHeap<Reverse<(i64, u64, Next)>>,
    made: u64,
    here: Vec<bool>,
    walks: BTreeMap<u32, Vec<u32>>,
    outcome: Outcome,
}

impl<'a> Sim<'a> {
    /// People who are about to begin their first day.
    pub fn new(graph: &'a Graph, seed: u64) -> Self {
        let mut sim = Self {
            graph,
            preset: None,
            rng: Rng::with_seed(seed),
            stream: Stream::new("aim"),
            queue: BinaryHeap::new(),
            made: 0,
            here: vec![false; graph.people() as usize],
            walks: BTreeMap::new(),
            outcome: Outcome::default(),
        };
        for who in 0..graph.people() {
            let at = DAWN + sim.span(6.0 * 3_600.0, 0.8).min(DAY);
            sim.after(at, Next::Come(who));
        }
        sim
    }

    /// Lets all of it happen, with a worm if there is to be one. `hear` gets every line in order.
    pub fn run(mut self, preset: Option<Preset>, hear: &mut dyn FnMut(Told)) -> Outcome {
        self.live(hear);
        if let Some(preset) = preset {
            self.loose(preset);
            while self.goes_on(hear) {}
        }
        self.outcome
    }

    /// Lets the days pass until the worm comes.
    pub fn live(&mut self, hear: &mut dyn FnMut(Told)) {
        while self.queue.peek().is_some_and(|Reverse((at, ..))| *at <= OUTBREAK) {
            self.goes_on(hear);
        }
    }

    /// The worm comes.
    pub fn loose(&mut self, preset: Preset) {
        self.preset = Some(preset);
        // The first one has friends enough for an outbreak.
        let people = self.graph.people();
        let mut drawn = (0..1_000).map(|_| self.rng.u32(..people));
        let first = drawn.find(|who| self.graph.friends(*who).len() >= 8).unwrap_or_default();
        self.after(OUTBREAK, Next::Infect(first, None));
        if preset.trigger == Trigger::Join {
            let mut at = OUTBREAK;
            for _ in 0..JOININGS {
                at += self.span(40.0, 0.8).max(6 * SECOND);
                let who = self.rng.u32(..self.graph.people());
                self.after(at, Next::Join(who));
            }
        }
    }

    /// Lets the next thing happen; false when it is over.
    pub fn goes_on(&mut self, hear: &mut dyn FnMut(Told)) -> bool {
        let Some(Reverse((at, _, next))) = self.queue.pop() else { return false };
        if at > END {
            return false;
        }
        self.step(at, next, hear);
        true
    }

    /// Whether somebody is there.
    pub fn is_here(&self, who: u32) -> bool {
        self.here.get(who as usize).is_some_and(|here| *here)
    }

    /// What has come of it so far.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    fn step(&mut self, at: i64, next: Next, hear: &mut dyn FnMut(Told)) {
        match next {
            Next::Come(who) => {
                self.here[who as usize] = true;
                let list = self.graph.friends(who).iter().copied().map(name);
                let line = self.stream.roster(Time(at), &name(who), list);
                hear(line);
                let line = self.stream.presence(Time(at), &name(who), true);
                hear(line);
                let (stay, talk) = (self.span(STAY, 0.6), self.span(1_800.0, 1.0));
                self.after(at + stay, Next::Go(who));
                self.after(at + talk, Next::Talk(who));
                self.greet(at, who);
            }
            Next::Go(who) => {
                self.here[who as usize] = false;
                let line = self.stream.presence(Time(at), &name(who), false);
                hear(line);
                let away = self.span(AWAY, 0.5);
                self.after(at + away, Next::Come(who));
            }
            Next::Talk(who) if self.here[who as usize] => {
                let turns = 2 + self.rng.u8(..12);
                if let Some(friend) = self.friend(who) {
                    self.step(at, Next::Turn(who, friend, turns), hear);
                }
                let pause = self.span(PAUSE, 1.0);
                self.after(at + pause, Next::Talk(who));
            }
            Next::Turn(from, to, left) if self.here[from as usize] && self.here[to as usize] => {
                let text = self.words();
                let line = self.stream.say(Time(at), &name(from), &name(to), &text);
                hear(line);
                self.written(at, from, to);
                if left > 0 {
                    let pause = self.span(15.0, 0.9);
                    self.after(at + pause, Next::Turn(to, from, left - 1));
                }
            }
            Next::Infect(who, by) => self.infect(at, who, by),
            Next::Join(who) => self.join(at, who, hear),
            Next::Walk(who) => self.walk(at, who),
            Next::Send(from, to) => self.send(at, from, to, hear),
            Next::Talk(_) | Next::Turn(..) => {}
        }
    }

    fn infect(&mut self, at: i64, who: u32, by: Option<u32>) {
        let Some(preset) = self.preset else { return };
        if self.outcome.infected.contains_key(&who) {
            return;
        }
        self.outcome.infected.insert(who, at);
        self.outcome.parents.extend(by.map(|by| (who, by)));
        let mut list = self.graph.friends(who).to_vec();
        self.rng.shuffle(&mut list);
        list.truncate(preset.most);
        self.walks.insert(who, list);
        if preset.trigger == Trigger::Start {
            self.walk(at, who);
        }
    }

    /// One step through the list of somebody infected.
    fn walk(&mut self, at: i64, who: u32) {
        let Some(preset) = self.preset else { return };
        let here = &self.here;
        let Some(list) = self.walks.get_mut(&who) else { return };
        let next = list.iter().position(|friend| here[*friend as usize]);
        let to = next.map(|next| list.remove(next));
        if !list.is_empty() && (to.is_some() || preset.waits) {
            let pause = self.span(preset.pace, preset.sigma);
            self.after(at + pause.max(if to.is_none() { 60 * SECOND } else { 0 }), Next::Walk(who));
        }
        if let Some(to) = to {
            self.after(at, Next::Send(who, to));
        }
    }

    /// Somebody has come: worms that wait for that wait no longer.
    fn greet(&mut self, at: i64, who: u32) {
        let Some(preset) = self.preset.filter(|preset| preset.trigger == Trigger::Presence) else {
            return;
        };
        for friend in self.graph.friends(who) {
            let Some(list) = self.walks.get_mut(friend) else { continue };
            if let Some(place) = list.iter().position(|one| *one == who) {
                list.remove(place);
                let pause = self.span(preset.pace, preset.sigma);
                self.after(at + pause, Next::Send(*friend, who));
            }
        }
    }

    /// Somebody has written to somebody: some worms answer that.
    fn written(&mut self, at: i64, from: u32, to: u32) {
        let Some(preset) = self.preset.filter(|preset| preset.trigger == Trigger::Reply) else {
            return;
        };
        let Some(list) = self.walks.get_mut(&to) else { return };
        if let Some(place) = list.iter().position(|one| *one == from) {
            list.remove(place);
            let pause = self.span(preset.pace, preset.sigma);
            self.after(at + pause, Next::Send(to, from));
        }
    }

    /// Somebody joins the room; whoever is infected sends them the lure.
    fn join(&mut self, at: i64, who: u32, hear: &mut dyn FnMut(Told)) {
        let Some(preset) = self.preset else { return };
        let line = self.stream.room(Time(at), &name(who), "#friends", RoomOp::Join);
        hear(line);
        let infected: Vec<u32> = self.outcome.infected.keys().copied().take(CROWD).collect();
        for from in infected.into_iter().filter(|from| *from != who) {
            let pause = self.span(preset.pace, preset.sigma);
            self.after(at + pause, Next::Send(from, who));
        }
    }

    fn send(&mut self, at: i64, from: u32, to: u32, hear: &mut dyn FnMut(Told)) {
        let Some(preset) = self.preset else { return };
        self.outcome.victims.entry(to).or_insert(at);
        *self.outcome.reach.entry(from).or_default() += 1;
        let line = self.lure(at, from, to, preset.lure);
        hear(line);
        if self.rng.f64() < CLICK {
            let reaction = self.span(REACTION, 1.2);
            self.after(at + reaction, Next::Infect(to, Some(from)));
        }
    }

    fn lure(&mut self, at: i64, from: u32, to: u32, lure: Lure) -> Told {
        let (at, from, to) = (Time(at), name(from), name(to));
        let token = self.token(8);
        match lure {
            Lure::Same => {
                let text = "is this you? http://pictures.example/show.php?album=holiday";
                self.stream.say(at, &from, &to, text)
            }
            Lure::Unique => {
                let (host, words) = (self.token(7), self.words());
                let text = format!("{words} http://{host}.example/{token}");
                self.stream.say(at, &from, &to, &text)
            }
            Lure::File => self.stream.offer(at, &from, &to, &format!("photo_{token}.scr"), 94_208),
        }
    }

    /// Whom somebody talks to: one of the close ones, mostly, who is there.
    fn friend(&mut self, who: u32) -> Option<u32> {
        let friends = self.graph.friends(who);
        let close = friends.len().min(4);
        let near = self.rng.f64() < CLOSE;
        let among = if near { friends.get(..close)? } else { friends };
        let here: Vec<u32> =
            among.iter().copied().filter(|friend| self.here[*friend as usize]).collect();
        self.rng.choice(here)
    }

    fn words(&mut self) -> String {
        let words = 2 + self.rng.usize(..9);
        let mut text: Vec<_> = (0..words).map(|_| self.token(3)).collect();
        if self.rng.f64() < LINKS {
            let popular = self.rng.u32(..40);
            let path = self.token(6);
            text.push(format!("http://site{popular}.example/{path}"));
        }
        text.join(" ")
    }

    fn token(&mut self, letters: usize) -> String {
        (0..letters).map(|_| self.rng.lowercase()).collect()
    }

    /// Nanoseconds, log-normally distributed around a median of so many seconds.
    fn span(&mut self, median: f64, sigma: f64) -> i64 {
        let (one, two) = (self.rng.f64().max(1e-12), self.rng.f64());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos();
        (median * (sigma * normal).exp() * 1e9) as i64
    }

    fn after(&mut self, at: i64, next: Next) {
        self.made += 1;
        self.queue.push(Reverse((at, self.made, next)));
    }
}

/// What somebody is called.
pub fn name(who: u32) -> String {
    format!("u{who}")
}

/// Who is called so.
pub fn number(name: &str) -> u32 {
    name.strip_prefix('u').and_then(|number| number.parse().ok()).unwrap_or(u32::MAX)
}
