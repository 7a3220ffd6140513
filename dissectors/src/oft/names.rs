//! Names of files that mean more than they say.

/// A name that leaves the folder it is meant for.
pub(crate) fn leads_out(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    drive || name.starts_with(['/', '\\']) || name.split(['/', '\\']).any(|part| part == "..")
}

/// A name that looks like another kind of file: a program behind a document's ending, or letters
/// that turn the reading direction round.
pub(crate) fn poses(name: &str) -> bool {
    if name.contains(['\u{202e}', '\u{202d}', '\u{2066}', '\u{2067}']) {
        return true;
    }
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let mut endings = file.rsplit('.').map(|ending| ending.trim().to_ascii_lowercase());
    let (last, before) = (endings.next(), endings.next());
    // The first part of all is no ending.
    let Some((last, before)) = last.zip(before).filter(|_| endings.next().is_some()) else {
        return false;
    };
    PROGRAMS.contains(&&*last) && !PROGRAMS.contains(&&*before) && is_ending(&before)
}

fn is_ending(word: &str) -> bool {
    (2..=4).contains(&word.len()) && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Endings that start a program on the systems these messengers ran on.
const PROGRAMS: &[&str] =
    &["exe", "scr", "pif", "com", "bat", "cmd", "vbs", "js", "lnk", "cpl", "hta", "msi", "reg"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_behind_a_picture_poses() {
        assert!(poses("holiday.jpg.scr") && poses("a/holiday.jpg   .EXE"));
        assert!(poses("gpj.\u{202e}rcs"));
        assert!(!poses("setup.exe") && !poses("report q3.doc") && !poses("v1.2.exe"));
    }

    #[test]
    fn paths_lead_out() {
        assert!(leads_out("../x") && leads_out("a\\..\\b") && leads_out("c:\\x"));
        assert!(leads_out("/etc/x") && !leads_out("folder/a..b.txt"));
    }
}
