//! `--write`: a feed whose frames are kept, or one whose frames are not.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use overhear_sensor::feed::{Feed, Lost, Turn};
use overhear_sensor::frame::Link;
use overhear_sensor::keep::{Asker, Described, Keep, Volumes};
use overhear_sensor::output;

use crate::args::{self, Sensing, Write};
use crate::volumes::Series;

/// The file frames are kept in.
pub(crate) struct Keeping {
    file: File,
    /// When another is begun, if ever.
    volumes: Option<Volumes<File>>,
    write: Write,
    /// Bytes in which frames wait for it to be known whose they are.
    waiting: usize,
}

/// The budget's part that frames may wait in.
const PART: u64 = 8;

impl Keeping {
    /// Makes the file, where one was asked for.
    pub(crate) fn begin(sensing: &Sensing) -> anyhow::Result<Option<Self>> {
        let make = |path: &Path| Ok((output::file(path)?, None));
        Self::with(sensing, make)
    }

    /// Makes the file, where one was asked for, and another when it is time for that or somebody asks.
    pub(crate) fn anew(
        sensing: &Sensing,
        options: args::Volumes,
        asked: Arc<AtomicBool>,
    ) -> anyhow::Result<Option<Self>> {
        let make = |path: &Path| {
            let (series, file) = Series::begin(path, options.keep)?;
            Ok((file, Some(series.rule(options, asked))))
        };
        Self::with(sensing, make)
    }

    fn with(
        sensing: &Sensing,
        open: impl FnOnce(&Path) -> io::Result<(File, Option<Volumes<File>>)>,
    ) -> anyhow::Result<Option<Self>> {
        let Some(write) = sensing.write.clone() else { return Ok(None) };
        let opened = open(write.path());
        let (file, volumes) =
            opened.with_context(|| format!("--write {}", write.path().display()))?;
        let waiting = usize::try_from(sensing.budget() / PART).unwrap_or(usize::MAX);
        Ok(Some(Self { file, volumes, write, waiting }))
    }

    /// It holds every frame, so that its numbers are theirs.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.write, Write::All(_))
    }
}

/// A feed, and what becomes of its frames.
pub(crate) enum Kept<F> {
    /// They are read.
    No(F),
    /// They are kept as well.
    Yes(Box<Keep<F, File>>),
}

impl<F: Feed> Kept<F> {
    /// Keeps the frames of `feed`, which come from these sources, as was asked for. What somebody
    /// hears of them has then to be told to the [`Asker`]. Several feeds are kept one after another.
    pub(crate) fn new(
        feed: F,
        keeping: Option<&mut Keeping>,
        sources: Vec<Described>,
    ) -> anyhow::Result<(Self, Option<Asker>)> {
        let Some(keeping) = keeping else { return Ok((Self::No(feed), None)) };
        let file = keeping.file.try_clone().context("--write")?;
        let (keep, asker) = if keeping.is_whole() {
            (Keep::new(feed, file, sources).context("--write")?, None)
        } else {
            let made = Keep::of_messaging(feed, file, sources, keeping.waiting);
            let (keep, asker) = made.context("--write")?;
            (keep, Some(asker))
        };
        let keep = match keeping.volumes.take() {
            Some(volumes) => keep.in_volumes(volumes),
            None => keep,
        };
        Ok((Self::Yes(Box::new(keep)), asker))
    }

    /// Ends the keeping.
    pub(crate) fn finish(self) -> anyhow::Result<F> {
        match self {
            Self::No(feed) => Ok(feed),
            Self::Yes(keep) => keep.finish().context("--write"),
        }
    }
}

impl<F: Feed> Feed for Kept<F> {
    #[inline]
    fn turn(&mut self) -> Turn<'_> {
        match self {
            Self::No(feed) => feed.turn(),
            Self::Yes(keep) => keep.turn(),
        }
    }

    #[inline]
    fn ahead(&mut self) -> Option<(Link, &[u8])> {
        match self {
            Self::No(feed) => feed.ahead(),
            Self::Yes(keep) => keep.ahead(),
        }
    }

    fn progress(&self) -> (u64, Option<u64>) {
        match self {
            Self::No(feed) => feed.progress(),
            Self::Yes(keep) => keep.progress(),
        }
    }

    fn lost(&self) -> Lost {
        match self {
            Self::No(feed) => feed.lost(),
            Self::Yes(keep) => keep.lost(),
        }
    }
}
