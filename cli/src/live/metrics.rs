//! How the sensor does, for monitoring systems: the exposition format of Prometheus, served over
//! HTTP or written to a file.
//!
//! Nothing from the wire is a label: names, accounts and addresses stay in the event stream.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use overhear_analysis::told::Ledger;
use overhear_sensor::pipeline::Stage;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::args;
use crate::counts::{Counts, Labels};

/// The metrics, and where they go.
pub(super) struct Metrics {
    registry: Arc<Registry>,
    counters: Vec<(Counter, Value)>,
    counts: Counts,
    delays: Family<Labels, Gauge<f64, AtomicU64>>,
    queue: Gauge,
    memory: Gauge,
    listener: Option<TcpListener>,
    file: Option<PathBuf>,
}

/// Where a counter stands in the ledger.
type Value = fn(&Ledger) -> u64;
/// Counters of the ledger: name, meaning, and where they stand.
type Row = (&'static str, &'static str, Value);

const LEDGER: &[Row] = &[
    ("packets", "Frames read", |ledger| ledger.frames),
    ("captured_bytes", "Bytes of the frames read", |ledger| ledger.bytes),
    ("kernel_drops", "Frames the kernel dropped", |ledger| ledger.kernel_dropped),
    ("interface_drops", "Frames an interface dropped", |ledger| ledger.interface_dropped),
    ("shed_packets", "Packets shed because a worker was behind", |ledger| ledger.shed),
    ("malformed_packets", "Frames whose headers cannot be", |ledger| ledger.malformed),
    ("flows", "Flows begun", |ledger| ledger.flows),
    ("struck_flows", "Flows given up because the memory's budget was full", |ledger| ledger.struck),
    ("delivered_bytes", "Payload bytes delivered in order", |ledger| ledger.delivered),
    ("gap_bytes", "Payload bytes nobody saw", |ledger| ledger.gap_bytes),
];

impl Metrics {
    /// Opens where they go, if anywhere.
    pub(super) fn open(options: &args::Metrics) -> anyhow::Result<Option<Self>> {
        let args::Metrics { address, file } = options;
        if address.is_none() && file.is_none() {
            return Ok(None);
        }
        let bind =
            |address| TcpListener::bind(address).with_context(|| format!("--metrics {address}"));
        let listener = address.map(bind).transpose()?;
        let mut registry = Registry::with_prefix("overhear");
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "The program", Info::new(version));
        let counters = LEDGER.iter().map(|(name, meaning, value)| {
            let counter = Counter::default();
            registry.register(*name, *meaning, counter.clone());
            (counter, *value)
        });
        let counters = counters.collect();
        let counts = Counts::default();
        let (delays, queue, memory) = (Family::default(), Gauge::default(), Gauge::default());
        registry.register("events", "Events told", counts.events.clone());
        registry.register("findings", "Findings opened", counts.findings.clone());
        registry.register_with_unit(
            "delay",
            "Time spent in a stage",
            Unit::Seconds,
            delays.clone(),
        );
        registry.register("queued_batches", "Batches that wait for a worker", queue.clone());
        let meaning = "Most memory held so far";
        registry.register_with_unit("peak_memory", meaning, Unit::Bytes, memory.clone());
        let (registry, file) = (Arc::new(registry), file.clone());
        Ok(Some(Self { registry, counters, counts, delays, queue, memory, listener, file }))
    }

    /// Begins to serve them, on a thread of its own.
    pub(super) fn serve(&mut self) -> io::Result<()> {
        let Some(listener) = self.listener.take() else { return Ok(()) };
        let registry = Arc::clone(&self.registry);
        let serve = move || {
            for stream in listener.incoming().flatten() {
                // Whoever asks and goes away again has had an answer.
                let _ = answer(&stream, &registry);
            }
        };
        thread::Builder::new().name("metrics".into()).spawn(serve).map(drop)
    }

    /// Folders in which the file is written.
    pub(super) fn writes(&self) -> Option<PathBuf> {
        let folder = self.file.as_ref()?.parent()?;
        Some(if folder.as_os_str().is_empty() { ".".into() } else { folder.to_owned() })
    }

    /// Where events are counted.
    pub(super) fn counts(&self) -> Counts {
        self.counts.clone()
    }

    /// Takes over how it stands.
    pub(super) fn update(&self, ledger: &Ledger, stages: &[Stage], queued: usize, memory: u64) {
        for (counter, value) in &self.counters {
            counter.inner().store(value(ledger), Ordering::Relaxed);
        }
        for stage in stages {
            let quantiles = [("0.5", stage.p50), ("0.99", stage.p99), ("0.999", stage.p999)];
            for (quantile, micros) in quantiles.into_iter().chain([("1", stage.max)]) {
                let labels = vec![("stage", stage.stage.into()), ("quantile", quantile.into())];
                self.delays.get_or_create(&labels).set(micros / 1e6);
            }
        }
        self.queue.set(i64::try_from(queued).unwrap_or(i64::MAX));
        self.memory.set(i64::try_from(memory).unwrap_or(i64::MAX));
    }

    /// Writes the file, if there is one: whole, or not at all.
    pub(super) fn write(&self) -> io::Result<()> {
        let Some(path) = &self.file else { return Ok(()) };
        let new = path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(text(&self.registry).as_bytes())?;
        std::fs::rename(new, path)
    }
}

fn text(registry: &Registry) -> String {
    let mut text = String::new();
    // A string takes everything.
    let _ = encode(&mut text, registry);
    text
}

/// Patience with somebody who asks.
const PATIENCE: Duration = Duration::from_secs(2);
/// Most bytes of a question.
const QUESTION: u64 = 8 << 10;

/// Answers one question, whatever it is, as far as it is one.
fn answer(stream: &TcpStream, registry: &Registry) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.take(QUESTION)).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let (status, body) = match first.split(' ').take(2).collect::<Vec<_>>()[..] {
        ["GET", "/metrics" | "/"] => ("200 OK", text(registry)),
        ["GET", _] => ("404 Not Found", "It is at /metrics.\n".to_owned()),
        _ => ("405 Method Not Allowed", "Only GET is answered.\n".to_owned()),
    };
    let length = body.len();
    let mut out: &TcpStream = stream;
    write!(
        out,
        "HTTP/1.1 {status}\r\nContent-Type: {TYPE}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
}

const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
