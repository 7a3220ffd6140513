//! The program at a wire: the loopback of a network namespace of its own, in which two programs
//! talk. The kernel makes the segments; nothing is sent by us but through sockets.

#![expect(clippy::print_stdout, reason = "a skipped test has to say so")]

mod files;
mod state;
mod veth;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use crate::home::Home;

/// Runs one of the tests below in a namespace of its own, or says that it cannot.
#[track_caller]
fn on_a_wire(test: &str) {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--net"]);
    let free = command.arg("true").stderr(Stdio::null()).status().is_ok_and(|done| done.success());
    let listens = overhear_listens();
    if !free || !listens {
        println!("skipped: no network namespace or no libpcap here");
        return;
    }
    let done = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net"])
        .arg(env::current_exe().expect("this program"))
        .args(["--ignored", "--exact", "--nocapture", test])
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

fn overhear_listens() -> bool {
    Home::new().run(["interfaces"]).0.status.success()
}

fn up() {
    let done = Command::new("ip").args(["link", "set", "lo", "up"]).status();
    assert!(done.is_ok_and(|done| done.success()), "the loopback stays down");
}

/// Starts to listen at the loopback, and waits until it does.
fn listen(home: &Home, args: &[&str]) -> Child {
    listen_at(home, &["lo"], args)
}

fn listen_at(home: &Home, interfaces: &[&str], args: &[&str]) -> Child {
    let mut child = home
        .command()
        .args(["live", "-i", &interfaces.join(","), "--content", "full"])
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    let mut err = BufReader::new(child.stderr.as_mut().expect("a pipe"));
    err.read_line(&mut line).expect("a line");
    assert!(line.contains("listening"), "{line}");
    child
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([name, &id]).status().is_ok_and(|done| done.success()));
}

/// Two programs talk IRC on the loopback: a sign-on with a password, a room, a message.
fn talk(port: u16) {
    let server = TcpListener::bind(("127.0.0.1", port)).expect("a free port");
    let serve = thread::spawn(move || serve(&server));
    client(("127.0.0.1", port));
    serve.join().expect("served");
}

/// Serves one client.
fn serve(server: &TcpListener) {
    let (mut socket, _) = server.accept().expect("a client");
    let mut lines = BufReader::new(socket.try_clone().expect("a copy")).lines();
    for line in &mut lines {
        let line = line.expect("a line");
        let answer = match line.split(' ').next() {
            Some("USER") => ":irc.example.net 001 ann :Welcome\r\n",
            Some("JOIN") => ":ann!a@host JOIN #ops\r\n",
            Some("PRIVMSG") => ":bob!b@host PRIVMSG #ops :heard you\r\n",
            Some("QUIT") => break,
            _ => continue,
        };
        socket.write_all(answer.as_bytes()).expect("sent");
    }
}

/// Says something to a server.
fn client(server: (&str, u16)) {
    let mut client = TcpStream::connect(server).expect("connected");
    for line in [
        "PASS hunter2",
        "NICK ann",
        "USER ann 0 * :Ann",
        "JOIN #ops",
        "PRIVMSG #ops :is anybody here?",
    ] {
        client.write_all(format!("{line}\r\n").as_bytes()).expect("sent");
        thread::park_timeout(Duration::from_millis(20));
    }
    client.write_all(b"QUIT\r\n").expect("sent");
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).expect("read");
}

/// Everything of a stream but its first line and what depends on the run.
fn compared(stream: &str) -> Vec<String> {
    let cut = |line: &str| line.split(r#","run":"#).next().unwrap_or_default().to_owned();
    stream.lines().skip(1).map(cut).collect()
}

#[test]
fn a_wire_is_the_same_as_its_recording() {
    on_a_wire("live::inside_the_same");
}

#[test]
#[ignore = "runs in a network namespace of its own"]
fn inside_the_same() {
    up();
    let home = Home::new();
    let args = ["--json", "--write", "all:kept.pcapng", "--workers", "3"];
    let child = listen(&home, &args);
    talk(6667);
    // Longer than a tick, and than the slack of a silent wire.
    thread::park_timeout(Duration::from_millis(900));
    talk(12345);
    thread::park_timeout(Duration::from_millis(300));
    signal(&child, "-TERM");
    let live = child.wait_with_output().expect("it ends");
    assert_eq!(live.status.code(), Some(0), "a signal is its usual end");
    let live = String::from_utf8(live.stdout).expect("text");
    assert_eq!(live.matches(r#""text":"is anybody here?""#).count(), 2, "{live}");
    assert!(live.contains(r#""mechanism":"irc-pass""#) && !live.contains("hunter2"));
    let read = home.run(["read", "--json", "--workers", "1", "kept.pcapng"]).ends(0).out();
    assert_eq!(compared(&live), compared(&read));
}

#[test]
fn what_was_heard_is_told_at_once_and_whole() {
    on_a_wire("live::inside_at_once");
}

#[test]
#[ignore = "runs in a network namespace of its own"]
fn inside_at_once() {
    up();
    let home = Home::new();
    let mut child = listen(&home, &["--json"]);
    talk(6667);
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    // Nothing else happens on this wire: it must not wait for the next frame.
    while !line.contains("heard you") {
        line.clear();
        assert!(out.read_line(&mut line).expect("a line") > 0, "it ended");
    }
    child.kill().expect("killed");
    child.wait().expect("it ends");
    let mut rest = String::new();
    out.read_to_string(&mut rest).expect("text");
    assert!(rest.is_empty() || rest.ends_with('\n'), "killed, it leaves whole lines: {rest}");
}

#[test]
fn it_ends_by_itself_where_it_was_told_to() {
    on_a_wire("live::inside_ends");
}

#[test]
#[ignore = "runs in a network namespace of its own"]
fn inside_ends() {
    up();
    let home = Home::new();
    let child = listen(&home, &["--json", "--packets", "5"]);
    talk(6667);
    let done = child.wait_with_output().expect("it ends");
    let out = String::from_utf8(done.stdout).expect("text");
    assert_eq!(done.status.code(), Some(0));
    assert!(out.lines().last().is_some_and(|line| line.contains(r#""frames":5,"#)), "{out}");
    let done = home.run(["live", "-i", "lo", "--duration", "1s"]).ends(0);
    assert!(done.out().contains(r#""event_type":"stats""#));
}

#[test]
fn it_answers_its_keepers_and_holds_no_privilege() {
    on_a_wire("live::inside_kept");
}

/// What a Prometheus would read.
fn scrape() -> String {
    let mut socket = TcpStream::connect("127.0.0.1:9742").expect("it answers");
    socket.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").expect("asked");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("text");
    answer
}

/// Waits for something that is about to come true, for half a minute: machines that test are busy.
#[track_caller]
fn soon(what: impl Fn() -> bool) {
    assert!((0..600).any(|_| what() || {
        thread::park_timeout(Duration::from_millis(50));
        false
    }));
}

#[test]
#[ignore = "runs in a network namespace of its own"]
fn inside_kept() {
    up();
    let home = Home::new();
    let args = ["-o", "out", "--metrics", "--rotate-keep", "9"];
    let mut child = listen(&home, &args);
    talk(6667);
    let eve = |folder: &str| std::fs::read_to_string(home.path(folder).join("eve.json"));
    let heard = |folder: &str| eve(folder).is_ok_and(|eve| eve.contains("is anybody here?"));
    soon(|| heard("out"));
    soon(|| scrape().contains(r#"events_total{event_type="message",app_proto="irc"} 2"#));

    // No thread of it holds a capability, may gain one, or is without its filter.
    let tasks = std::fs::read_dir(format!("/proc/{}/task", child.id())).expect("threads");
    for task in tasks {
        let status = task.expect("a thread").path().join("status");
        let status = std::fs::read_to_string(status).expect("its status");
        for line in ["CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1"] {
            assert!(status.contains(line), "{line}\n{status}");
        }
        assert!(status.contains("Seccomp:\t2"), "{status}");
    }

    // What was written is put aside, and the next folder begins with a first line of its own.
    signal(&child, "-HUP");
    soon(|| {
        eve("out")
            .is_ok_and(|eve| eve.contains(r#""event_type":"start""#) && eve.lines().count() == 1)
    });
    let aside = |home: &Home| {
        let folders = std::fs::read_dir(home.path("out")).expect("a folder").flatten();
        let folders = folders.filter(|entry| entry.path().is_dir());
        folders.map(|entry| entry.path().join("eve.json")).collect::<Vec<_>>()
    };
    let [first] = &aside(&home)[..] else { panic!("{:?}", aside(&home)) };
    assert!(std::fs::read_to_string(first).expect("text").contains("is anybody here?"));

    // Killed, it leaves whole lines, and the next one replaces nothing.
    talk(6667);
    soon(|| heard("out"));
    child.kill().expect("killed");
    child.wait().expect("it ends");
    home.run(["live", "-i", "lo", "-o", "out", "--duration", "1s"]).ends(0);
    let told: Vec<_> =
        aside(&home).iter().map(|eve| std::fs::read_to_string(eve).expect("text")).collect();
    assert_eq!(told.len(), 2);
    for line in told.iter().flat_map(|eve| eve.lines()) {
        serde_json::from_str::<serde_json::Value>(line).expect("a whole line");
    }
    assert!(told.iter().all(|eve| eve.contains("is anybody here?")));
}

#[test]
fn what_cannot_be_heard_is_named() {
    if !overhear_listens() {
        println!("skipped: no libpcap here");
        return;
    }
    let home = Home::new();
    let err = home.run(["live", "-i", "nosuch0"]).ends(1).err();
    assert!(err.contains("nosuch0: "), "{err}");
    let err = home.run(["live", "-i", "lo", "-f", "no filter"]).ends(2).err();
    assert!(err.contains("--filter"), "{err}");
}
