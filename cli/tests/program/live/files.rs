//! Frames that are kept.

use std::thread;
use std::time::Duration;

use super::veth::{ADDRESS, Other, PORT};
use super::{client, compared, listen, listen_at, on_a_wire, signal, soon, talk, up};
use crate::home::Home;

#[test]
fn two_wires_are_the_same_as_their_recording() {
    on_a_wire("live::files::inside_two");
}

#[test]
#[ignore = "runs in a network namespace of its own"]
fn inside_two() {
    up();
    let _other = Other::at("tap0");
    let home = Home::new();
    let args = ["--json", "--write", "all:kept.pcapng", "--workers", "3"];
    let child = listen_at(&home, &["tap0", "lo"], &args);
    talk(6667);
    client((ADDRESS, PORT));
    thread::park_timeout(Duration::from_millis(900));
    signal(&child, "-TERM");
    let live = child.wait_with_output().expect("it ends");
    assert_eq!(live.status.code(), Some(0));
    let live = String::from_utf8(live.stdout).expect("text");
    for interface in ["lo", "tap0"] {
        let said = |line: &&str| {
            line.contains(&format!(r#""in_iface":"{interface}""#)) && line.contains("is anybody")
        };
        assert_eq!(live.lines().filter(said).count(), 1, "{interface}: {live}");
    }
    let read = home.run(["read", "--json", "--workers", "1", "kept.pcapng"]).ends(0).out();
    assert_eq!(compared(&live), compared(&read));

    // And a copy of the recording is like the recording.
    let copied = ["read", "--json", "--write", "all:copy.pcapng", "kept.pcapng"];
    assert_eq!(compared(&home.run(copied).ends(0).out()), compared(&live));
    let again = home.run(["read", "--json", "copy.pcapng"]).ends(0).out();
    assert_eq!(compared(&again), compared(&live));
}

#[test]
fn the_file_of_frames_is_begun_anew() {
    on_a_wire("live::files::inside_anew");
}

#[test]
#[ignore = "runs in a network namespace of its own"]
fn inside_anew() {
    up();
    let home = Home::new();
    home.file("frames/kept.pcapng", "from an earlier run");
    let args = ["--json", "--write", "all:frames/kept.pcapng", "--write-keep", "2"];
    let child = listen(&home, &args);
    let aside = || {
        let entries = std::fs::read_dir(home.path("frames")).expect("a folder").flatten();
        let names = entries.map(|entry| entry.file_name().into_string().expect("a name"));
        let mut names: Vec<_> = names.filter(|name| name.contains('Z')).collect();
        names.sort();
        names
    };
    for (round, kept) in [1, 2, 2].into_iter().enumerate() {
        talk(6667);
        thread::park_timeout(Duration::from_millis(1_100));
        let before = aside();
        signal(&child, "-HUP");
        soon(|| aside().len() == kept && (round == 0 || aside() != before));
    }
    talk(6667);
    thread::park_timeout(Duration::from_millis(500));
    signal(&child, "-TERM");
    let live = child.wait_with_output().expect("it ends");
    assert_eq!(live.status.code(), Some(0));
    let earlier = std::fs::read(home.path("frames/kept-earlier.pcapng")).expect("put aside");
    assert_eq!(earlier, b"from an earlier run");
    let files = aside().into_iter().chain(["kept.pcapng".to_owned()]);
    for file in files {
        let file = home.path("frames").join(file);
        let read = home.run(["read", "--json", file.to_str().expect("a name")]).ends(0).out();
        assert_eq!(read.matches("is anybody here?").count(), 1, "{read}");
    }
    let live = String::from_utf8(live.stdout).expect("text");
    assert_eq!(live.matches("is anybody here?").count(), 4);
}
