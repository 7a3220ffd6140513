//! IEEE 802.11 as monitors record it: data frames nobody encrypted.

use super::{Decoded, Walk, link};

/// A frame behind a radiotap header (radiotap.org).
pub(super) fn radiotap<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    let Some([0, _, len @ .., _, _, _, _]) = data.first_chunk::<8>() else {
        return Decoded::Malformed("radiotap header");
    };
    match data.split_at_checked(usize::from(u16::from_le_bytes(*len))) {
        Some((header, frame)) => ieee80211(frame, is_padded(header).unwrap_or(false), walk),
        None => Decoded::Malformed("radiotap header cut off"),
    }
}

/// A frame from its frame control on (IEEE 802.11-2020 section 9.2.4); `padded` tells whether the
/// radio filled its header up to 32 bits.
pub(super) fn ieee80211<'a>(data: &'a [u8], padded: bool, walk: &mut Walk<'_>) -> Decoded<'a> {
    let [kind, flags, ..] = data else { return Decoded::Malformed("802.11 header cut off") };
    let is_data = kind & 0x0c == 0x08 && kind & 0x40 == 0;
    let (is_protected, is_relayed, is_ordered) =
        (flags & 0x40 != 0, flags & 0x03 == 0x03, flags & 0x80 != 0);
    if !is_data || is_protected {
        return Decoded::NonIp;
    }
    let with_quality = kind & 0x80 != 0;
    let quality = 24 + if is_relayed { 6 } else { 0 };
    let aggregated = with_quality && data.get(quality).is_some_and(|control| control & 0x80 != 0);
    if aggregated {
        return Decoded::NonIp;
    }
    let len = match (with_quality, is_ordered) {
        (false, _) => quality,
        (true, false) => quality + 2,
        (true, true) => quality + 6,
    };
    let len = if padded { len.next_multiple_of(4) } else { len };
    match data.get(len..) {
        Some(payload) => link::llc(u16::MAX, payload, walk),
        None => Decoded::Malformed("802.11 header cut off"),
    }
}

/// Whether the flags of a radiotap header, if it has them, tell of padding.
fn is_padded(header: &[u8]) -> Option<bool> {
    let mut at = 4;
    let present = u32::from_le_bytes(*header.get(at..)?.first_chunk()?);
    // Each word of the bitmap says whether another follows.
    while u32::from_le_bytes(*header.get(at..)?.first_chunk()?) & 0x8000_0000 != 0 {
        at += 4;
    }
    at += 4;
    if present & 1 != 0 {
        // The time of arrival, which is aligned to its size.
        at = at.next_multiple_of(8) + 8;
    }
    Some(present & 2 != 0 && header.get(at)? & 0x20 != 0)
}
