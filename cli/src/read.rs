//! `overhear read`: captures in, the event stream or a report out.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use overhear_analysis::told::Ledger;
use overhear_analysis::{ContentLevel, FingerprintKey, Scribe, Settings};
use overhear_sensor::capture::{Fault, Timeline};
use overhear_sensor::keep::Described;
use overhear_sensor::pipeline::{self, Stage};
use overhear_sensor::teller;
use overhear_tui::feed::Sender;

use crate::args::{Manner, Read};
use crate::dashboard::{self, Watched};
use crate::desk::Desk;
use crate::exit::{Ended, Exit, complain};
use crate::interrupt::Interrupt;
use crate::kept::{Keeping, Kept};
use crate::meter::Meter;
use crate::progress::Progress;
use crate::sensing::failed;
use crate::state;

/// Reads captures, with the dashboard if it is wanted.
pub(crate) fn run(options: &Read, manner: &Manner, interrupt: &Interrupt) -> anyhow::Result<Exit> {
    if !options.screen.wanted() {
        return Ok(read(options, manner, interrupt, None)?.said());
    }
    let captures: Vec<_> = options.paths.iter().map(PathBuf::from).collect();
    let title = dashboard::title(&options.paths);
    let watched =
        Watched { title, captures, memory: options.sensing.memory, live: false, locked: false };
    let quiet = manner.beside_a_dashboard();
    let work = |sender| read(options, &quiet, interrupt, Some(sender));
    dashboard::watch(&watched, &options.screen, manner, interrupt, work)
}

/// Reads captures.
fn read(
    options: &Read,
    manner: &Manner,
    interrupt: &Interrupt,
    watcher: Option<Sender>,
) -> anyhow::Result<Ended> {
    let mut engine = options.sensing.engine()?;
    let key = options.sensing.key()?;
    let meter = Meter::start();
    let (timelines, faults) = open(options);
    let mut exit = Exit { incomplete: !faults.is_empty(), ..Exit::default() };
    faults.iter().for_each(complain);
    let mut keeping = Keeping::begin(&options.sensing)?;
    let mut desk = Desk::new(&options.output, manner, watcher)?;
    desk.limit(options.sensing.budget());
    desk.remember(state::open(&options.output, manner)?)?;
    let mut reading = Reading {
        desk,
        progress: Progress::new(None, manner),
        interrupt,
        begun: false,
        before: 0,
        ledger: Ledger::default(),
        stages: Vec::new(),
        faults: Vec::new(),
    };
    let inputs: Vec<String> = timelines.iter().flat_map(names).collect();
    for timeline in timelines {
        let scribe = scribe(options, key.clone(), &timeline, &inputs);
        let sources = sources(options, &timeline);
        let (feed, asker) = Kept::new(timeline, keeping.as_mut(), sources)?;
        reading.desk.ask(asker);
        reading.capture(feed, &mut engine, scribe)?;
        if interrupt.came() || reading.desk.is_closed() {
            break;
        }
    }
    let Reading { mut desk, progress, ledger, stages, faults, .. } = reading;
    drop(progress);
    exit.interrupted = interrupt.came();
    if exit.interrupted || desk.is_closed() {
        desk.forget();
    }
    exit.incomplete |= !faults.is_empty();
    let frames = ledger.frames;
    exit.found = desk.finish(Some(ledger), Some(meter.run(engine.workers, &stages)))?;
    let mut ended = Ended { exit, complaints: faults.iter().map(ToString::to_string).collect() };
    if manner.verbose {
        ended.complaints.push(meter.summary(frames));
    }
    Ok(ended)
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
    /// How long the last timeline's batches waited.
    stages: Vec<Stage>,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    /// Reads one timeline to its end, or until nobody wants any more.
    fn capture(
        &mut self,
        mut feed: Kept<Timeline>,
        engine: &mut pipeline::Options,
        scribe: Scribe,
    ) -> anyhow::Result<()> {
        let Self { desk, progress, interrupt, begun, before, .. } = self;
        if !std::mem::replace(begun, true) {
            desk.tell(&scribe.start(), None)?;
        }
        let written = RefCell::new(Ok(()));
        let stop = Cell::new(false);
        let run = teller::read(
            &mut feed,
            engine,
            scribe,
            &mut |told| {
                if !stop.get() {
                    let result = desk.tell(&told, None);
                    stop.set(result.is_err() || desk.is_closed());
                    *written.borrow_mut() = result;
                }
            },
            &mut |pulse| {
                progress.at(*before + pulse.read, pulse.total);
                !stop.get() && !interrupt.came()
            },
        )
        .map_err(failed)?;
        written.into_inner()?;
        let timeline = feed.finish()?;
        self.ledger.add(&run.ledger);
        self.stages = run.stages;
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
    // Where nothing can be read, the stream still says so from its first line to its last.
    if !options.separate || all.files() == 0 {
        return (vec![all], faults);
    }
    let apart =
        all.paths().map(|file| Timeline::open(&[file.to_owned()]).0).filter(|one| one.files() > 0);
    (apart.collect(), faults)
}

/// The captures of a timeline, each once.
fn names(timeline: &Timeline) -> Vec<String> {
    let name = |path: &Path| path.to_string_lossy().into_owned();
    let mut names: Vec<_> = timeline.paths().map(name).collect();
    names.dedup();
    names
}

/// Where frames come from, for the file they are kept in.
fn sources(options: &Read, timeline: &Timeline) -> Vec<Described> {
    let filter = &options.sensing.filter;
    let described = |input| Described { filter: filter.clone(), ..Described::from(input) };
    timeline.inputs().iter().map(described).collect()
}

fn scribe(options: &Read, key: FingerprintKey, timeline: &Timeline, inputs: &[String]) -> Scribe {
    let clocks = timeline.inputs();
    let settings = Settings {
        inputs: clocks.iter().map(|input| input.name.clone()).collect(),
        interfaces: clocks.iter().map(|input| input.interface.clone().unzip().0).collect(),
        resolutions: clocks.iter().map(|input| input.resolution).collect(),
        ..options.sensing.settings(&options.output, ContentLevel::Full, key)
    };
    let start = options.sensing.start(
        &settings,
        inputs.to_vec(),
        options.separate,
        options.output.state.is_some(),
    );
    Scribe::new(settings, start)
}
