//! What people say: `<message/>` (RFC 6121 section 5), with what comes later or a second time (delays,
//! carbons, archives), and who is writing (XEP-0085, XEP-0022).
//!
//! What is played back (a room's history, an archive) is told only where it was not heard on this
//! conversation, as *offline*. A room sends everybody's words to everybody: those of the client itself
//! are told once.

use super::element::Element;
use super::files::{OOB, blank, shared};
use super::jid::Jid;
use super::ns;
use super::talk::{Kind, Talk};
use crate::event::{Leg, Message, MessageKind, Offer, Protection, Typing, TypingState};
use crate::heard::hash;
use crate::{Event, Out, Side, Text, Who};

/// One message, and how it came.
#[derive(Clone, Copy)]
struct Saying<'a, 'b> {
    side: Side,
    message: &'a Element<'b>,
    /// It was kept somewhere, and is delivered late or once more.
    kept: bool,
    /// What the archive, or the room, calls it.
    id: Option<&'a str>,
}

/// Where something is said.
struct Place {
    from: Who,
    to: Vec<Who>,
    room: Option<String>,
    /// For the memory of what was said: the author and the place.
    author: String,
    key: String,
    /// The room speaks in its own name.
    itself: bool,
}

impl Place {
    /// A file that is offered here.
    fn offer(&self, leg: Leg) -> Offer {
        let (to, room) = (self.to.clone(), self.room.clone());
        Offer { to, room, leg, ..blank(self.from.clone(), OOB) }
    }
}

impl Talk {
    /// A message of `side`, or one in it that was forwarded.
    pub(super) fn message(&mut self, side: Side, message: &Element<'_>, out: &mut Out) {
        if message.is("type", "error") {
            // A message that came back undelivered.
            return;
        }
        let carbon = message.children.iter().find(|child| child.ns == ns::CARBONS);
        if let Some(carbon) = carbon.filter(|carbon| matches!(carbon.name, "received" | "sent")) {
            return self.carbon(side, message, carbon, out);
        }
        let archived =
            |child: &&Element<'_>| child.name == "result" && child.ns.starts_with(ns::ARCHIVE);
        if let Some(result) = message.children.iter().find(archived) {
            return self.archived(side, message, result, out);
        }
        let id = message.find("stanza-id", "urn:xmpp:sid:0").and_then(|it| it.attribute("id"));
        let kept = is_delayed(message);
        self.said_in(Saying { side, message, kept, id: id.as_deref() }, out);
    }

    /// A message from an archive (XEP-0313): the account's own, or that of the room it was said in.
    fn archived(&mut self, side: Side, by: &Element<'_>, result: &Element<'_>, out: &mut Out) {
        let address = |of: &Element<'_>| of.said("from").and_then(|from| Jid::read(&from));
        let Some(message) = forwarded(result) else { return };
        let keeper = address(by);
        let said_there = address(message).zip(keeper.as_ref()).is_some_and(|(author, keeper)| {
            author.bare == keeper.bare && message.is("type", "groupchat")
        });
        let own = keeper.is_none_or(|keeper| self.me.is_none() || self.is_own(&keeper));
        if side == Side::Client || !(own || said_there) {
            return out.weird("xmpp_archive_forged", "from nobody's archive");
        }
        let id = result.attribute("id");
        self.said_in(Saying { side, message, kept: true, id: id.as_deref() }, out);
    }

    /// A copy of what another device of the account sent or got. Only the account itself sends such
    /// (XEP-0280 section 11).
    fn carbon(&mut self, side: Side, by: &Element<'_>, carbon: &Element<'_>, out: &mut Out) {
        let from = by.said("from").and_then(|from| Jid::read(&from));
        let own = from.is_none_or(|from| self.me.is_none() || self.is_own(&from));
        if side == Side::Client || self.kind != Kind::Client || !own {
            return out.weird("xmpp_carbon_forged", "a copy that the account did not send");
        }
        if let Some(message) = forwarded(carbon).filter(|inner| !inner.is("type", "error")) {
            self.said_in(Saying { side, message, kept: is_delayed(message), id: None }, out);
        }
    }

    fn said_in(&mut self, saying: Saying<'_, '_>, out: &mut Out) {
        let message = saying.message;
        if self.room_message(saying.side, message, out) {
            return;
        }
        if message.space(ns::IBB).is_some() {
            return self.in_band(saying.side, message, out);
        }
        let Some(place) = self.place(&saying) else { return };
        let body = message.child("body").map_or("", |body| body.text.as_str());
        let protection = protection(message, body);
        let nudge = message.find("attention", ns::ATTENTION).is_some();
        let url = message.find("x", ns::MESSAGE_OOB).and_then(|oob| oob.word("url"));
        let (text, markup) = words(message, body, url, place.room.is_some());
        if text.is_empty() && protection == Protection::None && !nudge {
            return self.typing(&saying, place, out);
        }
        if self.is_told(&saying, &place, body) {
            return;
        }
        let leg = self.leg(saying.side);
        if let Some(url) = url.filter(|_| !saying.kept) {
            shared(url, place.offer(leg), out);
        }
        let action = text.strip_prefix("/me ").filter(|_| !saying.kept && !nudge);
        let kind = match action {
            _ if saying.kept => MessageKind::Offline,
            _ if nudge => MessageKind::Nudge,
            Some(_) => MessageKind::Action,
            None => manner(message, &place),
        };
        out.emit(Event::Message(Message {
            from: place.from,
            to: place.to,
            room: place.room,
            kind,
            text: Text::new(action.unwrap_or(&text)),
            markup: markup.map(Text::new),
            leg,
            protection,
        }));
    }

    /// Author, readers and room of a message; nothing where it is the client's own, come back.
    fn place(&mut self, saying: &Saying<'_, '_>) -> Option<Place> {
        let (side, message) = (saying.side, saying.message);
        let address = |name| message.said(name).and_then(|text| Jid::read(&text));
        let (from, to) = (address("from"), address("to"));
        if message.is("type", "groupchat") {
            return self.in_room(side, from, to);
        }
        let (author, reader) = (self.author(side, message), self.reader(side, message));
        let name = |who: &Who| who.account().map(|account| account.name.to_string());
        Some(Place {
            author: name(&author).unwrap_or_default(),
            key: reader.as_ref().and_then(name).unwrap_or_default(),
            from: author,
            to: reader.into_iter().collect(),
            room: None,
            itself: false,
        })
    }

    /// Something said in a room: on its way there from its author's address, on its way back from
    /// that of an occupant to somebody's device.
    fn in_room(&mut self, side: Side, from: Option<Jid>, to: Option<Jid>) -> Option<Place> {
        let delivered = match (self.kind, side) {
            (Kind::Client, side) => side == Side::Server,
            _ => to.as_ref().is_some_and(|to| to.resource.is_some()),
        };
        let (room, from, author) = if delivered {
            let from = from?;
            let nick = from.resource.clone().unwrap_or_default();
            (from.bare.clone(), self.rooms.member(&from), nick)
        } else {
            let room = to?.bare;
            let nick = self.rooms.nick(&room).unwrap_or_default().to_owned();
            (room, from.as_ref().map_or_else(|| self.own(), Jid::who), nick)
        };
        let itself = delivered && author.is_empty();
        let key = room.clone();
        Some(Place { from, to: Vec::new(), key, room: Some(room), itself, author })
    }

    /// Whether a saying was told already: the client's own words from a room, or what is played back.
    fn is_told(&mut self, saying: &Saying<'_, '_>, place: &Place, body: &str) -> bool {
        if self.kind == Kind::Server {
            return false;
        }
        let whole = hash(&[place.author.as_bytes(), place.key.as_bytes(), body.as_bytes()]);
        let id = saying.message.attribute("id");
        let id = id.as_deref().map(str::as_bytes);
        if saying.side == Side::Client && self.kind == Kind::Client {
            // The room's copy bears the same id, whatever the nickname.
            self.heard.sent(whole, id);
            return false;
        }
        let kept = saying.id.map(str::as_bytes);
        if saying.kept && self.heard.knows(whole, kept) {
            return true;
        }
        let echo = place.room.is_some() && !saying.kept && self.is_echo(place, whole, id);
        self.heard.arrived(whole, kept);
        echo
    }

    /// What comes back from a room is the client's where it has the client's nickname, or (while that
    /// is unknown) the id the client gave it.
    fn is_echo(&mut self, place: &Place, whole: u64, id: Option<&[u8]>) -> bool {
        let Some(room) = &place.room else { return false };
        if let Some(nick) = self.rooms.nick(room) {
            return nick == place.author && self.heard.echoed(whole, id);
        }
        let own = id.is_some() && self.heard.echoed(0, id);
        if own {
            self.rooms.enter(room, &place.author);
        }
        own
    }

    /// A message without words: somebody writes, or stopped.
    fn typing(&mut self, saying: &Saying<'_, '_>, place: Place, out: &mut Out) {
        let Some(state) = state(saying.message).filter(|_| !saying.kept) else { return };
        let own = place.room.as_ref().and_then(|room| self.rooms.nick(room));
        if saying.side == Side::Server && own.is_some_and(|own| own == place.author) {
            return;
        }
        let (from, to, room) = (place.from, place.to, place.room);
        out.emit(Event::Typing(Typing { from, to, room, state }));
    }
}

/// The message in `<forwarded/>`.
fn forwarded<'a, 'b>(wrapper: &'a Element<'b>) -> Option<&'a Element<'b>> {
    wrapper.find("forwarded", ns::FORWARD)?.child("message")
}

fn is_delayed(message: &Element<'_>) -> bool {
    message.find("delay", ns::DELAY).is_some() || message.find("x", ns::OLD_DELAY).is_some()
}

fn manner(message: &Element<'_>, place: &Place) -> MessageKind {
    match message.attribute("type").as_deref() {
        Some("headline") => MessageKind::Notice,
        Some("groupchat") if place.itself => MessageKind::Notice,
        Some("groupchat") => MessageKind::Chat,
        _ => MessageKind::Im,
    }
}

/// The text with its subject and its link, and the markup it was written in.
fn words(
    message: &Element<'_>,
    body: &str,
    url: Option<&str>,
    room: bool,
) -> (String, Option<String>) {
    let subject = message.word("subject").filter(|_| !room).unwrap_or_default();
    // Most programs write the link for those who know no better.
    let url = url.filter(|url| !body.contains(url)).unwrap_or_default();
    let parts = [subject, body, url].into_iter().filter(|part| !part.is_empty());
    let text = parts.collect::<Vec<_>>().join("\n");
    let markup = message.find("html", ns::XHTML).and_then(|html| html.child("body"));
    (text, markup.map(|markup| markup.inner.trim().to_owned()).filter(|it| !it.is_empty()))
}

/// End-to-end protection: OTR in the text itself (XEP-0364), the others beside it.
fn protection(message: &Element<'_>, body: &str) -> Protection {
    let has = |ns: &str| message.space(ns).is_some();
    let sealed =
        |ns: &str| message.find("encrypted", ns).is_some_and(|it| it.child("payload").is_some());
    if body.starts_with("?OTR:") {
        Protection::Otr
    } else if sealed(ns::OLD_OMEMO) || sealed(ns::OMEMO) {
        Protection::Omemo
    } else if has(ns::OLD_PGP) || has(ns::PGP) || body.starts_with("-----BEGIN PGP MESSAGE-----") {
        Protection::Pgp
    } else {
        Protection::None
    }
}

fn state(message: &Element<'_>) -> Option<TypingState> {
    if let Some(state) = message.space(ns::CHAT_STATES) {
        return Some(match state.name {
            "composing" => TypingState::Active,
            "paused" => TypingState::Paused,
            "active" | "inactive" | "gone" => TypingState::Done,
            _ => return None,
        });
    }
    // Without words, the id tells which message the event is about.
    let event = message.find("x", ns::EVENTS)?;
    match event.child("composing") {
        Some(_) => Some(TypingState::Active),
        None if event.children.iter().all(|child| child.name == "id") => Some(TypingState::Done),
        None => None,
    }
}
