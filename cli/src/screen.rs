//! How the dashboard looks and behaves: its options, on the command line and in the settings.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use overhear_tui::app::Manner as Looks;
use overhear_tui::keys::Keys;
use overhear_tui::theme::{Look, Theme};
use serde::Deserialize;

use crate::args::{Color, Manner, Output};
use crate::exit::Usage;

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
    /// Say what happens line by line, for screen readers; also where TERM is `dumb`
    #[arg(long)]
    linear: bool,
    /// Hide names and words from the start
    #[arg(long)]
    private: bool,
    /// Folder its exports and pictures go to [default: the current one]
    #[arg(long, value_name = "DIR")]
    exports: Option<PathBuf>,
    /// Write what it shows to this .svg or .txt file, instead of showing it
    #[arg(long, value_name = "FILE", requires = "dashboard")]
    pub(crate) picture: Option<PathBuf>,
    /// Keys pressed before the picture is made, such as `2 enter`
    #[arg(long, value_name = "KEYS", requires = "picture", default_value = "")]
    pub(crate) keys: String,
    /// Columns and rows of the picture
    #[arg(long, value_name = "WxH", requires = "picture", default_value = "120x36", value_parser = cells)]
    pub(crate) picture_size: Cells,
    #[arg(skip)]
    settings: Settings,
}

/// Columns and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cells(pub(crate) u16, pub(crate) u16);

fn cells(text: &str) -> Result<Cells, String> {
    let parsed = text.split_once('x').and_then(|(wide, tall)| {
        let (wide, tall) = (wide.parse().ok()?, tall.parse().ok()?);
        (1..=500).contains(&wide).then_some(()).filter(|()| (1..=300).contains(&tall))?;
        Some(Cells(wide, tall))
    });
    parsed.ok_or_else(|| "expected columns and rows, such as 120x36".to_owned())
}

/// What the configuration file says of the dashboard.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Settings {
    theme: Option<Colours>,
    ascii: bool,
    no_mouse: bool,
    linear: bool,
    private: bool,
    exports: Option<PathBuf>,
    /// Keys by action.
    keys: BTreeMap<String, Vec<String>>,
    /// Colours by tone.
    colours: BTreeMap<String, String>,
}

impl Settings {
    /// Actions, keys, tones and colours that there are.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.bound().and(self.coloured(Theme::default())).map(drop)
    }

    fn bound(&self) -> Result<Keys, String> {
        let mut keys = Keys::default();
        self.keys.iter().try_for_each(|(action, bound)| keys.bind(action, bound))?;
        Ok(keys)
    }

    fn coloured(&self, theme: Theme) -> Result<Look, String> {
        let mut look = Look::new(theme);
        self.colours.iter().try_for_each(|(tone, colour)| look.set(tone, colour))?;
        Ok(look)
    }
}

/// Colours of the dashboard.
#[derive(Clone, Copy, Debug, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// Fills in what the command line left open.
    pub(crate) fn settle(&mut self, settings: &Settings) {
        self.theme = self.theme.or(settings.theme);
        self.ascii |= settings.ascii;
        self.no_mouse |= settings.no_mouse;
        self.linear |= settings.linear;
        self.private |= settings.private;
        self.exports = self.exports.take().or_else(|| settings.exports.clone());
        self.settings = settings.clone();
    }

    /// The dashboard was asked for.
    pub(crate) fn wanted(&self) -> bool {
        self.dashboard && !self.no_dashboard
    }

    /// `live` has it where somebody can look at it, unless something else was asked for.
    pub(crate) fn wanted_live(&self, output: &Output) -> bool {
        self.wanted() || !(self.no_dashboard || output.json || !io::stdout().is_terminal())
    }

    /// It says what happens line by line.
    pub(crate) fn is_linear(&self) -> bool {
        self.linear || std::env::var_os("TERM").is_some_and(|term| term == "dumb")
    }

    /// How it looks.
    pub(crate) fn looks(&self, manner: &Manner) -> anyhow::Result<Looks> {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let plain = match manner.color.unwrap_or_default() {
            Color::Auto => refused,
            Color::Always => false,
            Color::Never => true,
        };
        let theme = if plain { Theme::Mono } else { Theme::default() };
        let theme = self.theme.map_or(theme, Theme::from);
        let wrong = |slip| anyhow::anyhow!("{slip}").context(Usage("configuration"));
        Ok(Looks {
            look: self.settings.coloured(theme).map_err(wrong)?,
            ascii: self.ascii,
            mouse: !self.no_mouse,
            keys: self.settings.bound().map_err(wrong)?,
            private: self.private,
            exports: self.exports.clone().unwrap_or_else(|| PathBuf::from(".")),
            captures: Vec::new(),
        })
    }
}
