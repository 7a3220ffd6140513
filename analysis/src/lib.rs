//! What was heard, and what it means: a pure fold over records in order.
//!
//! ```text
//! Record ─▶ Scribe ─▶ Told ─▶ Judge ─▶ Finding
//!          (names,                    (exposure, …)
//!           ids, masks)
//! ```
//!
//! The scribe turns what the sensor heard into the event stream: it resolves names across flows,
//! gives ids, holds credentials until their answers, marries offers with data connections, and
//! applies `--secrets` and `--content`. The judge hears only the finished stream, so a replay of
//! recorded events is judged exactly as their capture was.

mod content;
mod fingerprint;
mod home;
mod judge;
pub mod record;
mod scribe;
mod settings;
mod time;
pub mod told;

pub use fingerprint::FingerprintKey;
pub use home::HomeNet;
pub use judge::{About, Allowed, Decoy, Judge, Lesson, Listened, Lists, Memory};
pub use record::{Ended, FlowFacts, FlowId, Heard, Order, Phase, Record, Stamp};
pub use scribe::Scribe;
pub use settings::{ContentLevel, SecretLevel, Settings};
pub use time::Time;
pub use told::Told;
