//! Where the bytes of a file are got: SOCKS5 bytestreams (XEP-0065). The connection itself is another
//! flow, on which SOCKS is spoken first.

use std::net::IpAddr;

use super::asked::{LONGEST, Question};
use super::element::Element;
use super::files::BYTESTREAMS;
use super::talk::Talk;
use crate::event::{Event, Offer, OfferState};
use crate::{Out, Side, Who};

/// A place where the bytes may be got.
#[derive(Clone, Debug)]
pub(super) struct Host {
    /// What the choice calls it: the address of who listens, or a name of its own.
    pub(super) name: String,
    pub(super) endpoint: (IpAddr, u16),
    pub(super) listener: Option<Who>,
}

/// Places of one file.
const HOSTS: usize = 8;

impl Talk {
    /// The places where whoever offered a file, or a proxy, listens.
    pub(super) fn stream_hosts(
        &mut self,
        side: Side,
        id: &str,
        iq: &Element<'_>,
        query: &Element<'_>,
        out: &mut Out,
    ) {
        let Some(word) = query.said("sid").filter(|word| word.len() <= LONGEST) else { return };
        let word = word.into_owned();
        let hosts = self.hosts(query, "streamhost", "jid");
        if hosts.is_empty() {
            return;
        }
        if self.files.of(&word).is_none() {
            let token = Some(word.clone());
            let offer = Offer { token, ..self.offer(side, iq, BYTESTREAMS) };
            self.files.keep(&offer, None, Vec::new());
        }
        self.places(&word, hosts);
        self.files.step(&word, OfferState::Accepted, self.leg(side), out);
        self.asked.keep(side, id, Question::Hosts(word));
    }

    /// The places a list names by address; hosts' names are nobody's address.
    pub(super) fn hosts(&self, list: &Element<'_>, tag: &str, name: &str) -> Vec<Host> {
        let hosts = list.children.iter().filter(|child| child.name == tag).take(HOSTS);
        let host = |host: &Element<'_>| {
            let ip = host.said("host")?.trim_matches(['[', ']']).parse().ok()?;
            let port = host.said("port")?.parse().ok()?;
            let listener = host.said("jid").and_then(|jid| self.who(&jid));
            let name = host.said(name).filter(|name| name.len() <= LONGEST)?;
            Some(Host { name: name.into_owned(), endpoint: (ip, port), listener })
        };
        hosts.filter_map(host).collect()
    }

    /// Remembers the places of an offer, of which the first is as good as any.
    pub(super) fn places(&mut self, word: &str, hosts: Vec<Host>) {
        let Some(offered) = self.files.of(word) else { return };
        if let Some(first) = hosts.first() {
            offered.at(first);
        }
        offered.hosts.extend(hosts);
        offered.hosts.truncate(HOSTS);
    }

    /// One of them was chosen.
    pub(super) fn host_used(&mut self, side: Side, word: &str, name: &str, out: &mut Out) {
        let leg = self.leg(side);
        let Some(offered) = self.files.of(word) else { return };
        let Some(host) = offered.hosts.iter().find(|host| host.name == name).cloned() else {
            return;
        };
        offered.at(&host);
        offered.offer.state = OfferState::Accepted;
        out.emit(Event::Offer(Offer { leg, ..offered.offer.clone() }));
    }
}
