//! `overhear live`: interfaces in, the event stream out, for as long as it is wanted.

mod metrics;
mod notify;
mod watch;

use std::os::fd::{AsFd as _, AsRawFd as _};
use std::path::{Path, PathBuf};

use overhear_analysis::{ContentLevel, Scribe, Settings};
use overhear_sensor::keep::Described;
use overhear_sensor::live::{self, Device, OpenError};
use overhear_sensor::pipeline::{self, WireDelays};
use overhear_tui::feed::Sender;

use crate::args::{Live, Manner};
use crate::dashboard::{self, Watched};
use crate::desk::Desk;
use crate::exit::{Ended, Exit, Usage, complain, say};
use crate::interrupt::{Interrupt, Requests};
use crate::kept::{Keeping, Kept};
use crate::meter::Meter;
use crate::sandbox::{self, Cell, Wall};
use crate::state;
use metrics::Metrics;
use notify::Notify;
use watch::{Clocks, Watch};

/// Watches interfaces, with the dashboard where there is somebody to look at it.
pub(crate) fn run(options: &Live, manner: &Manner, interrupt: &Interrupt) -> anyhow::Result<Exit> {
    let devices = Device::open(&listening(options)).map_err(unheard)?;
    if !options.screen.wanted_live(&options.output) {
        return Ok(listen(options, devices, manner, interrupt, None)?.said());
    }
    if !options.no_sandbox {
        // The screen's thread writes what its user exports, and needs no privilege for that.
        sandbox::drop_capabilities();
    }
    let quiet = manner.beside_a_dashboard();
    let work = |sender| listen(options, devices, &quiet, interrupt, Some(sender));
    let kept = options.sensing.write.iter().map(|write| write.path().to_owned());
    let title = options.interfaces.join(", ");
    let (memory, locked) = (options.sensing.memory, !options.no_sandbox);
    let watched = Watched { title, captures: kept.collect(), memory, live: true, locked };
    dashboard::watch(&watched, &options.screen, manner, interrupt, work)
}

/// Listens at interfaces.
fn listen(
    options: &Live,
    devices: Vec<Device>,
    manner: &Manner,
    interrupt: &Interrupt,
    watcher: Option<Sender>,
) -> anyhow::Result<Ended> {
    let mut engine = pipeline::Options { sheds: true, ..options.sensing.engine()? };
    // The kernel filters.
    engine.filter = None;
    let key = options.sensing.key()?;
    let settings = Settings {
        interfaces: several(&options.interfaces),
        ..options.sensing.settings(&options.output, ContentLevel::Excerpt, key)
    };
    let state = options.output.state.is_some();
    let start = options.sensing.start(&settings, options.interfaces.clone(), false, state);
    let scribe = Scribe::new(settings, start);
    let mut desk = Desk::live(&options.output, options.rotation, manner, watcher)?;
    desk.limit(options.sensing.budget());
    let requests = Requests::listen()?;
    let mut keeping = Keeping::anew(&options.sensing, options.volumes, requests.frames())?;
    let book = state::open(&options.output, manner)?;
    desk.tell(&scribe.start(), None)?;
    let (meter, notify) = (Meter::start(), Notify::open());
    let mut metrics = Metrics::open(&options.metrics)?;
    if !options.no_sandbox {
        let written = metrics.as_ref().and_then(Metrics::writes);
        lock(options, written, &devices, manner);
    }
    metrics.as_mut().map_or(Ok(()), Metrics::serve)?;
    desk.remember(book)?;
    desk.count(metrics.as_ref().map(Metrics::counts));
    let sources = sources(options, &devices);
    let mut feed = live::Live::start(devices, keeping.as_ref().is_some_and(Keeping::is_whole))?;
    if let Some(limit) = options.packets {
        feed.end_after(limit);
    }
    if !manner.quiet {
        say(format_args!("overhear: listening at {}", options.interfaces.join(", ")));
    }
    let (mut feed, asker) = Kept::new(feed, keeping.as_mut(), sources)?;
    desk.ask(asker);
    let duration = options.duration.map(|duration| duration.0);
    notify.say("READY=1");
    let clocks = Clocks { meter, duration, notify, requests, metrics, wire: WireDelays::default() };
    let watch = Watch { manner, interrupt, clocks };
    let ended = watch.run(&mut feed, engine, scribe, desk)?;
    feed.finish()?;
    Ok(ended)
}

/// Enters the sandbox: what is open by now is all that will be needed.
fn lock(options: &Live, written: Option<PathBuf>, devices: &[Device], manner: &Manner) {
    let writable = options.output.folder.iter().cloned().chain(written).collect();
    let fillable = options.sensing.write.iter().filter_map(|write| folder(write.path())).collect();
    // Where the kernel tells what an interface dropped.
    let counted = |name: &String| Path::new("/sys/class/net").join(name).join("statistics");
    let readable = options.interfaces.iter().map(counted).collect();
    let mute = devices.iter().map(|device| device.as_fd().as_raw_fd()).collect();
    let walls = Cell { writable, fillable, readable, mute }.enter();
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

/// The folder a file is in.
fn folder(path: &Path) -> Option<PathBuf> {
    let parent = path.parent()?;
    Some(if parent.as_os_str().is_empty() { ".".into() } else { parent.to_owned() })
}

/// Which interface it was is worth telling where there are several.
fn several(interfaces: &[String]) -> Vec<Option<String>> {
    let several = interfaces.windows(2).any(|pair| pair.first() != pair.last());
    interfaces.iter().map(|name| Some(name.clone()).filter(|_| several)).collect()
}

/// Where frames come from, for the file they are kept in.
fn sources(options: &Live, devices: &[Device]) -> Vec<Described> {
    let link = |source| {
        let mut readers = devices.iter();
        readers.find(|device| device.source() == source).map(Device::link)
    };
    let described = |(name, source): (&String, u16)| Described {
        name: name.clone(),
        link: link(source),
        filter: options.sensing.filter.clone(),
        snaplen: options.snaplen,
    };
    options.interfaces.iter().zip(0..).map(described).collect()
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
