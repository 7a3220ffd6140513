//! SOCKS4, SOCKS 4A and SOCKS5: proxies that carry any connection, usually on port 1080.
//!
//! A client says where it wants to go and, once the proxy has agreed, both sides speak whatever they
//! like: the rest of the stream is handed back, to be identified as if it were a connection of its
//! own. What the client says before the answer belongs to it. Messengers have offered SOCKS since the
//! nineties; a chain of proxies is one tunnel within another.
//!
//! SOCKS4 asks in one message with a user's name and no password; SOCKS 4A lets the proxy look the
//! host up. SOCKS5 first agrees on a method of signing on: none, a name and password in clear, or
//! GSSAPI, behind which nothing can be read. Besides CONNECT there are BIND, with which the proxy
//! waits for one connection from outside and answers twice, and UDP ASSOCIATE, whose datagrams go
//! elsewhere.
//!
//! Where the secret travels: in clear, in the sub-negotiation of RFC 1929.
//!
//! Documents: RFC 1928 (SOCKS5), RFC 1929 (names and passwords), RFC 1961 (GSSAPI), the descriptions
//! of SOCKS4 and SOCKS 4A by their authors.

mod facts;
mod probe;
mod server;
mod talk;
mod wire;

pub use facts::FACTS;

use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol};

/// SOCKS over TCP.
#[derive(Debug)]
pub struct Socks;

impl Protocol for Socks {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::judge(opening)
    }

    fn open(&self, ends: Ends) -> Box<dyn Dissector> {
        Box::new(talk::Talk::new(ends))
    }
}

/// Methods of SOCKS5 (RFC 1928 section 3).
const OPEN: u8 = 0;
const GSSAPI: u8 = 1;
const USERPASS: u8 = 2;
/// None of those that were offered.
const NONE: u8 = 0xff;
