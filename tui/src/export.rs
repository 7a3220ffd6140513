//! What is written to files from the dashboard: rows, their lines, or their frames.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use overhear_analysis::Told;
use overhear_sensor::capture::Timeline;
use overhear_sensor::feed::{Feed as _, Turn};
use overhear_sensor::keep::{Described, Keep};
use overhear_sensor::output::csv::inert;
use overhear_sensor::output::{self, eve};

/// A form of export, by the end of its file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The rows, as a table.
    Csv,
    /// Their lines of the event stream.
    Eve,
    /// The frames of their conversations.
    Frames,
}

impl Form {
    /// That of a file's name, which names no folder.
    pub fn of(name: &str) -> Option<Self> {
        if name.contains(['/', '\\', '\0']) || name.starts_with('.') {
            return None;
        }
        let (stem, end) = name.rsplit_once('.')?;
        match end {
            _ if stem.is_empty() => None,
            "csv" => Some(Self::Csv),
            "json" | "jsonl" | "ndjson" => Some(Self::Eve),
            "pcapng" => Some(Self::Frames),
            _ => None,
        }
    }
}

/// The first free name like this one in a folder: nothing is ever replaced.
pub fn free(folder: &Path, name: &str) -> PathBuf {
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    let names = std::iter::once(name.to_owned()).chain((2..).map(|n| format!("{stem}-{n}.{end}")));
    let mut paths = names.take(TRIES).map(|name| folder.join(name));
    paths.find(|path| !path.exists()).unwrap_or_else(|| folder.join(name))
}

/// Writes a table.
pub fn table(path: &Path, heads: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BufWriter::new(output::file(path)?));
    out.write_record(heads)?;
    for row in rows {
        out.write_record(row.iter().map(|cell| inert(cell)))?;
    }
    out.flush()
}

/// Writes lines of the event stream.
pub fn lines<'t>(path: &Path, lines: impl Iterator<Item = &'t Told>) -> io::Result<()> {
    let mut out = BufWriter::new(output::file(path)?);
    let mut line = Vec::new();
    for told in lines {
        line.clear();
        eve::line(told, &mut line)?;
        out.write_all(&line)?;
    }
    out.flush()
}

/// Writes the frames of the conversations of some lines, from the captures they were heard in.
pub fn frames(path: &Path, captures: &[PathBuf], told: &[Told]) -> io::Result<()> {
    let (timeline, faults) = Timeline::open(captures);
    if timeline.files() == 0 {
        let why = faults.first().map_or("there is no capture".to_owned(), ToString::to_string);
        return Err(io::Error::other(why));
    }
    let sources = timeline.inputs().iter().map(Described::from).collect();
    let out = BufWriter::new(output::file(path)?);
    let (mut keep, mut asker) = Keep::of_messaging(timeline, out, sources, WAITING)?;
    told.iter().for_each(|told| asker.hear(told));
    while !matches!(keep.turn(), Turn::Over) {}
    keep.finish().map(drop)
}

/// Names that are tried.
const TRIES: usize = 1_000;

/// Bytes in which frames wait to be asked for; here they were asked for before.
const WAITING: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_its_form_and_leads_nowhere_else() {
        for (name, form) in [
            ("rows.csv", Some(Form::Csv)),
            ("rows.json", Some(Form::Eve)),
            ("a.b.pcapng", Some(Form::Frames)),
            ("../rows.csv", None),
            (".csv", None),
            ("rows", None),
            ("rows.exe", None),
        ] {
            assert_eq!(Form::of(name), form, "{name}");
        }
    }

    #[test]
    fn what_exists_is_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        for expected in ["x.csv", "x-2.csv", "x-3.csv"] {
            let path = free(home.path(), "x.csv");
            assert_eq!(path, home.path().join(expected));
            table(&path, &["a"], &[vec!["=1+1".into()]]).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "a\r\n'=1+1\r\n");
        }
    }
}
