//! Packet time: the only time data ever carries.

use std::fmt;
use std::ops::Add;

/// Nanoseconds since 1970-01-01T00:00:00Z, as the capture says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(pub i64);

impl Time {
    /// From whole seconds.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// Cut to whole microseconds, which is what the event stream carries. The analyst only ever
    /// sees such times, so that a replayed stream is judged exactly as the capture was.
    #[must_use]
    pub const fn micros(self) -> Self {
        Self(self.0.div_euclid(1_000).saturating_mul(1_000))
    }

    /// Nanoseconds from `earlier` to this; negative when it is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Parses the form `Display` writes (any offset).
    pub fn parse(text: &str) -> Option<Self> {
        let stamp = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?;
        let nanos = stamp.to_timestamp().ok()?.as_nanosecond();
        i64::try_from(nanos).ok().map(Self)
    }
}

impl Add<i64> for Time {
    type Output = Self;

    /// Later by so many nanoseconds.
    fn add(self, nanos: i64) -> Self {
        Self(self.0.saturating_add(nanos))
    }
}

/// As EVE writes it: `2009-08-13T12:57:49.079036+0000`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.eve()).unwrap_or_default())
    }
}

impl Time {
    /// The 31 characters of [`fmt::Display`]. Every line of the event stream carries them, so they
    /// are put together digit by digit.
    fn eve(self) -> [u8; 31] {
        let mut text = *b"0000-00-00T00:00:00.000000+0000";
        let (seconds, micros) =
            (self.0.div_euclid(1_000_000_000), self.0.rem_euclid(1_000_000_000) / 1_000);
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let mut digits = |places: std::ops::Range<usize>, number: i64| {
            let mut number = number.unsigned_abs();
            for place in text.get_mut(places).unwrap_or_default().iter_mut().rev() {
                *place = b'0' + (number % 10) as u8;
                number /= 10;
            }
        };
        digits(0..4, year);
        digits(5..7, month);
        digits(8..10, day);
        digits(11..13, second / 3_600);
        digits(14..16, second / 60 % 60);
        digits(17..19, second % 60);
        digits(20..26, micros);
        text
    }
}

/// Year, month and day so many days after 1970-01-01, in the Gregorian calendar. Years begin in
/// March here, so that the leap day comes last; 400 of them have 146,097 days.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + later, month, day)
}

impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(str::from_utf8(&self.eve()).unwrap_or_default())
    }
}

impl<'de> serde::Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("not a timestamp: {text:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_and_read_as_eve_does() {
        let time = Time(1_250_168_269_079_036_123);
        assert_eq!(time.to_string(), "2009-08-13T12:57:49.079036+0000");
        assert_eq!(Time::parse(&time.to_string()), Some(time.micros()));
        assert_eq!(Time(-1).to_string(), "1969-12-31T23:59:59.999999+0000");
        assert_eq!(Time::parse(&Time(-1).to_string()), Some(Time(-1).micros()));
    }

    proptest::proptest! {
        /// Every day is the calendar's.
        #[test]
        fn every_time_is_read_back(nanos: i64) {
            let time = Time(nanos).micros();
            proptest::prop_assert_eq!(Time::parse(&time.to_string()), Some(time));
        }
    }
}
