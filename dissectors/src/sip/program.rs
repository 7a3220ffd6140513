//! Programs that name themselves, in `User-Agent` and `Server`.

use super::asked::hash;
use super::talk::Talk;
use crate::event::{Client, Event};
use crate::{Out, Side, Who};

impl Talk {
    /// A program named itself: told once.
    pub(super) fn program(
        &mut self,
        side: Side,
        who: Who,
        named: Option<&str>,
        source: &'static str,
        out: &mut Out,
    ) {
        let Some(named) = named.map(str::trim).filter(|named| !named.is_empty()) else { return };
        let owner = who.account().map(|account| account.name.clone()).unwrap_or_default();
        let known = hash(&[&[side as u8], owner.as_bytes(), named.as_bytes(), source.as_bytes()]);
        if self.told.is_new(known) {
            let (product, version) = version(named);
            out.emit(Event::Client(Client { who, product, version, source }));
        }
    }
}

/// A program and its version: `Linphone/3.9.1 (belle-sip/1.4.2)`, `Nero SIPPS IP Phone Version
/// 2.0.51.16`.
fn version(named: &str) -> (String, Option<String>) {
    let begins = named
        .char_indices()
        .zip(named.chars().skip(1))
        .find(|((_, before), c)| matches!(before, '/' | ' ' | '(') && c.is_ascii_digit());
    let Some(((at, _), _)) = begins else { return (named.to_owned(), None) };
    let (product, version) = named.split_at_checked(at).unwrap_or((named, ""));
    let product = product.trim();
    let words = ["Version", "version", "release"];
    let product =
        words.iter().find_map(|word| product.strip_suffix(word)).unwrap_or(product).trim();
    let version = version.get(1..).and_then(|version| version.split([' ', ';', ',', ')']).next());
    (product.to_owned(), version.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_have_versions() {
        for (named, product, number) in [
            ("Linphone/3.9.1 (belle-sip/1.4.2)", "Linphone", Some("3.9.1")),
            ("Nero SIPPS IP Phone Version 2.0.51.16", "Nero SIPPS IP Phone", Some("2.0.51.16")),
            ("Asterisk PBX 16.2.1~dfsg", "Asterisk PBX", Some("16.2.1~dfsg")),
            ("kamailio (5.2.1 (x86_64/linux))", "kamailio", Some("5.2.1")),
            ("kphone", "kphone", None),
        ] {
            assert_eq!(version(named), (product.to_owned(), number.map(str::to_owned)));
        }
    }
}
