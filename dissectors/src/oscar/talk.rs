//! One OSCAR conversation: frames to SNACs, SNACs to whoever understands their family.

use std::collections::{BTreeMap, VecDeque};

use super::sign_on::SignOn;
use super::wire::flap::{self, Flap, Frame, Resync};
use super::wire::snac::{self, Snac};
use super::{
    admin, authorization, buddies, chat, complaints, directory, feedbag, icbm, icq, white_pages,
};
use crate::event::{Contact, RosterOp};
use crate::icq_udp::entry::Asked;
use crate::{Account, Dissector, Out, Resume, Side, Step, Ticket, Who};

/// What is known of the conversation.
#[derive(Debug, Default)]
pub(super) struct Talk {
    lost: (bool, bool),
    ended: (bool, bool),
    /// The client's account, once its name was said.
    pub(super) me: Option<Account>,
    /// The cookie the client signed on with.
    pub(super) ticket: Option<Ticket>,
    pub(super) sign_on: SignOn,
    /// The room a chat connection is for.
    pub(super) room: Option<String>,
    /// Cookies of what the client said in it: the service says it back.
    pub(super) sent: VecDeque<[u8; 8]>,
    /// Names of the buddy list's groups, by number.
    pub(super) groups: BTreeMap<u16, String>,
    /// Contacts of a list whose last part is still to come.
    pub(super) listed: Vec<Contact>,
    pub(super) away: bool,
    /// Numbers of passwords that are being set.
    pub(super) setting: Vec<u32>,
    /// Whose entries ICQ's directory was asked for.
    pub(super) entries: Asked,
    /// Whom requests concern, by their number.
    pub(super) asked: VecDeque<(u32, String)>,
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            if *self.lost(side) {
                match flap::resync(rest, flap::plausible) {
                    Resync::Undecided(skipped) => {
                        return Step::Took { used: used + skipped, want: 0 };
                    }
                    Resync::Found(skipped) => used += skipped,
                }
                *self.lost(side) = false;
                continue;
            }
            match flap::frame(rest) {
                Frame::Whole(flap, length) => {
                    self.flap(side, flap, out);
                    used += length;
                }
                Frame::Wants(want) => return Step::Took { used, want },
                Frame::Nonsense => {
                    out.weird(
                        "oscar_flap_lost",
                        "bytes that are no FLAP; looking for the next one",
                    );
                    *self.lost(side) = true;
                }
            }
        }
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, side: Side, _: u64, _: &mut Out) -> Resume {
        *self.lost(side) = true;
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        match side {
            Side::Client => self.ended.0 = true,
            Side::Server => self.ended.1 = true,
        }
        if self.ended == (true, true) {
            self.close(out);
        }
    }
}

impl Talk {
    /// The person at the client's side.
    pub(super) fn own(&self) -> Who {
        match (&self.me, &self.ticket) {
            (Some(account), _) => Who::Account(account.clone()),
            (None, Some(ticket)) => Who::Ticket(ticket.clone()),
            (None, None) => Who::Unnamed(Side::Client),
        }
    }

    /// The network this conversation belongs to.
    pub(super) fn network(&self) -> &str {
        self.me.as_ref().map_or("aim", |me| &me.network)
    }

    fn lost(&mut self, side: Side) -> &mut bool {
        match side {
            Side::Client => &mut self.lost.0,
            Side::Server => &mut self.lost.1,
        }
    }

    fn flap(&mut self, side: Side, flap: Flap<'_>, out: &mut Out) {
        match flap.channel {
            flap::SIGN_ON => self.hello(side, flap.data, out),
            flap::SIGN_OFF => self.goodbye(side, flap.data, out),
            flap::DATA => match snac::snac(flap.data) {
                Ok((_, snac)) => self.snac(side, &snac, out),
                Err(_) => out.weird("oscar_snac_short", format_args!("{} bytes", flap.data.len())),
            },
            _ => {}
        }
    }

    fn snac(&mut self, side: Side, snac: &Snac<'_>, out: &mut Out) {
        self.welcome(side, snac, out);
        let body = snac.body;
        match (side, snac.family, snac.subtype) {
            (Side::Server, _, 0x01) => complaints::error(self, snac, out),
            (_, 0x01 | 0x17, _) => self.service(side, snac, out),
            (Side::Client, 0x02, 0x04) => buddies::own_text(self, body, out),
            (Side::Server, 0x02, 0x06) => buddies::their_text(body, out),
            (_, 0x02 | 0x0a | 0x0f, _) => self.white_pages(side, snac, out),
            (Side::Server, 0x03, 0x0b) => buddies::arrived(body, out),
            (Side::Server, 0x03, 0x0c) => buddies::departed(body, out),
            (_, 0x03 | 0x09, subtype) => self.named_lists(side, snac.family, subtype, body, out),
            (_, 0x04, _) => self.message(side, snac, out),
            (Side::Client, 0x07, 0x04) => admin::change(self, body, out),
            (Side::Server, 0x07, 0x05) => admin::changed(self, body, out),
            (_, 0x0d, 0x08) => chat::create(self, side, body, out),
            (Side::Server, 0x0e, 0x02) => chat::info(self, body),
            (Side::Server, 0x0e, 0x03) => chat::members(self, body, true, out),
            (Side::Server, 0x0e, 0x04) => chat::members(self, body, false, out),
            (Side::Client, 0x0e, 0x05) => chat::to_server(self, body, out),
            (Side::Server, 0x0e, 0x06) => chat::from_server(self, body, out),
            (_, 0x13, _) => self.kept_list(side, snac, out),
            (Side::Client, 0x15, 0x02) => directory::asked(self, body, out),
            (Side::Server, 0x15, 0x03) => icq::reply(self, body, out),
            _ => {}
        }
    }

    /// Families 02, 0A and 0F: the directory of people.
    fn white_pages(&mut self, side: Side, snac: &Snac<'_>, out: &mut Out) {
        let body = snac.body;
        match (side, snac.family, snac.subtype) {
            (Side::Client, 0x02, 0x09) => white_pages::set(self, body, out),
            (Side::Client, 0x02, 0x0b) => white_pages::look_up(self, snac.request, body, out),
            (Side::Server, 0x02, 0x0c) => white_pages::entry(self, snac.request, body, out),
            (Side::Client, 0x0a, 0x02) => white_pages::by_address(self, body, out),
            (Side::Server, 0x0a, 0x03) => white_pages::has_address(self, body, out),
            (Side::Client, 0x0f, 0x02) => white_pages::search(self, body, out),
            (Side::Server, 0x0f, 0x03) => white_pages::found(self, body, out),
            _ => {}
        }
    }

    /// Family 04: messages, and what becomes of them.
    fn message(&mut self, side: Side, snac: &Snac<'_>, out: &mut Out) {
        let body = snac.body;
        match (side, snac.subtype) {
            (Side::Client, 0x06) => icbm::to_server(self, snac.request, body, out),
            (Side::Server, 0x07) => icbm::from_server(self, body, out),
            (Side::Client, 0x08) => complaints::warns(self, snac.request, body, out),
            (Side::Server, 0x0a) => complaints::missed(body, out),
            (_, 0x0b) => icbm::answered(self, side, body, out),
            (_, 0x14) => icbm::typing(self, side, body, out),
            _ => {}
        }
    }

    /// Families 03 and 09: the lists of old clients, told name by name.
    fn named_lists(&mut self, side: Side, family: u16, subtype: u16, body: &[u8], out: &mut Out) {
        let op = match (side, family, subtype) {
            (Side::Server, 0x03, 0x07) => return buddies::watched(self, body, out),
            (Side::Client, 0x03, 0x04 | 0x0f) => RosterOp::Add,
            (Side::Client, 0x09, 0x05 | 0x0a) => RosterOp::Allow,
            (Side::Client, 0x09, 0x07) => RosterOp::Block,
            (Side::Client, 0x03, 0x05 | 0x10) | (Side::Client, 0x09, 0x06 | 0x08 | 0x0b) => {
                RosterOp::Remove
            }
            _ => return,
        };
        buddies::listed(self, body, op, out);
    }

    /// Family 13: the list the service keeps.
    fn kept_list(&mut self, side: Side, snac: &Snac<'_>, out: &mut Out) {
        let body = snac.body;
        match (side, snac.subtype) {
            (Side::Server, 0x06) => feedbag::list(self, body, snac.more, out),
            (_, 0x08 | 0x09) => feedbag::changed(self, body, true, out),
            (_, 0x0a) => feedbag::changed(self, body, false, out),
            (Side::Server, 0x0e) => complaints::feedbag(body, out),
            (_, 0x18 | 0x19) => authorization::words(self, side, body, false, out),
            (_, 0x1a | 0x1b) => authorization::words(self, side, body, true, out),
            (Side::Server, 0x1c) => authorization::added(self, body, out),
            _ => {}
        }
    }
}
