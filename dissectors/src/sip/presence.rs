//! Presence (RFC 3856): who asks for whose, and what is said of it (PIDF, RFC 3863, with the
//! activities of RFC 4480), also of whole lists (RFC 4662).

use super::asked::hash;
use super::body::Part;
use super::talk::{Saying, Talk};
use super::uri::{self, Uri};
use crate::event::{Contact, Event, Presence, Roster, RosterOp, Status};
use crate::msnp::xml;
use crate::{Name, Out, Text};

/// SUBSCRIBE: somebody is on the subscriber's list. It is asked again every few minutes, and told
/// once.
pub(super) fn subscribes(talk: &mut Talk, saying: &Saying<'_>, out: &mut Out) {
    let message = saying.message;
    let asks = message.word("Event").is_some_and(|event| event.eq_ignore_ascii_case("presence"));
    let (from, to) = (&saying.from, &saying.to);
    if !asks || message.number("Expires") == Some(0) || from == to {
        return;
    }
    let names = [from, to].map(|uri| uri.account().name);
    let [own, other] = names.each_ref().map(Name::as_bytes);
    if !talk.told.is_new(hash(&[b"subscribes", own, other])) {
        return;
    }
    out.emit(Event::Roster(Roster {
        who: from.who(),
        op: RosterOp::List,
        contacts: vec![Contact { who: to.who(), alias: None, group: None }],
        complete: false,
    }));
}

/// NOTIFY and PUBLISH: the state of somebody, or of everybody on a list.
pub(super) fn published(saying: &Saying<'_>, out: &mut Out) {
    let message = saying.message;
    let Some(kind) = message.text("Content-Type") else { return };
    for part in Part::new(kind, message.body).open() {
        match part.kind.as_str() {
            "application/pidf+xml" | "application/cpim-pidf+xml" => state(saying, &part, out),
            "application/rlmi+xml" => list(saying, &part, out),
            _ => {}
        }
    }
}

/// Somebody's state.
fn state(saying: &Saying<'_>, part: &Part<'_>, out: &mut Out) {
    let text = part.text();
    let document = text.expose();
    let whose = xml::attribute(document, "presence", "entity").and_then(|entity| uri::uri(&entity));
    let Some(status) = status(document) else { return };
    let note = xml::value(document, "note").filter(|note| !note.is_empty());
    out.emit(Event::Presence(Presence {
        who: whose.unwrap_or_else(|| saying.from.clone()).who(),
        status,
        text: note.map(Text::new),
        address: None,
    }));
}

/// Open or closed, and if open, what the person does; nothing in a document that says nothing.
fn status(document: &str) -> Option<Status> {
    let mut basics = xml::elements(document, "basic").map(str::trim).take(TUPLES).peekable();
    basics.peek()?;
    if !basics.any(|basic| basic.eq_ignore_ascii_case("open")) {
        return Some(Status::Offline);
    }
    let activities = xml::elements(document, "activities").next().unwrap_or_default();
    let mut rest = activities;
    let mut status = Status::Online;
    while let Some(tag) = xml::next(&mut rest) {
        match tag.name.rsplit(':').next().unwrap_or_default() {
            "away" | "sleeping" | "breakfast" | "dinner" | "meal" => status = Status::Away,
            "permanent-absence" | "vacation" | "holiday" => status = Status::ExtendedAway,
            "busy" | "meeting" | "appointment" | "on-the-phone" | "presentation" | "steering" => {
                status = Status::Busy;
            }
            _ => {}
        }
    }
    Some(status)
}

/// The people on a list that was subscribed to.
fn list(saying: &Saying<'_>, part: &Part<'_>, out: &mut Out) {
    let text = part.text();
    let document = text.expose();
    let whole = xml::attribute(document, "list", "fullState");
    let (mut contacts, mut rest): (Vec<Contact>, _) = (Vec::new(), document);
    let mut named = false;
    while let Some(tag) = xml::next(&mut rest) {
        match tag.name.rsplit(':').next().unwrap_or_default() {
            "resource" if contacts.len() < CONTACTS => {
                let found: Option<Uri> = tag.attribute("uri").as_deref().and_then(uri::uri);
                named = found.is_some();
                let contact = |uri: Uri| Contact { who: uri.who(), alias: None, group: None };
                contacts.extend(found.map(contact));
            }
            "name" if named => {
                let name = rest.split('<').next().unwrap_or_default().trim();
                let alias = Some(crate::html::entities(name)).filter(|name| !name.is_empty());
                if let Some(last) = contacts.last_mut().filter(|last| last.alias.is_none()) {
                    last.alias = alias;
                }
            }
            _ => {}
        }
    }
    if !contacts.is_empty() {
        out.emit(Event::Roster(Roster {
            who: saying.to.who(),
            op: RosterOp::List,
            contacts,
            complete: matches!(whole.as_deref(), Some("true" | "1")),
        }));
    }
}

/// Programs of one person.
const TUPLES: usize = 64;
/// People on one list.
const CONTACTS: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_open_or_closed_and_does_something() {
        let of = |inside: &str| status(&format!("<presence>{inside}</presence>"));
        assert_eq!(
            of("<tuple><status><basic>closed</basic></status></tuple>"),
            Some(Status::Offline)
        );
        assert_eq!(of("<p:basic> open </p:basic>"), Some(Status::Online));
        let busy = "<basic>open</basic><rpid:activities><rpid:on-the-phone/></rpid:activities>";
        assert_eq!(of(busy), Some(Status::Busy));
        assert_eq!(of("<basic>open</basic><activities><away/></activities>"), Some(Status::Away));
        assert_eq!(of("<note>hi</note>"), None);
    }
}
