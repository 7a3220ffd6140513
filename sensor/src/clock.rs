//! The clock of a capture: packet time made monotone, and ticks on a lattice.

use overhear_analysis::Time;

/// Follows the frames' times. Frames may be stamped out of order, and a single frame may be
/// stamped years ahead: timers must not run backwards, nor believe one witness.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    now: Option<Time>,
    /// The next lattice point.
    next: Time,
    suspect: Option<Suspect>,
}

/// A jump that no second frame has confirmed yet.
#[derive(Debug)]
struct Suspect {
    to: Time,
    patience: u8,
}

/// What a frame's time did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    /// The time is now so.
    At(Time),
    /// The same, and the first time lies on the lattice and was reached or passed.
    Tick(Time, Time),
    /// The frame lies more than a second in the past.
    Back(Time),
    /// The frame lies far in the future, and nobody else has said so yet.
    Leap(Time),
}

/// Ticks come at multiples of this.
pub(crate) const LATTICE: i64 = 250_000_000;
/// The last lattice point that is not after a time.
fn floor(at: Time) -> Time {
    Time(at.0 - at.0.rem_euclid(LATTICE))
}

/// A step ahead that needs a second witness.
const LEAP: i64 = 3_600_000_000_000;
/// A step back worth telling.
const BACK: i64 = 1_000_000_000;
/// Frames within which the second witness must come.
const WITNESSES: u8 = 16;

impl Clock {
    /// Hears the time of a frame.
    pub(crate) fn hear(&mut self, at: Time) -> Beat {
        let Some(now) = self.now else {
            self.now = Some(at);
            self.next = floor(at) + LATTICE;
            return Beat::At(at);
        };
        let ahead = at.since(now);
        if ahead > LEAP && !self.confirmed(at) {
            return Beat::Leap(now);
        }
        if ahead < -BACK {
            return Beat::Back(now);
        }
        let now = now.max(at);
        self.now = Some(now);
        if now < self.next {
            return Beat::At(now);
        }
        let point = floor(now);
        self.next = point + LATTICE;
        Beat::Tick(point, now)
    }

    /// Hears that no frame from before `until` will come; the lattice point this reaches. That it
    /// is one is what makes a silent wire the same as its recording.
    pub(crate) fn quiet(&mut self, until: Time) -> Option<Time> {
        self.now?;
        let point = floor(until);
        (point >= self.next).then(|| {
            self.now = Some(point);
            self.next = point + LATTICE;
            point
        })
    }

    /// The last lattice point that was reached.
    pub(crate) fn ticked(&self) -> Time {
        floor(self.now())
    }

    /// The time now.
    pub(crate) fn now(&self) -> Time {
        self.now.unwrap_or_default()
    }

    /// Whether a leap to `at` was said before, within the last few frames that leapt.
    fn confirmed(&mut self, at: Time) -> bool {
        let suspect = self.suspect.take().filter(|suspect| suspect.patience > 0);
        match suspect {
            Some(suspect) if at.since(suspect.to).abs() <= LEAP => true,
            Some(Suspect { to, patience }) => {
                self.suspect = Some(Suspect { to, patience: patience - 1 });
                false
            }
            None => {
                self.suspect = Some(Suspect { to: at, patience: WITNESSES });
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Time = Time::from_secs(43_200);

    #[test]
    fn a_lone_leap_moves_nothing_and_a_confirmed_one_does() {
        let mut clock = Clock::default();
        assert_eq!(clock.hear(NOON), Beat::At(NOON));
        let years = Time::from_secs(1_600_000_000);
        assert_eq!(clock.hear(years), Beat::Leap(NOON));
        assert_eq!(clock.hear(NOON + 1), Beat::At(NOON + 1));
        assert_eq!(clock.hear(years + 5), Beat::Tick(years, years + 5));
    }

    #[test]
    fn ticks_lie_on_the_lattice_and_time_never_goes_back() {
        let mut clock = Clock::default();
        clock.hear(NOON);
        assert_eq!(clock.hear(NOON + 249_999_999), Beat::At(NOON + 249_999_999));
        assert_eq!(
            clock.hear(NOON + 250_000_001),
            Beat::Tick(NOON + 250_000_000, NOON + 250_000_001)
        );
        assert_eq!(clock.hear(NOON), Beat::At(NOON + 250_000_001));
        assert_eq!(clock.hear(Time::from_secs(0)), Beat::Back(NOON + 250_000_001));
    }

    #[test]
    fn a_silent_wire_reaches_the_points_that_its_recording_passes() {
        let mut clock = Clock::default();
        assert_eq!(clock.quiet(NOON), None, "nothing was heard yet");
        clock.hear(NOON + 1);
        assert_eq!(clock.quiet(NOON + 249_999_999), None);
        assert_eq!(clock.quiet(NOON + 500_000_001), Some(NOON + 500_000_000));
        assert_eq!(clock.quiet(NOON + 500_000_002), None);
        assert_eq!(clock.hear(NOON + 600_000_000), Beat::At(NOON + 600_000_000));
    }
}
