//! How clients scramble what they send. Nothing of it is secret: the key is made of the datagram's
//! length and of a check code that stands in it. Servers do not scramble.
//!
//! The check code names a byte of the datagram and a byte of a table, both inverted, and is folded
//! with four bytes of the header: whoever unscrambles a datagram also learns that it is one.

use std::borrow::Cow;

use super::wire::{V4, V5};

/// What a client meant to say; nothing when this is no datagram of a client.
pub(super) fn plain(datagram: &[u8]) -> Option<Cow<'_, [u8]>> {
    match u16::from_le_bytes(*datagram.first_chunk()?) {
        V4 => unscramble(datagram, &FOURTH).map(Cow::Owned),
        V5 => unscramble(datagram, &FIFTH).map(Cow::Owned),
        _ => Some(Cow::Borrowed(datagram)),
    }
}

/// Whether the check code of version 3 was made from this datagram. Clients of ICQ Groupware leave
/// it out.
pub(super) fn third_is_sound(datagram: &[u8]) -> bool {
    match check_at(datagram, 12) {
        Some(0) => true,
        Some(check) => datagram.get(2).is_some_and(|two| is_sound(check, datagram, *two, LETTERS)),
        None => false,
    }
}

/// The bytes of a client's datagram that its scrambling covers. A password behind them is in clear.
pub(super) fn covered(version: u16, length: usize) -> usize {
    match version {
        V4 => length.div_ceil(4).next_multiple_of(4),
        V5 => length,
        _ => 0,
    }
}

/// One version's way of scrambling.
struct Scheme {
    version: u16,
    /// Multiplied by the length it is the key.
    factor: u32,
    /// Where the scrambled words begin.
    begin: usize,
    /// Where the check code stands, in clear.
    check: usize,
    table: &'static [u8; 256],
    /// What was done to the check code itself.
    unfold: fn(u32) -> u32,
}

const FOURTH: Scheme = Scheme {
    version: V4,
    factor: 0x6675_6b65,
    begin: 0,
    check: 16,
    table: TIPS,
    unfold: |check| check,
};

const FIFTH: Scheme = Scheme {
    version: V5,
    factor: 0x6865_6c6c,
    begin: 10,
    check: 20,
    table: LETTERS,
    unfold: |check| {
        let [a, b, c, d, e] =
            [0x0001_f000, 0x07c0_07c0, 0x003e_0001, 0xf800_0000, 0x0000_083e].map(|it| check & it);
        (a >> 12) | (b >> 1) | (c << 10) | (d >> 16) | (e << 15)
    },
};

fn unscramble(datagram: &[u8], scheme: &Scheme) -> Option<Vec<u8>> {
    let check = (scheme.unfold)(check_at(datagram, scheme.check)?);
    let key = u32::try_from(datagram.len()).ok()?.wrapping_mul(scheme.factor).wrapping_add(check);
    let covered = covered(scheme.version, datagram.len());
    let mut plain = datagram.to_vec();
    for at in (scheme.begin..covered).step_by(4) {
        let letter = scheme.table.get(at & 0xff).copied().unwrap_or_default();
        let mask = key.wrapping_add(u32::from(letter)).to_le_bytes();
        let word = plain.get_mut(at..).unwrap_or_default();
        word.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
    let clear = [(0, 2), (scheme.check, 4)];
    for (at, length) in clear {
        let from = datagram.get(at..at + length)?;
        plain.get_mut(at..at + length)?.copy_from_slice(from);
    }
    // Version 4 has random bytes there. Whether they went into the check code before or after they
    // were scrambled was different from client to client.
    let twos = [*plain.get(2)?, *datagram.get(2)?];
    twos.iter().any(|two| is_sound(check, &plain, *two, scheme.table)).then_some(plain)
}

fn check_at(datagram: &[u8], at: usize) -> Option<u32> {
    datagram.get(at..)?.first_chunk().map(|check| u32::from_le_bytes(*check))
}

/// Whether the check code was made from this datagram, whose third byte was `two`.
fn is_sound(check: u32, plain: &[u8], two: u8, table: &[u8; 256]) -> bool {
    let Some(&[_, _, _, _, four, _, six, _, eight]) = plain.first_chunk() else { return false };
    let folded = check ^ u32::from_be_bytes([eight, four, two, six]);
    let [place, byte, index, letter] = folded.to_be_bytes();
    // The place is the low byte of a number that may have been larger.
    let mut said = plain.get(usize::from(place)..).unwrap_or_default().iter().step_by(256);
    let known = table.get(usize::from(index)).is_some_and(|known| !known == letter);
    known && said.any(|said| !said == byte)
}

/// Tips that ICQ 98 shows its users: the table of version 4.
const TIPS: &[u8; 256] = b"\n[1] You can modify the sounds ICQ makes. \
Just select \"Sounds\" from the \"preferences/misc\" in ICQ or from the \"Sounds\" in the control panel. \
Credit: Eran\n[2] Can't remember what was said?  \
Double-click on a user to get a dialog of all messages sent incomin";

/// The table of version 5, and of version 3's check codes.
const LETTERS: &[u8; 256] = b"Y`7kebFHSaLY`W[=^4m6P?ogSaLY@Gc9P__?oGCiH31d5ZJBV@gSA\x07lI\
X;MFhCiH31DebFHSA\x07liH3QT]NlI8KUJbFH3Q4m6P___?oGcY@g31d5ZjRn<Q4m6P__?O7K5\
ZJbfX;MfX[]NlIX;MfX;MFHSaLY@g31dUj2>DERn<1dUjRNliHSaL90oGcY`W[=>d5::ZjRNliHSalIX\
;MFhc9P__?ogSA%A<QT=^T]NL9P___?oGCiH3QT]n<1d5Z\0\0";
