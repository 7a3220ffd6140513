//! `conversation_exposure`: talk somebody could have read, and how far it travelled.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher as _};

use hashbrown::{Equivalent, HashMap, HashSet};
use overhear_dissectors::event::Protection;

use super::case::{Case, Words, count};
use super::people::{Channels, People, far};
use crate::Time;
use crate::told::{Category, Exposure, Finding, Head, Message, Severity};

/// Every conversation heard.
#[derive(Debug, Default)]
pub(super) struct Conversations {
    cases: HashMap<Key, Exposed, foldhash::fast::RandomState>,
    seen: Seen,
}

/// A network with a room, or with two people in ascending order; names in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    network: String,
    room: Option<String>,
    pair: Option<[String; 2]>,
}

/// The same, of a message.
#[derive(Hash)]
struct Borrowed<'a> {
    network: &'a str,
    room: Option<Cow<'a, str>>,
    pair: Option<[Cow<'a, str>; 2]>,
}

impl Equivalent<Key> for Borrowed<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.network == key.network
            && self.room.as_deref() == key.room.as_deref()
            && match (&self.pair, &key.pair) {
                (Some(mine), Some(theirs)) => mine.iter().eq(theirs.iter()),
                (None, None) => true,
                _ => false,
            }
    }
}

impl Borrowed<'_> {
    fn kept(&self) -> Key {
        let pair = self.pair.as_ref();
        Key {
            network: self.network.to_owned(),
            room: self.room.as_deref().map(ToOwned::to_owned),
            pair: pair.map(|pair| pair.each_ref().map(ToString::to_string)),
        }
    }
}

/// A name in lower case; most are.
fn folded(name: &str) -> Cow<'_, str> {
    let is_low = name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_low { Cow::Borrowed(name) } else { Cow::Owned(name.to_lowercase()) }
}

/// A conversation as it is written.
#[derive(Debug)]
struct Place {
    network: String,
    room: Option<String>,
    pair: Vec<String>,
}

#[derive(Debug)]
struct Exposed {
    case: Case,
    place: Place,
    said: u64,
    sealed: u64,
    authors: BTreeSet<String>,
    flows: BTreeSet<u64>,
    exposure: Option<Exposure>,
    first: Option<Time>,
    last: Option<Time>,
    lost: u64,
}

/// Conversations kept; messages of further ones are only counted in the statistics.
const CASES: usize = 1 << 16;
/// Authors and flows remembered of one.
const FEW: usize = 256;

impl Conversations {
    pub(super) fn hear(
        &mut self,
        head: &Head,
        said: &Message,
        channels: &Channels,
        people: &People,
    ) -> Vec<Finding> {
        let author = people.called(&said.network, &said.from);
        let exposure = channels.exposure(head);
        if said.room.is_some() {
            return self.place(head, said, author, None, exposure).into_iter().collect();
        }
        // A message to several people is a part of several conversations.
        let readers = said.to.iter().map(|reader| people.called(&said.network, reader));
        readers
            .filter_map(|reader| self.place(head, said, author, Some(reader), exposure))
            .collect()
    }

    /// Hears a message in one of the conversations it is a part of.
    fn place(
        &mut self,
        head: &Head,
        said: &Message,
        author: &str,
        reader: Option<&str>,
        exposure: Option<Exposure>,
    ) -> Option<Finding> {
        let mut pair = reader.map(|reader| [author, reader].map(|name| (folded(name), name)));
        if let Some(pair) = &mut pair {
            pair.sort_by(|one, other| one.0.cmp(&other.0));
        }
        let names = pair.as_ref().map(|pair| pair.each_ref().map(|(_, name)| (*name).to_owned()));
        let key = Borrowed {
            network: &said.network,
            room: said.room.as_deref().map(folded),
            pair: pair.map(|pair| pair.map(|(folded, _)| folded)),
        };
        let is_full = self.cases.len() >= CASES;
        let exposed = match self.cases.get_mut(&key) {
            Some(exposed) => exposed,
            None if is_full => return None,
            None => {
                let (network, room) = (said.network.clone(), said.room.clone());
                let pair = names.into_iter().flatten().collect();
                let key = key.kept();
                let exposed = Exposed::new(&key, Place { network, room, pair });
                self.cases.entry(key).or_insert(exposed)
            }
        };
        if self.seen.first(&[&said.message_id, exposed.case.id()], head.timestamp) {
            match said.protection {
                Protection::None => exposed.said += 1,
                _ => exposed.sealed += 1,
            }
        }
        exposed.note(head, author, exposure);
        if said.protection != Protection::None {
            return None;
        }
        let worse = exposed.case.add(head.pcap_cnt, severity(exposed.exposure));
        worse.then(|| {
            let words = exposed.words();
            exposed.case.tell(words)
        })
    }

    pub(super) fn close(&mut self) -> Vec<Finding> {
        let mut cases: Vec<_> =
            self.cases.iter_mut().filter(|(_, exposed)| exposed.said > 0).collect();
        cases.sort_unstable_by(|one, other| one.0.cmp(other.0));
        let told = cases.into_iter().filter_map(|(_, exposed)| {
            let words = exposed.words();
            exposed.case.close(|| words)
        });
        told.collect()
    }
}

impl Exposed {
    fn new(key: &Key, place: Place) -> Self {
        let mut about = vec![key.network.as_str(), key.room.as_deref().unwrap_or_default()];
        about.extend(key.pair.iter().flatten().map(String::as_str));
        Self {
            case: Case::new(Category::ConversationExposure, &about),
            place,
            said: 0,
            sealed: 0,
            authors: BTreeSet::new(),
            flows: BTreeSet::new(),
            exposure: None,
            first: None,
            last: None,
            lost: 0,
        }
    }

    fn note(&mut self, head: &Head, author: &str, exposure: Option<Exposure>) {
        if self.authors.len() < FEW && !self.authors.contains(author) {
            self.authors.insert(author.to_owned());
        }
        if self.flows.len() < FEW {
            self.flows.extend(head.flow_id);
        }
        self.exposure = self.exposure.max(exposure);
        self.first = self.first.or(head.timestamp);
        self.last = self.last.max(head.timestamp);
        self.lost = self.lost.saturating_add(head.lost_before.unwrap_or_default());
    }

    fn words(&self) -> Words {
        let Place { network, room, pair } = &self.place;
        let subject = room.clone().unwrap_or_else(|| pair.join(" and "));
        let place = match room {
            Some(room) => format!("in {room}"),
            None => format!("between {}", pair.join(" and ")),
        };
        let span = match (self.first, self.last) {
            (Some(first), Some(last)) => last.since(first) / 1_000_000_000,
            _ => 0,
        };
        let mut explanation = format!(
            "{} by {} {place} on {network} could be read {}, on {}",
            count(self.said, "message"),
            count(self.authors.len() as u64, "author"),
            far(self.exposure),
            count(self.flows.len() as u64, "flow"),
        );
        if span > 0 {
            explanation += &format!(" within {}", count(span.unsigned_abs(), "second"));
        }
        if self.sealed > 0 {
            explanation += &format!("; {} more were protected end to end", self.sealed);
        }
        if self.lost > 0 {
            explanation += &format!("; {} bytes in between were not seen", self.lost);
        }
        explanation.push('.');
        let missing = format!("what was said in {} bytes nobody saw", self.lost);
        Words {
            title: format!("Conversation {place} readable"),
            subject,
            network: Some(network.clone()),
            explanation,
            not_visible: if self.lost > 0 { vec![missing] } else { vec![] },
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

/// Sayings heard within the last minutes, as numbers made of their ids: all copies of one come within
/// one.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ids: HashSet<u64, foldhash::fast::RandomState>,
    age: VecDeque<(Time, u64)>,
}

/// Copies of a saying come within 60 s of its first; the rest is for clocks that step.
const WINDOW: i64 = 300_000_000_000;
/// Ids remembered.
const IDS: usize = 1 << 18;

impl Seen {
    /// Whether this is the first copy of a saying, known by its id and by where it was said. One
    /// without an id has no copies.
    pub(super) fn first(&mut self, id: &[&str], at: Option<Time>) -> bool {
        if id.first().is_none_or(|id| id.is_empty()) {
            return true;
        }
        let at = at.unwrap_or_default();
        while let Some((old, _)) = self.age.front()
            && (at.since(*old) > WINDOW || self.ids.len() >= IDS)
            && let Some((_, id)) = self.age.pop_front()
        {
            self.ids.remove(&id);
        }
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        let id = hasher.finish();
        let first = self.ids.insert(id);
        if first {
            self.age.push_back((at, id));
        }
        first
    }
}
