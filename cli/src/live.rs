//! `overhear live`: interfaces in, the event stream out, for as long as it is wanted.

use std::cell::{Cell, RefCell};
use std::fs::File;

use anyhow::Context as _;

use overhear_analysis::{ContentLevel, Scribe, Settings};
use overhear_sensor::feed::Feed;
use overhear_sensor::keep::{Described, Keep};
use overhear_sensor::live::{self, Device, OpenError};
use overhear_sensor::{output, pipeline};

use crate::args::{Live, Manner, Write};
use crate::desk::Desk;
use crate::exit::{Exit, Usage, say};
use crate::interrupt::Interrupt;
use crate::meter::Meter;
use crate::sensing::failed;

/// Watches interfaces.
pub(crate) fn run(options: &Live, manner: &Manner, interrupt: &Interrupt) -> anyhow::Result<Exit> {
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
    let mut desk = Desk::live(&options.output, manner)?;
    desk.tell(&scribe.start(), None)?;
    let written = options.write.as_ref().map(|write| kept(write, options)).transpose()?;
    let mut feed = live::Live::start(devices, written.is_some())?;
    if let Some(limit) = options.packets {
        feed.end_after(limit);
    }
    if !manner.quiet {
        say(format_args!("overhear: listening at {}", options.interfaces.join(", ")));
    }
    let watch = Watch { options, manner, interrupt, meter: Meter::start() };
    match written {
        None => watch.run(&mut feed, engine, scribe, desk),
        Some((file, sources)) => {
            let mut feed = Keep::new(feed, file, sources)?;
            let exit = watch.run(&mut feed, engine, scribe, desk)?;
            feed.finish().context("--write")?;
            Ok(exit)
        }
    }
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
    ) -> anyhow::Result<Exit> {
        let mut told = Vec::new();
        let (stop, state) = (Cell::new(false), RefCell::new((desk, Ok(()))));
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
            &mut |_| {
                let (desk, written) = &mut *state.borrow_mut();
                if written.is_ok() {
                    *written = desk.flush();
                }
                !(stop.get() || written.is_err() || self.enough())
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
        if self.manner.verbose {
            say(format_args!("overhear: {}", self.meter.summary(frames)));
        }
        Ok(Exit { found, ..Exit::default() })
    }

    fn enough(&self) -> bool {
        let over = self.options.duration.is_some_and(|limit| self.meter.took() >= limit.0);
        over || self.interrupt.came()
    }
}

/// The file frames are written to, and what it says of where they come from.
fn kept(write: &Write, options: &Live) -> anyhow::Result<(File, Vec<Described>)> {
    let file = output::file(&write.0).with_context(|| write.0.display().to_string())?;
    let described = |name: &String| Described {
        name: name.clone(),
        filter: options.sensing.filter.clone(),
        snaplen: options.snaplen,
    };
    Ok((file, options.interfaces.iter().map(described).collect()))
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
