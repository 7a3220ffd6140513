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
        // Every i64 of nanoseconds lies in the years 1677 to 2262, which jiff knows.
        let Ok(stamp) = jiff::Timestamp::from_nanosecond(i128::from(self.0)) else { return text };
        let date = jiff::tz::Offset::UTC.to_datetime(stamp);
        let micros = self.0.div_euclid(1_000).rem_euclid(1_000_000).unsigned_abs();
        let mut digits = |places: std::ops::Range<usize>, mut number: u64| {
            for place in text.get_mut(places).unwrap_or_default().iter_mut().rev() {
                *place = b'0' + (number % 10) as u8;
                number /= 10;
            }
        };
        digits(0..4, date.year().unsigned_abs().into());
        digits(5..7, date.month().unsigned_abs().into());
        digits(8..10, date.day().unsigned_abs().into());
        digits(11..13, date.hour().unsigned_abs().into());
        digits(14..16, date.minute().unsigned_abs().into());
        digits(17..19, date.second().unsigned_abs().into());
        digits(20..26, micros);
        text
    }
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
}
