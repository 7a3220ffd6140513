//! Where a worker writes down what it hears.

use std::sync::Arc;

use overhear_analysis::told::Ledger;
use overhear_analysis::{FlowFacts, FlowId, Heard, Order, Phase, Record, Stamp, Time};
use overhear_dissectors::{Out, Side};

/// The notepad of one step: it knows the step's place in the order, and counts.
pub(crate) struct Notes<'a> {
    /// What is counted.
    pub(crate) ledger: &'a mut Ledger,
    /// Where dissectors write, kept from one step to the next.
    pub(crate) out: &'a mut Out,
    frame: u64,
    phase: Phase,
    deadline: Time,
    index: u32,
    /// The frame at hand; a timer or the end has none of its own.
    stamp: Option<Stamp>,
    sink: &'a mut dyn FnMut(Record),
}

impl<'a> Notes<'a> {
    /// For what one frame makes known.
    pub(crate) fn frame(
        frame: u64,
        stamp: Stamp,
        ledger: &'a mut Ledger,
        out: &'a mut Out,
        sink: &'a mut dyn FnMut(Record),
    ) -> Self {
        let (phase, deadline) = (Phase::Frame, Time::default());
        Self { ledger, out, frame, phase, deadline, index: 0, stamp: Some(stamp), sink }
    }

    /// For what a timer due at `deadline` makes known before a frame.
    pub(crate) fn timer(
        before: u64,
        deadline: Time,
        ledger: &'a mut Ledger,
        out: &'a mut Out,
        sink: &'a mut dyn FnMut(Record),
    ) -> Self {
        Self {
            ledger,
            out,
            frame: before,
            phase: Phase::Tick,
            deadline,
            index: 0,
            stamp: None,
            sink,
        }
    }

    /// For what the end of the input makes known.
    pub(crate) fn stop(
        ledger: &'a mut Ledger,
        out: &'a mut Out,
        sink: &'a mut dyn FnMut(Record),
    ) -> Self {
        let (frame, phase, deadline) = (u64::MAX, Phase::Stop, Time::default());
        Self { ledger, out, frame, phase, deadline, index: 0, stamp: None, sink }
    }

    /// The stamp of the frame at hand.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// Writes down what a flow made known; `stamp` is the frame it was completed in.
    #[inline]
    pub(crate) fn tell(
        &mut self,
        flow: &Arc<FlowFacts>,
        side: Side,
        stamp: Stamp,
        lost_before: u64,
        span: (u64, u64),
        heard: Heard,
    ) {
        let order = self.order(flow.id);
        let flow = Some(Arc::clone(flow));
        (self.sink)(Record { order, stamp, flow, side, lost_before, span, heard });
    }

    /// Writes down that it is as late as the timer at hand.
    pub(crate) fn tick(&mut self) {
        let (order, stamp) =
            (self.order(FlowId::default()), Stamp { at: self.deadline, source: 0, no: 0 });
        let (side, flow, heard) = (Side::Client, None, Heard::Tick);
        (self.sink)(Record { order, stamp, flow, side, lost_before: 0, span: (0, 0), heard });
    }

    /// Writes down something odd about the frame at hand, below any flow.
    pub(crate) fn odd(&mut self, name: &'static str, detail: impl Into<String>) {
        self.odd_at(self.stamp.unwrap_or_default(), name, detail);
    }

    /// Writes down something odd that no frame tells.
    pub(crate) fn odd_at(&mut self, stamp: Stamp, name: &'static str, detail: impl Into<String>) {
        let heard = Heard::Oddity(name, detail.into());
        let order = self.order(FlowId::default());
        let (side, lost_before) = (Side::Client, 0);
        (self.sink)(Record { order, stamp, flow: None, side, lost_before, span: (0, 0), heard });
    }

    fn order(&mut self, flow: FlowId) -> Order {
        self.index += 1;
        let (frame, phase, deadline, index) = (self.frame, self.phase, self.deadline, self.index);
        Order { frame, phase, deadline, flow, index }
    }
}
