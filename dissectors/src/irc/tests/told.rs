//! Events in short, one line each, so that a dialogue's whole yield can be read at a glance.

use crate::event::{
    Answer, Client, Credential, Login, Message, Offer, Presence, Room, Roster, Typing,
};
use crate::{Event, Who};

fn who(who: &Who) -> String {
    match who.account() {
        Some(account) => account.display.clone().unwrap_or_else(|| account.name.clone()),
        None => "?".to_owned(),
    }
}

fn all(people: &[Who]) -> String {
    people.iter().map(who).collect::<Vec<_>>().join(",")
}

fn text(text: Option<&crate::Text>) -> String {
    text.map(|text| text.masked(|_| "*".to_owned()).into_owned()).unwrap_or_default()
}

/// One event in short.
pub(super) fn line(event: &Event) -> String {
    match event {
        Event::Login(Login { who: by, method, outcome, server, .. }) => {
            format!("login {} {method} {outcome:?} {}", who(by), server.as_deref().unwrap_or("-"))
        }
        Event::Credential(Credential { attempt, who: by, kind, mechanism, strength, secret }) => {
            let secret = String::from_utf8_lossy(secret.expose());
            format!("credential {attempt} {} {kind:?} {mechanism} {strength:?} {secret}", who(by))
        }
        Event::Answer(Answer { attempt, accepted, who: by }) => {
            format!("answer {attempt} {accepted:?} {}", by.as_ref().map(who).unwrap_or_default())
        }
        Event::Message(Message { from, to, room, kind, text: said, leg, .. }) => {
            let room = room.as_deref().unwrap_or_default();
            format!("{kind:?} {leg:?} {}>{}{room} {}", who(from), all(to), text(Some(said)))
        }
        Event::Room(Room { room, who: by, by: other, op, text: said, .. }) => {
            let other = other.as_ref().map(who).unwrap_or_default();
            format!("{op:?} {room} {} {other} {}", who(by), text(said.as_ref()))
        }
        Event::Presence(Presence { who: by, status, text: said, .. }) => {
            format!("{status:?} {} {}", who(by), text(said.as_ref()))
        }
        Event::Roster(Roster { op, contacts, .. }) => {
            let people: Vec<_> = contacts.iter().map(|contact| contact.who.clone()).collect();
            format!("roster {op:?} {}", all(&people))
        }
        Event::Offer(offer) => offered(offer),
        Event::Weird(weird) => format!("weird {}", weird.name),
        Event::Typing(Typing { from, to, room, state }) => {
            format!(
                "typing {} {}{} {state:?}",
                who(from),
                all(to),
                room.as_deref().unwrap_or_default()
            )
        }
        Event::Client(Client { who: by, product, version, .. }) => {
            format!("client {} {product:?} {version:?}", who(by))
        }
        Event::Seal(seal) => format!("seal {:?}", seal.verdict),
        other => format!("{other:?}"),
    }
}

fn offered(offer: &Offer) -> String {
    let Offer { from, to, transport, name, size, offset, token, endpoint, listener, state, .. } =
        offer;
    let (token, at) =
        (token.as_deref().unwrap_or("-"), endpoint.map(|(host, port)| format!("{host} {port}")));
    let listener = listener.as_ref().map(who).unwrap_or_default();
    format!(
        "{state:?} {transport} {}>{} {:?} {size:?} +{offset} {token} {} {listener}",
        who(from),
        all(to),
        name.expose(),
        at.unwrap_or_default(),
    )
}
