//! Who is who, and how far which flow travels.

use std::borrow::Cow;

use hashbrown::{Equivalent, HashMap};
use overhear_dissectors::event::RoomOp;

use crate::content::low;
use crate::told::{Channel, ChannelState, Exposure, Head, Room};

/// Exposure of every channel that is open.
#[derive(Clone, Debug, Default)]
pub(super) struct Channels(HashMap<u64, Exposure, foldhash::fast::RandomState>);

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
    first: HashMap<Name, String, foldhash::fast::RandomState>,
}

/// A network and a name in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Name(String, String);

/// The same, of a line.
#[derive(Hash)]
struct Named<'a>(&'a str, Cow<'a, str>);

impl Equivalent<Name> for Named<'_> {
    fn equivalent(&self, name: &Name) -> bool {
        self.0 == name.0 && self.1 == name.1
    }
}

/// Changed names remembered; further changes start somebody new.
const NAMES: usize = 1 << 16;

impl People {
    pub(super) fn hear(&mut self, room: &Room) {
        let key = |name: &str| Name(room.network.to_string(), name.to_lowercase());
        match (room.op, &room.text) {
            (RoomOp::Nick, Some(new)) if self.first.len() < NAMES => {
                let first = self.called(&room.network, &room.account).to_owned();
                // Whoever takes the old name next is somebody else.
                self.first.insert(key(&room.account), format!("{} (another)", room.account));
                if first.to_lowercase() == new.to_lowercase() {
                    self.first.remove(&key(new));
                } else {
                    self.first.insert(key(new), first);
                }
            }
            // The name is free for somebody else.
            (RoomOp::Quit, _) => {
                self.first.remove(&key(&room.account));
            }
            _ => {}
        }
    }

    /// The first name somebody was known by.
    pub(super) fn called<'a>(&'a self, network: &str, name: &'a str) -> &'a str {
        if self.first.is_empty() {
            return name;
        }
        self.first.get(&Named(network, low(name))).map_or(name, String::as_str)
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
