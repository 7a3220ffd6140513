//! How much the judge can take: lines a second, how long one line takes, memory of an account, and what
//! junk costs that never ends.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it measures time, and prints it"
)]

use std::time::{Duration, Instant};

use fastrand::Rng;
use overhear_analysis::told::Body;
use overhear_analysis::{Judge, Time, Told};

use super::graph::Graph;
use super::sim::Sim;
use super::stream::Stream;

/// Accounts of a crowd, of a large one, and what each says.
const CROWD: u32 = 200_000;
const MILLION: u32 = 1_000_000;
const SAYINGS: u32 = 8;
/// Lines made at a time, outside of what is measured.
const BLOCK: usize = 2_000;
/// Rounds of which the best counts: a machine can only be slowed down.
const ROUNDS: usize = 3;
/// People of a world.
const PEOPLE: u32 = 20_000;
/// Accounts nobody hears of again.
const JUNK: u32 = 10_000_000;

/// Prints it all.
pub fn print() {
    let before = resident();
    let each = |memory: u64, accounts: u32| memory.saturating_sub(before) / u64::from(accounts);
    for accounts in [CROWD, MILLION] {
        let mut judge = Judge::new();
        crowd(accounts, |lines| hear(&mut judge, lines));
        println!("{} bytes for each of {accounts} accounts", each(resident(), accounts));
    }
    let rounds = (0..ROUNDS).map(|_| {
        let (mut judge, mut clock, mut busy) = (Judge::new(), Duration::ZERO, Duration::ZERO);
        crowd(CROWD, |lines| {
            let (began, from) = (Instant::now(), worked());
            hear(&mut judge, lines);
            clock += began.elapsed();
            busy += worked().saturating_sub(from);
        });
        (busy, clock)
    });
    let (busy, clock) = rounds.min().unwrap_or_default();
    let rate = |spent: Duration| f64::from(CROWD * SAYINGS) / spent.as_secs_f64();
    println!("{:.0} lines a second of a core's time, {:.0} by the clock", rate(busy), rate(clock));
    let (lines, said, busy) = world();
    println!(
        "{PEOPLE} people for eight days: {lines} lines, {said} of them messages, {:.0} a second",
        f64::from(lines) / busy.as_secs_f64()
    );
    let mut nanos = one_by_one();
    nanos.sort_unstable();
    let at = |part: usize| nanos.get(nanos.len() * part / 1_000).copied().unwrap_or_default();
    println!(
        "a line takes {} ns (median), {} ns (99 of 100), {} ns (999 of 1,000)",
        at(500),
        at(990),
        at(999)
    );
    junk(before);
}

/// What people say and do who come, go and talk for eight days: lines, those of them that are messages,
/// and what they took.
fn world() -> (u32, u32, Duration) {
    let graph = Graph::grown(PEOPLE, 7, 0.6, &mut Rng::with_seed(1));
    let (mut judge, mut block) = (Judge::new(), Vec::with_capacity(BLOCK));
    let (mut lines, mut said, mut busy) = (0, 0, Duration::ZERO);
    Sim::new(&graph, 1).live(&mut |line| {
        said += u32::from(matches!(line.body, Body::Message(_)));
        lines += 1;
        block.push(line);
        if block.len() == BLOCK {
            let from = worked();
            hear(&mut judge, &block);
            busy += worked().saturating_sub(from);
            block.clear();
        }
    });
    (lines, said, busy)
}

/// Nanoseconds of each line.
fn one_by_one() -> Vec<u128> {
    let (mut judge, mut nanos) = (Judge::new(), Vec::new());
    crowd(CROWD, |lines| {
        let mut began = Instant::now();
        for line in lines {
            judge.hear(line, &mut |_| {});
            let now = Instant::now();
            nanos.push((now - began).as_nanos());
            began = now;
        }
    });
    nanos
}

/// Ten million accounts that say one thing each or hear it.
fn junk(before: u64) {
    let (mut judge, mut made) = (Judge::new(), Junk::default());
    let (mut most, mut began) = (0, Time::from_secs(1_300_000_000));
    for line in 0..JUNK / 2 {
        began = began + 10_000_000;
        judge.hear(&made.line(began), &mut |_| {});
        if line % 100_000 == 0 {
            most = most.max(resident());
        }
    }
    println!("{JUNK} accounts of junk: {} bytes at most", most.saturating_sub(before));
    judge.finish(None, None, &mut |told| {
        if let Body::Finding(finding) = told.body
            && finding.subject == "capture"
        {
            println!("{}", finding.explanation);
        }
    });
}

fn hear(judge: &mut Judge, lines: &[Told]) {
    for line in lines {
        judge.hear(line, &mut |_| {});
    }
}

/// What a crowd says within some hours: each to a few others, one message in 25 with a link.
fn crowd(accounts: u32, mut hear: impl FnMut(&[Told])) {
    let (mut rng, mut stream) = (Rng::with_seed(1), Stream::new("aim"));
    let mut block = Vec::with_capacity(BLOCK);
    for saying in 0..accounts * SAYINGS {
        let from = saying % accounts;
        let to = (from + 1 + rng.u32(..4)) % accounts;
        let at = Time::from_secs(1_300_000_000 + i64::from(saying) / 80);
        let text = match rng.u8(..25) {
            0 => format!("see http://site{}.example/{}", rng.u8(..), rng.u32(..)),
            _ => format!("words of {saying:x} and others"),
        };
        block.push(stream.say(at, &format!("u{from}"), &format!("u{to}"), &text));
        if block.len() == BLOCK {
            hear(&block);
            block.clear();
        }
    }
    hear(&block);
}

/// Lines between accounts of which no two are the same.
#[derive(Debug)]
pub struct Junk {
    stream: Stream,
    made: u64,
}

impl Default for Junk {
    fn default() -> Self {
        Self { stream: Stream::new("aim"), made: 0 }
    }
}

impl Junk {
    /// The next one.
    pub fn line(&mut self, at: Time) -> Told {
        self.made += 2;
        let (from, to) = (format!("junk{}", self.made), format!("junk{}", self.made + 1));
        let text = match self.made % 50 {
            0 => format!("see http://junk{}.example/", self.made),
            _ => "nothing of any interest".to_owned(),
        };
        self.stream.say(at, &from, &to, &text)
    }
}

/// How long a core has worked for this thread, to the nanosecond; nothing where nobody says.
fn worked() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

/// Bytes of memory this process holds; 0 where nobody says.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4_096
}
