//! The dashboard beside the work that feeds it.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::Path;

use clap::{Args, ValueEnum};
use overhear_tui::app::{App, Manner as Looks};
use overhear_tui::feed::{self, Sender, WhenFull};
use overhear_tui::run;
use overhear_tui::theme::Theme;

use crate::args::{Color, Manner, Output};
use crate::exit::{Ended, Exit, Usage};
use crate::interrupt::Interrupt;

/// Options of the dashboard.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Dashboard")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Screen {
    /// Look around in it on the terminal, with a time cursor, instead of a report
    #[arg(long, conflicts_with = "json")]
    dashboard: bool,
    /// No dashboard
    #[arg(long, conflicts_with = "dashboard")]
    no_dashboard: bool,
    /// Its colours [default: terminal; mono where `NO_COLOR` is set]
    #[arg(long, value_name = "NAME")]
    theme: Option<Colours>,
    /// Draw it with characters of ASCII only
    #[arg(long)]
    ascii: bool,
    /// Leave the mouse to the terminal
    #[arg(long)]
    no_mouse: bool,
}

/// Colours of the dashboard.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Colours {
    /// The terminal's own sixteen
    Terminal,
    /// For a light background
    Light,
    /// Told apart by nearly all eyes
    ColourBlind,
    /// Strong, and few
    Contrast,
    /// None
    Mono,
}

impl From<Colours> for Theme {
    fn from(colours: Colours) -> Self {
        match colours {
            Colours::Terminal => Self::Terminal,
            Colours::Light => Self::Light,
            Colours::ColourBlind => Self::ColourBlind,
            Colours::Contrast => Self::Contrast,
            Colours::Mono => Self::Mono,
        }
    }
}

impl Screen {
    /// The dashboard was asked for.
    pub(crate) fn wanted(&self) -> bool {
        self.dashboard && !self.no_dashboard
    }

    /// `live` has it where somebody can look at it, unless something else was asked for.
    pub(crate) fn wanted_live(&self, output: &Output) -> bool {
        self.wanted() || !(self.no_dashboard || output.json || !io::stdout().is_terminal())
    }

    /// How it looks.
    fn looks(&self, manner: &Manner) -> Looks {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let plain = match manner.color.unwrap_or_default() {
            Color::Auto => refused,
            Color::Always => false,
            Color::Never => true,
        };
        let theme = if plain { Theme::Mono } else { Theme::default() };
        Looks {
            theme: self.theme.map_or(theme, Theme::from),
            ascii: self.ascii,
            mouse: !self.no_mouse,
            ..Looks::default()
        }
    }
}

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

/// What tells a dashboard its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Reading what was recorded, which waits for the screen.
    Recorded,
    /// Listening, which waits for nothing.
    Live,
}

impl Work {
    fn when_full(self) -> WhenFull {
        match self {
            Self::Recorded => WhenFull::Wait,
            Self::Live => WhenFull::Miss,
        }
    }
}

/// Shows what `work` tells while it works; how that ended, once both are done.
pub(crate) fn watch(
    kind: Work,
    title: &str,
    screen: &Screen,
    manner: &Manner,
    interrupt: &Interrupt,
    work: impl FnOnce(Sender) -> anyhow::Result<Ended> + Send,
) -> anyhow::Result<Exit> {
    if !io::stdout().is_terminal() {
        let error = anyhow::anyhow!("standard output is no terminal");
        return Err(error.context(Usage("--dashboard")));
    }
    let (sender, mut feed) = feed::channel(PLACES, kind.when_full());
    let mut app = App::new(title, screen.looks(manner), TAPE);
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| work(sender));
        let shown = run::run(&mut app, &mut feed, &|| interrupt.came());
        // Whoever still tells something learns that nobody looks any more.
        drop(feed);
        let ended = match worker.join() {
            Ok(ended) => ended?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        shown?;
        Ok(ended.said())
    })
}

/// Lines that may wait for the dashboard.
const PLACES: usize = 4_096;

/// Bytes of lines it keeps for winding back.
const TAPE: usize = 512 << 20;
