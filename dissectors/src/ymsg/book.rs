//! The address book, which is fetched over the web: elements with attributes, `<ct yi="…" nn="…"/>` or
//! (until 2005) `<record userid="…" nname="…"/>`. It holds the names people gave their buddies.

use super::people;
use super::talk::Talk;
use crate::event::{Contact, RosterOp};
use crate::{Out, html};

/// The elements, and their attributes: account, nickname, first and last name.
const ELEMENTS: [(&str, [&str; 4]); 2] =
    [("<ct ", ["yi", "nn", "fn", "ln"]), ("<record ", ["userid", "nname", "fname", "lname"])];
/// Entries told of one book.
const ENTRIES: usize = 4096;

/// Tells the entries that name an account of the network.
pub(super) fn tell(talk: &Talk, page: &[u8], out: &mut Out) {
    let page = String::from_utf8_lossy(page);
    let contacts: Vec<_> = page.split('<').filter_map(entry).take(ENTRIES).collect();
    if !contacts.is_empty() {
        talk.roster(RosterOp::List, contacts, false, out);
    }
}

/// An element without its first mark.
fn entry(element: &str) -> Option<Contact> {
    let element = element.split('>').next()?;
    let (inside, names) = ELEMENTS.iter().find_map(|(name, attributes)| {
        let inside = element.strip_prefix(name.strip_prefix('<')?)?;
        Some((inside, attributes))
    })?;
    let [account, nick, first, last] = names.map(|name| attribute(inside, name));
    let account = account?;
    let whole = [first, last].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let alias = nick.or((!whole.is_empty()).then_some(whole));
    Some(Contact { who: people::who(account.as_bytes()), alias, group: None })
}

/// An attribute's value, unless it is empty.
fn attribute(inside: &str, name: &str) -> Option<String> {
    let mut rest = inside;
    while let Some((key, behind)) = rest.split_once("=\"") {
        let (value, next) = behind.split_once('"')?;
        if key.trim() == name {
            let value = html::text(value);
            return (!value.is_empty()).then(|| people::short(value.as_bytes()));
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let told = |element: &str| {
            let contact = entry(element)?;
            let name = contact.who.account().map(|account| account.name.to_string())?;
            Some((name, contact.alias))
        };
        let bob = |alias: &str| Some(("bob_x".to_owned(), Some(alias.to_owned())));
        assert_eq!(told("ct id=\"2\" yi=\"Bob_X\" nn=\"B &amp; B\" fn=\"Bob\"/>\n"), bob("B & B"));
        assert_eq!(told("record userid=\"bob&#95;x\" fname=\"Bob\" lname=\"X\"/>"), bob("Bob X"));
        assert_eq!(told("ct yi=\"bob_x\" nn=\"\"/>"), Some(("bob_x".to_owned(), None)));
        for other in ["ct id=\"3\" nn=\"no account\"/>", "ct yi=\"cut", "context yi=\"x\"/>", ""] {
            assert_eq!(told(other), None, "{other}");
        }
    }
}
