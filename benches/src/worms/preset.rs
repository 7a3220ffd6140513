//! How worms behave, one preset for each class of the benchmark.

/// What sets a worm off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// It starts at once, and goes through the list.
    Start,
    /// A friend comes online.
    Presence,
    /// A friend writes.
    Reply,
    /// Somebody joins the room.
    Join,
}

/// What a worm sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lure {
    /// The same text with the same link.
    Same,
    /// Another text, with a link of its own for each.
    Unique,
    /// A file whose name changes and whose size does not.
    File,
}

/// A class of worms.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Name in the benchmark.
    pub name: &'static str,
    /// In words.
    pub about: &'static str,
    /// What sets it off.
    pub trigger: Trigger,
    /// Median of the seconds between two sendings.
    pub pace: f64,
    /// Spread of that: the sigma of a log-normal distribution.
    pub sigma: f64,
    /// Recipients at most.
    pub most: usize,
    /// It waits for those who are not there; others go through the list once.
    pub waits: bool,
    /// What it sends.
    pub lure: Lure,
    /// Probability of detection that is wanted, and the victims at the first alert: median, and 95th
    /// percentile.
    pub goal: (f64, u32, u32),
}

const ALL: usize = usize::MAX;

/// The classes.
pub const PRESETS: &[Preset] = &[
    preset("W1", "fast, one link", Trigger::Start, 0.5, 0.5, ALL, Lure::Same, (0.99, 3, 5)),
    preset("W2", "fast, one file", Trigger::Start, 0.5, 0.5, ALL, Lure::File, (0.99, 3, 5)),
    preset("W3", "fast, never the same", Trigger::Start, 0.5, 0.5, ALL, Lure::Unique, (0.98, 4, 8)),
    preset("W4", "at a human pace", Trigger::Start, 45.0, 0.8, ALL, Lure::Same, (0.98, 4, 8)),
    preset("W5", "one in ten minutes", Trigger::Start, 600.0, 0.2, ALL, Lure::Same, (0.98, 5, 9)),
    preset("W6", "one an hour", Trigger::Start, 3_600.0, 0.2, ALL, Lure::Same, (0.95, 6, 12)),
    preset(
        "W7",
        "slow, never the same",
        Trigger::Start,
        600.0,
        0.2,
        ALL,
        Lure::Unique,
        (0.95, 8, 20),
    ),
    preset(
        "W8",
        "to whoever comes online",
        Trigger::Presence,
        2.0,
        0.5,
        ALL,
        Lure::Same,
        (0.97, 5, 9),
    ),
    preset("W9", "to whoever joins", Trigger::Join, 1.0, 0.5, ALL, Lure::File, (0.99, 2, 3)),
    preset("W10", "three each", Trigger::Start, 2.0, 0.5, 3, Lure::Same, (0.90, 7, 14)),
    preset("W11", "to whoever writes", Trigger::Reply, 3.0, 0.5, ALL, Lure::Same, (0.90, 8, 20)),
];

#[expect(clippy::too_many_arguments, reason = "a row of a table")]
const fn preset(
    name: &'static str,
    about: &'static str,
    trigger: Trigger,
    pace: f64,
    sigma: f64,
    most: usize,
    lure: Lure,
    goal: (f64, u32, u32),
) -> Preset {
    // Whoever sends to all that are there within minutes is through before others come.
    let waits = pace >= 60.0 || most < ALL;
    Preset { name, about, trigger, pace, sigma, most, waits, lure, goal }
}
