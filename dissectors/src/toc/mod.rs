//! TOC and TOC2: AIM for clients that could not be OSCAR's, from 1997 to 2013.
//!
//! A server in front of OSCAR translated. The client says `FLAPON` and two line ends, then both sides
//! speak OSCAR's frames ("SFLAP"), one command in each. What the client says is words as Tcl
//! reads them: in quotes or braces where they hold blanks, with a backslash before what would end
//! them. What the server says is fields between colons, the last of which may hold colons itself.
//! TOC2 keeps the buddy list at the service and adds typing, aliases and charsets. Port 9898 by
//! custom, and any other: AOL's servers listened on all of them.
//!
//! Where the secret travels: in `toc_signon`, scrambled with `Tic/Toc` and written in hex. A change of
//! the password carries the old one and the new one as they are typed.
//!
//! ```text
//! client  toc_signon login.oscar.aol.com 5190 ann 0x2408105c english "TIC:TiK"
//! server  SIGN_ON:TOC1.0
//! client  toc_send_im bob99 "lunch at noon?"
//! server  IM_IN:Bob 99:F:sure: noon
//! ```
//!
//! The people are those of AIM (and, since TOC2, of ICQ): a message that is translated is heard on
//! a flow of each protocol, and is one message. Read: everything but what the directory answers, which are
//! web pages the client is told to fetch (`GOTO_URL`) from the same address, and buddy icons.
//!
//! Documents: the description AOL published with `TiK` in 1999; the descriptions of TOC2 by the
//! authors of terraim and naim, which AOL never wrote; an open server that speaks both.

mod facts;
mod lists;
mod names;
mod presence;
mod probe;
mod profile;
mod rendezvous;
mod rooms;
mod say;
mod sign_on;
mod talk;
mod wire;

use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol};

/// TOC and TOC2 over TCP.
#[derive(Debug)]
pub struct Toc;

impl Protocol for Toc {
    fn facts(&self) -> &'static Facts {
        &facts::FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::probe(opening)
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<talk::Talk>::default()
    }
}
