//! The vocabulary: everything a conversation can say, without a word of any protocol.
//!
//! This is the narrow waist of overhear. Dissectors end here; the analyst, the event stream, the
//! tables and the screen begin here and never ask which protocol it was. The enums print
//! (`Serialize`) as the words of `docs/events.md`.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::{Secret, Text, Ticket, Who};

pub use crate::transfer::{Carried, Carries, Content, Offer, OfferState, Unclaimed};

/// Something that was said, or that happened to a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An account signed on, or tried to.
    Login(Login),
    /// A secret crossed the wire. Its answer may follow as [`Event::Answer`].
    Credential(Credential),
    /// An earlier credential was answered, or its owner became known.
    Answer(Answer),
    /// Somebody said something.
    Message(Message),
    /// Somebody is writing.
    Typing(Typing),
    /// A buddy list, or a change of one.
    Roster(Roster),
    /// Somebody came, went, or wrote why they are away.
    Presence(Presence),
    /// What a directory of people was asked, or said.
    Profile(Profile),
    /// Something happened in a room.
    Room(Room),
    /// A file or a direct connection was offered, accepted, declined.
    Offer(Offer),
    /// A file was seen, whole or in part.
    Carried(Carried),
    /// A program named itself.
    Client(Client),
    /// A token now stands for an account.
    Ticket(Ticketed),
    /// The conversation became unreadable, or refused to.
    Seal(Seal),
    /// Bytes of a conversation that no protocol claims; see [`Unclaimed`].
    Unclaimed(Unclaimed),
    /// Malformed or impossible input.
    Weird(Weird),
}

/// A sign-on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Who signs on.
    pub who: Who,
    /// How, in the words of [`Credential::mechanism`], or `none` where no secret is asked.
    pub method: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// The client program, where it named itself while signing on.
    pub client: Option<String>,
    /// The server, by the name it gives itself.
    pub server: Option<String>,
}

/// What came of a sign-on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing was heard of the answer.
    Attempt,
    /// Accepted.
    Success,
    /// Refused.
    Failure,
    /// Ended because the account signed on elsewhere.
    Replaced,
}

/// A secret on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Number of this attempt within the conversation, for [`Answer::attempt`].
    pub attempt: u32,
    /// Whose it is; an answer may say so later.
    pub who: Who,
    /// What sort of secret.
    pub kind: CredentialKind,
    /// How it travelled: `irc-pass`, `oscar-roasted`, `sasl-plain`.
    pub mechanism: &'static str,
    /// What it is worth to whoever heard it.
    pub strength: Strength,
    /// The secret itself, as typed (passwords) or in hex (binary digests and cookies).
    pub secret: Secret,
}

/// What sort of secret a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// What a person types.
    Password,
    /// What a service issued for longer use (OAuth, API tokens).
    Token,
    /// What a service issued for one session.
    Cookie,
    /// The key of a room.
    ChannelKey,
    /// A response computed from the password.
    Digest,
}

/// What a secret is worth to whoever heard it, weakest protection first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Readable, also through an encoding such as base64.
    Plaintext,
    /// Scrambled with a key everybody knows.
    Reversible,
    /// Can be used again as it is.
    Replayable,
    /// A fast hash with everything needed to guess against it.
    Crackable,
    /// A salted, slow or keyed proof.
    Strong,
}

/// The answer to a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// [`Credential::attempt`] of the one answered.
    pub attempt: u32,
    /// Accepted or refused; nothing when only the owner became known.
    pub accepted: Option<bool>,
    /// The owner, where the credential could not say.
    pub who: Option<Who>,
}

/// Something somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who said it.
    pub from: Who,
    /// To whom; empty for a room.
    pub to: Vec<Who>,
    /// The room it was said in, by its canonical name.
    pub room: Option<String>,
    /// What manner of saying.
    pub kind: MessageKind,
    /// What a person would read.
    pub text: Text,
    /// The original, where it held markup.
    pub markup: Option<Text>,
    /// Which part of its way this is.
    pub leg: Leg,
    /// End-to-end protection inside the readable envelope.
    pub protection: Protection,
}

/// What manner of saying a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// From one person to another.
    #[default]
    Im,
    /// In a room.
    Chat,
    /// That wants no answer.
    Notice,
    /// `/me`.
    Action,
    /// Sent by a program for its absent owner.
    AutoReply,
    /// Kept by the service and delivered later, or played back.
    Offline,
    /// A nudge or buzz.
    Nudge,
}

/// Which part of its way a message was heard on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leg {
    /// From its author's program to the service.
    #[default]
    ToServer,
    /// From the service to its reader.
    FromServer,
    /// From program to program.
    Direct,
    /// From service to service.
    BetweenServers,
    /// [`Leg::ToServer`], as heard between the program and its proxy.
    ToProxy,
    /// [`Leg::FromServer`], as heard between the proxy and the program.
    FromProxy,
}

impl Leg {
    /// The same leg on a conversation that goes through a proxy. Dissectors do not know of it.
    #[must_use]
    pub fn proxied(self) -> Self {
        match self {
            Self::ToServer => Self::ToProxy,
            Self::FromServer => Self::FromProxy,
            leg => leg,
        }
    }
}

/// End-to-end protection of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// None: it can be read.
    #[default]
    None,
    /// Off-the-Record.
    Otr,
    /// `OpenPGP`.
    Pgp,
    /// OMEMO.
    Omemo,
}

impl Protection {
    /// What a text says of itself: Off-the-Record messages begin with `?OTR`, armoured `OpenPGP` with its
    /// banner.
    pub fn of(text: &str) -> Self {
        if text.starts_with("?OTR:") {
            Self::Otr
        } else if text.starts_with("-----BEGIN PGP MESSAGE-----") {
            Self::Pgp
        } else {
            Self::None
        }
    }
}

/// Somebody is writing, or stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typing {
    /// Who writes.
    pub from: Who,
    /// To whom; empty for a room.
    pub to: Vec<Who>,
    /// In which room.
    pub room: Option<String>,
    /// Started or stopped.
    pub state: TypingState,
}

/// Whether somebody is writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypingState {
    /// Is writing.
    Active,
    /// Wrote something and rests.
    Paused,
    /// Deleted it, sent it or left.
    Done,
}

/// A buddy list, or a change of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// Whose list.
    pub who: Who,
    /// What was done.
    pub op: RosterOp,
    /// The people concerned.
    pub contacts: Vec<Contact>,
    /// The list is whole, as far as the service said.
    pub complete: bool,
}

/// What was done to a buddy list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterOp {
    /// The list as it stands.
    List,
    /// Added.
    Add,
    /// Removed.
    Remove,
    /// Blocked.
    Block,
    /// Allowed to see the owner, or to write, where not everybody may.
    Allow,
}

/// One entry of a buddy list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Who.
    pub who: Who,
    /// The owner's own name for them.
    pub alias: Option<String>,
    /// The group they are kept in.
    pub group: Option<String>,
}

/// Somebody's presence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Whose.
    pub who: Who,
    /// Which.
    pub status: Status,
    /// The away text, the status line.
    pub text: Option<Text>,
    /// The peer's address, where the protocol gives it.
    pub address: Option<SocketAddr>,
}

/// A presence, by the words most messengers use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Here.
    Online,
    /// Gone for a while.
    Away,
    /// Gone for long, or "not available".
    ExtendedAway,
    /// Busy, do not disturb.
    Busy,
    /// Free for chat.
    FreeForChat,
    /// Idle.
    Idle,
    /// Here, and asking the service to hide it.
    Invisible,
    /// Gone.
    Offline,
}

/// What a directory of people (white pages, vCards) was asked or told, or said of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The client's account.
    pub by: Who,
    /// Whose entry; nobody's in a search.
    pub who: Option<Who>,
    /// What was done.
    pub op: ProfileOp,
    /// What is asked for, or what is said: `email`, `first_name`, `city`.
    pub fields: Vec<(&'static str, Text)>,
}

/// What was done to a directory of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileOp {
    /// People were looked for, who are as the fields say.
    Search,
    /// Somebody's entry was asked for.
    Lookup,
    /// The service's answer to either.
    Entry,
    /// An account wrote its own.
    Set,
}

/// Something that happened in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Network of the room.
    pub network: String,
    /// Its canonical name; empty for what concerns no single room (a nick change, a quit).
    pub room: String,
    /// Whom it concerns: who joined, was kicked, was invited.
    pub who: Who,
    /// Who did it, where that is somebody else.
    pub by: Option<Who>,
    /// What happened.
    pub op: RoomOp,
    /// The topic, the parting words, the new name.
    pub text: Option<Text>,
}

/// What happened in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomOp {
    /// Came in, or was there when the list of members was read.
    Join,
    /// Left it.
    Part,
    /// Left the network.
    Quit,
    /// Was invited.
    Invite,
    /// Was invited, and will not come; the text says why.
    Decline,
    /// The topic was set or told.
    Topic,
    /// Opened it.
    Create,
    /// Was thrown out.
    Kick,
    /// Changed their name; the new one is in the text, and `room` is empty.
    Nick,
}

/// A program that named itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Whose program.
    pub who: Who,
    /// Its name, as given.
    pub product: String,
    /// Its version, where that could be told apart.
    pub version: Option<String>,
    /// Where it was said: `ctcp-version`, `oscar-sign-on`.
    pub source: &'static str,
}

/// A token that stands for an account from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticketed {
    /// The token.
    pub ticket: Ticket,
    /// The account behind it.
    pub who: Who,
}

/// What can be read of a conversation from here on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seal {
    /// The verdict.
    pub verdict: Verdict,
    /// The server's name as the client asked for it (SNI).
    pub server_name: Option<String>,
    /// `1.2`, `1.3`.
    pub tls_version: Option<&'static str>,
    /// The client's JA4 fingerprint.
    pub ja4: Option<String>,
    /// Bytes of both sides before it holds; the engine fills it in.
    pub since_byte: Option<u64>,
}

/// Whether a conversation can be read by somebody who listens.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Readable.
    Cleartext,
    /// TLS from the first byte.
    Tls,
    /// Readable up to an upgrade to TLS.
    Starttls,
    /// The upgrade was asked for and refused; what follows is readable.
    StarttlsRefused,
    /// Readable envelope, unreadable content.
    EndToEnd,
    /// Scrambled with a key everybody knows.
    Obfuscated,
    /// Nobody can tell.
    #[default]
    Unknown,
}

/// Malformed or impossible input: counted and named, never fatal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weird {
    /// A fixed name.
    pub name: &'static str,
    /// Where and how much.
    pub detail: String,
}
