//! YMSG: Yahoo Messenger from 1999 to 2018, and the protocol it had before.
//!
//! One TCP connection to the service, on port 5050 by custom and on 23, 25, 80, 20 or any other where a
//! firewall stood in the way; or HTTP requests, each with packets in its body, where only the web was
//! let through. A packet is a header of 20 bytes (`YMSG`, a version, the length, a service, a status,
//! a session), all big-endian, and pairs of a number and a value. The keys mean the same in nearly all
//! services. Before (1998 to 2000) it was records of fixed fields, `YPNS` and `YHOO`.
//!
//! Where the secret travels: up to version 12 two responses computed from a challenge and the password
//! (`ymsg-md5`), which can be guessed at offline; since version 13 the Y and T cookies of the account
//! (`ymsg-cookie`), which sign on whoever holds them, here and on the web; in between the service gave
//! out these cookies with the buddy list. The oldest clients fetched their cookie from a web page, with
//! the password in its address (`ymsg-web`).
//!
//! Read: sign-on of each generation, lists, presence, messages, conferences, chat rooms, changes of
//! lists, offers of files and the files themselves where they travel over plain HTTP, messages from
//! program to program. Not read here: webcams, voice, pictures.
//!
//! Documents: `ymsg-9` and `ymsg-chatroom` of the libyahoo2 project, the articles of venkydude on
//! versions 8 to 11, and the tables of names clients had; where they disagree, captures decided.

mod before;
mod book;
mod buddies;
pub(crate) mod carried;
mod chat;
mod conference;
mod facts;
pub(crate) mod files;
mod hostile;
mod list;
mod message;
mod names;
mod page;
mod peer;
mod people;
mod presence;
mod probe;
mod request;
mod sign_on;
mod style;
mod talk;
mod web;
mod wire;
mod ycht;

pub use facts::FACTS;
pub use ycht::Ycht;

use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol};

/// Yahoo Messenger over TCP.
#[derive(Debug)]
pub struct Ymsg;

impl Protocol for Ymsg {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::probe(opening)
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::new(talk::Talk::new())
    }
}
