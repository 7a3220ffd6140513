//! ICQ over UDP: what its clients and servers spoke from 1996 until OSCAR took over.
//!
//! One server, by custom on port 4000. Every datagram is acknowledged, or said again; each side counts
//! its own. Versions 2 to 5 say the same things behind different heads; 2 and 3 in clear, 4 with its
//! first quarter scrambled, 5 scrambled from the tenth byte, but only on the way to the server, which
//! answers in clear.
//!
//! Where the secret travels: in the sign-on, in clear up to version 4 (whose scrambling ends before it),
//! scrambled with a key everybody can compute in version 5. New passwords and those of new accounts
//! travel the same way.
//!
//! Read: sign-on, messages of every kind, stored ones, lists, presence with the peers' addresses,
//! several datagrams in one, the directory of people. Whom clients then call is [`crate::icq_peer`].
//!
//! Documents: the descriptions of version 2 (Ihse) and version 5 (Isaksson), the clients licq, mICQ
//! and Miranda's for ICQ Groupware, the servers iserverd and Open OSCAR Server; captures where they
//! disagree.

mod cipher;
mod directory;
pub(crate) mod entry;
mod facts;
pub(crate) mod names;
mod people;
mod probe;
pub(crate) mod say;
mod sign_on;
mod talk;
pub(crate) mod text;
mod wire;

pub use facts::FACTS;

use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol};

/// ICQ's versions 2 to 5.
#[derive(Debug)]
pub struct IcqUdp;

impl Protocol for IcqUdp {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::probe(opening)
    }

    fn open(&self, ends: Ends) -> Box<dyn Dissector> {
        Box::new(talk::Talk::new(ends))
    }
}
