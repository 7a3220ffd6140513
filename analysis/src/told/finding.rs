//! What it means.

use overhear_dissectors::Name;
use serde::{Deserialize, Serialize};

/// `finding`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable: the same for every state of one finding.
    pub id: Name,
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
