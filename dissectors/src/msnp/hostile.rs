//! What was made to break MSN Messenger and programs like it: packets that reach beyond what they
//! belong to, pictures whose pieces are longer than a picture's can be, names that leave their folder,
//! invitations longer than any program wrote.

use crate::Out;
use crate::oft::names::{leads_out, poses};

/// The number that joins an invitation's steps had ten digits.
const LONGEST_COOKIE: usize = 64;
/// Longest name of a file where these programs ran.
const LONGEST_NAME: usize = 255;
/// How a PNG begins, and the longest transparency it may have: a byte for each colour of a palette.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const TRANSPARENCY: usize = 256;

/// Looks at a packet's place in its message. Programs that only looked at one of the two numbers, or
/// added them up in 32 bits, wrote elsewhere (CVE-2008-2927, CVE-2009-2694).
pub(super) fn place(offset: u64, length: usize, total: u64, out: &mut Out) {
    let end = offset.checked_add(length as u64);
    if end.is_none_or(|end| end > total) {
        out.weird("msnp_p2p_overflow", format_args!("{length} bytes at {offset} of {total}"));
    }
}

/// Looks at the first bytes of a picture: a transparency longer than its palette (MS05-009).
pub(super) fn picture(first: &[u8], out: &mut Out) {
    let Some(mut rest) = first.strip_prefix(PNG) else { return };
    while let Some((&[a, b, c, d, k, i, n, e], behind)) = rest.split_first_chunk::<8>() {
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        if [k, i, n, e] == *b"tRNS" && length > TRANSPARENCY {
            out.weird("msnp_picture_overflow", format_args!("tRNS of {length} bytes"));
        }
        // A check of four bytes stands behind each piece.
        rest = behind.get(length.saturating_add(4)..).unwrap_or_default();
    }
}

/// Looks at the name of a file, or of an object that is kept as one (CVE-2010-0013).
pub(super) fn name(name: &str, out: &mut Out) {
    if name.len() > LONGEST_NAME {
        out.weird("msnp_name_oversized", format_args!("{} bytes", name.len()));
    }
    if leads_out(name) {
        out.weird("msnp_name_leads_out", "a file's name that leaves its folder");
    }
    if poses(name) {
        out.weird("msnp_name_poses", "a program that looks like another kind of file");
    }
}

/// Looks at the number of an invitation.
pub(super) fn cookie(cookie: &str, out: &mut Out) {
    if cookie.len() > LONGEST_COOKIE {
        out.weird("msnp_invitation_oversized", format_args!("a cookie of {} bytes", cookie.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    fn odd(look: impl FnOnce(&mut Out)) -> Vec<&'static str> {
        let mut out = Out::new();
        look(&mut out);
        let events = out.drain();
        events
            .filter_map(|it| if let Event::Weird(it) = it { Some(it.name) } else { None })
            .collect()
    }

    #[test]
    fn packets_stay_within_their_message() {
        assert_eq!(odd(|out| place(0, 1202, 1202, out)), [""; 0]);
        assert_eq!(odd(|out| place(1, 1202, 1202, out)), ["msnp_p2p_overflow"]);
        assert_eq!(odd(|out| place(u64::MAX - 4, 4, u64::MAX, out)), [""; 0]);
        assert_eq!(odd(|out| place(u64::MAX, 4, u64::MAX, out)), ["msnp_p2p_overflow"]);
    }

    #[test]
    fn a_pictures_transparency_is_no_longer_than_its_palette() {
        let png = |length: u32| {
            let mut png = PNG.to_vec();
            png.extend_from_slice(b"\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x03\0\0\0crc!");
            png.extend_from_slice(&length.to_be_bytes());
            png.extend_from_slice(b"tRNSxxxx");
            png
        };
        assert_eq!(odd(|out| picture(&png(256), out)), [""; 0]);
        assert_eq!(odd(|out| picture(&png(257), out)), ["msnp_picture_overflow"]);
        assert_eq!(odd(|out| picture(&png(u32::MAX), out)), ["msnp_picture_overflow"]);
        assert_eq!(odd(|out| picture(b"GIF89a", out)), [""; 0]);
    }
}
