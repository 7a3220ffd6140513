//! What a dialogue yields, one short line for each event, so that all of it is read at a glance.

use overhear_testdata::{Side as Spoke, Turn, dialogue};

use crate::event::{
    Answer, Carried, Client, Credential, Login, Message, Offer, Presence, Profile, Protection,
    Room, Roster, Typing,
};
use crate::{Ends, Event, Next, Out, Protocol, Side, Step, Who};

/// What a dialogue yields, a line for each event.
fn hear(protocol: &dyn Protocol, name: &str) -> Vec<String> {
    let all = dialogue::all().unwrap();
    let name = format!("{}/{name}", protocol.facts().name);
    let dialogue = all.iter().find(|one| one.name == name).unwrap();
    let ends = Ends { client: dialogue.ends.client, server: dialogue.ends.server };
    let mut dissector = protocol.open(ends);
    let (mut out, mut pending) = (Out::new(), [Vec::new(), Vec::new()]);
    let side = |spoke: &Spoke| if *spoke == Spoke::Client { Side::Client } else { Side::Server };
    let mut told = Vec::new();
    for turn in &dialogue.turns {
        match turn {
            Turn::Gap(spoke, lost) => {
                pending[side(spoke) as usize].clear();
                dissector.gap(side(spoke), u64::from(*lost), &mut out);
            }
            Turn::Says(spoke, bytes) => {
                let side = side(spoke);
                let unread = &mut pending[side as usize];
                unread.extend_from_slice(bytes);
                match dissector.read(side, unread, &mut out) {
                    Step::Took { used, .. } => drop(unread.drain(..used)),
                    other => {
                        told.extend(out.drain().map(|event| line(&event)));
                        told.push(match other {
                            Step::Became { used, next: Next::Sealed(seal) } => {
                                format!("sealed {:?} after {used}", seal.verdict)
                            }
                            other => format!("{other:?}"),
                        });
                        return told;
                    }
                }
            }
        }
    }
    dissector.end(Side::Client, &mut out);
    dissector.end(Side::Server, &mut out);
    told.extend(out.drain().map(|event| line(&event)));
    told
}

/// What a client yields that is heard alone, in pieces of this size.
pub(crate) fn client_says(protocol: &dyn Protocol, bytes: &[u8], piece: usize) -> Vec<String> {
    let ends = Ends {
        client: "10.0.0.11:40000".parse().unwrap(),
        server: "10.0.0.1:6667".parse().unwrap(),
    };
    let (mut dissector, mut out, mut unread) = (protocol.open(ends), Out::new(), Vec::new());
    for piece in bytes.chunks(piece) {
        unread.extend_from_slice(piece);
        if let Step::Took { used, .. } = dissector.read(Side::Client, &unread, &mut out) {
            unread.drain(..used);
        }
    }
    dissector.end(Side::Client, &mut out);
    dissector.end(Side::Server, &mut out);
    out.drain().map(|event| line(&event)).collect()
}

/// The dialogue yields exactly these events.
#[track_caller]
pub(crate) fn hears(protocol: &dyn Protocol, name: &str, expected: &str) {
    let heard = hear(protocol, name)
        .iter()
        .map(|line| line.replace('\n', "\\n").replace('\0', "NUL"))
        .collect::<Vec<_>>();
    let heard: Vec<_> = heard.iter().map(|line| line.trim()).collect();
    let expected: Vec<_> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(heard, expected);
}

fn who(who: &Who) -> String {
    match who.account() {
        Some(account) => account.display.as_ref().unwrap_or(&account.name).to_string(),
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
fn line(event: &Event) -> String {
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
        Event::Message(Message { from, to, room, kind, text: said, leg, protection, .. }) => {
            let room = room.as_deref().unwrap_or_default();
            let sealed = match protection {
                Protection::None => String::new(),
                sealed => format!(" [{sealed:?}]"),
            };
            format!("{kind:?} {leg:?} {}>{}{room} {}{sealed}", who(from), all(to), text(Some(said)))
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
        Event::Profile(Profile { who: by, op, fields, .. }) => {
            let by = by.as_ref().map(who).unwrap_or_default();
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| format!("{name}={}", text(Some(value))))
                .collect();
            format!("profile {op:?} {by} {}", fields.join(" "))
        }
        Event::Carried(Carried { offer, content, .. }) => {
            let whole = if content.sha256.is_some() { "whole" } else { "in part" };
            format!("carried {whole} {} {}", content.bytes, offered(offer))
        }
        Event::Ticket(ticketed) => format!("ticket {}", who(&ticketed.who)),
        Event::Seal(seal) => format!("seal {:?}", seal.verdict),
        Event::Unclaimed(unclaimed) => format!("{unclaimed:?}"),
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
