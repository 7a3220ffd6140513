//! Bytes that were sent twice and do not agree.
//!
//! A witness cannot know which copy a receiver kept. For bytes that were next in turn it was the
//! first to arrive; for bytes that waited for others it depends on the receiver's system. The
//! rules are those published for target-based reassembly (Novak and Sturges, *Target-Based TCP
//! Stream Reassembly*, 2007; Shankar and Paxson, *Active Mapping*, 2003), by the names intrusion
//! detection systems give them.

/// A part of a stream of which two readings were heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// Stream offset of the first byte in dispute.
    pub(crate) offset: u64,
    /// The copy heard first, and its frame.
    pub(crate) first: (Vec<u8>, u64),
    /// The copy heard later, as long, and its frame.
    pub(crate) second: (Vec<u8>, u64),
    /// Where both segments lie; nothing when the first was already delivered.
    spans: Option<[Span; 2]>,
}

/// First byte of a segment and the one behind its last, as stream offsets.
pub(crate) type Span = (u64, u64);

/// A receiver's rule: which systems have it, and whether the second of two segments wins.
type Policy = (&'static [&'static str], fn(Span, Span) -> bool);

const POLICIES: [Policy; 5] = [
    (&["first", "vista"], |_, _| false),
    (&["bsd", "windows", "macos", "irix", "hpux10"], |old, new| new.0 < old.0),
    (&["linux"], |old, new| new.0 < old.0 || new.0 == old.0 && new.1 > old.1),
    (&["solaris", "hpux11"], |old, new| new.1 > old.1),
    (&["last"], |_, _| true),
];

impl Conflict {
    /// Compares two copies of the bytes at `offset`. What is in dispute reaches from the first
    /// byte that differs to the last.
    pub(crate) fn between(
        offset: u64,
        first: (&[u8], u64),
        second: (&[u8], u64),
        spans: Option<[Span; 2]>,
    ) -> Option<Self> {
        if first.0 == second.0 {
            return None;
        }
        let differs = |(one, two): (&u8, &u8)| one != two;
        let mut pairs = first.0.iter().zip(second.0);
        let from = pairs.position(differs)?;
        let last = from + 1 + pairs.rposition(differs).map_or(0, |at| at + 1);
        let part = |(bytes, frame): (&[u8], u64)| {
            (bytes.get(from..last).unwrap_or_default().to_vec(), frame)
        };
        let offset = offset + from as u64;
        Some(Self { offset, first: part(first), second: part(second), spans })
    }

    /// Whether the first copy had been delivered when the second came.
    pub(crate) fn is_delivered(&self) -> bool {
        self.spans.is_none()
    }

    /// Every known policy, and whether the second copy wins with it.
    pub(crate) fn believers(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let spans = self.spans;
        POLICIES.iter().flat_map(move |(names, second_wins)| {
            let second = spans.is_some_and(|[old, new]| second_wins(old, new));
            names.iter().map(move |name| (*name, second))
        })
    }
}

/// The bytes a stream delivered last, and the frames they came in.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    bytes: Vec<u8>,
    /// Stream offset of the first of them.
    from: u64,
    /// Where each frame's bytes begin.
    frames: Vec<(u64, u64)>,
}

/// Delivered bytes that later copies are held against.
const KEPT: usize = 4 << 10;

impl Recent {
    /// Bytes were delivered.
    pub(crate) fn push(&mut self, at: u64, data: &[u8], frame: u64) {
        if at != self.from + self.bytes.len() as u64 || self.bytes.is_empty() {
            self.bytes.clear();
            self.frames.clear();
            self.from = at;
        }
        let data_from = data.len().saturating_sub(KEPT);
        let over = (self.bytes.len() + data.len() - data_from).saturating_sub(KEPT);
        // Moved in large steps, not for each line that is said.
        if over > 0 {
            let drop = (over + KEPT / 2).min(self.bytes.len());
            self.bytes.drain(..drop);
            self.from += drop as u64;
            let passed = self.frames.partition_point(|(begin, _)| *begin <= self.from);
            self.frames.drain(..passed.saturating_sub(1));
        }
        if data_from > 0 {
            self.bytes.clear();
            self.frames.clear();
            self.from = at + data_from as u64;
        }
        self.bytes.extend_from_slice(data.get(data_from..).unwrap_or_default());
        self.frames.push((at, frame));
    }

    /// Holds a later copy of bytes at `at`, in `frame`, against what was delivered.
    pub(crate) fn compare(&self, at: u64, data: &[u8], frame: u64) -> Option<Conflict> {
        let end = self.from + self.bytes.len() as u64;
        let (from, to) = (at.max(self.from), (at + data.len() as u64).min(end));
        let place = |base: u64| {
            Some(
                usize::try_from(from.checked_sub(base)?).ok()?
                    ..usize::try_from(to.checked_sub(base)?).ok()?,
            )
        };
        let old = self.bytes.get(place(self.from)?)?;
        let new = data.get(place(at)?)?;
        let mut conflict = Conflict::between(from, (old, 0), (new, frame), None)?;
        let before = self.frames.partition_point(|(begin, _)| *begin <= conflict.offset);
        conflict.first.1 = self.frames.get(before.checked_sub(1)?)?.1;
        Some(conflict)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Who believes the second of two segments.
    fn second(old: Span, new: Span) -> Vec<&'static str> {
        let conflict = Conflict::between(0, (b"a", 1), (b"b", 2), Some([old, new])).unwrap();
        conflict.believers().filter(|(_, second)| *second).map(|(name, _)| name).collect()
    }

    #[test]
    fn receivers_differ_by_policy() {
        let bsd = ["bsd", "windows", "macos", "irix", "hpux10"];
        // A copy of the same place.
        assert_eq!(second((10, 20), (10, 20)), ["last"]);
        // It begins before and ends within.
        assert_eq!(second((10, 20), (5, 15)), [&bsd[..], &["linux", "last"]].concat());
        // It begins within and ends behind.
        assert_eq!(second((10, 20), (15, 25)), ["solaris", "hpux11", "last"]);
        // It begins at the same byte and is longer.
        assert_eq!(second((10, 20), (10, 25)), ["linux", "solaris", "hpux11", "last"]);
        // It covers the first.
        let all = [&bsd[..], &["linux", "solaris", "hpux11", "last"]].concat();
        assert_eq!(second((10, 20), (5, 25)), all);
        // It lies within the first.
        assert_eq!(second((10, 20), (12, 18)), ["last"]);
    }

    #[test]
    fn what_is_in_dispute_is_what_differs() {
        let conflict =
            Conflict::between(100, (b"pay bob 10", 1), (b"pay eve 90", 2), None).unwrap();
        assert_eq!((conflict.offset, conflict.first.0.as_slice()), (104, &b"bob 1"[..]));
        assert_eq!(conflict.second.0, b"eve 9");
        assert!(conflict.believers().all(|(_, second)| !second), "it was delivered");
        assert_eq!(Conflict::between(0, (b"same", 1), (b"same", 2), None), None);
    }

    proptest! {
        /// Whatever was delivered lately is known, and from which frame.
        #[test]
        fn lately_delivered_bytes_are_remembered(
            pieces in proptest::collection::vec(1usize..3000, 1..12),
            back in 1usize..1500,
        ) {
            let stream: Vec<u8> = (0..40_000u32).map(|at| (at * 7 % 251) as u8).collect();
            let (mut recent, mut at, mut frames) = (Recent::default(), 0, Vec::new());
            for (piece, frame) in pieces.iter().zip(1..) {
                recent.push(at as u64, &stream[at..at + piece], frame);
                frames.push((at, frame));
                at += piece;
            }
            let from = at.saturating_sub(back);
            let mut copy = stream[from..at].to_vec();
            prop_assert_eq!(recent.compare(from as u64, &copy, 99), None);
            copy[0] ^= 1;
            let conflict = recent.compare(from as u64, &copy, 99).unwrap();
            let frame = frames.iter().rev().find(|(begin, _)| *begin <= from).unwrap().1;
            prop_assert_eq!(conflict.offset, from as u64);
            prop_assert_eq!((conflict.first.1, conflict.second.1), (frame, 99));
        }
    }
}
