//! Invitations of the first kind (`text/x-msmsgsinvite`): files by MSNFTP, voice, programs.

use super::hostile;
use super::say::Saying;
use super::talk::Talk;
use super::wire::Fields;
use crate::event::{Carries, Event, Offer, OfferState};
use crate::{Out, Text, Who};

/// File transfer among the programs one is invited to.
const FILES: &str = "{5D3E02AB-6190-11d3-BBBB-00C04F795683}";
/// What a file goes over.
pub(super) const TRANSPORT: &str = "msnftp";

/// A file offered, until its connection is.
#[derive(Clone, Debug)]
pub(super) struct Offered {
    cookie: String,
    from: Who,
    to: Vec<Who>,
    name: Text,
    size: Option<u64>,
}

/// Offers remembered.
const OFFERS: usize = 32;

/// An invitation, its acceptance, or the end of it. `Invitation-Cookie` joins them.
pub(super) fn invitation(talk: &mut Talk, saying: &Saying, body: &[u8], out: &mut Out) {
    let fields = Fields::of(body);
    let Some(cookie) = fields.get("Invitation-Cookie") else {
        return out.weird("msnp_invitation", "without a cookie");
    };
    hostile::cookie(cookie, out);
    let offers = &mut talk.peers.invited;
    let known = offers.iter().rev().find(|offer| offer.cookie == cookie).cloned();
    let (offered, state) = match (fields.get("Invitation-Command").unwrap_or_default(), known) {
        ("INVITE", _) => {
            let Some(offered) = offered(saying, cookie, fields) else { return };
            hostile::name(offered.name.expose(), out);
            offers.push_back(offered.clone());
            if offers.len() > OFFERS {
                offers.pop_front();
            }
            (offered, OfferState::Offered)
        }
        ("ACCEPT", Some(offered)) => (offered, OfferState::Accepted),
        ("CANCEL", Some(offered)) => (offered, OfferState::Declined),
        _ => return,
    };
    let address = fields.get("IP-Address").and_then(|address| address.parse().ok());
    let port = fields.get("Port").and_then(|port| port.parse().ok());
    let endpoint = address.zip(port);
    out.emit(Event::Offer(Offer {
        from: offered.from,
        to: offered.to,
        room: None,
        carries: Carries::Wrapped,
        transport: TRANSPORT,
        name: offered.name,
        size: offered.size,
        offset: 0,
        token: Some(offered.cookie),
        endpoint,
        listener: endpoint.map(|_| saying.from.clone()),
        state,
        leg: saying.leg,
    }));
}

/// What an invitation offers, when that is a file.
fn offered(saying: &Saying, cookie: &str, fields: Fields<'_>) -> Option<Offered> {
    fields.get("Application-GUID").filter(|purpose| purpose.eq_ignore_ascii_case(FILES))?;
    Some(Offered {
        cookie: cookie.to_owned(),
        from: saying.from.clone(),
        to: saying.place.to.clone(),
        name: Text::new(fields.get("Application-File")?),
        size: fields.get("Application-FileSize").and_then(|size| size.parse().ok()),
    })
}
