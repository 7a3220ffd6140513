//! Addresses (RFC 7622): `local@domain/resource`, of which only the domain must be there.

use crate::{Account, Who};

/// An address, its local part and domain in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Jid {
    /// `local@domain`, or the domain.
    pub(super) bare: String,
    /// The domain.
    pub(super) domain: String,
    /// The resource, or the nickname of an occupant.
    pub(super) resource: Option<String>,
    /// The bare address as it was written.
    written: String,
}

impl Jid {
    /// Reads an address; nothing where there is no domain, or it is longer than any may be.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (written, resource) = match text.split_once('/') {
            Some((bare, resource)) => (bare, Some(resource).filter(|word| !word.is_empty())),
            None => (text, None),
        };
        let bare = written.to_lowercase();
        let domain = bare.split_once('@').map_or(bare.as_str(), |(_, domain)| domain).to_owned();
        let fits = !domain.is_empty() && text.len() <= LONGEST;
        let (written, resource) = (written.to_owned(), resource.map(str::to_owned));
        fits.then_some(Self { bare, domain, resource, written })
    }

    /// The address of an account whose name was said without its domain, or with it.
    pub(super) fn local(name: &str, domain: &str) -> Option<Self> {
        if name.contains('@') { Self::read(name) } else { Self::read(&format!("{name}@{domain}")) }
    }

    /// The same with another resource.
    pub(super) fn at(self, resource: Option<String>) -> Self {
        Self { resource, ..self }
    }

    /// Somebody's account, not a service.
    pub(super) fn is_person(&self) -> bool {
        self.bare.len() > self.domain.len() + 1
    }

    /// The address without its resource, and with it.
    pub(super) fn full(&self) -> String {
        match &self.resource {
            Some(resource) => format!("{}/{resource}", self.bare),
            None => self.bare.clone(),
        }
    }

    /// The account of this address.
    pub(super) fn account(&self) -> Account {
        let account = Account::new(&self.domain, &self.bare);
        Account {
            resource: self.resource.as_deref().map(Into::into),
            ..account.displayed(&self.written)
        }
    }

    /// The same as somebody a dissector speaks of.
    pub(super) fn who(&self) -> Who {
        Who::Account(self.account())
    }
}

/// Three parts of 1023 bytes, and what stands between them (RFC 7622 section 3.1).
const LONGEST: usize = 3071;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_up_to_three_parts() {
        let jid = Jid::read("Ann@IM.example/My/Desk").unwrap();
        assert_eq!((jid.bare.as_str(), jid.domain.as_str()), ("ann@im.example", "im.example"));
        assert_eq!(jid.resource.as_deref(), Some("My/Desk"));
        assert_eq!(jid.full(), "ann@im.example/My/Desk");
        assert_eq!(jid.account().display.as_deref(), Some("Ann@IM.example"));
        let service = Jid::read("im.example").unwrap();
        assert!(jid.is_person() && !service.is_person());
        assert_eq!(service.account().display, None);
        assert_eq!(Jid::read("ann@/x"), None);
        assert_eq!(Jid::read(""), None);
        assert_eq!(Jid::read(&"a".repeat(4000)), None);
    }
}
