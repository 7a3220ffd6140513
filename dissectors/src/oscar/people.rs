//! Names, as OSCAR's two networks write them.

use encoding_rs::WINDOWS_1252;

use crate::{Account, Text, Who};

/// The account of a screen name: ICQ's are numbers, AIM's are folded to lower case without blanks.
pub(crate) fn account(name: &[u8]) -> Account {
    let display = Text::guess(name, WINDOWS_1252);
    let display = display.expose();
    if !display.is_empty() && display.bytes().all(|byte| byte.is_ascii_digit()) {
        return Account::new("icq", display);
    }
    let folded: String =
        display.chars().filter(|c| *c != ' ').flat_map(char::to_lowercase).collect();
    Account::new("aim", folded).displayed(display)
}

/// The same as somebody to speak of.
pub(crate) fn who(name: &[u8]) -> Who {
    Who::Account(account(name))
}
