//! `overhear live`: interfaces in, the event stream out, for as long as it is wanted.

use std::cell::{self, RefCell};
use std::os::fd::{AsFd as _, AsRawFd as _};

use overhear_analysis::{ContentLevel, Scribe, Settings};
use overhear_sensor::feed::Feed;
use overhear_sensor::keep::Described;
use overhear_sensor::live::{self, Device, OpenError};
use overhear_sensor::pipeline;
use overhear_tui::feed::Sender;

use crate::args::{Live, Manner};
use crate::dashboard::{self, Watched};
use crate::desk::Desk;
use crate::exit::{Ended, Exit, Usage, complain, say};
use crate::interrupt::Interrupt;
use crate::kept::{Keeping, Kept};
use crate::meter::{Meter, Rhythm};
use crate::sandbox::{Cell, Wall};
use crate::sensing::failed;

/// Watches interfaces, with the dashboard where there is somebody to look at it.
pub(crate) fn run(options: &Live, manner: &Manner, interrupt: &Interrupt) -> anyhow::Result<Exit> {
    if !options.screen.wanted_live(&options.output) {
        return Ok(listen(options, manner, interrupt, None)?.said());
    }
    let quiet = manner.beside_a_dashboard();
    let work = |sender| listen(options, &quiet, interrupt, Some(sender));
    let kept = options.sensing.write.iter().map(|write| write.path().to_owned());
    let title = options.interfaces.join(", ");
    let watched = Watched { title, captures: kept.collect(), live: true };
    dashboard::watch(&watched, &options.screen, manner, interrupt, work)
}

/// Listens at interfaces.
fn listen(
    options: &Live,
    manner: &Manner,
    interrupt: &Interrupt,
    watcher: Option<Sender>,
) -> anyhow::Result<Ended> {
    let mut engine = pipeline::Options { sheds: true, ..options.sensing.engine()? };
    // The kernel filters.
    engine.filter = None;
    let key = options.sensing.key()?;
    let devices = Device::open(&listening(options)).map_err(unheard)?;
    let settings = Settings {
        inputs: options.interfaces.clone(),
        resolutions: vec![None; options.interfaces.len()],
        ..options.sensing.settings(&options.output, ContentLevel::Excerpt, key)
    };
    let start = options.sensing.start(&settings, options.interfaces.clone(), false);
    let scribe = Scribe::new(settings, start);
    let mut desk = Desk::live(&options.output, manner, watcher)?;
    desk.tell(&scribe.start(), None)?;
    let keeping = Keeping::begin(&options.sensing)?;
    let meter = Meter::start();
    if !options.no_sandbox {
        lock(options, &devices, manner);
    }
    let mut feed = live::Live::start(devices, keeping.as_ref().is_some_and(Keeping::is_whole))?;
    if let Some(limit) = options.packets {
        feed.end_after(limit);
    }
    if !manner.quiet {
        say(format_args!("overhear: listening at {}", options.interfaces.join(", ")));
    }
    let (mut feed, asker) = Kept::new(feed, keeping.as_ref(), sources(options))?;
    desk.ask(asker);
    let watch = Watch { options, manner, interrupt, meter };
    let ended = watch.run(&mut feed, engine, scribe, desk)?;
    feed.finish()?;
    Ok(ended)
}

/// One watch.
struct Watch<'a> {
    options: &'a Live,
    manner: &'a Manner,
    interrupt: &'a Interrupt,
    meter: Meter,
}

impl Watch<'_> {
    /// Hears a feed until somebody wants an end.
    fn run(
        &self,
        feed: &mut impl Feed,
        mut engine: pipeline::Options,
        mut scribe: Scribe,
        desk: Desk,
    ) -> anyhow::Result<Ended> {
        let (mut told, mut rhythm) = (Vec::new(), Rhythm::default());
        let (stop, state) = (cell::Cell::new(false), RefCell::new((desk, Ok(()))));
        let run = pipeline::read(
            feed,
            &mut engine,
            &mut |record| {
                if stop.get() {
                    return;
                }
                let (desk, written) = &mut *state.borrow_mut();
                scribe.hear(&record, &mut |event| told.push(event));
                *written = desk.tell_all(&mut told);
                stop.set(written.is_err() || desk.is_closed());
            },
            &mut |pulse| {
                let (desk, written) = &mut *state.borrow_mut();
                if desk.is_watched() && rhythm.is_due(self.meter.took()) {
                    desk.stands(self.meter.vitals(pulse));
                }
                if written.is_ok() {
                    *written = desk.flush();
                }
                !(stop.get() || written.is_err() || desk.is_left() || self.enough())
            },
        )
        .map_err(failed)?;
        let (mut desk, written) = state.into_inner();
        written?;
        scribe.finish(&mut |event| told.push(event));
        desk.tell_all(&mut told)?;
        let frames = run.ledger.frames;
        let measured = self.meter.run(engine.workers, &run.stages);
        let found = desk.finish(Some(run.ledger), Some(measured))?;
        let mut ended = Ended { exit: Exit { found, ..Exit::default() }, complaints: Vec::new() };
        if self.manner.verbose {
            ended.complaints.push(self.meter.summary(frames));
        }
        Ok(ended)
    }

    fn enough(&self) -> bool {
        let over = self.options.duration.is_some_and(|limit| self.meter.took() >= limit.0);
        over || self.interrupt.came()
    }
}

/// Enters the sandbox: what is open by now is all that will be needed.
fn lock(options: &Live, devices: &[Device], manner: &Manner) {
    let writable = options.output.folder.iter().cloned().collect();
    let mute = devices.iter().map(|device| device.as_fd().as_raw_fd()).collect();
    let walls = Cell { writable, mute }.enter();
    for Wall { name, missing } in &walls {
        match missing {
            Some(missing) if !manner.quiet => {
                complain(format_args!("sandbox: {name}: {missing}"));
            }
            None if manner.verbose => say(format_args!("overhear: sandbox: {name}")),
            _ => {}
        }
    }
}

/// Where frames come from, for the file they are kept in.
fn sources(options: &Live) -> Vec<Described> {
    let described = |name: &String| Described {
        name: name.clone(),
        filter: options.sensing.filter.clone(),
        snaplen: options.snaplen,
    };
    options.interfaces.iter().map(described).collect()
}

fn listening(options: &Live) -> live::Options {
    live::Options {
        interfaces: options.interfaces.clone(),
        readers: options.readers,
        snaplen: options.snaplen,
        buffer: u32::try_from(options.buffer.0).unwrap_or(u32::MAX),
        filter: options.sensing.filter.clone(),
        promiscuous: !options.no_promiscuous,
    }
}

/// A filter that cannot be used is wrong usage; an interface that cannot be heard is a missing
/// input.
fn unheard(error: OpenError) -> anyhow::Error {
    let filter = error.filter;
    let error = anyhow::Error::new(error);
    if filter { error.context(Usage("--filter")) } else { error }
}
