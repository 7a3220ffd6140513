//! `conversation_exposure`: talk somebody could have read, and how far it travelled.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::hash::BuildHasher as _;

use compact_str::CompactString;
use hashbrown::HashTable;
use overhear_dissectors::event::Protection;
use thin_vec::ThinVec;

use super::case::{Case, Words, count};
use super::networks::{Network, Networks};
use super::people::{Channels, People, far};
use super::seen::{Saying, Seen};
use super::snug::{Moment, push};
use crate::Time;
use crate::content::low;
use crate::told::{Category, Exposure, Finding, Head, Message, Severity};

/// Every conversation heard.
#[derive(Clone, Debug, Default)]
pub(super) struct Conversations {
    /// Where each lies among the cases, by who and where.
    places: HashTable<u32>,
    cases: Vec<Exposed>,
    networks: Networks,
    seed: foldhash::fast::RandomState,
    seen: Seen,
}

/// Who talks, as it is written: two people in ascending order, or everybody in a room.
#[derive(Clone, Debug)]
enum Who {
    Pair([CompactString; 2]),
    Room(CompactString),
}

/// The same, of a message.
enum Whom<'a> {
    Pair([Name<'a>; 2]),
    Room(Name<'a>),
}

/// A name as it is written, and in lower case.
#[derive(Clone)]
struct Name<'a> {
    written: &'a str,
    low: Cow<'a, str>,
}

#[derive(Clone, Debug)]
struct Exposed {
    case: Case,
    network: Network,
    who: Who,
    said: u32,
    sealed: u32,
    authors: Few,
    flows: Few,
    exposure: Option<Exposure>,
    first: Option<Moment>,
    last: Option<Moment>,
    lost: u64,
}

/// Different things of which only their number is told, as far as they are few.
#[derive(Clone, Debug, Default)]
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
            let whom = Whom::Room(Name::of(room));
            return self.place(head, said, saying, author, &whom, exposure).into_iter().collect();
        }
        let one = Name::of(author);
        // A message to several people is a part of several conversations.
        let readers = said.to.iter().map(|reader| people.called(&said.network, reader));
        let whom = readers.map(|reader| Whom::pair(one.clone(), Name::of(reader)));
        whom.filter_map(|whom| self.place(head, said, saying, author, &whom, exposure)).collect()
    }

    /// Hears a message in one of the conversations it is a part of.
    fn place(
        &mut self,
        head: &Head,
        said: &Message,
        saying: Saying,
        author: &str,
        whom: &Whom<'_>,
        exposure: Option<Exposure>,
    ) -> Option<Finding> {
        let place = self.find(&said.network, whom)?;
        let exposed = self.cases.get_mut(place as usize)?;
        let at = head.timestamp;
        let first = self.seen.first_in(exposed.case.number(), saying, at);
        if first {
            match said.protection {
                Protection::None => exposed.said = exposed.said.saturating_add(1),
                _ => exposed.sealed = exposed.sealed.saturating_add(1),
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
    fn find(&mut self, network: &str, whom: &Whom<'_>) -> Option<u32> {
        let hash = whom.hash(network, &self.seed);
        let Self { places, cases, networks, seed, .. } = self;
        let is = |place: &u32| cases.get(*place as usize).is_some_and(|one| one.is(network, whom));
        if let Some(place) = places.find(hash, is) {
            return Some(*place);
        }
        if cases.len() >= CASES {
            return None;
        }
        let place = cases.len() as u32;
        cases.push(Exposed::new(networks.of(network), whom));
        let hash_of = |place: &u32| {
            cases.get(*place as usize).map_or(0, |one| one.who.borrowed().hash(&one.network, seed))
        };
        places.insert_unique(hash, place, hash_of);
        Some(place)
    }

    pub(super) fn close(&mut self) -> Vec<Finding> {
        let mut cases: Vec<_> = self.cases.iter_mut().filter(|exposed| exposed.said > 0).collect();
        cases.sort_by_cached_key(|one| (one.network.to_string(), one.who.borrowed().key()));
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
            Self::Pair(pair) => Whom::Pair(pair.each_ref().map(|name| Name::of(name))),
            Self::Room(room) => Whom::Room(Name::of(room)),
        }
    }
}

impl<'a> Name<'a> {
    fn of(written: &'a str) -> Self {
        Self { written, low: low(written) }
    }

    /// Whether it is the same in lower case.
    fn is(&self, other: &str) -> bool {
        self.written == other || self.low == low(other)
    }
}

impl<'a> Whom<'a> {
    /// Two people in ascending order.
    fn pair(one: Name<'a>, other: Name<'a>) -> Self {
        Self::Pair(if other.low < one.low { [other, one] } else { [one, other] })
    }

    fn hash(&self, network: &str, seed: &foldhash::fast::RandomState) -> u64 {
        match self {
            Self::Pair([one, other]) => seed.hash_one((network, &one.low, &other.low)),
            Self::Room(room) => seed.hash_one((network, &room.low)),
        }
    }

    /// By what conversations of a network are told apart and in which order they are told: a room, or
    /// two people, in lower case.
    fn key(self) -> [Option<String>; 3] {
        match self {
            Self::Pair(pair) => {
                let [one, other] = pair.map(|name| Some(name.low.into_owned()));
                [None, one, other]
            }
            Self::Room(room) => [Some(room.low.into_owned()), None, None],
        }
    }
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
    fn new(network: Network, whom: &Whom<'_>) -> Self {
        let (case, who) = match whom {
            Whom::Pair([one, other]) => {
                let pair = [one.written, other.written].map(CompactString::from);
                (case(&[&network, "", &one.low, &other.low]), Who::Pair(pair))
            }
            Whom::Room(room) => (case(&[&network, &room.low]), Who::Room(room.written.into())),
        };
        Self {
            case,
            network,
            who,
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
    fn is(&self, network: &str, whom: &Whom<'_>) -> bool {
        let who = match (&self.who, whom) {
            (Who::Pair([one, other]), Whom::Pair([mine, theirs])) => {
                mine.is(one) && theirs.is(other)
            }
            (Who::Room(room), Whom::Room(name)) => name.is(room),
            _ => false,
        };
        who && *self.network == *network
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
        let network = &*self.network;
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
            count(self.said.into(), "message"),
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

fn case(about: &[&str]) -> Case {
    Case::new(Category::ConversationExposure, about)
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
