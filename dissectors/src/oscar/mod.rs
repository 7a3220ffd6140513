//! OSCAR: AIM since 1996, and ICQ since 2000.
//!
//! One TCP connection to an authorizer, which answers with a cookie; with that cookie one to a
//! "BOS" server that carries everything else, and one more for each chat room, buddy icon and the
//! like. Port 5190 by custom, any other (80, 443, 23) where a firewall stood in the way. Frames
//! are FLAPs (a mark, a channel, a sequence number, a length), most of which carry a SNAC (a family
//! and a subtype), most of which carry TLVs.
//!
//! Where the secret travels: old clients send the password scrambled with a string everybody knows
//! (`oscar-roasted`); later ones an MD5 of a challenge, the password and a fixed string
//! (`oscar-md5`), which can be guessed at offline; and all of them the cookie, in clear, which
//! signs on whoever holds it.
//!
//! Passwords that are set travel as they are typed.
//!
//! Read: sign-on and its secrets, messages (channels 1, 2 and 4), chat rooms, buddy lists of all
//! kinds, presence, profiles, away texts, typing, offers of files and of Direct IM; the connections
//! they lead to are [`crate::oft`], [`crate::odc`], [`crate::icq_peer`] and
//! [`crate::oscar_rv_proxy`]. What goes wrong, and what was made to break a client, is told as an
//! anomaly by name. The white pages are, of both services. Not read: buddy icons.
//!
//! Documents: the protocol's own description as AOL published it in 2008, the documents collected at
//! iserverd, and the open servers' tables of names; where they disagree, captures decided.

mod admin;
mod authorization;
mod buddies;
mod chat;
mod complaints;
mod directory;
mod facts;
mod feedbag;
mod gateway;
pub(crate) mod hostile;
pub(crate) mod icbm;
pub(crate) mod icq;
mod names;
pub(crate) mod people;
mod probe;
pub(crate) mod rendezvous;
mod sign_on;
mod tagged;
mod talk;
mod web;
mod white_pages;
pub(crate) mod wire;

pub use facts::FACTS;
pub use gateway::Gateway;
pub use web::WebLogin;

use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol};

/// OSCAR over TCP.
#[derive(Debug)]
pub struct Oscar;

impl Protocol for Oscar {
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
