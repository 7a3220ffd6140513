//! From program to program: the service passes one's address to the other (PEERTOPEER), the other
//! connects to port 5101 there, both shake hands (P2PFILEXFER with the word PEERTOPEER), and messages
//! and typing take that way from then on.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use data_encoding::BASE64;

use super::names::service;
use super::people;
use super::talk::Talk;
use super::wire::packet::Packet;
use super::wire::pairs::{Pairs, number};
use crate::event::{Event, Presence, Status};
use crate::{Account, Out, Side};

/// Keys of a handshake.
const ME: u32 = 1;
const FROM: u32 = 4;
const TO: u32 = 5;
const ADDRESS: u32 = 12;
const TOPIC: u32 = 49;
/// The session of the peer: messages between peers carry it.
const SESSION: u32 = 11;

/// Where clients listen for each other.
const PORT: u16 = 5101;

/// Two people's programs speak with each other.
#[derive(Debug, Default)]
pub(super) struct Peer {
    /// The person at the server's side.
    pub(super) server: Option<Account>,
}

impl Talk {
    /// Notices that this connection leads from one person to another, and who they are.
    pub(super) fn handshake(&mut self, side: Side, packet: &Packet<'_>, said: &Pairs<'_>) {
        let shakes = packet.service == service::P2P_FILE_XFER
            && said.get(TOPIC).is_some_and(|topic| topic == b"PEERTOPEER");
        // A client says key 1, a service key 4: who answers as a client does is one.
        let speaks = packet.service == service::MESSAGE
            && said.has(SESSION)
            && side == Side::Server
            && said.has(ME)
            && !said.has(FROM);
        if !shakes && !speaks && self.peer.is_none() {
            return;
        }
        let from = said.some(FROM).or(said.some(ME)).map(people::account);
        let to = said.some(TO).map(people::account);
        let (client, server) = match side {
            Side::Client => (from, to),
            Side::Server => (to, from),
        };
        let peer = self.peer.get_or_insert_default();
        peer.server = peer.server.take().or(server);
        self.me = self.me.take().or(client);
    }

    /// Somebody's address: a number in decimal, in base64. Its lowest byte is the first of the four.
    pub(super) fn peer_address(&self, side: Side, said: &Pairs<'_>, out: &mut Out) {
        let Some(text) = said.some(ADDRESS) else { return };
        let decoded = BASE64.decode(text).ok();
        let Some(number) = decoded.as_deref().and_then(number) else {
            return out.weird("ymsg_peer_address", format_args!("{} bytes", text.len()));
        };
        let Ok(bits) = u32::try_from(number & 0xffff_ffff) else { return };
        let ip = IpAddr::V4(Ipv4Addr::from(bits.to_le_bytes()));
        let name = said.some(FROM).or(said.some(ME));
        let who = name.map_or_else(|| self.own(side), people::who);
        let address = Some(SocketAddr::new(ip, PORT));
        out.emit(Event::Presence(Presence { who, status: Status::Online, text: None, address }));
    }
}
