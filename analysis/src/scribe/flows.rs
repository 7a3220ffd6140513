//! What the scribe knows of each flow: its outer keys, and its channel.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};

use data_encoding::BASE64;
use foldhash::fast::RandomState;
use overhear_dissectors::event::{Seal, Verdict};
use overhear_dissectors::{PROTOCOLS, Side, Transport};
use sha1::{Digest, Sha1};

use super::disputes::Disputes;
use crate::fingerprint::hash;
use crate::told::{Head, Visible};
use crate::{FlowFacts, FlowId, Settings, Stamp};

/// One flow.
#[derive(Debug)]
pub(super) struct Flow {
    id: u64,
    community_id: String,
    /// What was found to be visible in a protocol of this name.
    visible: Option<(&'static str, Visible)>,
    /// Protocol of a data connection that was married to its offer.
    pub(super) married: Option<&'static str>,
    /// A `channel` event was told.
    pub(super) open: bool,
    pub(super) verdict: Verdict,
    pub(super) seal: Seal,
    pub(super) messages: u64,
    pub(super) credentials: u64,
    pub(super) disputes: Disputes,
    /// Anomalies told, by name.
    pub(super) oddities: BTreeMap<&'static str, u32>,
}

impl Flow {
    /// What follows from a flow's constant facts.
    pub(super) fn new(facts: &FlowFacts) -> Self {
        let (low, high) = canonical(facts);
        let mut key = Vec::with_capacity(64);
        for end in [low, high] {
            key.extend_from_slice(&octets(&end));
            key.extend_from_slice(&end.port().to_be_bytes());
        }
        key.push(number(facts.transport));
        key.extend_from_slice(&facts.began.0.to_be_bytes());
        // No name of a tunnel holds a NUL.
        facts.via.iter().for_each(|via| key.extend(via.bytes().chain([0])));
        let id = hash(&[&key]) >> 11;
        Self {
            id,
            community_id: community_id(facts),
            visible: None,
            married: None,
            open: false,
            verdict: Verdict::Unknown,
            seal: Seal::default(),
            messages: 0,
            credentials: 0,
            disputes: Disputes::default(),
            oddities: BTreeMap::new(),
        }
    }

    /// What a listener can see of a message in this protocol.
    pub(super) fn visible(&mut self, app: Option<&str>) -> Visible {
        let app = app.unwrap_or_default();
        if let Some((name, seen)) = self.visible
            && name == app
        {
            return seen;
        }
        let mut all = PROTOCOLS.iter().map(|protocol| protocol.facts());
        let facts = all.find(|facts| facts.name == app);
        let seen = Visible::of(facts.map_or(&["text", "urls"][..], |facts| facts.visible));
        self.visible = facts.map(|facts| (facts.name, seen));
        seen
    }

    /// `flow_id` in the event stream.
    pub(super) fn flow_id(&self) -> u64 {
        self.id
    }
}

/// Every flow that is being heard.
#[derive(Debug, Default)]
pub(super) struct Flows(HashMap<FlowId, Box<Flow>, RandomState>);

impl Flows {
    /// A flow, new or known.
    pub(super) fn of(&mut self, facts: &FlowFacts) -> &mut Flow {
        self.0.entry(facts.id).or_insert_with(|| Box::new(Flow::new(facts)))
    }

    /// A flow, if anything was told of it.
    pub(super) fn known(&mut self, id: FlowId) -> Option<&mut Flow> {
        self.0.get_mut(&id).map(Box::as_mut)
    }

    /// Whether a `channel` event was told of a flow.
    pub(super) fn is_open(&self, id: FlowId) -> bool {
        self.0.get(&id).is_some_and(|flow| flow.open)
    }

    /// A flow is over.
    pub(super) fn remove(&mut self, id: FlowId) {
        self.0.remove(&id);
    }

    /// The outer keys of something `side` of a flow made known.
    pub(super) fn head(
        &mut self,
        settings: &Settings,
        facts: &FlowFacts,
        side: Side,
        stamp: Stamp,
        lost_before: u64,
    ) -> Head {
        let flow = self.of(facts);
        let (source, dest) = (facts.end(side), facts.end(side.other()));
        Head {
            flow_id: Some(flow.id),
            src_ip: Some(source.ip()),
            src_port: Some(source.port()),
            dest_ip: Some(dest.ip()),
            dest_port: Some(dest.port()),
            proto: Some(proto(facts.transport).into()),
            app_proto: flow.married.or(facts.app).map(Into::into),
            community_id: Some(flow.community_id.clone()),
            vlan: facts.vlan.clone(),
            via: facts.via.clone(),
            lost_before: (lost_before > 0).then_some(lost_before),
            ..frame(settings, stamp)
        }
    }
}

/// The outer keys of something that belongs to no flow.
pub(super) fn frame(settings: &Settings, stamp: Stamp) -> Head {
    let source = usize::from(stamp.source);
    // A file with several interfaces is several inputs of one name.
    let several = settings.inputs.windows(2).any(|pair| pair.first() != pair.last());
    let file = settings.inputs.get(source).filter(|_| several).cloned();
    Head {
        // What is said of an input of which nothing was read has no time.
        timestamp: (stamp != Stamp::default()).then(|| stamp.at.micros()),
        pcap_cnt: (stamp.no > 0).then_some(stamp.no),
        pcap_filename: file,
        in_iface: settings.interfaces.get(source).cloned().flatten(),
        sensor: settings.sensor.clone(),
        time_resolution: settings.resolutions.get(source).copied().flatten(),
        ..Head::default()
    }
}

fn proto(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "TCP",
        Transport::Udp => "UDP",
    }
}

/// The IP protocol's number.
fn number(transport: Transport) -> u8 {
    match transport {
        Transport::Tcp => 6,
        Transport::Udp => 17,
    }
}

/// An address as sixteen bytes, whatever its family.
fn octets(end: &SocketAddr) -> [u8; 16] {
    match end.ip() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}

/// Both ends, the lower one first.
fn canonical(facts: &FlowFacts) -> (SocketAddr, SocketAddr) {
    let (client, server) = (facts.ends.client, facts.ends.server);
    if client <= server { (client, server) } else { (server, client) }
}

/// Community ID, version 1, seed 0: SHA-1 over seed, addresses and ports in ascending order and the
/// IP protocol, all big-endian, as base64.
fn community_id(facts: &FlowFacts) -> String {
    let (low, high) = canonical(facts);
    let mut hash = Sha1::new();
    hash.update([0, 0]);
    for end in [low, high] {
        match end.ip() {
            IpAddr::V4(ip) => hash.update(ip.octets()),
            IpAddr::V6(ip) => hash.update(ip.octets()),
        }
    }
    hash.update([number(facts.transport), 0]);
    hash.update(low.port().to_be_bytes());
    hash.update(high.port().to_be_bytes());
    format!("1:{}", BASE64.encode(&hash.finalize()))
}

#[cfg(test)]
mod tests {
    use overhear_dissectors::Ends;

    use super::*;
    use crate::Time;

    fn facts(client: &str, server: &str, transport: Transport) -> FlowFacts {
        FlowFacts {
            id: FlowId(1),
            ends: Ends { client: client.parse().unwrap(), server: server.parse().unwrap() },
            transport,
            app: None,
            via: vec![],
            vlan: vec![],
            began: Time(0),
        }
    }

    /// Vectors of the specification's own baseline.
    #[test]
    fn the_published_vectors_come_out() {
        let tcp = facts("128.232.110.120:34855", "66.35.250.204:80", Transport::Tcp);
        assert_eq!(community_id(&tcp), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
        let back = facts("66.35.250.204:80", "128.232.110.120:34855", Transport::Tcp);
        assert_eq!(community_id(&back), community_id(&tcp));
        let udp = facts("192.168.1.52:54585", "8.8.8.8:53", Transport::Udp);
        assert_eq!(community_id(&udp), "1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
    }

    #[test]
    fn a_flow_id_is_the_same_both_ways_and_fits_a_double() {
        let tcp = Flow::new(&facts("10.0.0.1:9", "10.0.0.2:8", Transport::Tcp));
        let back = Flow::new(&facts("10.0.0.2:8", "10.0.0.1:9", Transport::Tcp));
        assert_eq!(tcp.flow_id(), back.flow_id());
        assert!(tcp.flow_id() < 1 << 53);
    }
}
