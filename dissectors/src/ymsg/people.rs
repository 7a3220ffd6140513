//! Names, as Yahoo and the networks it was joined with write them.

use encoding_rs::{UTF_8, WINDOWS_1252};

use super::wire::pairs::{Pairs, number};
use crate::{Account, Text, Who};

/// Key of the network somebody belongs to.
const FEDERATION: u32 = 241;
/// Key that says a text is UTF-8.
const UTF8: u32 = 97;

/// An account of Yahoo itself; names there do not differ by case.
pub(super) fn account(name: &[u8]) -> Account {
    of(name, None)
}

/// The same as somebody to speak of.
pub(super) fn who(name: &[u8]) -> Who {
    Who::Account(account(name))
}

/// Somebody of whom a packet also says the network.
pub(super) fn far(name: &[u8], packet: &Pairs<'_>) -> Who {
    Who::Account(of(name, packet.get(FEDERATION)))
}

/// An account of the network with this number: Yahoo's own, or one it was joined with.
pub(super) fn of(name: &[u8], federation: Option<&[u8]>) -> Account {
    let name = short(name);
    let display = name.trim();
    let network = match federation.and_then(number) {
        Some(1) => "lcs",
        Some(2) => "msn",
        Some(9) => "sametime",
        Some(100) => "pbx",
        _ => "yahoo",
    };
    Account::new(network, display.to_lowercase()).displayed(display)
}

/// Names of people, rooms and groups, which state no charset: at most so many bytes of them, for one
/// may be told with everybody in it.
pub(super) fn short(name: &[u8]) -> String {
    let name = name.get(..LONGEST).unwrap_or(name);
    Text::guess(name, WINDOWS_1252).expose().to_owned()
}

/// Bytes kept of a name.
const LONGEST: usize = 256;

/// A text of a packet that may say it is UTF-8.
pub(super) fn text(bytes: &[u8], packet: &Pairs<'_>) -> Text {
    decoded(bytes, packet.get(UTF8))
}

/// A text with what its packet says of its charset: `1` is UTF-8, anything else nothing.
pub(super) fn decoded(bytes: &[u8], utf8: Option<&[u8]>) -> Text {
    match utf8 {
        Some(b"1") => Text::decode(bytes, UTF_8),
        _ => Text::guess(bytes, WINDOWS_1252),
    }
}
