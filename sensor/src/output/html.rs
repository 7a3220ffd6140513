//! The page: the report as one file that can be mailed, archived and printed.
//!
//! It loads nothing and runs nothing: its content security policy forbids both, the styles are its
//! own, and the template engine escapes every value. The values are [`Shown`] or made here.
//!
//! [`Shown`]: super::scrub::Shown

use std::io::{self, Write};

use askama::Template;
use overhear_analysis::told::Exposure;

use super::scrub::Shown;
use super::story::{Found, Line, Person, Secret, Story, Talk, Transfer, Way, losses, unread};
use super::word::{count, exposure, grouped};

/// Writes the page.
pub fn write(story: &Story, mut out: impl Write) -> io::Result<()> {
    Page::of(story).write_into(&mut out)?;
    out.flush()
}

/// What the template shows.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    story: &'a Story,
    title: Shown,
    tiles: Vec<(String, &'static str)>,
    tally: Vec<(&'static str, u64)>,
    findings: Vec<&'a Found>,
    secrets: Vec<&'a Secret>,
    ways: Vec<Way>,
    reach: Vec<Reach>,
    talks: Vec<&'a Talk>,
    files: &'a [Transfer],
    people: &'a [Person],
    losses: Vec<String>,
    counted: bool,
    unread: Vec<(&'static str, &'static str, &'static str)>,
    /// Rows that are not on the page, as sentences.
    rest: Vec<String>,
}

impl<'a> Page<'a> {
    fn of(story: &'a Story) -> Self {
        let ways = story.paths.ways();
        let ledger = story.stats.as_ref().and_then(|stats| stats.ledger.as_ref());
        let met = story.protocols();
        let mut rest = Vec::new();
        let mut page = Self {
            story,
            title: story.title(),
            tiles: story.amounts().into_iter().map(tile).collect(),
            tally: story.tally(),
            findings: first(story.worst_first(), FINDINGS, "finding", &mut rest),
            secrets: first(story.weakest_first(), SECRETS, "secret", &mut rest),
            reach: reach(&ways),
            ways,
            talks: first(story.talks.longest_first(), TALKS, "conversation", &mut rest),
            files: firsts(story.files.rows(), FILES, "file", &mut rest),
            people: firsts(story.people.rows(), PEOPLE, "account", &mut rest),
            losses: ledger.map(losses).unwrap_or_default(),
            counted: ledger.is_some(),
            unread: Vec::new(),
            rest: Vec::new(),
        };
        for (protocol, rows) in unread(met.iter().map(Shown::as_str)) {
            page.unread.extend(rows.into_iter().map(|(row, why)| (protocol, row.what, why)));
        }
        page.rest = rest;
        page
    }

    /// The lines of a conversation that are on the page.
    #[expect(clippy::unused_self, reason = "the template calls it")]
    fn lines<'t>(&self, talk: &'t Talk) -> &'t [Line] {
        talk.lines.get(..LINES).unwrap_or(&talk.lines)
    }

    /// How many of its messages are not.
    fn unshown(&self, talk: &Talk) -> Option<String> {
        let shown = self.lines(talk).len() as u64;
        let rest = talk.messages.saturating_sub(shown);
        (rest > 0).then(|| count(rest, "more message"))
    }
}

/// Channels that went equally far: a station of the drawing.
struct Reach {
    place: &'static str,
    readable: u64,
    sealed: u64,
    /// Columns of the bars, in hundredths of the widest.
    readable_wide: u64,
    sealed_wide: u64,
}

/// The stations from one host to the Internet, with their bars.
fn reach(ways: &[Way]) -> Vec<Reach> {
    let places = [Exposure::Host, Exposure::Lan, Exposure::Perimeter, Exposure::Internet];
    let sum = |place, readable| {
        let there = ways.iter().filter(|way| way.exposure == place && way.readable() == readable);
        there.map(|way| way.channels).sum::<u64>()
    };
    let sums = places.map(|place| (place, sum(place, true), sum(place, false)));
    let most = sums.iter().map(|(_, readable, sealed)| readable + sealed).max().unwrap_or(0).max(1);
    let wide = |number: u64| number.saturating_mul(100) / most;
    sums.into_iter()
        .map(|(place, readable, sealed)| Reach {
            place: exposure(place),
            readable,
            sealed,
            readable_wide: wide(readable),
            sealed_wide: wide(sealed),
        })
        .collect()
}

fn tile((number, one): (u64, &'static str)) -> (String, &'static str) {
    (grouped(number), one)
}

fn first<T>(mut rows: Vec<T>, most: usize, one: &str, rest: &mut Vec<String>) -> Vec<T> {
    left_off(rows.len(), most, one, rest);
    rows.truncate(most);
    rows
}

fn firsts<'a, T>(rows: &'a [T], most: usize, one: &str, rest: &mut Vec<String>) -> &'a [T] {
    left_off(rows.len(), most, one, rest);
    rows.get(..most).unwrap_or(rows)
}

fn left_off(rows: usize, most: usize, one: &str, rest: &mut Vec<String>) {
    if let Some(more @ 1..) = rows.checked_sub(most) {
        rest.push(count(more as u64, one));
    }
}

/// How much of each the page shows; the tables have everything.
const FINDINGS: usize = 500;
const SECRETS: usize = 500;
const TALKS: usize = 200;
const LINES: usize = 200;
const FILES: usize = 500;
const PEOPLE: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/streams/office.ndjson"));

    fn page(stream: &str) -> String {
        let mut story = Story::default();
        for line in stream.lines() {
            story.hear(&serde_json::from_str(line).expect(line));
        }
        let mut out = Vec::new();
        write(&story, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The names of all tags, and the attributes of all of them.
    fn tags(page: &str) -> Vec<&str> {
        let tags = page.split('<').skip(1);
        tags.map(|tag| tag.split_once('>').expect("an open tag").0).collect()
    }

    #[test]
    fn what_the_wire_said_makes_no_tag_and_no_attribute() {
        let attack = r#"\"'><script src=//example.org></script><img onerror=x>&lt;{{7*7}}"#;
        let mut hostile = String::new();
        for line in OFFICE.lines() {
            let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
            for key in ["message", "credential", "file", "client", "login", "finding", "anomaly"] {
                for word in [
                    "text", "from", "room", "account", "name", "title", "detail", "subject",
                    "product", "secret", "mime",
                ] {
                    if value[key][word].is_string() {
                        value[key][word] = format!("{word}{attack}").into();
                    }
                }
            }
            hostile += &value.to_string();
            hostile.push('\n');
        }
        let (tame, hostile) = (page(OFFICE), page(&hostile));
        for tag in tags(&hostile) {
            let name = tag.split_whitespace().next().unwrap_or_default();
            assert!(
                !["script", "img", "a", "link", "iframe"].contains(&name)
                    || tag.starts_with("a href=\"#"),
                "{tag}"
            );
            assert!(!tag.contains("onerror"), "{tag}");
        }
        let kinds = |page| {
            tags(page).into_iter().map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
        };
        assert!(kinds(&hostile).is_subset(&kinds(&tame)), "{:?}", kinds(&hostile));
        assert!(hostile.contains("&#60;script"));
    }

    #[test]
    fn the_page_loads_and_runs_nothing() {
        let page = page(OFFICE);
        let policy = "default-src 'none'; style-src 'unsafe-inline'";
        assert!(page.contains(&format!("content=\"{policy}\"")));
        for loading in ["src=", "http://www", "@import", "url(", "javascript:"] {
            assert!(!page.contains(loading), "{loading}");
        }
        if let Some(path) = std::env::var_os("OVERHEAR_PAGE") {
            std::fs::write(path, &page).unwrap();
        }
    }

    #[test]
    fn an_empty_story_is_a_page_too() {
        assert!(page("").contains("Nothing that a listener could have used"));
    }
}
