//! One conversation: bytes to packets, packets to whoever understands their service.

use std::collections::VecDeque;

use super::names::service as s;
use super::peer::Peer;
use super::sign_on::SignOn;
use super::web::Web;
use super::wire::packet::{Packet, packet};
use super::wire::pairs::{Pairs, pairs};
use super::wire::{self, Frame, Resync, old};
use super::{before, buddies, chat, conference, files, hostile, list, message, people, presence};
use crate::event::Leg;
use crate::{Account, Dissector, Out, Resume, Side, Step, Ticket, Who};

/// What is known of the conversation.
#[derive(Debug)]
pub(super) struct Talk {
    client: Half,
    server: Half,
    /// The conversation is one of HTTP.
    web: Option<Box<Web>>,
    /// The client's account, once its name was said.
    pub(super) me: Option<Account>,
    /// The cookie a request came with.
    pub(super) ticket: Option<Ticket>,
    pub(super) sign_on: SignOn,
    pub(super) lists: list::Lists,
    /// Changes of the list the client asked for, and nothing was heard of yet.
    pub(super) asked: VecDeque<buddies::Change>,
    /// It was told that the client's account is here.
    pub(super) here: bool,
    /// Both ends are people's programs.
    pub(super) peer: Option<Peer>,
}

/// One side.
#[derive(Debug, Default)]
struct Half {
    /// The next packet is to be looked for.
    lost: bool,
    /// Bytes of a packet too long to be read.
    skip: usize,
    ended: bool,
}

impl Talk {
    /// Nothing is known yet.
    pub(super) fn new() -> Self {
        Self {
            client: Half::default(),
            server: Half::default(),
            web: None,
            me: None,
            ticket: None,
            sign_on: SignOn::default(),
            lists: list::Lists::default(),
            asked: VecDeque::new(),
            here: false,
            peer: None,
        }
    }
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let untouched = !self.client.lost && !self.server.lost;
        if self.web.is_none() && untouched && matches!(input.first(), Some(b'P' | b'G' | b'H')) {
            self.web = Some(Box::default());
        }
        let Some(mut web) = self.web.take() else { return self.packets(side, input, out) };
        let step = web.read(self, side, input, out);
        self.web = Some(web);
        step
    }

    fn gap(&mut self, side: Side, lost: u64, _: &mut Out) -> Resume {
        if let Some(web) = &mut self.web {
            web.gap(side, lost);
            return Resume::Resync;
        }
        self.look_for(side);
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        if let Some(mut web) = self.web.take() {
            web.end(self, side, out);
            self.web = Some(web);
        }
        self.half(side).ended = true;
        if self.client.ended && self.server.ended {
            self.close(out);
            buddies::unanswered(self, out);
        }
    }
}

impl Talk {
    /// The person at a side: the server's is only known when it is no server.
    pub(super) fn own(&self, side: Side) -> Who {
        let far = self.peer.as_ref().and_then(|peer| peer.server.as_ref());
        match (side, &self.me, far, &self.ticket) {
            (Side::Client, Some(me), ..) => Who::Account(me.clone()),
            (Side::Client, None, _, Some(ticket)) => Who::Ticket(ticket.clone()),
            (Side::Server, _, Some(far), _) => Who::Account(far.clone()),
            _ if self.peer.is_some() => Who::Unnamed(side),
            _ => Who::Unnamed(Side::Client),
        }
    }

    /// Which part of its way something said by this side is on.
    pub(super) fn leg(&self, side: Side) -> Leg {
        match side {
            _ if self.peer.is_some() => Leg::Direct,
            Side::Client => Leg::ToServer,
            Side::Server => Leg::FromServer,
        }
    }

    fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// The next packet of a side is to be looked for: a body may begin with something else.
    pub(super) fn look_for(&mut self, side: Side) {
        let half = self.half(side);
        (half.lost, half.skip) = (true, 0);
    }

    /// Reads as many packets as there are.
    pub(super) fn packets(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let half = self.half(side);
            if half.skip > 0 {
                let skipped = half.skip.min(rest.len());
                half.skip -= skipped;
                used += skipped;
            } else if half.lost {
                match wire::resync(rest) {
                    Resync::Undecided(skipped) => {
                        return Step::Took { used: used + skipped, want: 0 };
                    }
                    Resync::Found(skipped) => used += skipped,
                }
                self.half(side).lost = false;
            } else {
                match self.next(side, rest, out) {
                    Ok(length) => used += length,
                    Err(want) => return Step::Took { used, want },
                }
            }
        }
        Step::Took { used, want: 0 }
    }

    /// Reads one packet: its length, or how many bytes are wanted for that.
    fn next(&mut self, side: Side, input: &[u8], out: &mut Out) -> Result<usize, usize> {
        let older = matches!(input, [b'Y', b'H' | b'P', ..]);
        let frame = if older {
            match old::record(input) {
                Frame::Whole(record, length) => {
                    before::record(self, side, &record, out);
                    Frame::Whole((), length)
                }
                Frame::Wants(want) => Frame::Wants(want),
                Frame::Long(length) => Frame::Long(length),
                Frame::Nonsense => Frame::Nonsense,
            }
        } else {
            match packet(input) {
                Frame::Whole(packet, length) => {
                    self.packet(side, &packet, out);
                    Frame::Whole((), length)
                }
                Frame::Wants(want) => Frame::Wants(want),
                Frame::Long(length) => Frame::Long(length),
                Frame::Nonsense => Frame::Nonsense,
            }
        };
        match frame {
            Frame::Whole((), length) => Ok(length),
            Frame::Wants(want) => Err(want),
            Frame::Long(length) => {
                out.weird("ymsg_packet_oversized", format_args!("{length} bytes"));
                self.half(side).skip = length;
                Ok(0)
            }
            Frame::Nonsense => {
                out.weird("ymsg_packet_lost", "bytes that are no packet; looking for the next one");
                self.half(side).lost = true;
                Ok(0)
            }
        }
    }

    /// Hears one packet.
    pub(super) fn packet(&mut self, side: Side, packet: &Packet<'_>, out: &mut Out) {
        let said = pairs(packet.body);
        hostile::look(packet, &said, out);
        self.introduce(side, packet, &said);
        match side {
            Side::Client => self.client_says(packet, &said, out),
            Side::Server if self.peer.is_some() => self.both(side, packet, &said, out),
            Side::Server => self.server_says(packet, &said, out),
        }
    }

    /// Whose conversation it is: clients say so first, servers in most of their packets.
    fn introduce(&mut self, side: Side, packet: &Packet<'_>, said: &Pairs<'_>) {
        self.handshake(side, packet, said);
        if self.me.is_some() || self.peer.is_some() {
            return;
        }
        let key = match (side, packet.service) {
            (Side::Client, s::KEEP_ALIVE)
            | (Side::Server, s::LOGON | s::IS_AWAY | s::IS_BACK | s::STATUS_15) => 0,
            (Side::Client, s::CHAT_EXIT) => 109,
            (
                Side::Server,
                s::CHAT_JOIN | s::COMMENT | s::CHAT_EXIT | s::LIST | s::FILE_TRANSFER,
            ) => return,
            (
                Side::Server,
                s::MESSAGE
                | s::SMS_MSG
                | s::AUDIBLE
                | s::NOTIFY
                | s::AUTH_REQ_15
                | s::P2P_FILE_XFER
                | s::PEER_TO_PEER
                | s::FILE_TRANS_15..=s::FILE_TRANS_ACC_15,
            ) => 5,
            _ => 1,
        };
        self.me = said.some(key).map(people::account);
    }

    fn client_says(&mut self, packet: &Packet<'_>, said: &Pairs<'_>, out: &mut Out) {
        match packet.service {
            s::AUTH => self.named(said),
            s::KEEP_ALIVE => presence::alive(self, out),
            s::AUTH_RESP => self.responds(said, out),
            s::LOGOFF => presence::signed_off(self, out),
            s::IS_AWAY | s::IS_BACK | s::Y6_STATUS_UPDATE => {
                presence::own(self, packet, said, out);
            }
            s::Y6_VISIBLE_TOGGLE => presence::visible(self, said, out),
            s::ADD_BUDDY => buddies::asks(self, said, buddies::Kind::Add, out),
            s::REM_BUDDY => buddies::asks(self, said, buddies::Kind::Remove, out),
            s::CHGRP_15 => buddies::moves(self, said, out),
            s::IGNORE_CONTACT => buddies::ignores(self, said, out),
            s::REJECT_CONTACT => buddies::rejects(self, said.some(7), said, out),
            s::AUTH_REQ_15 => buddies::decides(self, said, out),
            s::CONF_INVITE..=s::CONF_MSG => conference::own(self, packet.service, said, out),
            s::CHAT_EXIT | s::CHAT_LOGOUT | s::COMMENT | s::CHAT_ADD_INVITE => {
                chat::own(self, packet.service, said, out);
            }
            _ => self.both(Side::Client, packet, said, out),
        }
    }

    fn server_says(&mut self, packet: &Packet<'_>, said: &Pairs<'_>, out: &mut Out) {
        match packet.service {
            s::AUTH => self.challenged(said),
            s::AUTH_RESP => self.refused(packet, said, out),
            s::LIST => self.listed(packet, said, out),
            s::LIST_15 => self.listed_15(packet, said, out),
            s::LOGOFF if packet.status == super::names::DISCONNECTED => self.replaced(out),
            s::DISCONNECT => self.dismissed(said, out),
            s::NEW_CONTACT => buddies::contact(self, packet, said, out),
            s::AUTH_REQ_15 => buddies::request(self, packet, said, out),
            s::LOGON
            | s::LOGOFF
            | s::IS_AWAY
            | s::IS_BACK
            | s::USER_STAT
            | s::Y6_STATUS_UPDATE
            | s::STATUS_15 => {
                self.let_in(out);
                presence::others(packet, said, out);
            }
            s::ADD_BUDDY => buddies::answered(self, said, buddies::Kind::Add, out),
            s::REM_BUDDY => buddies::answered(self, said, buddies::Kind::Remove, out),
            s::CONF_INVITE..=s::CONF_MSG => conference::others(self, packet.service, said, out),
            s::CHAT_JOIN | s::CHAT_EXIT | s::COMMENT | s::CHAT_ADD_INVITE => {
                chat::others(self, packet.service, said, out);
            }
            s::SYS_MESSAGE => message::system(self, said, out),
            _ => self.both(Side::Server, packet, said, out),
        }
    }

    /// What either side says, a peer too.
    fn both(&mut self, side: Side, packet: &Packet<'_>, said: &Pairs<'_>, out: &mut Out) {
        match packet.service {
            s::MESSAGE | s::SMS_MSG | s::AUDIBLE => {
                message::messages(self, side, packet, said, out);
            }
            s::NOTIFY => message::notify(self, side, said, out),
            s::PEER_TO_PEER => self.peer_address(side, said, out),
            s::FILE_TRANSFER | s::P2P_FILE_XFER => files::old(self, side, packet, said, out),
            s::FILE_TRANS_15 => files::offer_15(self, side, said, out),
            s::FILE_TRANS_INFO_15 | s::FILE_TRANS_ACC_15 => {
                files::place_15(self, side, packet.service, said, out);
            }
            _ => {}
        }
    }
}
