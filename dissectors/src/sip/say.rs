//! MESSAGE (RFC 3428): what people say, and that they are writing (RFC 3994).

use super::asked::hash;
use super::body::Part;
use super::talk::{Saying, Talk};
use super::uri::{self, Uri};
use crate::event::{Event, Leg, Message, MessageKind, Protection, Typing, TypingState};
use crate::msnp::xml;
use crate::{Out, Text, Who, html};

/// A MESSAGE, with a secret or without.
pub(super) fn said(talk: &mut Talk, saying: &Saying<'_>, authorized: bool, out: &mut Out) {
    let message = saying.message;
    if message.field("Content-Encoding").is_some_and(|one| !one.eq_ignore_ascii_case(b"identity")) {
        return out.weird("sip_encoding", "a message in an encoding that is not read");
    }
    if is_repeated(talk, saying, authorized) {
        return;
    }
    let kind = message.text("Content-Type").unwrap_or("text/plain");
    let parts = Part::new(kind, message.body).open();
    let listed: Vec<Uri> = parts.iter().flat_map(recipients).take(RECIPIENTS).collect();
    let to = if listed.is_empty() { vec![saying.to.clone()] } else { listed };
    for part in &parts {
        let from = part.from.clone().filter(|from| !from.is_anonymous());
        let from = from.unwrap_or_else(|| saying.from.clone()).who();
        let to = if part.to.is_empty() { &to } else { &part.to };
        let to: Vec<Who> = to.iter().map(Uri::who).collect();
        speak(part, from, to, saying.leg, out);
    }
}

/// What a part says: words, or that somebody is writing. Reports of delivery, lists, what programs
/// tell each other are neither.
pub(crate) fn speak(part: &Part<'_>, from: Who, to: Vec<Who>, leg: Leg, out: &mut Out) {
    match part.kind.as_str() {
        "text/plain" | "text/html" => tell(part, from, to, leg, out),
        "application/im-iscomposing+xml" => typing(part, from, to, out),
        _ => {}
    }
}

/// Whether a text is the one that was refused for want of a secret.
fn is_repeated(talk: &mut Talk, saying: &Saying<'_>, authorized: bool) -> bool {
    let key = hash(&[&[saying.side as u8], saying.call, saying.message.body]);
    let before = talk.said.iter_mut().find(|(known, had)| *known == key && !*had);
    if let (true, Some((_, had))) = (authorized, before) {
        *had = true;
        return true;
    }
    talk.said.push_back((key, authorized));
    if talk.said.len() > SAID {
        talk.said.pop_front();
    }
    false
}

/// Those a server is asked to pass it on to (RFC 5365, RFC 4826).
fn recipients(part: &Part<'_>) -> Vec<Uri> {
    if part.kind != "application/resource-lists+xml" {
        return Vec::new();
    }
    let (text, mut found) = (part.text(), Vec::new());
    let mut rest = text.expose();
    while let Some(tag) = xml::next(&mut rest) {
        if tag.name.rsplit(':').next() == Some("entry")
            && let Some(entry) = tag.attribute("uri").as_deref().and_then(uri::uri)
        {
            found.push(entry);
        }
    }
    found
}

fn tell(part: &Part<'_>, from: Who, to: Vec<Who>, leg: Leg, out: &mut Out) {
    let said = part.text();
    let (text, markup) = if part.kind == "text/html" {
        (said.rewritten(html::text(said.expose())), Some(said))
    } else {
        (said, None)
    };
    if text.is_empty() {
        return;
    }
    let (kind, protection) = (MessageKind::Im, Protection::of(text.expose()));
    out.emit(Event::Message(Message { from, to, room: None, kind, text, markup, leg, protection }));
}

fn typing(part: &Part<'_>, from: Who, to: Vec<Who>, out: &mut Out) {
    let said: Text = part.text();
    let state = match xml::value(said.expose(), "state").as_deref() {
        Some("active") => TypingState::Active,
        Some("idle") => TypingState::Done,
        _ => return out.weird("sip_typing", "without its state"),
    };
    out.emit(Event::Typing(Typing { from, to, room: None, state }));
}

/// Texts remembered.
const SAID: usize = 64;
/// Recipients of one message.
const RECIPIENTS: usize = 256;
