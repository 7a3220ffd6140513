//! Every view at three sizes, as it is drawn of captures of ours. `BLESS=1` writes them anew.

use std::fs;
use std::path::Path;

use crate::common::{app, drawn, lines, press, text};

/// Sizes: a phone's, the smallest usual one, and a wide one.
const SIZES: [(u16, u16); 3] = [(40, 10), (80, 24), (160, 50)];

/// Names, captures, and the keys that lead there.
const SCREENS: &[(&str, &str, &str)] = &[
    ("overview", "irc_office.pcap", "1"),
    ("conversations", "irc_office.pcap", "2"),
    ("ladder", "irc_office.pcap", "2 j enter"),
    ("room", "irc_office.pcap", "2 enter"),
    ("credentials", "irc_services.pcap", "3"),
    ("credential", "irc_services.pcap", "3 enter"),
    ("outbreaks", "outbreak", "4"),
    ("outbreak", "outbreak", "4 enter"),
    ("accounts", "irc_services.pcap", "5"),
    ("account", "irc_services.pcap", "5 enter"),
    ("roster", "roster", "5 enter"),
    ("files", "irc_office.pcap", "6"),
    ("file", "irc_office.pcap", "6 enter"),
    ("findings", "irc_services.pcap", "7"),
    ("finding", "irc_services.pcap", "7 enter"),
    ("filter", "irc_services.pcap", "7 / s e v : h i g h"),
    ("health", "irc_office.pcap", "8"),
    ("private", "irc_office.pcap", "X 2 enter"),
    ("help", "irc_office.pcap", "2 ?"),
    ("held", "irc_office.pcap", "0 > > > 2"),
];

#[test]
fn every_view_is_as_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens/frames");
    let mut wrong = Vec::new();
    for (name, capture, keys) in SCREENS {
        let lines = lines(capture);
        for (width, height) in SIZES {
            let mut app = app(capture, &lines);
            press(&mut app, keys);
            let now = text(&drawn(&mut app, width, height));
            let path = folder.join(format!("{name}-{width}x{height}.txt"));
            if std::env::var_os("BLESS").is_some() {
                fs::write(&path, &now).unwrap();
            } else if fs::read_to_string(&path).unwrap_or_default() != now {
                wrong.push(format!("{}:\n{now}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
