//! Buddy lists: the one TOC keeps as lines of a configuration, the one TOC2 keeps entry by entry, and
//! those who alone may see the client, or may not.

use super::say::text;
use super::talk::{Talk, fewer};
use crate::Out;
use crate::event::{Contact, Event, Roster, RosterOp};
use crate::oscar::people::who;

/// Most entries of one list: more than the service lets anybody have.
const LISTED: usize = 4096;

/// A configuration, read.
#[derive(Debug, Default)]
struct Config {
    buddies: Vec<Contact>,
    permitted: Vec<Contact>,
    denied: Vec<Contact>,
}

impl Config {
    /// Lines of a letter (group, buddy, permitted, denied, mode) and a value. TOC puts a blank between
    /// them; TOC2 a colon, and has an alias behind a buddy's name.
    fn read(lines: &[u8]) -> Self {
        let mut config = Self::default();
        let mut group = None;
        let lines = lines.trim_ascii();
        let lines = lines.strip_prefix(b"{").unwrap_or(lines);
        let lines = lines.strip_suffix(b"}").unwrap_or(lines);
        for line in lines.split(|byte| *byte == b'\n') {
            let &[letter, between, ref value @ ..] = line.trim_ascii() else { continue };
            let (name, alias) = match between {
                b':' => colons(value),
                b' ' => (value, None),
                _ => continue,
            };
            let alias = alias.map(word);
            match letter {
                b'g' => group = Some(word(name)).filter(|name| !name.is_empty()),
                b'b' | b'a' => config.buddies.extend(contact(name, alias, group.clone())),
                b'p' => config.permitted.extend(contact(name, None, None)),
                b'd' => config.denied.extend(contact(name, None, None)),
                _ => {}
            }
            if config.buddies.len() + config.permitted.len() + config.denied.len() >= LISTED {
                break;
            }
        }
        config
    }
}

/// The list the server keeps, as it stands.
pub(super) fn config(talk: &Talk, lines: &[u8], out: &mut Out) {
    stands(talk, lines, out);
}

/// The client changes a list.
pub(super) fn changed(talk: &Talk, command: &[u8], args: &[&[u8]], out: &mut Out) {
    match (command, args) {
        (b"toc_set_config", &[lines, ..]) => stands(talk, lines, out),
        (b"toc2_new_buddies", &[lines, ..]) => {
            let Config { buddies, permitted, denied } = Config::read(lines);
            tell(talk, RosterOp::Add, buddies, false, out);
            tell(talk, RosterOp::Allow, permitted, false, out);
            tell(talk, RosterOp::Block, denied, false, out);
        }
        (b"toc_add_buddy", names) => tell(talk, RosterOp::Add, people(names, None), false, out),
        (b"toc_remove_buddy" | b"toc2_remove_deny" | b"toc2_remove_permit", names) => {
            tell(talk, RosterOp::Remove, people(names, None), false, out);
        }
        (b"toc2_remove_buddy", &[ref names @ .., group]) if !names.is_empty() => {
            tell(talk, RosterOp::Remove, people(names, Some(&word(group))), false, out);
        }
        (b"toc_add_permit" | b"toc2_add_permit", names) => {
            tell(talk, RosterOp::Allow, people(names, None), false, out);
        }
        (b"toc_add_deny" | b"toc2_add_deny", names) => {
            tell(talk, RosterOp::Block, people(names, None), false, out);
        }
        _ => fewer(command, out),
    }
}

/// The list was changed by another client of the same account: a letter, then a buddy's alias (when
/// it was added), name and group, or a name.
pub(super) fn elsewhere(talk: &Talk, rest: &[u8], added: bool, out: &mut Out) {
    let parts: Vec<&[u8]> = rest.splitn(4, |byte| *byte == b':').collect();
    let group = |name: &[u8]| Some(word(name)).filter(|name| !name.is_empty());
    let (op, contact) = match (parts.as_slice(), added) {
        (&[b"b", alias, name, in_group], true) => {
            (RosterOp::Add, contact(name, Some(word(alias)), group(in_group)))
        }
        (&[b"b", name, in_group, ..], false) => {
            (RosterOp::Remove, contact(name, None, group(in_group)))
        }
        (&[b"p", name, ..], true) => (RosterOp::Allow, contact(name, None, None)),
        (&[b"d", name, ..], true) => (RosterOp::Block, contact(name, None, None)),
        (&[b"d" | b"p", name, ..], false) => (RosterOp::Remove, contact(name, None, None)),
        _ => return,
    };
    tell(talk, op, contact.into_iter().collect(), false, out);
}

fn stands(talk: &Talk, lines: &[u8], out: &mut Out) {
    let Config { buddies, permitted, denied } = Config::read(lines);
    tell(talk, RosterOp::List, buddies, true, out);
    tell(talk, RosterOp::Allow, permitted, true, out);
    tell(talk, RosterOp::Block, denied, true, out);
}

/// The first two values between colons.
fn colons(value: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut parts = value.split(|byte| *byte == b':');
    let name = parts.next().unwrap_or_default();
    (name, parts.next())
}

fn people(names: &[&[u8]], group: Option<&str>) -> Vec<Contact> {
    let group = group.map(str::to_owned);
    names.iter().filter_map(|name| contact(name, None, group.clone())).take(LISTED).collect()
}

fn contact(name: &[u8], alias: Option<String>, group: Option<String>) -> Option<Contact> {
    let alias = alias.filter(|alias| !alias.is_empty());
    (!name.is_empty()).then(|| Contact { who: who(name), alias, group })
}

fn word(bytes: &[u8]) -> String {
    text(b"", bytes).expose().to_owned()
}

fn tell(talk: &Talk, op: RosterOp, contacts: Vec<Contact>, complete: bool, out: &mut Out) {
    if !contacts.is_empty() || (op == RosterOp::List && complete) {
        out.emit(Event::Roster(Roster { who: talk.own(), op, contacts, complete }));
    }
}
