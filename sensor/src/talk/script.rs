//! What was said before anybody knew whose conversation it is.

use overhear_analysis::record::Conflict;
use overhear_analysis::{FlowFacts, Stamp};
use overhear_dissectors::{Opening, Side};

use super::identify::{Claim, Refused, depth, identify};

/// The first bytes of both sides, in the order they came, each with its frame: once a protocol
/// claims the conversation they are replayed to it exactly so.
#[derive(Debug, Default)]
pub(super) struct Script {
    client: Vec<u8>,
    server: Vec<u8>,
    lines: Vec<Line>,
    /// Bytes of which two copies disagreed.
    pub(super) disputes: Vec<(Side, Stamp, Conflict)>,
    pub(super) refused: Refused,
}

/// A piece of a script.
#[derive(Clone, Copy, Debug)]
struct Line {
    side: Side,
    stamp: Stamp,
    /// Stream offset of the first byte.
    at: u64,
    len: usize,
}

impl Script {
    /// An empty script for a conversation these protocols have refused.
    pub(super) fn refused(refused: Refused) -> Self {
        Self { refused, ..Self::default() }
    }

    /// Adds what came.
    pub(super) fn push(&mut self, side: Side, stamp: Stamp, at: u64, bytes: &[u8]) {
        match side {
            Side::Client => self.client.extend_from_slice(bytes),
            Side::Server => self.server.extend_from_slice(bytes),
        }
        if self.lines.is_empty() {
            // Most conversations are known by their first words.
            self.lines.reserve_exact(1);
        }
        self.lines.push(Line { side, stamp, at, len: bytes.len() });
    }

    /// Asks whose it is; `last` when nothing more will come.
    pub(super) fn ask(&self, facts: &FlowFacts, from_start: bool, last: bool) -> Claim {
        let depth = depth();
        let opening = Opening {
            client: self.client.get(..depth).unwrap_or(&self.client),
            server: self.server.get(..depth).unwrap_or(&self.server),
            ends: facts.ends,
            transport: facts.transport,
            from_start,
        };
        identify(&opening, self.refused, last)
    }

    /// Nothing was said yet.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Everything said, in order.
    pub(super) fn play(&self, mut hear: impl FnMut(Side, Stamp, u64, &[u8])) {
        let (mut client, mut server) = (&self.client[..], &self.server[..]);
        for line in &self.lines {
            let rest = match line.side {
                Side::Client => &mut client,
                Side::Server => &mut server,
            };
            if let Some((piece, more)) = rest.split_at_checked(line.len) {
                *rest = more;
                hear(line.side, line.stamp, line.at, piece);
            }
        }
    }
}
