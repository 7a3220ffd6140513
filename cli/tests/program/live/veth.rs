//! A wire with somebody at its other end, who lives in a namespace of their own.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::{env, fs, thread};

use super::{serve, soon};

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
#[ignore = "is the other end of a wire"]
fn other() {
    let server = TcpListener::bind(("0.0.0.0", PORT)).expect("a free port");
    loop {
        serve(&server);
        thread::yield_now();
    }
}
