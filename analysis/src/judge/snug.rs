//! Eight bytes for what most accounts do not have.

use std::num::NonZeroI64;

use thin_vec::ThinVec;

use crate::Time;

/// A time, in eight bytes also where there may be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(NonZeroI64);

impl From<Time> for Moment {
    /// All but the first nanosecond of all is told exactly.
    fn from(at: Time) -> Self {
        Self(NonZeroI64::new(at.0 ^ i64::MIN).unwrap_or(NonZeroI64::MIN))
    }
}

impl From<Moment> for Time {
    fn from(moment: Moment) -> Self {
        Self(moment.0.get() ^ i64::MIN)
    }
}

/// Appends to a list that is never much longer than what it holds.
pub(super) fn push<T>(list: &mut ThinVec<T>, one: T) {
    if list.len() == list.capacity() {
        // What is small comes in twos, so that a list is not moved for each.
        let least = match size_of::<T>() {
            0..=16 if list.is_empty() => 3,
            0..=16 => 2,
            _ => 1,
        };
        list.reserve_exact(least.max(list.len() / 4));
    }
    list.push(one);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_in_eight_bytes() {
        assert_eq!(size_of::<Option<Moment>>(), 8);
        for nanos in [0, 1, -1, i64::MAX, i64::MIN + 1, 1_250_168_269_079_036_000] {
            assert_eq!(Time::from(Moment::from(Time(nanos))), Time(nanos));
        }
    }

    #[test]
    fn a_list_has_little_room_to_spare() {
        let mut list = ThinVec::new();
        for number in 0..100 {
            push(&mut list, number);
            assert!(list.capacity() <= list.len() + 2 + list.len() / 4, "{}", list.capacity());
        }
    }
}
