//! How a run ends: its exit code, and what it complained about.

use std::fmt::{self, Display};
use std::process::ExitCode;

use overhear_sensor::output::scrub::Shown;

/// What has to be said at the end of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "several may apply")]
pub(crate) struct Exit {
    /// The operator stopped it.
    pub(crate) interrupted: bool,
    /// It was asked for something that cannot be.
    pub(crate) usage: bool,
    /// An input could not be read to its end.
    pub(crate) incomplete: bool,
    /// A finding reached `--fail-on`.
    pub(crate) found: bool,
}

impl Exit {
    /// The exit code: the most important of what applies.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self { interrupted: true, .. } => 130,
            Self { usage: true, .. } => 2,
            Self { incomplete: true, .. } => 1,
            Self { found: true, .. } => 3,
            _ => 0,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.number().into()
    }
}

/// How a run ended, and what has to be complained about once nothing lies over the terminal.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    pub(crate) exit: Exit,
    pub(crate) complaints: Vec<String>,
}

impl Ended {
    /// Complains; how the run ended is left.
    pub(crate) fn said(self) -> Exit {
        self.complaints.iter().for_each(complain);
        self.exit
    }
}

/// Marks an error as one of usage, of the option named: it asks for something that cannot be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage(pub(crate) &'static str);

impl Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Says on standard error what went wrong.
pub(crate) fn complain(what: impl Display) {
    // What went wrong may quote what a stranger wrote.
    say(Shown::line(&format!("overhear: {what}")));
}

/// Says something on standard error; nobody is told when that is closed.
pub(crate) fn say(what: impl Display) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "{what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_important_reason_decides() {
        let mut exit = Exit::default();
        assert_eq!(exit.number(), 0);
        exit.found = true;
        assert_eq!(exit.number(), 3);
        exit.incomplete = true;
        assert_eq!(exit.number(), 1);
        exit.usage = true;
        assert_eq!(exit.number(), 2);
        exit.interrupted = true;
        assert_eq!(exit.number(), 130);
    }
}
