//! The file: lessons by what they are about, and the order in which they are forgotten.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use overhear_analysis::{About, Lesson, Listened, Memory, Time};
use redb::backends::FileBackend;
use redb::{
    Builder, Database, ReadableDatabase as _, ReadableTable as _, StorageError, Table,
    TableDefinition, WriteTransaction,
};

use crate::output;

/// What was learned, by kind and number: when it was last heard of, and the lesson.
const KNOWN: TableDefinition<'_, (u8, u64), (i64, &[u8])> = TableDefinition::new("known");
/// The same in the order in which it was heard of.
const LINE: TableDefinition<'_, (i64, u8, u64), ()> = TableDefinition::new("line");
/// Numbers about the book itself.
const ABOUT: TableDefinition<'_, &str, i64> = TableDefinition::new("about");

/// Which form the book and its lessons have.
const FORM: &str = "form";
/// When was listened.
const SINCE: &str = "since";
const UNTIL: &str = "until";
/// Bytes of lessons, each with its [`COST`], and accounts among them.
const BYTES: &str = "bytes";
const ACCOUNTS: &str = "accounts";

/// The form of the tables; lessons have their own.
const TABLES: i64 = 1;
/// Bytes of lessons a book may have.
const MOST: u64 = 128 << 20;
/// What a lesson costs beside its own bytes, in both tables.
const COST: u64 = 64;
/// Bytes of the file kept in memory.
const CACHE: usize = 8 << 20;
/// What every book begins with.
const MAGIC: &[u8] = b"redb";

/// What is remembered, in a file.
#[derive(Clone)]
pub struct Book {
    file: Arc<Database>,
    most: u64,
}

/// Why a book is of no use.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Another process has it open.
    #[error("another sensor has it open; each needs one of its own")]
    Busy,
    /// It is something else.
    #[error("it is no state of overhear, and stays as it is")]
    Foreign,
    /// It is damaged, or of another version.
    #[error("{0}")]
    Unread(String),
    /// The system does not let it be read or written.
    #[error(transparent)]
    System(#[from] io::Error),
}

impl Book {
    /// Opens the book, or makes one.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        Self::of(path, MOST)
    }

    /// One that holds so many bytes of lessons.
    pub(super) fn of(path: &Path, most: u64) -> Result<Self, Failure> {
        if let Some(folder) = path.parent() {
            output::folder(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        check(&mut file)?;
        let backend = FileBackend::new(file).map_err(failure)?;
        // What was altered by others is noticed now, not while it is used.
        let opened = Builder::new()
            .set_cache_size(CACHE)
            .set_check_integrity_on_open(true)
            .create_with_backend(backend)
            .map_err(failure)?;
        let book = Self { file: Arc::new(opened), most };
        book.begin()?;
        Ok(book)
    }

    /// Makes the tables, or sees that they are those of this version.
    fn begin(&self) -> Result<(), Failure> {
        let form = TABLES << 32 | i64::from(Lesson::FORM);
        let found = self.change(|write| {
            let _ = (write.open_table(KNOWN)?, write.open_table(LINE)?);
            let mut about = write.open_table(ABOUT)?;
            let found = about.get(FORM)?.map(|form| form.value());
            if found.is_none() {
                about.insert(FORM, form)?;
            }
            Ok(found)
        })?;
        match found {
            Some(found) if found != form => {
                Err(Failure::Unread("another version of overhear wrote it".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Writes lessons, and from when until when was listened: all of it, or nothing.
    ///
    /// # Errors
    /// When the system does not let it be written.
    pub fn write(&self, lessons: &[Lesson], listened: Option<Listened>) -> Result<(), Failure> {
        self.change(|write| {
            let mut about = write.open_table(ABOUT)?;
            let number = |name: &str| -> Result<u64, StorageError> {
                Ok(about.get(name)?.map_or(0, |number| number.value().unsigned_abs()))
            };
            let mut tables = Tables {
                bytes: number(BYTES)?,
                accounts: number(ACCOUNTS)?,
                known: write.open_table(KNOWN)?,
                line: write.open_table(LINE)?,
            };
            lessons.iter().try_for_each(|lesson| tables.note(lesson))?;
            tables.forget(self.most)?;
            let times = listened.map(|times| [(SINCE, times.since.0), (UNTIL, times.until.0)]);
            let sums = [(BYTES, tables.bytes), (ACCOUNTS, tables.accounts)];
            let sums = sums.map(|(name, sum)| (name, i64::try_from(sum).unwrap_or(i64::MAX)));
            for (name, number) in times.into_iter().flatten().chain(sums) {
                about.insert(name, number)?;
            }
            Ok(())
        })
    }

    /// Changes the book: as a whole, or not at all.
    fn change<T>(
        &self,
        how: impl FnOnce(&WriteTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, Failure> {
        let change = || {
            let mut write = self.file.begin_write()?;
            // A sensor that was killed is not kept waiting when it is started again.
            write.set_quick_repair(true);
            let done = how(&write)?;
            write.commit()?;
            Ok::<_, redb::Error>(done)
        };
        change().map_err(failure)
    }

    /// A number about the book.
    fn about(&self, name: &str) -> Result<Option<i64>, redb::Error> {
        let about = self.file.begin_read()?.open_table(ABOUT)?;
        Ok(about.get(name)?.map(|number| number.value()))
    }

    /// A lesson.
    fn known(&self, about: About, id: u64) -> Result<Option<Vec<u8>>, redb::Error> {
        let known = self.file.begin_read()?.open_table(KNOWN)?;
        Ok(known.get((kind(about), id))?.map(|found| found.value().1.to_vec()))
    }

    /// Lessons, and places in the line.
    #[cfg(test)]
    pub(super) fn len(&self) -> (u64, u64) {
        use redb::ReadableTableMetadata as _;
        let read = self.file.begin_read().unwrap();
        let known = read.open_table(KNOWN).unwrap().len().unwrap();
        (known, read.open_table(LINE).unwrap().len().unwrap())
    }
}

/// The tables, while they are changed.
struct Tables<'write> {
    known: Table<'write, (u8, u64), (i64, &'static [u8])>,
    line: Table<'write, (i64, u8, u64), ()>,
    bytes: u64,
    accounts: u64,
}

impl Tables<'_> {
    /// Notes a lesson, in place of what was known before.
    fn note(&mut self, lesson: &Lesson) -> Result<(), redb::Error> {
        let (kind, id, last) = (kind(lesson.about), lesson.id, lesson.last.0);
        let before = self.known.insert((kind, id), (last, &*lesson.learned))?;
        if let Some((last, cost)) = before.map(|old| (old.value().0, cost(old.value().1))) {
            self.bytes = self.bytes.saturating_sub(cost);
            self.line.remove((last, kind, id))?;
        } else {
            self.accounts += account(kind);
        }
        self.bytes += cost(&lesson.learned);
        self.line.insert((last, kind, id), ())?;
        Ok(())
    }

    /// Forgets what was silent the longest, until there are no more bytes than there may be.
    fn forget(&mut self, most: u64) -> Result<(), redb::Error> {
        while self.bytes > most {
            let Some((_, kind, id)) = self.line.pop_first()?.map(|(first, _)| first.value()) else {
                (self.bytes, self.accounts) = (0, 0);
                break;
            };
            if let Some(gone) = self.known.remove((kind, id))? {
                self.bytes = self.bytes.saturating_sub(cost(gone.value().1));
                self.accounts = self.accounts.saturating_sub(account(kind));
            }
        }
        Ok(())
    }
}

/// What cannot be read is as good as forgotten.
impl Memory for Book {
    fn recall(&mut self, about: About, id: u64) -> Option<Vec<u8>> {
        self.known(about, id).ok().flatten()
    }

    fn accounts(&self) -> u64 {
        self.about(ACCOUNTS).ok().flatten().unwrap_or_default().unsigned_abs()
    }

    fn listened(&self) -> Option<Listened> {
        let time = |name| self.about(name).ok().flatten().map(Time);
        Some(Listened { since: time(SINCE)?, until: time(UNTIL)? })
    }
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Book").finish_non_exhaustive()
    }
}

/// A file that is neither empty nor a book is somebody's, unless a crash left it without content.
fn check(file: &mut File) -> Result<(), Failure> {
    let mut head = [0; MAGIC.len()];
    let mut read = 0;
    while let Some(rest) = head.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            more => read += more,
        }
    }
    match head.get(..read) {
        Some([] | MAGIC) => Ok(()),
        Some(head) if head.iter().all(|byte| *byte == 0) => {
            Err(Failure::Unread("it is empty".to_owned()))
        }
        _ => Err(Failure::Foreign),
    }
}

/// What went wrong, as far as it matters.
fn failure(error: impl Into<redb::Error>) -> Failure {
    match error.into() {
        redb::Error::DatabaseAlreadyOpen => Failure::Busy,
        redb::Error::Io(error) => Failure::System(error),
        redb::Error::Corrupted(what) => Failure::Unread(format!("it is damaged: {what}")),
        error @ (redb::Error::PreviousIo | redb::Error::DatabaseClosed) => {
            Failure::System(io::Error::other(error))
        }
        error => Failure::Unread(error.to_string()),
    }
}

/// How a kind is written.
fn kind(about: About) -> u8 {
    match about {
        About::People => PEOPLE,
        About::SignOns => 1,
        About::Places => 2,
        About::Customs => 3,
    }
}

const PEOPLE: u8 = 0;

/// One for an account.
fn account(kind: u8) -> u64 {
    u64::from(kind == PEOPLE)
}

fn cost(learned: &[u8]) -> u64 {
    learned.len() as u64 + COST
}
