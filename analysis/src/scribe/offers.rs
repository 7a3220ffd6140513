//! Offers, and the data connections that keep them.

use overhear_dissectors::event::{
    Carried, Carries, Content, Leg, MessageKind, Offer, OfferState, Protection,
};
use overhear_dissectors::{Name, Side, Text, Who};

use super::transfers::{Step, Transfer};
use super::{Place, Scribe, Tell, fresh, told};
use crate::FingerprintKey;
use crate::told::{Body, File};

impl Scribe {
    /// A step of a transfer was heard.
    pub(super) fn offer(&mut self, place: &Place<'_>, offer: &Offer, tell: &mut Tell<'_>) {
        let step = self.step(place, offer);
        let (transfer, fresh) = self.transfers.hear(step, offer.state, place.facts.id);
        if fresh && transfer.carries != Carries::Chat {
            self.file(place, &transfer, offer.state, None, tell);
        }
    }

    /// A file was heard on the conversation at hand: what was offered with its token or at this
    /// place, a part of that, or something nobody heard offered.
    pub(super) fn carried(&mut self, place: &Place<'_>, carried: &Carried, tell: &mut Tell<'_>) {
        let Carried { network, offer, content } = carried;
        let unnamed = matches!(offer.from, Who::Unnamed(_));
        let known = unnamed.then(|| self.transfers.claim(place.facts, offer)).flatten();
        let known = known.unwrap_or_else(|| {
            let mut step = self.step(place, offer);
            if let Some(network) = network.filter(|_| unnamed) {
                step.network = network.into();
            }
            self.transfers.hear(step, offer.state, place.facts.id).0
        });
        let transfer = self.part(place, known, offer);
        if offer.state == OfferState::Complete {
            self.transfers.complete(place.facts.id);
        }
        self.file(place, &transfer, offer.state, Some(content), tell);
    }

    /// What is known of an offered file, with what its own conversation says of it.
    fn part(&mut self, place: &Place<'_>, mut known: Transfer, said: &Offer) -> Transfer {
        let name = |text: &Text| text.expose().to_lowercase();
        if !said.name.is_empty() {
            if !known.name.is_empty() && name(&known.name) != name(&said.name) {
                // One of several: what was offered is their folder, or the first of them.
                known.id = fresh(self.flows.of(place.facts).flow_id(), place);
            }
            known.name = said.name.clone();
        }
        known.size = said.size.or(known.size);
        known.offset = said.offset;
        known
    }

    /// A step of a transfer, with its names resolved.
    fn step(&mut self, place: &Place<'_>, offer: &Offer) -> Step {
        let from = self.resolve(place, &offer.from);
        let to = offer.to.iter().map(|who| self.resolve(place, who).name).collect();
        let listener = offer.listener.as_ref().map(|who| self.resolve(place, who).name);
        let flow_id = self.flows.of(place.facts).flow_id();
        let mut step = Step::step(fresh(flow_id, place), from.network, from.name, to);
        step.room = offer.room.as_deref().map(Into::into);
        step.carries = offer.carries;
        step.transport = offer.transport;
        step.name = offer.name.clone();
        step.size = offer.size;
        step.offset = offer.offset;
        step.token.clone_from(&offer.token);
        step.endpoint = offer.endpoint;
        step.listener = listener;
        step
    }

    /// A line on a flow nobody claims: said, when a conversation was offered here.
    pub(super) fn line(&mut self, place: &Place<'_>, side: Side, text: &Text, tell: &mut Tell<'_>) {
        let Some(transfer) = self.marry(place, tell) else { return };
        if transfer.carries != Carries::Chat {
            return;
        }
        let (from, to) = transfer.speakers(listening(place, &transfer, side));
        let account = |name: Name| {
            Who::Account(overhear_dissectors::Account::new(transfer.network.clone(), name))
        };
        let said = text.expose();
        let action = said.strip_prefix("\u{1}ACTION ").map(|said| said.trim_end_matches('\u{1}'));
        let kind = if action.is_some() { MessageKind::Action } else { MessageKind::Im };
        let message = overhear_dissectors::event::Message {
            from: account(from.unwrap_or_else(|| place.facts.end(side).to_string().into())),
            to: to.into_iter().map(account).collect(),
            room: None,
            kind,
            text: action.map_or_else(|| text.clone(), |said| text.rewritten(said)),
            markup: None,
            leg: Leg::Direct,
            protection: Protection::None,
        };
        self.message(place, &message, tell);
    }

    /// What one side of a flow nobody claims said in all: a file, when one was offered here.
    pub(super) fn content(
        &mut self,
        place: &Place<'_>,
        side: Side,
        content: &Content,
        tell: &mut Tell<'_>,
    ) {
        let Some(transfer) = self.marry(place, tell) else { return };
        if transfer.carries != Carries::File {
            return;
        }
        let (speaker, _) = transfer.speakers(listening(place, &transfer, side));
        if speaker.as_ref() == Some(&transfer.from) {
            let state = transfer.judge(content);
            if state == OfferState::Complete {
                self.transfers.complete(place.facts.id);
            }
            self.file(place, &transfer, state, Some(content), tell);
        }
    }

    /// The transfer a flow nobody claims carries; its channel is told with the first that is heard.
    fn marry(&mut self, place: &Place<'_>, tell: &mut Tell<'_>) -> Option<Transfer> {
        let (transfer, first) = self.transfers.marry(place.facts)?;
        if first {
            self.married(place, transfer.transport, tell);
        }
        Some(transfer)
    }

    fn file(
        &mut self,
        place: &Place<'_>,
        transfer: &Transfer,
        state: OfferState,
        content: Option<&Content>,
        tell: &mut Tell<'_>,
    ) {
        // Only the whole file has a hash worth comparing.
        let whole = state == OfferState::Complete && transfer.offset == 0;
        let sha256 = content.and_then(|content| content.sha256).filter(|_| whole);
        let sha256 = sha256.map(|hash| data_encoding::HEXLOWER.encode(&hash));
        let content_key = content_key(&self.settings.key, transfer, sha256.as_deref());
        let body = File {
            transfer_id: transfer.id.clone(),
            network: transfer.network.clone(),
            from: transfer.from.clone(),
            to: transfer.to.clone(),
            room: transfer.room.clone(),
            name: Some(self.words.masked(&transfer.name, &self.settings))
                .filter(|name| !name.is_empty()),
            size: transfer.size,
            transport: transfer.transport.to_owned(),
            state,
            bytes: content.map(|content| content.bytes),
            sha256,
            mime: content.and_then(|content| content.mime).map(ToOwned::to_owned),
            endpoint: transfer
                .endpoint
                .map(|(ip, port)| std::net::SocketAddr::new(ip, port).to_string()),
            content_key,
        };
        tell(told(self.head(place), Body::File(body)));
    }
}

/// Keyed fingerprints of name and size, and of the content.
fn content_key(key: &FingerprintKey, transfer: &Transfer, sha256: Option<&str>) -> Vec<Name> {
    let name = transfer.name.expose().to_lowercase();
    let named = format!("{name} {}", transfer.size.unwrap_or_default());
    let mut keys = Vec::new();
    if !name.is_empty() {
        keys.push(key.print(b'n', "file-name", named.as_bytes()));
    }
    if let Some(hash) = sha256 {
        keys.push(key.print(b'f', "file", hash.as_bytes()));
    }
    keys
}

/// The side that speaks, as if the listener of the offer were the flow's server.
fn listening(place: &Place<'_>, transfer: &Transfer, side: Side) -> Side {
    let server = place.facts.reached();
    let known = transfer.endpoint == Some((server.ip(), server.port()));
    if known { side } else { side.other() }
}
