//! How messages between ICQ clients are scrambled, since version 4: XOR over their first quarter, with a
//! key made of their length and a check value that stands in clear, and a sentence everybody knows.

/// The sentence, from a notice of 1998.
const SENTENCE: &[u8] = b"As part of this software beta version Mirabilis is \
granting a limited access to the ICQ network, \
servers, directories, listings, information and databases (\"\
ICQ Services and Information\"). The \
ICQ Service and Information may databases (\"\
ICQ Services and Information\"). The \
ICQ Service and Information may\0";
/// Multiplied by the length it is the key.
const FACTOR: u32 = 0x6765_7268;
/// Indices of the sentence that are checked.
const CHECKED: u8 = 220;
/// Before version 6 so many bytes stay in clear in front of the check value.
const CLEAR: usize = 6;

/// Takes the scrambling off a packet that begins with its check value. Nothing when the check value
/// says that this is no such packet.
pub(super) fn unscramble(packet: &[u8]) -> Option<Vec<u8>> {
    let check = u32::from_le_bytes(*packet.first_chunk()?);
    let plain = apply(packet, check)?;
    let (one, two) = (*plain.get(4)?, *plain.get(6)?);
    is_sound(check, [one, two, one, two], &plain).then_some(plain)
}

/// The same of versions 4 and 5.
pub(super) fn unscramble_old(packet: &[u8]) -> Option<Vec<u8>> {
    let (clear, rest) = packet.split_at_checked(CLEAR)?;
    let check = u32::from_le_bytes(*rest.first_chunk()?);
    let mut plain = apply(packet, check)?;
    plain.get_mut(..CLEAR)?.copy_from_slice(clear);
    let four = [*plain.get(10)?, *plain.get(12)?, *plain.get(2)?, *plain.first()?];
    is_sound(check, four, &plain).then_some(plain)
}

fn apply(packet: &[u8], check: u32) -> Option<Vec<u8>> {
    let size = u32::try_from(packet.len()).ok()?;
    let key = FACTOR.wrapping_mul(size).wrapping_add(check);
    let mut plain = packet.to_vec();
    for at in (4..packet.len().div_ceil(4)).step_by(4) {
        let letter = SENTENCE.get(at & 0xff).copied().unwrap_or_default();
        let mask = key.wrapping_add(u32::from(letter)).to_le_bytes();
        let word = plain.get_mut(at..)?;
        word.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
    Some(plain)
}

/// Whether the check value was made from this text and these four bytes of it.
fn is_sound(check: u32, four: [u8; 4], plain: &[u8]) -> bool {
    let [place, byte, index, letter] = (check ^ u32::from_be_bytes(four)).to_be_bytes();
    let said = plain.get(usize::from(place)).is_some_and(|said| !said == byte);
    let known = SENTENCE.get(usize::from(index)).is_some_and(|known| !known == letter);
    place >= 10 && said && (index >= CHECKED || known)
}
