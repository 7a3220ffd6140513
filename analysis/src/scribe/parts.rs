//! Parts of one saying. A server that relays a message of several lines to a program which cannot
//! take one sends line after line, and cuts a long line in two. Such parts are held while they
//! spell what their author was heard to say on another flow, and told as that.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use overhear_dissectors::event::{Event, Leg, Message, Protection};

use super::sayings::{Few, Key};
use super::{Place, Scribe, Tell, said};
use crate::{FlowId, Record, Time};

/// Messages of several lines heard in the last minute, and the parts that are held.
#[derive(Debug, Default)]
pub(super) struct Parts {
    long: BTreeMap<u64, Long>,
    /// Long sayings by author and place, oldest first.
    places: BTreeMap<Key, VecDeque<u64>>,
    bytes: usize,
    next: u64,
    held: BTreeMap<FlowId, Hold>,
    due: BTreeSet<(Time, FlowId)>,
}

#[derive(Debug)]
struct Long {
    at: Time,
    keys: Few<Key>,
    message: Message,
    /// Flows on which it was told whole.
    flows: Vec<FlowId>,
}

/// What is held of one flow: nothing else was heard on it since the first part.
#[derive(Debug)]
struct Hold {
    due: Time,
    key: Key,
    /// Sayings the parts may belong to, each with the bytes they spelt of it.
    spelt: Vec<(u64, usize)>,
    records: Vec<Record>,
}

/// What becomes of a line.
enum Fit {
    /// It is a part of nothing.
    None,
    /// It is held.
    Held,
    /// It was the last part: the whole saying, to be told in its place.
    Whole(Box<(Record, Message)>),
}

/// Parts come within this of what they are parts of.
const WINDOW: i64 = 60_000_000_000;
/// Packet time a part is held.
const PATIENCE: i64 = 30_000_000_000;
/// Bytes of all long sayings remembered, each with its surroundings; the oldest goes first.
const BYTES: usize = 1 << 23;
const SURROUNDINGS: usize = 1 << 10;
/// Long sayings remembered of one author in one place; further ones are not put together.
const ALIKE: usize = 16;
/// Flows remembered of one long saying; on further ones its parts stay parts.
const FLOWS: usize = 256;
/// Parts held of one flow, and flows held; what is beyond is told at once.
const PARTS: usize = 256;
const HELD: usize = 1 << 10;

impl Scribe {
    /// A message was heard: it is told, unless it may be a part of a longer one.
    pub(super) fn heard_message(
        &mut self,
        place: &Place<'_>,
        message: &Message,
        tell: &mut Tell<'_>,
    ) {
        let flow = place.facts.id;
        if is_part(message) && !self.parts.long.is_empty() {
            return self.heard_line(place, message, tell);
        }
        self.release(flow, tell);
        if is_long(message) {
            let keys = self.places(place, message);
            self.parts.remember(keys, flow, place.record.stamp.at, message);
        }
        self.message(place, message, tell);
    }

    fn heard_line(&mut self, place: &Place<'_>, message: &Message, tell: &mut Tell<'_>) {
        let keys = self.places(place, message);
        let fit = match self.parts.fit(&keys, place.record, message) {
            Fit::None if self.parts.held.contains_key(&place.facts.id) => {
                self.release(place.facts.id, tell);
                self.parts.fit(&keys, place.record, message)
            }
            fit => fit,
        };
        match fit {
            Fit::None => self.message(place, message, tell),
            Fit::Held => {}
            Fit::Whole(whole) => {
                self.message(&Place { record: &whole.0, ..*place }, &whole.1, tell);
            }
        }
    }

    /// Tells what is held of a flow as the separate messages it is.
    pub(super) fn release(&mut self, flow: FlowId, tell: &mut Tell<'_>) {
        for record in self.parts.release(flow) {
            if let (Some(facts), Some(Event::Message(message))) =
                (record.flow.clone(), record.heard.event())
            {
                let place = Place { facts: &facts, side: record.side, record: &record };
                self.message(&place, message, tell);
            }
        }
    }

    /// Tells what was held too long at `now`, or (at the end) everything that is held.
    pub(super) fn release_due(&mut self, now: Option<Time>, tell: &mut Tell<'_>) {
        while let Some((due, flow)) = self.parts.due.first().copied()
            && now.is_none_or(|now| due <= now)
        {
            self.release(flow, tell);
        }
    }

    /// Author and place of a message, once for each reader.
    fn places(&mut self, place: &Place<'_>, message: &Message) -> Few<Key> {
        let from = self.resolve(place, &message.from);
        let to: Vec<_> = message.to.iter().map(|who| self.resolve(place, who).name).collect();
        said::keys(&from, &to, message.room.as_deref(), "")
    }
}

impl Parts {
    /// Remembers a long saying, or that a known one was told whole on this flow.
    fn remember(&mut self, keys: Few<Key>, flow: FlowId, at: Time, message: &Message) {
        self.expire(at);
        if let Some(number) = self.known(&keys, flow, message)
            && let Some(long) = self.long.get_mut(&number)
        {
            long.flows.push(flow);
            return;
        }
        let number = self.next;
        self.next += 1;
        for key in &keys {
            let numbers = self.places.entry(*key).or_default();
            if numbers.len() < ALIKE {
                numbers.push_back(number);
            }
        }
        self.bytes += cost(message);
        let long = Long { at, keys, message: message.clone(), flows: vec![flow] };
        self.long.insert(number, long);
        self.expire(at);
    }

    /// The same saying, heard on another flow and not yet on this one.
    fn known(&self, keys: &[Key], flow: FlowId, message: &Message) -> Option<u64> {
        let numbers = keys.iter().filter_map(|key| self.places.get(key)).flatten();
        numbers.copied().find(|number| {
            self.long.get(number).is_some_and(|long| {
                long.open_to(flow) && long.message.text.expose() == message.text.expose()
            })
        })
    }

    /// Holds a line against the long sayings of its author in its place.
    fn fit(&mut self, keys: &[Key], record: &Record, message: &Message) -> Fit {
        self.expire(record.stamp.at);
        let (Some(key), Some(facts)) = (keys.first(), &record.flow) else { return Fit::None };
        let part = message.text.expose();
        let mut grown = Vec::new();
        for (number, at) in self.candidates(*key, facts.id) {
            let Some(long) = self.long.get(&number) else { continue };
            let text = long.message.text.expose();
            match spell(text, at, part) {
                Some(end) if end == text.len() => {
                    return self.whole(number, facts.id, record, message);
                }
                Some(end) => grown.push((number, end)),
                None => {}
            }
        }
        if grown.is_empty() {
            return Fit::None;
        }
        self.hold(*key, facts.id, grown, record);
        Fit::Held
    }

    /// The long sayings whose next part may come on a flow, each with the bytes spelt of it.
    fn candidates(&self, key: Key, flow: FlowId) -> Vec<(u64, usize)> {
        match self.held.get(&flow) {
            Some(hold) if hold.key == key && hold.records.len() < PARTS => hold.spelt.clone(),
            None if self.held.len() < HELD => {
                let numbers = self.places.get(&key).into_iter().flatten().copied();
                let open = |number| self.long.get(&number).is_some_and(|long| long.open_to(flow));
                numbers.filter(|number| open(*number)).map(|number| (number, 0)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn hold(&mut self, key: Key, flow: FlowId, spelt: Vec<(u64, usize)>, record: &Record) {
        if let Some(hold) = self.held.get_mut(&flow) {
            hold.spelt = spelt;
            hold.records.push(record.clone());
            return;
        }
        let due = record.stamp.at + PATIENCE;
        self.due.insert((due, flow));
        self.held.insert(flow, Hold { due, key, spelt, records: vec![record.clone()] });
    }

    /// The last part came: the saying as it reached this reader, in the frame that completed it.
    fn whole(&mut self, number: u64, flow: FlowId, record: &Record, last: &Message) -> Fit {
        let parts = self.release(flow);
        let Some(long) = self.long.get_mut(&number) else { return Fit::None };
        long.flows.push(flow);
        let mut record = record.clone();
        let mut text = long.message.text.clone();
        for part in &parts {
            record.lost_before = record.lost_before.saturating_add(part.lost_before);
        }
        let said = parts.iter().filter_map(|part| match part.heard.event() {
            Some(Event::Message(message)) => Some(&message.text),
            _ => None,
        });
        for part in said.chain([&last.text]) {
            for span in part.secrets() {
                text.hide_all(part.expose().get(span.clone()).unwrap_or_default());
            }
        }
        let markup = long.message.markup.clone();
        Fit::Whole(Box::new((record, Message { text, markup, ..last.clone() })))
    }

    /// Gives what is held of a flow.
    fn release(&mut self, flow: FlowId) -> Vec<Record> {
        let Some(hold) = self.held.remove(&flow) else { return Vec::new() };
        self.due.remove(&(hold.due, flow));
        hold.records
    }

    fn expire(&mut self, now: Time) {
        while let Some((number, long)) = self.long.first_key_value()
            && (now.since(long.at) > WINDOW || self.bytes > BYTES)
        {
            let number = *number;
            let Some(long) = self.long.remove(&number) else { break };
            self.bytes -= cost(&long.message);
            for key in long.keys {
                if let Some(numbers) = self.places.get_mut(&key) {
                    numbers.retain(|other| *other != number);
                    if numbers.is_empty() {
                        self.places.remove(&key);
                    }
                }
            }
        }
    }
}

impl Long {
    /// Whether its parts may still come on a flow: it was not told there, and can be noted.
    fn open_to(&self, flow: FlowId) -> bool {
        self.flows.len() < FLOWS && !self.flows.contains(&flow)
    }
}

/// Bytes a long saying is charged.
fn cost(message: &Message) -> usize {
    let markup = message.markup.as_ref().map_or(0, |markup| markup.expose().len());
    SURROUNDINGS + message.text.expose().len() + markup
}

/// Several lines that anybody can read, on their way through a service.
fn is_long(message: &Message) -> bool {
    message.leg != Leg::Direct
        && message.protection == Protection::None
        && message.text.expose().trim_matches('\n').contains('\n')
}

/// A single line, on its way to a reader.
fn is_part(message: &Message) -> bool {
    message.leg == Leg::FromServer
        && message.protection == Protection::None
        && !message.text.is_empty()
        && !message.text.expose().contains('\n')
}

/// Where a part ends in a text that is spelt up to `at`; nothing when the text goes on otherwise.
/// Empty lines are not relayed.
fn spell(text: &str, at: usize, part: &str) -> Option<usize> {
    let rest = text.get(at..)?.trim_start_matches('\n');
    let rest = rest.strip_prefix(part)?;
    Some(text.len() - rest.trim_start_matches('\n').len())
}
