//! PUBLISH: what is said on topics.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::properties::{self, id};
use super::talk::Talk;
use super::wire::{self, Head, Publish};
use super::words::{self, Worth};
use crate::event::{Event, Leg, Message, MessageKind, Protection};
use crate::{Out, Side, Text, Who};

/// What was published so far.
#[derive(Debug, Default)]
pub(super) struct Published {
    client: Direction,
    server: Direction,
    /// What the client said and the broker may bring back to it.
    sent: VecDeque<u64>,
    /// Topics that have carried a message, by hash.
    chats: BTreeSet<u64>,
    /// Publications that are no messages, and their bytes.
    left_out: (u64, u64),
}

/// One way.
#[derive(Debug, Default)]
struct Direction {
    /// Topics by their alias.
    aliases: BTreeMap<u16, String>,
    /// The latest packets by number and content, which may be sent again.
    recent: VecDeque<(u16, u64)>,
}

impl Published {
    /// A publication is no message.
    pub(super) fn leave_out(&mut self, bytes: usize) {
        self.left_out.0 += 1;
        self.left_out.1 += bytes as u64;
    }

    /// The connection ends.
    pub(super) fn close(&mut self, out: &mut Out) {
        let (publications, bytes) = std::mem::take(&mut self.left_out);
        if publications > 0 {
            let detail = format_args!("{publications} publications, {bytes} bytes: no words");
            out.weird("mqtt_not_told", detail);
        }
    }

    fn direction(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

impl Direction {
    /// The topic of a publication; nothing when its alias was not heard of.
    fn topic(&mut self, publish: &Publish<'_>, out: &mut Out) -> Option<String> {
        let alias = properties::value(publish.properties, id::TOPIC_ALIAS);
        let alias = alias.and_then(|bytes| bytes.first_chunk()).map(|it| u16::from_be_bytes(*it));
        if publish.topic.is_empty() {
            let known = alias.and_then(|alias| self.aliases.get(&alias).cloned());
            if known.is_none() {
                out.weird("mqtt_topic", "an alias nobody heard of");
            }
            return known;
        }
        let topic = String::from_utf8_lossy(publish.topic).into_owned();
        if let Some(alias) = alias {
            if self.aliases.len() < ALIASES || self.aliases.contains_key(&alias) {
                self.aliases.insert(alias, topic.clone());
            } else {
                out.weird("mqtt_aliases", format_args!("more than {ALIASES}"));
            }
        }
        Some(topic)
    }

    /// Whether this is a packet that was heard already.
    fn repeats(&mut self, publish: &Publish<'_>) -> bool {
        let Some(number) = publish.number else { return false };
        let packet = (number, hash(publish.topic, publish.payload));
        if publish.again && self.recent.contains(&packet) {
            return true;
        }
        self.recent.push_back(packet);
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        false
    }
}

/// A publication of either side (section 3.3).
pub(super) fn published(talk: &mut Talk, side: Side, head: Head, body: &[u8], out: &mut Out) {
    let Some(publish) = wire::publish(head, body, talk.version) else {
        return out.weird("mqtt_publish", format_args!("{} bytes", body.len()));
    };
    let direction = talk.published.direction(side);
    let topic = direction.topic(&publish, out).unwrap_or_default();
    if direction.repeats(&publish) {
        return;
    }
    let kept = side == Side::Server && publish.retained && !talk.rooms.as_published;
    let kind = if kept { MessageKind::Offline } else { MessageKind::Chat };
    said(talk, side, (&topic, publish.payload), kind, out);
}

/// Something is said on a topic: a message when a person would read it.
pub(super) fn said(
    talk: &mut Talk,
    side: Side,
    (topic, payload): (&str, &[u8]),
    kind: MessageKind,
    out: &mut Out,
) {
    if payload.is_empty() {
        // What was retained is removed.
        return;
    }
    let words = std::str::from_utf8(payload).map(words::judge).unwrap_or_default();
    let published = &mut talk.published;
    let place = hash(topic.as_bytes(), b"");
    let is_message = match words.worth {
        Worth::Nothing => false,
        Worth::Letters => words::is_chat(topic) || published.chats.contains(&place),
        Worth::Words => true,
    };
    if !is_message {
        return published.leave_out(payload.len());
    }
    if published.chats.len() < CHATS {
        published.chats.insert(place);
    }
    let own = talk.own();
    let named = words.author.as_deref().map(|author| talk.who(author));
    if side == Side::Server && is_echo(talk, &own, named.as_ref(), hash(topic.as_bytes(), payload))
    {
        return;
    }
    let (from, leg) = match side {
        Side::Client if own.account().is_some() => (own, Leg::ToServer),
        Side::Client => (named.unwrap_or(own), Leg::ToServer),
        Side::Server => (named.unwrap_or(Who::Unnamed(Side::Server)), Leg::FromServer),
    };
    if side == Side::Client && kind == MessageKind::Chat {
        talk.published.sent.push_back(hash(topic.as_bytes(), payload));
        if talk.published.sent.len() > RECENT {
            talk.published.sent.pop_front();
        }
    }
    out.emit(Event::Message(Message {
        from,
        to: Vec::new(),
        room: Some(topic.to_owned()).filter(|topic| !topic.is_empty()),
        kind,
        text: Text::new(String::from_utf8_lossy(payload)),
        markup: None,
        leg,
        protection: Protection::None,
    }));
}

/// Whether the broker brings the client what it said itself: it does so for each of its
/// publications on a topic it subscribed to, unless it asked for others' alone.
fn is_echo(talk: &mut Talk, own: &Who, named: Option<&Who>, saying: u64) -> bool {
    let name = |who: &Who| who.account().map(|account| account.name.clone());
    let others = named.is_some_and(|named| own.account().is_some() && name(named) != name(own));
    if talk.rooms.no_local || others {
        return false;
    }
    let sent = &mut talk.published.sent;
    let at = sent.iter().position(|sent| *sent == saying);
    at.and_then(|at| sent.remove(at)).is_some()
}

/// The same in every run.
fn hash(topic: &[u8], payload: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (topic, payload).hash(&mut hasher);
    hasher.finish()
}

/// Aliases of one way.
const ALIASES: usize = 256;
/// Packets remembered, and own sayings.
const RECENT: usize = 256;
/// Topics that carried messages.
const CHATS: usize = 1024;
