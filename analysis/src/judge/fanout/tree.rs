//! Who brought it to whom: the tree of an outbreak's infections.
//!
//! What an account got and sends on says who it is from. Where content changes nothing does but who
//! sent whom a lure first, which is remembered of all who got one: an account is often noticed later
//! than those it infected. So the tree is grown anew, from all that is known by then, when the outbreak
//! closes.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::account::{Account, Receipt, seconds};
use super::ids::Id;
use crate::Time;

/// The accounts of an outbreak, and those it reached.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    /// Accounts that spread it, in the order in which they were noticed.
    infected: Vec<Infected>,
    places: BTreeMap<Id, usize>,
    reached: HashMap<Id, Reached, foldhash::fast::RandomState>,
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
    /// When it sent the first lure that day.
    began: u32,
}

/// A lure is sent: a file, or a link to where nobody was heard linking to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lure {
    pub(super) by: Id,
    /// In seconds.
    pub(super) at: u32,
    /// Within a conversation.
    pub(super) reply: bool,
}

/// Who brought lures to somebody: the first who did, and the first who did unasked.
#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    first: Option<Bringer>,
    unasked: Option<Bringer>,
}

/// A place among the infected, and when it was brought.
#[derive(Clone, Copy, Debug)]
struct Bringer {
    place: u32,
    at: u32,
}

/// Victims told apart; further ones are counted as they come.
const APART: usize = 1 << 16;
/// Infected accounts remembered of one outbreak.
const INFECTED: usize = 1 << 12;

impl Tree {
    /// Somebody got it; whether they are new, as far as that is remembered.
    pub(super) fn reach(&mut self, who: Id, lure: Option<Lure>) -> bool {
        let known = self.reached.len();
        let (fresh, reached) = match self.reached.get_mut(&who) {
            Some(reached) => (false, reached),
            None if known >= APART => return true,
            None => (true, self.reached.entry(who).or_default()),
        };
        let bringer = lure.and_then(|lure| {
            let place = *self.places.get(&lure.by)? as u32;
            Some((Bringer { place, at: lure.at }, lure.reply))
        });
        if let Some((bringer, reply)) = bringer {
            note(&mut reached.first, bringer);
            if !reply {
                note(&mut reached.unasked, bringer);
            }
        }
        fresh
    }

    /// Everybody it reached.
    pub(super) fn reached(&self) -> impl Iterator<Item = Id> {
        self.reached.keys().copied()
    }

    /// Whether one of its accounts brought somebody a lure.
    pub(super) fn lured(&self, who: Id) -> bool {
        self.reached.get(&who).is_some_and(|reached| reached.first.is_some())
    }

    /// Somebody spreads it.
    pub(super) fn infect(&mut self, mut account: Infected) {
        if self.places.contains_key(&account.who) || self.infected.len() >= INFECTED {
            return;
        }
        if !account.passed_on
            && let Some((name, at)) = self.bringer(&account)
        {
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
        let Some(one) = one.filter(|one| !one.passed_on && receipt.at <= one.sent) else { return };
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
        edges.sort_unstable_by_key(|edge| (edge.at, edge.to));
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
                if !one.passed_on {
                    one.received = Some(Time::from_secs(edge.at.into()));
                }
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
            let parent = self.places.get(&one.parent.as_ref()?.0)?;
            Some(Edge { at: one.received.map_or(0, seconds), from: *parent, to })
        };
        if one.passed_on {
            return told();
        }
        let brought = self.reached.get(&one.who).and_then(|reached| reached.before(one.began));
        brought.map(|by| Edge { at: by.at, from: by.place as usize, to }).or_else(told)
    }

    /// Who brought somebody what they spread, and when.
    fn bringer(&self, account: &Infected) -> Option<((Id, Box<str>), Time)> {
        let by = self.reached.get(&account.who)?.before(account.began)?;
        let one = self.infected.get(by.place as usize)?;
        Some(((one.who, one.name.clone()), Time::from_secs(by.at.into())))
    }

    /// The generation below a parent's.
    fn below(&self, parent: Option<&(Id, Box<str>)>) -> u64 {
        let Some((parent, _)) = parent else { return 0 };
        self.member(*parent).map_or(1, |parent| parent.generation + 1)
    }
}

impl Infected {
    /// An account that spreads something, and what it got from whom, if anything; `passed_on` where that
    /// is what it sends.
    pub(super) fn new(
        who: Id,
        account: &Account,
        caught: Option<(Receipt, &Account)>,
        passed_on: bool,
        at: Time,
    ) -> Self {
        let first = account.sent.as_ref().and_then(|sent| sent.lures().map(|to| to.lured).min());
        Self {
            who,
            name: account.name.as_str().into(),
            parent: caught.map(|(receipt, parent)| (receipt.from, parent.name.as_str().into())),
            generation: 0,
            received: caught.map(|(receipt, _)| receipt.at),
            sent: at,
            sure: false,
            passed_on: passed_on && caught.is_some(),
            began: first.unwrap_or_else(|| seconds(at)),
        }
    }
}

impl Reached {
    /// Who brought the lure that somebody followed who began then to send lures: the first who did so
    /// unasked, or at all.
    fn before(&self, began: u32) -> Option<Bringer> {
        let in_time = |one: &Bringer| one.at <= began;
        self.unasked.filter(in_time).or_else(|| self.first.filter(in_time))
    }
}

/// Keeps the earlier.
fn note(known: &mut Option<Bringer>, bringer: Bringer) {
    if known.is_none_or(|known| bringer.at < known.at) {
        *known = Some(bringer);
    }
}

/// Somebody brought it to somebody, by their places.
#[derive(Clone, Copy, Debug)]
struct Edge {
    at: u32,
    from: usize,
    to: usize,
}

/// The places above one, which comes first.
fn ancestors(above: &[Option<Edge>], place: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(place), |place| Some((*above.get(*place)?)?.from))
}
