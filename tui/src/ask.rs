//! What is asked before it is done: exports, raw bytes, and secrets for some seconds.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;

use overhear_analysis::Told;
use overhear_analysis::told::Body;
use overhear_sensor::output::reduce::MASK;
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::count;

use crate::app::App;
use crate::export::{self, Form};
use crate::panes::Pane;
use crate::prompt::{Asks, Prompt};
use crate::raw::{self, Quest};
use crate::sheet::Line;

/// Where it is written down that somebody looked at a secret, or at raw bytes. Without such a place
/// nothing is revealed.
#[derive(Default)]
pub struct Audit(Option<Log>);

/// Writes a line into a log.
type Log = Box<dyn FnMut(&str) -> io::Result<()>>;

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Audit").field(&self.0.is_some()).finish()
    }
}

impl Audit {
    /// A log.
    pub fn new(log: impl FnMut(&str) -> io::Result<()> + 'static) -> Self {
        Self(Some(Box::new(log)))
    }

    fn note(&mut self, words: &str) -> io::Result<()> {
        match &mut self.0 {
            Some(log) => log(Shown::line(words).as_str()),
            None => Err(io::Error::other("there is no log to write it to")),
        }
    }
}

/// Work beside the screen.
#[derive(Debug)]
pub enum Task {
    /// An export, and what to say of it.
    Export(JoinHandle<String>),
    /// The bytes of the open row.
    Raw(u64, JoinHandle<Vec<Line>>),
}

impl Task {
    fn is_done(&self) -> bool {
        match self {
            Self::Export(work) => work.is_finished(),
            Self::Raw(_, work) => work.is_finished(),
        }
    }
}

impl App {
    /// Takes what work beside the screen came to.
    pub(crate) fn settle_task(&mut self) {
        if !self.task.as_ref().is_some_and(Task::is_done) {
            return;
        }
        match self.task.take() {
            Some(Task::Export(work)) => {
                let said = work.join().unwrap_or_else(|_| "the export broke".into());
                self.say(said);
            }
            Some(Task::Raw(id, work)) => {
                let lines = work.join().unwrap_or_default();
                if let Some(open) = self.open.as_mut().filter(|open| open.id == id) {
                    (open.raw, open.scroll, open.at_end) = (Some(lines), 0, false);
                }
                (self.note, self.dirty) = (None, true);
            }
            None => {}
        }
    }

    /// Asks how to export what is marked, or else what is shown.
    pub(crate) fn ask_export(&mut self) {
        let pane = self.pane.name().0;
        if self.chosen_rows().is_empty() {
            self.say("there is nothing to export here");
        } else {
            let name = format!("overhear-{pane}.csv");
            self.prompt = Some(Prompt::new(Asks::Export, name));
        }
    }

    /// The rows that are marked, or else all that are shown.
    fn chosen_rows(&mut self) -> Vec<u64> {
        let Some(grid) = self.grid() else { return Vec::new() };
        let marked = grid.shown().iter().filter(|id| grid.marks.contains(id));
        let marked: Vec<_> = marked.copied().collect();
        if marked.is_empty() { grid.shown().to_vec() } else { marked }
    }

    /// Exports into a file of this name.
    pub(crate) fn export(&mut self, name: &str) {
        let Some(form) = Form::of(name) else { return };
        if self.task.is_some() {
            self.say("something else is still being read");
            return;
        }
        let rows = self.chosen_rows();
        let path = export::free(&self.manner.exports, name);
        let said = count(rows.len() as u64, "row");
        let done = format!("{said} to {}", path.display());
        let after = move |result: io::Result<()>| match result {
            Ok(()) => done,
            Err(error) => format!("not exported: {}: {error}", path.display()),
        };
        let path = export::free(&self.manner.exports, name);
        let work = if form == Form::Csv {
            let heads: Vec<_> = self.pane.columns().iter().map(|column| column.title).collect();
            let cells: Vec<_> = rows.iter().filter_map(|id| self.cells_of(*id)).collect();
            std::thread::spawn(move || after(export::table(&path, &heads, &cells)))
        } else {
            let told = self.told_of(&rows);
            let captures = self.captures();
            std::thread::spawn(move || {
                after(match form {
                    Form::Frames => export::frames(&path, &captures, &told),
                    _ => export::lines(&path, told.iter()),
                })
            })
        };
        self.task = Some(Task::Export(work));
    }

    /// The lines of rows as they may be seen, in order, each once.
    fn told_of(&self, rows: &[u64]) -> Vec<Told> {
        let mut numbers: Vec<_> = rows.iter().flat_map(|id| self.lines_of(*id)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let lines = numbers.into_iter().filter_map(|number| self.player.line(number));
        lines.map(std::borrow::Cow::into_owned).collect()
    }

    /// Captures in which frames may be found again.
    fn captures(&self) -> Vec<PathBuf> {
        if !self.manner.captures.is_empty() {
            return self.manner.captures.clone();
        }
        let start = self.player.view.start.as_ref();
        start.iter().flat_map(|start| start.inputs.iter().map(PathBuf::from)).collect()
    }

    /// Asks whether the bytes of what is open may be shown.
    pub(crate) fn ask_raw(&mut self) {
        if let Some(open) = self.open.as_mut().filter(|open| open.raw.is_some()) {
            (open.raw, open.scroll) = (None, 0);
        } else if self.pane != Pane::Talks {
            self.say("bytes are shown of conversations");
        } else if self.player.is_private() {
            self.say("not while names and words are hidden");
        } else {
            self.open();
            if self.open.is_some() {
                self.prompt = Some(Prompt::new(Asks::Raw, String::new()));
            }
        }
    }

    /// Reads the bytes of what is open.
    pub(crate) fn show_raw(&mut self) {
        let Some(id) = self.open.as_ref().map(|open| open.id) else { return };
        let Some(talk) = self.player.view.talks.by_id(id) else { return };
        let note = format!("bytes of {} on {}", talk.title, talk.network);
        let (flows, until) = (talk.flows.clone(), talk.span.map(|(_, to)| to));
        if self.task.is_some() {
            self.say("something else is still being read");
        } else if let Err(error) = self.audit.note(&note) {
            self.say(format!("not shown: {error}"));
        } else {
            let quest = Quest { captures: self.captures(), flows, until };
            self.task = Some(Task::Raw(id, std::thread::spawn(move || raw::dump(&quest))));
            self.say("reading the capture");
        }
    }

    /// Asks whether the secret under the cursor may be shown.
    pub(crate) fn ask_reveal(&mut self) {
        if self.pane != Pane::Secrets {
            self.say("secrets are shown among the credentials");
        } else if self.player.is_private() {
            self.say("not while names and words are hidden");
        } else if self.secret().is_none() {
            self.say(
                "the stream holds no secret to show: it was recorded without --secrets reveal",
            );
        } else {
            self.prompt = Some(Prompt::new(Asks::Reveal, String::new()));
        }
    }

    /// The secret under the cursor, and whose it is, if the stream holds it.
    fn secret(&mut self) -> Option<(Shown, String)> {
        let id = match &self.open {
            Some(open) => open.id,
            None => self.grid()?.chosen()?,
        };
        let row = self.player.view.secrets.by_id(id)?;
        let told = self.player.tape.line(row.line)?;
        let Body::Credential(one) = &told.body else { return None };
        let held = one.secret != MASK && one.secret != one.fingerprint;
        let whose = row.account.as_ref().map_or("nobody named", Shown::as_str);
        let note = format!("secret {} of {whose} on {}", one.fingerprint, one.network);
        held.then(|| (Shown::line(&one.secret), note))
    }

    /// Shows the secret under the cursor for some seconds, once that is written down.
    pub(crate) fn reveal(&mut self) {
        let Some((secret, note)) = self.secret() else { return };
        match self.audit.note(&note) {
            Ok(()) => {
                let words = format!("for {} s: {secret}", SHOWN.as_secs());
                self.note = Some((words, self.now + SHOWN));
            }
            Err(error) => self.say(format!("not shown: {error}")),
        }
    }
}

/// How long a secret is shown.
const SHOWN: Duration = Duration::from_secs(10);
