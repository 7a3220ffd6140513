//! XMPP, which began as Jabber in 1999: messaging in streams of XML.
//!
//! A client opens a connection (port 5222) and in it one long document, `<stream:stream>`; the server
//! opens its own. What they say are elements of these documents: `<message/>`, `<presence/>`, and
//! `<iq/>`, a request or its answer. Servers pass on to each other what is for each other's users
//! (5269), and components (gateways, bots) connect to a server in the same way. Clients in one
//! network may open streams to each other (XEP-0174).
//!
//! Secrets: PLAIN and `jabber:iq:auth` show the password, registration shows it as well, rooms have
//! keys; DIGEST-MD5, CRAM-MD5 and digests with the stream's id can be guessed against, SCRAM only
//! at a price. STARTTLS ends what can be read, where it is not refused.
//!
//! An account is a bare address, `local@domain`, in the network of its domain. In a room people are
//! known as `room@service/nick` until it is heard whose that is.
//!
//! ```text
//! client  <stream:stream to='im.example' …>   opens its stream
//! server  <stream:stream from='im.example' id='…' …><stream:features>…
//! client  <auth mechanism='PLAIN'>AGFubgBzZXNhbWU=</auth>
//! server  <success/>                           ann@im.example has signed on with "sesame"
//! ```
//!
//! The map: [`wire`] cuts the stream into elements, [`element`] reads one; [`stream`] feeds them to
//! [`talk`], which hands each to the file of its noun: [`sign_on`], [`server`], [`say`], [`muc`],
//! [`presence`], [`query`], [`people`], [`card`], [`files`] with [`bytestreams`], [`ibb`] and
//! [`jingle`]. [`bosh`] and [`websocket`] find the same elements in HTTP. What waits for an answer is in [`asked`].
//!
//! Documents: RFC 6120, RFC 6121, RFC 7622, and the XEPs named where they are used.

mod asked;
mod bosh;
mod bytestreams;
mod card;
mod element;
mod facts;
mod files;
mod ibb;
mod jid;
mod jingle;
mod muc;
mod ns;
mod people;
mod presence;
mod probe;
mod query;
mod say;
mod server;
mod sign_on;
mod stream;
mod talk;
#[cfg(test)]
mod tests;
mod websocket;
mod wire;

pub use bosh::Bosh;
pub use websocket::WebSocket;

use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol};

/// XMPP over TCP: clients, servers, components.
#[derive(Debug)]
pub struct Xmpp;

impl Protocol for Xmpp {
    fn facts(&self) -> &'static Facts {
        &facts::FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::judge(opening)
    }

    fn open(&self, ends: Ends) -> Box<dyn Dissector> {
        Box::new(match ends.server.port() {
            SERVERS => stream::Stream::between_servers(),
            _ => stream::Stream::default(),
        })
    }
}

/// Where servers call each other. What is picked up in its middle does not say who talks; a header
/// does, and stands over the port.
const SERVERS: u16 = 5269;
