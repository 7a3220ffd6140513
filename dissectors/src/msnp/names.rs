//! Accounts and statuses, as commands name them.

use crate::Account;
use crate::event::Status;

/// A person: `name@host`, before it perhaps the number of their network, behind it perhaps the
/// place they are signed on at (MSNP16 and later).
#[derive(Debug)]
pub(super) struct Name<'a> {
    /// `1` where nothing is said.
    network: &'a str,
    /// The account.
    pub(super) email: &'a str,
    /// `{GUID}` of the place.
    pub(super) place: Option<&'a str>,
}

/// Takes a word apart.
pub(super) fn name(word: &str) -> Name<'_> {
    let (word, place) = match word.split_once(';') {
        Some((word, place)) => (word, Some(place.trim_start_matches("epid="))),
        None => (word, None),
    };
    match word.split_once(':') {
        Some((network, email)) if network.bytes().all(|byte| byte.is_ascii_digit()) => {
            Name { network, email, place }
        }
        Some(("tel", _)) => Name { network: "4", email: word, place },
        _ => Name { network: "1", email: word, place },
    }
}

/// The account of a word.
pub(super) fn account(word: &str) -> Account {
    let name = name(word);
    on(name.network, name.email)
}

/// An account of a network that is known by its number.
pub(super) fn on(network: &str, email: &str) -> Account {
    let network = if network == "32" { "yahoo" } else { "msn" };
    Account::new(network, email.to_lowercase()).displayed(email)
}

/// A word that names an account.
pub(super) fn is_name(word: &str) -> bool {
    word.contains('@') && !word.starts_with('<')
}

/// What a state of presence means.
pub(super) fn status(code: &str) -> Option<Status> {
    Some(match code {
        "NLN" => Status::Online,
        "FLN" => Status::Offline,
        "HDN" => Status::Invisible,
        "IDL" => Status::Idle,
        "BSY" | "PHN" => Status::Busy,
        "AWY" | "BRB" | "LUN" => Status::Away,
        _ => return None,
    })
}
