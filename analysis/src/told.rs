//! The event stream: one JSON object a line, as `docs/events.md` describes it.
//!
//! A [`Told`] is what leaves the analyst: names resolved, ids given, secrets and content already
//! reduced to what the operator asked for. Everything after it (findings, tables, reports, the
//! screen, a replay) knows a capture through these objects alone, and that is what makes a replay
//! of a stream equal to the reading of its capture.

use std::net::IpAddr;

use overhear_dissectors::event::{
    CredentialKind, Leg, MessageKind, OfferState, Outcome, Protection, RoomOp, RosterOp, Status,
    Strength, TypingState, Verdict,
};
use serde::{Deserialize, Serialize};

use crate::Time;

/// Version of the vocabulary; it grows when a key changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// One line of the event stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The outer keys.
    #[serde(flatten)]
    pub head: Head,
    /// The object under the event type's name.
    #[serde(flatten)]
    pub body: Body,
}

/// The outer keys: those of Suricata's EVE.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Packet time of the frame; the first line has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Time>,
    /// Name of the object below.
    pub event_type: String,
    /// 53-bit hash of the canonical 5-tuple, tunnel identity and first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_id: Option<u64>,
    /// Number of the frame in its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pcap_cnt: Option<u64>,
    /// Its file, when there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pcap_filename: Option<String>,
    /// The side that spoke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src_ip: Option<IpAddr>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src_port: Option<u16>,
    /// The other side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dest_ip: Option<IpAddr>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dest_port: Option<u16>,
    /// `TCP` or `UDP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proto: Option<String>,
    /// The messenger's protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_proto: Option<String>,
    /// Community ID, version 1, seed 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community_id: Option<String>,
    /// VLAN tags, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vlan: Vec<u16>,
    /// Interface of a live capture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_iface: Option<String>,
    /// Encapsulation and tunnels, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<String>,
    /// Name of the sensor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensor: Option<String>,
    /// Resolution of the timestamp in seconds, when coarser than a microsecond.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_resolution: Option<f64>,
    /// Bytes of this side nobody saw before this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_before: Option<u64>,
}

/// The object under the event type's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// First line of a stream.
    Start(Start),
    /// A sign-on.
    Login(Login),
    /// A secret on the wire.
    Credential(Credential),
    /// Something said.
    Message(Message),
    /// Somebody writes.
    Typing(Typing),
    /// A buddy list.
    Roster(Roster),
    /// A presence.
    Presence(Presence),
    /// Something in a room.
    Room(Room),
    /// A file.
    File(File),
    /// A program that named itself.
    Client(Client),
    /// A messaging channel and who can read it.
    Channel(Channel),
    /// Bytes that disagreed.
    Conflict(Conflict),
    /// Malformed input, loss, clock trouble.
    Anomaly(Anomaly),
    /// What it means.
    Finding(Finding),
    /// Last line of a stream.
    Stats(Stats),
}

impl Body {
    /// The word in `event_type`.
    pub fn event_type(&self) -> &'static str {
        match self {
            Self::Start(_) => "start",
            Self::Login(_) => "login",
            Self::Credential(_) => "credential",
            Self::Message(_) => "message",
            Self::Typing(_) => "typing",
            Self::Roster(_) => "roster",
            Self::Presence(_) => "presence",
            Self::Room(_) => "room",
            Self::File(_) => "file",
            Self::Client(_) => "client",
            Self::Channel(_) => "channel",
            Self::Conflict(_) => "conflict",
            Self::Anomaly(_) => "anomaly",
            Self::Finding(_) => "finding",
            Self::Stats(_) => "stats",
        }
    }
}

/// The first line: what was read, by what, under which options.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// `overhear`.
    pub program: String,
    /// Its version.
    pub version: String,
    /// Files or interfaces.
    pub inputs: Vec<String>,
    /// Options that change what the stream says.
    pub options: Options,
}

/// Options that change what the stream says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// `full`, `excerpt`, `none`.
    pub content: String,
    /// `masked`, `fingerprint`, `reveal`.
    pub secrets: String,
    /// The inside.
    pub home_net: Vec<String>,
    /// The capture filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Inputs were kept apart.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub separate: bool,
}

/// `login`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Network of the account.
    pub network: String,
    /// Its name.
    pub account: String,
    /// Its original spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// An XMPP resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// How.
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
    pub network: String,
    /// Its name; absent when nobody said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Its original spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// What sort of secret.
    pub kind: CredentialKind,
    /// How it travelled.
    pub mechanism: String,
    /// What it is worth to whoever heard it.
    pub strength: Strength,
    /// As `--secrets` says.
    pub secret: String,
    /// Keyed fingerprint: equal secrets have equal ones.
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
    pub message_id: String,
    /// Network of everybody in it.
    pub network: String,
    /// Who said it.
    pub from: String,
    /// The author's original spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// The author's XMPP resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// In which room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// What manner of saying.
    pub kind: MessageKind,
    /// What a person would read, as `--content` and `--secrets` allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The original, where it held markup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markup: Option<String>,
    /// Characters of the text, however much of it is shown.
    pub length: u64,
    /// Charset, when it was guessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// Which part of its way.
    pub leg: Leg,
    /// End-to-end protection.
    pub protection: Protection,
    /// Keyed fingerprints of the normalised text, links and file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content_key: Vec<String>,
    /// What could be seen here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visible: Vec<String>,
    /// Two readings of its bytes were heard.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ambiguous: bool,
    /// The conflict that says which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<String>,
}

/// `typing`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// Network of everybody in it.
    pub network: String,
    /// Who writes.
    pub from: String,
    /// To whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// In which room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Started or stopped.
    pub state: TypingState,
}

/// `roster`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// Network of the owner.
    pub network: String,
    /// Whose list.
    pub account: String,
    /// What was done.
    pub op: RosterOp,
    /// The people concerned.
    pub contacts: Vec<Contact>,
    /// The list is whole.
    pub complete: bool,
}

/// One entry of a buddy list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Who.
    pub account: String,
    /// Their original spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
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
    pub network: String,
    /// Whose.
    pub account: String,
    /// Which.
    pub status: Status,
    /// The away text, as `--content` allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The peer's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// `room`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Network of the room.
    pub network: String,
    /// Its name; absent for what concerns no single room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Whom it concerns.
    pub account: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
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
    pub transfer_id: String,
    /// Network of both.
    pub network: String,
    /// Who sends.
    pub from: String,
    /// Who receives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// In which room it was offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Its name as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its size as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// How it travels.
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
    pub content_key: Vec<String>,
}

/// `client`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Network of the account.
    pub network: String,
    /// Whose program.
    pub account: String,
    /// Its name.
    pub product: String,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where it was said.
    pub source: String,
}

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
    /// Its id, for [`Message::conflict`].
    pub id: String,
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
    pub affects: Vec<String>,
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
    pub event: String,
    /// Where and how much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Bytes nobody saw, for a gap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// `finding`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable: the same for every state of one finding.
    pub id: String,
    /// Open, updated, closed.
    pub state: FindingState,
    /// Which kind.
    pub category: Category,
    /// How bad.
    pub severity: Severity,
    /// A short line.
    pub title: String,
    /// Account, host, room or file it is about.
    pub subject: String,
    /// Network of the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// One sentence with numbers.
    pub explanation: String,
    /// Frames to look at, the first 20.
    pub evidence: Vec<u64>,
    /// Score of a detector that scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Its threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// What the score is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
    /// The first 20 victims.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub victims: Vec<String>,
    /// All victims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub victim_count: Option<u64>,
    /// Who infected the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// How many steps from the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    /// What could not be seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_visible: Vec<String>,
}

/// State of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// New.
    Open,
    /// Grew.
    Updated,
    /// Final.
    Closed,
}

/// Kind of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "docs/events.md says what each means")]
pub enum Category {
    CredentialExposure,
    ConversationExposure,
    WormFanout,
    JoinTriggeredSend,
    FilePropagation,
    Flood,
    AccountHijack,
    EvasionTunnel,
    MalformedExploit,
    Policy,
    OffRosterContact,
    Hairpin,
    SensitiveContent,
    CaptureQuality,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// One term of a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// What was measured.
    pub feature: String,
    /// What it adds.
    pub value: f64,
}

/// `stats`: the ledger of a capture and the counts of its stream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// What the sensor counted; a replay carries it over. Absent when the stream had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Ledger>,
    /// Events told, by type.
    pub events: std::collections::BTreeMap<String, u64>,
    /// Messages, each saying counted once.
    pub messages: u64,
    /// Findings, by severity.
    pub findings: std::collections::BTreeMap<String, u64>,
    /// What depends on the run, never compared: memory, delays, wall time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<serde_json::Value>,
}

/// What the sensor counted. The sums are laws, checked at the end of every run: see
/// [`Ledger::check`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// Frames read.
    pub frames: u64,
    /// Their captured bytes.
    pub bytes: u64,
    /// Frames the capture kept less of than the wire carried.
    pub cut_frames: u64,
    /// Frames a filter passed over.
    pub filtered: u64,
    /// Frames the kernel says it dropped.
    pub kernel_dropped: u64,
    /// Frames shed because a worker was behind (live only).
    pub shed: u64,
    /// Frames that carry no IP.
    pub non_ip: u64,
    /// Frames whose headers cannot be.
    pub malformed: u64,
    /// IP fragments still held, or given up.
    pub held_fragments: u64,
    /// TCP segments.
    pub tcp: u64,
    /// UDP datagrams.
    pub udp: u64,
    /// Other IP packets.
    pub other: u64,
    /// Packets made whole from fragments.
    pub reassembled: u64,
    /// Flows begun.
    pub flows: u64,
    /// TCP payload bytes of all segments.
    pub tcp_bytes: u64,
    /// Those delivered in order.
    pub delivered: u64,
    /// Those seen before.
    pub repeated: u64,
    /// Those far outside the window.
    pub outside_window: u64,
    /// Those after the end of their stream.
    pub after_end: u64,
    /// Those in segments of flows nobody reads any more.
    pub ignored: u64,
    /// Delivered bytes a dissector took.
    pub understood: u64,
    /// Delivered bytes a dissector left.
    pub unread: u64,
    /// Delivered bytes inside TLS.
    pub sealed: u64,
    /// Delivered bytes nobody claims.
    pub unidentified: u64,
    /// Holes.
    pub gaps: u64,
    /// Bytes in them.
    pub gap_bytes: u64,
    /// Conversations heard from one side only.
    pub one_way: u64,
    /// Overlaps that disagreed.
    pub conflicts: u64,
    /// Wrong checksums (read all the same).
    pub bad_checksums: u64,
    /// Malformed or impossible input met by dissectors.
    pub weirds: u64,
    /// Dissectors that broke (our bug).
    pub broken: u64,
    /// Budgets that were struck.
    pub struck: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

impl Ledger {
    /// The conservation laws; each broken one as a sentence.
    pub fn check(&self) -> Vec<String> {
        let laws = [
            (
                "frames = filtered + shed + non_ip + malformed + held_fragments + tcp + udp + other",
                self.frames + self.reassembled,
                self.filtered
                    + self.shed
                    + self.non_ip
                    + self.malformed
                    + self.held_fragments
                    + self.tcp
                    + self.udp
                    + self.other,
            ),
            (
                "tcp_bytes = delivered + repeated + outside_window + after_end + ignored",
                self.tcp_bytes,
                self.delivered
                    + self.repeated
                    + self.outside_window
                    + self.after_end
                    + self.ignored,
            ),
            (
                "delivered = understood + unread + sealed + unidentified",
                self.delivered,
                self.understood + self.unread + self.sealed + self.unidentified,
            ),
        ];
        laws.into_iter()
            .filter(|(_, left, right)| left != right)
            .map(|(law, left, right)| format!("{law}: {left} ≠ {right}"))
            .collect()
    }

    /// Adds another sensor's counts.
    pub fn add(&mut self, other: &Self) {
        let Ok(serde_json::Value::Object(more)) = serde_json::to_value(other) else { return };
        let Ok(serde_json::Value::Object(mut mine)) = serde_json::to_value(&*self) else { return };
        for (key, value) in more {
            let sum = value.as_u64().unwrap_or_default()
                + mine.get(&key).and_then(serde_json::Value::as_u64).unwrap_or_default();
            mine.insert(key, sum.into());
        }
        if let Ok(sum) = serde_json::from_value(mine.into()) {
            *self = sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_back_as_it_was_written() {
        let told = Told {
            head: Head {
                timestamp: Some(Time::from_secs(5)),
                event_type: "typing".into(),
                pcap_cnt: Some(7),
                ..Head::default()
            },
            body: Body::Typing(Typing {
                network: "aim".into(),
                from: "a".into(),
                to: vec!["b".into()],
                room: None,
                state: TypingState::Active,
            }),
        };
        let line = serde_json::to_string(&told).unwrap();
        assert_eq!(
            line,
            r#"{"timestamp":"1970-01-01T00:00:05.000000+0000","event_type":"typing","pcap_cnt":7,"typing":{"network":"aim","from":"a","to":["b"],"state":"active"}}"#
        );
        assert_eq!(serde_json::from_str::<Told>(&line).unwrap(), told);
    }
}
