//! What is shown: a bounded fold over the event stream.
//!
//! A view hears finished lines, in order, and holds what the panes show. Nothing in it that a
//! pane draws is from the wire but as [`Shown`]. Its tables are bounded: what lay idle longest
//! goes first, and how much went is said.

mod finding;
mod goods;
mod outbreak;
mod people;
mod pulse;
mod reach;
mod table;
mod talk;

use std::collections::BTreeMap;

use overhear_analysis::told::{Body, Head, Message, Severity, Start, Stats};
use overhear_analysis::{Time, Told};
use overhear_dissectors::Name;
use overhear_dissectors::event::{Leg, Outcome};
use overhear_sensor::output::said::Said;
use overhear_sensor::output::scrub::Shown;

pub use finding::Found;
pub use goods::{Secret, Transfer};
pub use outbreak::{Outbreak, Outbreaks};
pub use people::{Buddy, Person};
pub use pulse::Pulse;
pub use reach::{Reach, Sum};
pub use table::Table;
pub use talk::{Flow, Key, Talk, open};

/// Everything that is shown.
#[derive(Clone, Debug)]
pub struct View {
    /// What is read, and how.
    pub start: Option<Start>,
    /// First and last packet time.
    pub span: Option<(Time, Time)>,
    /// Lines heard.
    pub lines: u64,
    /// Sayings, each counted once.
    pub messages: u64,
    /// Conversations.
    pub talks: Table<Key, Talk>,
    /// Accounts, by network and folded name.
    pub people: Table<(String, String), Person>,
    /// Secrets, equal ones of one account together.
    pub secrets: Table<(Name, Option<Name>, String, String), Secret>,
    /// Files, by transfer.
    pub files: Table<Name, Transfer>,
    /// Findings, by id.
    pub findings: Table<Name, Found>,
    /// Channels.
    pub reach: Reach,
    /// Lines over time, by protocol.
    pub pulses: BTreeMap<Shown, Pulse>,
    /// What was odd, by name: how often, bytes nobody saw, and the first detail.
    pub oddities: Table<String, Oddity>,
    /// The last line, once it was heard; a live sensor tells it now and then.
    pub stats: Option<Stats>,
    said: Said,
    /// Number of the line that is being heard.
    number: u64,
}

/// Anomalies of one name.
#[derive(Clone, Debug)]
pub struct Oddity {
    /// The name.
    pub event: Shown,
    /// How often.
    pub times: u64,
    /// Bytes nobody saw.
    pub bytes: u64,
    /// What the last one said.
    pub detail: Shown,
    /// Frame of the last one.
    pub frame: Option<u64>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            start: None,
            span: None,
            lines: 0,
            messages: 0,
            talks: Table::new(TALKS),
            people: Table::new(PEOPLE),
            secrets: Table::new(ROWS),
            files: Table::new(ROWS),
            findings: Table::new(ROWS),
            reach: Reach::default(),
            pulses: BTreeMap::new(),
            oddities: Table::new(ODDITIES),
            stats: None,
            said: Said::default(),
            number: 0,
        }
    }
}

impl View {
    /// Hears the line of a number.
    pub fn hear(&mut self, told: &Told, number: u64) {
        let head = &told.head;
        self.lines += 1;
        self.number = number;
        self.moment(head);
        match &told.body {
            Body::Start(start) => self.start = Some(start.clone()),
            Body::Message(message) => self.message(head, message, number),
            Body::Login(login) => {
                let name = login.display.as_ref().unwrap_or(&login.account);
                let Some(person) = self.person(head, &login.network, &login.account, name) else {
                    return;
                };
                person.outcome(login.outcome);
                let client =
                    if login.outcome == Outcome::Attempt { head.src_ip } else { head.dest_ip };
                person.at(client, login.resource.as_deref());
                login.client.iter().for_each(|client| person.uses(client));
                login.server.iter().for_each(|server| people::add(&mut person.services, server));
            }
            Body::Credential(secret) => {
                let kind = format!("{:?}", secret.kind);
                let key = (
                    secret.network.clone(),
                    secret.account.clone(),
                    kind,
                    secret.fingerprint.clone(),
                );
                if let Some(row) = self.secrets.row(key, || Secret::of(head, secret)) {
                    row.sent(head, secret, number);
                }
            }
            Body::Roster(one) => {
                if let Some(row) = self.person(head, &one.network, &one.account, &one.account) {
                    row.roster(one);
                }
            }
            Body::Presence(one) => {
                if let Some(row) = self.person(head, &one.network, &one.account, &one.account) {
                    row.status = Some(one.status);
                    one.address.iter().for_each(|at| people::add(&mut row.devices, at));
                }
            }
            Body::Client(one) => {
                if let Some(row) = self.person(head, &one.network, &one.account, &one.account) {
                    let version = one.version.as_deref().unwrap_or_default();
                    row.uses(format!("{} {version}", one.product).trim_end());
                }
            }
            _ => self.rest(told, number),
        }
    }

    fn rest(&mut self, told: &Told, number: u64) {
        let head = &told.head;
        match &told.body {
            Body::Room(one) => {
                if let Some(person) = self.person(head, &one.network, &one.account, &one.account) {
                    one.room.iter().for_each(|room| people::add(&mut person.rooms, room));
                }
                if let Some(key) = Key::room(one)
                    && let Some(talk) = self.talks.row(key, || Talk::of_room(one))
                {
                    talk.heard(head);
                    talk.line(head, number);
                }
            }
            Body::File(file) => {
                let id = file.transfer_id.clone();
                if let Some(row) = self.files.row(id, || Transfer::of(file)) {
                    let first = row.span.is_none();
                    row.told(head, file, number);
                    if let Some(talk) = self.talks.row(Key::file(file), || Talk::of_file(file)) {
                        talk.files += u64::from(first);
                        talk.heard(head);
                        talk.line(head, number);
                    }
                }
            }
            Body::Channel(channel) => self.reach.hear(head, channel),
            Body::Finding(finding) => {
                let mut new = false;
                let row = self.findings.row(finding.id.clone(), || {
                    new = true;
                    Found::of(head, finding, number)
                });
                if let Some(row) = row.filter(|_| !new) {
                    row.told_again(head, finding, number);
                }
            }
            Body::Anomaly(one) => {
                let row = self.oddities.row(one.event.clone().into_owned(), || Oddity {
                    event: shown(&one.event),
                    times: 0,
                    bytes: 0,
                    detail: Shown::default(),
                    frame: None,
                });
                if let Some(row) = row {
                    row.times += 1;
                    row.bytes = row.bytes.saturating_add(one.bytes.unwrap_or_default());
                    one.detail.iter().for_each(|detail| row.detail = shown(detail));
                    row.frame = head.pcap_cnt.or(row.frame);
                }
            }
            Body::Stats(stats) => self.stats = Some(stats.clone()),
            _ => {}
        }
    }

    /// When a line was heard, and in which protocol.
    fn moment(&mut self, head: &Head) {
        let Some(at) = head.timestamp else { return };
        let (from, to) = self.span.unwrap_or((at, at));
        self.span = Some((from.min(at), to.max(at)));
        if matches!(&*head.event_type, "finding" | "stats") {
            return;
        }
        let Some(protocol) = head.app_proto.as_deref().map(shown) else { return };
        if self.pulses.len() < PROTOCOLS || self.pulses.contains_key(&protocol) {
            self.pulses.entry(protocol).or_default().beat(at);
        }
    }

    /// A message; copies of it still say how far it travelled.
    fn message(&mut self, head: &Head, message: &Message, number: u64) {
        let first = self.said.first(head, message);
        let channel = head.flow_id.and_then(|flow| self.reach.channel(flow));
        if let Some(talk) = self.talks.row(Key::message(message), || Talk::of(message)) {
            channel.into_iter().for_each(|channel| talk.travels(channel));
            talk.heard(head);
            if first {
                talk.line(head, number);
                talk.said(message);
            }
        }
        if !first {
            return;
        }
        self.messages += 1;
        let name = message.display.as_ref().unwrap_or(&message.from);
        if let Some(person) = self.person(head, &message.network, &message.from, name) {
            person.said += 1;
            let own = matches!(message.leg, Leg::ToServer | Leg::ToProxy | Leg::Direct);
            person.at(head.src_ip.filter(|_| own), message.resource.as_deref());
        }
    }

    fn person(
        &mut self,
        head: &Head,
        network: &str,
        name: &str,
        display: &str,
    ) -> Option<&mut Person> {
        let key = (network.to_owned(), name.to_lowercase());
        let number = self.number;
        let person = self.people.row(key, || Person::new(network, display))?;
        person.heard(head, number);
        Some(person)
    }

    /// How many findings there are of a severity.
    pub fn tally(&self, severity: Severity) -> u64 {
        self.findings.iter().filter(|(_, found)| found.severity == severity).count() as u64
    }

    /// Rows that had to go, of all tables.
    pub fn gone(&self) -> u64 {
        self.talks.gone()
            + self.people.gone()
            + self.secrets.gone()
            + self.files.gone()
            + self.findings.gone()
    }
}

/// What the wire said, as far as a row has room for it.
pub(crate) fn shown(wire: &str) -> Shown {
    Shown::fitted(wire, COLUMNS)
}

/// Columns of a field: longer than any name a person chose.
const COLUMNS: usize = 300;

/// Conversations kept.
const TALKS: usize = 120_000;

/// Accounts kept.
const PEOPLE: usize = 60_000;

/// Rows kept of another table.
const ROWS: usize = 20_000;

/// Names of anomalies kept.
const ODDITIES: usize = 500;

/// Protocols with a pulse of their own; they are names of the registry, so it is never reached by
/// ours.
const PROTOCOLS: usize = 64;
