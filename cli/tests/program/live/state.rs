//! What a sensor has learned when it is killed.

use std::io::{BufRead as _, BufReader};
use std::time::Duration;

use super::{listen, on_a_wire, signal, soon, talk, up};
use crate::home::Home;

#[test]
fn what_was_learned_survives_a_kill() {
    on_a_wire("live::state::inside_killed");
}

#[test]
#[ignore = "runs in a network namespace of its own"]
fn inside_killed() {
    up();
    let home = Home::new();
    let mut child = listen(&home, &["--json", "--state", "state/known"]);
    let known = || std::fs::read(home.path("state/known")).expect("a state");
    let before = known();
    let err = home.run(["live", "-i", "lo", "--state", "state/known"]).ends(1).err();
    assert!(err.contains("another sensor has it open"), "{err}");
    talk(6667);
    let mut out = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    assert!(out.any(|line| line.is_ok_and(|line| line.contains("heard you"))));
    // Every minute, or now.
    signal(&child, "-HUP");
    soon(|| known() != before);
    // What is on its way to the disk gets there.
    std::thread::park_timeout(Duration::from_millis(500));
    child.kill().expect("killed");
    child.wait().expect("it ends");
    let args = ["live", "-i", "lo", "--duration", "1s", "-v", "--state", "state/known"];
    let err = home.run(args).ends(0).err();
    assert!(err.contains("accounts are remembered, from "), "{err}");
}
