//! `credential_exposure`: secrets somebody could have read.

use std::collections::{BTreeMap, BTreeSet};

use overhear_dissectors::Name;
use overhear_dissectors::event::{CredentialKind, Strength};

use super::case::{Case, Words, capital, count};
use super::people::{Channels, far};
use crate::told::{Category, Credential, Exposure, Finding, Head, Severity};

/// Whose secret, by which mechanism: one finding each.
type Key = (Name, Option<Name>, String);

/// Every secret heard.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets {
    cases: BTreeMap<Key, Exposed>,
    /// Accounts by the fingerprint of a secret of theirs.
    shared: BTreeMap<String, BTreeSet<(Name, Name)>>,
}

#[derive(Clone, Debug)]
struct Exposed {
    case: Case,
    kind: CredentialKind,
    strength: Strength,
    exposure: Option<Exposure>,
    times: u64,
    accepted: u64,
    refused: u64,
    /// Refusals since it was last accepted, and the most there were.
    row: u64,
    longest: u64,
    fingerprints: BTreeSet<String>,
}

/// Findings kept; credentials of further ones are only counted in the statistics.
const CASES: usize = 1 << 16;
/// Different secrets remembered of one account.
const SECRETS: usize = 64;
/// Refusals in a row worth telling: one more than a person's slip.
const IN_A_ROW: u64 = 3;
/// Accounts named as having the same secret.
const NAMED: usize = 5;

impl Secrets {
    pub(super) fn hear(
        &mut self,
        head: &Head,
        said: &Credential,
        channels: &Channels,
    ) -> Option<Finding> {
        let key = (said.network.clone(), said.account.clone(), said.mechanism.clone());
        if self.cases.len() >= CASES && !self.cases.contains_key(&key) {
            return None;
        }
        if let Some(account) = &said.account
            && self.shared.len() < CASES
        {
            let owners = self.shared.entry(said.fingerprint.clone()).or_default();
            if owners.len() < SECRETS {
                owners.insert((said.network.clone(), account.clone()));
            }
        }
        let exposed = self.cases.entry(key.clone()).or_insert_with(|| {
            let about =
                [said.network.as_str(), said.account.as_deref().unwrap_or(""), &said.mechanism];
            Exposed {
                case: Case::new(Category::CredentialExposure, &about),
                kind: said.kind,
                strength: said.strength,
                exposure: None,
                times: 0,
                accepted: 0,
                refused: 0,
                row: 0,
                longest: 0,
                fingerprints: BTreeSet::new(),
            }
        });
        exposed.times += 1;
        exposed.accepted += u64::from(said.accepted == Some(true));
        exposed.refused += u64::from(said.accepted == Some(false));
        exposed.row = match said.accepted {
            Some(true) => 0,
            Some(false) => exposed.row + 1,
            None => exposed.row,
        };
        exposed.longest = exposed.longest.max(exposed.row);
        exposed.strength = exposed.strength.min(said.strength);
        exposed.exposure = exposed.exposure.max(channels.exposure(head));
        if exposed.fingerprints.len() < SECRETS {
            exposed.fingerprints.insert(said.fingerprint.clone());
        }
        let severity = severity(said, exposed.exposure);
        let worse = exposed.case.add(head.pcap_cnt, severity);
        worse.then(|| {
            let words = exposed.words(&key, &self.shared);
            exposed.case.tell(words)
        })
    }

    pub(super) fn close(&mut self) -> Vec<Finding> {
        let shared = &self.shared;
        let mut last = Vec::new();
        for (key, exposed) in &mut self.cases {
            if !exposed.others(key, shared).is_empty() {
                exposed.case.touch();
            }
            let words = exposed.words(key, shared);
            last.extend(exposed.case.close(|| words));
        }
        last
    }
}

impl Exposed {
    fn words(&self, key: &Key, shared: &BTreeMap<String, BTreeSet<(Name, Name)>>) -> Words {
        let (network, account, mechanism) = key;
        let kind = match self.kind {
            CredentialKind::Password => "password",
            CredentialKind::Token => "token",
            CredentialKind::Cookie => "session cookie",
            CredentialKind::ChannelKey => "channel key",
            CredentialKind::Digest => "password digest",
        };
        let how = match self.strength {
            Strength::Plaintext => "in clear",
            Strength::Reversible => "scrambled with a key everybody knows",
            Strength::Replayable => "in a form that can be used again",
            Strength::Crackable => "in a form that can be guessed at offline",
            Strength::Strong => "as a proof that is hard to guess at",
        };
        let owner = account.as_deref().unwrap_or("somebody unnamed");
        let mut explanation = format!(
            "The {kind} of {owner} on {network} crossed the wire {} {how} ({mechanism}), {}",
            count(self.times, "time"),
            far(self.exposure),
        );
        if self.fingerprints.len() > 1 {
            explanation += &format!("; {} different ones", self.fingerprints.len());
        }
        explanation += &match (self.accepted, self.refused) {
            (0, 0) => "; no answer was heard".to_owned(),
            (_, 0) => "; the service accepted it".to_owned(),
            (0, _) => "; the service refused it".to_owned(),
            (accepted, refused) => format!("; accepted {accepted}, refused {refused}"),
        };
        if self.longest >= IN_A_ROW {
            explanation += &format!("; {} refusals in a row", self.longest);
        }
        let others = self.others(key, shared);
        if !others.is_empty() {
            explanation += &format!("; the same secret as {}", others.join(", "));
        }
        explanation.push('.');
        let verb = match self.strength {
            Strength::Plaintext | Strength::Reversible => "readable",
            Strength::Replayable => "reusable",
            Strength::Crackable => "crackable",
            Strength::Strong => "exposed as a proof",
        };
        Words {
            title: capital(&format!("{kind} of {owner} {verb}")),
            subject: owner.to_owned(),
            network: Some(network.to_string()),
            explanation,
            not_visible: if self.accepted + self.refused == 0 {
                vec!["whether the service accepted it".to_owned()]
            } else {
                vec![]
            },
        }
    }

    /// Other accounts with one of these secrets.
    fn others(&self, key: &Key, shared: &BTreeMap<String, BTreeSet<(Name, Name)>>) -> Vec<String> {
        let mine = |owner: &(Name, Name)| owner.0 == key.0 && Some(&owner.1) == key.1.as_ref();
        let owners = self.fingerprints.iter().filter_map(|print| shared.get(print)).flatten();
        let others: BTreeSet<String> = owners
            .filter(|owner| !mine(owner))
            .map(|(network, account)| format!("{account} ({network})"))
            .collect();
        others.into_iter().take(NAMED).collect()
    }
}

/// How bad it is that this secret was heard: by what it is worth, one step worse when it left the
/// local network, one better when the service refused it.
fn severity(said: &Credential, exposure: Option<Exposure>) -> Severity {
    const STEPS: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    let base: usize = match said.strength {
        // What lets one into a room does not let one into an account.
        Strength::Plaintext if said.kind == CredentialKind::ChannelKey => 2,
        Strength::Plaintext | Strength::Reversible => 3,
        Strength::Replayable | Strength::Crackable => 2,
        Strength::Strong => 0,
    };
    let step = match exposure {
        _ if base == 0 => base,
        Some(Exposure::Perimeter | Exposure::Internet) => base + 1,
        Some(Exposure::Host) => base - 1,
        _ => base,
    };
    let step = if said.accepted == Some(false) { step.saturating_sub(1) } else { step };
    STEPS.get(step).copied().unwrap_or(Severity::Critical)
}
