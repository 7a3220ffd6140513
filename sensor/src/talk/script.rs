//! What was said before anybody knew whose conversation it is.

use overhear_analysis::Stamp;
use overhear_analysis::record::Conflict;
use overhear_dissectors::{Ends, Opening, Side, Transport};

use super::Mark;
use super::identify::{Claim, Out, depth, identify};

/// The first bytes of both sides, in the order they came, each with its frame: once a protocol
/// claims the conversation they are replayed to it exactly so.
#[derive(Debug, Default)]
pub(super) struct Script {
    client: Vec<u8>,
    server: Vec<u8>,
    lines: Vec<Line>,
    /// Protocols whose conversation this cannot be, however it goes on.
    out: Out,
    /// Bytes of which two copies disagreed.
    pub(super) disputes: Vec<(Side, Stamp, Conflict)>,
}

/// Where a script takes place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) ends: Ends,
    pub(super) transport: Transport,
    pub(super) from_start: bool,
}

/// A piece of a script.
#[derive(Clone, Copy, Debug)]
struct Line {
    side: Side,
    mark: Mark,
    len: usize,
}

impl Script {
    /// Adds what came.
    pub(super) fn push(&mut self, side: Side, mark: Mark, bytes: &[u8]) {
        match side {
            Side::Client => self.client.extend_from_slice(bytes),
            Side::Server => self.server.extend_from_slice(bytes),
        }
        if self.lines.is_empty() {
            // Most conversations are known by their first words.
            self.lines.reserve_exact(1);
        }
        self.lines.push(Line { side, mark, len: bytes.len() });
    }

    /// Asks whose it is of those that have not refused it; `last` when nothing more will come.
    pub(super) fn ask(&mut self, place: &Place, refused: Out, last: bool) -> Claim {
        let depth = depth();
        let opening = Opening {
            client: self.client.get(..depth).unwrap_or(&self.client),
            server: self.server.get(..depth).unwrap_or(&self.server),
            ends: place.ends,
            transport: place.transport,
            from_start: place.from_start,
        };
        self.out |= refused;
        identify(&opening, &mut self.out, last)
    }

    /// Nothing was said yet.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Everything said, in order.
    pub(super) fn play(&self, mut hear: impl FnMut(Side, Mark, &[u8])) {
        let (mut client, mut server) = (&self.client[..], &self.server[..]);
        for line in &self.lines {
            let rest = match line.side {
                Side::Client => &mut client,
                Side::Server => &mut server,
            };
            if let Some((piece, more)) = rest.split_at_checked(line.len) {
                *rest = more;
                hear(line.side, line.mark, piece);
            }
        }
    }
}
