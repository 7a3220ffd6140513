//! The markup of Yahoo's messages, read as a person would see it.
//!
//! Older programs wrote ANSI escapes (`ESC [ 1 m`, `ESC [ # ff0000 m`, `ESC [ x1 m`), later ones added
//! tags that look like HTML. It is not HTML: line ends and blanks stand as they are, there are no
//! entities, and a `<` that begins none of these tags is a `<`.

/// What a person reads.
pub(super) fn plain(said: &str) -> String {
    let mut text = String::with_capacity(said.len());
    let mut rest = said;
    while let Some(at) = rest.find(['\u{1b}', '<']) {
        let (before, here) = rest.split_at(at);
        text.push_str(before);
        let end = if here.starts_with('<') { tag(here) } else { escape(here) };
        let (kept, length) = end.map_or((1, 1), |length| (0, length));
        text.push_str(here.get(..kept).unwrap_or_default());
        rest = here.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The length of the escape at the beginning.
fn escape(here: &str) -> Option<usize> {
    let inside = here.strip_prefix("\u{1b}[")?;
    let end = inside.find(|c: char| !(c.is_ascii_alphanumeric() && c != 'm' || c == '#'))?;
    (end <= LONGEST_ESCAPE && inside.get(end..)?.starts_with('m')).then_some(end + 3)
}

/// The length of the tag at the beginning.
fn tag(here: &str) -> Option<usize> {
    let inside = here.strip_prefix('<')?;
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let known = TAGS.iter().any(|tag| name.get(..end).is_some_and(|n| n.eq_ignore_ascii_case(tag)));
    let colour = name.strip_prefix('#').is_some_and(|hex| {
        hex.get(..7).is_some_and(|hex| hex.ends_with('>') && hex.trim_end_matches('>').len() == 6)
    });
    if !known && !colour {
        return None;
    }
    let window = here.as_bytes().get(..here.len().min(LONGEST_TAG))?;
    memchr::memchr(b'>', window).map(|end| end + 1)
}

/// Most characters between `ESC [` and `m`.
const LONGEST_ESCAPE: usize = 9;
/// Longest tag: a fade names many colours.
const LONGEST_TAG: usize = 512;

/// Tags Yahoo's programs write: HTML's, fades of colours, and colours by name.
const TAGS: &[&str] = &[
    "font", "b", "i", "u", "s", "fade", "alt", "snd", "body", "html", "black", "blue", "cyan",
    "gray", "green", "pink", "purple", "orange", "red", "yellow",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_tags_are_taken_out() {
        let said =
            "\u{1b}[30m<font face=\"Tahoma\" size=\"10\">if a < b & c</font>\u{1b}[#ff00aam!\r\n";
        assert_eq!(plain(said), "if a < b & c!\n");
        let said = "<FADE #ff0000,#00ff00>\u{1b}[1mlook\u{1b}[x1m</FADE> \u{1b}[lmhttp://x.example/\u{1b}[xlm";
        assert_eq!(plain(said), "look http://x.example/");
    }

    #[test]
    fn what_only_looks_like_markup_stays() {
        for said in ["<ding>", "a<b", "<", "\u{1b}", "\u{1b}[", "<b", "x \u{1b}[nonsense text m"] {
            assert_eq!(plain(said), said);
        }
    }
}
