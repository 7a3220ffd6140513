//! Files offered by Jingle (XEP-0234): the negotiation (XEP-0166) of what is sent and by which way
//! (XEP-0260, XEP-0261). Calls are negotiated likewise, and are not read.

use super::asked::LONGEST;
use super::element::Element;
use super::files::{BYTESTREAMS, IBB, named};
use super::talk::Talk;
use crate::event::{Event, Offer, OfferState};
use crate::{Out, Side};

/// What carries a file by a way that is not followed.
const OTHER: &str = "xmpp-jingle";
/// Without their versions.
const FILE: &str = "urn:xmpp:jingle:apps:file-transfer:";
const S5B: &str = "urn:xmpp:jingle:transports:s5b:";
const IN_BAND: &str = "urn:xmpp:jingle:transports:ibb:";

impl Talk {
    /// A step of a negotiation.
    pub(super) fn jingle(
        &mut self,
        side: Side,
        iq: &Element<'_>,
        jingle: &Element<'_>,
        out: &mut Out,
    ) {
        let Some(word) = jingle.said("sid") else { return };
        let transport = jingle.child("content").and_then(|content| content.child("transport"));
        match jingle.attribute("action").as_deref() {
            Some("session-initiate") => self.proposed(side, iq, jingle, &word, out),
            Some("session-accept") => {
                if let Some(transport) = transport {
                    let hosts = self.hosts(transport, "candidate", "cid");
                    self.places(&word, hosts);
                }
                self.files.step(&word, OfferState::Accepted, self.leg(side), out);
            }
            Some("transport-info") => {
                let used = transport.and_then(|transport| transport.child("candidate-used"));
                if let Some(name) = used.and_then(|used| used.said("cid")) {
                    self.host_used(side, &word, &name, out);
                }
            }
            Some("session-terminate") => {
                let reason = jingle.child("reason").and_then(|reason| reason.children.first());
                if reason.is_some_and(|reason| matches!(reason.name, "decline" | "cancel" | "busy"))
                {
                    self.files.step(&word, OfferState::Declined, self.leg(side), out);
                }
            }
            _ => {}
        }
    }

    fn proposed(
        &mut self,
        side: Side,
        iq: &Element<'_>,
        jingle: &Element<'_>,
        word: &str,
        out: &mut Out,
    ) {
        let contents = jingle.children.iter().filter(|child| child.name == "content");
        let file = contents.clone().find_map(|content| {
            let about = content.child("description").filter(|it| it.ns.starts_with(FILE))?;
            let offered = about.child("offer").unwrap_or(about);
            Some((content, offered.child("file")?))
        });
        let Some((content, file)) = file else { return };
        let transport = content.child("transport");
        let way = match transport.map_or("", |transport| transport.ns) {
            space if space.starts_with(S5B) => BYTESTREAMS,
            space if space.starts_with(IN_BAND) => IBB,
            _ => OTHER,
        };
        let offer = Offer {
            name: named(file.word("name").unwrap_or_default(), out),
            size: file.word("size").and_then(|size| size.parse().ok()),
            token: Some(word.to_owned()),
            ..self.offer(side, iq, way)
        };
        let stream = transport.and_then(|transport| transport.said("sid"));
        let stream = stream.filter(|stream| stream.len() <= LONGEST);
        let hosts = transport.map(|it| self.hosts(it, "candidate", "cid")).unwrap_or_default();
        self.files.keep(&offer, stream.map(std::borrow::Cow::into_owned), Vec::new());
        self.places(word, hosts);
        let offered = self.files.of(word).map(|offered| offered.offer.clone());
        out.emit(Event::Offer(offered.unwrap_or(offer)));
    }
}
