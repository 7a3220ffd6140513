//! Files and direct connections: what is offered on one flow, and heard on another.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::event::Leg;
use crate::{Side, Text, Who};

/// A file or direct connection, as its two ends speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Who offers.
    pub from: Who,
    /// To whom.
    pub to: Vec<Who>,
    /// In which room it was offered to everybody.
    pub room: Option<String>,
    /// What the connection will carry.
    pub carries: Carries,
    /// `dcc-send`, `oft`, …: the name in `file.transport`; `dcc-chat` for a conversation.
    pub transport: &'static str,
    /// The file's name as given; empty for a conversation.
    pub name: Text,
    /// Its size in bytes as given.
    pub size: Option<u64>,
    /// Where in the file the transfer begins.
    pub offset: u64,
    /// The protocol's own word that joins the steps of one transfer (a passive DCC token, an ICBM
    /// cookie).
    pub token: Option<String>,
    /// Where the data connection will be accepted, as far as this step says.
    pub endpoint: Option<(IpAddr, u16)>,
    /// The party that accepts the data connection at `endpoint`.
    pub listener: Option<Who>,
    /// How far it is.
    pub state: OfferState,
    /// Which part of its way this was heard on.
    pub leg: Leg,
}

/// A file this conversation itself carried, in a protocol of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// What is known of it here; the state says whether it is whole.
    pub offer: Offer,
    /// What was seen of it.
    pub content: Content,
}

/// What a direct connection carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carries {
    /// The bytes of one file, from the one who offered it.
    File,
    /// The same inside a protocol of its own, which only a dissector of that protocol unwraps.
    Wrapped,
    /// Lines of text, both ways.
    Chat,
}

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// Offered.
    Offered,
    /// Accepted, resumed, or answered with an address.
    Accepted,
    /// Declined.
    Declined,
    /// Bytes were seen.
    Transferring,
    /// All bytes were seen.
    Complete,
    /// It ended, or was lost, before its end.
    Truncated,
}

/// What was heard on a flow that no protocol claims. The analyst, who knows which data
/// connections were offered, marries the two or forgets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclaimed {
    /// A line of text (without its end), while the flow reads as text.
    Line {
        /// Who said it.
        side: Side,
        /// The line.
        text: Text,
    },
    /// What one side said in all, at its end.
    Content {
        /// Whose.
        side: Side,
        /// The content, as far as it was seen.
        content: Content,
    },
}

/// The content of one direction of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Bytes seen.
    pub bytes: u64,
    /// SHA-256 of them, when nothing was missing between the first and the last.
    pub sha256: Option<[u8; 32]>,
    /// The media type the first bytes look like.
    pub mime: Option<&'static str>,
}
