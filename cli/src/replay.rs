//! `overhear replay`: recorded event streams are judged and shown again.
//!
//! Lines pass through as they are, byte for byte; only findings and the last line are made anew.
//! Where less is to be shown than was recorded, the lines are written anew, reduced.

use std::io;

use overhear_analysis::told::{Body, Ledger, Stats};
use overhear_analysis::{ContentLevel, SecretLevel};
use overhear_sensor::output::reduce::{Reduce, Shows};
use overhear_tui::feed::Sender;

use crate::args::{LEAST, Manner, Output, Replay};
use crate::dashboard::{self, Watched};
use crate::desk::Desk;
use crate::exit::{Ended, Exit, complain};
use crate::interrupt::Interrupt;
use crate::lines::Faults;
use crate::progress::Progress;
use crate::sensing::BUDGET;
use crate::state;
use crate::streams::Streams;

/// Replays streams, with the dashboard if it is wanted.
pub(crate) fn run(
    options: &Replay,
    manner: &Manner,
    interrupt: &Interrupt,
) -> anyhow::Result<Exit> {
    if !options.screen.wanted() {
        return Ok(replay(options, manner, interrupt, None)?.said());
    }
    let title = dashboard::title(&options.paths);
    let watched = Watched { title, captures: Vec::new(), memory: None, live: false, locked: false };
    let quiet = manner.beside_a_dashboard();
    let work = |sender| replay(options, &quiet, interrupt, Some(sender));
    dashboard::watch(&watched, &options.screen, manner, interrupt, work)
}

/// Replays streams.
fn replay(
    options: &Replay,
    manner: &Manner,
    interrupt: &Interrupt,
    watcher: Option<Sender>,
) -> anyhow::Result<Ended> {
    let wanted = Wanted::of(&options.output);
    let mut streams = Streams::open(&options.paths, wanted.twice());
    let mut exit = Exit { incomplete: !streams.faults.is_empty(), ..Exit::default() };
    streams.faults.iter().for_each(complain);
    if streams.count() == 0 {
        return Ok(Ended { exit, complaints: Vec::new() });
    }
    let reduce = if wanted.twice() { wanted.reduction(&mut streams, interrupt)? } else { None };
    let mut desk = Desk::new(&options.output, manner, watcher)?;
    desk.remember(state::open(&options.output, manner)?)?;
    // What judged them had the same. First lines come before all others.
    let mut budget = None;
    desk.limit(BUDGET);
    let mut progress = Progress::new(streams.bytes, manner);
    let mut carried = Carried::new(streams.count());
    let mut faults = Faults::default();
    let mut lines = streams.lines(&mut faults)?;
    while let Some(mut line) = lines.next(&mut faults) {
        progress.more(line.raw.len() as u64 + 1);
        let Some(mut told) = line.told.take() else {
            desk.pass(&line.raw)?;
            continue;
        };
        if let Body::Start(start) = &told.body {
            // Of several the largest; a stream says what it likes.
            let said = start.options.memory.map_or(BUDGET, |memory| memory.max(LEAST));
            budget = budget.max(Some(said));
            desk.limit(budget.unwrap_or(BUDGET));
        }
        match told.body {
            Body::Finding(_) => {}
            Body::Stats(stats) => carried.add(stats),
            _ => {
                if let Some(reduce) = &reduce {
                    reduce.apply(&mut told);
                }
                let raw = reduce.is_none().then_some(line.raw.as_slice());
                desk.tell(&told, raw)?;
            }
        }
        if desk.is_closed() || interrupt.came() {
            break;
        }
    }
    drop(progress);
    exit.interrupted = interrupt.came();
    if exit.interrupted || desk.is_closed() {
        desk.forget();
    }
    exit.incomplete |= !faults.is_empty();
    exit.found = desk.finish(carried.ledger, carried.run)?;
    Ok(Ended { exit, complaints: faults.said() })
}

/// What recorded streams say about the sensor that made them.
struct Carried {
    ledger: Option<Ledger>,
    run: Option<serde_json::Value>,
    alone: bool,
}

impl Carried {
    fn new(streams: usize) -> Self {
        Self { ledger: None, run: None, alone: streams == 1 }
    }

    fn add(&mut self, stats: Stats) {
        if let Some(more) = stats.ledger {
            self.ledger.get_or_insert_default().add(&more);
        }
        if self.alone {
            self.run = stats.run;
        }
    }
}

/// What has to be taken out of the lines, if anything.
///
/// What was asked for holds. Otherwise a stream passes as it is, but what people read does not
/// show the secrets that a stream was recorded with unless they ask for them.
struct Wanted {
    content: Option<ContentLevel>,
    secrets: Option<SecretLevel>,
    for_people: bool,
}

impl Wanted {
    fn of(output: &Output) -> Self {
        Self {
            content: output.content,
            secrets: output.secrets,
            for_people: !output.json || output.folder.is_some(),
        }
    }

    /// What a stream shows has to be known before its first line is told.
    fn twice(&self) -> bool {
        self.for_people || self.content.is_some() || self.secrets.is_some()
    }

    fn reduction(
        &self,
        streams: &mut Streams,
        interrupt: &Interrupt,
    ) -> io::Result<Option<Reduce>> {
        let mut shows = Shows::default();
        // What is wrong with the lines is told when they are read for good.
        let mut lines = streams.lines(&mut Faults::default())?;
        while let Some(line) = lines.next(&mut Faults::default()) {
            line.told.iter().for_each(|told| shows.hear(told));
            if interrupt.came() {
                break;
            }
        }
        if self.content.is_none() && self.secrets.is_none() && !shows.reveals() {
            return Ok(None);
        }
        let secrets = match self.secrets {
            Some(level) => level,
            None if self.for_people => SecretLevel::Masked,
            None => SecretLevel::Reveal,
        };
        Ok(Some(Reduce::new(self.content.unwrap_or(ContentLevel::Full), secrets, shows)))
    }
}
