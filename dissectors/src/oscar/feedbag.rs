//! The buddy list kept by the service: family 13, "feedbag" or SSI.
//!
//! A list of items, each with a name, a group, a number, a kind and TLVs. A group is an item too.

use encoding_rs::UTF_8;
use nom::Parser;
use nom::multi::length_data;
use nom::number::complete::{be_u8, be_u16};

use super::people::who;
use super::talk::Talk;
use super::wire::Parsed;
use super::wire::tlv::tlvs;
use crate::event::{Contact, Event, Roster, RosterOp};
use crate::{Out, Text};

/// Kinds of items.
const BUDDY: u16 = 0;
const GROUP: u16 = 1;
const PERMIT: u16 = 2;
const DENY: u16 = 3;
/// TLV with the owner's own name for a buddy.
const ALIAS: u16 = 0x0131;
/// Contacts remembered of a list that comes in parts: more than the service lets anybody have.
const LISTED: usize = 4096;
/// Groups remembered.
const GROUPS: usize = 1024;

/// An item of the list.
struct Item<'a> {
    name: &'a [u8],
    group: u16,
    kind: u16,
    data: &'a [u8],
}

fn item(input: &[u8]) -> Parsed<'_, Item<'_>> {
    let (rest, (name, group, _number, kind, data)) =
        (length_data(be_u16), be_u16, be_u16, be_u16, length_data(be_u16)).parse(input)?;
    Ok((rest, Item { name, group, kind, data }))
}

fn items(mut input: &[u8], most: usize) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    while let (Ok((rest, item)), true) = (item(input), items.len() < most) {
        items.push(item);
        input = rest;
    }
    items
}

/// The service sends the list, or a part of it when `more` follows.
pub(super) fn list(talk: &mut Talk, body: &[u8], more: bool, out: &mut Out) {
    let Ok((rest, (_version, count))) = (be_u8, be_u16).parse(body) as Parsed<'_, (u8, u16)> else {
        return out.weird("oscar_feedbag_short", "13/06");
    };
    let items = items(rest, usize::from(count));
    if items.len() < usize::from(count) {
        out.weird("oscar_feedbag_short", format_args!("{} of {count} items", items.len()));
    }
    learn(talk, &items);
    let mut contacts = contacts(talk, &items, BUDDY);
    // The last part completes the list: it is told whole.
    if more {
        let room = LISTED.saturating_sub(talk.listed.len());
        talk.listed.extend(contacts.iter().take(room).cloned());
    } else if !talk.listed.is_empty() {
        contacts = std::mem::take(&mut talk.listed).into_iter().chain(contacts).collect();
    }
    let (who, complete) = (talk.own(), !more);
    out.emit(Event::Roster(Roster { who, op: RosterOp::List, contacts, complete }));
    for (kind, op) in [(DENY, RosterOp::Block), (PERMIT, RosterOp::Allow)] {
        let contacts = self::contacts(talk, &items, kind);
        if !contacts.is_empty() {
            out.emit(Event::Roster(Roster { who: talk.own(), op, contacts, complete }));
        }
    }
}

/// The client, or another one of the same account, adds items, writes them anew, or removes them.
pub(super) fn changed(talk: &mut Talk, body: &[u8], added: bool, out: &mut Out) {
    let items = items(body, usize::MAX);
    learn(talk, &items);
    let kinds = [(BUDDY, RosterOp::Add), (DENY, RosterOp::Block), (PERMIT, RosterOp::Allow)];
    for (kind, op) in kinds {
        let op = if added { op } else { RosterOp::Remove };
        let contacts = contacts(talk, &items, kind);
        if !contacts.is_empty() {
            out.emit(Event::Roster(Roster { who: talk.own(), op, contacts, complete: false }));
        }
    }
}

/// Remembers the groups' names.
fn learn(talk: &mut Talk, items: &[Item<'_>]) {
    for item in items.iter().filter(|item| item.kind == GROUP && !item.name.is_empty()) {
        if talk.groups.len() < GROUPS {
            let name = Text::decode(item.name, UTF_8).expose().to_owned();
            talk.groups.insert(item.group, name);
        }
    }
}

fn contacts(talk: &Talk, items: &[Item<'_>], kind: u16) -> Vec<Contact> {
    let text = |bytes: &[u8]| Text::decode(bytes, UTF_8).expose().to_owned();
    items
        .iter()
        .filter(|item| item.kind == kind && !item.name.is_empty())
        .map(|item| Contact {
            who: who(item.name),
            alias: tlvs(item.data).get(ALIAS).filter(|alias| !alias.is_empty()).map(text),
            group: talk.groups.get(&item.group).cloned(),
        })
        .collect()
}
