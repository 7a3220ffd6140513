//! What is remembered of an account from one run to the next: whom it talks to, who is on its list,
//! and what is usual for it.
//!
//! No name, no word and no suspicion is among it: accounts stand there by the numbers of
//! [`super::ids`], which are the same in every run. Where it is kept is somebody else's business; what
//! is asked for comes back when an account is heard of for the first time.

use std::fmt::Debug;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Fanout;
use super::account::{Account, Peer};
use super::flood::Usually;
use super::hijack::Habits;
use super::ids::Id;
use super::prior::Prior;
use crate::Time;
use crate::judge::networks::Networks;

/// What was learned in earlier runs.
pub trait Memory: Debug + Send {
    /// What is remembered about an account.
    fn recall(&mut self, about: About, account: u64) -> Option<Vec<u8>>;

    /// Accounts that are remembered.
    fn accounts(&self) -> u64;

    /// When there was somebody listening.
    fn listened(&self) -> Option<Listened>;
}

/// What of an account is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum About {
    /// Whom it talks to, and how much.
    People,
    /// From where, when and with what it signs on.
    SignOns,
}

/// Something that was learned, to be remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// Which of the things one knows of an account.
    pub about: About,
    /// Whose.
    pub account: u64,
    /// When the account was last heard of.
    pub last: Time,
    /// What [`Memory::recall`] is to give back.
    pub learned: Vec<u8>,
}

/// From when until when was listened, by packet time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listened {
    /// The first.
    pub since: Time,
    /// The last.
    pub until: Time,
}

/// What is known of those who are heard of for the first time.
#[derive(Debug, Default)]
pub(super) struct Newcomers {
    networks: Networks,
    memory: Option<Box<dyn Memory>>,
    /// Accounts that have come back from it.
    back: u64,
}

/// Nanoseconds after which whoever has not listened does not know any more who is a stranger.
const ABSENCE: i64 = 7 * 86_400 * 1_000_000_000;

/// An account, as it is remembered.
#[derive(Serialize, Deserialize)]
struct People {
    first: i64,
    last: i64,
    contacts: u16,
    prior: Prior,
    out: Usually,
    inward: Usually,
    peers: Vec<Peer>,
}

impl Newcomers {
    /// An account that was just heard of, with what is remembered of it.
    pub(super) fn account(&mut self, id: Id, network: &str, name: &str, at: Time) -> Account {
        let mut fresh = Account::new(self.networks.of(network), name, at);
        let Some(known) = self.recall::<People>(About::People, id) else { return fresh };
        self.back += 1;
        fresh.first = fresh.first.min(Time(known.first));
        fresh.last = Time(known.last).min(fresh.last);
        fresh.contacts = known.contacts;
        fresh.prior = known.prior.sane();
        fresh.out.recall(known.out);
        fresh.inward.recall(known.inward);
        fresh.peers.recall(&known.peers);
        fresh
    }

    /// How an account has signed on.
    pub(super) fn habits(&mut self, id: Id) -> Habits {
        self.recall(About::SignOns, id).map_or_else(Habits::default, Habits::sane)
    }

    /// Accounts that are remembered and have not been heard of yet.
    fn waiting(&self) -> u64 {
        self.memory.as_ref().map_or(0, |memory| memory.accounts().saturating_sub(self.back))
    }

    /// Accounts of all networks where so many have been heard of, as far as one knows.
    pub(super) fn population(&self, heard: usize) -> usize {
        heard + usize::try_from(self.waiting()).unwrap_or(usize::MAX >> 1)
    }

    fn recall<T: DeserializeOwned>(&mut self, about: About, id: Id) -> Option<T> {
        let bytes = self.memory.as_mut()?.recall(about, id)?;
        // What cannot be read is as good as forgotten.
        postcard::from_bytes(&bytes).ok()
    }
}

impl Fanout {
    /// Remembers what was learned in earlier runs, and what is learned from now on.
    pub(in crate::judge) fn remember(&mut self, memory: Box<dyn Memory>) {
        (self.newcomers.memory, self.newcomers.back) = (Some(memory), 0);
        self.accounts.follow();
        self.habits.follow();
    }

    /// The first line of this run was heard. Who was here all the time knows who is a stranger.
    pub(super) fn begin(&mut self, at: Time) {
        let listened = self.newcomers.memory.as_ref().and_then(|memory| memory.listened());
        let lately = listened.filter(|past| at.since(past.until) < ABSENCE);
        self.began = Some(lately.map_or(at, |past| past.since.min(at)));
    }

    /// Tells what was learned since this was last asked; from when until when was listened.
    pub(in crate::judge) fn lessons(&mut self, learn: &mut dyn FnMut(Lesson)) -> Option<Listened> {
        self.accounts.changed(|id, account| {
            learn(lesson(About::People, id, account.last, &People::of(account)));
        });
        self.habits.changed(|id, habits| {
            learn(lesson(About::SignOns, id, habits.heard(), habits));
        });
        self.began.map(|since| Listened { since, until: self.now })
    }
}

impl People {
    fn of(account: &Account) -> Self {
        Self {
            first: account.first.0,
            last: account.last.0,
            contacts: account.contacts,
            prior: account.prior,
            out: account.out.usually(),
            inward: account.inward.usually(),
            peers: account.peers.all().to_vec(),
        }
    }
}

fn lesson(about: About, account: Id, last: Time, learned: &impl Serialize) -> Lesson {
    // Plain data always has a form in bytes.
    Lesson { about, account, last, learned: postcard::to_allocvec(learned).unwrap_or_default() }
}

/// A number one can reckon with.
pub(super) fn sane(number: f32) -> f32 {
    if number.is_finite() { number.max(0.0) } else { 0.0 }
}
