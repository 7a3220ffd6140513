//! The last line: the ledger of a capture, and the counts of its stream.

use serde::{Deserialize, Serialize};

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
    /// Frames the interface or its driver says it dropped.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub interface_dropped: u64,
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
    /// UDP payload bytes of all datagrams.
    #[serde(default)]
    pub udp_bytes: u64,
    /// Payload bytes delivered in order.
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
        let sum = |parts: &[u64]| parts.iter().fold(0, |sum: u64, part| sum.saturating_add(*part));
        let laws = [
            (
                "frames = filtered + shed + non_ip + malformed + held_fragments + tcp + udp + other",
                sum(&[self.frames, self.reassembled]),
                sum(&[
                    self.filtered,
                    self.shed,
                    self.non_ip,
                    self.malformed,
                    self.held_fragments,
                    self.tcp,
                    self.udp,
                    self.other,
                ]),
            ),
            (
                "tcp_bytes + udp_bytes = delivered + repeated + outside_window + after_end + ignored",
                sum(&[self.tcp_bytes, self.udp_bytes]),
                sum(&[
                    self.delivered,
                    self.repeated,
                    self.outside_window,
                    self.after_end,
                    self.ignored,
                ]),
            ),
            (
                "delivered = understood + unread + sealed + unidentified",
                self.delivered,
                sum(&[self.understood, self.unread, self.sealed, self.unidentified]),
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
            let before = mine.get(&key).and_then(serde_json::Value::as_u64).unwrap_or_default();
            let sum = value.as_u64().unwrap_or_default().saturating_add(before);
            mine.insert(key, sum.into());
        }
        if let Ok(sum) = serde_json::from_value(mine.into()) {
            *self = sum;
        }
    }
}
