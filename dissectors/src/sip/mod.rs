//! SIP and SIMPLE: calls, and the messages and presence that go the same way (RFC 3261, RFC 3428,
//! RFC 3856).
//!
//! Requests and responses of text, like those of HTTP, over UDP and TCP; by custom on port 5060.
//! Whoever has something to say makes a request, both sides of a connection, to another program or
//! through proxies that pass it on; each hop writes its address on top (`Via`). A MESSAGE carries
//! words, PUBLISH and NOTIFY presence, SUBSCRIBE asks for somebody's, REGISTER says where a person
//! is.
//!
//! Where the secret travels: as a digest in `Authorization` (for a registrar or the other end) and
//! `Proxy-Authorization`, of MD5 as a rule, so that a word of a dictionary can be tried against
//! it; in clear with Basic, which RFC 3261 forbids.
//!
//! ```text
//! client  MESSAGE sip:bob@example.com SIP/2.0     From: <sip:ann@example.com>
//! server  SIP/2.0 407 Proxy Authentication Required
//! client  MESSAGE sip:bob@example.com SIP/2.0     Proxy-Authorization: Digest username="ann", …
//! server  SIP/2.0 200 OK
//! ```
//!
//! An account is `user@domain` in the network of its domain, as XMPP has it; a telephone's is its
//! number in `tel`. Who says something is whom From names, or a network that vouches for somebody
//! who hides (`P-Asserted-Identity`).
//!
//! Which part of its way a message is on is told by the one who registered here; where nobody did,
//! by the number of hops and by whom the request is addressed to: a domain, or a program at its
//! address. A server in two halves (a "back-to-back user agent") that nobody registered with looks
//! like a program that calls another.
//!
//! A request that is sent again, because its answer was late, or with the secret that was missing,
//! is told once. Reports of delivery (RFC 5438) are no messages. Calls are not told; the files
//! they offer over MSRP are.
//!
//! Not read: what is inside TLS, WebSocket (RFC 7118) or `SigComp`; S/MIME; who watches whom (RFC
//! 3858).
//!
//! The map: [`wire`] cuts messages, [`uri`] reads addresses, [`body`] takes bodies apart, [`talk`]
//! hands each to the file of its noun: [`sign_on`], [`say`], [`presence`], [`offer`].
//!
//! Documents: RFC 3261, 3428 (MESSAGE), 3862 (CPIM), 3994 (typing), 3856, 3863, 4480 and 4662
//! (presence), 4826 (lists), 2617, 7616 and 8760 (digests), 5547 (files).

mod asked;
mod body;
mod facts;
#[cfg(test)]
mod hostile;
mod offer;
mod presence;
mod probe;
mod program;
mod say;
mod sign_on;
mod talk;
pub(crate) mod uri;
mod wire;

// What MSRP says is written the same way, in sessions that SIP agreed on.
pub(crate) use body::{Part, parameter};
pub(crate) use offer::{Path, path};
pub(crate) use say::speak;
pub(crate) use wire::{fields, value};

use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol};

/// SIP over UDP and TCP.
#[derive(Debug)]
pub struct Sip;

impl Protocol for Sip {
    fn facts(&self) -> &'static Facts {
        &facts::FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::probe(opening)
    }

    fn open(&self, ends: Ends) -> Box<dyn Dissector> {
        Box::new(talk::Talk::new(ends, true))
    }

    fn open_datagrams(&self, ends: Ends) -> Box<dyn Dissector> {
        Box::new(talk::Talk::new(ends, false))
    }
}
