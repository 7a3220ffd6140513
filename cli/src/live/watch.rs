//! One watch: from the first frame to the end somebody wants.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use overhear_analysis::told::Body;
use overhear_analysis::{Scribe, Told};
use overhear_sensor::feed::Feed;
use overhear_sensor::pipeline::{self, WireDelays};
use overhear_sensor::pulse::Pulse;
use overhear_sensor::teller;
use overhear_tui::feed::Vitals;
use serde_json::json;

use super::metrics::Metrics;
use super::notify::Notify;
use crate::args::Manner;
use crate::desk::Desk;
use crate::exit::{Ended, Exit, complain, say};
use crate::interrupt::{Interrupt, Requests};
use crate::meter::{Meter, Rhythm, delays};
use crate::sensing::failed;

/// One watch.
pub(super) struct Watch<'a> {
    pub(super) manner: &'a Manner,
    pub(super) interrupt: &'a Interrupt,
    pub(super) clocks: Clocks,
}

/// What is looked after from time to time.
pub(super) struct Clocks {
    pub(super) meter: Meter,
    /// How long it is to take.
    pub(super) duration: Option<Duration>,
    pub(super) notify: Notify,
    pub(super) requests: Requests,
    pub(super) metrics: Option<Metrics>,
    pub(super) wire: WireDelays,
}

/// How often metrics are brought up to date.
const FRESH: Duration = Duration::from_secs(1);
/// How often what was learned is written down.
const MINUTE: Duration = Duration::from_mins(1);

impl Watch<'_> {
    /// Hears a feed until somebody wants an end.
    pub(super) fn run(
        self,
        feed: &mut impl Feed,
        mut engine: pipeline::Options,
        scribe: Scribe,
        desk: Desk,
    ) -> anyhow::Result<Ended> {
        let Self { manner, interrupt, clocks } = self;
        let mut rhythm = Rhythm::default();
        let stop = Cell::new(false);
        let state = RefCell::new((desk, clocks, Ok(())));
        let (mut fresh, mut learnt) = (Duration::ZERO, Duration::ZERO);
        let run = teller::read(
            feed,
            &mut engine,
            scribe,
            &mut |told| {
                if stop.get() {
                    return;
                }
                let (desk, clocks, written) = &mut *state.borrow_mut();
                clocks.hear(&told);
                *written = desk.tell(&told, None);
                stop.set(written.is_err() || desk.is_closed());
            },
            &mut |pulse| {
                let (desk, clocks, written) = &mut *state.borrow_mut();
                if written.is_ok() {
                    *written = desk.flush();
                }
                let anew = clocks.requests.anew();
                if anew && written.is_ok() {
                    *written = desk.turn();
                }
                clocks.remember(desk, &mut learnt, anew);
                if desk.is_watched() && rhythm.is_due(clocks.meter.took()) {
                    desk.stands(clocks.vitals(pulse));
                }
                clocks.beat(pulse, &mut fresh, !desk.is_watched());
                let over = clocks.over() || desk.is_left() || interrupt.came();
                !(stop.get() || written.is_err() || over)
            },
        )
        .map_err(failed)?;
        let (desk, clocks, written) = state.into_inner();
        clocks.notify.say("STOPPING=1");
        written?;
        let (frames, mut stages) = (run.ledger.frames, run.stages);
        stages.push(clocks.wire.stage());
        let measured = clocks.meter.run(engine.workers, &stages);
        let found = desk.finish(Some(run.ledger), Some(measured))?;
        let mut ended = Ended { exit: Exit { found, ..Exit::default() }, complaints: Vec::new() };
        if manner.verbose {
            ended.complaints.push(clocks.meter.summary(frames));
        }
        Ok(ended)
    }
}

impl Clocks {
    fn over(&self) -> bool {
        self.duration.is_some_and(|limit| self.meter.took() >= limit)
    }

    fn hear(&mut self, told: &Told) {
        if let (Body::Message(_), Some(at)) = (&told.body, told.head.timestamp) {
            self.wire.note(at);
        }
    }

    /// Writes down what was learned: every minute, or at once, and what takes longer second by second.
    fn remember(&self, desk: &mut Desk, due: &mut Duration, now: bool) {
        let took = self.meter.took();
        if took < *due && !now {
            return;
        }
        let all = desk.learn().unwrap_or_else(|error| {
            complain(format_args!("--state: {error}; nothing more is remembered"));
            true
        });
        *due = took + if all { MINUTE } else { FRESH };
    }

    /// Looks after whoever wants to know how it goes.
    fn beat(&mut self, pulse: &Pulse<'_>, fresh: &mut Duration, aloud: bool) {
        let took = self.meter.took();
        self.notify.alive(took);
        if self.requests.state() && aloud {
            say(format_args!("overhear: {}", self.state(pulse)));
        }
        let Some(metrics) = self.metrics.as_ref().filter(|_| took >= *fresh) else { return };
        *fresh = took + FRESH;
        let stages: Vec<_> = pulse.stages().into_iter().chain([self.wire.stage()]).collect();
        let memory = self.meter.peak().unwrap_or_default();
        metrics.update(&pulse.ledger(), &stages, pulse.queue.0, memory);
        if let Err(error) = metrics.write() {
            complain(format_args!("--metrics-file: {error}"));
            self.metrics = None;
        }
    }

    /// How it goes, for the dashboard.
    fn vitals(&self, pulse: &Pulse<'_>) -> Vitals {
        let mut vitals = self.meter.vitals(pulse);
        vitals.delays.push(delays(&self.wire.stage()));
        vitals
    }

    /// How it goes, as one line of JSON.
    fn state(&self, pulse: &Pulse<'_>) -> serde_json::Value {
        let stages: Vec<_> = pulse.stages().into_iter().chain([self.wire.stage()]).collect();
        json!({
            "wall_time": self.meter.took().as_secs_f64(),
            "peak_memory": self.meter.peak(),
            "queue": pulse.queue,
            "delays": stages,
            "ledger": pulse.ledger(),
        })
    }
}
