//! One ICQ client and its server.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::entry::Asked;
use super::names::{cmd, srv};
use super::say::{self, Way, account};
use super::sign_on::SignOn;
use super::wire::{self, Packet};
use super::{cipher, directory, people};
use crate::event::MessageKind::{Im, Offline};
use crate::{Account, Dissector, Ends, Out, Side, Step, Who};

/// What is known of the conversation.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) ends: Ends,
    me: Option<Account>,
    pub(super) sign_on: SignOn,
    /// Whose entries the directory was asked for.
    pub(super) entries: Asked,
    heard: (Recent, Recent),
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let used = if self.datagram(side, input, out) { input.len() } else { 0 };
        Step::Took { used, want: 0 }
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        if side == Side::Server {
            self.sign_on.close(out);
        }
    }
}

impl Talk {
    /// A conversation of which nothing was heard yet.
    pub(super) fn new(ends: Ends) -> Self {
        Self {
            ends,
            me: None,
            sign_on: SignOn::default(),
            entries: Asked::default(),
            heard: Default::default(),
        }
    }

    /// Who the client is, as far as anybody said.
    pub(super) fn own(&self) -> Who {
        self.me.clone().map_or(Who::Unnamed(Side::Client), Who::Account)
    }

    /// A session is over: the next one may use the same sequence numbers.
    pub(super) fn over(&mut self) {
        self.heard.0.forget();
        self.heard.1.forget();
    }

    /// Reads one datagram; whether it could be read.
    fn datagram(&mut self, side: Side, datagram: &[u8], out: &mut Out) -> bool {
        match side {
            Side::Client => {
                let Some(plain) = cipher::plain(datagram) else {
                    out.weird("icq_udp_check", format_args!("{} bytes", datagram.len()));
                    return false;
                };
                let Some(packet) = wire::client(&plain) else { return short(datagram, out) };
                self.name(&packet);
                if packet.command == cmd::ACK {
                    self.heard.1.acknowledged(&packet, out);
                } else if self.heard.0.is_news(&packet) {
                    self.asked(&packet, out);
                }
            }
            Side::Server => {
                let Some(packet) = wire::server(datagram) else { return short(datagram, out) };
                self.answered(&packet, Depth::Outer, out);
            }
        }
        true
    }

    fn name(&mut self, packet: &Packet<'_>) {
        if let Some(number) = packet.number.filter(|number| *number != 0) {
            self.named(number);
        }
    }

    /// The client's number was said.
    pub(super) fn named(&mut self, number: u32) {
        self.me = Some(account(number));
    }

    /// What the client asks.
    fn asked(&mut self, packet: &Packet<'_>, out: &mut Out) {
        match packet.command {
            cmd::LOGIN => self.login(packet, out),
            cmd::REG_NEW_USER => self.register(packet, out),
            cmd::CHANGE_PASSWORD => self.change_password(packet, out),
            cmd::META_USER => {
                self.new_password(packet, out);
                directory::asked(self, packet, out);
            }
            cmd::SEARCH_UIN | cmd::SEARCH_USER | cmd::INFO_REQ | cmd::EXT_INFO_REQ => {
                directory::asked_once(self, packet, out);
            }
            cmd::SEND_MESSAGE | cmd::MSG_TO_NEW_USER => {
                say::message(self, Way::ToServer, Im, packet, out);
            }
            cmd::CONTACT_LIST | cmd::VIS_LIST | cmd::INVIS_LIST => people::list(self, packet, out),
            cmd::ADD_TO_LIST => people::add(self, packet, out),
            cmd::UPDATE_LIST => people::update(self, packet, out),
            cmd::STATUS_CHANGE => people::own_status(self, packet, out),
            cmd::SEND_TEXT_CODE => people::text_code(self, packet, out),
            _ => {}
        }
    }

    /// What the server says.
    fn answered(&mut self, packet: &Packet<'_>, depth: Depth, out: &mut Out) {
        self.name(packet);
        if packet.command == srv::ACK {
            return self.heard.0.acknowledged(packet, out);
        }
        if !self.heard.1.is_news(packet) {
            return;
        }
        match packet.command {
            srv::LOGIN_REPLY => self.let_in(packet, out),
            srv::BAD_PASSWORD => self.refused(Some(false), out),
            srv::TRY_AGAIN | srv::LOGIN_ERROR => self.refused(None, out),
            srv::NEW_UIN => self.registered(out),
            srv::GO_AWAY | srv::NOT_CONNECTED => people::gone(self, out),
            srv::META_USER => {
                self.password_set(packet, out);
                directory::answered(self, packet, out);
            }
            srv::USER_ONLINE => people::online(packet, out),
            srv::STATUS_UPDATE => people::status(packet, out),
            srv::USER_OFFLINE => people::offline(packet, out),
            srv::SYS_DELIVERED_MESS => say::message(self, Way::FromServer, Im, packet, out),
            srv::RECV_MESSAGE => say::message(self, Way::FromServer, Offline, packet, out),
            srv::INFO_REPLY | srv::EXT_INFO_REPLY | srv::USER_FOUND => {
                directory::answered_once(self, packet, out);
            }
            srv::MULTI_PACKET => self.several(packet, depth, out),
            _ => {}
        }
    }

    /// Several datagrams in one: how many, then each with its length.
    fn several(&mut self, packet: &Packet<'_>, depth: Depth, out: &mut Out) {
        if depth == Depth::Inner {
            return out.weird("icq_udp_nested", "several datagrams in one of several");
        }
        let Some((count, mut rest)) = packet.body.split_first() else {
            return out.weird("icq_udp_short", "several datagrams");
        };
        for left in (0..*count).rev() {
            let parsed = rest.split_first_chunk().and_then(|(length, rest)| {
                rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))
            });
            let Some((inner, after)) = parsed else {
                let missing = usize::from(left) + 1;
                return out.weird(
                    "icq_udp_count_wrong",
                    format_args!("{missing} of {count} are missing"),
                );
            };
            match wire::server(inner) {
                Some(inner) => self.answered(&inner, Depth::Inner, out),
                None => {
                    short(inner, out);
                }
            }
            rest = after;
        }
    }
}

fn short(datagram: &[u8], out: &mut Out) -> bool {
    out.weird("icq_udp_head", format_args!("{} bytes", datagram.len()));
    false
}

/// Where a datagram of the server stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    Outer,
    Inner,
}

/// What a side said lately, each with its sequence number: whatever is not acknowledged is said again,
/// often scrambled anew.
#[derive(Debug, Default)]
struct Recent(VecDeque<(u16, Option<u64>)>);

impl Recent {
    /// Whether this was not said before.
    fn is_news(&mut self, packet: &Packet<'_>) -> bool {
        let mut hasher = DefaultHasher::new();
        (packet.command, packet.sequence, packet.body).hash(&mut hasher);
        let said = (packet.sequence.0, Some(hasher.finish()));
        if self.0.contains(&said) {
            return false;
        }
        if self.0.len() == RECENT {
            self.0.pop_front();
        }
        self.0.push_back(said);
        true
    }

    /// The other side has heard something. Whether we did not is only certain between two numbers that
    /// we heard.
    fn acknowledged(&self, packet: &Packet<'_>, out: &mut Out) {
        let number = packet.sequence.0;
        let after = |said: &(u16, _)| number.wrapping_sub(said.0) < 1 << 15;
        let known = self.0.iter().any(|said| said.0 == number);
        if !known && self.0.iter().any(after) && !self.0.iter().all(after) {
            out.weird("icq_udp_unheard", format_args!("number {number} was acknowledged"));
        }
    }

    /// What is said now is not what was said then.
    fn forget(&mut self) {
        self.0.iter_mut().for_each(|(_, said)| *said = None);
    }
}

/// Datagrams of a side that are known again. Clients wait for an answer ten seconds at most, six times.
const RECENT: usize = 64;
