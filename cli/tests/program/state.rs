//! What is remembered from run to run.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::home::Home;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// An event at a time, as a line of a stream.
fn line(stream: &mut String, second: u64, kind: &str, object: &Value) {
    let at = jiff(second);
    let line = json!({
        "timestamp": at, "event_type": kind, "flow_id": 1, "src_ip": object.get("ip"),
        "src_port": 40_000, "dest_ip": "192.0.2.1", "dest_port": 5_190, kind: object,
    });
    writeln!(stream, "{line}").expect("a line");
}

/// A second of March 2011, as the stream writes it.
fn jiff(second: u64) -> String {
    let (day, rest) = (second / DAY + 1, second % DAY);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("2011-03-{day:02}T{hour:02}:{minute:02}:{second:02}.123456+0000")
}

fn say(stream: &mut String, second: u64, from: &str, to: &str, text: &str) {
    let message = json!({
        "message_id": format!("{second}{from}{to}"), "network": "aim", "from": from, "to": [to],
        "kind": "im", "text": text, "length": text.len(), "leg": "to_server", "protection": "none",
        "visible": ["text", "urls"],
    });
    line(stream, second, "message", &message);
}

fn sign_on(stream: &mut String, second: u64, ip: &str, client: &str) {
    let login = json!({
        "network": "aim", "account": "ann", "outcome": "success", "client": client, "ip": ip,
    });
    line(stream, second, "login", &login);
}

/// Twelve ordinary days of somebody.
fn days() -> String {
    let mut stream = String::new();
    let friends: Vec<_> = (0..10).map(|friend| json!({"account": format!("f{friend}")})).collect();
    let list = json!({"network": "aim", "account": "ann", "op": "list", "contacts": friends});
    line(&mut stream, 0, "roster", &list);
    for day in 0..12 {
        sign_on(&mut stream, day * DAY + 30, "10.1.2.3", "AIM/5.1");
        for friend in 0..10 {
            let (at, friend) = (day * DAY + 60 + friend * 3_701, format!("f{friend}"));
            say(&mut stream, at, "ann", &friend, "how are you");
            say(&mut stream, at + 61, &friend, "ann", "fine and you");
        }
    }
    stream
}

/// A week later somebody else signs on, and sends something to everybody.
fn theft() -> String {
    let (mut stream, at) = (String::new(), 18 * DAY + 26_000);
    sign_on(&mut stream, at, "192.0.2.9", "bot/1");
    for friend in 0..6 {
        let text = format!("is this you? http://pics.example/view?user=f{friend}");
        say(&mut stream, at + 9 + friend, "ann", &format!("f{friend}"), &text);
    }
    stream
}

/// The lines of a kind.
fn lines(out: &str, kind: &str) -> Vec<String> {
    let kind = format!(r#""event_type":"{kind}""#);
    out.lines().filter(|line| line.contains(&kind)).map(str::to_owned).collect()
}

const REPLAY: [&str; 4] = ["replay", "--json", "--state", "known"];

#[test]
fn two_runs_find_what_one_would() {
    let home = Home::new();
    let one = home.fed(&["replay", "--json", "-"], (days() + &theft()).as_bytes()).ends(0).out();
    let expected = lines(&one, "finding");
    for category in ["worm_fanout", "account_hijack"] {
        assert!(expected.iter().any(|line| line.contains(category)), "{category}: {expected:#?}");
    }

    let args = [&REPLAY[..], &["-"]].concat();
    home.fed(&args, days().as_bytes()).ends(0);
    let mode = std::fs::metadata(home.path("known")).expect("a state").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let two = home.fed(&[&args[..], &["-v"]].concat(), theft().as_bytes()).ends(0);
    assert!(two.err().contains("11 accounts are remembered, from 2011-03-01"), "{}", two.err());
    // But for the conversations that cross the boundary, everything is found alike.
    let told = |lines: Vec<String>| -> Vec<String> {
        let of = |line: &String| line.contains("worm_fanout") || line.contains("account_hijack");
        lines.into_iter().filter(of).collect()
    };
    assert_eq!(told(lines(&two.out(), "finding")), told(expected));

    let none = home.fed(&["replay", "--json", "-"], theft().as_bytes()).ends(0).out();
    assert!(!none.contains("account_hijack"), "without a state nobody knows better");
}

#[test]
fn a_state_that_cannot_be_read_is_put_aside() {
    let home = Home::new();
    let args = [&REPLAY[..], &["-"]].concat();
    home.fed(&args, days().as_bytes()).ends(0);
    let whole = std::fs::read(home.path("known")).expect("a state");
    home.file("known", whole.iter().map(|byte| byte ^ 0x55).collect::<Vec<_>>());
    let err = home.fed(&args, days().as_bytes()).ends(1).err();
    assert!(err.contains("--state known: it is no state of overhear"), "{err}");

    let mut damaged = whole.clone();
    damaged.iter_mut().skip(4_096).for_each(|byte| *byte ^= 0x55);
    home.file("known", &damaged);
    let err = home.fed(&args, days().as_bytes()).ends(0).err();
    assert!(err.contains("it is now known.unread-1, and what is known begins anew"), "{err}");
    assert_eq!(std::fs::read(home.path("known.unread-1")).expect("what was there"), damaged);
    let two = home.fed(&args, theft().as_bytes()).ends(0);
    assert!(two.out().contains("account_hijack") && two.err().is_empty(), "{}", two.err());
}

#[test]
fn two_sensors_do_not_share_a_state() {
    let home = Home::new();
    let args = [&REPLAY[..], &["-"]].concat();
    let mut child = home.child(&args);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(days().as_bytes()).expect("fed");
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    out.read_line(&mut line).expect("a line");
    let err = home.fed(&args, b"").ends(1).err();
    assert!(err.contains("--state known: another sensor has it open"), "{err}");
    drop(stdin);
    std::io::copy(&mut out, &mut std::io::sink()).expect("the rest");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn nothing_is_remembered_unless_asked_and_the_stream_says_so() {
    let home = Home::new();
    let capture = crate::home::trace("irc_office.pcap");
    let capture = capture.to_str().expect("a name");
    let plain = home.run(["read", "--json", capture]).ends(0).out();
    assert!(
        !plain.contains(r#""state":true"#) && !home.path(".local/state/overhear/known").exists()
    );
    let first = home.run(["read", "--json", "--state", "known", capture]).ends(0).out();
    assert!(first.lines().next().is_some_and(|line| line.contains(r#""state":true"#)), "{first}");
    let said = |stream: &str| lines(stream, "message").len();
    assert_eq!(said(&first), said(&plain));
    home.file("config.toml", "state = \"other\"\n");
    home.run(["read", "--config", "config.toml", "--json", capture]).ends(0);
    assert!(home.path("other").exists());
}
