//! Secrets that wait for their answer.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use overhear_dissectors::event;
use overhear_dissectors::{Name, Secret, Who};

use crate::told::{Credential, Head};
use crate::{FlowFacts, FlowId, Time};

/// A secret that was heard, with the outer keys of its frame.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    /// Number of its frame in the whole input.
    pub(super) frame: u64,
    pub(super) facts: Option<Arc<FlowFacts>>,
    pub(super) head: Head,
    pub(super) who: Who,
    pub(super) said: event::Credential,
    pub(super) accepted: Option<bool>,
    pub(super) answer: Option<u64>,
}

/// Secrets whose answer was not heard yet, by conversation and attempt.
#[derive(Debug, Default)]
pub(super) struct Pending {
    waiting: BTreeMap<(FlowId, u32), (Time, Heard)>,
    due: BTreeSet<(Time, FlowId, u32)>,
    /// The same secret told twice in one frame of one flow is told once.
    last: BTreeMap<FlowId, Last>,
}

/// The last secret heard on a flow.
#[derive(Debug)]
struct Last {
    frame: u64,
    mechanism: &'static str,
    who: Who,
    secret: Secret,
    /// Its attempts: an answer to any of them is its answer.
    attempts: RangeInclusive<u32>,
}

/// Packet time an answer is waited for.
const PATIENCE: i64 = 30_000_000_000;
/// Secrets that wait at once; the one due first is told without its answer when there are more.
const WAITING: usize = 1 << 14;

impl Pending {
    /// A secret was heard at `at`. Gives one that has waited too long, when there are too many, and
    /// an earlier one of the same attempt.
    pub(super) fn hear(&mut self, flow: FlowId, at: Time, heard: Heard) -> Option<Heard> {
        let attempt = heard.said.attempt;
        if let Some(last) = self.last.get_mut(&flow)
            && last.is(&heard)
        {
            last.attempts = *last.attempts.start()..=attempt;
            return None;
        }
        self.last.insert(flow, Last::of(&heard));
        let before = self.take(flow, attempt);
        let deadline = at + PATIENCE;
        self.due.insert((deadline, flow, attempt));
        self.waiting.insert((flow, attempt), (deadline, heard));
        before.or_else(|| (self.waiting.len() > WAITING).then(|| self.first()).flatten())
    }

    /// An answer was heard in frame `frame`. Gives the secret, when that was what it waited for.
    pub(super) fn answer(
        &mut self,
        flow: FlowId,
        answer: event::Answer,
        frame: Option<u64>,
    ) -> Option<Heard> {
        let attempt = match self.last.get(&flow) {
            Some(last) if last.attempts.contains(&answer.attempt) => *last.attempts.start(),
            _ => answer.attempt,
        };
        let (_, heard) = self.waiting.get_mut(&(flow, attempt))?;
        if let Some(who) = answer.who {
            heard.who = who;
        }
        let accepted = answer.accepted?;
        let mut heard = self.take(flow, attempt)?;
        heard.accepted = Some(accepted);
        heard.answer = frame;
        Some(heard)
    }

    /// The next secret that has waited long enough at `now`.
    pub(super) fn expired(&mut self, now: Time) -> Option<Heard> {
        let (due, ..) = self.due.first()?;
        if *due <= now { self.first() } else { None }
    }

    /// The next secret of a flow that is over.
    pub(super) fn ended(&mut self, flow: FlowId) -> Option<Heard> {
        let key = self.waiting.range((flow, 0)..=(flow, u32::MAX)).next().map(|(key, _)| *key);
        let Some(key) = key else {
            self.last.remove(&flow);
            return None;
        };
        self.take(key.0, key.1)
    }

    /// The secret due first.
    pub(super) fn first(&mut self) -> Option<Heard> {
        let (_, flow, attempt) = self.due.pop_first()?;
        self.waiting.remove(&(flow, attempt)).map(|(_, heard)| heard)
    }

    fn take(&mut self, flow: FlowId, attempt: u32) -> Option<Heard> {
        let (due, heard) = self.waiting.remove(&(flow, attempt))?;
        self.due.remove(&(due, flow, attempt));
        Some(heard)
    }
}

impl Last {
    fn of(heard: &Heard) -> Self {
        let attempt = heard.said.attempt;
        Self {
            frame: heard.frame,
            mechanism: heard.said.mechanism,
            who: heard.said.who.clone(),
            secret: heard.said.secret.clone(),
            attempts: attempt..=attempt,
        }
    }

    fn is(&self, heard: &Heard) -> bool {
        let said = &heard.said;
        self.frame == heard.frame
            && self.who == said.who
            && self.mechanism == said.mechanism
            && self.secret == said.secret
    }
}

impl Heard {
    /// As it is told: `secret` and `fingerprint` are what the options make of the secret.
    pub(super) fn told(
        &self,
        network: Name,
        account: Option<Name>,
        display: Option<Name>,
        secret: String,
        fingerprint: String,
    ) -> Credential {
        Credential {
            network,
            account,
            display,
            kind: self.said.kind,
            mechanism: self.said.mechanism.to_owned(),
            strength: self.said.strength,
            secret,
            fingerprint,
            accepted: self.accepted,
            answer_cnt: self.answer,
        }
    }
}
