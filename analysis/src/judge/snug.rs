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
    room(list, 1);
    list.push(one);
}

/// Makes room for so many more in such a list.
pub(super) fn room<T>(list: &mut ThinVec<T>, more: usize) {
    let len = list.len() + more;
    if len > list.capacity() {
        list.reserve_exact(more - 1 + spare::<T>(len - 1));
    }
}

/// Bytes before the first of a list, and bytes in steps of which lists of small things grow: a list that
/// is moved for each new one costs time, and leaves a hole that only lists of its size fill again.
const HEAD: usize = 16;
const STEP: usize = 32;

fn spare<T>(len: usize) -> usize {
    let (size, more) = (size_of::<T>(), 1 + len / 4);
    match size {
        1..=STEP => ((HEAD + size * (len + more)).next_multiple_of(STEP) - HEAD) / size - len,
        _ => more,
    }
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
            let bytes = 4 * (list.len() + list.len() / 4 + 1);
            assert!(4 * list.capacity() < bytes + STEP, "{}", list.capacity());
        }
    }
}
