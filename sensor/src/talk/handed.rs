//! What a dissector hands back: the rest of a conversation that is somebody else's.

use std::net::SocketAddr;
use std::sync::Arc;

use overhear_analysis::{Heard, Stamp};
use overhear_dissectors::event::Seal;
use overhear_dissectors::{Ends, Event, Side};

use super::reading::{Outcome, Reading, Rest, Yield};
use super::{Inner, State, Talk, Why};
use crate::notes::Notes;

/// Hops of tunnels in one talk.
const HOPS: usize = 16;

impl Talk {
    /// Writes down what a dissector said, and goes where it sent the talk.
    pub(super) fn after(&mut self, side: Side, stamp: Stamp, heard: Yield, notes: &mut Notes<'_>) {
        notes.ledger.understood += heard.understood;
        notes.ledger.unread += heard.unread;
        heard.events.into_iter().for_each(|event| self.said(side, stamp, event, notes));
        match heard.outcome {
            Outcome::GoesOn => {}
            Outcome::Quit { unread } => {
                notes.ledger.unread += unread;
                self.state = State::Deaf(Why::Lost);
            }
            Outcome::Broke { unread } => {
                notes.ledger.unread += unread;
                notes.ledger.broken += 1;
                self.state = State::Deaf(Why::Lost);
                let heard = Heard::Oddity("dissector_broke", format!("{:?}", self.facts.app));
                self.note(side, stamp, heard, notes);
            }
            Outcome::Refused { protocol, reason, rest } => {
                self.weird(side, stamp, reason, notes);
                Arc::make_mut(&mut self.facts).app = None;
                self.inner.from_start = false;
                self.inner.refused |= 1 << protocol;
                self.state = State::Asking(Box::default());
                self.pass_on(rest, self.swapped, notes);
            }
            Outcome::Tunnel { hop, to, called, rest } => {
                let written = self.swapped;
                self.state = State::Asking(Box::default());
                if !self.tunnel(hop, to, called) {
                    self.weird(side, stamp, "tunnels_too_deep", notes);
                    self.state = State::Deaf(Why::Lost);
                }
                self.pass_on(rest, written, notes);
            }
            Outcome::Sealed { seal, rest } => self.sealed(side, stamp, seal, rest, notes),
        }
    }

    /// Reads again what waited for the other side, as long as one of them goes on.
    pub(super) fn wake(&mut self, notes: &mut Notes<'_>) {
        while let State::Reading(reading) = &mut self.state
            && let Some((side, stamp)) = reading.woken()
        {
            let heard = reading.again(side);
            self.after(side, stamp, heard, notes);
        }
    }

    /// One hop further; whether that is not too far.
    fn tunnel(&mut self, hop: &'static str, to: Option<String>, called: bool) -> bool {
        let facts = Arc::make_mut(&mut self.facts);
        facts.app = None;
        let Inner { hops, ends, gapped, .. } = self.inner;
        let server = to.as_deref().map_or(ends.server, |to| leads(to, ends.server));
        facts.via.push(to.map_or_else(|| hop.to_owned(), |to| format!("{hop}:{to}")));
        self.inner = Inner {
            hops: hops + 1,
            ends: Ends { server, ..ends },
            from_start: !gapped,
            gapped: false,
            refused: 0,
        };
        if called {
            self.swap();
        }
        self.inner.hops < HOPS
    }

    /// TLS begins. Where a readable protocol led to it, its first records still name the server.
    fn sealed(&mut self, side: Side, stamp: Stamp, seal: Seal, rest: Rest, notes: &mut Notes<'_>) {
        let named = seal.tls_version.is_some();
        let verdict = seal.verdict;
        let since: usize = rest.iter().map(|(.., bytes)| bytes.len()).sum();
        let bytes = self.totals.client_bytes + self.totals.server_bytes;
        let since_byte = Some(bytes.saturating_sub(since as u64));
        self.said(side, stamp, Event::Seal(Seal { since_byte, ..seal }), notes);
        let upgrade = (!named).then(|| Reading::upgraded(self.inner.ends, verdict)).flatten();
        self.state = match upgrade {
            Some(reading) => State::Reading(Box::new(reading)),
            None => State::Deaf(Why::Sealed),
        };
        self.pass_on(rest, self.swapped, notes);
    }

    /// Hands unread bytes to whoever listens now. Their sides are those of when they were `written`;
    /// a tunnel that opens meanwhile may turn them.
    fn pass_on(&mut self, rest: Rest, written: bool, notes: &mut Notes<'_>) {
        for (side, stamp, bytes) in rest {
            let side = if self.swapped == written { side } else { side.other() };
            self.bytes(side, &bytes, stamp, notes);
        }
    }
}

/// Where a tunnel leads. A host's name is nobody's address: only the port is taken from it, which
/// is the better hint of what flows inside.
fn leads(to: &str, proxy: SocketAddr) -> SocketAddr {
    let port = |to: &str| to.rsplit_once(':')?.1.parse().ok();
    to.parse().unwrap_or_else(|_| SocketAddr::new(proxy.ip(), port(to).unwrap_or(proxy.port())))
}
