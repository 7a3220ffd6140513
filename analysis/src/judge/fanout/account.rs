//! What is kept of one account: whom it talks to, what it sent and received lately, its scores.
//!
//! Most accounts are a name and a dozen peers; everything a suspicion needs is made when the first
//! link or file is sent. Nothing here grows without end.

use compact_str::CompactString;
use thin_vec::ThinVec;

use super::bank::Bank;
use super::flood::Rate;
use super::ids::Id;
use super::keys::identifies;
use super::payload::{Key, Level, Payload};
use super::peers::Peers;
use super::prior::Prior;
use super::table::Standing;
use super::tree::Lure;
use crate::Time;
use crate::content::near;
use crate::judge::networks::Network;
use crate::judge::snug::{Moment, push};

/// An account, or a room that is written to. A million of them are remembered: what few have is
/// behind a pointer, and `docs/worms.md` says how many bytes one takes.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) network: Network,
    pub(super) name: CompactString,
    /// When it was first and last heard of, in [`seconds`].
    pub(super) first: u32,
    pub(super) last: u32,
    /// The last contact start.
    pub(super) start: Option<Moment>,
    /// When it said something last, to anybody.
    pub(super) spoke: Option<Moment>,
    /// Its last sign-on or joining, and the room, 0 for none.
    came: Option<Moment>,
    door: u32,
    /// Whom it last wrote to, as its program told the other, and when: 0 for never.
    typed: u32,
    typed_to: u32,
    /// Contact starts.
    pub(super) contacts: u16,
    pub(super) prior: Prior,
    /// How much it says, and is told.
    pub(super) out: Rate,
    pub(super) inward: Rate,
    pub(super) offline: bool,
    /// It has begun a conversation unasked.
    pub(super) begins: bool,
    pub(super) peers: Peers,
    pub(super) bank: Option<Box<Bank>>,
    pub(super) sent: Option<Box<Sent>>,
    pub(super) got: Got,
    pub(super) rare: Option<Box<Rare>>,
}

/// What few accounts have.
#[derive(Clone, Debug, Default)]
pub(super) struct Rare {
    /// When it set itself busy.
    pub(super) busy: Option<Moment>,
    /// How often it comes, goes or changes its name.
    pub(super) moves: Rate,
    /// Who sends to it while it is told too much.
    pub(super) senders: ThinVec<Id>,
}

impl Account {
    /// Somebody who was just heard of.
    pub(super) fn new(network: Network, name: &str, at: Time) -> Self {
        Self {
            network,
            name: name.into(),
            first: seconds(at),
            last: seconds(at),
            start: None,
            spoke: None,
            came: None,
            door: 0,
            typed: 0,
            typed_to: 0,
            contacts: 0,
            prior: Prior::default(),
            out: Rate::default(),
            inward: Rate::default(),
            offline: false,
            begins: false,
            peers: Peers::default(),
            bank: None,
            sent: None,
            got: Got::default(),
            rare: None,
        }
    }

    /// It signed on, or joined a room: its door, 0 for none.
    pub(super) fn comes(&mut self, at: Time, door: Id) {
        (self.came, self.door) = (Some(at.into()), door as u32);
    }

    /// Its last sign-on or joining, and where.
    pub(super) fn came(&self) -> Option<(Time, Id)> {
        Some((self.came?.into(), self.door.into()))
    }

    /// It writes something to somebody.
    pub(super) fn types(&mut self, to: Id, at: Time) {
        (self.typed, self.typed_to) = (seconds(at), short(to));
    }

    /// Whom it last wrote to, as its program told, and when.
    pub(super) fn typed(&self) -> Option<(u32, u32)> {
        (self.typed > 0).then_some((self.typed_to, self.typed))
    }

    /// Seconds between the first and the last that was heard of it.
    pub(super) fn age(&self) -> u32 {
        self.last.saturating_sub(self.first)
    }

    /// It was heard of.
    pub(super) fn heard(&mut self, at: Time) {
        self.last = self.last.max(seconds(at));
    }

    /// When it set itself busy.
    pub(super) fn busy(&self) -> Option<Time> {
        self.rare.as_ref()?.busy.map(Time::from)
    }

    /// Whether what it sends can be the same as something else it sent or got.
    pub(super) fn compares(&self) -> bool {
        self.sent.is_some() || !self.got.is_empty()
    }

    /// How close to an alert it is.
    pub(super) fn progress(&self) -> f32 {
        self.bank.as_ref().map_or(0.0, |bank| bank.progress())
    }
}

/// Half way to an alert, nobody is forgotten.
impl Standing for Account {
    fn rank(&self) -> u32 {
        u32::from(self.progress() >= SUSPECT)
    }

    fn last(&self) -> Time {
        Time::from_secs(self.last.into())
    }
}

/// Part of a threshold from which an account is under suspicion.
pub(super) const SUSPECT: f32 = 0.5;

/// Seconds since 1970, which is as fine as memory of days needs.
pub(super) fn seconds(at: Time) -> u32 {
    u32::try_from((at.0 / 1_000_000_000).max(1)).unwrap_or(u32::MAX)
}

/// The short form in which peers are kept.
pub(super) fn short(id: Id) -> u32 {
    (id ^ id >> 32) as u32
}

/// Seconds of an hour, a day, and a week.
pub(super) const HOUR: u32 = 3_600;
pub(super) const DAY: u32 = 86_400;
pub(super) const WEEK: u32 = 7 * DAY;

/// The keys of a payload that are kept, and its text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Content {
    ids: [Id; KEYS],
    near: u64,
    levels: [u8; KEYS],
}

/// Keys kept of one payload.
const KEYS: usize = 3;

impl Content {
    pub(super) fn of(payload: &Payload) -> Self {
        let (mut ids, mut levels) = ([0; KEYS], [u8::MAX; KEYS]);
        // The domain has to stay, whatever stands before it.
        let many = payload.keys.len().saturating_sub(KEYS);
        let kept = payload.keys.iter().enumerate();
        let kept = kept.filter(|(at, _)| *at < 2 || *at >= 2 + many).map(|(_, key)| key);
        for ((id, level), key) in ids.iter_mut().zip(&mut levels).zip(kept) {
            (*id, *level) = (key.id, key.level as u8);
        }
        Self { ids, near: payload.near.unwrap_or_default(), levels }
    }

    /// The most specific key both have; near-duplicate text counts as text.
    pub(super) fn common(&self, payload: &Payload) -> Option<Key> {
        let mine = |key: &&Key| {
            let mut kept = self.ids.iter().zip(self.levels);
            kept.any(|(id, level)| *id == key.id && level == key.level as u8)
        };
        if let Some(key) = payload.keys.iter().find(mine) {
            return Some(*key);
        }
        let near = payload.near.filter(|near| self.near != 0 && near::alike(self.near, *near))?;
        Some(Key { level: Level::Text, id: near })
    }
}

/// Active payloads sent within a day.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each was noticed or not")]
pub(super) struct Sent {
    last: ThinVec<Sending>,
    /// Distinct recipients within a day, by when they were last sent something.
    pub(super) to: ThinVec<Recipient>,
    /// Answers and silences that were counted in this episode.
    pub(super) answers: u8,
    pub(super) silences: u8,
    /// The links lead to addresses or what they carry runs.
    pub(super) dangerous: bool,
    /// It could be seen that there were links or files.
    pub(super) visible: bool,
    pub(super) files: bool,
    /// Coverage and order of the buddy list were counted.
    pub(super) covered: bool,
    pub(super) ordered: bool,
    /// Frames of them.
    pub(super) frames: ThinVec<u64>,
}

/// One active payload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sending {
    pub(super) content: Content,
    pub(super) to: u32,
    pub(super) at: Time,
    pub(super) settled: bool,
}

/// Somebody who got one.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each was noticed or not")]
pub(super) struct Recipient {
    pub(super) who: Id,
    pub(super) name: CompactString,
    pub(super) at: u32,
    pub(super) place: u32,
    /// When they first got a lure, 0 for never.
    pub(super) lured: u32,
    /// They had not been talked to for a week.
    pub(super) novel: bool,
    /// They had written first.
    pub(super) reply: bool,
    /// The same when they got that lure.
    pub(super) replied: bool,
    /// It is a room.
    pub(super) room: bool,
}

impl Recipient {
    /// The lure they got, and from whom.
    pub(super) fn lure(&self, by: Id) -> Option<Lure> {
        (self.lured > 0).then_some(Lure { by, at: self.lured, reply: self.replied, new: true })
    }
}

const SENDINGS: usize = 8;
const RECIPIENTS: usize = 64;
const FRAMES: usize = 20;

impl Sent {
    /// Forgets what is older than a day.
    pub(super) fn expire(&mut self, now: Time) {
        let limit = seconds(now).saturating_sub(DAY);
        self.last.retain(|sending| seconds(sending.at) > limit);
        self.to.retain(|recipient| recipient.at > limit);
        if self.to.is_empty() {
            *self = Self::default();
        }
    }

    /// What was sent to somebody other than `to` that has a key of this payload.
    pub(super) fn same(&self, payload: &Payload, to: u32) -> Option<Key> {
        let others = self.last.iter().filter(|sending| sending.to != to);
        others.filter_map(|sending| sending.content.common(payload)).min_by_key(|key| key.level)
    }

    /// Whether somebody got what this payload is, too.
    pub(super) fn went_to(&self, payload: &Payload, who: u32) -> bool {
        let theirs = self.last.iter().filter(|sending| sending.to == who);
        theirs
            .filter_map(|sending| sending.content.common(payload))
            .any(|key| identifies(key.level))
    }

    /// Whether somebody gets one after another, or the same once more.
    pub(super) fn again(&self, who: Id, payload: &Payload, now: u32) -> bool {
        let lately = |at: u32| now.saturating_sub(at) < HOUR;
        self.to.iter().any(|recipient| recipient.who == who && lately(recipient.at))
            || self.went_to(payload, short(who))
    }

    /// Notes one more.
    pub(super) fn push(&mut self, sending: Sending, recipient: Recipient, frame: Option<u64>) {
        if self.last.len() == SENDINGS {
            self.last.remove(0);
        }
        push(&mut self.last, sending);
        if let Some(frame) = frame
            && self.frames.len() < FRAMES
        {
            push(&mut self.frames, frame);
        }
        if let Some(known) = self.to.iter_mut().find(|known| known.who == recipient.who) {
            known.at = recipient.at;
            if known.lured == 0 {
                (known.lured, known.replied) = (recipient.lured, recipient.replied);
            }
            return;
        }
        if self.to.len() == RECIPIENTS {
            self.to.remove(0);
        }
        push(&mut self.to, recipient);
    }

    /// Those who got lures.
    pub(super) fn lures(&self) -> impl Iterator<Item = &Recipient> {
        self.to.iter().filter(|to| to.lured > 0)
    }

    /// Of each recipient the lure they got, or that they got what this payload is.
    pub(super) fn lures_like(&self, payload: &Payload, by: Id) -> Vec<Option<Lure>> {
        let lure = |to: &Recipient| {
            let again = Lure { by, at: to.at, reply: to.reply, new: false };
            let same = || self.went_to(payload, short(to.who)).then_some(again);
            to.lure(by).or_else(same)
        };
        self.to.iter().map(lure).collect()
    }

    /// Payloads that nobody has answered yet.
    pub(super) fn open(&mut self) -> impl Iterator<Item = &mut Sending> {
        self.last.iter_mut().filter(|sending| !sending.settled)
    }
}

/// Active payloads received.
#[derive(Clone, Debug, Default)]
pub(super) struct Got(ThinVec<Receipt>);

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receipt {
    content: Content,
    pub(super) from: Id,
    pub(super) at: Time,
    /// It came into a conversation that was going on.
    pub(super) expected: bool,
}

impl Receipt {
    /// Whether this is the very content of a payload.
    pub(super) fn same(&self, payload: &Payload) -> bool {
        self.content.common(payload).is_some_and(|key| identifies(key.level))
    }
}

const RECEIPTS: usize = 6;
/// Receipts of one content of which no more are noted when there is no room.
const ALIKE: usize = 3;

impl Got {
    /// Whether there was none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes one more; whether its content is new here.
    pub(super) fn push(&mut self, payload: &Payload, from: Id, at: Time, expected: bool) -> bool {
        let alike = self.0.iter().filter(|receipt| receipt.content.common(payload).is_some());
        let fresh = alike.clone().next().is_none();
        if self.0.len() == RECEIPTS {
            if alike.count() >= ALIKE {
                // Who brought it first matters more than who brings it still.
                return false;
            }
            self.0.remove(0);
        }
        push(&mut self.0, Receipt { content: Content::of(payload), from, at, expected });
        fresh
    }

    /// The first that has a key of this payload and came within a day.
    pub(super) fn same(&self, payload: &Payload, now: Time) -> Option<(Key, &Receipt)> {
        let recent = |receipt: &&Receipt| now.since(receipt.at) <= i64::from(DAY) * 1_000_000_000;
        self.0.iter().filter(recent).find_map(|receipt| {
            let key = receipt.content.common(payload)?;
            (key.level < Level::Domain).then_some((key, receipt))
        })
    }

    /// The last one that came unasked within a day before `at`.
    pub(super) fn unasked(&self, at: Time) -> Option<&Receipt> {
        self.all_unasked(at).next()
    }

    /// All of them, the last one first.
    pub(super) fn all_unasked(&self, at: Time) -> impl Iterator<Item = &Receipt> {
        self.0.iter().rev().filter(move |receipt| {
            !receipt.expected
                && at.since(receipt.at) >= 0
                && at.since(receipt.at) <= i64::from(DAY) * 1_000_000_000
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_small() {
        assert!(size_of::<(Id, Account)>() <= 208, "{}", size_of::<(Id, Account)>());
        assert!(size_of::<Bank>() <= 40, "{}", size_of::<Bank>());
    }
}
