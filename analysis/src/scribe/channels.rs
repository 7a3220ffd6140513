//! Channels: which conversations can be read, by whom, and since when.

use overhear_dissectors::event::{Seal, Verdict};
use overhear_dissectors::{Ends, PROTOCOLS};

use super::{Place, Scribe, Tell, told};
use crate::Ended;
use crate::home::readers;
use crate::told::{Body, Channel, ChannelState, Reader};

impl Scribe {
    /// A protocol claimed a flow. TLS is told once it is known that it seals.
    pub(super) fn identified(&mut self, place: &Place<'_>, tell: &mut Tell<'_>) {
        if place.facts.app == Some("tls") {
            return;
        }
        // Whoever signed on to a proxy is not who speaks inside.
        self.names.forget(place.facts.id);
        let flow = self.flows.of(place.facts);
        flow.verdict = Verdict::Cleartext;
        let state = if flow.open { ChannelState::Changed } else { ChannelState::Open };
        self.channel(place, state, None, tell);
    }

    /// A data connection was married to its offer.
    pub(super) fn married(&mut self, place: &Place<'_>, app: &'static str, tell: &mut Tell<'_>) {
        let flow = self.flows.of(place.facts);
        flow.married = Some(app);
        flow.verdict = Verdict::Cleartext;
        let state = if flow.open { ChannelState::Changed } else { ChannelState::Open };
        self.channel(place, state, None, tell);
    }

    /// A conversation became unreadable, or its wish to was refused.
    pub(super) fn sealed(&mut self, place: &Place<'_>, seal: &Seal, tell: &mut Tell<'_>) {
        if !self.flows.is_open(place.facts.id) && !messenger_port(place.facts.ends) {
            return;
        }
        let flow = self.flows.of(place.facts);
        let state = if flow.open { ChannelState::Changed } else { ChannelState::Open };
        let since_byte = seal.since_byte.or(flow.seal.since_byte);
        flow.verdict = seal.verdict;
        flow.seal = Seal { since_byte, ..seal.clone() };
        self.channel(place, state, None, tell);
    }

    /// A flow is over.
    pub(super) fn closed(&mut self, place: &Place<'_>, ended: Ended, tell: &mut Tell<'_>) {
        if self.flows.is_open(place.facts.id) {
            let flow = self.flows.of(place.facts);
            if place.facts.app.is_none() && flow.married.is_none() {
                // A tunnel opened, and nobody knows what flowed in it.
                flow.verdict = Verdict::Unknown;
            }
            self.channel(place, ChannelState::Closed, Some(ended), tell);
        }
    }

    fn channel(
        &mut self,
        place: &Place<'_>,
        state: ChannelState,
        ended: Option<Ended>,
        tell: &mut Tell<'_>,
    ) {
        let Ends { client, server } = place.facts.ends;
        let exposure = self.settings.home.exposure(client.ip(), server.ip());
        let proxied = !place.facts.proxies().is_empty();
        let flow = self.flows.of(place.facts);
        flow.open = true;
        let sealed = matches!(flow.verdict, Verdict::Tls | Verdict::Starttls);
        let served = flow.married.is_none();
        let readers = if sealed {
            if served { vec![Reader::Server] } else { vec![] }
        } else {
            readers(exposure, served, proxied)
        };
        let body = Channel {
            state,
            verdict: flow.verdict,
            since_byte: flow.seal.since_byte,
            server_name: flow.seal.server_name.clone(),
            tls_version: flow.seal.tls_version.map(ToOwned::to_owned),
            ja4: flow.seal.ja4.clone(),
            exposure,
            readers,
            messages: flow.messages,
            credentials: flow.credentials,
            bytes: ended.map_or(0, |ended| ended.client_bytes.saturating_add(ended.server_bytes)),
            lost: ended.map_or(0, |ended| ended.lost_bytes),
        };
        tell(told(self.head(place), Body::Channel(body)));
    }
}

/// Whether TLS between these ends is likely a messenger's: by the ports where protocols of the
/// registry listen in which people speak. 80 and 443 say nothing.
fn messenger_port(ends: Ends) -> bool {
    let port = ends.server.port();
    PROTOCOLS.iter().any(|protocol| {
        let facts = protocol.facts();
        let listens = facts.ports.contains(&port) || facts.tls_ports.contains(&port);
        listens && !facts.visible.is_empty()
    }) && !matches!(port, 80 | 443)
}
