//! Whatever the size of the terminal, and whatever is pressed, something is drawn and nothing breaks.

use crate::common::{app, drawn, lines, press};
use proptest::prelude::*;

#[test]
fn every_small_size_shows_something_in_every_view() {
    let lines = lines("irc_office.pcap");
    for keys in [
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "2 enter",
        "2 j enter",
        "3 enter",
        "5 enter",
        "6 enter",
        "7 enter",
        "2 ?",
        "2 / x",
        "0",
        "T 1",
        "X 2",
    ] {
        let mut app = app("irc_office.pcap", &lines);
        press(&mut app, keys);
        for width in 1..=45 {
            for height in 1..=14 {
                let buffer = drawn(&mut app, width, height);
                let written = buffer.content().iter().any(|cell| cell.symbol() != " ");
                assert!(written, "{keys} at {width}×{height}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_keys_at_any_size(
        width in 1u16..220,
        height in 1u16..70,
        keys in prop::collection::vec("[1-9a-zA-Z?/,.<>+-]|enter|esc|tab|up|down|pagedown|end", 0..40),
    ) {
        let lines = lines("irc_services.pcap");
        let mut app = app("irc_services.pcap", &lines);
        for key in &keys {
            press(&mut app, key);
            drawn(&mut app, width, height);
        }
    }
}
