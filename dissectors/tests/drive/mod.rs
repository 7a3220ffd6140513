//! Calls dissectors the way the engine does, without packets: one conversation, in memory.

use std::collections::VecDeque;

use overhear_dissectors::{
    Dissector, Ends, Event, Next, Opening, Out, PROTOCOLS, Protocol, Resume, Side, Step, Transport,
    contract::Probe, event::Seal,
};

/// Unread bytes of one side that are kept for a dissector.
pub(crate) const KEPT: usize = 64 * 1024;

/// Something that happens on the wire.
#[derive(Clone, Debug)]
pub(crate) enum Move<'a> {
    /// A side says this.
    Says(Side, &'a [u8]),
    /// Bytes of a side were never seen.
    Gap(Side, u64),
}

/// What was made of a conversation.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Everything the dissectors told, in order.
    pub(crate) events: Vec<Event>,
    /// Names of the protocols that had the floor, outermost first.
    pub(crate) protocols: Vec<&'static str>,
    /// What a listener still learns of what was sealed.
    pub(crate) seals: Vec<Seal>,
    /// Tunnels that opened, outermost first, and where they lead.
    pub(crate) hops: Vec<(&'static str, Option<String>)>,
    /// Why the last dissector gave up, if it did.
    pub(crate) ended: Option<&'static str>,
}

/// Who has the floor.
enum Floor {
    /// Nobody yet: everything said so far, in order.
    Open(Vec<(Side, Vec<u8>)>),
    /// A dissector.
    Taken(Box<dyn Dissector>),
    /// Nobody any more.
    Closed,
}

/// One conversation on its way through the dissectors.
pub(crate) struct Conversation {
    ends: Ends,
    transport: Transport,
    from_start: bool,
    floor: Floor,
    pending: [Vec<u8>; 2],
    wanted: [usize; 2],
    /// A side waits for the other one.
    waits: [bool; 2],
    /// Bytes were lost since a dissector took the floor.
    gapped: bool,
    ended: [bool; 2],
    /// What the outside calls the client is the server in here.
    turned: bool,
    out: Out,
    heard: Heard,
}

/// Hears a whole conversation.
pub(crate) fn hear<'a>(
    ends: Ends,
    transport: Transport,
    moves: impl IntoIterator<Item = Move<'a>>,
) -> Heard {
    let mut conversation = Conversation::new(ends, transport);
    for event in moves {
        match event {
            Move::Says(side, bytes) => conversation.says(side, bytes),
            Move::Gap(side, lost) => conversation.gap(side, lost),
        }
    }
    conversation.end(Side::Client);
    conversation.end(Side::Server);
    conversation.heard()
}

/// A dissector for a conversation over this transport.
pub(crate) fn opened(
    protocol: &dyn Protocol,
    ends: Ends,
    transport: Transport,
) -> Box<dyn Dissector> {
    match transport {
        Transport::Tcp => protocol.open(ends),
        Transport::Udp => protocol.open_datagrams(ends),
    }
}

fn index(side: Side) -> usize {
    usize::from(side == Side::Server)
}

impl Conversation {
    /// One that nobody has claimed yet.
    pub(crate) fn new(ends: Ends, transport: Transport) -> Self {
        Self {
            ends,
            transport,
            from_start: true,
            floor: Floor::Open(Vec::new()),
            pending: Default::default(),
            wanted: [0; 2],
            waits: [false; 2],
            gapped: false,
            ended: [false; 2],
            turned: false,
            out: Out::new(),
            heard: Heard::default(),
        }
    }

    /// One that is given to a dissector unasked.
    pub(crate) fn with(dissector: Box<dyn Dissector>, ends: Ends, transport: Transport) -> Self {
        let floor = Floor::Taken(dissector);
        Self { floor, ..Self::new(ends, transport) }
    }

    /// What was made of it.
    pub(crate) fn heard(self) -> Heard {
        self.heard
    }

    /// A side says something.
    pub(crate) fn says(&mut self, side: Side, bytes: &[u8]) {
        self.hear(self.turn(side), bytes);
    }

    fn hear(&mut self, side: Side, bytes: &[u8]) {
        match &mut self.floor {
            Floor::Closed => {}
            Floor::Taken(_) => {
                self.pending[index(side)].extend_from_slice(bytes);
                self.read_both(side);
            }
            Floor::Open(said) => {
                match said.last_mut() {
                    Some((last, heard)) if *last == side && self.transport == Transport::Tcp => {
                        heard.extend_from_slice(bytes);
                    }
                    _ => said.push((side, bytes.to_vec())),
                }
                self.identify();
            }
        }
    }

    /// Bytes of a side were never seen.
    pub(crate) fn gap(&mut self, side: Side, lost: u64) {
        let side = self.turn(side);
        self.pending[index(side)].clear();
        self.wanted[index(side)] = 0;
        self.waits[index(side)] = false;
        match &mut self.floor {
            Floor::Closed => {}
            Floor::Open(said) => {
                said.retain(|(who, _)| *who != side);
                self.from_start = false;
            }
            Floor::Taken(dissector) => {
                self.gapped = true;
                let resume = dissector.gap(side, lost, &mut self.out);
                self.collect();
                if resume == Resume::Quit {
                    self.close("gap");
                } else if std::mem::take(&mut self.waits[index(side.other())]) {
                    self.read_both(side.other());
                }
            }
        }
    }

    /// A side will say nothing more.
    pub(crate) fn end(&mut self, side: Side) {
        let side = self.turn(side);
        if std::mem::replace(&mut self.ended[index(side)], true) {
            return;
        }
        self.tell_end(side);
        let unread = self.pending.iter().any(|unread| !unread.is_empty());
        if self.ended == [true; 2] && unread {
            let Floor::Taken(dissector) = &mut self.floor else { return };
            if let Some(next) = dissector.settle() {
                self.became(&next);
                self.tell_end(Side::Client);
                self.tell_end(Side::Server);
            }
        }
    }

    fn tell_end(&mut self, side: Side) {
        if let Floor::Taken(dissector) = &mut self.floor {
            dissector.end(side, &mut self.out);
            self.collect();
        }
    }

    /// Asks the registry, in its order; an earlier protocol that is undecided holds the floor.
    fn identify(&mut self) {
        let Floor::Open(said) = &self.floor else { return };
        let of = |side: Side| {
            let mine = said.iter().filter(|(who, _)| *who == side).map(|(_, bytes)| &bytes[..]);
            match self.transport {
                Transport::Tcp => mine.flatten().copied().collect(),
                Transport::Udp => mine.take(1).flatten().copied().collect::<Vec<u8>>(),
            }
        };
        let (client, server) = (of(Side::Client), of(Side::Server));
        let opening = Opening {
            client: &client,
            server: &server,
            ends: self.ends,
            transport: self.transport,
            from_start: self.from_start,
        };
        for protocol in PROTOCOLS {
            if !protocol.facts().transports.contains(&self.transport) {
                continue;
            }
            let swapped = match protocol.probe(&opening) {
                Probe::No => continue,
                Probe::More => return,
                Probe::Yes => false,
                Probe::Swapped => true,
            };
            self.heard.protocols.push(protocol.facts().name);
            if swapped {
                self.swap();
            }
            return self.take_floor(opened(*protocol, self.ends, self.transport), swapped);
        }
        self.close("unclaimed");
    }

    /// Gives the floor to a dissector, and everything said so far in the order it was said.
    fn take_floor(&mut self, dissector: Box<dyn Dissector>, swapped: bool) {
        let turned = self.turned;
        let floor = std::mem::replace(&mut self.floor, Floor::Taken(dissector));
        if let Floor::Open(said) = floor {
            for (side, bytes) in said {
                // A tunnel that opens meanwhile may turn the sides again.
                let turns = swapped != (self.turned != turned);
                self.hear(if turns { side.other() } else { side }, &bytes);
            }
        }
    }

    fn swap(&mut self) {
        self.turned = !self.turned;
        self.ended.reverse();
        let Ends { client, server } = self.ends;
        self.ends = Ends { client: server, server: client };
    }

    fn turn(&self, side: Side) -> Side {
        if self.turned { side.other() } else { side }
    }

    /// Reads a side; the other one, if it waits, after every message.
    fn read_both(&mut self, side: Side) {
        let mut due = VecDeque::from([side]);
        while let Some(side) = due.pop_front() {
            if self.read(side) {
                self.waits[index(side.other())] = false;
                due.extend([side.other(), side]);
            }
        }
    }

    /// Shows the unread bytes of a side to the dissector until it takes nothing more, or until the
    /// other side may go on; whether that is so.
    fn read(&mut self, side: Side) -> bool {
        while !self.pending[index(side)].is_empty()
            && self.pending[index(side)].len() >= self.wanted[index(side)]
            && !self.waits[index(side)]
        {
            let Floor::Taken(dissector) = &mut self.floor else { return false };
            let pending = &mut self.pending[index(side)];
            let step = dissector.read(side, pending, &mut self.out);
            self.collect();
            let (used, want, waits) = match step {
                Step::Took { used, want } => (used, want, false),
                Step::Waits { used } => (used, 0, true),
                Step::Became { used, next } => {
                    self.took(side, used);
                    self.became(&next);
                    return false;
                }
                Step::Refuse(reason) => {
                    self.close(reason);
                    return false;
                }
            };
            let left = self.took(side, used);
            let more = if used == 0 && !waits { left + 1 } else { 0 };
            self.wanted[index(side)] = want.max(more);
            self.waits[index(side)] = waits && left > 0;
            if self.transport == Transport::Udp {
                self.pending[index(side)].clear();
                self.wanted[index(side)] = 0;
                self.waits[index(side)] = false;
            }
            if used > 0 && self.waits[index(side.other())] {
                return true;
            }
        }
        if self.pending[index(side)].len() > KEPT {
            self.close("kept_too_much");
        }
        false
    }

    /// The first `used` bytes of a side are done with; how many are left.
    fn took(&mut self, side: Side, used: usize) -> usize {
        let pending = &mut self.pending[index(side)];
        assert!(used <= pending.len(), "took {used} of {} bytes", pending.len());
        pending.drain(..used);
        pending.len()
    }

    fn became(&mut self, next: &Next) {
        match next {
            Next::Sealed(seal) => {
                self.heard.seals.push(seal.clone());
                self.close("sealed");
            }
            Next::Identify { hop, to } | Next::Called { hop, from: to } => {
                self.heard.hops.push((*hop, to.clone()));
                if matches!(next, Next::Called { .. }) {
                    self.swap();
                    self.pending.reverse();
                }
                self.floor = Floor::Open(Vec::new());
                self.from_start = !std::mem::take(&mut self.gapped);
                self.wanted = [0; 2];
                self.waits = [false; 2];
                for side in [Side::Client, Side::Server] {
                    let rest = std::mem::take(&mut self.pending[index(side)]);
                    if !rest.is_empty() {
                        self.hear(side, &rest);
                    }
                }
            }
        }
    }

    fn close(&mut self, reason: &'static str) {
        self.floor = Floor::Closed;
        self.pending = Default::default();
        self.heard.ended = Some(reason);
    }

    fn collect(&mut self) {
        self.heard.events.extend(self.out.drain());
    }
}
