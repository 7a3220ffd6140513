//! The scribe: what the sensor heard becomes the event stream.
//!
//! It knows more than one flow, which nothing below it does: it resolves names, gives every saying
//! one id, holds a secret until its answer, marries offers with data connections, follows each
//! channel. And it applies `--content` and `--secrets`, so that nothing after it ever holds more than
//! the operator asked for. Its clock is the sensor's, which tells it the time (`Heard::Tick`).

mod channels;
mod credentials;
mod disputes;
mod flows;
mod names;
mod offers;
mod parts;
mod said;
mod sayings;
mod transfers;
mod vocabulary;
mod words;

use std::collections::BTreeMap;

use overhear_dissectors::event::{Credential, Event, Unclaimed};
use overhear_dissectors::{Account, Name, Side, Who};

use crate::fingerprint::id;
use crate::told::{Anomaly, Body, Head, Start, Told};
use crate::{FlowFacts, Heard, Order, Record, Settings, Time};
use credentials::Pending;
use flows::Flows;
use names::Names;
use parts::Parts;
use sayings::Sayings;
use transfers::Transfers;
use vocabulary::Vocabulary;
use words::Words;

/// Turns records, in their order, into the event stream.
#[derive(Debug)]
pub struct Scribe {
    settings: Settings,
    start: Start,
    flows: Flows,
    names: Names,
    words: Words,
    vocabulary: Vocabulary,
    sayings: Sayings,
    parts: Parts,
    pending: Pending,
    transfers: Transfers,
    oddities: BTreeMap<&'static str, u32>,
}

/// Where the event stream goes.
pub(crate) type Tell<'a> = dyn FnMut(Told) + 'a;

/// One record being heard: everything about its place.
struct Place<'a> {
    facts: &'a FlowFacts,
    side: Side,
    record: &'a Record,
}

/// Anomalies of one name told for one flow, or for none; the rest are counted by the sensor.
const ODDITIES: u32 = 16;

impl Scribe {
    /// A scribe for one input, under these options.
    pub fn new(settings: Settings, start: Start) -> Self {
        Self {
            settings,
            start,
            flows: Flows::default(),
            names: Names::default(),
            words: Words::default(),
            vocabulary: Vocabulary::default(),
            sayings: Sayings::default(),
            parts: Parts::default(),
            pending: Pending::default(),
            transfers: Transfers::default(),
            oddities: BTreeMap::new(),
        }
    }

    /// The first line.
    pub fn start(&self) -> Told {
        told(Head::default(), Body::Start(self.start.clone()))
    }

    /// Hears the next record.
    pub fn hear(&mut self, record: &Record, tell: &mut Tell<'_>) {
        if matches!(record.heard, Heard::Tick) {
            return self.tick(record.stamp.at, tell);
        }
        let Some(facts) = record.flow.as_deref() else {
            if let Heard::Oddity(name, detail) = &record.heard {
                let count = self.oddities.entry(name).or_default();
                *count += 1;
                if *count <= ODDITIES {
                    let head = flows::frame(&self.settings, record.stamp);
                    tell(told(head, anomaly(name, Some(detail.clone()), None)));
                }
            }
            return;
        };
        let place = Place { facts, side: record.side, record };
        if !matches!(record.heard.event(), Some(Event::Message(_))) {
            self.release(facts.id, tell);
        }
        match &record.heard {
            Heard::Said(event) => {
                self.said(&place, event, tell);
                if record.span.1 > 0 {
                    self.settle(&place, record.span.1, tell);
                }
            }
            Heard::Identified => self.identified(&place, tell),
            Heard::Gap { bytes } => self.anomaly(&place, "tcp_gap", None, Some(*bytes), tell),
            Heard::Oddity(name, detail) => {
                self.anomaly(&place, name, Some(detail.clone()), None, tell);
            }
            Heard::Conflict(conflict) => self.disputed(&place, conflict, tell),
            Heard::Tick => {}
            Heard::Ended(ended) => {
                while let Some(heard) = self.pending.ended(facts.id) {
                    self.credential(heard, tell);
                }
                for side in [Side::Client, Side::Server] {
                    self.settle(&Place { side, ..place }, u64::MAX, tell);
                }
                self.closed(&place, *ended, tell);
                self.transfers.forget(facts.id);
                self.names.forget(facts.id);
                self.flows.remove(facts.id);
            }
        }
    }

    /// It is this late: what has waited long enough is told.
    fn tick(&mut self, now: Time, tell: &mut Tell<'_>) {
        while let Some(heard) = self.pending.expired(now) {
            self.credential(heard, tell);
        }
        self.release_due(Some(now), tell);
    }

    /// Nothing more will be heard.
    pub fn finish(&mut self, tell: &mut Tell<'_>) {
        self.release_due(None, tell);
        while let Some(heard) = self.pending.first() {
            self.credential(heard, tell);
        }
    }

    fn said(&mut self, place: &Place<'_>, event: &Event, tell: &mut Tell<'_>) {
        match event {
            Event::Login(login) => self.login(place, login, tell),
            Event::Credential(said) => self.heard_secret(place, said, tell),
            Event::Answer(answer) => {
                let frame = (place.record.stamp.no > 0).then_some(place.record.stamp.no);
                if let Some(heard) = self.pending.answer(place.facts.id, answer.clone(), frame) {
                    self.credential(heard, tell);
                }
            }
            Event::Message(message) => self.heard_message(place, message, tell),
            Event::Typing(typing) => self.typing(place, typing, tell),
            Event::Roster(roster) => self.roster(place, roster, tell),
            Event::Presence(presence) => self.presence(place, presence, tell),
            Event::Profile(profile) => self.profile(place, profile, tell),
            Event::Room(room) => self.room(place, room, tell),
            Event::Offer(offer) => self.offer(place, offer, tell),
            Event::Carried(carried) => self.carried(place, carried, tell),
            Event::Client(client) => self.client(place, client, tell),
            Event::Ticket(ticketed) => {
                let account = self.resolve(place, &ticketed.who);
                self.names.ticket(ticketed.ticket.clone(), account);
            }
            Event::Seal(seal) => self.sealed(place, seal, tell),
            Event::Unclaimed(Unclaimed::Line { side, text }) => self.line(place, *side, text, tell),
            Event::Unclaimed(Unclaimed::Content { side, content }) => {
                self.content(place, *side, content, tell);
            }
            Event::Weird(weird) => {
                self.anomaly(place, weird.name, Some(weird.detail.clone()), None, tell);
            }
        }
    }

    /// A secret was heard: it waits for its answer.
    fn heard_secret(&mut self, place: &Place<'_>, said: &Credential, tell: &mut Tell<'_>) {
        self.words.learn(&said.secret, said.strength);
        let fingerprint = words::fingerprint(said.secret.expose(), &self.settings);
        self.doubts(place, &fingerprint, true);
        let heard = credentials::Heard {
            frame: place.record.order.frame,
            facts: place.record.flow.clone(),
            head: self.head(place),
            who: said.who.clone(),
            said: said.clone(),
            accepted: None,
            answer: None,
        };
        let (flow, at) = (place.facts.id, place.record.stamp.at);
        if let Some(heard) = self.pending.hear(flow, at, heard) {
            self.credential(heard, tell);
        }
    }

    /// A secret has its answer, or will have none.
    fn credential(&mut self, heard: credentials::Heard, tell: &mut Tell<'_>) {
        let Some(facts) = heard.facts.clone() else { return };
        let account = self.names.resolve(&heard.who, &facts);
        let named = self.names.knows(&heard.who, &facts);
        let bytes = heard.said.secret.expose();
        let secret = words::secret(bytes, &self.settings);
        let fingerprint = words::fingerprint(bytes, &self.settings).into();
        self.flows.of(&facts).credentials += 1;
        let Account { network, name, display, .. } = account;
        let name = named.then_some(name);
        let body = heard.told(network, name, display, secret, fingerprint);
        tell(told(heard.head, Body::Credential(body)));
    }

    fn anomaly(
        &mut self,
        place: &Place<'_>,
        name: &'static str,
        detail: Option<String>,
        bytes: Option<u64>,
        tell: &mut Tell<'_>,
    ) {
        let count = self.flows.of(place.facts).oddities.entry(name).or_default();
        *count += 1;
        if *count <= ODDITIES {
            tell(told(self.head(place), anomaly(name, detail, bytes)));
        }
    }

    /// The outer keys of what a record made known.
    fn head(&mut self, place: &Place<'_>) -> Head {
        let Record { stamp, lost_before, .. } = place.record;
        self.flows.head(&self.settings, place.facts, place.side, *stamp, *lost_before)
    }

    fn resolve(&mut self, place: &Place<'_>, who: &Who) -> Account {
        self.names.resolve(who, place.facts)
    }
}

fn told(mut head: Head, body: Body) -> Told {
    head.event_type = body.event_type().into();
    Told { head, body }
}

/// An id for what a record made known: the same in every run, and nobody else's.
fn fresh(flow_id: u64, place: &Place<'_>) -> Name {
    let Order { frame, phase, deadline, index, .. } = place.record.order;
    let index = u64::from(index);
    let place = [flow_id, frame, phase as u64, deadline.0.cast_unsigned(), index];
    id(&place.map(u64::to_be_bytes).each_ref().map(|bytes| &bytes[..]))
}

fn anomaly(name: &'static str, detail: Option<String>, bytes: Option<u64>) -> Body {
    let detail = detail.filter(|detail| !detail.is_empty());
    Body::Anomaly(Anomaly { event: name.into(), detail, bytes })
}

#[cfg(test)]
mod tests;
