//! A wire with somebody at its other end, who lives in a namespace of their own.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::{env, fs, thread};

use super::{client, listen_at, on_a_wire, serve, signal, soon};
use crate::home::Home;

/// The address at the other end.
pub(super) const ADDRESS: &str = "10.9.0.2";
pub(super) const PORT: u16 = 6667;

/// Whoever serves at the other end, until dropped.
pub(super) struct Other(Child);

impl Other {
    /// Starts them, and lays a wire to them; ours is called so.
    pub(super) fn at(name: &str) -> Self {
        let child = Command::new("unshare")
            .arg("--net")
            .arg(env::current_exe().expect("this program"))
            .args(["--ignored", "--exact", "--nocapture", "live::veth::other"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let namespace = |id: &str| fs::read_link(format!("/proc/{id}/ns/net")).ok();
        let id = child.id().to_string();
        soon(|| namespace(&id).is_some_and(|theirs| Some(theirs) != namespace("self")));
        let other = Self(child);
        other.lay(name);
        other
    }

    /// Lays the wire.
    pub(super) fn lay(&self, name: &str) {
        let id = self.0.id().to_string();
        ip(&["link", "add", name, "type", "veth", "peer", "name", "far", "netns", &id]);
        ip(&["addr", "add", "10.9.0.1/24", "dev", name]);
        ip(&["link", "set", name, "up"]);
        for theirs in
            [&["addr", "add", "10.9.0.2/24", "dev", "far"][..], &["link", "set", "far", "up"]]
        {
            let namespace = format!("--net=/proc/{id}/ns/net");
            let done = Command::new("nsenter").args([&namespace, "ip"]).args(theirs).status();
            assert!(done.is_ok_and(|done| done.success()), "{theirs:?}");
        }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // It may be gone.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Configures interfaces of this namespace.
pub(super) fn ip(args: &[&str]) {
    let done = Command::new("ip").args(args).status();
    assert!(done.is_ok_and(|done| done.success()), "{args:?}");
}

#[test]
fn an_interface_that_is_made_anew_is_followed() {
    on_a_wire("live::veth::inside_anew");
}

#[test]
#[ignore = "runs in a network namespace of its own"]
fn inside_anew() {
    let other = Other::at("tap0");
    let home = Home::new();
    let mut child = listen_at(&home, &["tap0"], &["-o", "out", "--write", "all:kept.pcapng"]);
    let eve = || fs::read_to_string(home.path("out/eve.json")).unwrap_or_default();
    let heard = |times| soon(|| eve().matches("is anybody here?").count() == times);
    client((ADDRESS, PORT));
    heard(1);
    // Down and up again, it is the same interface.
    ip(&["link", "set", "tap0", "down"]);
    soon(|| eve().contains(r#""event":"interface_down""#));
    ip(&["link", "set", "tap0", "up"]);
    soon(|| eve().contains(r#""event":"interface_up""#));
    client((ADDRESS, PORT));
    heard(2);
    for round in 3..6 {
        ip(&["link", "del", "tap0"]);
        soon(|| eve().matches(r#""event":"interface_down""#).count() == round - 1);
        other.lay("tap0");
        soon(|| eve().matches(r#""event":"interface_up""#).count() == round - 1);
        client((ADDRESS, PORT));
        heard(round);
    }
    // It did so without any right to.
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("its status");
    for line in ["CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "Seccomp:\t2"] {
        assert!(status.contains(line), "{line}\n{status}");
    }
    // Another kind of interface speaks another language: it is not followed.
    ip(&["link", "del", "tap0"]);
    ip(&["link", "set", "lo", "name", "tap0"]);
    soon(|| eve().contains("of another kind"));
    signal(&child, "-TERM");
    assert!(child.wait().expect("it ends").success());
}

#[test]
#[ignore = "is the other end of a wire"]
fn other() {
    let server = TcpListener::bind(("0.0.0.0", PORT)).expect("a free port");
    loop {
        serve(&server);
        thread::yield_now();
    }
}
