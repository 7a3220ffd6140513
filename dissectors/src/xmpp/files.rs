//! Files: what is offered (XEP-0096, XEP-0066), and where a server keeps one for others (XEP-0363).
//!
//! An offer is joined to its steps by a word of its own, which is also the name of the stream that
//! carries it: [`super::bytestreams`] or [`super::ibb`].

use std::borrow::Cow;
use std::collections::VecDeque;

use super::asked::{LONGEST, Question};
use super::bytestreams::Host;
use super::element::Element;
use super::talk::Talk;
use super::{ibb, ns};
use crate::event::{Carries, Leg, Offer, OfferState};
use crate::oft::names::{leads_out, poses};
use crate::{Event, Out, Side, Text, Who};

/// Files on their way.
#[derive(Debug, Default)]
pub(super) struct Files {
    offers: VecDeque<Offered>,
    /// Those that this conversation carries itself.
    pub(super) inside: ibb::Streams,
}

/// A file that was offered.
#[derive(Debug)]
pub(super) struct Offered {
    /// The word that joins its steps, and the stream's name where that is another.
    id: String,
    pub(super) stream: Option<String>,
    pub(super) offer: Offer,
    /// Where its bytes may be got.
    pub(super) hosts: Vec<Host>,
}

/// Offers remembered; the oldest goes first.
const OFFERS: usize = 64;
/// What carries a file.
pub(super) const BYTESTREAMS: &str = "xmpp-bytestreams";
pub(super) const IBB: &str = "xmpp-ibb";
const UPLOAD: &str = "xmpp-http-upload";
pub(super) const OOB: &str = "xmpp-oob";

impl Files {
    /// The offer with this word, or whose bytes go through a stream of this name.
    pub(super) fn of(&mut self, word: &str) -> Option<&mut Offered> {
        let named =
            |offered: &&mut Offered| offered.id == word || offered.stream.as_deref() == Some(word);
        self.offers.iter_mut().rev().find(named)
    }

    /// Remembers an offer, unless it has no word.
    pub(super) fn keep(&mut self, offer: &Offer, stream: Option<String>, hosts: Vec<Host>) {
        let Some(id) = offer.token.clone().filter(|id| id.len() <= LONGEST) else { return };
        self.offers.push_back(Offered { id, stream, offer: offer.clone(), hosts });
        if self.offers.len() > OFFERS {
            self.offers.pop_front();
        }
    }

    /// An offer goes one step on.
    pub(super) fn step(&mut self, word: &str, state: OfferState, leg: Leg, out: &mut Out) {
        if let Some(offered) = self.of(word) {
            offered.offer.state = state;
            out.emit(Event::Offer(Offer { leg, ..offered.offer.clone() }));
        }
    }
}

impl Offered {
    /// Its bytes are got from here.
    pub(super) fn at(&mut self, host: &Host) {
        self.offer.endpoint = Some(host.endpoint);
        self.offer.listener.clone_from(&host.listener);
    }
}

impl Talk {
    /// An offer of the author of a stanza to its reader, of which no place is known.
    pub(super) fn offer(&self, side: Side, stanza: &Element<'_>, transport: &'static str) -> Offer {
        Offer {
            from: self.author(side, stanza),
            to: self.reader(side, stanza).into_iter().collect(),
            leg: self.leg(side),
            ..blank(self.own(), transport)
        }
    }

    /// XEP-0096: a file is offered by one of several ways.
    pub(super) fn stream_initiation(
        &mut self,
        side: Side,
        id: &str,
        iq: &Element<'_>,
        si: &Element<'_>,
        out: &mut Out,
    ) {
        let (Some(file), Some(word)) = (si.find("file", ns::SI_FILE), si.said("id")) else {
            return;
        };
        let transport = method(si).unwrap_or(BYTESTREAMS);
        let length = file.attribute("size").and_then(|size| size.parse().ok());
        let name = file.attribute("name").unwrap_or_default();
        let offer = Offer {
            name: named(&name, out),
            size: length,
            token: Some(word.clone().into_owned()),
            ..self.offer(side, iq, transport)
        };
        self.files.keep(&offer, None, Vec::new());
        out.emit(Event::Offer(offer));
        if word.len() <= LONGEST {
            self.asked.keep(side, id, Question::File(word.into_owned()));
        }
    }

    /// The other side chose a way.
    pub(super) fn file_accepted(
        &mut self,
        side: Side,
        word: &str,
        answer: Option<&Element<'_>>,
        out: &mut Out,
    ) {
        if let (Some(offered), Some(chosen)) = (self.files.of(word), answer.and_then(method)) {
            offered.offer.transport = chosen;
        }
        self.files.step(word, OfferState::Accepted, self.leg(side), out);
    }

    /// XEP-0066: a file at some address, in a request of its own. Gives the word that joins its steps.
    pub(super) fn out_of_band(
        &mut self,
        side: Side,
        iq: &Element<'_>,
        oob: &Element<'_>,
        out: &mut Out,
    ) -> Option<String> {
        let url = oob.word("url")?;
        let offer = shared(url, self.offer(side, iq, OOB), out);
        self.files.keep(&offer, None, Vec::new());
        offer.token.filter(|url| url.len() <= LONGEST)
    }

    /// XEP-0363: the client asked for a place to put a file, and got one. Who will read it is said in
    /// messages.
    pub(super) fn slot(
        &mut self,
        side: Side,
        (name, length): (&str, Option<u64>),
        slot: &Element<'_>,
        out: &mut Out,
    ) {
        let get = slot.child("get");
        let url = get.and_then(|get| get.said("url").map(Cow::into_owned));
        let url = url.or_else(|| slot.word("get").map(str::to_owned));
        let name = named(name, out);
        out.emit(Event::Offer(Offer {
            name,
            size: length,
            token: url,
            leg: self.leg(side.other()),
            ..blank(self.own(), UPLOAD)
        }));
    }
}

/// A file at some address; whom it is for is in the offer.
pub(super) fn shared(url: &str, offer: Offer, out: &mut Out) -> Offer {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let offer = Offer { name: named(name, out), token: Some(url.to_owned()), ..offer };
    out.emit(Event::Offer(offer.clone()));
    offer
}

/// An offer of which nothing is known yet.
pub(super) fn blank(from: Who, transport: &'static str) -> Offer {
    Offer {
        from,
        to: Vec::new(),
        room: None,
        carries: Carries::File,
        transport,
        name: Text::default(),
        size: None,
        offset: 0,
        token: None,
        endpoint: None,
        listener: None,
        state: OfferState::Offered,
        leg: Leg::default(),
    }
}

/// The way that is offered first, or was chosen (XEP-0020).
fn method(si: &Element<'_>) -> Option<&'static str> {
    let form = si.child("feature")?.child("x")?;
    let field = form.children.iter().find(|field| field.is("var", "stream-method"))?;
    let chosen = field.word("value");
    let offered = || field.children.iter().find_map(|option| option.word("value"));
    match chosen.or_else(offered)? {
        ns::BYTESTREAMS => Some(BYTESTREAMS),
        ns::IBB => Some(IBB),
        _ => None,
    }
}

/// A file's name; what is wrong with it is told.
pub(super) fn named(name: &str, out: &mut Out) -> Text {
    if name.len() > LONGEST_NAME {
        out.weird("xmpp_name_oversized", format_args!("{} bytes", name.len()));
    }
    if leads_out(name) {
        out.weird("xmpp_name_leads_out", "a file's name that leaves its folder");
    }
    if poses(name) {
        out.weird("xmpp_name_poses", "a program that looks like another kind of file");
    }
    Text::new(name.chars().take(LONGEST_NAME).collect::<String>())
}

/// Longest name of a file where these programs run.
const LONGEST_NAME: usize = 255;
