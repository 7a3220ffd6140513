//! Captures of a folder, read by overhear and by whichever other programs are there.
//!
//! ```sh
//! cargo build --release && cargo bench -p overhear-benches --bench workloads -- FOLDER
//! ```
//!
//! Figures are CPU seconds as multiples of `pcapwalk`, a bare loop over libpcap that is looked for
//! in the same folder; without it they are seconds. Beside them stand the time on the wall, also as
//! a multiple, and the memory a program had at most. The best of some rounds counts, and every
//! round runs all programs in turn, so that a disturbed machine disturbs them alike.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it prints a table")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// Rounds of each program that takes little time; the others get one.
const ROUNDS: usize = 5;

/// A program of the table: its name, and its arguments before the capture.
type Program = (&'static str, &'static [&'static str]);

const OURS: &[Program] = &[
    ("overhear --json, 1 worker", &["read", "--workers", "1", "--json"]),
    ("overhear, 1 worker", &["read", "--workers", "1"]),
    ("overhear --json, 2 workers", &["read", "--workers", "2", "--json"]),
];

const PEERS: &[Program] = &[
    ("dsniff", &["-n", "-m", "-p"]),
    ("ngrep", &["-q", "-I"]),
    ("tcpflow", &["-o", "/dev/null", "-r"]),
    ("ndpiReader", &["-q", "-i"]),
    ("suricata", &["-l", "/tmp", "-r"]),
    ("zeek", &["-C", "-r"]),
    ("tshark", &["-q", "-r"]),
];

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1).filter(|argument| argument != "--bench") else {
        eprintln!("workloads: name a folder with captures behind `--`");
        return ExitCode::SUCCESS;
    };
    let folder = PathBuf::from(folder);
    let captures = captures(&folder);
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let walk = folder.join("pcapwalk");
    if walk.is_file() {
        rows.push(("pcapwalk".into(), vec![walk.display().to_string()]));
    }
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release/overhear");
    for (programs, path) in [(OURS, Some(own)), (PEERS, None)] {
        for (name, arguments) in programs.iter().filter(|(name, _)| path.is_some() || found(name)) {
            let mut line = vec![path.unwrap_or(name).to_owned()];
            line.extend(arguments.iter().map(ToString::to_string));
            rows.push((name.to_string(), line));
        }
    }
    let mut table: BTreeMap<(usize, usize), Cost> = BTreeMap::new();
    for round in 0..ROUNDS {
        for (row, (_, line)) in rows.iter().enumerate() {
            for (column, capture) in captures.iter().enumerate() {
                let slow = table.get(&(row, column)).is_some_and(|cost| cost.cpu > 10.0);
                if round > 0 && slow {
                    continue;
                }
                if let Some(cost) = run(line, capture) {
                    let best = table.entry((row, column)).or_insert(cost);
                    best.cpu = best.cpu.min(cost.cpu);
                    best.wall = best.wall.min(cost.wall);
                    best.peak = best.peak.max(cost.peak);
                }
            }
        }
    }
    print(&rows, &captures, &table);
    ExitCode::SUCCESS
}

/// Seconds of one run, and its memory at most, in MiB.
#[derive(Clone, Copy)]
struct Cost {
    cpu: f64,
    wall: f64,
    peak: f64,
}

fn captures(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut captures: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "pcap"))
        .collect();
    captures.sort();
    captures
}

fn found(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}

/// Runs a program on a capture, its output thrown away; the shell knows what its children
/// cost, and GNU time what memory they had.
fn run(line: &[String], capture: &Path) -> Option<Cost> {
    let script = "TIMEFORMAT='%R %U %S'; out=$1; shift; \
        time env time -f %M -o \"$out\" \"$@\" >/dev/null 2>/dev/null";
    let memory = tempfile::NamedTempFile::new().ok()?;
    let output = Command::new("bash")
        .args(["-c", script, "bash"])
        .arg(memory.path())
        .args(line)
        .arg(capture)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stderr).ok()?;
    let mut seconds = text.split_whitespace().map(|word| word.parse::<f64>().ok());
    let (wall, user, system) = (seconds.next()??, seconds.next()??, seconds.next()??);
    // Of a program that failed it says so in a line before.
    let peak = std::fs::read_to_string(memory.path()).ok()?;
    let peak = peak.lines().last().and_then(|kib| kib.parse::<f64>().ok())?;
    Some(Cost { cpu: user + system, wall, peak: peak / 1024.0 })
}

fn print(
    rows: &[(String, Vec<String>)],
    captures: &[PathBuf],
    table: &BTreeMap<(usize, usize), Cost>,
) {
    print!("{:<28}", "CPU (wall) peak");
    for capture in captures {
        let name = capture.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        print!("{name:>26}");
    }
    println!();
    let unit = rows.first().is_some_and(|(name, _)| name == "pcapwalk");
    for (row, (name, _)) in rows.iter().enumerate() {
        print!("{name:<28}");
        for column in 0..captures.len() {
            let walk = table.get(&(0, column)).filter(|_| unit).map_or(1.0, |cost| cost.cpu);
            match table.get(&(row, column)) {
                Some(cost) if unit && row == 0 => print!("{:>24.2} s", cost.cpu),
                Some(Cost { cpu, wall, peak }) => {
                    let figures = format!("{:.2} ({:.2}) {peak:.0} MiB", cpu / walk, wall / walk);
                    print!("{figures:>26}");
                }
                None => print!("{:>26}", "-"),
            }
        }
        println!();
    }
}
