//! An event with its place in the capture: what the sensor hands to the analyst.

use std::net::SocketAddr;
use std::sync::Arc;

use overhear_dissectors::event::Leg;
use overhear_dissectors::{Ends, Event, Side, Transport};

use crate::Time;

/// The anomaly of an input that could not be read to its end.
pub const INCOMPLETE: &str = "capture_incomplete";

/// Number of a flow: that of its first frame, which is unique and the same for any number of
/// workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlowId(pub u64);

/// Place of a record in the one order everybody agrees on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    /// Number of the frame in the whole input, from 1.
    pub frame: u64,
    /// Timers before a frame come before it.
    pub phase: Phase,
    /// Deadline of the timer that made it; [`Time::default`] otherwise.
    pub deadline: Time,
    /// The flow.
    pub flow: FlowId,
    /// Number within all that.
    pub index: u32,
}

/// What made a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// A timer that was due before the frame.
    Tick,
    /// The frame.
    Frame,
    /// The end of the input.
    Stop,
}

/// The frame something was heard in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The frame's own time.
    pub at: Time,
    /// Which of the inputs (files, interfaces) it came from.
    pub source: u16,
    /// Its number in that input, from 1, counted before any filter.
    pub no: u64,
}

/// What is constant about a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowFacts {
    /// Its number.
    pub id: FlowId,
    /// Both ends, as the flow's own headers say.
    pub ends: Ends,
    /// TCP or UDP.
    pub transport: Transport,
    /// Protocol that reads it, by its name in the registry; nothing while nobody claims it.
    pub app: Option<&'static str>,
    /// Encapsulation and tunnels, outermost first: `vlan:10`, `erspan2:100`, `socks5`.
    pub via: Vec<String>,
    /// VLAN tags, outermost first.
    pub vlan: Vec<u16>,
    /// Time of its first frame.
    pub began: Time,
}

impl FlowFacts {
    /// The address of one side.
    pub fn end(&self, side: Side) -> SocketAddr {
        self.ends.of(side)
    }

    /// The server it reaches: that of the flow, or where its last proxy leads, if that was said by
    /// address.
    pub fn reached(&self) -> SocketAddr {
        let target = self.proxies().last().and_then(|hop| hop.split_once(':'));
        let target = target.and_then(|(_, target)| target.parse().ok());
        target.unwrap_or(self.ends.server)
    }

    /// The proxies it goes through, as far as they are in `via`; they are its last hops.
    pub fn proxies(&self) -> &[String] {
        let first = self.via.iter().rposition(|hop| !is_proxy(hop)).map_or(0, |last| last + 1);
        self.via.get(first..).unwrap_or_default()
    }

    /// A leg a dissector speaks of, as it is where proxies are on the way.
    pub fn leg(&self, leg: Leg) -> Leg {
        if self.proxies().is_empty() { leg } else { leg.proxied() }
    }

    /// What comes before the server's address in the name of a network that has none: the protocol,
    /// or `proxy`.
    pub fn service(&self) -> &'static str {
        match self.app {
            Some(app) if is_proxy(app) => "proxy",
            app => app.unwrap_or("unknown"),
        }
    }
}

/// Whether a hop, or a protocol, is a proxy's.
fn is_proxy(name: &str) -> bool {
    name.starts_with("socks") || name.starts_with("http")
}

/// Something heard: an event, or the life of a flow, with its place.
#[derive(Clone, Debug)]
pub struct Record {
    /// Where it stands in the order.
    pub order: Order,
    /// The frame that completed it (the flow's last frame for what a timer or the end made).
    pub stamp: Stamp,
    /// The flow; a record about no flow (a malformed frame, a clock jump) has none.
    pub flow: Option<Arc<FlowFacts>>,
    /// The side that spoke.
    pub side: Side,
    /// Bytes of this side nobody saw since its last record.
    pub lost_before: u64,
    /// The bytes of the side's stream it was read in: offset of the first, and of the one behind
    /// the last.
    pub span: (u64, u64),
    /// What was heard.
    pub heard: Heard,
}

/// What a record is about.
#[derive(Clone, Debug)]
pub enum Heard {
    /// Something was said. Records change hands often, and an event is large.
    Said(Box<Event>),
    /// A protocol claimed the flow, which is `app` of its facts from here on (also anew, inside a
    /// tunnel).
    Identified,
    /// Bytes were lost on this side.
    Gap {
        /// How many.
        bytes: u64,
    },
    /// Two copies of some bytes of this side disagreed.
    Conflict(Box<Conflict>),
    /// The flow ended.
    Ended(Ended),
    /// Malformed or impossible input below any conversation: `event` and `detail` of an anomaly.
    Oddity(&'static str, String),
    /// Time has passed, up to the record's: what waited until then waits no longer. Of no flow.
    Tick,
}

impl Heard {
    /// Something was said.
    pub fn said(event: Event) -> Self {
        Self::Said(Box::new(event))
    }

    /// What was said, if it is that.
    pub fn event(&self) -> Option<&Event> {
        match self {
            Self::Said(event) => Some(event),
            _ => None,
        }
    }
}

/// Bytes of a stream of which two copies were heard that disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Stream offset of the first byte in dispute.
    pub offset: u64,
    /// Both copies, the one heard first in front, each with the number of its frame.
    pub copies: [(Vec<u8>, u64); 2],
    /// Receivers by the name of their policy, and the copy each believes.
    pub believed_by: Vec<(&'static str, usize)>,
    /// The first copy was on its way to the reader when the second came.
    pub delivered: bool,
}

/// The totals of a flow at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Payload bytes delivered from the client.
    pub client_bytes: u64,
    /// Payload bytes delivered from the server.
    pub server_bytes: u64,
    /// Bytes nobody saw.
    pub lost_bytes: u64,
}
