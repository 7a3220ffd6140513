//! What a run cost: `stats.run`, which nobody compares.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::time::{Duration, Instant};

use overhear_sensor::pipeline::Stage;
use serde_json::{Value, json};

/// A run that is being measured.
#[derive(Debug)]
pub(crate) struct Meter {
    begun: Instant,
    /// Where Linux says what the process uses; opened at the beginning, since later it may not be.
    status: Option<File>,
}

impl Meter {
    /// Begins to measure.
    #[expect(clippy::disallowed_methods, reason = "measures the run, not the data")]
    pub(crate) fn start() -> Self {
        Self { begun: Instant::now(), status: File::open("/proc/self/status").ok() }
    }

    /// Wall time in seconds, peak memory in bytes where the system tells it, workers, and how
    /// long packets waited for each other between them.
    pub(crate) fn run(&self, workers: usize, stages: &[Stage]) -> Value {
        let mut run = json!({ "wall_time": self.took().as_secs_f64(), "workers": workers });
        if !stages.is_empty() {
            run["delays"] = json!(stages);
        }
        if let (Some(peak), Some(run)) = (self.peak(), run.as_object_mut()) {
            run.insert("peak_memory".into(), peak.into());
        }
        run
    }

    /// The same for people.
    pub(crate) fn summary(&self, frames: u64) -> String {
        let took = self.took();
        let rate = u128::from(frames) * 1000 / took.as_millis().max(1);
        let memory =
            self.peak().map(|peak| format!(", {} MiB at most", peak >> 20)).unwrap_or_default();
        format!("{frames} frames in {:.2} s, {rate} frames/s{memory}", took.as_secs_f64())
    }

    /// How long it has taken so far.
    pub(crate) fn took(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Most memory this process held at a time, in bytes, as Linux says.
    pub(crate) fn peak(&self) -> Option<u64> {
        let mut status = String::new();
        let mut file = self.status.as_ref()?;
        file.rewind().ok()?;
        file.read_to_string(&mut status).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kib.checked_mul(1024)
    }
}
