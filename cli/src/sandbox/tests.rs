//! What one tries to do in the cell. Each runs in a process of its own: there is no way out.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::process::Command;

use super::*;

/// Runs the prisoner's test in another process.
#[test]
fn in_its_cell_a_process_can_neither_read_nor_run_nor_send() {
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "sandbox::tests::prisoner"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.contains("1 passed"), "{said}\n{complaint}");
}

#[test]
#[ignore = "runs in a process of its own"]
fn prisoner() {
    let home = tempfile::tempdir().unwrap();
    let (inside, outside) = (home.path().join("inside"), home.path().join("outside"));
    let (frames, counts) = (home.path().join("frames"), home.path().join("counts"));
    [&inside, &frames, &counts].into_iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
    std::fs::write(&outside, "secret").unwrap();
    std::fs::write(counts.join("drops"), "7").unwrap();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let wire = UdpSocket::bind("127.0.0.1:0").unwrap();
    wire.connect(server.local_addr().unwrap()).unwrap();
    let mut other = tempfile::tempfile().unwrap();

    let (writable, fillable) = (vec![inside.clone()], vec![frames.clone()]);
    let (readable, mute) = (vec![counts.clone()], vec![wire.as_raw_fd()]);
    let walls = Cell { writable, fillable, readable, mute }.enter();
    let stands = |name: &str| walls.iter().any(|wall| wall.name == name && wall.missing.is_none());
    assert!(stands("capabilities") && stands("seccomp"), "{walls:?}");

    other.write_all(b"an output that is open").unwrap();
    std::fs::write(inside.join("new"), "an output that is not").unwrap();
    let refused = |error: std::io::Error| error.kind() == ErrorKind::PermissionDenied;
    std::fs::write(frames.join("kept"), "frames").unwrap();
    std::fs::rename(frames.join("kept"), frames.join("aside")).unwrap();
    assert_eq!(std::fs::read(counts.join("drops")).unwrap(), b"7");
    if stands("landlock") {
        assert!(File::create(counts.join("drops")).is_err_and(refused), "alters what is counted");
        assert!(std::fs::read(frames.join("aside")).is_err_and(refused), "reads its frames");
        assert!(File::open(&outside).is_err_and(refused), "reads what is none of its business");
        assert!(File::create(home.path().join("x")).is_err_and(refused), "writes anywhere");
        assert!(std::fs::rename(frames.join("aside"), home.path().join("x")).is_err());
        assert!(std::fs::read_dir("/").is_err_and(refused), "looks around");
    }
    assert!(Command::new("true").status().is_err(), "runs programs");
    assert!(TcpStream::connect(server.local_addr().unwrap()).is_err_and(refused), "calls out");
    assert!(UdpSocket::bind("127.0.0.1:0").is_err_and(refused), "opens sockets");
    assert!(wire.send(b"x").is_err_and(refused), "speaks at its wire");
    assert!(wire.try_clone().is_err_and(refused), "makes a way round to its wire");
    let worker = std::thread::spawn(move || std::fs::read("/etc/hostname").map_err(refused));
    assert!(!stands("landlock") || worker.join().unwrap() == Err(true), "threads are outside");
    drop(home.keep());
}
