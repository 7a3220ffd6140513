//! What was made to break AIM's own client, or its user's trust: addresses that make it act, proposals
//! longer than any program wrote, names of files that mean more than they say.

use crate::oft::names::{leads_out, poses};
use crate::{Out, Text};

/// Addresses that make the client do something.
const URI: &[u8] = b"aim:";
const LONGEST_URI: usize = 1024;
/// Those that ran into a buffer, however long: they add a game, or another program.
const RUNS: [&[u8]; 2] = [b"aim:addgame?", b"aim:addexternalapp?"];
/// The capability of games, in its first four bytes, and the longest invitation to one.
const GAMES: [u8; 4] = [0x09, 0x46, 0x13, 0x4a];
const LONGEST_INVITATION: usize = 512;
/// Longest name of a file where these programs ran.
const LONGEST_NAME: usize = 255;

/// Looks at a text somebody reads: its markup too, where links are.
pub(crate) fn look(text: &Text, out: &mut Out) {
    let mut rest = text.expose().as_bytes();
    while let Some(at) = memchr::memchr2(b'a', b'A', rest) {
        let here = rest.get(at..).unwrap_or_default();
        if !begins(here, URI) {
            rest = here.get(1..).unwrap_or_default();
            continue;
        }
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>' | b'"');
        let length = here.iter().position(ends).unwrap_or(here.len());
        if RUNS.iter().any(|address| begins(here, address)) {
            out.weird("aim_uri_runs", "an address that adds a game or a program to the client");
        } else if length > LONGEST_URI {
            out.weird("aim_uri_oversized", format_args!("{length} bytes"));
        }
        rest = here.get(length..).unwrap_or_default();
    }
}

fn begins(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word))
}

/// Looks at what a proposal carries.
pub(super) fn data(capability: &[u8], data: &[u8], out: &mut Out) {
    if capability.starts_with(&GAMES) && data.len() > LONGEST_INVITATION {
        out.weird("oscar_game_oversized", format_args!("an invitation of {} bytes", data.len()));
    }
}

/// Looks at the name of a file that is offered.
pub(super) fn file_name(name: &str, out: &mut Out) {
    if name.len() > LONGEST_NAME {
        out.weird("oscar_name_oversized", format_args!("{} bytes", name.len()));
    }
    if leads_out(name) {
        out.weird("oscar_name_leads_out", "a file's name that leaves its folder");
    }
    if poses(name) {
        out.weird("oscar_name_poses", "a program that looks like another kind of file");
    }
    if name.contains("%n") || name.matches("%s").count() > 1 {
        out.weird("oscar_name_formats", "a file's name with directives of printf");
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
    fn addresses_are_judged_by_what_they_do_and_by_length() {
        let said = |text: &str| odd(|out| look(&Text::new(text), out));
        assert_eq!(said("see aim:goim?screenname=bob or AIM: it works"), [""; 0]);
        assert_eq!(said("<a href=\"aim:AddGame?name=x\">win</a>"), ["aim_uri_runs"]);
        let long = format!("a AIM:goaway?message={}", "A".repeat(1024));
        assert_eq!(said(&long), ["aim_uri_oversized"]);
    }

    #[test]
    fn invitations_to_games_are_short() {
        let game = |length: usize| odd(|out| data(&GAMES, &vec![b'A'; length], out));
        assert_eq!((game(512), game(513)), (vec![], vec!["oscar_game_oversized"]));
        assert_eq!(odd(|out| data(b"\x09\x46\x13\x49", &[b'A'; 4096], out)), [""; 0]);
    }

    #[test]
    fn names_of_files_are_judged() {
        let name = |name: &str| odd(|out| file_name(name, out));
        assert_eq!(name("plan.pdf"), [""; 0]);
        assert_eq!(name("..\\..\\start\\run.exe"), ["oscar_name_leads_out"]);
        assert_eq!(name("holiday.jpg        .scr"), ["oscar_name_poses"]);
        assert_eq!(name("%s%s.txt"), ["oscar_name_formats"]);
        assert_eq!(name(&"A".repeat(256)), ["oscar_name_oversized"]);
    }
}
