//! People and programs, as protocols name them.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::Side;

/// A name, or an identifier: up to 24 bytes need no memory of their own.
pub type Name = compact_str::CompactString;

/// Somebody a dissector speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// An account by name.
    Account(Account),
    /// Whoever holds this token (a sign-on cookie, a session): the analyst knows the name from
    /// another flow, or nobody does.
    Ticket(Ticket),
    /// Somebody by a name that may be an account's elsewhere (an occupant of a room): whoever holds
    /// the token, if the analyst knows them, otherwise an account of this name.
    Alias(Ticket, Account),
    /// The person at this side of the flow, whose name was not heard.
    Unnamed(Side),
}

impl Who {
    /// The account, when it is known by name.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Account(account) | Self::Alias(_, account) => Some(account),
            _ => None,
        }
    }
}

/// An account: a name in a network. Accounts whose networks and names differ in case alone are the
/// same person to everybody above.
///
/// `name` is written the protocol's canonical way (a nickname as given, a screen name lower case
/// without blanks, a bare JID); `display` holds what the wire said where that differs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account {
    /// `aim`, `icq`, `irc:irc.example.org`, an XMPP domain.
    pub network: Name,
    /// As written in events: a nickname as given, a screen name lower case without blanks.
    pub name: Name,
    /// The original spelling, where `name` is not it.
    pub display: Option<Name>,
    /// An XMPP resource, or MQTT's client identifier.
    pub resource: Option<Name>,
}

impl Account {
    /// An account without a display form.
    pub fn new(network: impl Into<Name>, name: impl Into<Name>) -> Self {
        Self { network: network.into(), name: name.into(), display: None, resource: None }
    }

    /// The same account with its original spelling, kept only where it differs.
    #[must_use]
    pub fn displayed(mut self, display: impl Into<Name>) -> Self {
        let display = display.into();
        self.display = (display != self.name).then_some(display);
        self
    }
}

/// A token that stands for an account on another flow. It is a secret: whoever holds it can sign
/// on, so it prints as a length.
#[derive(Clone)]
pub struct Ticket {
    network: String,
    bytes: Box<[u8]>,
    side: Side,
}

impl Ticket {
    /// Keeps at most the first 512 bytes, which is more than any network issues.
    pub fn new(network: impl Into<String>, bytes: &[u8]) -> Self {
        let bytes = bytes.iter().copied().take(512).collect();
        Self { network: network.into(), bytes, side: Side::Client }
    }

    /// The same token, held by whoever speaks on this side: not a part of what it is.
    #[must_use]
    pub fn held_at(mut self, side: Side) -> Self {
        self.side = side;
        self
    }

    /// Where whoever holds it speaks; the client unless it was said.
    pub fn side(&self) -> Side {
        self.side
    }

    /// Network of the account behind it.
    pub fn network(&self) -> &str {
        &self.network
    }

    fn key(&self) -> (&str, &[u8]) {
        (&self.network, &self.bytes)
    }
}

impl PartialEq for Ticket {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Ticket {}

impl Hash for Ticket {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for Ticket {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ticket {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({}, {} bytes)", self.network, self.bytes.len())
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.bytes);
    }
}
