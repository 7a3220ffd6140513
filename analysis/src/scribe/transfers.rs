//! Files and direct connections: an offer on one flow, the content on another.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use overhear_dissectors::event::{Carries, Content, Offer, OfferState};
use overhear_dissectors::{Name, Side, Text};

use crate::{FlowFacts, FlowId};

/// A transfer, from its offer on.
#[derive(Clone, Debug)]
pub(super) struct Transfer {
    /// The same in every state.
    pub(super) id: Name,
    pub(super) network: Name,
    /// Who offered, and (of a file) sends.
    pub(super) from: Name,
    pub(super) to: Vec<Name>,
    pub(super) room: Option<Name>,
    pub(super) carries: Carries,
    pub(super) transport: &'static str,
    pub(super) name: Text,
    pub(super) size: Option<u64>,
    pub(super) offset: u64,
    pub(super) token: Option<String>,
    pub(super) endpoint: Option<(IpAddr, u16)>,
    /// Who accepts the data connection.
    pub(super) listener: Option<Name>,
    /// States already told, by flow.
    told: BTreeSet<(FlowId, OfferState)>,
    /// The data connection.
    married: Option<FlowId>,
    complete: bool,
}

/// What an offer event says, with its names resolved.
pub(super) type Step = Transfer;

/// Transfers offered and not forgotten.
#[derive(Debug, Default)]
pub(super) struct Transfers {
    offered: BTreeMap<u64, Transfer>,
    endpoints: BTreeMap<(IpAddr, u16), u64>,
    /// The latest transfer with a token.
    tokens: BTreeMap<String, u64>,
    parties: BTreeMap<(Name, Name, Name), Vec<u64>>,
    married: BTreeMap<FlowId, u64>,
    next: u64,
}

/// Transfers remembered; the oldest goes first.
const OFFERED: usize = 1 << 14;
/// Transfers remembered between the same two people.
const BETWEEN: usize = 64;

impl Transfer {
    /// One step, before it is known which transfer it belongs to.
    pub(super) fn step(id: Name, network: Name, from: Name, to: Vec<Name>) -> Self {
        Self {
            id,
            network,
            from,
            to,
            room: None,
            carries: Carries::File,
            transport: "",
            name: Text::default(),
            size: None,
            offset: 0,
            token: None,
            endpoint: None,
            listener: None,
            told: BTreeSet::new(),
            married: None,
            complete: false,
        }
    }

    /// Whether a later step can speak of this transfer.
    fn fits(&self, step: &Self, state: OfferState) -> bool {
        let agree = |one: &Option<String>, two: &Option<String>| {
            one.is_none() || two.is_none() || one == two
        };
        let named = self.name == step.name || step.name.is_empty() || self.name.is_empty();
        let port = |endpoint: Option<(IpAddr, u16)>| {
            endpoint.map(|(_, port)| port).filter(|port| *port != 0)
        };
        let place = match (state, port(self.endpoint), port(step.endpoint)) {
            (OfferState::Offered, ..) => {
                self.endpoint == step.endpoint && self.size == step.size && self.name == step.name
            }
            // A token says it, whichever side listens now.
            _ if self.token.is_some() && self.token == step.token => true,
            // Some programs call every file `file.ext` here.
            (_, Some(one), Some(two)) => one == two,
            _ => named,
        };
        // A file that was seen says who sent it.
        let seen = matches!(state, OfferState::Complete | OfferState::Truncated);
        let sent = !seen || self.from == step.from;
        self.carries == step.carries && sent && agree(&self.token, &step.token) && place
    }

    /// The content a sender's side said, judged against the offer: whole or not.
    pub(super) fn judge(&self, content: &Content) -> OfferState {
        let rest = self.size.map(|size| size.saturating_sub(self.offset));
        let whole = match rest {
            Some(rest) => rest == content.bytes,
            None => content.sha256.is_some(),
        };
        if whole { OfferState::Complete } else { OfferState::Truncated }
    }

    /// Who speaks on `side` of the data connection, and to whom, when `listener` is its server. What
    /// was offered to a room may be taken by anybody.
    pub(super) fn speakers(&self, side: Side) -> (Option<Name>, Vec<Name>) {
        let listens = self.listener.as_ref().unwrap_or(&self.from);
        let offerer = (*listens == self.from) == (side == Side::Server);
        if offerer {
            (Some(self.from.clone()), self.to.clone())
        } else {
            (self.to.first().cloned(), vec![self.from.clone()])
        }
    }
}

impl Transfers {
    /// Hears a step. Gives the transfer it belongs to, as it stands now, and whether this state was
    /// not told on this flow before.
    pub(super) fn hear(&mut self, step: Step, state: OfferState, flow: FlowId) -> (Transfer, bool) {
        let number = self.find(&step, state).unwrap_or_else(|| self.add(&step));
        let Some(transfer) = self.offered.get_mut(&number) else { return (step, false) };
        if state != OfferState::Offered {
            transfer.offset = transfer.offset.max(step.offset);
            transfer.size = transfer.size.or(step.size);
            // Of several ways that were offered, one is agreed on.
            transfer.transport = step.transport;
        }
        if step.endpoint.is_some_and(|(_, port)| port != 0)
            && (transfer.endpoint.is_none_or(|(_, port)| port == 0) || step.listener.is_some())
        {
            let before = std::mem::replace(&mut transfer.endpoint, step.endpoint);
            transfer.listener = step.listener;
            if let Some(before) =
                before.filter(|before| self.endpoints.get(before) == Some(&number))
            {
                self.endpoints.remove(&before);
            }
        }
        if let Some(endpoint) = transfer.endpoint.filter(|(_, port)| *port != 0) {
            self.endpoints.insert(endpoint, number);
        }
        if let Some(token) = &transfer.token {
            self.tokens.insert(token.clone(), number);
        }
        let fresh = transfer.told.len() < BETWEEN && transfer.told.insert((flow, state));
        (transfer.clone(), fresh)
    }

    /// The transfer whose data connection a flow is, and whether this is the first that is heard
    /// of it.
    pub(super) fn marry(&mut self, flow: &FlowFacts) -> Option<(Transfer, bool)> {
        if let Some(number) = self.married.get(&flow.id) {
            return self.offered.get(number).map(|transfer| (transfer.clone(), false));
        }
        let end = |end: SocketAddr| (end.ip(), end.port());
        let number = [flow.reached(), flow.ends.client]
            .into_iter()
            .find_map(|address| self.endpoints.get(&end(address)).copied())?;
        let transfer = self.offered.get_mut(&number)?;
        transfer.married = Some(flow.id);
        self.married.insert(flow.id, number);
        Some((transfer.clone(), true))
    }

    /// The transfer a file on a flow of its own protocol belongs to: by the token it repeats, or by
    /// where it was heard.
    pub(super) fn claim(&mut self, flow: &FlowFacts, said: &Offer) -> Option<Transfer> {
        let end = |end: SocketAddr| (end.ip(), end.port());
        let places = [flow.ends.server, flow.ends.client].map(end);
        let married = self.married.get(&flow.id).into_iter();
        let token = said.token.as_ref().and_then(|token| self.tokens.get(token));
        let endpoints = places.iter().filter_map(|place| self.endpoints.get(place));
        let number = token.into_iter().chain(married).chain(endpoints).copied().find(|number| {
            self.offered.get(number).is_some_and(|known| {
                known.carries == Carries::Wrapped && known.transport == said.transport
            })
        })?;
        let transfer = self.offered.get_mut(&number)?;
        transfer.married = Some(flow.id);
        self.married.insert(flow.id, number);
        Some(transfer.clone())
    }

    /// A flow is over; so is the transfer it carried.
    pub(super) fn forget(&mut self, flow: FlowId) {
        let Some(number) = self.married.remove(&flow) else { return };
        match self.offered.get_mut(&number) {
            // A probe of the port, or a connection that broke: the next one may carry it.
            Some(transfer) if !transfer.complete => transfer.married = None,
            _ => self.drop(number),
        }
    }

    /// The whole file was seen on this flow.
    pub(super) fn complete(&mut self, flow: FlowId) {
        if let Some(number) = self.married.get(&flow)
            && let Some(transfer) = self.offered.get_mut(number)
        {
            transfer.complete = true;
        }
    }

    /// Transfers, endpoints and parties remembered.
    #[cfg(test)]
    pub(super) fn kept(&self) -> [usize; 3] {
        [self.offered.len(), self.endpoints.len(), self.parties.len()]
    }

    fn find(&self, step: &Step, state: OfferState) -> Option<u64> {
        let numbers = self.parties.get(&between(step))?;
        numbers.iter().rev().copied().find(|number| {
            self.offered.get(number).is_some_and(|known| {
                known.fits(step, state)
                    && !(state == OfferState::Offered && known.married.is_some())
            })
        })
    }

    fn add(&mut self, step: &Step) -> u64 {
        let number = self.next;
        self.next += 1;
        let numbers = self.parties.entry(between(step)).or_default();
        numbers.push(number);
        let old = if numbers.len() > BETWEEN { numbers.first().copied() } else { None };
        self.offered.insert(number, step.clone());
        if let Some(old) = old {
            self.drop(old);
        }
        if self.offered.len() > OFFERED
            && let Some(oldest) = self.offered.keys().next().copied()
        {
            self.drop(oldest);
        }
        number
    }

    fn drop(&mut self, number: u64) {
        let Some(transfer) = self.offered.remove(&number) else { return };
        if let Some(endpoint) = transfer.endpoint
            && self.endpoints.get(&endpoint) == Some(&number)
        {
            self.endpoints.remove(&endpoint);
        }
        if let Some(token) = &transfer.token
            && self.tokens.get(token) == Some(&number)
        {
            self.tokens.remove(token);
        }
        let key = between(&transfer);
        if let Some(numbers) = self.parties.get_mut(&key) {
            numbers.retain(|other| *other != number);
            if numbers.is_empty() {
                self.parties.remove(&key);
            }
        }
        if let Some(flow) = transfer.married {
            self.married.remove(&flow);
        }
    }
}

/// The two parties, in either order.
fn between(step: &Step) -> (Name, Name, Name) {
    let to = step.to.first().or(step.room.as_ref()).cloned().unwrap_or_default();
    let (from, to) = (step.from.to_lowercase(), to.to_lowercase());
    let network = step.network.clone();
    if from <= to { (network, from, to) } else { (network, to, from) }
}
