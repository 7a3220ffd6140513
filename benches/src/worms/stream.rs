//! Lines of an event stream, as a messenger without extras would give them.

use overhear_analysis::told::{Body, Contact, File, Head, Message, Presence, Room, Roster};
use overhear_analysis::{Time, Told};
use overhear_dissectors::event::{
    Leg, MessageKind, OfferState, Protection, RoomOp, RosterOp, Status,
};

/// Nanoseconds of a second.
pub const SECOND: i64 = 1_000_000_000;

/// Makes lines, and numbers what is said.
#[derive(Clone, Debug)]
pub struct Stream {
    network: &'static str,
    said: u64,
}

impl Stream {
    /// Lines of one network.
    pub fn new(network: &'static str) -> Self {
        Self { network, said: 0 }
    }

    /// Somebody says something to somebody.
    pub fn say(&mut self, at: Time, from: &str, to: &str, text: &str) -> Told {
        let body = Message { to: vec![to.into()], ..self.message(from, text) };
        line(at, Body::Message(body))
    }

    /// Somebody says something in a room.
    pub fn speak(&mut self, at: Time, from: &str, room: &str, text: &str) -> Told {
        let body = Message { room: Some(room.into()), ..self.message(from, text) };
        line(at, Body::Message(body))
    }

    /// Somebody offers a file.
    pub fn offer(&mut self, at: Time, from: &str, to: &str, name: &str, size: u64) -> Told {
        self.said += 1;
        let file = File {
            transfer_id: self.said.to_string().into(),
            network: self.network.into(),
            from: from.into(),
            to: vec![to.into()],
            room: None,
            name: Some(name.into()),
            size: Some(size),
            transport: "oft".into(),
            state: OfferState::Offered,
            bytes: None,
            sha256: None,
            mime: None,
            endpoint: None,
            content_key: vec![],
        };
        line(at, Body::File(file))
    }

    /// Somebody comes or goes.
    pub fn presence(&self, at: Time, account: &str, here: bool) -> Told {
        let status = if here { Status::Online } else { Status::Offline };
        let (network, account) = (self.network.into(), account.into());
        line(at, Body::Presence(Presence { network, account, status, text: None, address: None }))
    }

    /// Somebody's buddy list, as a server sends it at sign-on.
    pub fn roster(&self, at: Time, account: &str, friends: impl Iterator<Item = String>) -> Told {
        self.listed(at, account, RosterOp::List, friends)
    }

    /// Somebody's buddy list, or what is done with it.
    pub fn listed(
        &self,
        at: Time,
        account: &str,
        op: RosterOp,
        friends: impl Iterator<Item = String>,
    ) -> Told {
        let entry = |name: String| Contact {
            account: name.into(),
            display: None,
            alias: None,
            group: None,
        };
        let body = Roster {
            network: self.network.into(),
            account: account.into(),
            complete: op == RosterOp::List,
            op,
            contacts: friends.map(entry).collect(),
        };
        line(at, Body::Roster(body))
    }

    /// Somebody comes into a room, or does something else there.
    pub fn room(&self, at: Time, account: &str, room: &str, op: RoomOp) -> Told {
        let (network, account) = (self.network.into(), account.into());
        let room = Some(room.into());
        line(at, Body::Room(Room { network, room, account, by: None, op, text: None }))
    }

    fn message(&mut self, from: &str, text: &str) -> Message {
        self.said += 1;
        Message {
            message_id: self.said.to_string().into(),
            network: self.network.into(),
            from: from.into(),
            display: None,
            resource: None,
            to: vec![],
            room: None,
            kind: MessageKind::Im,
            text: Some(text.into()),
            markup: None,
            length: text.chars().count() as u64,
            charset: None,
            leg: Leg::ToServer,
            protection: Protection::None,
            content_key: vec![],
            visible: overhear_analysis::told::Visible::of(&["text", "urls"]),
            ambiguous: false,
            conflict: None,
        }
    }
}

fn line(at: Time, body: Body) -> Told {
    let event_type = body.event_type().into();
    Told { head: Head { timestamp: Some(at), event_type, ..Head::default() }, body }
}
