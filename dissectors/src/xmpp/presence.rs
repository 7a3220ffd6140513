//! Who is there (RFC 6121 section 4), and who asks to be told (section 3).

use super::element::Element;
use super::jid::Jid;
use super::ns;
use super::talk::{Kind, Talk};
use crate::event::{Contact, Message, MessageKind, Presence, Protection, RosterOp, Status};
use crate::{Event, Out, Side, Text, Who};

impl Talk {
    /// Presence of either side.
    pub(super) fn presence(&mut self, side: Side, presence: &Element<'_>, out: &mut Out) {
        let address = |name| presence.said(name).and_then(|text| Jid::read(&text));
        let (from, to) = (address("from"), address("to"));
        let asks = self.kind == Kind::Client && side == Side::Client;
        let in_room = match (&from, &to) {
            (_, Some(to)) if asks => self.enters(to, presence, out),
            (Some(from), _) if !asks => self.occupies(from, presence, out),
            _ => false,
        };
        if in_room {
            return;
        }
        let status = match presence.attribute("type").as_deref() {
            None => shown(presence),
            Some("unavailable") => Status::Offline,
            Some("invisible") => Status::Invisible,
            Some("subscribe") => return self.wants(side, presence, out),
            Some("subscribed") if asks => return self.allows(to.as_ref(), out),
            _ => return,
        };
        // The server repeats to the client what the client said.
        let own = from.as_ref().is_some_and(|from| self.me.as_ref() == Some(from));
        if own && !asks {
            return;
        }
        let who = self.author(side, presence);
        self.capabilities(&who, presence, out);
        let text = presence.word("status").map(Text::new);
        out.emit(Event::Presence(Presence { who, status, text, address: None }));
    }

    /// Somebody asks for leave to see another's presence, perhaps in words.
    fn wants(&mut self, side: Side, presence: &Element<'_>, out: &mut Out) {
        let (Some(text), Some(to)) = (presence.word("status"), self.reader(side, presence)) else {
            return;
        };
        out.emit(Event::Message(Message {
            from: self.author(side, presence),
            to: vec![to],
            room: None,
            kind: MessageKind::Im,
            text: Text::new(text),
            markup: None,
            leg: self.leg(side),
            protection: Protection::None,
        }));
    }

    /// The client gives that leave.
    fn allows(&mut self, to: Option<&Jid>, out: &mut Out) {
        let contact = |to: &Jid| Contact { who: to.who(), alias: None, group: None };
        self.roster(RosterOp::Allow, to.map(contact).into_iter().collect(), false, out);
    }

    /// The program, by the address its maker gives (XEP-0115).
    fn capabilities(&mut self, who: &Who, presence: &Element<'_>, out: &mut Out) {
        if let Some(node) = presence.find("c", ns::CAPS).and_then(|caps| caps.said("node")) {
            self.program(who.clone(), &node, None, "xmpp-caps", out);
        }
    }
}

fn shown(presence: &Element<'_>) -> Status {
    match presence.word("show") {
        Some("away") => Status::Away,
        Some("xa") => Status::ExtendedAway,
        Some("dnd") => Status::Busy,
        Some("chat") => Status::FreeForChat,
        _ if presence.find("idle", "urn:xmpp:idle:1").is_some() => Status::Idle,
        _ => Status::Online,
    }
}
