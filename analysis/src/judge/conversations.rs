//! `conversation_exposure`: talk somebody could have read, and how far it travelled.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use overhear_dissectors::event::Protection;

use super::case::{Case, Words, count};
use super::people::{Channels, People, far};
use crate::Time;
use crate::told::{Category, Exposure, Finding, Head, Message, Severity};

/// A network with a room, or with two people in ascending order, all in lower case.
type Key = (String, Option<String>, Vec<String>);

/// Every conversation heard.
#[derive(Debug, Default)]
pub(super) struct Conversations {
    cases: BTreeMap<Key, Exposed>,
    seen: Seen,
}

/// The same, as it is written.
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
        let author = people.called(&said.network, &said.from).to_owned();
        let exposure = channels.exposure(head);
        if said.room.is_some() {
            return self.place(head, said, author, Vec::new(), exposure).into_iter().collect();
        }
        // A message to several people is a part of several conversations.
        let readers = said.to.iter().map(|reader| people.called(&said.network, reader).to_owned());
        readers
            .filter_map(|reader| {
                self.place(head, said, author.clone(), vec![author.clone(), reader], exposure)
            })
            .collect()
    }

    /// Hears a message in one of the conversations it is a part of.
    fn place(
        &mut self,
        head: &Head,
        said: &Message,
        author: String,
        mut pair: Vec<String>,
        exposure: Option<Exposure>,
    ) -> Option<Finding> {
        pair.sort_by_key(|name| name.to_lowercase());
        let fold = |name: &String| name.to_lowercase();
        let key =
            (said.network.clone(), said.room.as_ref().map(fold), pair.iter().map(fold).collect());
        if self.cases.len() >= CASES && !self.cases.contains_key(&key) {
            return None;
        }
        let exposed = self.cases.entry(key).or_insert_with_key(|key| {
            let place = Place { network: said.network.clone(), room: said.room.clone(), pair };
            Exposed::new(key, place)
        });
        if self.seen.first(&format!("{} {}", said.message_id, exposed.case.id()), head.timestamp) {
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
        let cases = self.cases.values_mut();
        cases
            .filter(|exposed| exposed.said > 0)
            .filter_map(|exposed| {
                let words = exposed.words();
                exposed.case.close(|| words)
            })
            .collect()
    }
}

impl Exposed {
    fn new((network, room, pair): &Key, place: Place) -> Self {
        let mut about = vec![network.as_str(), room.as_deref().unwrap_or_default()];
        about.extend(pair.iter().map(String::as_str));
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

    fn note(&mut self, head: &Head, author: String, exposure: Option<Exposure>) {
        if self.authors.len() < FEW {
            self.authors.insert(author);
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

/// Ids of sayings heard within the last minutes: all copies of one come within one.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ids: BTreeSet<String>,
    age: VecDeque<(Time, String)>,
}

/// Copies of a saying come within 60 s of its first; the rest is for clocks that step.
const WINDOW: i64 = 300_000_000_000;
/// Ids remembered.
const IDS: usize = 1 << 18;

impl Seen {
    /// Whether this is the first copy of a saying. One without an id has no copies.
    pub(super) fn first(&mut self, id: &str, at: Option<Time>) -> bool {
        if id.is_empty() {
            return true;
        }
        let at = at.unwrap_or_default();
        while let Some((old, _)) = self.age.front()
            && (at.since(*old) > WINDOW || self.ids.len() >= IDS)
            && let Some((_, id)) = self.age.pop_front()
        {
            self.ids.remove(&id);
        }
        let first = self.ids.insert(id.to_owned());
        if first {
            self.age.push_back((at, id.to_owned()));
        }
        first
    }
}
