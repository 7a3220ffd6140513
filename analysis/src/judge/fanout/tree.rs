//! Who brought it to whom: the tree of an outbreak's infections.
//!
//! Who had it from whom nobody can hear, but who brought lures to somebody before they began to send
//! their own, and that people follow one within minutes or not at all. All lures are remembered of those
//! who got them: an account is often noticed later than those it infected. So the tree is grown anew,
//! from all that is known by then, when the outbreak closes.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use thin_vec::ThinVec;

use super::account::{Account, Receipt, seconds};
use super::ids::Id;
use crate::Time;
use crate::judge::snug::push;

/// The accounts of an outbreak, and those it reached.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    /// Accounts that spread it, in the order in which they were noticed.
    infected: Vec<Infected>,
    places: BTreeMap<Id, usize>,
    reached: HashMap<Id, Reached, foldhash::fast::RandomState>,
    /// Victims told apart; further ones are counted as they come.
    most: usize,
}

/// An account that spreads it.
#[derive(Clone, Debug)]
pub(super) struct Infected {
    pub(super) who: Id,
    pub(super) name: Box<str>,
    pub(super) parent: Option<(Id, Box<str>)>,
    pub(super) generation: u64,
    /// When it got the content, and when it was noticed sending it.
    pub(super) received: Option<Time>,
    pub(super) sent: Time,
    /// It sends what it got, or would be accused by itself: its part in this is no chance.
    pub(super) sure: bool,
    /// It sends the very content that it got from its parent.
    passed_on: bool,
    /// When it sent the first lure of a day, in seconds.
    began: u32,
}

/// A sending that may be followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lure {
    pub(super) by: Id,
    /// In seconds.
    pub(super) at: u32,
    /// Within a conversation.
    pub(super) reply: bool,
    /// A file, or a link to where nobody was heard linking to: a lure by itself. What is none may be one
    /// as the content of an outbreak.
    pub(super) new: bool,
}

/// What lures somebody got of accounts that spread it.
#[derive(Clone, Debug, Default)]
struct Reached {
    /// The last ones, in no order.
    bringers: ThinVec<Bringer>,
    /// One was a lure by itself.
    new: bool,
}

/// A place among the infected, and when it was brought.
#[derive(Clone, Copy, Debug)]
struct Bringer {
    at: u32,
    place: u16,
    reply: bool,
}

/// Bringers remembered of one victim.
const BRINGERS: usize = 32;

/// Victims told apart at most.
const APART: usize = 1 << 16;
/// Infected accounts remembered of one outbreak.
const INFECTED: usize = 1 << 12;

impl Default for Tree {
    fn default() -> Self {
        let (infected, places) = (Vec::new(), BTreeMap::new());
        Self { infected, places, reached: HashMap::default(), most: APART }
    }
}

impl Tree {
    /// Tells so many victims apart from now on; what is known already is not forgotten for it.
    pub(super) fn limit(&mut self, most: usize) {
        self.most = most.min(APART);
    }

    /// Somebody got it; whether they are new, as far as that is remembered.
    pub(super) fn reach(&mut self, who: Id, lure: Option<Lure>) -> bool {
        let known = self.reached.len();
        let began = self.member(who).map(|one| one.began);
        let (fresh, reached) = match self.reached.get_mut(&who) {
            Some(reached) => (false, reached),
            None if known >= self.most => return true,
            None => (true, self.reached.entry(who).or_default()),
        };
        if let Some(lure) = lure
            && began.is_none_or(|began| lure.at <= began)
            && let Some(place) = self.places.get(&lure.by)
        {
            reached.new |= lure.new;
            reached.note(Bringer { at: lure.at, place: *place as u16, reply: lure.reply });
        }
        fresh
    }

    /// Everybody it reached.
    pub(super) fn reached(&self) -> impl Iterator<Item = Id> {
        self.reached.keys().copied()
    }

    /// Whether one of its accounts brought somebody what is a lure by itself.
    pub(super) fn lured(&self, who: Id) -> bool {
        self.reached.get(&who).is_some_and(|reached| reached.new)
    }

    /// Somebody spreads it.
    pub(super) fn infect(&mut self, mut account: Infected) {
        if self.places.contains_key(&account.who) || self.infected.len() >= INFECTED {
            return;
        }
        if let Some((name, at)) = self.bringer(&account) {
            (account.parent, account.received) = (Some(name), Some(at));
        }
        account.generation = self.below(account.parent.as_ref());
        self.places.insert(account.who, self.infected.len());
        self.infected.push(account);
    }

    /// Somebody who spreads it sends on the very content they got from somebody.
    pub(super) fn inherits(&mut self, who: Id, receipt: &Receipt, parent: &Account) {
        let parent = Some((receipt.from, parent.name.as_str().into()));
        let generation = self.below(parent.as_ref());
        let one = self.places.get(&who).and_then(|place| self.infected.get_mut(*place));
        let in_time = |one: &&mut Infected| !one.passed_on && seconds(receipt.at) <= one.began;
        let Some(one) = one.filter(in_time) else { return };
        (one.passed_on, one.received) = (true, Some(receipt.at));
        (one.parent, one.generation) = (parent, generation);
    }

    /// That somebody spreads it is no chance.
    pub(super) fn ensure(&mut self, who: Id) {
        let infected = self.places.get(&who).and_then(|place| self.infected.get_mut(*place));
        infected.into_iter().for_each(|one| one.sure = true);
    }

    pub(super) fn member(&self, who: Id) -> Option<&Infected> {
        self.infected.get(*self.places.get(&who)?)
    }

    pub(super) fn infected(&self) -> &[Infected] {
        &self.infected
    }

    /// Steps from the first account to the farthest.
    pub(super) fn depth(&self) -> u64 {
        self.infected.iter().map(|infected| infected.generation).max().unwrap_or_default()
    }

    /// Finds everybody's parent anew. Whatever would make somebody their own ancestor came too late.
    pub(super) fn regrow(&mut self) {
        let places = 0..self.infected.len();
        let mut edges: Vec<Edge> = places.filter_map(|place| self.edge(place)).collect();
        edges.sort_unstable_by_key(|edge| (edge.weak, edge.at, edge.to));
        let mut above: Vec<Option<Edge>> = vec![None; self.infected.len()];
        for edge in edges {
            if !ancestors(&above, edge.from).any(|place| place == edge.to)
                && let Some(slot) = above.get_mut(edge.to)
            {
                *slot = Some(edge);
            }
        }
        let names: Vec<_> = self.infected.iter().map(|one| (one.who, one.name.clone())).collect();
        for (place, one) in self.infected.iter_mut().enumerate() {
            if let Some(edge) = above.get(place).copied().flatten() {
                one.parent = names.get(edge.from).cloned();
                one.received = Some(Time::from_secs(edge.at.into()));
            } else if one.parent.as_ref().is_some_and(|(who, _)| self.places.contains_key(who)) {
                (one.parent, one.received) = (None, None);
            }
        }
        // Whoever is at the top had it from nobody, or from somebody who was not noticed.
        for place in 0..self.infected.len() {
            let (top, steps) =
                ancestors(&above, place).fold((place, 0), |(_, steps), up| (up, steps + 1));
            let unknown = self.infected.get(top).is_some_and(|top| top.parent.is_some());
            if let Some(one) = self.infected.get_mut(place) {
                one.generation = steps - 1 + u64::from(unknown);
            }
        }
    }

    /// How somebody who spreads it got it, if it was from another who does.
    fn edge(&self, to: usize) -> Option<Edge> {
        let one = self.infected.get(to)?;
        let told = || {
            let from = *self.places.get(&one.parent.as_ref()?.0)?;
            let at = one.received.map(seconds).filter(|at| *at <= one.began)?;
            Some(Edge { weak: !one.passed_on, at, from, to })
        };
        let brought = self.reached.get(&one.who).and_then(|reached| reached.before(one.began));
        brought.map(|by| Edge { weak: false, at: by.at, from: by.place.into(), to }).or_else(told)
    }

    /// Who brought somebody what they spread, and when.
    fn bringer(&self, account: &Infected) -> Option<((Id, Box<str>), Time)> {
        let by = self.reached.get(&account.who)?.before(account.began)?;
        let one = self.infected.get(usize::from(by.place))?;
        Some(((one.who, one.name.clone()), Time::from_secs(by.at.into())))
    }

    /// The generation below a parent's.
    fn below(&self, parent: Option<&(Id, Box<str>)>) -> u64 {
        let Some((parent, _)) = parent else { return 0 };
        self.member(*parent).map_or(1, |parent| parent.generation + 1)
    }
}

impl Infected {
    /// An account that spreads something, and what it got from whom, if anything.
    pub(super) fn new(
        who: Id,
        account: &Account,
        caught: Option<(Receipt, &Account)>,
        at: Time,
    ) -> Self {
        Self {
            who,
            name: account.name.as_str().into(),
            parent: caught.map(|(receipt, parent)| (receipt.from, parent.name.as_str().into())),
            generation: 0,
            received: caught.map(|(receipt, _)| receipt.at),
            sent: at,
            sure: false,
            passed_on: false,
            began: seconds(at),
        }
    }

    /// It sends what it got, or something else.
    pub(super) fn passing_on(mut self, same: bool) -> Self {
        self.passed_on = same && self.parent.is_some();
        self
    }

    /// What it has sent so far.
    pub(super) fn luring(mut self, lures: &[Option<Lure>]) -> Self {
        let first = lures.iter().flatten().map(|lure| lure.at).min();
        self.began = first.unwrap_or(self.began);
        self
    }
}

impl Reached {
    fn note(&mut self, bringer: Bringer) {
        if self.bringers.len() < BRINGERS {
            return push(&mut self.bringers, bringer);
        }
        if let Some(oldest) = self.bringers.iter_mut().min_by_key(|one| one.at)
            && oldest.at < bringer.at
        {
            *oldest = bringer;
        }
    }

    /// Who most likely brought the lure that somebody followed who began then to send lures.
    fn before(&self, began: u32) -> Option<Bringer> {
        let in_time = self.bringers.iter().filter(|one| one.at <= began);
        let likely = |one: &&Bringer| {
            let delay = ((began - one.at) as f32).max(1.0);
            let far = (delay / DELAY).ln() / SPREAD;
            -delay.ln() - far * far / 2.0 - if one.reply { REPLY } else { 0.0 }
        };
        in_time.max_by(|one, other| likely(one).total_cmp(&likely(other))).copied()
    }
}

/// People follow a lure after so many seconds in the median, log-normally distributed.
const DELAY: f32 = 120.0;
const SPREAD: f32 = 1.2;
/// What speaks against a lure within a conversation: people send each other links there.
const REPLY: f32 = 1.2;

/// Somebody brought it to somebody, by their places.
#[derive(Clone, Copy, Debug)]
struct Edge {
    /// It was unasked, and no more is known of it.
    weak: bool,
    at: u32,
    from: usize,
    to: usize,
}

/// The places above one, which comes first.
fn ancestors(above: &[Option<Edge>], place: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(place), |place| Some((*above.get(*place)?)?.from))
}
