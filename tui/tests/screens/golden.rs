//! Every view at three sizes, as it is drawn of captures of ours. `BLESS=1` writes them anew.

use std::fs;
use std::path::Path;

use overhear_tui::keys::ACTIONS;

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

/// The table of keys in the documentation is the one the program has.
#[test]
fn the_documentation_names_every_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/dashboard.md");
    let page = fs::read_to_string(&path).unwrap();
    let (begin, end) = ("cargo nextest run -p overhear-tui` -->\n", "<!-- end of keys -->");
    let (before, rest) = page.split_once(begin).unwrap();
    let (table, after) = rest.split_once(end).unwrap();
    let mut now = String::from("| action | keys | what it does |\n| --- | --- | --- |\n");
    for (_, name, keys, says) in ACTIONS {
        let keys: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
        now += &format!("| `{name}` | {} | {says} |\n", keys.join(" "));
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, format!("{before}{begin}{now}{end}{after}")).unwrap();
    } else {
        assert_eq!(table, now);
    }
}
