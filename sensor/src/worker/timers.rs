//! When flows want to be asked again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use overhear_analysis::{FlowId, Time};

use crate::clock::LATTICE;

/// A flow's timer: one goes off on the first tick at or after its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timer {
    pub(super) at: Time,
    pub(super) flow: FlowId,
    pub(super) shard: u16,
    pub(super) slot: u32,
}

/// All timers of a worker, by the stretch between two ticks that they lie in.
///
/// A timer that nobody needs any more, because its flow is gone or has an earlier one, is not
/// looked for: it would do nothing when it goes off. But that is hours later, and so those are
/// thrown away together whenever they may be more than the others.
#[derive(Debug, Default)]
pub(super) struct Timers {
    stretches: BTreeMap<i64, Vec<Timer>>,
    /// All that are set, and those of them that were needed when it was last looked.
    set: usize,
    needed: usize,
}

/// Timers nobody needs that are not worth a look.
const SOME: usize = 4_096;

impl Timers {
    /// Sets a timer.
    pub(super) fn set(&mut self, timer: Timer) {
        self.set += 1;
        self.stretches.entry(stretch(timer.at)).or_default().push(timer);
    }

    /// Takes out what is due at `now`; the least in time and flow comes out first.
    pub(super) fn due(&mut self, now: Time) -> BinaryHeap<Reverse<Timer>> {
        let later = self.stretches.split_off(&(stretch(now) + 1));
        let stretches = std::mem::replace(&mut self.stretches, later);
        let mut due = Vec::new();
        for timer in stretches.into_values().flatten() {
            self.set -= 1;
            if timer.at <= now {
                due.push(Reverse(timer));
            } else {
                self.set(timer);
            }
        }
        due.into()
    }

    /// Many may be needed no more.
    pub(super) fn are_worn(&self) -> bool {
        self.set > 2 * self.needed + SOME
    }

    /// Forgets all that are needed no more.
    pub(super) fn keep(&mut self, mut needed: impl FnMut(&Timer) -> bool) {
        self.stretches.retain(|_, timers| {
            timers.retain(&mut needed);
            timers.shrink_to_fit();
            !timers.is_empty()
        });
        self.set = self.stretches.values().map(Vec::len).sum();
        self.needed = self.set;
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn stretch(at: Time) -> i64 {
    at.0.div_euclid(LATTICE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_needs_is_thrown_away_when_it_is_much() {
        let mut timers = Timers::default();
        let timer = |second: u64| {
            let at = Time::from_secs(second.cast_signed());
            Timer { at, flow: FlowId(second), shard: 0, slot: 0 }
        };
        let needed = |timer: &Timer| timer.flow.0.is_multiple_of(100);
        let mut most = 0;
        for number in 1..=100_000 {
            timers.set(timer(number));
            if timers.are_worn() {
                timers.keep(needed);
            }
            most = most.max(timers.set);
        }
        assert!(most <= 2 * 1_000 + SOME + 1, "{most}");
        let mut heap = timers.due(Time(i64::MAX));
        let due: Vec<_> = std::iter::from_fn(|| Some(heap.pop()?.0)).collect();
        let wanted = (1..=1_000).map(|number| timer(number * 100));
        assert!(due.iter().copied().filter(needed).eq(wanted), "what is needed goes off");
        assert_eq!(timers.set, 0);
    }

    proptest! {
        /// Whatever is set goes off once, on the first tick that may see it, in order.
        #[test]
        fn timers_go_off_once_and_in_order(
            set in proptest::collection::vec((0i64..2_000_000_000, 0u64..9), 1..60),
            ticks in proptest::collection::vec(1i64..400_000_000, 1..20),
        ) {
            let mut timers = Timers::default();
            for (at, flow) in &set {
                timers.set(Timer { at: Time(*at), flow: FlowId(*flow), shard: 0, slot: 0 });
            }
            let (mut now, mut seen) = (0, Vec::new());
            for step in ticks {
                let before = now;
                now += step;
                let mut heap = timers.due(Time(now));
                let due: Vec<_> = std::iter::from_fn(|| Some(heap.pop()?.0)).collect();
                prop_assert!(due.is_sorted());
                prop_assert!(due.iter().all(|timer| timer.at.0 <= now));
                prop_assert!(due.iter().all(|timer| timer.at.0 > before || before == 0));
                seen.extend(due.iter().map(|timer| (timer.at.0, timer.flow.0)));
            }
            let mut want: Vec<_> = set.into_iter().filter(|(at, _)| *at <= now).collect();
            want.sort_unstable();
            seen.sort_unstable();
            prop_assert_eq!(seen, want);
        }
    }
}
