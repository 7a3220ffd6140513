//! What was said, as it is told.

use overhear_dissectors::event::{
    Client, Contact, Login, Message, Outcome, Presence, Profile, Protection, Room, Roster, Typing,
};
use overhear_dissectors::{Account, Name, Text, Who};

use super::sayings::{Copied, Few, Key};
use super::vocabulary::Vocabulary;
use super::{Place, Scribe, Tell, fresh, told};
use crate::FingerprintKey;
use crate::content::links::{self, Link};
use crate::content::{folded, low, names, near};
use crate::fingerprint::{hash, printed};
use crate::told::{self, Body};

impl Scribe {
    pub(super) fn login(&mut self, place: &Place<'_>, login: &Login, tell: &mut Tell<'_>) {
        let account = self.resolve(place, &login.who);
        if login.outcome == Outcome::Success && !matches!(login.who, Who::Unnamed(_)) {
            self.names.signed(place.facts, overhear_dissectors::Side::Client, &account);
        }
        let Account { network, name, display, resource } = account;
        let body = told::Login {
            network,
            account: name,
            display,
            resource,
            method: login.method.to_owned(),
            outcome: login.outcome,
            client: login.client.clone(),
            server: login.server.clone(),
        };
        tell(told(self.head(place), Body::Login(body)));
    }

    pub(super) fn message(&mut self, place: &Place<'_>, message: &Message, tell: &mut Tell<'_>) {
        let from = self.resolve(place, &message.from);
        let to: Vec<Name> = message.to.iter().map(|who| self.resolve(place, who).name).collect();
        let head = self.head(place);
        let flow_id = self.flows.of(place.facts).flow_id();
        let text = folded(message.text.expose());
        let room = message.room.as_deref();
        let nobody = Account::new(from.network.clone(), String::new());
        let nameless = room.and_then(|_| keys(&nobody, &to, room, &text).pop());
        let (keys, nameless) = match nameless {
            // What a service brings into a room may not say whose it is.
            Some(key) if !self.names.knows(&message.from, place.facts) => {
                (Few::from_slice(&[key]), None)
            }
            _ => (keys(&from, &to, room, &text), nameless),
        };
        let (flow, began) = (place.facts.id, place.facts.began);
        let (leg, at) = (place.facts.leg(message.leg), place.record.stamp.at);
        let copied = Copied { flow, began, leg, at };
        let message_id = self.sayings.id(keys, nameless, copied, || fresh(flow_id, place));
        let secret = message.text.holds_secret();
        let conflict = self.doubts(place, &message_id, secret);
        let settings = &self.settings;
        let readable = message.protection == Protection::None;
        let body = told::Message {
            message_id,
            network: from.network,
            from: from.name,
            display: from.display,
            resource: from.resource,
            to,
            room: room.map(Into::into),
            kind: message.kind,
            text: self.words.content(&message.text, settings),
            markup: message
                .markup
                .as_ref()
                .filter(|markup| **markup != message.text)
                .and_then(|markup| self.words.content(markup, settings)),
            length: message.text.expose().chars().count() as u64,
            charset: message.text.guessed().map(ToOwned::to_owned),
            leg,
            protection: message.protection,
            content_key: if readable {
                content_key(&settings.key, &text, &mut self.vocabulary)
            } else {
                vec![]
            },
            visible: self.flows.of(place.facts).visible(head.app_proto.as_deref()),
            ambiguous: conflict.is_some(),
            conflict,
        };
        self.flows.of(place.facts).messages += 1;
        tell(told(head, Body::Message(body)));
    }

    pub(super) fn typing(&mut self, place: &Place<'_>, typing: &Typing, tell: &mut Tell<'_>) {
        let from = self.resolve(place, &typing.from);
        let to = typing.to.iter().map(|who| self.resolve(place, who).name).collect();
        let (room, state) = (typing.room.as_deref().map(Into::into), typing.state);
        let body = told::Typing { network: from.network, from: from.name, to, room, state };
        tell(told(self.head(place), Body::Typing(body)));
    }

    pub(super) fn roster(&mut self, place: &Place<'_>, roster: &Roster, tell: &mut Tell<'_>) {
        let owner = self.resolve(place, &roster.who);
        let contact = |contact: &Contact| {
            let who = self.names.resolve(&contact.who, place.facts);
            let (alias, group) = (contact.alias.clone(), contact.group.clone());
            told::Contact { account: who.name, display: who.display, alias, group }
        };
        let contacts = roster.contacts.iter().map(contact).collect();
        let body = told::Roster {
            network: owner.network,
            account: owner.name,
            op: roster.op,
            contacts,
            complete: roster.complete,
        };
        tell(told(self.head(place), Body::Roster(body)));
    }

    pub(super) fn presence(&mut self, place: &Place<'_>, said: &Presence, tell: &mut Tell<'_>) {
        let who = self.resolve(place, &said.who);
        let body = told::Presence {
            network: who.network,
            account: who.name,
            status: said.status,
            text: self.words(said.text.as_ref()),
            address: said.address.map(|address| address.to_string()),
        };
        tell(told(self.head(place), Body::Presence(body)));
    }

    pub(super) fn profile(&mut self, place: &Place<'_>, said: &Profile, tell: &mut Tell<'_>) {
        let by = self.resolve(place, &said.by);
        let whose = said.who.as_ref().map(|who| self.resolve(place, who).name);
        let field = |(name, value): &(&'static str, Text)| told::Field {
            name: (*name).into(),
            value: self.words(Some(value)),
        };
        let fields = said.fields.iter().map(field).collect();
        let body = told::Profile {
            network: by.network,
            account: whose,
            by: Some(by.name),
            op: said.op,
            fields,
        };
        tell(told(self.head(place), Body::Profile(body)));
    }

    pub(super) fn room(&mut self, place: &Place<'_>, room: &Room, tell: &mut Tell<'_>) {
        let who = self.resolve(place, &room.who);
        let by = room.by.as_ref().map(|by| self.resolve(place, by).name);
        let network = match &room.who {
            // Whose name it is, is known here only.
            Who::Alias(..) | Who::Ticket(_) => who.network,
            _ => self.names.network(&room.network, place.facts),
        };
        let body = told::Room {
            network,
            room: Some(Name::from(&room.room)).filter(|room| !room.is_empty()),
            account: who.name,
            by,
            op: room.op,
            text: match room.op {
                // A new name is no content.
                overhear_dissectors::event::RoomOp::Nick => {
                    room.text.as_ref().map(|text| text.expose().to_owned())
                }
                _ => self.words(room.text.as_ref()),
            },
        };
        tell(told(self.head(place), Body::Room(body)));
    }

    pub(super) fn client(&mut self, place: &Place<'_>, client: &Client, tell: &mut Tell<'_>) {
        let who = self.resolve(place, &client.who);
        let body = told::Client {
            network: who.network,
            account: who.name,
            product: client.product.clone(),
            version: client.version.clone(),
            source: client.source.to_owned(),
        };
        tell(told(self.head(place), Body::Client(body)));
    }

    fn words(&self, text: Option<&Text>) -> Option<String> {
        self.words.content(text?, &self.settings)
    }
}

/// The keys by which copies of a message are known: one for each reader, or the room's.
pub(super) fn keys(from: &Account, to: &[Name], room: Option<&str>, text: &str) -> Few<Key> {
    let (network, author) = (low(&from.network), low(&from.name));
    let key = |place: &str| {
        hash(&[network.as_bytes(), author.as_bytes(), low(place).as_bytes(), text.as_bytes()])
    };
    match room {
        Some(room) => Few::from_slice(&[key(room)]),
        None if to.is_empty() => Few::from_slice(&[key("")]),
        None => to.iter().take(READERS).map(|reader| key(reader)).collect(),
    }
}

/// Readers of one message whose copies are known for its own.
const READERS: usize = 64;

/// Links fingerprinted of one message.
const LINKS: usize = 4;

/// Keyed fingerprints of the text and of every link in it, and in words what kind of links they
/// are, of a folded text: `docs/events.md` describes each prefix.
fn content_key(key: &FingerprintKey, text: &str, vocabulary: &mut Vocabulary) -> Vec<Name> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut keys = vec![key.print(b't', "text", text.as_bytes())];
    let word = |word: &str| vocabulary.number(word, |word| key.number("word", word.as_bytes()));
    keys.extend(near::simhash(text, word).map(|bits| printed(b's', bits)));
    let (mut taken, mut bare, mut executable) = (Link::default(), false, false);
    for link in links::links(text).take(LINKS) {
        taken.take(link);
        bare |= taken.bare;
        executable |= taken.executable;
        let levels = [
            (b'u', "link", link),
            (b'p', "link-pattern", &taken.pattern),
            (b'h', "link-shape", &taken.shape),
            (b'd', "link-domain", &taken.domain),
        ];
        keys.extend(
            levels.map(|(prefix, domain, level)| key.print(prefix, domain, level.as_bytes())),
        );
    }
    keys.extend(bare.then(|| "is:bare-link".into()));
    keys.extend(executable.then(|| "is:executable".into()));
    keys.extend(names::breaking(text).then(|| "is:crash-string".into()));
    keys
}
