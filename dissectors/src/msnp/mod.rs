//! MSN Messenger: MSNP, versions 2 to 21.
//!
//! Lines of words over TCP, port 1863 by custom, each command three capitals with the number of a
//! transaction; some have a payload whose length is the last word. A client speaks to a notification
//! server (lists, presence) and, for each conversation, to a switchboard it is sent to with a cookie.
//! On a switchboard everybody in it hears every message. Where only the web is let through, the same
//! bytes travel in the bodies of POSTs to `gateway.dll`, and the client polls for answers: [`Gateway`].
//!
//! Where the secret travels: up to MSNP7 an MD5 of a challenge and the password, which can be guessed
//! at offline; after that a ticket got over HTTPS, in clear, which signs on whoever holds it; and
//! always the switchboards' cookies.
//!
//! Read: sign-on and its secrets, messages and everything else on switchboards, lists, presence,
//! files and pictures in packets between clients, through a switchboard or directly ([`Direct`]), and
//! files by MSNFTP ([`FileTransfer`]).
//! Since MSNP13 lists and messages for absent people are SOAP over HTTP: [`Services`].
//!
//! Documents: the expired draft of MSNP2 (draft-movva-msn-messenger-protocol-00), the descriptions of
//! later versions collected by hypothetic.org and the `MSNPiki`, the sources of open clients and
//! servers for names; where they disagree, captures decided.

mod board;
mod direct;
mod facts;
mod ftp;
mod gateway;
mod hostile;
mod invite;
mod lists;
mod names;
mod p2p;
mod presence;
mod probe;
mod relay;
mod say;
mod sign_on;
mod slp;
mod soap;
mod talk;
mod wire;
pub(crate) mod xml;

pub use direct::Direct;
pub use facts::FACTS;
pub use ftp::FileTransfer;
pub use gateway::Gateway;
pub use soap::Services;

use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol};

/// MSNP over TCP.
#[derive(Debug)]
pub struct Msnp;

impl Protocol for Msnp {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::probe(opening)
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<talk::Talk>::default()
    }
}
