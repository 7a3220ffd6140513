//! Secrets and files: what changed hands, or could have.

use overhear_analysis::Time;
use overhear_analysis::told::{Credential, File, Head};
use overhear_dissectors::event::{OfferState, Strength};
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::word;

use super::people::add;
use super::shown;
use super::talk::Flow;

/// A secret that crossed the wire; equal ones of one account are one.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its network.
    pub network: Shown,
    /// Whose.
    pub account: Option<Shown>,
    /// `password`, `digest`.
    pub kind: Shown,
    /// The ways it travelled.
    pub mechanisms: Vec<Shown>,
    /// What it is worth by the weakest of them.
    pub strength: Strength,
    /// As the stream shows it: a mask, the fingerprint, or itself.
    pub secret: Shown,
    /// Keyed fingerprint.
    pub fingerprint: Shown,
    /// Whether the service took it.
    pub accepted: Option<bool>,
    /// How often it was sent.
    pub times: u64,
    /// Frames it was heard in, the first few.
    pub frames: Vec<u64>,
    /// First and last time.
    pub span: Option<(Time, Time)>,
    /// The flow it was first heard on.
    pub flow: Option<Flow>,
    /// Number of the line that told it last.
    pub line: u64,
}

impl Secret {
    /// One that is heard for the first time.
    pub fn of(head: &Head, secret: &Credential) -> Self {
        let name = secret.display.as_ref().or(secret.account.as_ref());
        Self {
            network: shown(&secret.network),
            account: name.map(|name| shown(name)),
            kind: shown(&word(secret.kind).replace('_', " ")),
            mechanisms: Vec::new(),
            strength: secret.strength,
            secret: shown(&secret.secret),
            fingerprint: shown(&secret.fingerprint),
            accepted: None,
            times: 0,
            frames: Vec::new(),
            span: None,
            flow: Flow::of(head),
            line: 0,
        }
    }

    /// Sent once more.
    pub fn sent(&mut self, head: &Head, secret: &Credential, line: u64) {
        self.times += 1;
        self.line = line;
        self.strength = self.strength.min(secret.strength);
        add(&mut self.mechanisms, &secret.mechanism);
        self.frames.extend(head.pcap_cnt.filter(|_| self.frames.len() < FRAMES));
        if let Some(at) = head.timestamp {
            let (from, to) = self.span.unwrap_or((at, at));
            self.span = Some((from.min(at), to.max(at)));
        }
        // Once taken, it is a good secret.
        self.accepted = match (self.accepted, secret.accepted) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (before, now) => now.or(before),
        };
    }
}

/// A file that changed hands, or was meant to.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// Its network.
    pub network: Shown,
    /// Who sends.
    pub from: Shown,
    /// Who receives.
    pub to: Shown,
    /// Its name as given.
    pub name: Shown,
    /// Its size as given, in bytes.
    pub size: Option<u64>,
    /// Bytes seen.
    pub bytes: Option<u64>,
    /// How it travels.
    pub transport: Shown,
    /// How far it came.
    pub state: OfferState,
    /// SHA-256 in hex.
    pub sha256: Shown,
    /// Media type by its bytes.
    pub mime: Shown,
    /// Where the data connection is accepted.
    pub endpoint: Shown,
    /// First and last time.
    pub span: Option<(Time, Time)>,
    /// Frames that told of it, the first few.
    pub frames: Vec<u64>,
    /// Numbers of the lines that told of it, the first few.
    pub lines: Vec<u64>,
}

impl Transfer {
    /// One that is heard of for the first time.
    pub fn of(file: &File) -> Self {
        let to = match &file.room {
            Some(room) if file.to.is_empty() => shown(room),
            _ => shown(&file.to.join(", ")),
        };
        Self {
            network: shown(&file.network),
            from: shown(&file.from),
            to,
            name: Shown::default(),
            size: None,
            bytes: None,
            transport: shown(&file.transport),
            state: file.state,
            sha256: Shown::default(),
            mime: Shown::default(),
            endpoint: Shown::default(),
            span: None,
            frames: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Told once more.
    pub fn told(&mut self, head: &Head, file: &File, line: u64) {
        if self.lines.len() < FRAMES {
            self.lines.push(line);
        }
        self.state = file.state;
        self.size = file.size.or(self.size);
        self.bytes = file.bytes.or(self.bytes);
        let texts = [
            (&file.name, &mut self.name),
            (&file.sha256, &mut self.sha256),
            (&file.mime, &mut self.mime),
            (&file.endpoint, &mut self.endpoint),
        ];
        for (now, kept) in texts {
            now.iter().for_each(|now| *kept = shown(now));
        }
        self.frames.extend(head.pcap_cnt.filter(|_| self.frames.len() < FRAMES));
        if let Some(at) = head.timestamp {
            let (from, to) = self.span.unwrap_or((at, at));
            self.span = Some((from.min(at), to.max(at)));
        }
    }
}

/// Frames kept of one thing.
const FRAMES: usize = 20;
