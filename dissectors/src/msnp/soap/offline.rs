//! Messages for absent people: put into one service, fetched from another.

use super::super::names::account;
use super::super::xml;
use super::{Person, mail};
use crate::event::{Event, Leg, Message, MessageKind, Protection};
use crate::html::entities;
use crate::{Out, Text, Who};

/// What was put last. The service refuses the first message until the program has answered a
/// challenge; it is put once more then, and was said once.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    last: Option<(Vec<Who>, Text)>,
    refused: bool,
}

impl Outbox {
    /// A message is put.
    pub(super) fn put(&mut self, person: &Person, page: &str, body: &str, out: &mut Out) {
        let to = xml::attribute(page, "To", "memberName");
        let to = Vec::from_iter(to.map(|name| Who::Account(account(&name))));
        let content = xml::elements(body, "Content").next().map(entities).unwrap_or_default();
        let Some(text) = mail::read(&content, out).text else { return };
        let said = Some((to, text));
        let again = std::mem::take(&mut self.refused) && self.last == said;
        if let (false, Some((to, text))) = (again, said.clone()) {
            tell(person.who(), to, text, Leg::ToServer, out);
        }
        self.last = said;
    }

    /// The service would not take it.
    pub(super) fn refused(&mut self) {
        self.refused = true;
    }
}

/// Messages that were fetched.
pub(super) fn got(person: &mut Person, body: &str, out: &mut Out) {
    for kept in xml::elements(body, "GetMessageResult") {
        let mail = mail::read(&entities(kept), out);
        if let Some(to) = mail.to {
            person.named(&to, out);
        }
        match (mail.from, mail.text) {
            (Some(from), Some(text)) => {
                tell(Who::Account(from), vec![person.who()], text, Leg::FromServer, out);
            }
            (None, _) => out.weird("msnp_oim_from", "a message of nobody"),
            (_, None) => {}
        }
    }
}

fn tell(from: Who, to: Vec<Who>, text: Text, leg: Leg, out: &mut Out) {
    let (room, kind, markup, protection) = (None, MessageKind::Offline, None, Protection::None);
    out.emit(Event::Message(Message { from, to, room, kind, text, markup, leg, protection }));
}
