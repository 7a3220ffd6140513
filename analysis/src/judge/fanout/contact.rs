//! One account sends something to one place: what is noted of both, and what the bank is told.

use super::account::{Account, Content, Peer, Recipient, SUSPECT, Sending, Sent, seconds, short};
use super::bank::{BANK, Bank, METADATA};
use super::features::{Contact, Feature, Novelty, gap};
use super::ids::Id;
use super::payload::{Class, Key, Level, Payload};
use super::spread::Spread;
use super::{Fanout, Place};
use crate::Time;
use crate::told::Head;

/// What is sent to a decoy is a program's.
const DECOY: f32 = 12.0;
/// Silence after which a message starts a contact.
const SILENCE: u32 = 3_600;
/// A message within this time after one from the other side is a reply.
const REPLY: u32 = 600;
const REPLIES: i64 = 600_000_000_000;
/// Typing, and being busy, belong to what follows within this time.
const MINUTE: i64 = 60_000_000_000;
/// Somebody came online or joined just before.
const CAME: i64 = 5_000_000_000;
/// New accounts may add so many strangers before those mean anything.
const STRANGERS: u32 = 20;
/// The sensor has seen enough to know who is a stranger.
const SEASONED: i64 = 7 * 86_400 * 1_000_000_000;
/// Share of events with bytes lost before them from which nothing is concluded from absence.
const LOSSY: f32 = 0.1;

/// What is known of the recipient, read before the sender is touched.
#[derive(Clone, Copy, Debug, Default)]
struct Recipience {
    came: Option<(Time, Id)>,
    spoke: Option<Time>,
    offline: bool,
    /// The content was new to them.
    fresh: bool,
}

/// A sending, with what its recipient had done before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contacted<'a> {
    pub(super) from: Id,
    pub(super) to: Place<'a>,
    pub(super) at: Time,
    /// Their last sign-on or joining, and where.
    pub(super) came: Option<(Time, Id)>,
    pub(super) spoke: Option<Time>,
    /// They had written to the sender.
    pub(super) reply: bool,
}

impl Fanout {
    /// Somebody sends something somewhere.
    pub(super) fn contact(
        &mut self,
        head: &Head,
        from: Id,
        name: &str,
        to: Place<'_>,
        payload: &Payload,
    ) {
        if from == to.id {
            return;
        }
        let at = head.timestamp.unwrap_or(self.now);
        let recipience = self.receive(from, to, payload, at);
        let trust = if self.is_seasoned() && self.lossy < LOSSY { 1.0 } else { 0.5 };
        let Self { newcomers, accounts, .. } = &mut *self;
        let make = || newcomers.account(from, to.network, name, at);
        let Some(sender) = accounts.meet(from, make) else { return };
        sender.last = sender.last.max(at);
        sender.spoke = Some(at.into());
        let now = seconds(at);
        let before = sender.peers.change(to.id, |peer| peer.out = now);
        let begins = before.out == 0 || now.saturating_sub(before.out) >= SILENCE;
        let starts = begins || payload.active();
        if to.room && payload.long && !payload.active() {
            self.spoken(head, from, to, payload, at);
        }
        if !starts {
            return;
        }
        let Some(sender) = self.accounts.get_mut(from) else { return };
        let mut contact = Contact {
            novelty: sender.novelty(before.novelty(now)),
            trust,
            reply: (!to.room)
                .then_some(before.back > 0 && now.saturating_sub(before.back) <= REPLY),
            gap: sender.start.and_then(|start| gap(start.into(), at, head.time_resolution)),
            class: payload.class,
            begins,
            ..Contact::default()
        };
        let place = payload.keys.iter().find(|key| key.level == Level::Domain);
        let mut known = |id| self.contents.get(id).is_some() || self.newcomers.has_place(id);
        contact.unheard = place.map(|place| !known(place.id));
        sender.start = Some(at.into());
        sender.contacts = sender.contacts.saturating_add(1);
        let same = sender.same(payload, short(to.id), at);
        let weight = same.map(|key| self.contents.weight_of(key, self.population()));
        let Some(sender) = self.accounts.get_mut(from) else { return };
        if payload.keyed {
            contact.same = Some((weight.is_some_and(|weight| weight > 0.0), weight.unwrap_or(1.0)));
        }
        let inherited = sender.got.same(payload, at);
        let (key, inherited) = inherited.map(|(key, receipt)| (key, *receipt)).unzip();
        let weight = key.map(|key| self.contents.weight_of(key, self.population()));
        let Some(sender) = self.accounts.get_mut(from) else { return };
        if payload.tracked() {
            contact.inherited = Some((inherited.is_some(), weight.unwrap_or(1.0)));
        }
        if self.lists.is_decoy(to) {
            contact.add(Feature::Decoy, DECOY);
        }
        sender.circumstances(&mut contact, payload, to, at, recipience);
        sender.weigh(&contact, payload, at, self.lossy < LOSSY);
        self.after_sign_on(head, from, before.novelty(now), at);
        if !payload.tracked() {
            return self.suspect(head, from, at);
        }
        let Some(sender) = self.accounts.get_mut(from) else { return };
        let novel = before.novelty(now) != Novelty::Recent;
        sender.note(
            payload,
            to,
            at,
            novel,
            contact.reply == Some(true),
            before.place,
            head.pcap_cnt,
        );
        let contacted = Contacted {
            from,
            to,
            at,
            came: recipience.came,
            spoke: recipience.spoke,
            reply: contact.reply == Some(true),
        };
        self.greeted(head, &contacted, payload);
        let spread = Spread { from, to, at, inherited, fresh: recipience.fresh };
        self.sent_on(head, &spread, payload);
    }

    /// Contact without content, too much of it: a suspicion at most.
    fn suspect(&mut self, head: &Head, from: Id, at: Time) {
        let Some(account) = self.accounts.get(from) else { return };
        let score = account.bank.as_ref().map_or(0.0, |bank| bank.score(METADATA));
        if BANK.get(METADATA).is_some_and(|test| score >= test.threshold) {
            self.suspected(head, from, at);
        }
    }

    /// Whether the sensor has listened for long enough to know who is a stranger.
    pub(super) fn is_seasoned(&self) -> bool {
        self.began.is_some_and(|began| self.now.since(began) >= SEASONED)
    }

    /// Notes at the recipient's that something came.
    fn receive(&mut self, from: Id, to: Place<'_>, payload: &Payload, at: Time) -> Recipience {
        let Self { newcomers, accounts, .. } = self;
        let make = || newcomers.account(to.id, to.network, to.name, at);
        let Some(recipient) = accounts.meet(to.id, make) else {
            return Recipience::default();
        };
        recipient.last = recipient.last.max(at);
        if to.room {
            return Recipience { fresh: true, ..Recipience::default() };
        }
        let now = seconds(at);
        let before = recipient.peers.change(from, |peer| peer.back = now);
        recipient.answered_by(short(from), at);
        let fresh = payload.tracked() && recipient.got.push(payload, from, at, before.talked(now));
        Recipience {
            came: recipient.came(),
            spoke: recipient.spoke.map(Time::from),
            offline: recipient.offline,
            fresh,
        }
    }
}

impl Peer {
    /// Whether the two are talking.
    fn talked(&self, now: u32) -> bool {
        let last = self.out.max(self.back);
        last > 0 && now.saturating_sub(last) <= REPLY
    }
}

impl Account {
    /// How new the recipient is, unless the account is so young that everybody is.
    fn novelty(&self, novelty: Novelty) -> Option<Novelty> {
        let young = self.last.since(self.first) < SEASONED && self.contacts < STRANGERS;
        (novelty != Novelty::Unknown || !young).then_some(novelty)
    }

    /// The key under which the same went to somebody else within a day.
    fn same(&mut self, payload: &Payload, to: u32, at: Time) -> Option<Key> {
        let sent = self.sent.as_mut()?;
        sent.expire(at);
        if sent.to.is_empty() {
            self.sent = None;
            return None;
        }
        sent.same(payload, to)
    }

    /// Evidence with a weight of its own.
    fn circumstances(
        &self,
        contact: &mut Contact,
        payload: &Payload,
        to: Place<'_>,
        at: Time,
        recipient: Recipience,
    ) {
        if !payload.active() {
            return;
        }
        let within = |then: Option<Time>, span: i64| {
            then.is_some_and(|then| (0..=span).contains(&at.since(then)))
        };
        if let Some((whom, when)) = self.typed() {
            let typed = whom == short(to.id) && within(Some(when), MINUTE);
            contact.add(Feature::Typing, if typed { -2.0 } else { 0.7 });
        }
        if within(recipient.came.map(|(came, _)| came), CAME) {
            contact.add(Feature::Presence, 2.5);
        }
        if recipient.offline {
            contact.add(Feature::Error, 1.2);
        }
        let first = self.sent.as_ref().is_none_or(|sent| !sent.dangerous);
        if first && (payload.bare || payload.executable) {
            let bare = if payload.bare { 2.5 } else { 0.0 };
            contact.add(Feature::Name, if payload.executable { 2.0_f32.max(bare) } else { bare });
        }
        if within(self.busy(), MINUTE) && self.sent.is_none() {
            contact.add(Feature::Busy, 1.0);
        }
        let sent = self.sent.as_ref();
        contact.again = sent.is_some_and(|sent| sent.sent_to(to.id));
    }

    /// Lets the bank weigh a contact; an innocent one to somebody known teaches what is usual.
    fn weigh(&mut self, contact: &Contact, payload: &Payload, at: Time, lossless: bool) {
        if let Some(bank) = self.bank.as_mut() {
            bank.fade(at);
        }
        if contact.class == Class::Plain {
            self.prior.pace(contact.gap);
        }
        let known = contact.novelty == Some(Novelty::Recent) && payload.keyed;
        if known && self.progress() < SUSPECT {
            let same = contact.same.is_some_and(|(same, _)| same);
            self.prior.learn(payload.class, contact.begins, same);
        }
        if contact.class == Class::Plain && self.bank.is_none() {
            return;
        }
        let bank = self.bank.get_or_insert_with(|| Box::new(Bank::new(at)));
        bank.hear(contact, &self.prior);
        if lossless && let Some(sent) = &mut self.sent {
            sent.silence(at, bank);
        }
        if bank.is_spent() {
            self.bank = None;
        }
    }

    /// Remembers an active payload.
    #[expect(clippy::too_many_arguments, reason = "each is a circumstance of one sending")]
    fn note(
        &mut self,
        payload: &Payload,
        to: Place<'_>,
        at: Time,
        novel: bool,
        reply: bool,
        place: u32,
        frame: Option<u64>,
    ) {
        let sent = self.sent.get_or_insert_with(Box::<Sent>::default);
        sent.dangerous |= payload.bare || payload.executable;
        sent.visible |= payload.active();
        sent.files |= payload.class == Class::File;
        let recipient = Recipient {
            who: to.id,
            name: to.name.into(),
            at: seconds(at),
            place,
            novel,
            reply,
            room: to.room,
        };
        let sending =
            Sending { content: Content::of(payload), to: short(to.id), at, settled: false };
        sent.push(sending, recipient, frame);
        let listed = self.peers.listed();
        if let Some(bank) = &mut self.bank {
            sent.walk(listed, bank);
        }
    }

    /// Somebody wrote to this account: an answer, where it had sent them something before.
    fn answered_by(&mut self, who: u32, at: Time) {
        let Some(sent) = &mut self.sent else { return };
        let answered =
            |sending: &&mut Sending| sending.to == who && at.since(sending.at) <= REPLIES;
        let Some(sending) = sent.open().find(answered) else { return };
        sending.settled = true;
        if sent.answers < ANSWERS {
            sent.answers += 1;
            if let Some(bank) = &mut self.bank {
                bank.add(Feature::Answer, -1.5);
            }
        }
    }
}

/// Answers and silences that count within one episode: some worms answer, and so do some victims.
const ANSWERS: u8 = 2;
const SILENCES: u8 = 6;

/// Recipients from which the way through a buddy list can be told.
const WALK: usize = 6;

impl Sent {
    /// Half the buddy list, or the list in its order: programs walk so.
    fn walk(&mut self, listed: usize, bank: &mut Bank) {
        if self.to.len() < WALK {
            return;
        }
        let places: Vec<u32> =
            self.to.iter().map(|to| to.place).filter(|place| *place > 0).collect();
        if !self.covered && places.len() >= WALK && places.len() * 2 >= listed {
            self.covered = true;
            bank.add(Feature::Coverage, 2.5);
        }
        let mut names: Vec<&str> = self.to.iter().map(|to| &*to.name).collect();
        names.sort_unstable();
        let rank = |name: &str| names.iter().position(|other| *other == name).unwrap_or_default();
        let alphabet: Vec<u32> = self.to.iter().map(|to| rank(&to.name) as u32).collect();
        if !self.ordered && (in_order(&places) || in_order(&alphabet)) {
            self.ordered = true;
            bank.add(Feature::Order, 3.0);
        }
    }

    /// Payloads that were not answered in time.
    fn silence(&mut self, at: Time, bank: &mut Bank) {
        let mut silent = 0;
        for sending in self.open().filter(|sending| at.since(sending.at) > REPLIES) {
            sending.settled = true;
            silent += 1;
        }
        for _ in 0..silent {
            if self.silences < SILENCES {
                self.silences += 1;
                bank.add(Feature::Silence, 0.3);
            }
        }
    }
}

/// Whether places ascend or descend, but for one step in ten.
fn in_order(places: &[u32]) -> bool {
    let steps = places.len().saturating_sub(1);
    let up = places.windows(2).filter(|pair| pair.first() < pair.last()).count();
    places.len() >= WALK && up.max(steps - up) * 10 >= steps * 9
}

/// Whether a key found twice says anything.
pub(super) fn telling(level: Level, spread: u32) -> f32 {
    match level {
        Level::Exact | Level::Pattern | Level::Text => 1.0,
        Level::Shape | Level::Weak => 0.8,
        // A domain only while hardly anybody else leads there.
        Level::Domain if spread <= 3 => 0.6,
        Level::Domain => 0.0,
    }
}
