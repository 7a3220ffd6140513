//! What goes wrong, and who is told off: refused requests, warnings, messages that were not
//! delivered, limits on how fast a client may speak.
//!
//! None of it is malformed; it is told as an anomaly because a flood, a worm or somebody who
//! harasses others shows in it first.

use nom::Parser;
use nom::number::complete::be_u16;

use super::names;
use super::people::account;
use super::talk::Talk;
use super::wire::snac::Snac;
use super::wire::tlv::tlvs;
use super::wire::{Parsed, short, user_info};
use crate::{Account, Out, Who};

/// TLV with an error's number within its kind.
const SUBCODE: u16 = 0x0008;
/// Names remembered of requests that may still be refused.
const ASKED: usize = 64;

impl Talk {
    /// A request that concerns somebody: an error repeats only its number.
    pub(super) fn asked(&mut self, request: u32, name: &[u8]) {
        if self.asked.len() == ASKED {
            self.asked.pop_front();
        }
        self.asked.push_back((request, account(name).name.into()));
    }
}

/// A request was refused: a code, and TLVs.
pub(super) fn error(talk: &Talk, snac: &Snac<'_>, out: &mut Out) {
    let Ok((rest, code)) = be_u16(snac.body) as Parsed<'_, u16> else {
        return out.weird("oscar_error_short", format_args!("{:02x}/01", snac.family));
    };
    let asked = talk.asked.iter().rev().find(|(request, _)| *request == snac.request);
    let whom = asked.map(|(_, whom)| format!(", for {whom}")).unwrap_or_default();
    let more = tlvs(rest).u16(SUBCODE).map(|more| format!(" ({more})")).unwrap_or_default();
    let (family, said) = (snac.family, names::error(code));
    out.weird("oscar_error", format_args!("{family:02x}/01 {code:#04x} {said}{more}{whom}"));
}

/// The client warns somebody: as itself or unnamed, a name.
pub(super) fn warns(talk: &mut Talk, request: u32, body: &[u8], out: &mut Out) {
    let Ok((_, (unnamed, name))) = (be_u16, short).parse(body) as Parsed<'_, (u16, &[u8])> else {
        return out.weird("oscar_icbm_short", "04/08");
    };
    talk.asked(request, name);
    let own = talk.own();
    let by = if unnamed == 0 { name_of(&own) } else { UNNAMED };
    out.weird("oscar_warning", format_args!("{} is warned by {by}", account(name).name));
}

/// The client was warned: its new level in tenths of a percent, and who did it, if they say so.
pub(super) fn warned(talk: &Talk, body: &[u8], out: &mut Out) {
    let Ok((rest, level)) = be_u16(body) as Parsed<'_, u16> else {
        return out.weird("oscar_service_short", "01/10");
    };
    let by = user_info(rest).ok().map(|(_, user)| account(user.name).name);
    let by = by.as_deref().filter(|by| !by.is_empty()).unwrap_or(UNNAMED);
    let (whom, percent) = (talk.own(), level / 10);
    out.weird("oscar_warning", format_args!("{} is at {percent} % by {by}", name_of(&whom)));
}

/// Messages to the client were not delivered: channel, sender, how many, why, and again.
pub(super) fn missed(mut body: &[u8], out: &mut Out) {
    while !body.is_empty() {
        let parsed: Parsed<'_, _> = (be_u16, user_info, be_u16, be_u16).parse(body);
        let Ok((rest, (_channel, user, count, reason))) = parsed else {
            return out.weird("oscar_icbm_short", "04/0A");
        };
        let (from, why) = (account(user.name).name, names::missed(reason));
        out.weird("oscar_missed", format_args!("{count} from {from}: {why}"));
        body = rest;
    }
}

/// The service changes how fast the client may speak: what happened, and the class of requests.
pub(super) fn rate(body: &[u8], out: &mut Out) {
    let Ok((_, (code, class))) = (be_u16, be_u16).parse(body) as Parsed<'_, (u16, u16)> else {
        return out.weird("oscar_service_short", "01/0A");
    };
    if let Some(said) = names::rate(code) {
        out.weird("oscar_rate", format_args!("{said}, requests of class {class}"));
    }
}

/// What became of changes of the buddy list, a code each.
pub(super) fn feedbag(body: &[u8], out: &mut Out) {
    let codes = body.as_chunks::<2>().0.iter().map(|code| u16::from_be_bytes(*code));
    for (code, said) in codes.filter_map(|code| Some((code, names::feedbag(code)?))) {
        out.weird("oscar_feedbag_refused", format_args!("{code:#04x} {said}"));
    }
}

const UNNAMED: &str = "somebody unnamed";

fn name_of(who: &Who) -> &str {
    who.account().map_or("the client", |account: &Account| &account.name)
}
