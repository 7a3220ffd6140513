//! The dashboard on a terminal of its own, which `script` makes: how it is left, whatever ends it.

#![expect(clippy::print_stdout, reason = "a skipped test has to say so")]

use std::path::Path;
use std::process::{Command, Stdio};

use crate::home::Home;

/// What a terminal is sent when overhear runs on it, under a shell command that has `OVERHEAR` in it.
fn on_a_terminal(command: &str) -> Option<String> {
    let has = Command::new("script").arg("--version").stdout(Stdio::null()).status();
    if !has.is_ok_and(|done| done.success()) {
        println!("skipped: there is no script(1) here");
        return None;
    }
    let home = Home::new();
    let overhear = home.command();
    let path = overhear.get_program().to_string_lossy().into_owned();
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/traces/irc_office.pcap");
    let line =
        command.replace("OVERHEAR", &path).replace("CAPTURE", &capture.display().to_string());
    let mut script = Command::new("script");
    script.envs(overhear.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let done = script
        .env("TERM", "xterm-256color")
        .env("SHELL", "/bin/sh")
        .args(["-qec", &line, "/dev/null"])
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    Some(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// The alternate screen, the cursor and the mouse are given back, and nothing is drawn after that.
fn is_given_back(sent: &str) {
    let taken = sent.find("\u{1b}[?1049h").expect("it took the alternate screen");
    let left = sent.rfind("\u{1b}[?1049l").expect("it left the alternate screen");
    assert!(taken < left, "{sent:?}");
    let mouse = (sent.rfind("\u{1b}[?1000h"), sent.rfind("\u{1b}[?1000l"));
    assert!(mouse.0 < mouse.1, "the mouse stays captured: {sent:?}");
    let cursor = (sent.rfind("\u{1b}[?25l"), sent.rfind("\u{1b}[?25h"));
    assert!(cursor.0 < cursor.1, "the cursor stays hidden: {sent:?}");
    let after = sent.get(left..).unwrap_or_default();
    assert!(!after.contains("overhear"), "{after:?}");
    assert!(after.contains("echo ok"), "the terminal stays raw: {after:?}");
}

/// Says at the end whether the terminal echoes again.
const THEN: &str = "; case \"$(stty -a)\" in *' -echo '*) ;; *' echo '*) echo echo ok ;; esac";

#[test]
fn a_signal_leaves_the_terminal_as_it_was() {
    let run = format!(
        "stty rows 24 cols 80; timeout --foreground -s TERM 1 OVERHEAR read --dashboard CAPTURE{THEN}"
    );
    if let Some(sent) = on_a_terminal(&run) {
        assert!(sent.contains("irc_office.pcap"), "{sent:?}");
        is_given_back(&sent);
    }
}

#[test]
fn a_size_that_changes_all_the_time_is_no_trouble() {
    let storm = "for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do stty rows $n cols $((n * 7)) < /dev/tty; sleep 0.05; done";
    let run = format!(
        "stty rows 24 cols 80; ({storm}) & timeout --foreground -s TERM 2 OVERHEAR read --dashboard CAPTURE{THEN}"
    );
    if let Some(sent) = on_a_terminal(&run) {
        is_given_back(&sent);
    }
}

#[test]
fn without_a_terminal_it_is_wrong_usage_but_lines_can_be_said_anywhere() {
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/traces/irc_office.pcap");
    let capture = capture.display().to_string();
    Home::new().run(["read", "--dashboard", &capture]).ends(2);
    let said = Home::new().run(["read", "--dashboard", "--linear", &capture]).ends(0).out();
    for line in [
        "10:58:39 anna to jonas: the safe is 24-61-07, please do not write it on the board again",
        "10:59:02 file from anna to jonas: prices-2026.pdf, 2.1 KiB, offered",
        "in all: 11 messages, 2 conversations, 3 accounts, 6 secrets, 1 file",
        "findings: 0 critical, 3 high, 3 medium, 2 low",
    ] {
        assert_eq!(said.lines().filter(|one| *one == line).count(), 1, "{line}\n{said}");
    }
}

#[test]
fn a_picture_needs_no_terminal() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("screen.txt");
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/traces/irc_office.pcap");
    let (path_text, capture) = (path.display().to_string(), capture.display().to_string());
    let args = ["read", "--dashboard", "--picture", &path_text, "--keys", "2 j enter", &capture];
    Home::new().run(args).ends(0);
    let screen = std::fs::read_to_string(path).expect("a picture");
    assert!(screen.contains("call me when you are back ─"), "{screen}");
}
