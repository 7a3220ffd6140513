//! How far what was heard travelled, and what could be read of it.

use std::collections::BTreeMap;

use overhear_analysis::told::{Channel, Exposure, Head, Reader};
use overhear_dissectors::event::Verdict;
use overhear_sensor::output::scrub::Shown;

use super::shown;
use super::table::Table;
use super::talk::open;

/// Channels, as last told.
#[derive(Clone, Debug)]
pub struct Reach {
    channels: Table<u64, Leg>,
    sums: BTreeMap<(Exposure, bool), Sum>,
    readers: BTreeMap<Reader, u64>,
}

/// What counts of a channel: its protocol, and its last state.
#[derive(Clone, Debug)]
struct Leg {
    protocol: Shown,
    channel: Channel,
}

/// Channels that went equally far, and could all be read or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub channels: u64,
    /// Payload bytes on them, as last told.
    pub bytes: u64,
}

impl Default for Reach {
    fn default() -> Self {
        Self { channels: Table::new(CHANNELS), sums: BTreeMap::new(), readers: BTreeMap::new() }
    }
}

impl Reach {
    /// Hears what a channel tells.
    pub fn hear(&mut self, head: &Head, channel: &Channel) {
        let Some(flow) = head.flow_id else { return };
        if let Some(before) = self.channels.get(&flow) {
            let before = before.channel.clone();
            self.count(&before, u64::wrapping_sub);
        }
        self.count(channel, u64::wrapping_add);
        let leg = Leg {
            protocol: shown(head.app_proto.as_deref().unwrap_or("unknown")),
            channel: channel.clone(),
        };
        if let Some(row) = self.channels.row(flow, || leg.clone()) {
            *row = leg;
        }
    }

    fn count(&mut self, channel: &Channel, step: fn(u64, u64) -> u64) {
        let readable = open(channel.verdict);
        let sum = self.sums.entry((channel.exposure, readable)).or_default();
        sum.channels = step(sum.channels, 1);
        sum.bytes = step(sum.bytes, channel.bytes);
        for reader in channel.readers.iter().filter(|_| readable) {
            let known = self.readers.entry(*reader).or_default();
            *known = step(*known, 1);
        }
    }

    /// The channel of a flow.
    pub fn channel(&self, flow: u64) -> Option<&Channel> {
        self.channels.get(&flow).map(|leg| &leg.channel)
    }

    /// Channels that went so far and could be read, or not.
    pub fn sum(&self, exposure: Exposure, readable: bool) -> Sum {
        self.sums.get(&(exposure, readable)).copied().unwrap_or_default()
    }

    /// Those that could be read, and all.
    pub fn share(&self) -> (u64, u64) {
        let count = |only: bool| {
            let some = self.sums.iter().filter(|((_, readable), _)| !only || *readable);
            some.map(|(_, sum)| sum.channels).sum()
        };
        (count(true), count(false))
    }

    /// Who could read how many of the channels.
    pub fn readers(&self) -> impl Iterator<Item = (Reader, u64)> {
        self.readers.iter().map(|(reader, count)| (*reader, *count)).filter(|(_, count)| *count > 0)
    }

    /// Verdicts by protocol, with how many channels have them.
    pub fn verdicts(&self) -> BTreeMap<(Shown, Verdict), u64> {
        let mut out = BTreeMap::new();
        for (_, leg) in self.channels.iter() {
            *out.entry((leg.protocol.clone(), leg.channel.verdict)).or_default() += 1;
        }
        out
    }
}

/// Channels kept.
const CHANNELS: usize = 100_000;
