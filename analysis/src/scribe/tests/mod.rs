//! The scribe's rules, held against records made by hand.

mod channels;
mod credentials;
mod messages;
mod names;
mod offers;
mod parts;
mod replay;
mod slips;
mod words;

use std::sync::Arc;

use overhear_dissectors::event::{
    self, Answer, CredentialKind, Event, Leg, MessageKind, Protection, Strength,
};
use overhear_dissectors::{Account, Ends, Secret, Side, Text, Transport, Who};

use super::Scribe;
use crate::told::{Body, Start, Told};
use crate::{
    Ended, FlowFacts, FlowId, Heard, Order, Phase, Record, SecretLevel, Settings, Stamp, Time,
};

/// Records on their way to a scribe, one frame each, and what came of them.
pub(super) struct Play {
    pub(super) scribe: Scribe,
    pub(super) told: Vec<Told>,
    frame: u64,
    index: u32,
    lost: u64,
    at: Time,
}

impl Play {
    pub(super) fn new(settings: Settings) -> Self {
        let scribe = Scribe::new(settings, Start::default());
        Self { scribe, told: vec![], frame: 0, index: 0, lost: 0, at: Time::from_secs(1000) }
    }

    /// One whose secrets are told in clear.
    pub(super) fn revealing() -> Self {
        Self::new(Settings { secrets: SecretLevel::Reveal, ..Settings::default() })
    }

    /// Later by so many seconds.
    pub(super) fn wait(&mut self, secs: i64) -> &mut Self {
        self.at = self.at + secs * 1_000_000_000;
        let (phase, deadline) = (Phase::Tick, self.at);
        let order = Order { frame: self.frame + 1, phase, deadline, flow: FlowId(0), index: 0 };
        let (stamp, side) = (Stamp { at: self.at, source: 0, no: 0 }, Side::Client);
        let (flow, heard) = (None, Heard::Tick);
        let record = Record { order, stamp, flow, side, lost_before: 0, span: (0, 0), heard };
        self.scribe.hear(&record, &mut |told| self.told.push(told));
        self
    }

    /// So many bytes were lost before what is heard next.
    pub(super) fn lose(&mut self, bytes: u64) -> &mut Self {
        self.lost = bytes;
        self
    }

    /// Something heard in the next frame.
    pub(super) fn hear(&mut self, flow: &Arc<FlowFacts>, side: Side, heard: Heard) -> &mut Self {
        self.frame += 1;
        self.index = 0;
        self.again(flow, side, heard)
    }

    /// Something more heard in the same frame.
    pub(super) fn again(&mut self, flow: &Arc<FlowFacts>, side: Side, heard: Heard) -> &mut Self {
        self.index += 1;
        let order = Order {
            frame: self.frame,
            phase: Phase::Frame,
            deadline: Time::default(),
            flow: flow.id,
            index: self.index,
        };
        let stamp = Stamp { at: self.at, source: 0, no: self.frame };
        let flow = Some(Arc::clone(flow));
        let lost_before = std::mem::take(&mut self.lost);
        let record = Record { order, stamp, flow, side, lost_before, span: (0, 0), heard };
        self.scribe.hear(&record, &mut |told| self.told.push(told));
        self
    }

    pub(super) fn client(&mut self, flow: &Arc<FlowFacts>, event: Event) -> &mut Self {
        self.hear(flow, Side::Client, Heard::said(event))
    }

    pub(super) fn server(&mut self, flow: &Arc<FlowFacts>, event: Event) -> &mut Self {
        self.hear(flow, Side::Server, Heard::said(event))
    }

    pub(super) fn over(&mut self, flow: &Arc<FlowFacts>) -> &mut Self {
        let ended = Ended { client_bytes: 10, server_bytes: 20, lost_bytes: 3 };
        self.hear(flow, Side::Client, Heard::Ended(ended))
    }

    pub(super) fn finish(&mut self) -> &mut Self {
        self.scribe.finish(&mut |told| self.told.push(told));
        self
    }

    /// What `pick` finds in the lines told so far, in their order.
    pub(super) fn all<T>(&self, pick: impl Fn(&Body) -> Option<T>) -> Vec<T> {
        self.told.iter().filter_map(|told| pick(&told.body)).collect()
    }

    /// Frame, author, place and text of every message, and which of the ids told so far it has.
    pub(super) fn messages(&self) -> Vec<String> {
        let mut ids: Vec<&str> = vec![];
        let mut lines = vec![];
        for told in &self.told {
            let Body::Message(said) = &told.body else { continue };
            if !ids.contains(&said.message_id.as_str()) {
                ids.push(&said.message_id);
            }
            let id = ids.iter().position(|id| *id == said.message_id).unwrap();
            let place = said.room.clone().unwrap_or_else(|| said.to.join(",").into());
            let text = said.text.as_deref().unwrap_or("-").replace('\n', "|");
            let frame = told.head.pcap_cnt.unwrap();
            lines.push(format!("{frame} {}>{place} {text} #{id}", said.from));
        }
        lines
    }
}

/// A flow to an IRC server in the outside.
pub(super) fn irc(number: u64) -> Arc<FlowFacts> {
    flow(number, &format!("10.0.0.{number}:4000"), "192.0.2.1:6667", Some("irc"))
}

pub(super) fn flow(
    number: u64,
    client: &str,
    server: &str,
    app: Option<&'static str>,
) -> Arc<FlowFacts> {
    Arc::new(FlowFacts {
        id: FlowId(number),
        ends: Ends { client: client.parse().unwrap(), server: server.parse().unwrap() },
        transport: Transport::Tcp,
        app,
        via: vec![],
        vlan: vec![],
        began: Time::from_secs(1000),
    })
}

/// Somebody on the network of the lab's server.
pub(super) fn who(name: &str) -> Who {
    Who::Account(Account::new("irc:irc.lab", name))
}

/// A message; a place that begins with `#` is a room, several readers are parted by commas.
pub(super) fn message(from: &str, place: &str, leg: Leg, text: &str) -> Event {
    let room = place.starts_with('#').then(|| place.to_owned());
    let to = if room.is_some() { vec![] } else { place.split(',').map(who).collect() };
    Event::Message(event::Message {
        from: who(from),
        to,
        room,
        kind: MessageKind::Im,
        text: Text::new(text),
        markup: None,
        leg,
        protection: Protection::None,
    })
}

pub(super) fn secret(attempt: u32, who: Who, bytes: &str) -> Event {
    Event::Credential(event::Credential {
        attempt,
        who,
        kind: CredentialKind::Password,
        mechanism: "irc-pass",
        strength: Strength::Plaintext,
        secret: Secret::new(bytes),
    })
}

pub(super) fn answer(attempt: u32, accepted: Option<bool>, who: Option<Who>) -> Event {
    Event::Answer(Answer { attempt, accepted, who })
}
