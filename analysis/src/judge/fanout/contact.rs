//! One account sends something to one place: what is noted of both, and what the bank is told.

use super::account::{
    Account, Content, Receipt, Recipient, SUSPECT, Sending, Sent, WEEK, seconds, short,
};
use super::bank::{BANK, Bank, METADATA};
use super::features::{Contact, Feature, Novelty, gap};
use super::ids::Id;
use super::payload::{Class, Key, Level, Payload};
use super::peers::Peer;
use super::prior::Customs;
use super::spread::Spread;
use super::table::Seat;
use super::tree::Lure;
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
/// Typing, and being busy, belong to what follows within a minute.
const TYPED: u32 = 60;
const MINUTE: i64 = 60_000_000_000;
/// Somebody came online or joined just before.
const CAME: i64 = 5_000_000_000;
/// New accounts may add so many strangers before those mean anything.
const STRANGERS: u16 = 20;
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

/// Where two accounts lie, if they are known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seats {
    pub(super) from: Option<Seat>,
    pub(super) to: Option<Seat>,
}

/// A contact that may mean something, with what was known of both before.
#[derive(Clone, Copy, Debug)]
struct Turn<'a> {
    from: Id,
    here: Seat,
    to: Place<'a>,
    at: Time,
    recipience: Recipience,
    /// What the sender's account knew of the recipient.
    before: Peer,
    /// Nothing was said to them for an hour.
    begins: bool,
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
    /// Somebody sends something somewhere. Gives where both lie, as far as they are known; `seats` is what
    /// was known of that before.
    pub(super) fn contact(
        &mut self,
        head: &Head,
        from: Id,
        name: &str,
        to: Place<'_>,
        payload: &Payload,
        seats: Seats,
    ) -> Seats {
        if from == to.id {
            return seats;
        }
        let at = head.timestamp.unwrap_or(self.now);
        let most = self.most_peers();
        let (there, recipience) = self.receive(from, to, payload, at, most, seats.to);
        let Self { newcomers, accounts, .. } = &mut *self;
        let make = || newcomers.account(from, to.network, name, at);
        let here = accounts.sit(seats.from, from, make);
        let seats = Seats { from: Some(here), to: Some(there) };
        let Some(sender) = accounts.look(here) else { return seats };
        sender.heard(at);
        sender.spoke = Some(at.into());
        sender.offline = false;
        let now = seconds(at);
        let before = sender.peers.change(to.id, most, |peer| peer.out = now);
        let begins = before.out == 0 || now.saturating_sub(before.out) >= SILENCE;
        if to.room && payload.long && !payload.active() {
            self.spoken(head, from, to, payload, at);
        }
        if begins || payload.active() {
            let turn = Turn { from, here, to, at, recipience, before, begins };
            self.starts(head, &turn, payload);
        }
        seats
    }

    /// Where two accounts lie.
    pub(super) fn seats(&self, from: Id, to: Id) -> Seats {
        Seats { from: self.accounts.seat(from), to: self.accounts.seat(to) }
    }

    /// A conversation begins, or there is a link or a file in one.
    fn starts(&mut self, head: &Head, turn: &Turn<'_>, payload: &Payload) {
        let Turn { from, here, to, at, recipience, before, begins } = *turn;
        let now = seconds(at);
        let trust = if self.is_seasoned() && self.lossy < LOSSY { 1.0 } else { 0.5 };
        let (known, lossless) = (self.accounts.len(), self.lossy < LOSSY);
        let Self { accounts, contents, lists, newcomers, customs, .. } = &mut *self;
        let places = payload.keys.iter().filter(|key| key.level == Level::Domain);
        let unheard = places
            .map(|place| contents.get(place.id).is_none() && !newcomers.has_place(place.id))
            .reduce(|one, other| one || other);
        let said_by_all = |key| contents.weight_of(key, newcomers.population(known));
        let Some(sender) = accounts.look(here) else { return };
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
        contact.unheard = unheard;
        sender.begins |= begins && contact.reply == Some(false);
        sender.start = Some(at.into());
        sender.contacts = sender.contacts.saturating_add(1);
        let same = sender.same(payload, short(to.id), at);
        let weight = same.map(said_by_all);
        if payload.keyed {
            contact.same = Some((weight.is_some_and(|weight| weight > 0.0), weight.unwrap_or(1.0)));
        }
        let inherited = sender.got.same(payload, at);
        let (key, inherited) = inherited.map(|(key, receipt)| (key, *receipt)).unzip();
        let weight = key.map(said_by_all);
        if payload.tracked() {
            contact.inherited = Some((inherited.is_some(), weight.unwrap_or(1.0)));
        }
        if lists.is_decoy(to) {
            contact.add(Feature::Decoy, DECOY);
        }
        sender.circumstances(&mut contact, payload, to, at, recipience);
        sender.weigh(&contact, payload, at, lossless, customs);
        self.after_sign_on(head, from, before.novelty(now), at);
        if payload.tracked() {
            self.tracked(head, turn, payload, &contact, inherited);
        } else {
            self.suspect(head, from, here, at);
        }
    }

    /// Something is sent that can be told again.
    fn tracked(
        &mut self,
        head: &Head,
        turn: &Turn<'_>,
        payload: &Payload,
        contact: &Contact,
        inherited: Option<Receipt>,
    ) {
        let Turn { from, here, to, at, recipience, before, .. } = *turn;
        let now = seconds(at);
        let Some(sender) = self.accounts.look(here) else { return };
        let reply = contact.reply == Some(true);
        let new = payload.active() && contact.unheard != Some(false);
        let lure = Lure { by: from, at: now, reply, new };
        let recipient = Recipient {
            who: to.id,
            name: to.name.into(),
            at: now,
            place: before.place.into(),
            lured: if new { now } else { 0 },
            novel: before.novelty(now) != Novelty::Recent,
            reply,
            replied: reply,
            room: to.room,
        };
        sender.note(payload, recipient, at, head.pcap_cnt);
        let Recipience { came, spoke, .. } = recipience;
        let contacted = Contacted { from, to, at, came, spoke, reply };
        self.greeted(head, &contacted, payload);
        let spread = Spread { from, to, at, inherited, fresh: recipience.fresh, lure };
        self.sent_on(head, &spread, payload);
    }

    /// Contact without content, too much of it: a suspicion at most.
    fn suspect(&mut self, head: &Head, from: Id, here: Seat, at: Time) {
        let Some(account) = self.accounts.at(here) else { return };
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
    fn receive(
        &mut self,
        from: Id,
        to: Place<'_>,
        payload: &Payload,
        at: Time,
        most: usize,
        seat: Option<Seat>,
    ) -> (Seat, Recipience) {
        let Self { newcomers, accounts, .. } = self;
        let make = || newcomers.account(to.id, to.network, to.name, at);
        let seat = accounts.sit(seat, to.id, make);
        let Some(recipient) = accounts.look(seat) else { return (seat, Recipience::default()) };
        recipient.heard(at);
        if to.room {
            return (seat, Recipience { fresh: true, ..Recipience::default() });
        }
        let now = seconds(at);
        let before = recipient.peers.change(from, most, |peer| peer.back = now);
        recipient.answered_by(short(from), at);
        let fresh = payload.tracked() && recipient.got.push(payload, from, at, before.talked(now));
        let (came, spoke) = (recipient.came(), recipient.spoke.map(Time::from));
        (seat, Recipience { came, spoke, offline: recipient.offline, fresh })
    }
}

impl Peer {
    /// Whether the two are talking.
    fn talked(self, now: u32) -> bool {
        let last = self.last();
        last > 0 && now.saturating_sub(last) <= REPLY
    }
}

impl Account {
    /// How new the recipient is, unless the account is so young that everybody is.
    fn novelty(&self, novelty: Novelty) -> Option<Novelty> {
        let young = self.age() < WEEK && self.contacts < STRANGERS;
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
            let lately = seconds(at).checked_sub(when).is_some_and(|since| since <= TYPED);
            let typed = whom == short(to.id) && lately;
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
        contact.again = sent.is_some_and(|sent| sent.again(to.id, payload, seconds(at)));
    }

    /// Lets the bank weigh a contact; an innocent one to somebody known teaches what is usual.
    fn weigh(
        &mut self,
        contact: &Contact,
        payload: &Payload,
        at: Time,
        lossless: bool,
        customs: &mut Customs,
    ) {
        if let Some(bank) = self.bank.as_mut() {
            bank.fade(at);
        }
        if contact.class == Class::Plain {
            self.prior.pace(contact.gap);
        }
        let innocent = self.progress() < SUSPECT;
        let known = contact.novelty == Some(Novelty::Recent) && payload.keyed;
        if known && innocent {
            let same = contact.same.is_some_and(|(same, _)| same);
            self.prior.learn(payload.class, contact.begins, same);
        }
        if innocent && contact.class != Class::Unknown {
            customs.learn(contact);
        }
        if contact.class == Class::Plain && self.bank.is_none() {
            return;
        }
        let bank = self.bank.get_or_insert_with(|| Box::new(Bank::new(at)));
        bank.hear(contact, &self.prior, customs);
        if lossless && let Some(sent) = &mut self.sent {
            sent.silence(at, bank);
        }
        if bank.is_spent() {
            self.bank = None;
        }
    }

    /// Remembers an active payload.
    fn note(&mut self, payload: &Payload, to: Recipient, at: Time, frame: Option<u64>) {
        let sent = self.sent.get_or_insert_with(Box::<Sent>::default);
        sent.dangerous |= payload.bare || payload.executable;
        sent.visible |= payload.active();
        sent.files |= payload.class == Class::File;
        let sending =
            Sending { content: Content::of(payload), to: short(to.who), at, settled: false };
        sent.push(sending, to, frame);
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
