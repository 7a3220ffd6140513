//! `account_hijack`: somebody else uses an account.
//!
//! One sign proves nothing: every eighth time that people come back, they come from a network they
//! never came from before. So the signs add up and fade within days: where the account signs on
//! from, with which program, what happened before, and what it does then.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Fanout;
use super::account::{SUSPECT, short};
use super::features::Novelty;
use super::ids::{Id, text};
use super::outbreak::{Outbreak, count};
use super::table::Standing;
use crate::Time;
use crate::told::{Category, Client, Head, Login, Severity};
use overhear_dissectors::event::Outcome;

/// A sign, as the explanation names it.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
enum Sign {
    Network,
    Program,
    Hour,
    Guessed,
    Elsewhere,
    Alternating,
    Rush,
    Sweep,
    Spreads,
}

/// Signs, their names and what each adds: the logs of the likelihood ratios where they were
/// measured (a new network: .8 / .09), estimates where not.
const SIGNS: [(&str, f32); 9] = [
    ("new_network", 2.2),
    ("new_client", 1.5),
    ("unusual_hour", 0.7),
    ("guessed_password", 2.5),
    ("signed_on_elsewhere", 2.5),
    ("alternating_networks", 4.0),
    ("contacts_in_a_rush", 3.0),
    ("roster_swept", 3.0),
    ("spreads_links", 4.0),
];

/// Scores of a suspicion and of an alert.
const DOUBT: f32 = 6.0;
const THRESHOLD: f32 = 9.0;
/// Seconds in which a score halves.
const HALF_LIFE: f32 = 86_400.0;
/// Sign-ons after which it is known where an account comes from, and at which hours.
const KNOWN: u32 = 5;
const HABITS: u32 = 20;
/// Sign-ons from one place within this time are one; others within it alternate.
const MINUTES: i64 = 600_000_000_000;
/// What is done within an hour after a sign-on belongs to it.
const HOUR: i64 = 3_600_000_000_000;
/// Refusals that are guesses.
const GUESSES: u32 = 5;
/// People not talked to for a week, written to within ten minutes; and people of a list.
const RUSH: u32 = 3;
const SWEEP: u32 = 4;
/// Networks and programs remembered.
const FEW: usize = 8;
/// Changes between two networks.
const CHANGES: usize = 3;

/// How an account signs on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Habits {
    successes: u32,
    networks: Vec<u32>,
    programs: Vec<u32>,
    /// Hours of the day, a bit each.
    hours: u32,
    #[serde(skip)]
    last: Time,
    #[serde(skip)]
    refused: u32,
    /// Networks of the last sign-ons, where they changed.
    #[serde(skip)]
    changes: Vec<(u32, Time)>,
    #[serde(skip)]
    session: Option<Session>,
    #[serde(skip)]
    terms: [f32; SIGNS.len()],
    #[serde(skip)]
    at: Time,
    #[serde(skip)]
    outbreak: Option<Id>,
}

/// What is done after a sign-on.
#[derive(Clone, Copy, Debug, Default)]
struct Session {
    network: u32,
    at: Time,
    /// Something about it is new.
    new: bool,
    contacts: u32,
    strangers: u32,
    told: [bool; SIGNS.len()],
}

impl Standing for Habits {
    fn rank(&self) -> u32 {
        u32::from(self.score() >= DOUBT)
    }

    fn last(&self) -> Time {
        self.last
    }
}

impl Habits {
    /// As they are remembered: never more than is kept.
    pub(super) fn sane(mut self) -> Self {
        self.networks.truncate(FEW);
        self.programs.truncate(FEW);
        self
    }

    /// When they were last heard of.
    pub(super) fn heard(&self) -> Time {
        self.last
    }

    fn score(&self) -> f32 {
        self.terms.iter().sum()
    }

    /// Adds a sign with a weight from 0 to 1, once a session.
    fn add(&mut self, sign: Sign, weight: f32) {
        let told = self.session.as_mut().and_then(|session| session.told.get_mut(sign as usize));
        if told.is_none_or(|told| std::mem::replace(told, true)) {
            return;
        }
        let value = SIGNS.get(sign as usize).map_or(0.0, |(_, value)| *value);
        if let Some(term) = self.terms.get_mut(sign as usize) {
            *term += value * weight;
        }
    }

    fn fade(&mut self, at: Time) {
        let seconds = at.since(self.at).max(0) as f32 / 1e9;
        let kept = (-seconds / HALF_LIFE).exp2();
        self.terms.iter_mut().for_each(|term| *term *= kept);
        (self.at, self.last) = (at, self.last.max(at));
    }

    /// How well it is known what is usual.
    fn trust(&self) -> f32 {
        (self.successes as f32 / KNOWN as f32).min(1.0)
    }

    /// An accepted sign-on.
    fn accept(&mut self, network: u32, at: Time) {
        let same = |session: &Session| session.network == network && at.since(session.at) < MINUTES;
        if self.session.as_ref().is_some_and(same) {
            return;
        }
        self.session = Some(Session { network, at, ..Session::default() });
        let trust = self.trust();
        if self.refused >= GUESSES {
            self.add(Sign::Guessed, 1.0);
        }
        self.refused = 0;
        if fresh(&mut self.networks, network) {
            self.add(Sign::Network, trust);
            self.renew();
        }
        let hour = 1 << (at.0.div_euclid(HOUR).rem_euclid(24));
        if self.successes >= HABITS && self.hours & hour == 0 {
            self.add(Sign::Hour, 1.0);
        }
        self.hours |= hour;
        self.successes = self.successes.saturating_add(1);
        self.changes.retain(|(_, then)| at.since(*then) <= MINUTES);
        if self.changes.last().is_none_or(|(last, _)| *last != network) {
            self.changes.push((network, at));
        }
        if self.changes.len() > CHANGES {
            self.add(Sign::Alternating, 1.0);
            self.changes.remove(0);
        }
    }

    /// The program of this session.
    fn uses(&mut self, program: &str) {
        let trust = self.trust();
        if fresh(&mut self.programs, short(text("program", program))) && self.session.is_some() {
            self.add(Sign::Program, trust);
            self.renew();
        }
    }

    fn renew(&mut self) {
        let known = self.successes >= 1;
        if let Some(session) = &mut self.session {
            session.new |= known;
        }
    }
}

/// Notes a value; true when it was not among the last few. The first one is no news.
fn fresh(known: &mut Vec<u32>, value: u32) -> bool {
    if let Some(at) = known.iter().position(|one| *one == value) {
        known.remove(at);
        known.push(value);
        return false;
    }
    if known.len() == FEW {
        known.remove(0);
    }
    known.push(value);
    known.len() > 1
}

/// Where somebody signs on from: a /16 or, of IPv6, a /32.
fn network(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => u32::from(address) >> 16,
        IpAddr::V6(address) => short(text("net", &format!("{:x?}", &address.octets()[..4]))),
    }
}

/// The client's end: of both ports, the one nobody agreed upon, which is the higher.
fn client(head: &Head) -> Option<IpAddr> {
    match (head.src_port, head.dest_port) {
        (Some(from), Some(to)) if to > from => head.dest_ip,
        _ => head.src_ip,
    }
}

impl Fanout {
    /// Somebody signs on, is refused, or was signed off by another sign-on.
    pub(super) fn signed_on(&mut self, head: &Head, who: Id, login: &Login) {
        let at = head.timestamp.unwrap_or(self.now);
        let Self { habits, newcomers, .. } = &mut *self;
        let Some(habits) = habits.meet(who, || newcomers.habits(who)) else { return };
        habits.fade(at);
        match login.outcome {
            Outcome::Failure => habits.refused = habits.refused.saturating_add(1),
            Outcome::Replaced => {
                habits.session.get_or_insert_with(|| Session { at, ..Session::default() });
                habits.add(Sign::Elsewhere, 1.0);
            }
            Outcome::Success => {
                if let Some(address) = client(head) {
                    habits.accept(network(address), at);
                }
            }
            Outcome::Attempt => {}
        }
        if let Some(program) = &login.client {
            habits.uses(program);
        }
        self.doubt(head, who, at);
    }

    /// A program gives its name.
    pub(super) fn program(&mut self, head: &Head, client: &Client, who: Id) {
        let at = head.timestamp.unwrap_or(self.now);
        let Some(habits) = self.habits.get_mut(who) else { return };
        habits.fade(at);
        let version = client.version.as_deref().unwrap_or_default();
        habits.uses(&format!("{}/{version}", client.product));
        self.doubt(head, who, at);
    }

    /// What an account does after a sign-on that was new in some way.
    pub(super) fn after_sign_on(&mut self, head: &Head, who: Id, novelty: Novelty, at: Time) {
        let Some(habits) = self.habits.get_mut(who) else { return };
        let Some(session) = habits.session.as_mut().filter(|session| session.new) else { return };
        let since = at.since(session.at);
        if !(0..=HOUR).contains(&since) {
            return;
        }
        session.contacts = session.contacts.saturating_add(1);
        let stranger = novelty != Novelty::Recent && since <= MINUTES;
        session.strangers = session.strangers.saturating_add(u32::from(stranger));
        let session = *session;
        habits.fade(at);
        if session.strangers >= RUSH {
            habits.add(Sign::Rush, 1.0);
        }
        let account = self.accounts.get(who);
        let listed = account.map_or(0, |account| account.peers.listed()) as u32;
        if session.contacts >= SWEEP && listed > 0 && session.contacts * 10 >= listed * 3 {
            habits.add(Sign::Sweep, 1.0);
        }
        if account.is_some_and(|account| account.progress() >= SUSPECT) {
            habits.add(Sign::Spreads, 1.0);
        }
        self.doubt(head, who, at);
    }

    /// Tells what adds up to a doubt.
    fn doubt(&mut self, head: &Head, who: Id, at: Time) {
        let Some(habits) = self.habits.get_mut(who).filter(|habits| habits.score() >= DOUBT) else {
            return;
        };
        let Some(account) = self.accounts.get(who) else { return };
        let known = habits.outbreak.filter(|number| self.outbreaks.contains_key(number));
        self.numbers += u64::from(known.is_none());
        let number = known.unwrap_or(self.numbers);
        habits.outbreak = Some(number);
        let outbreak = self.outbreaks.entry(number).or_insert_with(|| {
            let time = at.to_string();
            let about = [&*account.network, &*account.name, &time];
            let category = Category::AccountHijack;
            let mut outbreak = Outbreak::new(category, &about, &account.name, &account.network, at);
            outbreak.title = format!("Somebody else may be using {}", account.name);
            outbreak
        });
        outbreak.last = outbreak.last.max(at);
        outbreak.frame(head.pcap_cnt);
        let terms = SIGNS.iter().zip(habits.terms).filter(|(_, value)| *value >= 0.005);
        outbreak.terms = terms.map(|((name, _), value)| (*name, value)).collect();
        outbreak.terms.sort_by(|one, other| other.1.total_cmp(&one.1));
        let (score, alert) = (habits.score(), habits.score() >= THRESHOLD);
        outbreak.score = Some((score, THRESHOLD));
        let signs: Vec<String> = outbreak
            .terms
            .iter()
            .map(|(name, value)| format!("{} {value:+.1}", name.replace('_', " ")))
            .collect();
        outbreak.reason = format!(
            "{score:.1} of {THRESHOLD:.0} after {}: {}",
            count(u64::from(habits.successes), "sign-on"),
            signs.join(", ")
        );
        outbreak.raise(if alert { Severity::Medium } else { Severity::Low });
        let news = outbreak.news();
        self.findings.extend(news);
    }
}
