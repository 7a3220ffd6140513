//! The dashboard beside the work that feeds it.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use overhear_sensor::output;
use overhear_tui::app::{App, Manner as Looks};
use overhear_tui::ask::Audit;
use overhear_tui::feed::{self, Feed, Heard, Sender, WhenFull};
use overhear_tui::{keys, linear, picture, run};

use crate::args::{Manner, Size};
use crate::config;
use crate::exit::{Ended, Exit, Usage};
use crate::interrupt::Interrupt;
use crate::sandbox::Cell;
use crate::screen::Screen;
use crate::sensing::BUDGET;

/// What is watched, in a word.
pub(crate) fn title(paths: &[OsString]) -> String {
    match paths {
        [] => String::new(),
        [one] if one == "-" => "standard input".into(),
        [one] => {
            let path = Path::new(one);
            path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
        }
        many => format!("{} inputs", many.len()),
    }
}

/// What a dashboard is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Watched {
    /// What it is called.
    pub(crate) title: String,
    /// Captures in which its frames may be found again.
    pub(crate) captures: Vec<PathBuf>,
    /// Budget for everything that grows with traffic, of which the lines it keeps take a part.
    pub(crate) memory: Option<Size>,
    /// Who tells its lines waits for nothing.
    pub(crate) live: bool,
    /// The screen's thread enters a cell of its own, as the sensor's do.
    pub(crate) locked: bool,
}

/// Shows what `work` tells while it works; how that ended, once both are done.
pub(crate) fn watch(
    watched: &Watched,
    screen: &Screen,
    manner: &Manner,
    interrupt: &Interrupt,
    work: impl FnOnce(Sender) -> anyhow::Result<Ended> + Send,
) -> anyhow::Result<Exit> {
    let drawn = !screen.is_linear() && screen.picture.is_none();
    if drawn && !io::stdout().is_terminal() {
        let error = anyhow::anyhow!("standard output is no terminal");
        return Err(error.context(Usage("--dashboard")));
    }
    let looks = Looks { captures: watched.captures.clone(), ..screen.looks(manner)? };
    let budget = watched.memory.map_or(BUDGET, |memory| memory.0);
    let tape = usize::try_from(budget / PART).unwrap_or(usize::MAX);
    let mut app = App::new(&watched.title, looks, tape);
    app.audit = Audit::new(log);
    let when_full = if watched.live { WhenFull::Miss } else { WhenFull::Wait };
    let (sender, mut feed) = feed::channel(PLACES, when_full);
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| work(sender));
        if watched.locked {
            // By then the file of frames is there.
            while !feed.is_ready() {
                std::thread::park_timeout(MOMENT);
            }
            lock(&app, &watched.captures);
        }
        let stop = || interrupt.came();
        let shown = if let Some(path) = &screen.picture {
            paint(&mut app, &mut feed, screen, path)
        } else if screen.is_linear() {
            match linear::run(&mut app, &mut feed, io::stdout().lock(), &stop) {
                // Whoever read it has heard enough.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                said => said.map_err(Into::into),
            }
        } else {
            run::run(&mut app, &mut feed, &stop).map_err(Into::into)
        };
        // Whoever still tells something learns that nobody looks any more.
        drop(feed);
        let result = worker.join();
        // What another thread broke with is in what the screen came to.
        shown?;
        let ended = match result {
            Ok(ended) => ended?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        Ok(ended.said())
    })
}

/// Locks the thread of the screen up: it writes exports and its log, and reads what frames were kept
/// in. What is missing of the walls, the sensor's threads have said.
fn lock(app: &App, captures: &[PathBuf]) {
    let log = config::base("XDG_STATE_HOME", ".local/state");
    let writable = captures.iter().cloned().chain([app.manner.exports.clone()]).chain(log);
    let _ = Cell { writable: writable.collect(), ..Cell::default() }.enter();
}

/// Writes what the dashboard shows once everything was heard and the keys were pressed.
fn paint(app: &mut App, feed: &mut Feed, screen: &Screen, path: &Path) -> anyhow::Result<()> {
    let mut now = Duration::ZERO;
    loop {
        match feed.hear() {
            Heard::Line(told) => app.hear(told),
            Heard::Nothing => std::thread::park_timeout(MOMENT),
            Heard::Over => break,
        }
    }
    app.end_of_lines();
    let mut settle = |app: &mut App| {
        now += Duration::from_secs(2);
        app.tick(now);
        while app.is_winding() || app.is_working() {
            std::thread::park_timeout(MOMENT);
            app.tick(now);
        }
    };
    settle(app);
    let (width, height) = (screen.picture_size.0, screen.picture_size.1);
    picture::draw(app, width, height);
    for key in keys::typed(&screen.keys) {
        app.key(key);
        settle(app);
        picture::draw(app, width, height);
    }
    let buffer = picture::draw(app, width, height);
    let is_text = path.extension().is_none_or(|end| end != "svg");
    let light = app.manner.look.is_light();
    let content = if is_text { picture::text(&buffer) } else { picture::svg(&buffer, light) };
    let written = output::file(path).and_then(|mut file| file.write_all(content.as_bytes()));
    written.with_context(|| path.display().to_string())
}

/// Writes down, in the state directory, who looked at what and when.
#[expect(clippy::disallowed_methods, reason = "the log is about people, not about packets")]
fn log(words: &str) -> io::Result<()> {
    let folder = config::base("XDG_STATE_HOME", ".local/state")
        .ok_or_else(|| io::Error::other("there is no home to keep a log in"))?;
    output::folder(&folder)?;
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let secs = now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(0));
    let who = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER")).unwrap_or_default();
    let at = overhear_analysis::Time::from_secs(secs);
    writeln!(options.open(folder.join("reveals.log"))?, "{at} {who} {words}")
}

/// Lines that may wait for the dashboard.
const PLACES: usize = 4_096;

/// The part of the budget that the lines it keeps for winding back may take.
const PART: u64 = 4;

/// Between two looks at what is being read.
const MOMENT: Duration = Duration::from_millis(5);
