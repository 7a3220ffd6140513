//! `conversation_exposure`: talk somebody could have read, and how far it travelled.

use std::fmt::Write as _;
use std::hash::BuildHasher as _;

use compact_str::CompactString;
use hashbrown::HashTable;
use overhear_dissectors::event::Protection;
use thin_vec::ThinVec;

use super::case::{Case, Words, count};
use super::people::{Channels, People, far, folded};
use super::seen::{Saying, Seen};
use super::snug::{Moment, push};
use crate::Time;
use crate::told::{Category, Exposure, Finding, Head, Message, Severity};

/// Every conversation heard.
#[derive(Debug, Default)]
pub(super) struct Conversations {
    /// Where each lies among the cases, by who and where.
    places: HashTable<u32>,
    cases: Vec<Exposed>,
    seed: foldhash::fast::RandomState,
    seen: Seen,
}

/// Who talks, as it is written: two people in ascending order, or everybody in a room.
#[derive(Debug)]
enum Who {
    Pair([CompactString; 2]),
    Room(CompactString),
}

/// The same, of a message.
#[derive(Clone, Copy)]
enum Whom<'a> {
    Pair([&'a str; 2]),
    Room(&'a str),
}

#[derive(Debug)]
struct Exposed {
    case: Case,
    network: CompactString,
    who: Who,
    said: u64,
    sealed: u64,
    authors: Few,
    flows: Few,
    exposure: Option<Exposure>,
    first: Option<Moment>,
    last: Option<Moment>,
    lost: u64,
}

/// Different things of which only their number is told, as far as they are few.
#[derive(Debug, Default)]
struct Few(ThinVec<u64>);

/// Conversations kept; messages of further ones are only counted in the statistics.
const CASES: usize = 1 << 16;
/// Authors and flows remembered of one.
const FEW: usize = 256;

impl Conversations {
    pub(super) fn hear(
        &mut self,
        head: &Head,
        said: &Message,
        saying: Saying,
        channels: &Channels,
        people: &People,
    ) -> Vec<Finding> {
        let author = people.called(&said.network, &said.from);
        let exposure = channels.exposure(head);
        if let Some(room) = &said.room {
            let whom = Whom::Room(room);
            return self.place(head, said, saying, author, whom, exposure).into_iter().collect();
        }
        // A message to several people is a part of several conversations.
        let readers = said.to.iter().map(|reader| people.called(&said.network, reader));
        let whom = readers.map(|reader| Whom::Pair(ascending(author, reader)));
        whom.filter_map(|whom| self.place(head, said, saying, author, whom, exposure)).collect()
    }

    /// Hears a message in one of the conversations it is a part of.
    fn place(
        &mut self,
        head: &Head,
        said: &Message,
        saying: Saying,
        author: &str,
        whom: Whom<'_>,
        exposure: Option<Exposure>,
    ) -> Option<Finding> {
        let place = self.find(&said.network, whom)?;
        let exposed = self.cases.get_mut(place as usize)?;
        let at = head.timestamp;
        let first = self.seen.first_in(exposed.case.number(), saying, at);
        if first {
            match said.protection {
                Protection::None => exposed.said += 1,
                _ => exposed.sealed += 1,
            }
        }
        exposed.authors.note(self.seed.hash_one(author));
        exposed.note(head, exposure);
        if said.protection != Protection::None {
            return None;
        }
        let worse = exposed.case.add(head.pcap_cnt, severity(exposed.exposure));
        worse.then(|| {
            let words = exposed.words();
            exposed.case.tell(words)
        })
    }

    /// Where a conversation lies; a new one gets a place as long as there are any.
    fn find(&mut self, network: &str, whom: Whom<'_>) -> Option<u32> {
        let hash = whom.hash(network, &self.seed);
        let Self { places, cases, seed, .. } = self;
        let is = |place: &u32| cases.get(*place as usize).is_some_and(|one| one.is(network, whom));
        if let Some(place) = places.find(hash, is) {
            return Some(*place);
        }
        if cases.len() >= CASES {
            return None;
        }
        let place = cases.len() as u32;
        cases.push(Exposed::new(network, whom));
        let hash_of = |place: &u32| {
            cases.get(*place as usize).map_or(0, |one| one.who.borrowed().hash(&one.network, seed))
        };
        places.insert_unique(hash, place, hash_of);
        Some(place)
    }

    pub(super) fn close(&mut self) -> Vec<Finding> {
        let mut cases: Vec<_> = self.cases.iter_mut().filter(|exposed| exposed.said > 0).collect();
        cases.sort_by_cached_key(|exposed| (exposed.network.clone(), exposed.who.borrowed().key()));
        let told = cases.into_iter().filter_map(|exposed| {
            let words = exposed.words();
            exposed.case.close(|| words)
        });
        told.collect()
    }
}

impl Who {
    fn borrowed(&self) -> Whom<'_> {
        match self {
            Self::Pair([one, other]) => Whom::Pair([one, other]),
            Self::Room(room) => Whom::Room(room),
        }
    }
}

/// Two names in the order of their lower case.
fn ascending<'a>(one: &'a str, other: &'a str) -> [&'a str; 2] {
    if folded(other) < folded(one) { [other, one] } else { [one, other] }
}

impl Whom<'_> {
    fn hash(self, network: &str, seed: &foldhash::fast::RandomState) -> u64 {
        match self {
            Self::Pair([one, other]) => seed.hash_one((network, folded(one), folded(other))),
            Self::Room(room) => seed.hash_one((network, folded(room))),
        }
    }

    /// By what conversations of a network are told apart and in which order they are told: a room, or
    /// two people, in lower case.
    fn key(self) -> [Option<String>; 3] {
        let low = |name: &str| Some(folded(name).into_owned());
        match self {
            Self::Pair([one, other]) => [None, low(one), low(other)],
            Self::Room(room) => [low(room), None, None],
        }
    }
}

/// Whether two names are the same in lower case.
fn same(one: &str, other: &str) -> bool {
    one == other || folded(one) == folded(other)
}

impl Few {
    fn note(&mut self, one: u64) {
        if let Err(place) = self.0.binary_search(&one)
            && self.0.len() < FEW
        {
            push(&mut self.0, one);
            self.0.get_mut(place..).into_iter().for_each(|rest| rest.rotate_right(1));
        }
    }

    fn len(&self) -> u64 {
        self.0.len() as u64
    }
}

impl Exposed {
    fn new(network: &str, whom: Whom<'_>) -> Self {
        let [room, one, other] = whom.key();
        let room = room.unwrap_or_default();
        let mut about = vec![network, room.as_str()];
        about.extend([&one, &other].into_iter().flatten().map(String::as_str));
        Self {
            case: Case::new(Category::ConversationExposure, &about),
            network: network.into(),
            who: match whom {
                Whom::Pair(pair) => Who::Pair(pair.map(CompactString::from)),
                Whom::Room(room) => Who::Room(room.into()),
            },
            said: 0,
            sealed: 0,
            authors: Few::default(),
            flows: Few::default(),
            exposure: None,
            first: None,
            last: None,
            lost: 0,
        }
    }

    /// Whether it is this conversation.
    fn is(&self, network: &str, whom: Whom<'_>) -> bool {
        let who = match (&self.who, whom) {
            (Who::Pair([one, other]), Whom::Pair(pair)) => {
                same(one, pair[0]) && same(other, pair[1])
            }
            (Who::Room(room), Whom::Room(other)) => same(room, other),
            _ => false,
        };
        who && self.network == network
    }

    fn note(&mut self, head: &Head, exposure: Option<Exposure>) {
        head.flow_id.into_iter().for_each(|flow| self.flows.note(flow));
        self.exposure = self.exposure.max(exposure);
        let at = head.timestamp;
        self.first = self.first.or(at.map(Moment::from));
        self.last = self.last.map(Time::from).max(at).map(Moment::from);
        self.lost = self.lost.saturating_add(head.lost_before.unwrap_or_default());
    }

    fn words(&self) -> Words {
        let network = &self.network;
        let (subject, place) = match &self.who {
            Who::Room(room) => (room.to_string(), format!("in {room}")),
            Who::Pair([one, other]) => {
                (format!("{one} and {other}"), format!("between {one} and {other}"))
            }
        };
        let span = match (self.first.map(Time::from), self.last.map(Time::from)) {
            (Some(first), Some(last)) => last.since(first) / 1_000_000_000,
            _ => 0,
        };
        let mut explanation = String::with_capacity(160);
        let _ = write!(
            explanation,
            "{} by {} {place} on {network} could be read {}, on {}",
            count(self.said, "message"),
            count(self.authors.len(), "author"),
            far(self.exposure),
            count(self.flows.len(), "flow"),
        );
        if span > 0 {
            let _ = write!(explanation, " within {}", count(span.unsigned_abs(), "second"));
        }
        if self.sealed > 0 {
            let _ = write!(explanation, "; {} more were protected end to end", self.sealed);
        }
        if self.lost > 0 {
            let _ = write!(explanation, "; {} bytes in between were not seen", self.lost);
        }
        explanation.push('.');
        let missing = || format!("what was said in {} bytes nobody saw", self.lost);
        Words {
            title: format!("Conversation {place} readable"),
            subject,
            network: Some(network.to_string()),
            explanation,
            not_visible: if self.lost > 0 { vec![missing()] } else { vec![] },
        }
    }
}

/// How bad it is that talk could be read, by how far it travelled.
fn severity(exposure: Option<Exposure>) -> Severity {
    match exposure {
        Some(Exposure::Host) => Severity::Info,
        Some(Exposure::Lan) | None => Severity::Low,
        Some(Exposure::Perimeter) => Severity::Medium,
        Some(Exposure::Internet) => Severity::High,
    }
}
