//! Who could overhear it: channels, by what could be read and how far they went.

use std::collections::{BTreeMap, BTreeSet};

use overhear_analysis::told::{Channel, Exposure, Head, Reader};
use overhear_dissectors::event::Verdict;

use super::shown;
use crate::output::kept::Kept;
use crate::output::scrub::Shown;

/// Every channel, as last told.
#[derive(Debug)]
pub struct Paths {
    channels: Kept<u64, (Shown, Channel)>,
}

/// Channels of one protocol that went equally far and were equally readable.
#[derive(Clone, Debug)]
pub struct Way {
    /// The protocol.
    pub protocol: Shown,
    /// How far.
    pub exposure: Exposure,
    /// How readable.
    pub verdict: Verdict,
    /// How many.
    pub channels: u64,
    /// Messages on them; copies of one saying count on each flow.
    pub messages: u64,
    /// Secrets on them.
    pub credentials: u64,
    /// Payload bytes on them.
    pub bytes: u64,
    /// Who could read them.
    pub readers: BTreeSet<Reader>,
    /// Names servers were asked for, the first few.
    pub servers: Vec<Shown>,
}

impl Default for Paths {
    fn default() -> Self {
        Self { channels: Kept::new(CHANNELS) }
    }
}

impl Paths {
    pub(super) fn hear(&mut self, head: &Head, channel: &Channel) {
        let Some(flow) = head.flow_id else { return };
        let protocol = shown(head.app_proto.as_deref().unwrap_or("unknown"));
        let told = (protocol, channel.clone());
        if let Some(row) = self.channels.row(flow, || told.clone()) {
            *row = told;
        }
    }

    /// How far a flow travels, if it was told.
    pub(super) fn exposure(&self, flow: u64) -> Option<Exposure> {
        self.channels.get(&flow).map(|(_, channel)| channel.exposure)
    }

    /// The ways, the furthest first, and among those the most readable.
    pub fn ways(&self) -> Vec<Way> {
        let mut ways: BTreeMap<_, Way> = BTreeMap::new();
        for (protocol, channel) in self.channels.rows() {
            let key = (
                std::cmp::Reverse(channel.exposure),
                !readable(channel.verdict),
                protocol.clone(),
                channel.verdict,
            );
            let way = ways.entry(key).or_insert_with(|| Way::of(protocol, channel));
            way.channels += 1;
            way.messages = way.messages.saturating_add(channel.messages);
            way.credentials = way.credentials.saturating_add(channel.credentials);
            way.bytes = way.bytes.saturating_add(channel.bytes);
            way.readers.extend(&channel.readers);
            if let Some(name) = channel.server_name.as_deref().map(shown)
                && way.servers.len() < SERVERS
                && !way.servers.contains(&name)
            {
                way.servers.push(name);
            }
        }
        ways.into_values().collect()
    }

    /// Channels there was no room for.
    pub fn more(&self) -> u64 {
        self.channels.more()
    }
}

impl Way {
    fn of(protocol: &Shown, channel: &Channel) -> Self {
        Self {
            protocol: protocol.clone(),
            exposure: channel.exposure,
            verdict: channel.verdict,
            channels: 0,
            messages: 0,
            credentials: 0,
            bytes: 0,
            readers: BTreeSet::new(),
            servers: Vec::new(),
        }
    }

    /// Whoever listens reads it.
    pub fn readable(&self) -> bool {
        readable(self.verdict)
    }
}

fn readable(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Cleartext | Verdict::Obfuscated | Verdict::StarttlsRefused)
}

/// Channels kept.
const CHANNELS: usize = 100_000;

/// Server names shown of a way.
const SERVERS: usize = 6;
