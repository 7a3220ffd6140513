//! What the program says about itself, and how it refuses what cannot be.

use crate::home::Home;

#[test]
fn help_names_what_exists_and_nothing_else() {
    let help = Home::new().run(["--help"]).ends(0).out();
    for command in ["read", "live", "replay", "interfaces", "protocols", "completions", "man"] {
        assert!(help.contains(&format!("\n  {command}")), "{command}\n{help}");
    }
    let read = Home::new().run(["read", "--help"]).ends(0).out();
    for option in [
        "--json",
        "--output",
        "--filter",
        "--workers",
        "--home-net",
        "--content",
        "--secrets",
        "--key",
        "--memory",
        "--write",
        "--fail-on",
        "--separate",
        "--config",
        "--quiet",
        "--verbose",
        "--color",
    ] {
        assert!(read.contains(option), "{option}\n{read}");
    }
    for later in ["--dashboard", "--policy"] {
        assert!(!help.contains(later) && !read.contains(later), "{later}");
    }
    assert!(help.contains("130 interrupted"));
}

#[test]
fn wrong_usage_ends_with_2() {
    let home = Home::new();
    for args in [
        &["read"] as &[&str],
        &["replay"],
        &["listen"],
        &["read", "--secrets", "shown", "x"],
        &["read", "--content", "some", "x"],
        &["read", "--workers", "0", "x"],
        &["read", "--home-net", "10.0.0.0/33", "x"],
        &["read", "--memory", "much", "x"],
        &["read", "--fail-on", "info", "x"],
        &["replay", "--workers", "2", "x"],
        &["live"],
        &["live", "-i", "lo", "--duration", "soon"],
        &["live", "-i", "lo", "--write", "all:"],
        &["read", "-q", "-v", "x"],
    ] {
        let ran = home.run(args).ends(2);
        assert!(ran.out().is_empty() && !ran.err().is_empty(), "{args:?}");
    }
}

#[test]
fn a_wrong_configuration_ends_with_2_and_says_where() {
    let home = Home::new();
    home.file(".config/overhear/config.toml", "content = \"full\"\nsecret = \"reveal\"\n");
    let err = home.run(["replay", "x"]).ends(2).err();
    assert!(err.contains("config.toml") && err.contains("secret"), "{err}");
    let err = home.run(["replay", "--config", "nowhere.toml", "x"]).ends(2).err();
    assert!(err.contains("nowhere.toml"), "{err}");
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Home::new().run(["completions", shell]).ends(0).out();
        assert!(script.contains("home-net"), "{shell}");
    }
}

#[test]
fn the_manual_has_every_command() {
    let manual = Home::new().run(["man"]).ends(0).out();
    for heading in [".TH overhear 1", "\"OVERHEAR READ\"", "\"OVERHEAR REPLAY\"", "130 interrupted"]
    {
        assert!(manual.contains(heading), "{heading}\n{manual}");
    }
}

#[test]
fn protocols_are_listed_for_people_and_programs() {
    let home = Home::new();
    let listed: serde_json::Value =
        serde_json::from_str(&home.run(["protocols", "--json"]).ends(0).out()).expect("JSON");
    let table = home.run(["protocols"]).ends(0).out();
    let names = listed.as_array().expect("an array");
    assert!(!names.is_empty());
    for facts in names {
        assert!(table.contains(facts["title"].as_str().expect("a title")), "{facts}");
    }
}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let home = Home::new();
    let stream = crate::home::stream("office.ndjson").repeat(200);
    let path = home.file("long.json", stream);
    let mut child = home.child(&["replay", "--json", path.to_str().expect("a name")]);
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
