//! First bytes of ICQ's peers: a greeting, or, of a called client before version 6, which does not
//! greet, a message of its own or the first packet of files.

use super::cipher;
use super::file::Files;
use super::wire::{self, GREETING, OLD};
use crate::Side;
use crate::scan::{Prefix, prefix};

/// Bytes of one side that tell: a short message, whole, since versions 4 and 5 show nothing else.
pub(super) const DEPTH: usize = 256;
/// Bytes that tell a greeting: length, first byte, version, and what follows it.
const HEAD: usize = 7;
/// "Heard you", with its length: the called client may say so before it greets.
const HEARD: [u8; 6] = [4, 0, 1, 0, 0, 0];

/// Whether bytes begin like a peer's; later bytes never change a definite answer.
pub(super) fn looks(input: &[u8]) -> Prefix {
    match greets(input) {
        Prefix::Not => speaks(input),
        verdict => verdict,
    }
}

/// Whether bytes begin with a message before version 6, or with the first packet of files.
fn speaks(input: &[u8]) -> Prefix {
    let Some((length, body)) = input.split_first_chunk() else { return Prefix::MayBe };
    let length = usize::from(u16::from_le_bytes(*length));
    let Some(packet) = body.get(..length) else {
        let fits = length + 2 < DEPTH && body.get(4).is_none_or(|byte| matches!(byte, 0..=5));
        return if fits && input.len() < DEPTH { Prefix::MayBe } else { Prefix::Not };
    };
    if is_message(packet) || Files::opened(Side::Server, packet).is_some() {
        Prefix::Is
    } else {
        Prefix::Not
    }
}

/// Whether this is a whole message: its number stands in it twice, and its command is known.
fn is_message(packet: &[u8]) -> bool {
    let (version, plain) = match wire::old_version(packet) {
        Some(version @ 2..=3) => (version, Some(packet.to_vec())),
        Some(version @ 4..=5) => (version, cipher::unscramble_old(packet)),
        _ => return false,
    };
    let message = plain.as_deref().and_then(|plain| wire::old_message(version, plain));
    message.is_some_and(|message| message.is_sound())
}

/// Whether bytes begin like a greeting of versions 2 to 10.
fn greets(input: &[u8]) -> Prefix {
    let input = match prefix(input, &HEARD) {
        Prefix::Is => input.get(HEARD.len()..).unwrap_or_default(),
        Prefix::MayBe => return Prefix::MayBe,
        Prefix::Not => input,
    };
    let fits = |fits: fn(usize, u8) -> bool| {
        input.iter().take(HEAD).enumerate().all(|(at, byte)| fits(at, *byte))
    };
    match fits(is_new) || fits(is_old) {
        false => Prefix::Not,
        true if input.len() < HEAD => Prefix::MayBe,
        true => Prefix::Is,
    }
}

/// Whether a byte may stand there in a greeting since version 6.
fn is_new(at: usize, byte: u8) -> bool {
    match at {
        0 => (0x24..=0x34).contains(&byte),
        2 => byte == GREETING,
        3 => (6..=10).contains(&byte),
        // The length of the rest, of which some clients of version 6 know nothing.
        5 => byte == 0 || (0x20..=0x30).contains(&byte),
        _ => byte == 0,
    }
}

/// Whether a byte may stand there in a greeting before version 6, whose version has four bytes.
fn is_old(at: usize, byte: u8) -> bool {
    match at {
        0 => byte == OLD,
        2 => byte == GREETING,
        3 => (2..=5).contains(&byte),
        _ => byte == 0,
    }
}
