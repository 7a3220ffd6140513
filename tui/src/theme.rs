//! Colours, by what they mean.
//!
//! A tone never says anything alone: wherever one stands there is a word or a mark as well, so
//! that the `mono` theme and eyes that tell fewer colours apart lose nothing.

use overhear_analysis::told::Severity;
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Text.
    #[default]
    Plain,
    /// What may be overlooked.
    Dim,
    /// What is to be seen first.
    Strong,
    /// A heading, a key.
    Accent,
    /// The status bar.
    Bar,
    /// The row under the cursor.
    Cursor,
    /// As it should be.
    Good,
    /// A finding.
    Level(Severity),
    /// One of several things of a kind: authors, protocols.
    Hue(u8),
}

/// A named set of colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// The terminal's own sixteen colours.
    #[default]
    Terminal,
    /// For a light background.
    Light,
    /// Told apart by nearly all eyes (the palette of Okabe and Ito).
    ColourBlind,
    /// Bold white on black, few colours.
    Contrast,
    /// No colours at all.
    Mono,
}

/// A theme, with colours of somebody's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The theme.
    pub theme: Theme,
    own: [Option<Color>; OWN.len()],
}

impl Look {
    /// That of a theme.
    pub fn new(theme: Theme) -> Self {
        Self { theme, ..Self::default() }
    }

    /// Gives a tone another colour: `#56b4e9`, `cyan`, or a number of 256.
    pub fn set(&mut self, tone: &str, colour: &str) -> Result<(), String> {
        let at = OWN.iter().position(|(name, _)| *name == tone);
        let slot = at.and_then(|at| self.own.get_mut(at));
        let slot = slot.ok_or_else(|| format!("there is no tone {tone:?}"))?;
        *slot = Some(colour.parse().map_err(|_| format!("{colour:?} is no colour"))?);
        Ok(())
    }

    /// It is for a light background.
    pub fn is_light(&self) -> bool {
        self.theme == Theme::Light
    }

    /// How a tone looks.
    pub fn style(&self, tone: Tone) -> Style {
        let style = self.theme.style(tone);
        let own = OWN.iter().zip(&self.own).find(|((_, one), _)| *one == tone);
        match own.and_then(|(_, colour)| *colour) {
            Some(colour) if self.theme != Theme::Mono => style.fg(colour),
            _ => style,
        }
    }
}

/// Tones that may have a colour of somebody's own, by their names in the settings.
const OWN: [(&str, Tone); 12] = [
    ("text", Tone::Plain),
    ("dim", Tone::Dim),
    ("accent", Tone::Accent),
    ("good", Tone::Good),
    ("critical", Tone::Level(Severity::Critical)),
    ("high", Tone::Level(Severity::High)),
    ("medium", Tone::Level(Severity::Medium)),
    ("low", Tone::Level(Severity::Low)),
    ("info", Tone::Level(Severity::Info)),
    ("one", Tone::Hue(0)),
    ("two", Tone::Hue(1)),
    ("three", Tone::Hue(2)),
];

impl Theme {
    /// All of them, in the order the theme key goes through.
    pub const ALL: [Self; 5] =
        [Self::Terminal, Self::Light, Self::ColourBlind, Self::Contrast, Self::Mono];

    /// Its name in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Light => "light",
            Self::ColourBlind => "colour-blind",
            Self::Contrast => "contrast",
            Self::Mono => "mono",
        }
    }

    /// The one of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }

    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|theme| *theme == self).map_or(0, |at| at + 1);
        Self::ALL.get(at).copied().unwrap_or_default()
    }

    /// How a tone looks.
    pub fn style(self, tone: Tone) -> Style {
        let plain = Style::new();
        match tone {
            Tone::Plain => plain,
            Tone::Dim if self == Self::Contrast => plain,
            Tone::Dim if self == Self::Light => plain.fg(Color::DarkGray),
            Tone::Dim => plain.add_modifier(Modifier::DIM),
            Tone::Strong => plain.add_modifier(Modifier::BOLD),
            Tone::Bar | Tone::Cursor => plain.add_modifier(Modifier::REVERSED),
            Tone::Accent => self.coloured(self.accent()).add_modifier(Modifier::BOLD),
            Tone::Good => self.coloured(self.good()),
            Tone::Level(level) => self.level(level),
            Tone::Hue(number) => self.coloured(self.hue(number)),
        }
    }

    fn coloured(self, colour: Color) -> Style {
        if self == Self::Mono { Style::new() } else { Style::new().fg(colour) }
    }

    fn accent(self) -> Color {
        match self {
            Self::Light => Color::Blue,
            Self::ColourBlind => SKY,
            Self::Contrast => Color::White,
            Self::Terminal | Self::Mono => Color::Cyan,
        }
    }

    fn good(self) -> Color {
        match self {
            Self::ColourBlind => GREEN,
            Self::Contrast => Color::White,
            _ => Color::Green,
        }
    }

    fn level(self, level: Severity) -> Style {
        let bold = Modifier::BOLD;
        let style = match (self, level) {
            (Self::ColourBlind, Severity::Critical | Severity::High) => self.coloured(VERMILION),
            (Self::ColourBlind, Severity::Medium) => self.coloured(ORANGE),
            (Self::ColourBlind, Severity::Low) => self.coloured(SKY),
            (Self::Contrast, Severity::Critical | Severity::High) => self.coloured(Color::LightRed),
            (Self::Contrast, Severity::Medium) => self.coloured(Color::LightYellow),
            (Self::Light, Severity::Medium) => self.coloured(Color::Magenta),
            (Self::Light, Severity::Low) => self.coloured(Color::Blue),
            (_, Severity::Critical | Severity::High) => self.coloured(Color::Red),
            (Self::Terminal, Severity::Medium) => self.coloured(Color::Yellow),
            (Self::Terminal, Severity::Low) => self.coloured(Color::Cyan),
            _ => Style::new(),
        };
        if level == Severity::Critical { style.add_modifier(bold) } else { style }
    }

    fn hue(self, number: u8) -> Color {
        let hues: &[Color] = match self {
            Self::Terminal => {
                &[Color::Cyan, Color::Green, Color::Magenta, Color::Yellow, Color::Blue]
            }
            Self::Light => &[Color::Blue, Color::Green, Color::Magenta, Color::Red],
            Self::ColourBlind => &[SKY, GREEN, PINK, ORANGE, BLUE],
            Self::Contrast | Self::Mono => &[Color::White],
        };
        hues.get(usize::from(number) % hues.len().max(1)).copied().unwrap_or(Color::Reset)
    }
}

/// The palette of M. Okabe and K. Ito, *Color Universal Design* (2002).
const ORANGE: Color = Color::Rgb(230, 159, 0);
const SKY: Color = Color::Rgb(86, 180, 233);
const GREEN: Color = Color::Rgb(0, 158, 115);
const BLUE: Color = Color::Rgb(0, 114, 178);
const VERMILION: Color = Color::Rgb(213, 94, 0);
const PINK: Color = Color::Rgb(204, 121, 167);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_theme_key_goes_round_and_mono_has_no_colour() {
        let mut theme = Theme::default();
        for _ in Theme::ALL {
            assert_eq!(Theme::named(theme.name()), Some(theme));
            theme = theme.next();
        }
        assert_eq!(theme, Theme::default());
        for number in 0..=255 {
            assert_eq!(Theme::Mono.style(Tone::Hue(number)).fg, None);
        }
        assert_eq!(Theme::Mono.style(Tone::Level(Severity::Critical)).fg, None);
    }
}
