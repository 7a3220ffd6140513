//! Who is who, and how far which flow travels.

use overhear_dissectors::Name;
use overhear_dissectors::event::RoomOp;
use smallvec::SmallVec;

use super::ids::{self, Id, Table, pair};
use crate::told::{Body, Channel, ChannelState, Exposure, Head, Room};

/// Exposure of every channel that is open.
#[derive(Clone, Debug, Default)]
pub(super) struct Channels(Table<Exposure>);

/// Channels remembered at once.
const CHANNELS: usize = 1 << 20;

impl Channels {
    pub(super) fn hear(&mut self, head: &Head, channel: &Channel) {
        let Some(flow) = head.flow_id else { return };
        match channel.state {
            ChannelState::Closed => {
                self.0.remove(&flow);
            }
            _ if self.0.len() < CHANNELS => {
                self.0.insert(flow, channel.exposure);
            }
            _ => {}
        }
    }

    /// How far the flow of a line travels.
    pub(super) fn exposure(&self, head: &Head) -> Option<Exposure> {
        self.0.get(&head.flow_id?).copied()
    }
}

/// People by any of the names they went by.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    /// Who goes by a changed name now.
    now: Table<Known>,
}

/// A number, and the first name that was known of it.
#[derive(Clone, Debug)]
struct Known {
    id: Id,
    name: Box<str>,
}

/// Somebody: a number that stays when the name is changed, and the first name they were known by.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Person<'a> {
    pub(super) id: Id,
    pub(super) name: &'a str,
}

/// Whom a line is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Folk<'a> {
    /// Who says or does it.
    pub(super) by: Person<'a>,
    /// To whom, in the order of the line; nobody where it goes to a room.
    pub(super) to: SmallVec<[Person<'a>; 2]>,
    /// The room a message goes to.
    pub(super) room: Option<Id>,
}

/// Changed names remembered; further changes start somebody new.
const NAMES: usize = 1 << 16;
/// Contacts of one list that are looked at.
const ROSTER: usize = 1_024;

impl People {
    /// Whom a line is about, by the names they have before it.
    pub(super) fn of<'a>(&'a self, body: &'a Body) -> Folk<'a> {
        let alone = |network, name| Folk { by: self.person(network, name), ..Folk::default() };
        match body {
            Body::Message(said) => match &said.room {
                Some(room) => Folk {
                    room: Some(ids::room(&said.network, room)),
                    ..alone(&said.network, &said.from)
                },
                None => self.folk(&said.network, &said.from, said.to.iter()),
            },
            Body::File(file) => self.folk(&file.network, &file.from, file.to.iter()),
            Body::Typing(typing) => self.folk(&typing.network, &typing.from, typing.to.iter()),
            Body::Roster(list) => {
                let contacts = list.contacts.iter().take(ROSTER);
                self.folk(&list.network, &list.account, contacts.map(|contact| &contact.account))
            }
            Body::Presence(presence) => alone(&presence.network, &presence.account),
            Body::Login(login) => alone(&login.network, &login.account),
            Body::Client(client) => alone(&client.network, &client.account),
            Body::Room(room) => alone(&room.network, &room.account),
            _ => Folk::default(),
        }
    }

    fn folk<'a>(
        &'a self,
        network: &str,
        by: &'a str,
        to: impl Iterator<Item = &'a Name>,
    ) -> Folk<'a> {
        let mut folk = Folk { by: self.person(network, by), ..Folk::default() };
        to.for_each(|name| folk.to.push(self.person(network, name)));
        folk
    }

    fn person<'a>(&'a self, network: &str, name: &'a str) -> Person<'a> {
        let id = ids::account(network, name);
        if self.now.is_empty() {
            return Person { id, name };
        }
        self.now.get(&id).map_or(Person { id, name }, |one| Person { id: one.id, name: &one.name })
    }

    /// A name was changed or given up.
    pub(super) fn hear(&mut self, room: &Room) {
        let old = ids::account(&room.network, &room.account);
        match (room.op, &room.text) {
            (RoomOp::Nick, Some(new)) if self.now.len() < NAMES => {
                let Person { id, name } = self.person(&room.network, &room.account);
                let (who, name) = (id, name.into());
                // Whoever takes the old name next is somebody else.
                let another = format!("{} (another)", room.account).into();
                self.now.insert(old, Known { id: pair(old, who.wrapping_add(1)), name: another });
                let new = ids::account(&room.network, new);
                if new == who {
                    self.now.remove(&new);
                } else {
                    self.now.insert(new, Known { id: who, name });
                }
            }
            // The name is free for somebody else.
            (RoomOp::Quit, _) => {
                self.now.remove(&old);
            }
            _ => {}
        }
    }
}

/// In words, for a sentence.
pub(super) fn far(exposure: Option<Exposure>) -> &'static str {
    match exposure {
        Some(Exposure::Host) => "within one machine",
        Some(Exposure::Lan) => "across the local network",
        Some(Exposure::Perimeter) => "across the perimeter",
        Some(Exposure::Internet) => "between outside addresses",
        None => "on a path nobody saw begin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nick(people: &mut People, from: &str, to: &str) {
        people.hear(&Room {
            network: "irc:x".into(),
            room: None,
            account: from.into(),
            by: None,
            op: RoomOp::Nick,
            text: Some(to.into()),
        });
    }

    #[test]
    fn a_new_name_is_the_same_person_and_the_old_one_is_free() {
        let mut people = People::default();
        let who = |people: &People, network, name| people.person(network, name).id;
        let alice = who(&people, "irc:x", "Alice");
        assert_eq!(alice, who(&people, "irc:X", "aLICE"));
        assert_ne!(alice, who(&people, "irc:y", "alice"));
        nick(&mut people, "alice", "alice2");
        nick(&mut people, "alice2", "alice3");
        let now = people.person("irc:x", "alice3");
        assert_eq!((now.id, now.name), (alice, "alice"));
        let other = people.person("irc:x", "alice2");
        assert_eq!((other.id == alice, other.name), (false, "alice2 (another)"));
        nick(&mut people, "alice3", "alice");
        let again = people.person("irc:x", "alice");
        assert_eq!((again.id, again.name), (alice, "alice"));
    }

    #[test]
    fn names_change_without_end_and_few_are_remembered() {
        let mut people = People::default();
        for change in 0..NAMES + 9 {
            nick(&mut people, &format!("a{change}"), &format!("a{}", change + 1));
        }
        assert!(people.now.len() <= NAMES + 1, "{}", people.now.len());
    }
}
