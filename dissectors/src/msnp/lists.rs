//! The lists: forward (`FL`: whom one sees), allow, block, reverse (`RL`: who sees one), pending.

use std::collections::BTreeMap;

use super::names::{account, is_name, on};
use super::talk::{PEOPLE, Talk};
use super::wire::{Command, unquote};
use super::xml;
use crate::event::{Contact, Event, Roster, RosterOp};
use crate::{Account, Out, Side, Who};

/// Bits of the lists.
const FORWARD: u8 = 1;
const BLOCK: u8 = 4;
const REVERSE: u8 = 8;

/// What is known of the lists.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Contacts of the list under way.
    listed: Vec<Contact>,
    /// Entries still to come, as far as the service said.
    left: u64,
    /// Names of groups, by number or GUID.
    groups: BTreeMap<String, String>,
    /// Accounts by the GUID they are removed by.
    contacts: BTreeMap<String, Account>,
}

/// `SYN`: transaction, version, entries, groups. Since MSNP10 there is one version more.
pub(super) fn begins(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    close(talk, out);
    let numbers: Vec<u64> =
        command.params().iter().rev().take(2).filter_map(|word| word.parse().ok()).collect();
    if let (4.., [_, entries]) = (command.params().len(), numbers.as_slice()) {
        talk.lists.left = *entries;
    }
}

/// `LSG`: a group. Number and name, with five words before them up to MSNP7; name and GUID since
/// MSNP10.
pub(super) fn group(talk: &mut Talk, command: &Command<'_>) {
    let (id, name) = match command.params() {
        [_, _, _, _, id, name, ..] => (*id, *name),
        [id, name, ..] if id.parse::<u32>().is_ok() => (*id, *name),
        [name, id, ..] => (*id, *name),
        _ => return,
    };
    if talk.lists.groups.len() < PEOPLE {
        talk.lists.groups.insert(id.to_owned(), unquote(name).into_owned());
    }
}

/// `LST`: one entry.
pub(super) fn listed(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    if let (Some(list), true) = (bit(command.param(1)), command.transaction().is_some()) {
        return listed_by_number(talk, list, command, out);
    }
    let words = command.params();
    let Some(entry) = Entry::of(words) else { return out.weird("msnp_params", "LST") };
    let rest: Vec<&str> =
        words.iter().copied().filter(|word| !word.contains('=')).skip(entry.plain).collect();
    // The mask, since MSNP11 a kind, groups.
    let lists = rest.first().and_then(|mask| mask.parse::<u8>().ok()).unwrap_or_default();
    let groups = rest.get(1..).unwrap_or_default().iter().rev().copied();
    let groups = groups.clone().find(|word| talk.lists.groups.contains_key(*word));
    heard(talk, &entry, lists, groups, out);
    talk.lists.left = talk.lists.left.saturating_sub(1);
    if talk.lists.left == 0 {
        whole(talk, true, out);
    }
}

/// The form up to MSNP7: transaction, list, version, place, count, account, name, groups.
fn listed_by_number(talk: &mut Talk, list: u8, command: &Command<'_>, out: &mut Out) {
    let (place, count) = (command.param(3), command.param(4));
    let words = command.params().get(5..).unwrap_or_default();
    if let Some(entry) = Entry::of(words) {
        heard(talk, &entry, list, words.get(2).copied(), out);
    }
    if place == count && list == FORWARD {
        whole(talk, true, out);
    }
}

fn heard(talk: &mut Talk, entry: &Entry<'_>, lists: u8, groups: Option<&str>, out: &mut Out) {
    let account = account(entry.email);
    talk.lists.know(entry, &account);
    let group = groups
        .and_then(|groups| groups.split(',').find_map(|one| talk.lists.groups.get(one)))
        .cloned();
    let contact = Contact { who: Who::Account(account.clone()), alias: entry.alias(), group };
    if lists & BLOCK != 0 {
        tell(talk.own(), RosterOp::Block, vec![contact.clone()], false, out);
    }
    if lists & REVERSE != 0 && lists & FORWARD == 0 {
        reverse(talk, account, RosterOp::List, out);
    }
    if lists & FORWARD != 0 {
        talk.lists.listed.push(contact);
        if talk.lists.listed.len() >= PEOPLE {
            whole(talk, false, out);
        }
    }
}

/// `ADD`, `ADC` and `REM`: one entry of one list. The service echoes it with a version in between,
/// and says with transaction 0 what others did.
pub(super) fn changed(talk: &mut Talk, side: Side, command: &Command<'_>, out: &mut Out) {
    let Some(list) = bit(command.param(1)) else { return };
    let news = talk.is_news(side, command);
    let mut words = command.params().get(2..).unwrap_or_default();
    if side == Side::Server && words.first().is_some_and(|word| word.parse::<u64>().is_ok()) {
        words = words.get(1..).unwrap_or_default();
    }
    let gone = command.name == "REM";
    let guid = words.first().and_then(|word| talk.lists.contacts.get(*word)).cloned();
    let (account, alias) = match (Entry::of(words), guid) {
        (Some(entry), _) => {
            let account = account(entry.email);
            talk.lists.know(&entry, &account);
            (account, entry.alias())
        }
        (None, Some(account)) => (account, None),
        // Into a group, by a GUID nobody explained.
        (None, None) => return,
    };
    let op = added_or_gone(command);
    if !news {
        return;
    }
    match list {
        FORWARD => {
            let groups = words.get(1..).unwrap_or_default().iter();
            let group = groups.rev().find_map(|word| talk.lists.groups.get(*word)).cloned();
            let contact = Contact { who: Who::Account(account), alias, group };
            tell(talk.own(), op, vec![contact], false, out);
        }
        REVERSE => reverse(talk, account, op, out),
        BLOCK if !gone => {
            let contact = Contact { who: Who::Account(account), alias, group: None };
            tell(talk.own(), RosterOp::Block, vec![contact], false, out);
        }
        _ => {}
    }
}

/// `ADL` and `RML` (MSNP13 and later): many entries, as XML by domain.
pub(super) fn changed_many(talk: &mut Talk, side: Side, command: &Command<'_>, out: &mut Out) {
    if !talk.is_news(side, command) || command.payload.is_empty() {
        return;
    }
    let Ok(payload) = std::str::from_utf8(command.payload) else {
        return out.weird("msnp_xml", "a list that is no UTF-8");
    };
    let (mut rest, mut domain, mut initial) = (payload, String::new(), false);
    let (mut seen, mut blocked) = (Vec::new(), Vec::new());
    while let Some(tag) = xml::next(&mut rest) {
        match tag.name {
            "ml" => initial = tag.attribute("l").is_some_and(|l| l == "1"),
            "d" => domain = tag.attribute("n").unwrap_or_default().into_owned(),
            "t" => domain = String::new(),
            "c" => {
                let (lists, contact) = one_of_many(&tag, &domain);
                if lists & BLOCK != 0 {
                    blocked.push(contact.clone());
                }
                if lists & REVERSE != 0
                    && let Some(owner) = contact.who.account()
                {
                    reverse(talk, owner.clone(), added_or_gone(command), out);
                }
                if lists & FORWARD != 0 {
                    seen.push(contact);
                }
            }
            _ => {}
        }
    }
    let op = if initial && command.name == "ADL" { RosterOp::List } else { added_or_gone(command) };
    if !seen.is_empty() {
        tell(talk.own(), op, seen, false, out);
    }
    if !blocked.is_empty() && command.name == "ADL" {
        tell(talk.own(), RosterOp::Block, blocked, false, out);
    }
}

/// `<c n="name" t="network" l="lists" f="shown as"/>` in a domain: the lists, and who is on them.
fn one_of_many(tag: &xml::Tag<'_>, domain: &str) -> (u8, Contact) {
    let name = tag.attribute("n").unwrap_or_default();
    let email = if domain.is_empty() { name.into_owned() } else { format!("{name}@{domain}") };
    let who = Who::Account(on(&tag.attribute("t").unwrap_or_default(), &email));
    let lists = tag.attribute("l").and_then(|lists| lists.parse().ok()).unwrap_or_default();
    let alias = tag.attribute("f").map(|name| unquote(&name).into_owned());
    (lists, Contact { who, alias, group: None })
}

fn added_or_gone(command: &Command<'_>) -> RosterOp {
    if matches!(command.name, "RML" | "REM") { RosterOp::Remove } else { RosterOp::Add }
}

/// A list that was under way when the conversation ended.
pub(super) fn close(talk: &mut Talk, out: &mut Out) {
    whole(talk, false, out);
    talk.lists.left = 0;
}

fn whole(talk: &mut Talk, complete: bool, out: &mut Out) {
    let contacts = std::mem::take(&mut talk.lists.listed);
    if !contacts.is_empty() {
        tell(talk.own(), RosterOp::List, contacts, complete, out);
    }
}

/// Somebody has the client on their list, or took it off.
fn reverse(talk: &Talk, owner: Account, op: RosterOp, out: &mut Out) {
    let contact = Contact { who: talk.own(), alias: None, group: None };
    tell(Who::Account(owner), op, vec![contact], false, out);
}

fn tell(who: Who, op: RosterOp, contacts: Vec<Contact>, complete: bool, out: &mut Out) {
    out.emit(Event::Roster(Roster { who, op, contacts, complete }));
}

/// An account with its name, as lists write them.
struct Entry<'a> {
    email: &'a str,
    name: &'a str,
    guid: Option<&'a str>,
    /// Words without `=` it takes.
    plain: usize,
}

impl<'a> Entry<'a> {
    /// `account name` up to MSNP9, `N=account F=name C=guid` since MSNP10.
    fn of(words: &[&'a str]) -> Option<Self> {
        let tagged = |tag: &str| words.iter().find_map(|word| word.strip_prefix(tag));
        if let Some(email) = tagged("N=") {
            let name = tagged("F=").unwrap_or_default();
            return Some(Self { email, name, guid: tagged("C="), plain: 0 });
        }
        let email = words.first().filter(|word| is_name(word))?;
        let name = words.get(1).copied().unwrap_or_default();
        Some(Self { email, name, guid: None, plain: 2 })
    }

    /// The name shown, when it is more than the account.
    fn alias(&self) -> Option<String> {
        let name = unquote(self.name);
        (!name.is_empty() && name != self.email).then(|| name.into_owned())
    }
}

impl Lists {
    fn know(&mut self, entry: &Entry<'_>, account: &Account) {
        if let Some(guid) = entry.guid
            && self.contacts.len() < PEOPLE
        {
            self.contacts.insert(guid.to_owned(), account.clone());
        }
    }
}

fn bit(list: &str) -> Option<u8> {
    Some(match list {
        "FL" => FORWARD,
        "AL" => 2,
        "BL" => BLOCK,
        "RL" => REVERSE,
        "PL" => 16,
        _ => return None,
    })
}
