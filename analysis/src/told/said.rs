//! What people and their programs said.

use overhear_dissectors::Name;
use overhear_dissectors::event::{
    CredentialKind, Leg, MessageKind, OfferState, Outcome, ProfileOp, Protection, RoomOp, RosterOp,
    Status, Strength, TypingState,
};
use serde::{Deserialize, Serialize};

use super::{Visible, Word};

/// `login`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Network of the account.
    pub network: Name,
    /// Its name.
    pub account: Name,
    /// Its original spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<Name>,
    /// An XMPP resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Name>,
    /// How.
    #[serde(default)]
    pub method: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The client program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The server's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
}

/// `credential`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Network of the account.
    pub network: Name,
    /// Its name; absent when nobody said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Name>,
    /// Its original spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<Name>,
    /// What sort of secret.
    pub kind: CredentialKind,
    /// How it travelled.
    pub mechanism: String,
    /// What it is worth to whoever heard it.
    pub strength: Strength,
    /// As `--secrets` says.
    #[serde(default)]
    pub secret: String,
    /// Keyed fingerprint: equal secrets have equal ones.
    #[serde(default)]
    pub fingerprint: String,
    /// Whether the service took it; absent when no answer was heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<bool>,
    /// Frame of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_cnt: Option<u64>,
}

/// `message`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The same on every copy of one saying.
    #[serde(default)]
    pub message_id: Name,
    /// Network of everybody in it.
    pub network: Name,
    /// Who said it.
    pub from: Name,
    /// The author's original spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<Name>,
    /// The author's XMPP resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Name>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Name>,
    /// In which room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<Name>,
    /// What manner of saying.
    #[serde(default)]
    pub kind: MessageKind,
    /// What a person would read, as `--content` and `--secrets` allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The original, where it held markup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markup: Option<String>,
    /// Characters of the text, however much of it is shown.
    #[serde(default)]
    pub length: u64,
    /// Charset, when it was guessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// Which part of its way.
    #[serde(default)]
    pub leg: Leg,
    /// End-to-end protection.
    #[serde(default)]
    pub protection: Protection,
    /// Keyed fingerprints of the normalised text, links and file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content_key: Vec<Name>,
    /// What could be seen here.
    #[serde(default, skip_serializing_if = "Visible::is_empty")]
    pub visible: Visible,
    /// Two readings of its bytes were heard.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ambiguous: bool,
    /// The conflict that says which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Name>,
}

/// `typing`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// Network of everybody in it.
    pub network: Name,
    /// Who writes.
    pub from: Name,
    /// To whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Name>,
    /// In which room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<Name>,
    /// Started or stopped.
    pub state: TypingState,
}

/// `roster`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// Network of the owner.
    pub network: Name,
    /// Whose list.
    pub account: Name,
    /// What was done.
    pub op: RosterOp,
    /// The people concerned.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// The list is whole.
    #[serde(default)]
    pub complete: bool,
}

/// One entry of a buddy list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Who.
    pub account: Name,
    /// Their original spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<Name>,
    /// The owner's own name for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Their group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// `presence`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Network of the account.
    pub network: Name,
    /// Whose.
    pub account: Name,
    /// Which.
    pub status: Status,
    /// The away text, as `--content` allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The peer's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// `profile`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Network of both accounts.
    pub network: Name,
    /// Whose entry in the directory; absent in a search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Name>,
    /// Who asks, or is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Name>,
    /// What was done.
    pub op: ProfileOp,
    /// What is looked for, or said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// One thing a directory says of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// `email`, `first_name`, `city`.
    pub name: Word,
    /// As `--content` allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// `room`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Network of the room.
    pub network: Name,
    /// Its name; absent for what concerns no single room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<Name>,
    /// Whom it concerns.
    pub account: Name,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Name>,
    /// What happened.
    pub op: RoomOp,
    /// The topic, the parting words, the new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// `file`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The same in every state of one transfer.
    #[serde(default)]
    pub transfer_id: Name,
    /// Network of both.
    pub network: Name,
    /// Who sends.
    pub from: Name,
    /// Who receives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Name>,
    /// In which room it was offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<Name>,
    /// Its name as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its size as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// How it travels.
    #[serde(default)]
    pub transport: String,
    /// How far it is.
    pub state: OfferState,
    /// Bytes seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// SHA-256 of the complete content, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Media type by its bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Where the data connection is accepted, `address:port`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Keyed fingerprint of name and size, or of the content.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content_key: Vec<Name>,
}

/// `client`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Network of the account.
    pub network: Name,
    /// Whose program.
    pub account: Name,
    /// Its name.
    pub product: String,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(default)]
    pub version: Option<String>,
    /// Where it was said.
    #[serde(default)]
    pub source: String,
}
