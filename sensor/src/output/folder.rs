//! A folder of results: the event stream, the tables and the page.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use overhear_analysis::Told;

use super::csv::Tables;
use super::eve::{Eve, Flush};
use super::html;
use super::story::Story;

/// `eve.json`, `conversations.csv`, `credentials.csv`, `findings.csv` and `report.html`.
pub struct Folder {
    path: PathBuf,
    eve: Eve<File>,
    tables: Tables,
}

impl Folder {
    /// Makes the folder, and begins its files; older ones of these names are replaced.
    pub fn create(path: &Path) -> io::Result<Self> {
        super::folder(path)?;
        Ok(Self {
            path: path.to_owned(),
            eve: Eve::new(super::file(&path.join("eve.json"))?, Flush::Blocks),
            tables: Tables::create(path)?,
        })
    }

    /// Writes an event: its line, which is `raw` where it came as one, and its row.
    pub fn put(&mut self, told: &Told, raw: Option<&[u8]>) -> io::Result<()> {
        match raw {
            Some(raw) => self.eve.pass(raw)?,
            None => self.eve.put(told)?,
        }
        self.tables.put(told)
    }

    /// Passes a line through that means nothing to this version.
    pub fn pass(&mut self, raw: &[u8]) -> io::Result<()> {
        self.eve.pass(raw)
    }

    /// Hands on what was written so far: the lines, and the rows.
    pub fn flush(&mut self) -> io::Result<()> {
        self.eve.flush()?;
        self.tables.flush()
    }

    /// Writes the page, and the rest of everything.
    pub fn finish(mut self, story: &Story) -> io::Result<()> {
        self.eve.flush()?;
        self.tables.finish()?;
        html::write(story, BufWriter::new(super::file(&self.path.join("report.html"))?))
    }
}
