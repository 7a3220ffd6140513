//! Recorded streams, judged and shown again.

use crate::home::{Home, passed, stream};

#[test]
fn lines_pass_byte_for_byte_and_a_second_replay_changes_nothing() {
    let home = Home::new();
    let office = stream("office.ndjson");
    let once = home.fed(&["replay", "--json", "-"], office.as_bytes()).ends(0).out();
    assert_eq!(passed(&once), passed(&office));
    assert!(once.lines().last().is_some_and(|line| line.contains(r#""event_type":"stats""#)));
    let twice = home.fed(&["replay", "--json", "-"], once.as_bytes()).ends(0).out();
    assert_eq!(twice, once);
}

#[test]
fn odd_spelling_and_unknown_events_pass() {
    let home = Home::new();
    let lines = concat!(
        "{ \"event_type\" : \"typing\", \"later\":1e3, \"typing\":{\"network\":\"aim\",\"from\":\"a\",\"state\":\"active\"}}\n",
        "{\"event_type\":\"hologram\",\"hologram\":{\"x\":[1,2]}}\n"
    );
    let out = home.fed(&["replay", "--json", "-"], lines.as_bytes()).ends(0).out();
    assert!(out.starts_with(lines), "{out}");
}

#[test]
fn a_bad_line_is_named_and_the_rest_goes_on() {
    let home = Home::new();
    let office = stream("office.ndjson");
    let (first, rest) = office.split_once('\n').expect("lines");
    let broken = [
        first,
        "{\"event_type\":\"message\",\"mess",
        "{\"event_type\":\"message\",\"message\":{\"from\":1}}",
        "{\"event_type\":\"message\",\"typing\":{\"network\":\"aim\",\"from\":\"a\",\"state\":\"active\"}}",
        "\u{feff}[]",
    ]
    .join("\n");
    let path = home.file("broken.json", format!("{broken}\n{rest}"));
    let ran = home.run(["replay", "--json", path.to_str().expect("a name")]).ends(1);
    assert_eq!(passed(&ran.out()), passed(&office));
    for line in 2..=5 {
        assert!(ran.err().contains(&format!("broken.json: line {line}: ")), "{}", ran.err());
    }
}

/// A stream in another language is told of in a few words.
#[test]
fn many_bad_lines_are_counted() {
    let ran = Home::new().fed(&["replay", "--json", "-"], "not json\n".repeat(1_000).as_bytes());
    let ran = ran.ends(1);
    assert_eq!(ran.err().lines().count(), 21, "{}", ran.err());
    assert!(ran.err().ends_with("980 more lines are no events\n"), "{}", ran.err());
}

#[test]
fn a_missing_stream_does_not_keep_the_others_from_it() {
    let home = Home::new();
    let office = stream("office.ndjson");
    let path = home.file("office.json", &office);
    let ran =
        home.run(["replay", "--json", "nowhere.json", path.to_str().expect("a name")]).ends(1);
    assert_eq!(passed(&ran.out()), passed(&office));
    assert!(ran.err().contains("nowhere.json: "), "{}", ran.err());
    let ran = home.run(["replay", "--json", "nowhere.json"]).ends(1);
    assert!(ran.out().is_empty());
}

#[test]
fn several_streams_are_one_in_order_of_time() {
    let home = Home::new();
    let typing = |at: &str, who: &str| {
        let timestamp = format!("2026-01-01T00:00:{at}.000000+0000");
        let typing = serde_json::json!({"network": "aim", "from": who, "state": "active"});
        format!("{{\"timestamp\":\"{timestamp}\",\"event_type\":\"typing\",\"typing\":{typing}}}\n")
    };
    // The second line of the first stream steps back: it stays behind its first.
    let one = [typing("05", "a"), typing("01", "b"), typing("09", "c")].concat();
    let two = [typing("02", "d"), typing("05", "e"), typing("07", "f")].concat();
    let (one, two) = (home.file("one", one), home.file("two", two));
    let ran = home.run(["replay".as_ref(), "--json".as_ref(), one.as_os_str(), two.as_os_str()]);
    let out = ran.ends(0).out();
    let order: String = out
        .lines()
        .filter_map(|line| {
            let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
            event["typing"]["from"].as_str().map(str::to_owned)
        })
        .collect();
    assert_eq!(order, "dabefc");
}

#[test]
fn ledgers_are_added_and_a_run_is_one_streams_own() {
    let home = Home::new();
    let stats = r#"{"event_type":"stats","stats":{"ledger":{"frames":5},"events":{},"messages":0,"findings":{},"run":{"wall":0.1}}}"#;
    let (one, two) = (home.file("one", stats), home.file("two", stats));
    let last = |args: &[&std::path::Path]| -> serde_json::Value {
        let args =
            ["replay", "--json"].map(std::path::Path::new).into_iter().chain(args.iter().copied());
        serde_json::from_str(home.run(args).ends(0).out().lines().last().expect("stats"))
            .expect("JSON")
    };
    let alone = last(&[&one]);
    assert_eq!(
        (&alone["stats"]["ledger"]["frames"], &alone["stats"]["run"]["wall"]),
        (&5.into(), &0.1.into())
    );
    let both = last(&[&one, &two]);
    assert_eq!(both["stats"]["ledger"]["frames"], 10);
    assert!(both["stats"].get("run").is_none(), "{both}");
}

/// A stream with revealed secrets, one of them also inside a message.
fn revealed() -> String {
    let office = stream("office.ndjson")
        .replace(r#""secrets":"masked""#, r#""secrets":"reveal""#)
        .replace("the new build is up", "IDENTIFY s3cret-of-alice");
    let mut lines: Vec<_> = office.lines().map(str::to_owned).collect();
    for line in &mut lines {
        if line.contains("irc-pass") {
            *line = line.replace("********", "s3cret-of-alice");
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn people_see_revealed_secrets_only_when_they_ask() {
    let home = Home::new();
    let path = home.file("revealed.json", revealed());
    let path = path.to_str().expect("a name");
    let report = home.run(["replay", path]).ends(0).out();
    assert!(!report.contains("s3cret") && report.contains("IDENTIFY ********"), "{report}");
    let report = home.run(["replay", "--secrets", "reveal", path]).ends(0).out();
    assert!(report.contains("IDENTIFY s3cret-of-alice"), "{report}");
    assert!(report.contains("--secrets reveal"), "it is said on screen\n{report}");

    home.run(["replay", "-o", "results", path]).ends(0);
    for name in ["eve.json", "conversations.csv", "credentials.csv", "findings.csv", "report.html"]
    {
        let written = std::fs::read_to_string(home.path("results").join(name)).expect(name);
        assert!(!written.contains("s3cret"), "{name}");
    }
}

#[test]
fn what_is_asked_for_is_taken_out_of_the_stream() {
    let home = Home::new();
    let revealed = revealed();
    let as_it_is = home.fed(&["replay", "--json", "-"], revealed.as_bytes()).ends(0).out();
    assert_eq!(passed(&as_it_is), passed(&revealed));
    let masked = home.fed(&["replay", "--json", "--secrets", "masked", "-"], revealed.as_bytes());
    let masked = masked.ends(0).out();
    assert!(!masked.contains("s3cret") && masked.contains("IDENTIFY ********"), "{masked}");
    let none = home.fed(&["replay", "--json", "--content", "none", "-"], revealed.as_bytes());
    let none = none.ends(0).out();
    assert!(!none.contains("IDENTIFY") && none.contains(r#""content":"none""#), "{none}");
    let more = home.fed(&["replay", "--json", "--secrets", "reveal", "-"], masked.as_bytes());
    assert_eq!(passed(&more.ends(0).out()), passed(&masked), "never more than was recorded");
}

#[test]
fn a_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let path = home.file("office.json", stream("office.ndjson"));
    home.run(["replay", "-o", "a/b", path.to_str().expect("a name")]).ends(0);
    let mode =
        |path: &str| std::fs::metadata(home.path(path)).expect(path).permissions().mode() & 0o777;
    assert_eq!((mode("a"), mode("a/b")), (0o700, 0o700));
    for name in ["eve.json", "conversations.csv", "credentials.csv", "findings.csv", "report.html"]
    {
        assert_eq!(mode(&format!("a/b/{name}")), 0o600, "{name}");
    }
}
