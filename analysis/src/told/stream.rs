//! The frame of the stream: a line, its outer keys, and the first line.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{
    Anomaly, Channel, Client, Conflict, Credential, File, Finding, Login, Message, Presence,
    Profile, Room, Roster, Stats, Typing, Word,
};
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
    pub event_type: Word,
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
    pub proto: Option<Word>,
    /// The messenger's protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_proto: Option<Word>,
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
    /// What a directory was asked, or said.
    Profile(Profile),
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
            Self::Profile(_) => "profile",
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
    /// Findings rest on what earlier runs have learned as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub state: bool,
    /// The budget for everything that grows with traffic, in bytes, where it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
}

#[cfg(test)]
mod tests {
    use overhear_dissectors::event::TypingState;

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
