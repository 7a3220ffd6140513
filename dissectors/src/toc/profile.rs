//! The directory of people: what clients ask of it, and write into it. It answers with web pages.

use super::talk::{Talk, fewer};
use crate::Out;
use crate::event::ProfileOp;
use crate::icq_udp::entry::{self, Fields};
use crate::oscar::people::who;

/// The fields of an entry, and of a search, with colons between them.
const FIELDS: [&str; 8] =
    ["first_name", "middle_name", "last_name", "maiden_name", "city", "state", "country", "email"];

/// The client asks for somebody's entry, or profile: a name.
pub(super) fn looks_up(talk: &Talk, command: &[u8], args: &[&[u8]], out: &mut Out) {
    let &[name, ..] = args else { return fewer(command, out) };
    entry::tell(talk.own(), Some(who(name)), ProfileOp::Lookup, Vec::new(), out);
}

/// The client looks for people, or writes its own entry.
pub(super) fn describes(talk: &Talk, command: &[u8], args: &[&[u8]], out: &mut Out) {
    let &[said, ..] = args else { return fewer(command, out) };
    let mut fields = Fields::new();
    for (name, said) in FIELDS.iter().zip(said.split(|byte| *byte == b':')) {
        entry::push(&mut fields, name, said.trim_ascii());
    }
    let own = command == b"toc_set_dir";
    let op = if own { ProfileOp::Set } else { ProfileOp::Search };
    entry::tell(talk.own(), own.then(|| talk.own()), op, fields, out);
}
