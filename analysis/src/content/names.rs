//! Names of files that run when somebody opens them.

use memchr::{memchr_iter, memchr2_iter};

/// Whether a file of this name is a program or a script, by its last extension.
pub(crate) fn executable(name: &str) -> bool {
    let end = name.trim_end_matches(['.', ' ']).rsplit_once('.').map_or("", |(_, end)| end);
    PROGRAMS.iter().any(|program| end.eq_ignore_ascii_case(program))
}

/// Extensions of what runs on a double click, and `ini`: mIRC's `script.ini` was the first of all
/// script worms.
const PROGRAMS: [&str; 22] = [
    "exe", "scr", "pif", "com", "bat", "cmd", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta",
    "msi", "lnk", "cpl", "ps1", "jar", "apk", "mrc", "ini", "shs",
];

/// Whether a text is known to make clients, routers or firewalls fail: the command names of a worm
/// that desktop firewalls cut connections for, and the escape that makes modems hang up.
pub(crate) fn breaking(text: &str) -> bool {
    let holds = |what: &str| {
        let windows = text.as_bytes().windows(what.len());
        windows.into_iter().any(|window| window.eq_ignore_ascii_case(what.as_bytes()))
    };
    logs_keys(text.as_bytes())
        && (holds("dcc send startkeylogger")
            || alone(text, "startkeylogger")
            || alone(text, "stopkeylogger"))
        || hangs_up(text.as_bytes()) && (holds("+++ath0") || holds("+++ath1"))
}

/// A quick look for a part of those commands, by the letter that is rarest there.
fn logs_keys(text: &[u8]) -> bool {
    memchr2_iter(b'G', b'g', text).any(|at| {
        let part = at.checked_sub(4).and_then(|from| text.get(from..at + 4));
        matches!(part, Some(b"EYLOGGER" | b"eylogger"))
    })
}

fn hangs_up(text: &[u8]) -> bool {
    memchr_iter(b'+', text).any(|at| text.get(at..).is_some_and(|rest| rest.starts_with(b"+++")))
}

fn alone(text: &str, word: &str) -> bool {
    text.trim_matches(|c: char| !c.is_ascii_alphabetic()).eq_ignore_ascii_case(word)
}

/// The last extension, for a key of files that are renamed for each victim.
pub(crate) fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, end)| end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_is_told_by_the_last_extension() {
        for name in ["holiday.jpg.scr", "SCRIPT.INI", "a.pif", "links.vbs", "x.exe. "] {
            assert!(executable(name), "{name}");
        }
        for name in ["a.jpg", "exe", "notes.txt", "", "."] {
            assert!(!executable(name), "{name}");
        }
    }
}
