//! ICQ between clients, versions 2 to 10: what does not pass the service.
//!
//! Each client tells the service where it listens; whoever wants to talk calls it there. Before version
//! 6 only the caller greets, and every message says whose it is; since then both greet with version
//! and number (and, from version 7, once more). Messages go both ways, in clear up to version 3, then
//! scrambled with a key everybody can compute, and each is acknowledged. A file that was offered and taken
//! takes another connection, which begins the same way and is not scrambled.
//!
//! No secret travels here. The greeting's number is whatever its sender says.
//!
//! Read: numbers, messages of every kind, away texts, offers of files and their answers, files (name, size,
//! content). Not read: direct chat.
//!
//! Documents: Ihse's description of version 2, the clients licq, mICQ, YSM and Miranda.

mod cipher;
mod facts;
mod file;
mod probe;
mod talk;
mod wire;

pub use facts::FACTS;

use crate::scan::Prefix;
use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol};

/// ICQ's peer connections over TCP.
#[derive(Debug)]
pub struct IcqPeer;

impl Protocol for IcqPeer {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        match (probe::looks(opening.client), probe::looks(opening.server)) {
            (Prefix::Is, _) | (_, Prefix::Is) => Probe::Yes,
            (Prefix::Not, _) | (_, Prefix::Not) => Probe::No,
            (Prefix::MayBe, Prefix::MayBe) => Probe::More,
        }
    }

    fn open(&self, ends: Ends) -> Box<dyn Dissector> {
        Box::new(talk::Talk::new(ends))
    }
}
