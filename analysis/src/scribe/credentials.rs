//! Secrets that wait for their answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use overhear_dissectors::event;
use overhear_dissectors::{Secret, Who};

use crate::told::{Credential, Head};
use crate::{FlowFacts, FlowId, Time};

/// A secret that was heard, with the outer keys of its frame.
#[derive(Clone, Debug)]
pub(super) struct Heard {
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
    last: BTreeMap<FlowId, (Option<u64>, &'static str, Secret)>,
}

/// Packet time an answer is waited for.
const PATIENCE: i64 = 30_000_000_000;
/// Secrets that wait at once; the one due first is told without its answer when there are more.
const WAITING: usize = 1 << 14;

impl Pending {
    /// A secret was heard at `at`. Gives one that has waited too long, when there are too many, and
    /// an earlier one of the same attempt.
    pub(super) fn hear(&mut self, flow: FlowId, at: Time, heard: Heard) -> Option<Heard> {
        let mark = (heard.head.pcap_cnt, heard.said.mechanism, heard.said.secret.clone());
        if self.last.get(&flow) == Some(&mark) {
            return None;
        }
        self.last.insert(flow, mark);
        let attempt = heard.said.attempt;
        let deadline = at + PATIENCE;
        self.due.insert((deadline, flow, attempt));
        let before = self.waiting.insert((flow, attempt), (deadline, heard)).map(|(due, heard)| {
            self.due.remove(&(due, flow, attempt));
            heard
        });
        before.or_else(|| (self.waiting.len() > WAITING).then(|| self.first()).flatten())
    }

    /// An answer was heard in frame `frame`. Gives the secret, when that was what it waited for.
    pub(super) fn answer(
        &mut self,
        flow: FlowId,
        answer: event::Answer,
        frame: Option<u64>,
    ) -> Option<Heard> {
        let key = (flow, answer.attempt);
        let (_, heard) = self.waiting.get_mut(&key)?;
        if let Some(who) = answer.who {
            heard.who = who;
        }
        let accepted = answer.accepted?;
        let (due, mut heard) = self.waiting.remove(&key)?;
        self.due.remove(&(due, flow, answer.attempt));
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
        let (due, heard) = self.waiting.remove(&key)?;
        self.due.remove(&(due, key.0, key.1));
        Some(heard)
    }

    /// The secret due first.
    pub(super) fn first(&mut self) -> Option<Heard> {
        let (_, flow, attempt) = self.due.pop_first()?;
        self.waiting.remove(&(flow, attempt)).map(|(_, heard)| heard)
    }
}

impl Heard {
    /// As it is told: `secret` and `fingerprint` are what the options make of the secret.
    pub(super) fn told(
        &self,
        network: String,
        account: Option<String>,
        display: Option<String>,
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
