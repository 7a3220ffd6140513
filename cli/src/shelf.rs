//! A folder of results that is begun anew: after so many bytes, every so often, or when somebody
//! asks for it.
//!
//! What is written now stands in the folder itself. What was written before stands in folders within
//! it, each with its own report, named by the time it begins with: nothing is ever replaced, also
//! not what a sensor left behind that was killed.

use std::io;
use std::path::{Path, PathBuf};

use overhear_analysis::{Time, Told};
use overhear_sensor::output::folder::Folder;
use overhear_sensor::output::story::Story;

use crate::args::Rotation;

/// The folder, and when it is begun anew.
pub(crate) struct Shelf {
    path: PathBuf,
    rotation: Rotation,
    folder: Folder,
    /// The first line, with which each begins.
    start: Option<Told>,
    /// Time of the first event of this one.
    begun: Option<Time>,
    /// Folders put aside, the oldest first.
    aside: Vec<PathBuf>,
}

impl Shelf {
    /// Begins a folder; what is there is put aside.
    pub(crate) fn create(path: &Path, rotation: Rotation) -> io::Result<Self> {
        Folder::set_aside(path, EARLIER)?;
        let (path, folder) = (path.to_owned(), Folder::create(path)?);
        Ok(Self { path, rotation, folder, start: None, begun: None, aside: Vec::new() })
    }

    /// Writes an event, into a new folder if it is time for one; `story` is what was written.
    pub(crate) fn put(&mut self, told: &Told, story: &mut Story) -> io::Result<()> {
        let at = told.head.timestamp;
        match at {
            None if self.start.is_none() => self.start = Some(told.clone()),
            Some(at) if self.is_full(at) => self.turn(story)?,
            _ => {}
        }
        self.begun = self.begun.or(at);
        self.folder.put(told, None)
    }

    /// Hands on what was written so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.folder.flush()
    }

    /// Ends this folder with its report, and begins another.
    pub(crate) fn turn(&mut self, story: &mut Story) -> io::Result<()> {
        self.folder.close(story)?;
        let name = self.begun.map_or_else(|| EARLIER.to_owned(), name);
        self.aside.extend(Folder::set_aside(&self.path, &name)?);
        self.folder = Folder::create(&self.path)?;
        (*story, self.begun) = (Story::default(), None);
        if let Some(start) = &self.start {
            story.hear(start);
            self.folder.put(start, None)?;
        }
        let surplus = self.aside.len().saturating_sub(self.rotation.keep.unwrap_or(usize::MAX));
        self.aside.drain(..surplus).try_for_each(std::fs::remove_dir_all)
    }

    /// Ends the last one.
    pub(crate) fn finish(mut self, story: &Story) -> io::Result<()> {
        self.folder.close(story)
    }

    fn is_full(&self, at: Time) -> bool {
        let period = |at: Time, every: i64| at.0.div_euclid(every);
        let late = self.begun.zip(self.rotation.time).is_some_and(|(begun, every)| {
            let every = every.nanos();
            period(at, every) > period(begun, every)
        });
        late || self.rotation.size.is_some_and(|size| self.folder.size() >= size.0)
    }
}

/// What is put aside whose time nobody knows.
pub(crate) const EARLIER: &str = "earlier";

/// A time as a folder is called by it, in UTC: `2026-11-23T20-00-00Z`.
pub(crate) fn name(at: Time) -> String {
    let text = at.to_string();
    let seconds = text.split('.').next().unwrap_or(&text);
    format!("{}Z", seconds.replace(':', "-"))
}
