//! Who is there, what people say of their absence and of themselves, and who was warned.

use super::say::text;
use super::talk::{Talk, fewer, number};
use super::wire::fields;
use crate::event::{Event, Presence, Status};
use crate::oscar::icbm::read;
use crate::oscar::people::{account, who};
use crate::{Out, Text, Who};

/// What the client says of itself.
#[derive(Debug, Default)]
pub(super) struct Own {
    away: bool,
    idle: bool,
}

impl Own {
    fn status(&self) -> Status {
        match self {
            Self { away: true, .. } => Status::Away,
            Self { idle: true, .. } => Status::Idle,
            _ => Status::Online,
        }
    }
}

/// Somebody came, left or changed: name, whether they are there, warnings in percent, since when,
/// minutes of silence, class.
pub(super) fn updated(rest: &[u8], out: &mut Out) {
    let Some([name, there, _warnings, _since, idle, class]) = fields(rest) else {
        return fewer(b"UPDATE_BUDDY", out);
    };
    let away = class.get(2) == Some(&b'U');
    let status = match there {
        b"F" => Status::Offline,
        _ if away => Status::Away,
        _ if number::<u32>(idle).is_some_and(|minutes| minutes > 0) => Status::Idle,
        _ => Status::Online,
    };
    tell(who(name), status, None, out);
}

/// The client sets its away text; without one it is back.
pub(super) fn goes(talk: &mut Talk, args: &[&[u8]], out: &mut Out) {
    let said = args.first().filter(|said| !said.is_empty());
    if let Some(said) = said {
        talk.own.away = true;
        let text = read(text(b"", said)).0;
        tell(talk.own(), Status::Away, Some(text), out);
    } else if std::mem::take(&mut talk.own.away) {
        tell(talk.own(), talk.own.status(), None, out);
    }
}

/// The client says for how many seconds nobody touched it.
pub(super) fn rests(talk: &mut Talk, args: &[&[u8]], out: &mut Out) {
    let Some(seconds) = args.first().and_then(|word| number::<u64>(word)) else {
        return fewer(b"toc_set_idle", out);
    };
    let idle = seconds > 0;
    if std::mem::replace(&mut talk.own.idle, idle) != idle && !talk.own.away {
        tell(talk.own(), talk.own.status(), None, out);
    }
}

/// The client describes its owner, for everybody who asks.
pub(super) fn describes(talk: &Talk, args: &[&[u8]], out: &mut Out) {
    let Some(said) = args.first() else { return fewer(b"toc_set_info", out) };
    let text = read(text(b"", said.trim_ascii_end())).0;
    if !text.is_empty() {
        tell(talk.own(), talk.own.status(), Some(text), out);
    }
}

/// The client warns somebody: name, and whether it says who it is. In a room its number stands first.
pub(super) fn warns(talk: &Talk, args: &[&[u8]], out: &mut Out) {
    let &[.., name, how] = args else { return fewer(b"toc_evil", out) };
    let own = talk.own();
    let by = if how == b"anon" { "somebody unnamed" } else { name_of(&own) };
    out.weird("toc_warning", format_args!("{} is warned by {by}", account(name).name));
}

/// The client was warned: the new level in percent, and by whom, if they say so.
pub(super) fn warned(talk: &Talk, rest: &[u8], out: &mut Out) {
    let Some([level, by]) = fields(rest) else { return fewer(b"EVILED", out) };
    let level = number::<u32>(level).unwrap_or_default();
    let by = account(by).name;
    let by = if by.is_empty() { "somebody unnamed" } else { &by };
    let whom = talk.own();
    out.weird("toc_warning", format_args!("{} is at {level} % by {by}", name_of(&whom)));
}

fn name_of(who: &Who) -> &str {
    who.account().map_or("the client", |account| &account.name)
}

fn tell(who: Who, status: Status, text: Option<Text>, out: &mut Out) {
    out.emit(Event::Presence(Presence { who, status, text, address: None }));
}
