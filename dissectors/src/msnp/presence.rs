//! Presence: states, and the texts people write beside their names.

use super::names::{account, is_name, on, status};
use super::talk::{PEOPLE, Talk};
use super::wire::Command;
use super::xml;
use crate::event::{Event, Presence, Status};
use crate::{Account, Out, Side, Text, Who};

/// `CHG`: the client's own state.
pub(super) fn own(talk: &mut Talk, side: Side, command: &Command<'_>, out: &mut Out) {
    if !talk.is_news(side, command) {
        return;
    }
    let Some(status) = status(command.param(1)) else {
        return out.weird("msnp_status", command.param(1));
    };
    if let Some(me) = talk.me.clone() {
        remember(talk, me, status);
    }
    tell(talk.own(), status, None, out);
}

/// `UUX`: what the client writes beside its name, as XML. The answer is empty.
pub(super) fn own_text(talk: &mut Talk, side: Side, command: &Command<'_>, out: &mut Out) {
    if side == Side::Client {
        written(talk, talk.own(), command.payload, out);
    }
}

/// `NLN` and `ILN`: somebody is there. `ILN` answers, with a transaction.
pub(super) fn here(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    let at = usize::from(command.name == "ILN");
    let (state, word) = (command.param(at), command.param(at + 1));
    let Some(status) = status(state).filter(|_| is_name(word)) else {
        return out.weird("msnp_status", state);
    };
    let account = person(word, command.param(at + 2));
    remember(talk, account.clone(), status);
    tell(Who::Account(account), status, None, out);
}

/// `FLN`: somebody is gone.
pub(super) fn gone(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    if !is_name(command.param(0)) {
        return out.weird("msnp_params", "FLN without a name");
    }
    let account = person(command.param(0), command.param(1));
    talk.statuses.remove(&account);
    tell(Who::Account(account), Status::Offline, None, out);
}

/// `UBX`: what somebody writes beside their name.
pub(super) fn text(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    if is_name(command.param(0)) {
        let network = if command.params().len() > 2 { command.param(1) } else { "" };
        written(talk, Who::Account(person(command.param(0), network)), command.payload, out);
    }
}

/// An account and, in MSNP14 and 15, the number of its network in the next word.
fn person(word: &str, next: &str) -> Account {
    match word.split_once(':') {
        None if matches!(next, "1" | "2" | "4" | "32") => on(next, word),
        _ => account(word),
    }
}

/// `<PSM>` and what is being listened to. Nothing written says nothing.
fn written(talk: &Talk, who: Who, payload: &[u8], out: &mut Out) {
    let Ok(payload) = std::str::from_utf8(payload) else {
        return out.weird("msnp_xml", "a personal message that is no UTF-8");
    };
    let said = xml::element(payload, "PSM").map(xml::unescape).unwrap_or_default();
    let media = xml::element(payload, "CurrentMedia").map(xml::unescape).unwrap_or_default();
    let playing = playing(&media);
    let text = match (said.trim(), playing.as_deref()) {
        ("", None) => return,
        (said, None) => said.to_owned(),
        ("", Some(playing)) => playing.to_owned(),
        (said, Some(playing)) => format!("{said} ({playing})"),
    };
    let status = who.account().and_then(|account| talk.statuses.get(account)).copied();
    tell(who, status.unwrap_or(Status::Online), Some(Text::new(text)), out);
}

/// `application\0kind\0enabled\0format\0words…`, with `\0` written out: the words in the format.
fn playing(media: &str) -> Option<String> {
    let mut parts = media.split("\\0");
    let (_, _, "1") = (parts.next()?, parts.next()?, parts.next()?) else { return None };
    let mut said = parts.next()?.to_owned();
    for (index, word) in parts.take(8).enumerate() {
        let hole = format!("{{{index}}}");
        // A format may name a word as often as it likes.
        if said.len() + said.matches(&hole).count() * word.len() > LONGEST {
            return None;
        }
        said = said.replace(&hole, word);
    }
    Some(said).filter(|said| !said.is_empty())
}

/// Longest text made of a format, in bytes.
const LONGEST: usize = 4 << 10;

fn remember(talk: &mut Talk, account: Account, status: Status) {
    if talk.statuses.len() < PEOPLE || talk.statuses.contains_key(&account) {
        talk.statuses.insert(account, status);
    }
}

/// Tells a presence.
pub(super) fn tell(who: Who, status: Status, text: Option<Text>, out: &mut Out) {
    out.emit(Event::Presence(Presence { who, status, text, address: None }));
}
