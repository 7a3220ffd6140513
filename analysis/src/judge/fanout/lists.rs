//! What the operator knows: who may send to many, and who nobody has a reason to write to.

use serde::{Deserialize, Deserializer, de};

use super::Place;
use super::payload::Payload;
use crate::Time;

/// Allowed senders and decoys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// What is known to be harmless: its findings lose two steps of severity.
    pub allowed: Vec<Allowed>,
    /// Accounts that exist to be written to by programs only.
    pub decoys: Vec<Decoy>,
}

/// Something harmless; all that is named has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    /// The sender.
    pub account: Option<String>,
    /// The room it is sent to.
    pub room: Option<String>,
    /// The content: one of the values of `content_key` in the event stream.
    pub key: Option<String>,
    /// The network, as events name it.
    pub network: Option<String>,
    /// The first day on which it is not allowed any more, in UTC: `2027-01-31`.
    #[serde(default, deserialize_with = "day")]
    pub until: Option<Time>,
    /// Why; a finding says so.
    pub reason: String,
}

/// An account that nobody has a reason to write to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decoy {
    /// Its name.
    pub account: String,
    /// Its network, as events name it.
    pub network: Option<String>,
}

impl Lists {
    /// Why a sending is harmless, if it is.
    pub(super) fn reason(
        &self,
        from: &str,
        to: Place<'_>,
        payload: &Payload,
        at: Time,
    ) -> Option<&str> {
        let is = |wanted: &Option<String>, name: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(name))
        };
        let fits = |one: &&Allowed| {
            is(&one.account, from)
                && is(&one.network, to.network)
                && one.room.as_ref().is_none_or(|_| to.room && is(&one.room, to.name))
                && one.key.as_ref().is_none_or(|key| payload.is_told(key))
                && one.until.is_none_or(|until| at < until)
        };
        self.allowed.iter().find(fits).map(|one| &*one.reason)
    }

    /// Whether a place is a decoy.
    pub(super) fn is_decoy(&self, to: Place<'_>) -> bool {
        let is = |one: &Decoy| {
            one.account.eq_ignore_ascii_case(to.name)
                && one.network.as_ref().is_none_or(|network| network == to.network)
        };
        !to.room && self.decoys.iter().any(is)
    }
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
    let day = String::deserialize(deserializer)?;
    let begins = Time::parse(&format!("{day}T00:00:00.000000+0000"));
    begins.map(Some).ok_or_else(|| de::Error::custom(format!("{day:?} is no day like 2027-01-31")))
}
