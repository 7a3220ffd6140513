//! Instant messaging protocols: bytes in, events out.
//!
//! Every protocol is one folder with the same rhythm: `mod.rs` says what it is and recognises it,
//! `wire.rs` turns bytes into borrowed messages, `talk.rs` turns messages into [`Event`]s. The
//! registry [`PROTOCOLS`] is the only list of them. Nothing here knows time, files, threads or
//! another flow; see [`contract`] for what the engine and a dissector promise each other.

#![warn(clippy::indexing_slicing)]

mod content;
pub mod contract;
pub mod event;
mod heard;
mod html;
mod sasl;
pub mod scan;
mod secret;
mod text;
#[cfg(test)]
mod told;
mod transfer;
mod websocket;
mod who;

pub mod http;
pub mod icq_peer;
pub mod icq_udp;
pub mod irc;
pub mod mqtt;
pub mod msnp;
pub mod msrp;
pub mod odc;
pub mod oft;
pub mod oscar;
pub mod oscar_rv_proxy;
pub mod sip;
pub mod socks;
pub mod tls;
pub mod toc;
pub mod xmpp;
pub mod ymsg;

pub use contract::{
    Aspect, Dissector, Ends, Evidence, Facts, Next, Opening, Out, Probe, Protocol, Resume, Row,
    Side, Step, Transport,
};
pub use event::Event;
pub use secret::Secret;
pub use text::Text;
pub use who::{Account, Name, Ticket, Who};

/// Every protocol. Order is priority: the most specific first, and an earlier one that is still
/// undecided holds the floor.
pub static PROTOCOLS: &[&dyn Protocol] = &[
    &tls::Tls,
    &socks::Socks,
    &oscar::Gateway,
    &http::Connect,
    &oft::Oft,
    &odc::Odc,
    &oscar_rv_proxy::RendezvousProxy,
    &icq_peer::IcqPeer,
    &icq_udp::IcqUdp,
    &oscar::Oscar,
    &toc::Toc,
    &ymsg::Ymsg,
    &ymsg::Ycht,
    &msnp::Direct,
    &msnp::FileTransfer,
    &msnp::Gateway,
    &xmpp::Bosh,
    &xmpp::WebSocket,
    &xmpp::Xmpp,
    &mqtt::Mqtt,
    &irc::Irc,
    &msnp::Msnp,
    &sip::Sip,
    &msrp::Msrp,
    &oscar::WebLogin,
    &msnp::Services,
];
