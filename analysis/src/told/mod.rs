//! The event stream: one JSON object a line, as `docs/events.md` describes it.
//!
//! A [`Told`] is what leaves the analyst: names resolved, ids given, secrets and content already
//! reduced to what the operator asked for. Everything after it (findings, tables, reports, the
//! screen, a replay) knows a capture through these objects alone, and that is what makes a replay
//! of a stream equal to the reading of its capture.

use std::borrow::Cow;

mod channel;
mod finding;
mod said;
mod stats;
mod stream;
mod visible;

pub use channel::{Anomaly, Channel, ChannelState, Conflict, Exposure, Reader, Reading};
pub use finding::{Category, Finding, FindingState, Severity, Term};
pub use said::{
    Client, Contact, Credential, Field, File, Login, Message, Presence, Profile, Room, Roster,
    Typing,
};
pub use stats::{Ledger, Stats};
pub use stream::{Body, Head, Options, SCHEMA_VERSION, Start, Told};
pub use visible::Visible;

/// One of few words: it costs no memory unless it was read from a recorded stream.
pub type Word = Cow<'static, str>;
