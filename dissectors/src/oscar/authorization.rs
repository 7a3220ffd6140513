//! Whom one may have on one's list: those asked for leave (13/18, 13/19), what they say (13/1A, 13/1B),
//! and that somebody did it (13/1C).

use nom::Parser;
use nom::combinator::cond;
use nom::multi::length_data;
use nom::number::complete::{be_u8, be_u16};

use super::buddies::added_by;
use super::icbm::{Route, emit, named};
use super::people::who;
use super::talk::Talk;
use super::wire::{Parsed, short};
use crate::event::{Leg, MessageKind};
use crate::{Out, Side};

/// Leave is asked for, or given or refused (`verdict`): a name, the verdict in a byte, words.
pub(super) fn words(talk: &Talk, side: Side, body: &[u8], verdict: bool, out: &mut Out) {
    let parsed: Parsed<'_, _> = (short, cond(verdict, be_u8), length_data(be_u16)).parse(body);
    let Ok((_, (name, _, words))) = parsed else {
        return out.weird("oscar_feedbag_short", "a request for authorization");
    };
    let cookie = [0; 8];
    let route = match side {
        Side::Client => Route { from: talk.own(), to: who(name), leg: Leg::ToServer, cookie },
        Side::Server => Route { from: who(name), to: talk.own(), leg: Leg::FromServer, cookie },
    };
    let text = named(None, words);
    if !text.is_empty() {
        emit(&route, MessageKind::Im, text, out);
    }
}

/// Somebody has the client on their list now.
pub(super) fn added(talk: &Talk, body: &[u8], out: &mut Out) {
    match short(body) {
        Ok((_, name)) => added_by(talk, name, out),
        Err(_) => out.weird("oscar_feedbag_short", "13/1C"),
    }
}
