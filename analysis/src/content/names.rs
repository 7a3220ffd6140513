//! Names of files that run when somebody opens them.

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
