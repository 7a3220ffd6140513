//! Who is meant: names as they are, tokens that stand for a name heard elsewhere, and those whose
//! name nobody said.

use std::collections::VecDeque;
use std::collections::btree_map::{BTreeMap, Entry};
use std::net::{IpAddr, SocketAddr};

use overhear_dissectors::{Account, Name, Side, Ticket, Who};

use crate::fingerprint::hash;
use crate::{FlowFacts, FlowId};

/// Names learned so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    tickets: BTreeMap<Ticket, Account>,
    age: VecDeque<Ticket>,
    /// The account a side of a flow signed on as.
    signed: BTreeMap<(FlowId, Side), Account>,
    /// The name a server gives itself, where a network is known by that.
    servers: BTreeMap<Server, Name>,
}

/// A server: an address, and a hash of the proxies behind it, 0 where there are none.
type Server = (SocketAddr, u64);

/// Tokens remembered; the oldest goes first.
const TICKETS: usize = 1 << 14;
/// Servers' names remembered.
const SERVERS: usize = 1 << 14;

impl Names {
    /// A token stands for an account from now on.
    pub(super) fn ticket(&mut self, ticket: Ticket, account: Account) {
        if self.tickets.insert(ticket.clone(), account).is_none() {
            self.age.push_back(ticket);
        }
        while self.tickets.len() > TICKETS {
            let Some(oldest) = self.age.pop_front() else { break };
            self.tickets.remove(&oldest);
        }
    }

    /// A side of a flow signed on as an account.
    pub(super) fn signed(&mut self, flow: &FlowFacts, side: Side, account: &Account) {
        self.signed.insert((flow.id, side), account.clone());
    }

    /// A flow is over.
    pub(super) fn forget(&mut self, flow: FlowId) {
        self.signed.remove(&(flow, Side::Client));
        self.signed.remove(&(flow, Side::Server));
    }

    /// Whether somebody's name was heard.
    pub(super) fn knows(&self, who: &Who, flow: &FlowFacts) -> bool {
        match who {
            Who::Account(_) | Who::Alias(..) => true,
            Who::Ticket(ticket) => self.tickets.contains_key(ticket),
            Who::Unnamed(side) => self.signed.contains_key(&(flow.id, *side)),
        }
    }

    /// The account meant, with its network by the name everybody else uses for it.
    pub(super) fn resolve(&mut self, who: &Who, flow: &FlowFacts) -> Account {
        let mut account = match who {
            Who::Account(account) => account.clone(),
            Who::Ticket(ticket) => match self.tickets.get(ticket) {
                Some(account) => account.clone(),
                None => Account::new(ticket.network(), flow.end(ticket.side()).to_string()),
            },
            Who::Alias(ticket, account) => self.tickets.get(ticket).unwrap_or(account).clone(),
            Who::Unnamed(side) => match self.signed.get(&(flow.id, *side)) {
                Some(account) => account.clone(),
                None => Account::new(self.home(flow), flow.end(*side).to_string()),
            },
        };
        account.network = self.network(&account.network, flow);
        account
    }

    /// A network, by its server's name where that has been heard.
    pub(super) fn network(&mut self, network: &str, flow: &FlowFacts) -> Name {
        let Some((service, name)) = network.split_once(':') else { return network.into() };
        let server = server(flow);
        // Hardly any name is worth the longer look.
        let may_be_address = name.contains(|c: char| c.is_ascii_digit() || c == ':');
        if !may_be_address || name.parse::<IpAddr>().is_err() {
            // On a data connection somebody else's network is spoken of.
            let network = Name::new(network);
            if flow.app.is_some() {
                let room = self.servers.len() < SERVERS;
                match self.servers.entry(server) {
                    Entry::Occupied(mut known) => known.get_mut().clone_from(&network),
                    Entry::Vacant(place) if room => {
                        place.insert(network.clone());
                    }
                    Entry::Vacant(_) => {}
                }
            }
            return network;
        }
        let same = |known: &&Name| known.split_once(':').is_some_and(|(kind, _)| kind == service);
        self.servers.get(&server).filter(same).cloned().unwrap_or_else(|| behind(network, flow))
    }

    /// The network of a flow on which nobody has named one.
    fn home(&self, flow: &FlowFacts) -> Name {
        let mut sides = [Side::Client, Side::Server].into_iter();
        let signed = sides.find_map(|side| self.signed.get(&(flow.id, side)));
        signed.map_or_else(
            || {
                let (service, server_ip) = (flow.service(), flow.end(Side::Server).ip());
                let unnamed = || behind(&format!("{service}:{server_ip}"), flow);
                self.servers.get(&server(flow)).cloned().unwrap_or_else(unnamed)
            },
            |account| account.network.clone(),
        )
    }
}

fn server(flow: &FlowFacts) -> Server {
    let proxies: Vec<_> = flow.proxies().iter().map(String::as_bytes).collect();
    (flow.end(Side::Server), if proxies.is_empty() { 0 } else { hash(&proxies) })
}

/// A network that is known by the address of a proxy alone is that of the host the proxy was asked
/// for, whatever that is.
fn behind(network: &str, flow: &FlowFacts) -> Name {
    let target = flow.proxies().last().and_then(|hop| hop.split_once(':'));
    let host = target.and_then(|(_, target)| target.rsplit_once(':')).map(|(host, _)| host);
    match (network.split_once(':'), host) {
        (Some((service, name)), Some(host)) if name == flow.end(Side::Server).ip().to_string() => {
            format!("{service}:{}", host.trim_matches(['[', ']'])).into()
        }
        _ => network.into(),
    }
}
