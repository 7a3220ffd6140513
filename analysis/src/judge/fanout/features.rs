//! What one contact looks like, in the terms the bank weighs.
//!
//! A feature that could not be seen is `None` and adds nothing: what nobody saw is never read as
//! absent.

use super::payload::Class;
use crate::Time;

/// A feature, as the explanation names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Feature {
    Novelty,
    Reply,
    Gap,
    Payload,
    Same,
    Inherited,
    Typing,
    Presence,
    Error,
    Silence,
    Answer,
    Name,
    Busy,
    Coverage,
    Order,
    Decoy,
    Place,
}

/// Features there are.
pub(super) const FEATURES: usize = 17;

impl Feature {
    /// All of them, in the order of their numbers.
    pub(super) const ALL: [Self; FEATURES] = [
        Self::Novelty,
        Self::Reply,
        Self::Gap,
        Self::Payload,
        Self::Same,
        Self::Inherited,
        Self::Typing,
        Self::Presence,
        Self::Error,
        Self::Silence,
        Self::Answer,
        Self::Name,
        Self::Busy,
        Self::Coverage,
        Self::Order,
        Self::Decoy,
        Self::Place,
    ];

    /// The name in `terms`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Novelty => "novelty",
            Self::Reply => "reply",
            Self::Gap => "gap",
            Self::Payload => "payload",
            Self::Same => "same_content",
            Self::Inherited => "inherited",
            Self::Typing => "typing",
            Self::Presence => "came_online",
            Self::Error => "delivery_error",
            Self::Silence => "unanswered",
            Self::Answer => "answered",
            Self::Name => "dangerous_payload",
            Self::Busy => "busy_before",
            Self::Coverage => "roster_coverage",
            Self::Order => "roster_order",
            Self::Decoy => "decoy",
            Self::Place => "new_place",
        }
    }
}

/// How well the sender knows the recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Novelty {
    /// They talked within a week.
    Recent,
    /// On the list, or talked to longer ago.
    Dormant,
    /// Never seen together.
    Unknown,
}

/// One contact.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Contact {
    pub(super) novelty: Option<Novelty>,
    /// The weight of what is new, people and places: half while the sensor is young.
    pub(super) trust: f32,
    /// The recipient spoke last, within ten minutes.
    pub(super) reply: Option<bool>,
    /// First and last gap bin it can be in.
    pub(super) gap: Option<(usize, usize)>,
    pub(super) class: Class,
    /// The same content went to somebody else within a day, and how much that says.
    pub(super) same: Option<(bool, f32)>,
    /// The content had come in within a day, and how much that says.
    pub(super) inherited: Option<(bool, f32)>,
    /// Nobody was heard linking to where this leads, or to one place of several.
    pub(super) unheard: Option<bool>,
    /// It begins a conversation: nothing was said to them for an hour.
    pub(super) begins: bool,
    /// The same recipient got an active payload before.
    pub(super) again: bool,
    /// Evidence with a weight of its own.
    pub(super) extra: [f32; FEATURES],
}

impl Contact {
    /// Adds a piece of evidence.
    pub(super) fn add(&mut self, feature: Feature, weight: f32) {
        if let Some(slot) = self.extra.get_mut(feature as usize) {
            *slot += weight;
        }
    }
}

/// Upper ends of the gap bins, in nanoseconds; the last bin has none.
const BINS: [i64; 4] = [2_000_000_000, 15_000_000_000, 60_000_000_000, 600_000_000_000];

/// The bins a gap between two stamps can lie in, given what the clock can resolve: the stated
/// resolution, or whole seconds or minutes where both stamps are such. Where that is more than two
/// bins, the gap says nothing.
pub(super) fn gap(before: Time, now: Time, stated: Option<f64>) -> Option<(usize, usize)> {
    let stated = stated.filter(|secs| secs.is_finite() && *secs > 0.0);
    let stated = stated.map_or(0, |secs| (secs.min(86_400.0) * 1e9) as i64);
    let whole = |unit: i64| before.0 % unit == 0 && now.0 % unit == 0;
    let unit = if whole(60_000_000_000) {
        60_000_000_000
    } else if whole(1_000_000_000) {
        1_000_000_000
    } else {
        0
    };
    let (gap, unit) = (now.since(before).max(0), unit.max(stated));
    let bin = |gap: i64| BINS.iter().filter(|end| gap >= **end).count();
    let (first, last) = (bin((gap - unit).max(0)), bin(gap + (unit - 1).max(0)));
    (last - first < 2).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_told_as_finely_as_the_clock_allows() {
        let time = |millis: i64| Time(999_999_960_000_000_000 + millis * 1_000_000);
        assert_eq!(gap(time(0), time(500), None), Some((0, 0)));
        assert_eq!(gap(time(1), time(3_001), None), Some((1, 1)));
        assert_eq!(gap(time(1_000), time(2_000), None), Some((0, 0)));
        assert_eq!(gap(time(1_000), time(3_000), None), Some((0, 1)));
        let minute = |minutes: i64| Time::from_secs(minutes * 60);
        assert_eq!(gap(minute(1), minute(1), None), None, "less than a minute, nobody knows");
        assert_eq!(gap(minute(1), minute(2), None), None);
        assert_eq!(gap(minute(1), minute(4), None), Some((3, 3)));
        assert_eq!(gap(minute(1), minute(20), None), Some((4, 4)));
        assert_eq!(gap(time(1), time(1), Some(60.0)), None);
    }
}
