//! What a person is told at the end: a bounded fold over the event stream.
//!
//! The report and the page are made from a [`Story`] alone, and it holds nothing from the wire
//! that is not [`Shown`]. It hears the finished stream, so a replay tells the same story as the
//! reading of the capture did. Tables are bounded; what no longer fitted is counted and said.

mod exposure;
mod limits;
mod phrases;
mod talks;

pub use exposure::{Paths, Way};
pub use limits::{Limits, Oddity, losses, unread};
pub use talks::{Line, Talk, Talks};

use std::collections::BTreeSet;
use std::fmt;

use overhear_analysis::told::{
    Body, Client, Credential, File, Finding, Head, Login, Options, Severity, Stats,
};
use overhear_analysis::{Time, Told};
use overhear_dissectors::Name;
use overhear_dissectors::event::{OfferState, Outcome, Strength};

use super::kept::Kept;
use super::scrub::Shown;
use super::word::{SEVERITIES, severity, word};

/// Everything a report shows.
#[derive(Debug)]
pub struct Story {
    /// What was read, and how.
    pub source: Source,
    /// First and last packet time.
    pub span: Option<(Time, Time)>,
    /// What it means, as last told, in order of telling.
    pub findings: Kept<Name, Found>,
    /// Secrets, equal ones of one account together.
    pub secrets: Kept<(Name, Option<Name>, String, String), Secret>,
    /// Who used what.
    pub people: Kept<(String, String), Person>,
    /// What was said.
    pub talks: Talks,
    /// Files that changed hands, as last told.
    pub files: Kept<Name, Transfer>,
    /// Who could overhear it.
    pub paths: Paths,
    /// What this capture cannot tell.
    pub limits: Limits,
    /// The last line, once it was heard.
    pub stats: Option<Stats>,
}

/// What was read, and how.
#[derive(Debug, Default)]
pub struct Source {
    /// Files or interfaces.
    pub inputs: Vec<Shown>,
    /// `overhear 0.1.0`.
    pub program: Shown,
    /// How secrets are shown: `masked`, `fingerprint`, `reveal`.
    pub secrets: Shown,
    /// How much of content is shown.
    pub content: Shown,
    /// What counts as inside.
    pub home: Shown,
    /// The capture filter.
    pub filter: Option<Shown>,
}

/// A frame, by its number and, where there are several, its file.
#[derive(Clone, Debug, Default)]
pub struct At {
    /// Packet time.
    pub time: Option<Time>,
    /// Number in its file.
    pub frame: Option<u64>,
    /// Its file.
    pub file: Option<Shown>,
}

impl At {
    fn of(head: &Head) -> Self {
        Self {
            time: head.timestamp,
            frame: head.pcap_cnt,
            file: head.pcap_filename.as_deref().map(shown),
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.frame, &self.file) {
            (Some(frame), Some(file)) => write!(f, "frame {frame} of {file}"),
            (Some(frame), None) => write!(f, "frame {frame}"),
            _ => Ok(()),
        }
    }
}

/// A finding.
#[derive(Clone, Debug)]
pub struct Found {
    /// How bad.
    pub severity: Severity,
    /// Which kind.
    pub category: String,
    /// A short line.
    pub title: Shown,
    /// What it is about.
    pub subject: Shown,
    /// Network of the subject.
    pub network: Option<Shown>,
    /// One sentence with numbers.
    pub explanation: Shown,
    /// Frames to look at.
    pub evidence: Vec<u64>,
    /// What could not be seen.
    pub not_visible: Vec<Shown>,
}

/// A secret that crossed the wire.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its network.
    pub network: Shown,
    /// Whose.
    pub account: Option<Shown>,
    /// `password`, `digest`.
    pub kind: String,
    /// The ways it travelled.
    pub mechanisms: Vec<Shown>,
    /// What it is worth by the weakest of them.
    pub strength: Strength,
    /// As `--secrets` says.
    pub secret: Shown,
    /// Keyed fingerprint.
    pub fingerprint: Shown,
    /// Whether the service took it.
    pub accepted: Option<bool>,
    /// How often it was sent.
    pub times: u64,
    /// Where it was first heard.
    pub at: At,
}

/// An account.
#[derive(Clone, Debug)]
pub struct Person {
    /// Its network.
    pub network: Shown,
    /// Its name, as its owner spells it.
    pub name: Shown,
    /// Programs it used.
    pub clients: Vec<Shown>,
    /// Sayings of it.
    pub said: u64,
    /// Sign-ons that succeeded, failed.
    pub signed_on: [u64; 2],
    /// Contacts on its list, as far as told.
    pub contacts: u64,
}

/// A file that changed hands, or was meant to.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// Who sends.
    pub from: Shown,
    /// Who receives.
    pub to: Shown,
    /// Its name as given.
    pub name: Shown,
    /// Its size as given, in bytes.
    pub size: Option<u64>,
    /// How it travels.
    pub transport: Shown,
    /// How far it came.
    pub state: OfferState,
    /// SHA-256 in hex.
    pub sha256: Option<Shown>,
    /// Media type by its bytes.
    pub mime: Option<Shown>,
    /// Where it was first heard.
    pub at: At,
}

impl Default for Story {
    fn default() -> Self {
        Self {
            source: Source::default(),
            span: None,
            findings: Kept::new(MOST),
            secrets: Kept::new(MOST),
            people: Kept::new(MOST),
            talks: Talks::default(),
            files: Kept::new(MOST),
            paths: Paths::default(),
            limits: Limits::default(),
            stats: None,
        }
    }
}

impl Story {
    /// Hears the next event.
    pub fn hear(&mut self, told: &Told) {
        let head = &told.head;
        if let Some(at) = head.timestamp {
            let (from, to) = self.span.unwrap_or((at, at));
            self.span = Some((from.min(at), to.max(at)));
        }
        match &told.body {
            Body::Start(start) => {
                self.source.inputs.extend(start.inputs.iter().map(|input| shown(input)));
                self.source.program = shown(&format!("{} {}", start.program, start.version));
                self.source.options(&start.options);
            }
            Body::Login(login) => self.login(login),
            Body::Credential(secret) => self.secret(head, secret),
            Body::Message(message) => {
                let exposure = head.flow_id.and_then(|flow| self.paths.exposure(flow));
                if self.talks.hear(head, message, exposure) {
                    let name = message.display.as_ref().unwrap_or(&message.from);
                    if let Some(person) = self.person(&message.network, &message.from, name) {
                        person.said += 1;
                    }
                }
            }
            Body::Roster(roster) => {
                let listed = roster.contacts.len() as u64;
                if let Some(owner) = self.person(&roster.network, &roster.account, &roster.account)
                {
                    owner.contacts = owner.contacts.max(listed);
                }
            }
            Body::File(file) => self.file(head, file),
            Body::Client(client) => self.client(client),
            Body::Channel(channel) => self.paths.hear(head, channel),
            Body::Conflict(_) => self.limits.conflict(),
            Body::Anomaly(anomaly) => self.limits.hear(head, anomaly),
            Body::Finding(finding) => self.found(finding),
            Body::Stats(stats) => self.stats = Some(stats.clone()),
            Body::Typing(_) | Body::Presence(_) | Body::Profile(_) | Body::Room(_) => {}
        }
    }

    /// Findings, worst first, those of one severity in order of telling.
    pub fn worst_first(&self) -> Vec<&Found> {
        let mut rows: Vec<_> = self.findings.rows().iter().collect();
        rows.sort_by_key(|found| std::cmp::Reverse(found.severity));
        rows
    }

    /// How many findings there are of each severity there is, worst first.
    pub fn tally(&self) -> Vec<(&'static str, u64)> {
        let levels = SEVERITIES.into_iter().map(|level| {
            let rows = self.findings.rows().iter();
            (severity(level).1, rows.filter(|found| found.severity == level).count() as u64)
        });
        levels.filter(|(_, number)| *number > 0).collect()
    }

    /// Secrets, the weakest protected first.
    pub fn weakest_first(&self) -> Vec<&Secret> {
        let mut rows: Vec<_> = self.secrets.rows().iter().collect();
        rows.sort_by_key(|secret| (secret.strength, secret.accepted == Some(false)));
        rows
    }

    /// Protocols that were met, by their names in the registry.
    pub fn protocols(&self) -> BTreeSet<Shown> {
        self.paths.ways().into_iter().map(|way| way.protocol).collect()
    }

    fn person(&mut self, network: &str, name: &str, display: &str) -> Option<&mut Person> {
        // IRC folds case; two spellings of one nickname are one person on every network we read.
        let key = (network.to_owned(), name.to_lowercase());
        self.people.row(key, || Person {
            network: shown(network),
            name: shown(display),
            clients: Vec::new(),
            said: 0,
            signed_on: [0; 2],
            contacts: 0,
        })
    }

    fn login(&mut self, login: &Login) {
        let name = login.display.as_ref().unwrap_or(&login.account);
        let Some(person) = self.person(&login.network, &login.account, name) else { return };
        match login.outcome {
            Outcome::Success => person.signed_on[0] += 1,
            Outcome::Failure => person.signed_on[1] += 1,
            Outcome::Attempt | Outcome::Replaced => {}
        }
        if let Some(client) = &login.client {
            person.uses(shown(client));
        }
    }

    fn client(&mut self, client: &Client) {
        let named = match &client.version {
            Some(version) => format!("{} {version}", client.product),
            None => client.product.clone(),
        };
        if let Some(person) = self.person(&client.network, &client.account, &client.account) {
            person.uses(shown(&named));
        }
    }

    fn secret(&mut self, head: &Head, secret: &Credential) {
        let key = (
            secret.network.clone(),
            secret.account.clone(),
            word(secret.kind),
            secret.fingerprint.clone(),
        );
        let name = secret.display.as_ref().or(secret.account.as_ref());
        let row = self.secrets.row(key, || Secret {
            network: shown(&secret.network),
            account: name.map(|name| shown(name)),
            kind: word(secret.kind),
            mechanisms: Vec::new(),
            strength: secret.strength,
            secret: shown(&secret.secret),
            fingerprint: shown(&secret.fingerprint),
            accepted: None,
            times: 0,
            at: At::of(head),
        });
        if let Some(row) = row {
            row.times += 1;
            row.strength = row.strength.min(secret.strength);
            let mechanism = shown(&secret.mechanism);
            if row.mechanisms.len() < MECHANISMS && !row.mechanisms.contains(&mechanism) {
                row.mechanisms.push(mechanism);
            }
            // Once accepted, it is a good secret.
            row.accepted = match (row.accepted, secret.accepted) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (before, now) => now.or(before),
            };
        }
    }

    fn file(&mut self, head: &Head, file: &File) {
        let to = match &file.room {
            Some(room) if file.to.is_empty() => shown(room),
            _ => shown(&file.to.join(", ")),
        };
        let row = self.files.row(file.transfer_id.clone(), || Transfer {
            from: shown(&file.from),
            to,
            name: Shown::default(),
            size: None,
            transport: shown(&file.transport),
            state: file.state,
            sha256: None,
            mime: None,
            at: At::of(head),
        });
        if let Some(row) = row {
            row.state = file.state;
            row.size = file.size.or(row.size);
            if let Some(name) = &file.name {
                row.name = shown(name);
            }
            row.sha256 = file.sha256.as_deref().map(shown).or(row.sha256.take());
            row.mime = file.mime.as_deref().map(shown).or(row.mime.take());
        }
    }

    fn found(&mut self, finding: &Finding) {
        let found = Found {
            severity: finding.severity,
            category: word(finding.category),
            title: shown(&finding.title),
            subject: shown(&finding.subject),
            network: finding.network.as_deref().map(shown),
            explanation: shown(&finding.explanation),
            evidence: finding.evidence.clone(),
            not_visible: finding.not_visible.iter().map(|what| shown(what)).collect(),
        };
        if let Some(known) = self.findings.row(finding.id.clone(), || found.clone()) {
            *known = found;
        }
    }
}

impl Source {
    fn options(&mut self, options: &Options) {
        self.secrets = shown(&options.secrets);
        self.content = shown(&options.content);
        self.home = shown(&options.home_net.join(", "));
        self.filter = options.filter.as_deref().map(shown);
    }
}

impl Person {
    fn uses(&mut self, client: Shown) {
        // `xchat` and `xchat 2.8.8` are one program: the longer name says more.
        let same = |known: &&mut Shown| {
            known.as_str().starts_with(client.as_str())
                || client.as_str().starts_with(known.as_str())
        };
        match self.clients.iter_mut().find(same) {
            Some(known) if known.as_str().len() < client.as_str().len() => *known = client,
            Some(_) => {}
            None => self.clients.push(client),
        }
        self.clients.truncate(CLIENTS);
    }
}

/// What the wire said, as far as a row has room for it.
fn shown(wire: &str) -> Shown {
    Shown::fitted(wire, COLUMNS)
}

/// Columns of a field: longer than any name a person chose.
const COLUMNS: usize = 500;

/// Rows a table keeps.
const MOST: usize = 10_000;

/// Ways a secret is shown with.
const MECHANISMS: usize = 8;

/// Programs an account is shown with.
const CLIENTS: usize = 4;
