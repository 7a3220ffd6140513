//! `conversation_exposure`: talk somebody could have read, and how far it travelled.

use std::fmt::Write as _;
use std::hash::BuildHasher as _;

use compact_str::CompactString;
use hashbrown::HashTable;
use overhear_dissectors::event::Protection;
use thin_vec::ThinVec;

use super::case::{Case, Words, count};
use super::ids::{Id, pair};
use super::networks::{Network, Networks};
use super::people::{Channels, Folk, Person, far};
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

/// A conversation, as a message tells of it.
struct Talk<'a> {
    network: &'a str,
    /// Made of the numbers of those who talk, or of the room.
    number: Id,
    whom: Whom<'a>,
}

/// Who talks: two people in any order, or everybody in a room.
enum Whom<'a> {
    Pair([&'a str; 2]),
    Room(&'a str),
}

#[derive(Clone, Debug)]
struct Exposed {
    case: Case,
    number: Id,
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
        folk: &Folk<'_>,
        findings: &mut Vec<Finding>,
    ) {
        let exposure = channels.exposure(head);
        let (network, by) = (&*said.network, folk.by);
        if let (Some(room), Some(number)) = (&said.room, folk.room) {
            let talk = Talk { network, number, whom: Whom::Room(room) };
            return findings.extend(self.place(head, said, saying, by, &talk, exposure));
        }
        // A message to several people is a part of several conversations.
        for to in &folk.to {
            let number = pair(by.id.min(to.id), by.id.max(to.id));
            let talk = Talk { network, number, whom: Whom::Pair([by.name, to.name]) };
            findings.extend(self.place(head, said, saying, by, &talk, exposure));
        }
    }

    /// Hears a message in one of the conversations it is a part of.
    fn place(
        &mut self,
        head: &Head,
        said: &Message,
        saying: Saying,
        by: Person<'_>,
        talk: &Talk<'_>,
        exposure: Option<Exposure>,
    ) -> Option<Finding> {
        let place = self.find(talk)?;
        let exposed = self.cases.get_mut(place as usize)?;
        let at = head.timestamp;
        let first = self.seen.first_in(exposed.case.number(), saying, at);
        if first {
            match said.protection {
                Protection::None => exposed.said = exposed.said.saturating_add(1),
                _ => exposed.sealed = exposed.sealed.saturating_add(1),
            }
        }
        exposed.authors.note(by.id);
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
    fn find(&mut self, talk: &Talk<'_>) -> Option<u32> {
        let hash = self.seed.hash_one(talk.number);
        let Self { places, cases, networks, seed, .. } = self;
        let is = |place: &u32| cases.get(*place as usize).is_some_and(|one| one.is(talk));
        if let Some(place) = places.find(hash, is) {
            return Some(*place);
        }
        if cases.len() >= CASES {
            return None;
        }
        let place = cases.len() as u32;
        cases.push(Exposed::new(networks.of(talk.network), talk));
        let hash_of =
            |place: &u32| cases.get(*place as usize).map_or(0, |one| seed.hash_one(one.number));
        places.insert_unique(hash, place, hash_of);
        Some(place)
    }

    pub(super) fn close(&mut self) -> Vec<Finding> {
        let mut cases: Vec<_> = self.cases.iter_mut().filter(|exposed| exposed.said > 0).collect();
        cases.sort_by_cached_key(|one| (one.network.to_string(), one.who.key()));
        let told = cases.into_iter().filter_map(|exposed| {
            let words = exposed.words();
            exposed.case.close(|| words)
        });
        told.collect()
    }
}

impl Who {
    /// In which order conversations of a network are told: rooms and pairs, in lower case.
    fn key(&self) -> [Option<String>; 3] {
        let low = |name: &str| Some(low(name).into_owned());
        match self {
            Self::Pair([one, other]) => [None, low(one), low(other)],
            Self::Room(room) => [low(room), None, None],
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
    fn new(network: Network, talk: &Talk<'_>) -> Self {
        let (case, who) = match talk.whom {
            Whom::Pair(pair) => {
                let mut pair = pair.map(|name| (low(name), name));
                pair.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
                let [(one, _), (other, _)] = &pair;
                (case(&[&network, "", one, other]), Who::Pair(pair.map(|(_, name)| name.into())))
            }
            Whom::Room(room) => (case(&[&network, &low(room)]), Who::Room(room.into())),
        };
        Self {
            case,
            number: talk.number,
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

    /// Whether it is this conversation. Names are compared too: numbers can be made to be equal.
    fn is(&self, talk: &Talk<'_>) -> bool {
        let who = match (&self.who, &talk.whom) {
            (Who::Pair([one, other]), Whom::Pair([mine, theirs])) => {
                let are = |same: fn(&str, &str) -> bool| {
                    same(one, mine) && same(other, theirs) || same(one, theirs) && same(other, mine)
                };
                // Nearly always they are written as they were before.
                are(|one, other| one == other) || are(|one, other| low(one) == low(other))
            }
            (Who::Room(room), Whom::Room(name)) => room == name || low(room) == low(name),
            _ => false,
        };
        self.number == talk.number && who && *self.network == *talk.network
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
