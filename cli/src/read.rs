//! `overhear read`: captures in, the event stream or a report out.

use std::cell::{Cell, RefCell};
use std::io;
use std::path::PathBuf;

use overhear_analysis::told::Ledger;
use overhear_sensor::capture::{Fault, Timeline};
use overhear_sensor::output::reduce;
use overhear_sensor::pipeline;

use crate::args::{Content, Manner, Read, Secrets};
use crate::desk::Desk;
use crate::exit::{Exit, Usage, complain, say};
use crate::interrupt::Interrupt;
use crate::key;
use crate::meter::Meter;
use crate::progress::Progress;
use crate::scribe::{Scribe, Settings};

/// Reads captures.
pub(crate) fn run(options: &Read, manner: &Manner, interrupt: &Interrupt) -> anyhow::Result<Exit> {
    if options.filter.is_some() {
        let why = "filters need libpcap's compiler, which this build does not have";
        return Err(anyhow::Error::msg(why).context(Usage("--filter")));
    }
    let key = key::find(options.key.as_deref())?;
    let meter = Meter::start();
    let (timelines, faults) = open(options);
    let mut exit = Exit { incomplete: !faults.is_empty(), ..Exit::default() };
    faults.iter().for_each(complain);
    if timelines.is_empty() {
        return Ok(exit);
    }
    let engine = engine(options);
    let mut reading = Reading {
        desk: Desk::new(&options.output, manner)?,
        progress: Progress::new(None, manner),
        interrupt,
        begun: false,
        before: 0,
        ledger: Ledger::default(),
        faults: Vec::new(),
    };
    for mut timeline in timelines {
        let scribe = Scribe::new(settings(options, key, &timeline));
        reading.capture(&mut timeline, &engine, scribe)?;
    }
    let Reading { desk, progress, ledger, faults, .. } = reading;
    drop(progress);
    exit.interrupted = interrupt.came();
    exit.incomplete |= !faults.is_empty();
    let frames = ledger.frames;
    exit.found = desk.finish(Some(ledger), Some(meter.run(engine.workers)))?;
    faults.iter().for_each(complain);
    if manner.verbose {
        say(format_args!("overhear: {}", meter.summary(frames)));
    }
    Ok(exit)
}

/// One reading of captures.
struct Reading<'a> {
    desk: Desk,
    progress: Progress,
    interrupt: &'a Interrupt,
    /// The first line was told.
    begun: bool,
    /// Bytes of the captures that were read before this one.
    before: u64,
    ledger: Ledger,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    /// Reads one timeline to its end, or until nobody wants any more.
    fn capture(
        &mut self,
        timeline: &mut Timeline,
        engine: &pipeline::Options,
        mut scribe: Scribe,
    ) -> io::Result<()> {
        let Self { desk, progress, interrupt, begun, before, .. } = self;
        let mut told = Vec::new();
        if !std::mem::replace(begun, true) {
            scribe.start(&mut told);
            desk.tell_all(&mut told)?;
        }
        let written = RefCell::new(Ok(()));
        let stop = Cell::new(false);
        let ledger = pipeline::read(
            timeline,
            engine,
            &mut |record| {
                if stop.get() {
                    return;
                }
                scribe.hear(record, &mut told);
                let result = desk.tell_all(&mut told);
                stop.set(result.is_err() || desk.is_closed());
                written.replace(result);
            },
            &mut |timeline| {
                let (done, total) = timeline.progress();
                progress.at(*before + done, total);
                !stop.get() && !interrupt.came()
            },
        );
        written.into_inner()?;
        scribe.finish(&mut told);
        desk.tell_all(&mut told)?;
        self.ledger.add(&ledger);
        self.faults.extend_from_slice(timeline.faults());
        self.before += timeline.progress().0;
        Ok(())
    }
}

/// The inputs as one timeline, or each by itself; and those that cannot be opened. Captures of
/// which nothing can be read make no timeline.
fn open(options: &Read) -> (Vec<Timeline>, Vec<Fault>) {
    let paths: Vec<PathBuf> = options.paths.iter().map(PathBuf::from).collect();
    let (all, faults) = Timeline::open(&paths);
    if all.files() == 0 {
        return (Vec::new(), faults);
    }
    if !options.separate {
        return (vec![all], faults);
    }
    let files = all.inputs().iter().map(|input| PathBuf::from(&input.name));
    let apart = files.map(|file| Timeline::open(&[file]).0).filter(|one| one.files() > 0);
    (apart.collect(), faults)
}

fn engine(options: &Read) -> pipeline::Options {
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    pipeline::Options {
        workers: options.workers.map_or_else(cores, usize::from),
        memory: options.memory.map_or(MEMORY, |size| size.0),
    }
}

fn settings(options: &Read, key: key::Key, timeline: &Timeline) -> Settings {
    let inputs = timeline.inputs();
    let output = &options.output;
    Settings {
        content: reduce::Content::from(output.content.unwrap_or(Content::Full)).name().into(),
        secrets: reduce::Secrets::from(output.secrets.unwrap_or(Secrets::Masked)).name().into(),
        home: options.home_net.clone().unwrap_or_default(),
        key,
        inputs: inputs.iter().map(|input| input.name.clone()).collect(),
        resolutions: inputs.iter().map(|input| input.resolution).collect(),
        separate: options.separate,
    }
}

/// The budget for everything that grows with traffic, in bytes.
const MEMORY: u64 = 1 << 30;
