//! Captures, read from outside.

use std::io::Write as _;
use std::time::Duration;

use overhear_testdata::Dialogue;
use overhear_testdata::frames::{self, Wire};
use overhear_testdata::pcap::{Endian, Unit, pcap};

use crate::home::{Home, trace};

const OFFICE: &str = "irc_office.pcap";

/// The last line of a stream, as JSON.
fn stats(stream: &str) -> serde_json::Value {
    let last = stream.lines().last().expect("a line");
    serde_json::from_str(last).expect("JSON")
}

/// A stream without what depends on the run.
fn comparable(stream: &str) -> String {
    let mut lines: Vec<_> = stream.lines().map(str::to_owned).collect();
    let mut last = stats(stream);
    last["stats"].as_object_mut().expect("stats").remove("run");
    *lines.last_mut().expect("a line") = last.to_string();
    lines.join("\n")
}

#[test]
fn a_stream_begins_with_start_and_ends_with_stats() {
    let home = Home::new();
    let out =
        home.run(["read".as_ref(), "--json".as_ref(), trace(OFFICE).as_os_str()]).ends(0).out();
    let types: Vec<_> = out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|event| event["event_type"].as_str().expect("a type").to_owned())
        .collect();
    assert_eq!(types.first().map(String::as_str), Some("start"));
    assert_eq!(types.iter().position(|kind| kind == "stats"), Some(types.len() - 1));
    assert_eq!(stats(&out)["stats"]["ledger"]["frames"], 186);
}

#[test]
fn a_replay_of_a_reading_prints_the_same_bytes() {
    let home = Home::new();
    let traces = trace("");
    for content in ["full", "excerpt", "none"] {
        for secrets in ["masked", "fingerprint", "reveal"] {
            let traces = traces.to_str().expect("a name");
            let args = ["read", "--json", "--content", content, "--secrets", secrets, traces];
            let read = home.run(args).ends(0).out();
            let replayed = home.fed(&["replay", "--json", "-"], read.as_bytes()).ends(0).out();
            assert!(replayed == read, "{content} {secrets}");
        }
    }
}

/// What judges has a part of the budget, and a replay of the stream has the same.
#[test]
fn a_budget_stands_in_the_stream() {
    let home = Home::new();
    let traces = trace("");
    let args = ["read", "--json", "--memory", "32M", traces.to_str().expect("a name")];
    let read = home.run(args).ends(0).out();
    let first: serde_json::Value =
        serde_json::from_str(read.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["start"]["options"]["memory"], 32 << 20);
    assert!(home.fed(&["replay", "--json", "-"], read.as_bytes()).ends(0).out() == read);
}

#[test]
fn workers_change_nothing() {
    let home = Home::new();
    let read = |workers: &str| {
        let traces = trace("");
        let args = ["read", "--json", "--workers", workers, traces.to_str().expect("a name")];
        comparable(&home.run(args).ends(0).out())
    };
    let one = read("1");
    assert!(["2", "3", "8"].iter().all(|workers| read(workers) == one));
}

#[test]
fn a_missing_capture_does_not_keep_the_others_from_it() {
    let home = Home::new();
    let ran = home.run([
        "read".as_ref(),
        "--json".as_ref(),
        "nowhere.pcap".as_ref(),
        trace(OFFICE).as_os_str(),
    ]);
    let ran = ran.ends(1);
    assert_eq!(stats(&ran.out())["stats"]["ledger"]["frames"], 186);
    assert!(ran.err().contains("nowhere.pcap: "), "{}", ran.err());
    let report = home.run(["read", "nowhere.pcap"]).ends(1).out();
    assert!(report.contains("Nothing was read") && !report.contains("Nothing that a listener"));
    let ran = home.run(["read", "--json", "nowhere.pcap"]).ends(1);
    assert_eq!(
        stats(&ran.out())["stats"]["ledger"]["frames"],
        0,
        "the stream is whole all the same"
    );
}

#[test]
fn a_cut_capture_is_read_up_to_the_cut() {
    let home = Home::new();
    let whole = std::fs::read(trace(OFFICE)).expect("the trace");
    let cut = home.file("cut.pcap", whole.get(..5000).expect("more than that"));
    let ran = home.run(["read".as_ref(), "--json".as_ref(), cut.as_os_str()]).ends(1);
    let frames = stats(&ran.out())["stats"]["ledger"]["frames"].as_u64().expect("a number");
    assert!((1..186).contains(&frames), "{frames}");
    let err = ran.err();
    assert!(err.contains("cut.pcap: byte ") && err.contains("ends within"), "{err}");
    let report = home.run(["read".as_ref(), cut.as_os_str()]).ends(1).out();
    assert!(report.contains("What was found"), "{report}");
    let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!report.contains("Nothing was lost") && report.contains("ends within"), "{report}");
    assert!(ran.out().contains(r#""not_visible":["1 input not read to the end""#), "{}", ran.out());
}

#[test]
fn a_directory_is_every_capture_in_it() {
    let home = Home::new();
    let whole = std::fs::read(trace(OFFICE)).expect("the trace");
    home.file("in/a.pcap", &whole);
    home.file("in/deeper/b.dump", &whole);
    home.file("in/README", "not a capture");
    let out = home.run(["read", "--json", "in"]).ends(0).out();
    assert_eq!(stats(&out)["stats"]["ledger"]["frames"], 2 * 186);
    home.file("empty/README", "not a capture");
    home.run(["read", "--json", "empty"]).ends(1);
}

#[test]
fn standard_input_is_an_input() {
    let whole = std::fs::read(trace(OFFICE)).expect("the trace");
    let out = Home::new().fed(&["read", "--json", "-"], &whole).ends(0).out();
    assert_eq!(stats(&out)["stats"]["ledger"]["frames"], 186);
}

#[test]
fn a_filter_is_never_ignored() {
    let run = |filter: &str| {
        let trace = trace(OFFICE);
        let args = ["read", "--json", "-f", filter];
        Home::new().run(args.into_iter().map(AsRef::as_ref).chain([trace.as_os_str()]))
    };
    // What the sentence means needs libpcap's compiler; without it nothing is read.
    let wrong = run("no such filter").ends(2);
    if wrong.err().contains("needs libpcap") {
        assert!(run("udp").ends(2).out().is_empty());
        return;
    }
    let first = run("udp").ends(0).out();
    assert!(first.lines().next().is_some_and(|line| line.contains(r#""filter":"udp""#)));
    let ledger = |filter| stats(&run(filter).ends(0).out())["stats"]["ledger"].clone();
    assert_eq!(ledger("udp")["filtered"], 186);
    assert_eq!(ledger("tcp")["tcp"], 186);
}

#[test]
fn a_finding_can_fail_the_run() {
    let home = Home::new();
    let run = |level: &str| {
        let args = ["read", "--json", "--fail-on", level];
        home.run(args.map(Into::into).into_iter().chain([trace(OFFICE)]))
    };
    let out = run("low").ends(3).out();
    assert!(out.contains(r#""event_type":"finding""#));
    let missing = home.run([
        "read",
        "--json",
        "--fail-on",
        "low",
        "nowhere",
        trace(OFFICE).to_str().expect("a name"),
    ]);
    missing.ends(1);
}

#[test]
fn the_key_is_made_once_and_can_be_given() {
    let home = Home::new();
    let trace = trace(OFFICE);
    let read = |key: &[&str]| {
        let args = ["read", "--json", "--secrets", "fingerprint"];
        let args = args.iter().chain(key).copied().chain(trace.to_str());
        comparable(&home.run(args).ends(0).out())
    };
    let first = read(&[]);
    assert!(home.path(".local/state/overhear/key").is_file());
    assert!(read(&[]) == first, "the key is kept");
    home.file("other", [7; 32]);
    assert!(read(&["--key", "other"]) != first, "another key, other fingerprints");
    home.file("short", "x");
    let err = home.run(["read", "--key", "short", "x"]).ends(1).err();
    assert!(err.contains("short"), "{err}");
}

#[test]
fn an_interrupted_reading_tells_what_it_found() {
    let home = Home::new();
    let whole = std::fs::read(trace(OFFICE)).expect("the trace");
    let (header, frames) = whole.split_at_checked(24).expect("a header");
    let mut child = home.child(&["read", "--json", "-o", "results", "-"]);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(header).expect("it reads");
    // The folder is made after it began to listen for signals.
    while !home.path("results/eve.json").exists() {
        std::thread::park_timeout(Duration::from_millis(5));
        stdin.write_all(frames).expect("it reads");
    }
    let interrupt = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill");
    assert!(interrupt.success());
    let frames = frames.to_vec();
    let feeder = std::thread::spawn(move || while stdin.write_all(&frames).is_ok() {});
    let output = child.wait_with_output().expect("it ends");
    feeder.join().expect("fed");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    let out = String::from_utf8(output.stdout).expect("text");
    assert!(stats(&out)["stats"]["ledger"]["frames"].as_u64() > Some(0));
    let written = std::fs::read_to_string(home.path("results/eve.json")).expect("eve.json");
    assert_eq!(written, out);
}

#[test]
fn inputs_kept_apart_are_one_stream() {
    let home = Home::new();
    let traces = trace("");
    let args = ["read", "--json", "--separate", traces.to_str().expect("a name")];
    let out = home.run(args).ends(0).out();
    let together = home.run(["read".as_ref(), "--json".as_ref(), traces.as_os_str()]).ends(0).out();
    assert!(out.lines().next().is_some_and(|line| line.contains(r#""separate":true"#)));
    let count =
        |stream: &str, what: &str| stream.lines().filter(|line| line.contains(what)).count();
    assert_eq!(count(&out, r#""event_type":"start""#), 1);
    assert_eq!(stats(&out)["stats"]["ledger"], stats(&together)["stats"]["ledger"]);
    let message = r#""event_type":"message""#;
    assert_eq!(count(&out, message), count(&together, message));
}

#[test]
fn colours_are_for_those_who_want_them() {
    let home = Home::new();
    let read = |args: &[&str]| {
        let trace = trace(OFFICE);
        let args = ["read"].iter().chain(args).copied().chain(trace.to_str());
        home.run(args).ends(0).out()
    };
    let plain = read(&[]);
    assert!(!plain.contains('\u{1b}') && plain.contains("What was found"));
    assert_eq!(read(&["--color", "never"]), plain);
    assert!(read(&["--color", "always"]).contains("\u{1b}["));
    assert!(plain.lines().all(|line| line.chars().count() <= 80), "{plain}");
}

#[test]
fn what_cannot_be_written_is_an_error_that_says_where() {
    let home = Home::new();
    let trace = trace(OFFICE);
    let trace = trace.to_str().expect("a name");
    home.file("taken", "a file");
    let err = home.run(["read", "-o", "taken", trace]).ends(1).err();
    assert!(err.contains("taken: "), "{err}");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux");
    let mut command = home.command();
    let output = command.args(["read", "--json", trace]).stdout(full).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).expect("text");
    assert!(err.contains("standard output: "), "{err}");
}

#[test]
fn only_messaging_is_kept_and_reads_the_same() {
    let home = Home::new();
    let page = "# origin: RFC 9110\n# ends: 10.9.0.1:40000 10.9.0.2:80 tcp\n\
                >>> GET / HTTP/1.1\\r\\n\\r\\n\n<<< HTTP/1.1 204 No Content\\r\\n\\r\\n\n";
    let page = Dialogue::parse(page).expect("a dialogue");
    let page = frames::frames(&page, &Wire::default());
    home.file("in/page.pcap", pcap(&page, Endian::Little, Unit::Micro));
    home.file("in/office.pcap", std::fs::read(trace(OFFICE)).expect("a capture"));
    let read = |path: &str, more: &[&str]| {
        let args = ["read", "--json", path];
        home.run(args.iter().chain(more)).ends(0).out()
    };
    let all = read("in", &["--write", "kept.pcapng"]);
    let whole = read("in/office.pcap", &[]);
    let kept = read("kept.pcapng", &[]);
    let frames = |stream: &str| stats(stream)["stats"]["ledger"]["frames"].as_u64();
    assert_eq!(frames(&all), Some(186 + page.len() as u64));
    assert!(frames(&kept) < frames(&all), "{:?}", frames(&kept));
    let said = |stream: &str| {
        let events = stream.lines().map(|line| serde_json::from_str(line).expect("JSON"));
        events
            .filter(|event: &serde_json::Value| event["event_type"] == "message")
            .map(|event| event["message"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(said(&kept), said(&whole));
    assert!(!said(&kept).is_empty());
    let file = std::fs::read(home.path("kept.pcapng")).expect("a file");
    assert!(!String::from_utf8_lossy(&file).contains("GET / HTTP"), "a page was kept");
}
