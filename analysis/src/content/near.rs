//! Near-duplicate text: Charikar's `SimHash` over shingles of three words.
//!
//! Two texts that share most of their shingles have words of 64 bits that differ in few places.
//! Links, numbers and blanks are masked first. The hash of a shingle is the caller's: a keyed one
//! tells who is alike and nothing else.

/// Words below which a text is too short to be nearly another.
const LEAST: usize = 8;
/// Words looked at: a text is bounded, whatever its length.
const MOST: usize = 64;
/// Places in which two words of near-duplicates differ at most.
pub(crate) const DISTANCE: u32 = 6;

/// The `SimHash` of a folded text; nothing for a short one.
pub(crate) fn simhash(folded: &str, mut hash: impl FnMut(&str) -> u64) -> Option<u64> {
    memchr::memchr_iter(b' ', folded.as_bytes()).nth(LEAST - 2)?;
    let mut words = [0_u64; MOST];
    let mut count = 0;
    let mut masked = String::new();
    for (slot, word) in words.iter_mut().zip(folded.split(' ')) {
        masked.clear();
        mask(word, &mut masked);
        *slot = hash(&masked);
        count += 1;
    }
    let mut balance = [0_i32; 64];
    for shingle in words.get(..count).unwrap_or_default().windows(3) {
        let bits = shingle.iter().fold(0, |bits: u64, word| mix(bits ^ word));
        for (place, weight) in balance.iter_mut().enumerate() {
            *weight += if bits >> place & 1 == 1 { 1 } else { -1 };
        }
    }
    let set = balance.iter().enumerate().filter(|(_, weight)| **weight > 0);
    Some(set.fold(0, |bits, (place, _)| bits | 1 << place))
}

/// Whether two `SimHash` values are of near-duplicates.
pub(crate) fn alike(one: u64, other: u64) -> bool {
    (one ^ other).count_ones() <= DISTANCE
}

/// Finalizer of `SplitMix64`, so that the order of words in a shingle matters.
pub(crate) fn mix(bits: u64) -> u64 {
    let bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ bits >> 31).wrapping_add(0x9e37_79b9_7f4a_7c15)
}

fn mask(word: &str, into: &mut String) {
    if super::links::any(word) {
        into.push('\u{1}');
        return;
    }
    for letter in word.chars() {
        match letter {
            '0'..='9' if into.ends_with('0') => {}
            '0'..='9' => into.push('0'),
            letter => into.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sim(text: &str) -> Option<u64> {
        simhash(text, |word| crate::fingerprint::hash(&[word.as_bytes()]))
    }

    #[test]
    fn a_changed_link_or_number_changes_nothing_and_another_text_much() {
        let lure = "hey you should really see the 12 pictures of yourself at";
        let one = sim(&format!("{lure} http://a.example/1")).unwrap();
        let other = sim(&format!("{} http://b.example/2", lure.replace("12", "7"))).unwrap();
        assert_eq!(one, other);
        let far = sim("the build fails on the second machine because of a missing header").unwrap();
        assert!(!alike(one, far));
        assert_eq!(sim("too short to say"), None);
    }

    #[test]
    fn one_word_more_in_a_long_text_is_nearly_the_same() {
        let long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen \
            fifteen sixteen seventeen eighteen nineteen twenty and so on until the very end of it";
        assert!((sim(long).unwrap() ^ sim(&format!("{long} now")).unwrap()).count_ones() < 16);
    }
}
