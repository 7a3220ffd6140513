//! The file of `--write`, begun anew from time to time: what was written stands beside it, called by
//! the time it begins with.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use overhear_analysis::Time;
use overhear_sensor::keep;
use overhear_sensor::output;

use crate::args::Volumes;
use crate::shelf::{EARLIER, name};

/// The file, and those before it.
#[derive(Debug)]
pub(crate) struct Series {
    path: PathBuf,
    /// How many are kept of those put aside.
    keep: usize,
    /// Those, the oldest first.
    aside: Vec<PathBuf>,
}

impl Series {
    /// Makes the file; what is there is put aside.
    pub(crate) fn begin(path: &Path, keep: Option<usize>) -> io::Result<(Self, File)> {
        put_aside(path, EARLIER)?;
        let series =
            Self { path: path.to_owned(), keep: keep.unwrap_or(usize::MAX), aside: Vec::new() };
        Ok((series, output::file(path)?))
    }

    /// The rule by which one follows another, also when somebody asks for it.
    pub(crate) fn rule(mut self, options: Volumes, asked: Arc<AtomicBool>) -> keep::Volumes<File> {
        let volumes = keep::Volumes::new(asked, move |begun| self.next(begun));
        let every = options.time.map(crate::args::Span::nanos);
        volumes.of(options.size.map(|size| size.0)).every(every)
    }

    /// Puts the last one aside, if anything is in it, and makes the next.
    fn next(&mut self, begun: Option<Time>) -> io::Result<File> {
        if let Some(begun) = begun {
            self.aside.extend(put_aside(&self.path, &name(begun))?);
        }
        let file = output::file(&self.path)?;
        let surplus = self.aside.len().saturating_sub(self.keep);
        self.aside.drain(..surplus).try_for_each(|old| match std::fs::remove_file(old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })?;
        Ok(file)
    }
}

/// Gives a file a name that says what it is and that nothing else has; nothing if there is no file.
fn put_aside(path: &Path, name: &str) -> io::Result<Option<PathBuf>> {
    // What is no file, such as a pipe, is written to as it is.
    if !std::fs::symlink_metadata(path).is_ok_and(|there| there.is_file()) {
        return Ok(None);
    }
    let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_owned();
    let (stem, ending) = (part(path.file_stem()), part(path.extension()));
    let aside = |number: u32| {
        let mut full = stem.clone();
        full.push("-");
        full.push(name);
        if number > 1 {
            full.push(format!("-{number}"));
        }
        if !ending.is_empty() {
            full.push(".");
            full.push(&ending);
        }
        path.with_file_name(full)
    };
    let free = (1..=SAME).map(aside).find(|path| std::fs::symlink_metadata(path).is_err());
    let free = free.ok_or(io::ErrorKind::AlreadyExists)?;
    std::fs::rename(path, &free)?;
    Ok(Some(free))
}

/// Files of one name.
const SAME: u32 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_put_aside_and_the_oldest_goes() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("kept.pcapng");
        let names = || {
            let mut names: Vec<_> = std::fs::read_dir(home.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        std::fs::write(&path, "from an earlier run").unwrap();
        let (mut series, _) = Series::begin(&path, Some(2)).unwrap();
        assert_eq!(names(), ["kept-earlier.pcapng", "kept.pcapng"]);
        series.next(None).unwrap();
        assert_eq!(names().len(), 2, "nothing was in it");
        for second in [0, 0, 1, 2] {
            series.next(Some(Time::from_secs(second))).unwrap();
        }
        let kept = ["kept-1970-01-01T00-00-01Z.pcapng", "kept-1970-01-01T00-00-02Z.pcapng"];
        assert_eq!(names(), [kept[0], kept[1], "kept-earlier.pcapng", "kept.pcapng"]);
    }
}
