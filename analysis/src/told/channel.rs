//! Conversations as channels, and what was wrong with them.

use overhear_dissectors::Name;
use overhear_dissectors::event::Verdict;
use serde::{Deserialize, Serialize};

/// `channel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Open, changed, closed; totals are final in `closed`.
    pub state: ChannelState,
    /// What can be read of it.
    pub verdict: Verdict,
    /// Since which byte of the conversation (both sides added) the verdict holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_byte: Option<u64>,
    /// The server's name (SNI).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// The TLS version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_version: Option<String>,
    /// The client's JA4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ja4: Option<String>,
    /// How far it travels.
    pub exposure: Exposure,
    /// Who could read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<Reader>,
    /// Messages told on it.
    pub messages: u64,
    /// Credentials told on it.
    pub credentials: u64,
    /// Payload bytes of both sides.
    pub bytes: u64,
    /// Bytes nobody saw.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost: u64,
}

/// State of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelState {
    /// Just recognised.
    Open,
    /// Its verdict changed.
    Changed,
    /// Over.
    Closed,
}

/// How far a conversation travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// Within one machine.
    Host,
    /// Both ends inside.
    Lan,
    /// One end inside.
    Perimeter,
    /// No end inside.
    Internet,
}

/// Who could read a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// Anybody on the segment.
    Segment,
    /// Anybody on the local network's path.
    Lan,
    /// Whoever runs the perimeter.
    Perimeter,
    /// The Internet providers between.
    Isp,
    /// A proxy.
    Proxy,
    /// The service.
    Server,
}

/// `conflict`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Its id, for [`super::Message::conflict`].
    pub id: Name,
    /// `client` or `server`.
    pub side: String,
    /// Stream offset of the first byte in dispute.
    pub offset: u64,
    /// Bytes in dispute.
    pub length: u64,
    /// Each reading.
    pub readings: Vec<Reading>,
    /// Which receivers take which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub believed_by: Vec<String>,
    /// Messages and credentials told before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affects: Vec<Name>,
}

/// One reading of disputed bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The bytes, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Frames that said so.
    pub frames: Vec<u64>,
}

/// `anomaly`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anomaly {
    /// A fixed name.
    pub event: super::Word,
    /// Where and how much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Bytes nobody saw, for a gap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}
