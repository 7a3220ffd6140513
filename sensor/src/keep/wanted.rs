//! Whose frames are wanted, told by whoever hears the events.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;

use crossbeam_queue::SegQueue;
use overhear_analysis::Told;
use overhear_analysis::told::Body;
use overhear_dissectors::Transport;

use super::pair::Pair;

/// What is wanted.
#[derive(Debug)]
pub(super) enum Want {
    /// A conversation, with what is to stand beside its frames.
    Talk(Pair, String),
    /// Whatever flows from or to this address: a data connection that was offered.
    Endpoint(SocketAddr, String),
}

/// The way from the events back to the frames, without a lock.
#[derive(Clone, Debug, Default)]
pub(super) struct Wants(Arc<SegQueue<Want>>);

impl Wants {
    pub(super) fn take(&self) -> Option<Want> {
        self.0.pop()
    }
}

/// Hears every event, and asks for the frames of the conversations they speak of.
#[derive(Debug)]
pub struct Asker {
    wants: Wants,
    /// Conversations and endpoints that were asked for lately.
    asked: HashSet<u64>,
}

/// Conversations that are remembered as asked for. To ask again does no harm.
const ASKED: usize = 1 << 16;

impl Asker {
    pub(super) fn new(wants: Wants) -> Self {
        Self { wants, asked: HashSet::new() }
    }

    /// Hears an event. Those about the capture itself ask for nothing.
    pub fn hear(&mut self, told: &Told) {
        let about_the_capture = matches!(
            told.body,
            Body::Anomaly(_) | Body::Conflict(_) | Body::Finding(_) | Body::Stats(_)
        );
        if about_the_capture {
            return;
        }
        if let Body::File(file) = &told.body
            && let Some(endpoint) = file.endpoint.as_ref().and_then(|text| text.parse().ok())
        {
            let note = format!("{}, transfer {}", file.transport, file.transfer_id);
            self.wants.0.push(Want::Endpoint(endpoint, note));
        }
        let head = &told.head;
        let (Some(flow), Some(source), Some(dest)) = (head.flow_id, head.src_ip, head.dest_ip)
        else {
            return;
        };
        if self.asked.len() >= ASKED {
            self.asked.clear();
        }
        if !self.asked.insert(flow) {
            return;
        }
        let transport = match head.proto.as_deref() {
            Some("UDP") => Transport::Udp,
            _ => Transport::Tcp,
        };
        let from = SocketAddr::new(source, head.src_port.unwrap_or_default());
        let to = SocketAddr::new(dest, head.dest_port.unwrap_or_default());
        let note = format!("{}, flow {flow}", head.app_proto.as_deref().unwrap_or("unknown"));
        self.wants.0.push(Want::Talk(Pair::new(from, to, transport), note));
    }
}
