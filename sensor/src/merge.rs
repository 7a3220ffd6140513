//! Many workers, one order.
//!
//! Each lane's records are already in order; a lane also promises from time to time that nothing
//! before a certain place will follow. What lies before every promise can go on.

use std::collections::VecDeque;
use std::vec;

use overhear_analysis::{Order, Record};

/// The merge of several lanes.
#[derive(Debug)]
pub(crate) struct Merge {
    lanes: Vec<Lane>,
}

#[derive(Debug, Default)]
struct Lane {
    /// What it said, a report at a time; none is empty.
    reports: VecDeque<vec::IntoIter<Record>>,
    promise: Option<Order>,
}

impl Merge {
    /// For so many lanes.
    pub(crate) fn new(lanes: usize) -> Self {
        Self { lanes: (0..lanes).map(|_| Lane::default()).collect() }
    }

    /// A lane's next records.
    pub(crate) fn push(&mut self, lane: usize, records: Vec<Record>) {
        if let Some(lane) = self.lanes.get_mut(lane)
            && !records.is_empty()
        {
            lane.reports.push_back(records.into_iter());
        }
    }

    /// A lane will say nothing before `order` any more.
    pub(crate) fn promise(&mut self, lane: usize, order: Order) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.promise = lane.promise.max(Some(order));
        }
    }

    /// The next record of all, once no lane can say anything before it.
    pub(crate) fn next(&mut self) -> Option<Record> {
        let (first, order) = self
            .lanes
            .iter()
            .enumerate()
            .filter_map(|(at, lane)| Some((at, lane.least()?)))
            .min_by_key(|(_, order)| *order)?;
        let silent = self.lanes.iter().filter(|lane| lane.reports.is_empty());
        if silent.map(|lane| lane.promise).min().is_some_and(|promise| promise <= Some(order)) {
            return None;
        }
        self.lanes.get_mut(first)?.take()
    }
}

impl Lane {
    /// Where its next record stands.
    fn least(&self) -> Option<Order> {
        Some(self.reports.front()?.as_slice().first()?.order)
    }

    fn take(&mut self) -> Option<Record> {
        let report = self.reports.front_mut()?;
        let record = report.next();
        if report.as_slice().is_empty() {
            self.reports.pop_front();
        }
        record
    }
}
