//! What a request of the web is for, when it is one of Yahoo Messenger's.

use super::files::unescaped;
use crate::Text;
use crate::http::head::{Head, Start};
use encoding_rs::WINDOWS_1252;

/// A request of Yahoo Messenger's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// Its body is packets, or a packet and a file; so may be the body of the answer.
    Packets,
    /// A file on its way through the service; the sender posts it, the receiver gets it.
    Relay { sender: Vec<u8>, receiver: Vec<u8>, posts: bool },
    /// A file that lies with its sender.
    Peer { receiver: Vec<u8>, name: Text },
    /// The name and password of an account, or a token in their place.
    SignOn { account: Vec<u8>, password: Vec<u8>, token: Vec<u8> },
    /// Something else, or no more than a question whether it is there.
    Other,
}

/// What a request says it is for; nothing for one that is not Yahoo Messenger's, by its looks.
pub(super) fn request(head: &Head<'_>) -> Option<Request> {
    let Start::Request { method, target } = head.start else { return None };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = path_of(path);
    let said = |key| value(query, key);
    let asks = matches!(method, "GET" | "HEAD" | "POST");
    if method == "POST" && matches!(path, "/notify" | "/notifyft") {
        return Some(Request::Packets);
    }
    if path == "/relay" && asks && said("token").is_some() {
        let (sender, receiver) = (said("sender")?, said("recver")?);
        let relay = Request::Relay { sender, receiver, posts: method == "POST" };
        return Some(if method == "HEAD" { Request::Other } else { relay });
    }
    if path.starts_with("/Messenger.") && said("AppID").as_deref() == Some(b"Messenger") {
        let receiver = said("UserID")?;
        let peer = Request::Peer { name: named(path, &receiver), receiver };
        return Some(if method == "GET" { peer } else { Request::Other });
    }
    if method == "GET" && PAGES.contains(&path) {
        let get = |key| said(key).unwrap_or_default();
        let (account, password, token) = (get("login"), get("passwd"), get("token"));
        let empty = account.is_empty() && token.is_empty();
        return (!empty).then_some(Request::SignOn { account, password, token });
    }
    None
}

/// Pages to sign on at: the oldest answers with cookies and lists, the others with a token.
const PAGES: &[&str] = &["/config/ncclogin", "/config/pwtoken_get", "/config/pwtoken_login"];

/// The longest of the words [`request`] looks for, and all of them: a line without any is nobody's.
pub(super) const WORDS: &[&str] = &["/notify", "/relay?", "/Messenger.", "/config/"];

/// The path of a target that may be a whole address, as proxies are asked.
fn path_of(target: &str) -> &str {
    let Some(rest) = target.strip_prefix("http://") else { return target };
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
}

/// A value of a query.
fn value(query: &str, key: &str) -> Option<Vec<u8>> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == key).map(|(_, value)| unescaped(value.as_bytes()))
}

/// `/Messenger.RECEIVER.TIME000NAME`, where the time has ten digits.
fn named(path: &str, receiver: &[u8]) -> Text {
    let path = unescaped(path.as_bytes());
    let rest = path.strip_prefix(b"/Messenger.").and_then(|rest| rest.strip_prefix(receiver));
    let rest = rest.and_then(|rest| rest.strip_prefix(b".")).unwrap_or_default();
    let name = match rest.split_at_checked(13) {
        Some((time, name)) if time.iter().all(u8::is_ascii_digit) => name,
        _ => rest,
    };
    Text::guess(name, WINDOWS_1252)
}
