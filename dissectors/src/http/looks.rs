//! Whose is what travels in this HTTP? How a probe of something inside judges both sides.

use crate::{Opening, Probe, Transport};

/// What the first bytes of a side are, to whoever asks for its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looks {
    /// A request that is its own.
    Asks,
    /// An answer that is its own.
    Answers,
    /// The beginning of a request or an answer, or nothing yet.
    May,
    /// Somebody else's.
    Unlike,
}

/// Judges both sides: a request is enough, and so is an answer where none was heard. `depth` bytes of a
/// side decide.
pub(crate) fn judge(opening: &Opening<'_>, depth: usize, looks: fn(&[u8]) -> Looks) -> Probe {
    if opening.transport != Transport::Tcp {
        return Probe::No;
    }
    match (looks(opening.client), looks(opening.server)) {
        (Looks::Asks, _) | (Looks::May, Looks::Answers) => Probe::Yes,
        (_, Looks::Asks) | (Looks::Answers, Looks::May) => Probe::Swapped,
        (Looks::May, Looks::May) if opening.client.len().max(opening.server.len()) < depth => {
            Probe::More
        }
        _ => Probe::No,
    }
}
