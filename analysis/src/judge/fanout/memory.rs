//! What is remembered of an account from one run to the next: whom it talks to, who is on its list,
//! and what is usual for it; and which places links have led to.
//!
//! No name, no word and no suspicion is among it: accounts and places stand there by the numbers of
//! [`super::ids`], which are the same in every run. Where it is kept is somebody else's business; what
//! is asked for comes back when an account is heard of for the first time. It may have been written
//! by a stranger: whatever it says, it is bounded and can be reckoned with.

use std::fmt::Debug;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Fanout;
use super::account::{Account, seconds};
use super::flood::Usually;
use super::hijack::Habits;
use super::ids::Id;
use super::keys::Content;
use super::payload::{Key, Level};
use super::peers::Peer;
use super::prior::{Customs, Prior};
use super::table::Standing as _;
use crate::Time;
use crate::judge::networks::Networks;
use crate::judge::snug::Moment;

/// What was learned in earlier runs.
pub trait Memory: Debug + Send {
    /// What is remembered under this number.
    fn recall(&mut self, about: About, id: u64) -> Option<Vec<u8>>;

    /// Accounts that are remembered.
    fn accounts(&self) -> u64;

    /// When there was somebody listening.
    fn listened(&self) -> Option<Listened>;
}

/// What is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum About {
    /// Whom an account talks to, and how much.
    People,
    /// From where, when and with what an account signs on.
    SignOns,
    /// That links lead to a place.
    Places,
    /// What people do on the networks that are heard.
    Customs,
}

/// Something that was learned, to be remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// Of what kind.
    pub about: About,
    /// The number of the account or place.
    pub id: u64,
    /// When it was last heard of.
    pub last: Time,
    /// What [`Memory::recall`] is to give back.
    pub learned: Vec<u8>,
}

impl Lesson {
    /// Which form lessons have, and the numbers they go by. One in another form is of no use.
    pub const FORM: u32 = 2;
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
    /// Accounts that are remembered and have not been heard of yet.
    waiting: u64,
    /// Customs as they are remembered.
    customs: Customs,
}

/// A copy knows whoever has come back by now, and asks nobody about others.
impl Clone for Newcomers {
    fn clone(&self) -> Self {
        let Self { waiting, customs, .. } = *self;
        Self { networks: self.networks.clone(), memory: None, waiting, customs }
    }
}

/// Nanoseconds after which whoever has not listened does not know any more who is a stranger.
const ABSENCE: i64 = 7 * 86_400 * 1_000_000_000;
/// The number of what is no account's.
const EVERYBODY: Id = 0;
/// Bytes of one lesson: more than the longest has.
const LONGEST: usize = 8_192;

/// An account, as it is remembered.
#[derive(Serialize, Deserialize)]
struct People {
    first: u32,
    last: u32,
    start: Option<i64>,
    spoke: Option<i64>,
    contacts: u16,
    begins: bool,
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
        self.waiting = self.waiting.saturating_sub(1);
        // Nothing can have happened after now.
        let past = |nanos: i64| Time(nanos).min(at);
        let now = seconds(at);
        (fresh.first, fresh.last) = (known.first.min(now), known.last.min(now));
        fresh.start = known.start.map(past).map(Moment::from);
        fresh.spoke = known.spoke.map(past).map(Moment::from);
        fresh.contacts = known.contacts;
        fresh.begins = known.begins;
        fresh.prior = known.prior.sane();
        fresh.out.recall(known.out, at);
        fresh.inward.recall(known.inward, at);
        fresh.peers.recall(&known.peers);
        fresh
    }

    /// How an account has signed on.
    pub(super) fn habits(&mut self, id: Id) -> Habits {
        self.recall(About::SignOns, id).map_or_else(Habits::default, Habits::sane)
    }

    /// A content that was just heard of.
    pub(super) fn content(&mut self, key: Key, from: Id, at: Time) -> Content {
        let is_place = key.level == Level::Domain;
        let known = if is_place { self.recall(About::Places, key.id) } else { None };
        Content::new(from, at, is_place, known.unwrap_or_default())
    }

    /// Whether somebody led to a place in an earlier run.
    pub(super) fn has_place(&mut self, id: Id) -> bool {
        self.recall::<u32>(About::Places, id).is_some()
    }

    /// Accounts of all networks where so many have been heard of, as far as one knows.
    pub(super) fn population(&self, heard: usize) -> usize {
        heard.saturating_add(usize::try_from(self.waiting).unwrap_or(usize::MAX))
    }

    fn recall<T: DeserializeOwned>(&mut self, about: About, id: Id) -> Option<T> {
        let bytes = self.memory.as_mut()?.recall(about, id)?;
        // What cannot be read is as good as forgotten.
        if bytes.len() > LONGEST { None } else { postcard::from_bytes(&bytes).ok() }
    }
}

impl Fanout {
    /// Remembers what was learned in earlier runs, and what is learned from now on.
    pub(in crate::judge) fn remember(&mut self, memory: Box<dyn Memory>) {
        self.newcomers.waiting = memory.accounts();
        self.newcomers.memory = Some(memory);
        let customs = self.newcomers.recall::<Customs>(About::Customs, EVERYBODY);
        self.customs = customs.unwrap_or_default().sane();
        self.newcomers.customs = self.customs;
        self.accounts.follow();
        self.habits.follow();
        self.contents.follow();
    }

    /// The first line of this run was heard. Who was here all the time knows who is a stranger.
    pub(super) fn begin(&mut self, at: Time) {
        let listened = self.newcomers.memory.as_ref().and_then(|memory| memory.listened());
        let lately = listened.filter(|past| at.since(past.until) < ABSENCE);
        self.began = Some(lately.map_or(at, |past| past.since.min(at)));
    }

    /// Tells what was learned and not yet told, at most `most` lessons of each kind; whether that
    /// was all.
    pub(in crate::judge) fn lessons(&mut self, most: usize, learn: &mut dyn FnMut(Lesson)) -> bool {
        let accounts = self.accounts.changed(most, |id, account| {
            learn(lesson(About::People, id, account.last(), &People::of(account)));
        });
        let habits = self.habits.changed(most, |id, habits| {
            learn(lesson(About::SignOns, id, habits.heard(), habits));
        });
        let contents = self.contents.changed(most, |id, content| {
            if let Some((last, spread)) = content.place() {
                learn(lesson(About::Places, id, last, &spread));
            }
        });
        let all = accounts.max(habits).max(contents) < most;
        // Customs change with every contact: they are told when the rest was.
        if all && self.newcomers.memory.is_some() && self.newcomers.customs != self.customs {
            self.newcomers.customs = self.customs;
            learn(lesson(About::Customs, EVERYBODY, self.now, &self.customs));
        }
        all
    }

    /// From when until when was listened.
    pub(in crate::judge) fn listened(&self) -> Option<Listened> {
        self.began.map(|since| Listened { since, until: self.now })
    }
}

impl People {
    fn of(account: &Account) -> Self {
        let nanos = |moment: Moment| Time::from(moment).0;
        Self {
            first: account.first,
            last: account.last,
            start: account.start.map(nanos),
            spoke: account.spoke.map(nanos),
            contacts: account.contacts,
            begins: account.begins,
            prior: account.prior,
            out: account.out.usually(),
            inward: account.inward.usually(),
            peers: account.peers.all().collect(),
        }
    }
}

fn lesson(about: About, id: Id, last: Time, learned: &impl Serialize) -> Lesson {
    // Plain data always has a form in bytes.
    Lesson { about, id, last, learned: postcard::to_allocvec(learned).unwrap_or_default() }
}

/// A number one can reckon with.
pub(super) fn sane(number: f32) -> f32 {
    if number.is_finite() { number.max(0.0) } else { 0.0 }
}

#[cfg(test)]
mod tests;
