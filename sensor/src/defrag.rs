//! Makes IP packets whole from their fragments (RFC 815, RFC 8200 section 4.5).
//!
//! What is kept is bounded in packets, in bytes and in time, and the oldest goes first. Of bytes
//! that were sent twice the first are taken, whatever the receiver would do; that they were sent
//! twice is told.

use std::collections::BTreeMap;

use foldhash::quality::RandomState;
use hashbrown::HashMap;
use overhear_analysis::Time;

use crate::decode::{Fragment, FragmentKey};

/// Packets that are not whole yet.
#[derive(Debug)]
pub struct Defrag {
    limits: Limits,
    packets: HashMap<FragmentKey, Partial, RandomState>,
    /// Which came first, by the number each was given.
    ages: BTreeMap<u64, FragmentKey>,
    next: u64,
    /// Room taken by all of them, in bytes.
    room: usize,
    given_up: u64,
}

/// How much is kept of packets that are not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in all, what managing them takes included.
    pub bytes: usize,
    /// Packets.
    pub packets: usize,
    /// Nanoseconds from a packet's first fragment to its last.
    pub timeout: i64,
}

impl Default for Limits {
    /// A megabyte and 30 seconds, which is what Linux waits.
    fn default() -> Self {
        Self { bytes: 1 << 20, packets: 1_024, timeout: 30_000_000_000 }
    }
}

/// What became of a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defragged {
    /// It was kept; some of it may have been there before.
    Held(Option<Overlap>),
    /// It was the last one missing.
    Whole(Whole),
    /// It cannot be a part of its packet.
    Dropped(Dropped),
}

/// A packet that is whole again, for [`crate::decode::whole`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Its payload.
    pub payload: Vec<u8>,
    /// Protocol of the payload.
    pub proto: u8,
    /// How many fragments it was made of.
    pub fragments: u32,
    /// The worst overlap between them.
    pub overlap: Option<Overlap>,
}

/// Bytes of a packet that came more than once, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overlap {
    /// A fragment came again, as a network may do.
    Repeated,
    /// Fragments overlap and agree.
    Same,
    /// A fragment lies within another, as "teardrop" sent them.
    Within,
    /// Fragments overlap and disagree: receivers do not all read the same.
    Different,
}

/// Why a fragment was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// It carries nothing.
    Empty,
    /// It is not the last and no multiple of eight bytes long.
    Ragged,
    /// The whole packet would be longer than a packet can be, as "ping of death" was.
    TooLong,
    /// It goes on behind the end another fragment gave, or ends before one.
    Inconsistent,
    /// The capture did not keep all of it.
    Cut,
    /// Its packet is in more pieces than are kept.
    TooMany,
}

impl Overlap {
    /// Its fixed name among the anomalies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Repeated => "fragment_repeated",
            Self::Same => "fragment_overlap",
            Self::Within => "fragment_teardrop",
            Self::Different => "fragment_overlap_differs",
        }
    }
}

impl Dropped {
    /// Its fixed name among the anomalies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "fragment_empty",
            Self::Ragged => "fragment_ragged",
            Self::TooLong => "fragment_too_long",
            Self::Inconsistent => "fragment_inconsistent",
            Self::Cut => "fragment_cut",
            Self::TooMany => "fragment_too_many",
        }
    }
}

impl Defrag {
    /// With nothing in it.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            packets: HashMap::default(),
            ages: BTreeMap::new(),
            next: 0,
            room: 0,
            given_up: 0,
        }
    }

    /// Takes a fragment that came at the given time.
    pub fn insert(&mut self, fragment: &Fragment<'_>, at: Time) -> Defragged {
        self.expire(at);
        let end = match end(fragment) {
            Ok(end) => end,
            Err(why) => return Defragged::Dropped(why),
        };
        self.make_room(fragment);
        let packet = self.packets.entry(fragment.key).or_insert_with(|| {
            self.ages.insert(self.next, fragment.key);
            self.next += 1;
            self.room += PACKET;
            Partial::new(self.next - 1, at)
        });
        let before = packet.room;
        let overlap = match packet.add(fragment, end) {
            Ok(overlap) => overlap,
            Err(why) => {
                if packet.fragments == 0 {
                    self.remove(&fragment.key);
                }
                return Defragged::Dropped(why);
            }
        };
        self.room += packet.room - before;
        if !packet.is_whole() {
            // A fragment that fills many holes takes more room than was made.
            self.keep_to(self.limits.bytes);
            return Defragged::Held(overlap);
        }
        match self.remove(&fragment.key) {
            Some(packet) => Defragged::Whole(packet.into_whole()),
            None => Defragged::Held(overlap),
        }
    }

    /// Gives up packets that have been waiting for too long.
    pub fn expire(&mut self, now: Time) {
        while let Some(key) = self.oldest() {
            let Some(packet) = self.packets.get(&key) else { return };
            if now.since(packet.began) <= self.limits.timeout {
                return;
            }
            self.give_up(&key);
        }
    }

    /// Packets given up so far, for time or room.
    pub const fn given_up(&self) -> u64 {
        self.given_up
    }

    /// Packets that are waiting for fragments.
    pub fn waiting(&self) -> usize {
        self.packets.len()
    }

    fn make_room(&mut self, fragment: &Fragment<'_>) {
        let more = PACKET + PIECE + fragment.data.len();
        let is_new = !self.packets.contains_key(&fragment.key);
        if is_new
            && self.packets.len() >= self.limits.packets
            && let Some(key) = self.oldest()
        {
            self.give_up(&key);
        }
        self.keep_to(self.limits.bytes.saturating_sub(more));
    }

    /// Gives up the oldest until what is left takes no more than so many bytes.
    fn keep_to(&mut self, bytes: usize) {
        while self.room > bytes {
            let Some(key) = self.oldest() else { return };
            self.give_up(&key);
        }
    }

    fn oldest(&self) -> Option<FragmentKey> {
        self.ages.first_key_value().map(|(_, key)| *key)
    }

    fn give_up(&mut self, key: &FragmentKey) {
        self.given_up += 1;
        self.remove(key);
    }

    fn remove(&mut self, key: &FragmentKey) -> Option<Partial> {
        let packet = self.packets.remove(key)?;
        self.ages.remove(&packet.number);
        self.room -= PACKET + packet.room;
        Some(packet)
    }
}

/// Where the fragment ends in its packet, if it can be a part of one.
fn end(fragment: &Fragment<'_>) -> Result<u32, Dropped> {
    let len = u32::try_from(fragment.data.len()).unwrap_or(u32::MAX);
    let end = fragment.offset.saturating_add(len).saturating_add(fragment.missing);
    match fragment {
        _ if end > MAX_PACKET => Err(Dropped::TooLong),
        _ if fragment.missing > 0 => Err(Dropped::Cut),
        _ if fragment.data.is_empty() => Err(Dropped::Empty),
        _ if fragment.more && !len.is_multiple_of(8) => Err(Dropped::Ragged),
        _ => Ok(end),
    }
}

/// A packet that is not whole.
#[derive(Debug)]
struct Partial {
    number: u64,
    began: Time,
    /// What is there, by where it begins; nothing overlaps.
    pieces: BTreeMap<u32, Vec<u8>>,
    /// Bytes in all pieces.
    have: u32,
    /// Length of the packet's payload, once its last fragment was seen.
    total: Option<u32>,
    /// Where the furthest piece ends.
    furthest: u32,
    proto: u8,
    fragments: u32,
    overlap: Option<Overlap>,
    /// What the pieces take, in bytes.
    room: usize,
}

impl Partial {
    const fn new(number: u64, began: Time) -> Self {
        Self {
            number,
            began,
            pieces: BTreeMap::new(),
            have: 0,
            total: None,
            furthest: 0,
            proto: 0,
            fragments: 0,
            overlap: None,
            room: 0,
        }
    }

    fn add(&mut self, fragment: &Fragment<'_>, end: u32) -> Result<Option<Overlap>, Dropped> {
        let total = if fragment.more { self.total } else { Some(end) };
        let agrees = self.total.is_none_or(|known| Some(known) == total);
        if !agrees || total.is_some_and(|total| end.max(self.furthest) > total) {
            return Err(Dropped::Inconsistent);
        }
        if self.pieces.len() >= MAX_PIECES {
            return Err(Dropped::TooMany);
        }
        // An IPv6 packet's first fragment says what the payload begins with.
        if fragment.offset == 0 || self.fragments == 0 {
            self.proto = fragment.proto;
        }
        self.total = total;
        self.furthest = self.furthest.max(end);
        self.fragments = self.fragments.saturating_add(1);
        let overlap = self.fill(fragment.offset, fragment.data);
        self.overlap = self.overlap.max(overlap);
        Ok(overlap)
    }

    /// Puts `data` where nothing is yet, and tells how it overlaps with what is.
    fn fill(&mut self, offset: u32, data: &[u8]) -> Option<Overlap> {
        let end = offset + data.len() as u32;
        // The piece before may reach in.
        let first = self.pieces.range(..=offset).next_back().map_or(offset, |(start, _)| *start);
        let (mut overlap, mut gaps, mut at) = (None, Vec::new(), offset);
        for (start, piece) in self.pieces.range(first..end) {
            let piece_end = start + piece.len() as u32;
            if piece_end <= offset {
                continue;
            }
            overlap = overlap.max(Some(compare(offset, data, *start, piece)));
            if *start > at {
                gaps.push((at, *start));
            }
            at = piece_end;
        }
        if at < end {
            gaps.push((at, end));
        }
        for (from, to) in gaps {
            let part = data.get((from - offset) as usize..(to - offset) as usize);
            let part = part.unwrap_or_default().to_vec();
            self.have += part.len() as u32;
            self.room += PIECE + part.len();
            self.pieces.insert(from, part);
        }
        overlap
    }

    fn is_whole(&self) -> bool {
        self.total == Some(self.have)
    }

    fn into_whole(self) -> Whole {
        let mut payload = Vec::with_capacity(self.have as usize);
        for piece in self.pieces.into_values() {
            payload.extend(piece);
        }
        Whole { payload, proto: self.proto, fragments: self.fragments, overlap: self.overlap }
    }
}

/// How data at `offset` overlaps with the piece at `start`.
fn compare(offset: u32, data: &[u8], start: u32, piece: &[u8]) -> Overlap {
    let end = offset + data.len() as u32;
    let piece_end = start + piece.len() as u32;
    let (from, to) = (offset.max(start), end.min(piece_end));
    let ours = data.get((from - offset) as usize..(to - offset) as usize);
    let theirs = piece.get((from - start) as usize..(to - start) as usize);
    if ours != theirs {
        Overlap::Different
    } else if (offset, end) == (start, piece_end) {
        Overlap::Repeated
    } else if start <= offset && end <= piece_end {
        Overlap::Within
    } else {
        Overlap::Same
    }
}

/// The longest payload of an IP packet.
const MAX_PACKET: u32 = 65_535;
/// Pieces of one packet: the smallest MTU, 68 bytes, makes 1366 of the longest.
const MAX_PIECES: usize = 2_048;
/// What a packet and a piece are counted for beside their bytes.
const PACKET: usize = 256;
const PIECE: usize = 64;

#[cfg(test)]
mod tests;
