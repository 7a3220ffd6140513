//! The desk every event passes once: it is written down and judged, and what the judge finds is
//! written after it.

use std::io::{self, IsTerminal as _, StdoutLock, Write as _};
use std::path::Path;

use anyhow::Context as _;
use overhear_analysis::told::{Body, Ledger, Severity};
use overhear_analysis::{Judge, Told};
use overhear_sensor::keep::Asker;
use overhear_sensor::memory::{Book, Failure, Learner};
use overhear_sensor::output::eve::{Eve, Flush};
use overhear_sensor::output::folder::Folder;
use overhear_sensor::output::report;
use overhear_sensor::output::story::Story;
use overhear_tui::feed::{Sender, Vitals};

use crate::args::{Color, Manner, Output, Rotation};
use crate::counts::Counts;
use crate::shelf::Shelf;

/// A folder of results: one of what was read, or one that is begun anew from time to time.
#[expect(clippy::large_enum_variant, reason = "there is one")]
enum Place {
    Once(Folder),
    Anew(Shelf),
}

/// Where events go.
pub(crate) struct Desk {
    judge: Judge,
    stream: Option<Eve<StdoutLock<'static>>>,
    folder: Option<Place>,
    story: Story,
    report: Option<Color>,
    /// The dashboard, instead of a report.
    watcher: Option<Sender>,
    /// Nobody reads standard output any more.
    closed: bool,
    /// Nobody looks at the dashboard any more.
    left: bool,
    fail_on: Option<Severity>,
    worst: Option<Severity>,
    found: Vec<Told>,
    /// Asks for the frames of what is told.
    asker: Option<Asker>,
    /// Counts what is told.
    counts: Option<Counts>,
    /// Writes down what the judge learns.
    learner: Option<Learner>,
}

impl Desk {
    /// A desk for what was asked for: the stream, the report or the dashboard, and a folder.
    pub(crate) fn new(
        output: &Output,
        manner: &Manner,
        watcher: Option<Sender>,
    ) -> io::Result<Self> {
        let folder = match &output.folder {
            Some(path) => Some(Place::Once(Folder::create(path).map_err(at(path))?)),
            None => None,
        };
        Ok(Self::to(folder, output, manner, watcher))
    }

    fn to(
        folder: Option<Place>,
        output: &Output,
        manner: &Manner,
        watcher: Option<Sender>,
    ) -> Self {
        let stdout = io::stdout();
        let flush = if stdout.is_terminal() { Flush::Lines } else { Flush::Blocks };
        let json = output.json && watcher.is_none();
        let report = !json && watcher.is_none();
        let report = report.then(|| manner.color.unwrap_or_default());
        Self {
            judge: Judge::with(output.lists.clone()),
            stream: json.then(|| Eve::new(stdout.lock(), flush)),
            story: Story::default(),
            folder,
            report,
            watcher,
            closed: false,
            left: false,
            fail_on: output.fail_on.map(Into::into),
            worst: None,
            found: Vec::new(),
            asker: None,
            counts: None,
            learner: None,
        }
    }

    /// A desk for what goes on for long: what standard output gets is the stream, and it waits for
    /// nothing ([`Desk::flush`]).
    pub(crate) fn live(
        output: &Output,
        rotation: Rotation,
        manner: &Manner,
        watcher: Option<Sender>,
    ) -> io::Result<Self> {
        let folder = match &output.folder {
            Some(path) => Some(Place::Anew(Shelf::create(path, rotation).map_err(at(path))?)),
            None => None,
        };
        let mut desk = Self::to(folder, output, manner, watcher);
        if output.folder.is_none() && desk.watcher.is_none() {
            desk.stream.get_or_insert_with(|| Eve::new(io::stdout().lock(), Flush::Blocks));
        }
        desk.report = None;
        Ok(desk)
    }

    /// Has the judge keep to its half of a budget in bytes: flows have the other
    /// ([`pipeline::Options::memory`]). To be said before anything is told.
    ///
    /// [`pipeline::Options::memory`]: overhear_sensor::pipeline::Options::memory
    pub(crate) fn limit(&mut self, budget: u64) {
        self.judge.limit(budget / 2);
    }

    /// Has somebody ask for the frames of what is told from now on.
    pub(crate) fn ask(&mut self, asker: Option<Asker>) {
        self.asker = asker;
    }

    /// Somebody looks at the dashboard.
    pub(crate) fn is_watched(&self) -> bool {
        self.watcher.is_some()
    }

    /// Tells the dashboard how the sensor stands.
    pub(crate) fn stands(&mut self, vitals: Vitals) {
        if let Some(watcher) = &mut self.watcher {
            watcher.stands(vitals);
        }
    }

    /// Whoever looked at the dashboard is gone.
    pub(crate) fn is_left(&self) -> bool {
        self.left || self.watcher.as_ref().is_some_and(Sender::is_gone)
    }

    /// Has somebody count what is told from now on.
    pub(crate) fn count(&mut self, counts: Option<Counts>) {
        self.counts = counts;
    }

    /// Has the judge remember what is in a book, and write into it what is learned.
    pub(crate) fn remember(&mut self, book: Option<Book>) -> io::Result<()> {
        let Some(book) = book else { return Ok(()) };
        self.judge.remember(Box::new(book.clone()));
        self.learner = Some(Learner::start(book)?);
        Ok(())
    }

    /// Writes down some of what was learned; whether that was all. Where it cannot be written any
    /// more, that is told once.
    pub(crate) fn learn(&mut self) -> Result<bool, Failure> {
        if let Some(learner) = self.learner.take_if(|learner| learner.has_failed()) {
            learner.stop()?;
        }
        Ok(self.learner.as_mut().is_none_or(|learner| learner.learn(&mut self.judge)))
    }

    /// Writes nothing down of what was learned: it will be heard again.
    pub(crate) fn forget(&mut self) {
        self.learner = None;
    }

    /// Hands on what was told so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let flushed = self.stream.as_mut().map_or(Ok(()), Eve::flush);
        self.unless_closed(flushed)?;
        match &mut self.folder {
            None => Ok(()),
            Some(Place::Once(folder)) => folder.flush(),
            Some(Place::Anew(anew)) => anew.flush(),
        }
    }

    /// Begins the folder of results anew.
    pub(crate) fn turn(&mut self) -> io::Result<()> {
        match &mut self.folder {
            Some(Place::Anew(anew)) => anew.turn(&mut self.story),
            _ => Ok(()),
        }
    }

    /// Hears an event, which is written as `raw` where it came as a line.
    pub(crate) fn tell(&mut self, told: &Told, raw: Option<&[u8]>) -> io::Result<()> {
        if let Some(asker) = &mut self.asker {
            asker.hear(told);
        }
        self.write(told, raw)?;
        let mut found = std::mem::take(&mut self.found);
        self.judge.hear(told, &mut |told| found.push(told));
        self.write_found(found)
    }

    /// Passes a line through that means nothing to this version.
    pub(crate) fn pass(&mut self, raw: &[u8]) -> io::Result<()> {
        let streamed = self.stream.as_mut().map_or(Ok(()), |stream| stream.pass(raw));
        self.unless_closed(streamed)?;
        match &mut self.folder {
            Some(Place::Once(folder)) => folder.pass(raw),
            _ => Ok(()),
        }
    }

    /// Nobody wants any more: standard output or the dashboard was closed, and there is nothing
    /// else.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed && self.folder.is_none()
    }

    /// Ends the stream with what the sensor counted, and writes everything out; whether a finding
    /// reached `--fail-on`.
    pub(crate) fn finish(
        mut self,
        ledger: Option<Ledger>,
        run: Option<serde_json::Value>,
    ) -> anyhow::Result<bool> {
        let mut found = std::mem::take(&mut self.found);
        self.judge.finish(ledger, run, &mut |told| found.push(told));
        self.write_found(found)?;
        let flushed = self.stream.as_mut().map_or(Ok(()), Eve::flush);
        self.unless_closed(flushed)?;
        let story = std::mem::take(&mut self.story);
        match self.folder.take() {
            Some(Place::Once(mut folder)) => folder.close(&story)?,
            Some(Place::Anew(anew)) => anew.finish(&story)?,
            None => {}
        }
        if let Some(color) = self.report {
            let printed = print(&story, color);
            self.unless_closed(printed)?;
        }
        if let Some(learner) = self.learner.take() {
            learner.finish(&mut self.judge).context("--state")?;
        }
        Ok(self.fail_on.is_some_and(|level| self.worst >= Some(level)))
    }

    fn write_found(&mut self, mut found: Vec<Told>) -> io::Result<()> {
        for told in found.drain(..) {
            if let Body::Finding(finding) = &told.body {
                self.worst = self.worst.max(Some(finding.severity));
            }
            self.write(&told, None)?;
        }
        self.found = found;
        Ok(())
    }

    fn write(&mut self, told: &Told, raw: Option<&[u8]>) -> io::Result<()> {
        if let Some(counts) = &self.counts {
            counts.hear(told);
        }
        let streamed = match (&mut self.stream, raw) {
            (None, _) => Ok(()),
            (Some(stream), Some(raw)) => stream.pass(raw),
            (Some(stream), None) => stream.put(told),
        };
        self.unless_closed(streamed)?;
        if let Some(watcher) = &mut self.watcher
            && watcher.tell(told.clone()).is_err()
        {
            (self.closed, self.left, self.watcher) = (true, true, None);
        }
        let story = &mut self.story;
        match &mut self.folder {
            Some(Place::Once(folder)) => folder.put(told, raw)?,
            Some(Place::Anew(anew)) => anew.put(told, story)?,
            None if self.report.is_none() => return Ok(()),
            None => {}
        }
        story.hear(told);
        Ok(())
    }

    /// A closed standard output is no failure: whoever read it has seen enough.
    fn unless_closed(&mut self, written: io::Result<()>) -> io::Result<()> {
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                (self.closed, self.stream, self.report) = (true, None, None);
                Ok(())
            }
            Err(error) => Err(at(Path::new("standard output"))(error)),
            Ok(()) => Ok(()),
        }
    }
}

/// Prints the report as wide as the terminal, in colour where that is wanted.
fn print(story: &Story, color: Color) -> io::Result<()> {
    let stdout = io::stdout();
    let wide = terminal_size::terminal_size_of(&stdout).map(|(terminal_size::Width(wide), _)| wide);
    let coloured = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            stdout.is_terminal() && !refused && !dumb
        }
    };
    let mut out = io::BufWriter::new(stdout.lock());
    report::write(story, &mut out, wide.map_or(PIPED, usize::from), coloured)?;
    out.flush()
}

fn at(place: &Path) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", place.display()))
}

/// Columns of a report nobody looks at yet.
const PIPED: usize = 80;
