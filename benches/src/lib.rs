//! How long things take: `cargo bench -p overhear-benches`.
//!
//! Plain loops around the dialogues of `testdata`: the best of some rounds, because a machine can
//! only be slowed down by its other work, never sped up.

pub mod memory;
pub mod worms;

use std::time::{Duration, Instant};

/// Rounds of a measurement.
const ROUNDS: u32 = 15;

/// Does `work` some times, and prints how many millions of `amount` its best round did in a second.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench has a clock, and says what it saw"
)]
pub fn measure(name: &str, amount: usize, unit: &str, mut work: impl FnMut()) {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        work();
        best = best.min(begin.elapsed());
    }
    let rate = amount as f64 / 1e6 / best.as_secs_f64();
    println!("{name:<24} {rate:>12.3} million {unit}/s");
}
