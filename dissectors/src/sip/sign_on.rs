//! Secrets in requests, and what came of them; who registers.

use super::asked::{Asked, Method, hash};
use super::talk::{Saying, Talk};
use super::wire::Message;
use crate::event::{Answer, Credential, Event, Login, Outcome, Presence, Status, Strength};
use crate::http::authorization::{self, Read};
use crate::{Account, Out, Who};

/// Who registered on this flow.
#[derive(Debug, Default)]
pub(super) struct Registered {
    /// The side that registers; the other one is the service.
    pub(super) side: Option<crate::Side>,
    /// Accounts whose success was told, by hash.
    accounts: Vec<u64>,
    attempts: u32,
}

/// Fields that bring a secret.
const FIELDS: &[&str] = &["Authorization", "Proxy-Authorization"];

/// The secrets of a request; each is told once.
pub(super) fn secrets(
    talk: &mut Talk,
    saying: &Saying<'_>,
    out: &mut Out,
) -> Vec<(u32, &'static str)> {
    let mut attempts = Vec::new();
    for value in FIELDS.iter().flat_map(|name| saying.message.fields(name)).take(SECRETS) {
        let said = match authorization::read(value) {
            Read::Secret(said) => said,
            Read::Other(scheme) => {
                out.weird("sip_authorization_unread", scheme);
                continue;
            }
            Read::Malformed(_) => {
                out.weird("sip_authorization", format_args!("{} bytes", value.len()));
                continue;
            }
        };
        // The same proof comes again when a request is sent again by another way.
        if !talk.told.is_new(hash(&[b"secret", said.secret.expose()])) {
            continue;
        }
        let (mechanism, strength) = match said.mechanism {
            "http-basic" => ("sip-basic", said.strength),
            "http-bearer" => ("sip-bearer", said.strength),
            _ => digest(value, said.strength),
        };
        talk.registered.attempts = talk.registered.attempts.wrapping_add(1);
        let (attempt, who) = (talk.registered.attempts, owner(saying, said.user.as_deref()));
        let (kind, secret) = (said.kind, said.secret);
        out.emit(Event::Credential(Credential { attempt, who, kind, mechanism, strength, secret }));
        attempts.push((attempt, mechanism));
    }
    attempts
}

/// Whose secret it is: the user's it names, at the domain of whoever makes the request.
fn owner(saying: &Saying<'_>, user: Option<&str>) -> Who {
    let asks = if saying.method == "REGISTER" { &saying.to } else { &saying.from };
    match user {
        None => asks.who(),
        Some(user) if user.contains('@') => {
            let user = user.strip_prefix("sip:").unwrap_or(user);
            let domain = user.rsplit_once('@').map_or("", |(_, domain)| domain);
            Who::Account(Account::new(domain.to_ascii_lowercase(), user))
        }
        Some(user) => {
            let host = &asks.host;
            Who::Account(Account::new(host.clone(), format!("{user}@{host}")))
        }
    }
}

/// The algorithm of a digest: MD5 where none is named (RFC 2617, RFC 7616, RFC 8760; AKA is RFC
/// 3310).
fn digest(value: &[u8], fast: Strength) -> (&'static str, Strength) {
    let named = value.iter().position(u8::is_ascii_whitespace).and_then(|at| value.get(at..));
    let mut parameters = authorization::parameters(named.unwrap_or_default());
    let algorithm = parameters.find(|(key, _)| key.eq_ignore_ascii_case(b"algorithm"));
    let algorithm = algorithm.map(|(_, value)| value.to_ascii_uppercase()).unwrap_or_default();
    match algorithm.as_slice() {
        b"" | b"MD5" => ("sip-digest-md5", fast),
        b"MD5-SESS" => ("sip-digest-md5-sess", fast),
        b"SHA-256" => ("sip-digest-sha-256", fast),
        b"SHA-256-SESS" => ("sip-digest-sha-256-sess", fast),
        b"SHA-512-256" => ("sip-digest-sha-512-256", fast),
        b"SHA-512-256-SESS" => ("sip-digest-sha-512-256-sess", fast),
        // The password is a key that a card computed for this once.
        aka if aka.starts_with(b"AKAV") => ("sip-digest-aka", Strength::Strong),
        _ => ("sip-digest", fast),
    }
}

/// Whether a registration is taken back: every address of it, or those that are named, now.
pub(super) fn leaves(message: &Message<'_>) -> bool {
    let contact = message.text("Contact").unwrap_or_default();
    let parameter = super::body::parameter(contact, "expires");
    match parameter {
        Some(seconds) => seconds.trim_matches('>') == "0",
        None => !contact.is_empty() && message.number("Expires") == Some(0),
    }
}

/// The answer of secrets was heard.
pub(super) fn judged(
    secrets: &mut Vec<(u32, &'static str)>,
    accepted: Option<bool>,
    out: &mut Out,
) {
    for (attempt, _) in secrets.drain(..).filter(|_| accepted.is_some()) {
        out.emit(Event::Answer(Answer { attempt, accepted, who: None }));
    }
}

/// A final answer.
pub(super) fn answered(
    talk: &mut Talk,
    asked: &mut Asked,
    status: u16,
    message: &Message<'_>,
    out: &mut Out,
) {
    let accepted = match status {
        200..300 => Some(true),
        // The server asks for the same with a newer number.
        401 | 407 if is_stale(message) => None,
        401 | 403 | 407 => Some(false),
        _ => None,
    };
    let tried = asked.secrets.first().map(|(_, mechanism)| *mechanism);
    judged(&mut asked.secrets, accepted, out);
    if asked.method != Method::Register {
        return;
    }
    let method = tried.unwrap_or("none");
    match accepted {
        Some(true) if asked.leaves => {
            forget(talk, &asked.from);
            let who = asked.from.clone();
            let presence = Presence { who, status: Status::Offline, text: None, address: None };
            out.emit(Event::Presence(presence));
        }
        Some(true) if remember(talk, &asked.from) => {
            login(asked, method, Outcome::Success, out);
        }
        Some(true) => {}
        // Without a secret it was the first half of a sign-on.
        _ if matches!(status, 401 | 407) && (tried.is_none() || accepted.is_none()) => {}
        _ if status >= 400 => login(asked, method, Outcome::Failure, out),
        _ => {}
    }
}

/// Whether a challenge says that the proof was right but for its age.
fn is_stale(message: &Message<'_>) -> bool {
    let names = ["WWW-Authenticate", "Proxy-Authenticate"];
    let mut fields = names.iter().flat_map(|name| message.fields(name));
    fields.any(|value| value.to_ascii_lowercase().windows(10).any(|part| part == b"stale=true"))
}

/// Nobody answered.
pub(super) fn unanswered(talk: &mut Talk, asked: &Asked, out: &mut Out) {
    if asked.method == Method::Register && !asked.leaves && !knows(talk, &asked.from) {
        let method = asked.secrets.first().map_or("none", |(_, mechanism)| mechanism);
        login(asked, method, Outcome::Attempt, out);
    }
}

fn login(asked: &Asked, method: &'static str, outcome: Outcome, out: &mut Out) {
    let who = asked.from.clone();
    out.emit(Event::Login(Login { who, method, outcome, client: None, server: None }));
}

fn number(who: &Who) -> u64 {
    let account = who.account();
    hash(&[account.map(|account| account.name.as_bytes()).unwrap_or_default()])
}

fn knows(talk: &Talk, who: &Who) -> bool {
    talk.registered.accounts.contains(&number(who))
}

/// Registrations are refreshed every few minutes; true for the first.
fn remember(talk: &mut Talk, who: &Who) -> bool {
    if knows(talk, who) {
        return false;
    }
    if talk.registered.accounts.len() == ACCOUNTS {
        talk.registered.accounts.remove(0);
    }
    talk.registered.accounts.push(number(who));
    true
}

fn forget(talk: &mut Talk, who: &Who) {
    let gone = number(who);
    talk.registered.accounts.retain(|known| *known != gone);
}

/// Secrets of one request.
const SECRETS: usize = 8;
/// Accounts remembered on one flow.
const ACCOUNTS: usize = 64;
