//! Buddy lists as the service keeps them: lines of names (LIST, up to version 14), or marked pairs
//! (`LIST_15`). Both may come in several packets; all but the last have status 5.

use super::names::CONTINUED;
use super::people;
use super::talk::Talk;
use super::wire::packet::Packet;
use super::wire::pairs::Pairs;
use crate::event::{Contact, Event, Roster, RosterOp};
use crate::{Out, Side};

/// Keys of lists.
const BUDDIES: u32 = 87;
const IGNORED: u32 = 88;
/// Key of the cookies that come with a list.
pub(super) const COOKIE: u32 = 59;
const GROUP: u32 = 65;
const NAME: u32 = 7;
const NETWORK: u32 = 241;
/// Marks where an entry begins, and of what kind; where it ends.
const BEGIN: u32 = 300;
const FIRST: u32 = 302;
const LAST: u32 = 303;
const END: u32 = 301;
const KIND_GROUP: &[u8] = b"318";
const KIND_IGNORED: &[u8] = b"320";

/// Bytes kept of a list that comes in parts, and entries.
const LONGEST: usize = 256 << 10;
const ENTRIES: usize = 4096;

/// Lists under way.
#[derive(Debug, Default)]
pub(super) struct Lists {
    lines: Vec<u8>,
    ignored: Vec<u8>,
    /// Something of a list in lines was said.
    begun: bool,
    group: Option<String>,
    ignoring: bool,
    contacts: Vec<Contact>,
    blocked: Vec<Contact>,
    full: bool,
}

impl Talk {
    /// A list in lines, or a part of it, with the session's cookies.
    pub(super) fn listed(&mut self, packet: &Packet<'_>, said: &Pairs<'_>, out: &mut Out) {
        if let Some(name) = said.some(3).filter(|_| self.me.is_none()) {
            self.me = Some(people::account(name));
        }
        self.let_in(out);
        for (key, value) in said.iter() {
            let Some(kept) = self.lists.part(key) else { continue };
            if kept.len() + value.len() > LONGEST {
                out.weird("ymsg_list_oversized", format_args!("{} bytes more", value.len()));
                self.lists.full = true;
                continue;
            }
            kept.extend_from_slice(value);
            self.lists.begun |= key == BUDDIES;
        }
        self.cookies(said, out);
        if packet.status == CONTINUED {
            return;
        }
        let lists = std::mem::take(&mut self.lists);
        if lists.begun {
            let contacts = contacts(&lists.lines);
            self.roster(RosterOp::List, contacts, !lists.full, out);
        }
        let blocked = names(&lists.ignored, None);
        self.blocked(blocked.collect(), out);
    }

    /// A list in marked pairs, or a part of it.
    pub(super) fn listed_15(&mut self, packet: &Packet<'_>, said: &Pairs<'_>, out: &mut Out) {
        self.let_in(out);
        let mut entry = Entry::default();
        for (key, value) in said.iter() {
            match key {
                FIRST if value == KIND_IGNORED => {
                    (self.lists.ignoring, self.lists.group) = (true, None);
                }
                FIRST if value == KIND_GROUP => self.lists.ignoring = false,
                GROUP => self.lists.group = Some(people::short(value)),
                NAME => entry.name = Some(value),
                NETWORK => entry.network = Some(value),
                BEGIN | END | LAST => self.lists.enter(&std::mem::take(&mut entry)),
                _ => {}
            }
        }
        self.lists.enter(&entry);
        self.cookies(said, out);
        if packet.status == CONTINUED {
            return;
        }
        let lists = std::mem::take(&mut self.lists);
        self.roster(RosterOp::List, lists.contacts, !lists.full, out);
        self.blocked(lists.blocked, out);
    }

    fn blocked(&self, contacts: Vec<Contact>, out: &mut Out) {
        if !contacts.is_empty() {
            self.roster(RosterOp::Block, contacts, false, out);
        }
    }

    /// Tells a list of the client's account, or a change of it.
    pub(super) fn roster(
        &self,
        op: RosterOp,
        contacts: Vec<Contact>,
        complete: bool,
        out: &mut Out,
    ) {
        out.emit(Event::Roster(Roster { who: self.own(Side::Client), op, contacts, complete }));
    }
}

/// An entry of a list in marked pairs, while it is read.
#[derive(Debug, Default)]
struct Entry<'a> {
    name: Option<&'a [u8]>,
    network: Option<&'a [u8]>,
}

impl Lists {
    /// Where the lines of a key are kept.
    fn part(&mut self, key: u32) -> Option<&mut Vec<u8>> {
        match key {
            BUDDIES => Some(&mut self.lines),
            IGNORED => Some(&mut self.ignored),
            _ => None,
        }
    }

    fn enter(&mut self, entry: &Entry<'_>) {
        let Some(name) = entry.name.filter(|name| !name.is_empty()) else { return };
        if self.contacts.len() + self.blocked.len() >= ENTRIES {
            self.full = true;
            return;
        }
        let who = crate::Who::Account(people::of(name, entry.network));
        let contact = Contact { who, alias: None, group: self.group.clone() };
        if self.ignoring { self.blocked.push(contact) } else { self.contacts.push(contact) }
    }
}

/// Lines of a group, a colon, and names with commas between them.
pub(super) fn contacts(lines: &[u8]) -> Vec<Contact> {
    let mut contacts = Vec::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let Some(at) = memchr::memchr(b':', line) else { continue };
        let (Some(group), Some(buddies)) = (line.get(..at), line.get(at + 1..)) else { continue };
        contacts.extend(names(buddies, Some(group)));
    }
    contacts
}

fn names<'a>(list: &'a [u8], group: Option<&[u8]>) -> impl Iterator<Item = Contact> + use<'a> {
    let group = group.map(people::short);
    let names = list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    names.filter(|name| !name.is_empty()).map(move |name| Contact {
        who: people::who(name),
        alias: None,
        group: group.clone(),
    })
}
