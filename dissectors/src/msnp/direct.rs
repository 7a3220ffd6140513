//! Direct connections between clients: packets with their length before them.
//!
//! Four bytes, little-endian, say how long a packet is. The first holds `foo` and a NUL, the second a
//! number both ends know from the switchboard; what follows are the packets of the switchboard,
//! without the four bytes behind them.

use super::board::Place;
use super::facts::DIRECT;
use super::p2p::Peers;
use super::say::Saying;
use crate::event::Leg;
use crate::scan::{Prefix, prefix};
use crate::{
    Dissector, Ends, Facts, Opening, Out, Probe, Protocol, Resume, Side, Step, Transport, Who,
};

/// A direct connection of two clients.
#[derive(Debug)]
pub struct Direct;

/// How it begins.
const HELLO: &[u8] = b"\x04\0\0\0foo\0";
/// Bytes of a side that decide.
pub(super) const DEPTH: usize = 128;

/// Nothing yet, a hello, or the packet with the number: 48 bytes, or 16 of a later version.
fn is_answer(bytes: &[u8]) -> bool {
    [HELLO, b"\x30\0\0\0", b"\x10\0\0\0"].iter().any(|begin| prefix(bytes, begin) != Prefix::Not)
}

/// Longest packet, in bytes.
const LONGEST: usize = 16 << 10;

impl Protocol for Direct {
    fn facts(&self) -> &'static Facts {
        &DIRECT
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        if opening.transport != Transport::Tcp || !opening.from_start {
            return Probe::No;
        }
        let (client, server) = (opening.client, opening.server);
        // Who connects says hello; the other answers with a number, never first.
        match (prefix(client, HELLO), prefix(server, HELLO)) {
            (Prefix::Is, _) => Probe::Yes,
            (_, Prefix::Is) => Probe::Swapped,
            (one, two)
                if (one == Prefix::MayBe && is_answer(server)
                    || two == Prefix::MayBe && is_answer(client))
                    && client.len().max(server.len()) < DEPTH =>
            {
                Probe::More
            }
            _ => Probe::No,
        }
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<Talk>::default()
    }
}

/// One connection.
#[derive(Debug, Default)]
struct Talk {
    peers: Peers,
    ended: (bool, bool),
    lost: (bool, bool),
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let lost = if side == Side::Client { self.lost.0 } else { self.lost.1 };
        if lost {
            return Step::Took { used: input.len(), want: 0 };
        }
        let mut used = 0;
        while let Some(rest) = input.get(used..) {
            let Some((length, behind)) = rest.split_first_chunk::<4>() else { break };
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
            if length > LONGEST {
                out.weird("msnp_p2p_too_long", format_args!("{length} bytes"));
                self.lose(side);
                return Step::Took { used: input.len(), want: 0 };
            }
            let Some(packet) = behind.get(..length) else {
                return Step::Took { used, want: 4 + length };
            };
            used += 4 + length;
            let place = Place { to: vec![Who::Unnamed(side.other())], room: None };
            let saying = Saying { from: Who::Unnamed(side), place, leg: Leg::Direct };
            if length > 4 {
                self.peers.direct(&saying, packet, out);
            }
        }
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, side: Side, _: u64, _: &mut Out) -> Resume {
        self.lose(side);
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        match side {
            Side::Client => self.ended.0 = true,
            Side::Server => self.ended.1 = true,
        }
        if self.ended == (true, true) {
            self.peers.close(out);
        }
    }
}

impl Talk {
    fn lose(&mut self, side: Side) {
        match side {
            Side::Client => self.lost.0 = true,
            Side::Server => self.lost.1 = true,
        }
    }
}
