//! How much was heard when: counts over time, for sparklines.

use overhear_analysis::Time;

/// Counts in bins of equal width, which doubles when the time no longer fits.
#[derive(Clone, Debug)]
pub struct Pulse {
    /// Start of the first bin, in nanoseconds.
    from: i64,
    /// Width of a bin, in nanoseconds.
    width: i64,
    bins: Vec<u32>,
    total: u64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { from: 0, width: SECOND, bins: Vec::new(), total: 0 }
    }
}

impl Pulse {
    /// Counts one.
    pub fn beat(&mut self, at: Time) {
        self.total += 1;
        if self.bins.is_empty() {
            self.from = at.0.div_euclid(SECOND).saturating_mul(SECOND);
        }
        // What comes late counts where the time begins.
        let mut bin = self.bin(at);
        while bin >= MOST {
            self.widen();
            bin = self.bin(at);
        }
        if self.bins.len() <= bin {
            self.bins.resize(bin + 1, 0);
        }
        self.bins.get_mut(bin).into_iter().for_each(|count| *count = count.saturating_add(1));
    }

    fn bin(&self, at: Time) -> usize {
        let since = at.0.saturating_sub(self.from).max(0);
        usize::try_from(since / self.width).unwrap_or(usize::MAX)
    }

    fn widen(&mut self) {
        self.width = self.width.saturating_mul(2);
        let sum = |pair: &[u32]| pair.iter().fold(0, |sum: u32, one| sum.saturating_add(*one));
        self.bins = self.bins.chunks(2).map(sum).collect();
    }

    /// Counts over a stretch of time, in so many columns.
    pub fn over(&self, from: Time, to: Time, columns: usize) -> Vec<u64> {
        let mut out = vec![0; columns];
        let length = to.0.saturating_sub(from.0).saturating_add(1).max(1);
        for (bin, count) in (0..).zip(&self.bins) {
            let start = self.from.saturating_add(self.width.saturating_mul(bin));
            let into = i128::from(start.saturating_sub(from.0).max(0));
            let column = into * columns as i128 / i128::from(length);
            let column = usize::try_from(column).unwrap_or(usize::MAX).min(columns.max(1) - 1);
            out.get_mut(column).into_iter().for_each(|sum| *sum += u64::from(*count));
        }
        out
    }

    /// Counts since a time, as exactly as the bins are wide.
    pub fn since(&self, time: Time) -> u64 {
        let first = self.bin(time);
        self.bins.iter().skip(first).map(|count| u64::from(*count)).sum()
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.total
    }
}

const SECOND: i64 = 1_000_000_000;

/// Bins at most: more than a screen is wide.
const MOST: usize = 1 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_when_bins_widen() {
        let mut pulse = Pulse::default();
        for second in 0..5_000 {
            pulse.beat(Time::from_secs(1_000_000 + second));
        }
        let columns = pulse.over(Time::from_secs(1_000_000), Time::from_secs(1_004_999), 10);
        assert_eq!(columns.iter().sum::<u64>(), 5_000);
        assert!(columns.iter().all(|count| (490..=512).contains(count)), "{columns:?}");
        assert!(pulse.bins.len() <= MOST);
    }

    #[test]
    fn a_leap_in_time_costs_nothing() {
        let mut pulse = Pulse::default();
        for at in [i64::MIN, 0, i64::MAX, -5] {
            pulse.beat(Time(at));
        }
        assert!(pulse.bins.len() <= MOST);
        assert_eq!(pulse.over(Time(0), Time(i64::MAX), 4).iter().sum::<u64>(), 4);
        assert!(pulse.over(Time(0), Time(0), 0).is_empty());
    }
}
