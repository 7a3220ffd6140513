//! A folder of results: the event stream, the tables and the page.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use overhear_analysis::Told;

use super::csv::Tables;
use super::eve::{Eve, Flush};
use super::html;
use super::story::Story;

/// `eve.json`, `conversations.csv`, `credentials.csv`, `findings.csv` and `report.html`.
pub struct Folder {
    path: PathBuf,
    eve: Eve<Counted>,
    tables: Tables,
}

impl Folder {
    /// Makes the folder, and begins its files; older ones of these names are replaced.
    pub fn create(path: &Path) -> io::Result<Self> {
        super::folder(path)?;
        Ok(Self {
            path: path.to_owned(),
            eve: Eve::new(Counted { file: super::file(&path.join(EVE))?, bytes: 0 }, Flush::Blocks),
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
    pub fn close(&mut self, story: &Story) -> io::Result<()> {
        self.eve.flush()?;
        self.tables.finish()?;
        html::write(story, BufWriter::new(super::file(&self.path.join("report.html"))?))
    }

    /// Bytes of the lines that were handed on.
    pub fn size(&self) -> u64 {
        self.eve.get_ref().bytes
    }

    /// Puts what an earlier folder at this path holds aside, into a folder in it that is called
    /// `name` or nearly so; nothing if there is nothing. Of lines that were being written when their
    /// program was killed, whole ones stay.
    ///
    /// # Errors
    /// When something cannot be moved.
    pub fn set_aside(path: &Path, name: &str) -> io::Result<Option<PathBuf>> {
        let there: Vec<_> = FILES.iter().filter(|name| path.join(name).exists()).collect();
        if there.is_empty() {
            return Ok(None);
        }
        let free = |number: &u32| {
            let name = if *number == 1 { name.to_owned() } else { format!("{name}-{number}") };
            Some(path.join(name)).filter(|aside| !aside.exists())
        };
        let Some(aside) = (1..=SAME).find_map(|number| free(&number)) else {
            return Err(io::ErrorKind::AlreadyExists.into());
        };
        super::folder(&aside)?;
        for name in there {
            std::fs::rename(path.join(name), aside.join(name))?;
        }
        mend(&aside.join(EVE))?;
        Ok(Some(aside))
    }
}

const EVE: &str = "eve.json";
/// Everything a folder holds.
const FILES: [&str; 5] =
    [EVE, "conversations.csv", "credentials.csv", "findings.csv", "report.html"];
/// Folders of one name.
const SAME: u32 = 10_000;
/// Bytes looked at for the last end of a line; no line is longer.
const TAIL: u64 = 16 << 20;

/// Cuts a file off after its last whole line.
fn mend(path: &Path) -> io::Result<()> {
    let mut file = match File::options().read(true).write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let length = file.metadata()?.len();
    let start = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let whole = memchr::memrchr(b'\n', &tail).map_or(0, |at| at as u64 + 1);
    if start + whole < length { file.set_len(start + whole) } else { Ok(()) }
}

/// A file, and how much was written to it.
struct Counted {
    file: File,
    bytes: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_put_aside_whole_and_never_replaced() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        assert_eq!(Folder::set_aside(home.path(), "noon").unwrap(), None);
        for place in ["noon", "noon-2"] {
            std::fs::write(at(EVE), "{}\n{}\n{\"torn").unwrap();
            std::fs::write(at("findings.csv"), "x\r\n").unwrap();
            assert_eq!(Folder::set_aside(home.path(), "noon").unwrap(), Some(at(place)));
            assert_eq!(std::fs::read(at(place).join(EVE)).unwrap(), b"{}\n{}\n");
            assert!(at(place).join("findings.csv").exists() && !at(EVE).exists());
        }
    }
}
