//! How a run ends: its exit code, and what it complained about.

use std::fmt::Display;
use std::process::ExitCode;

/// What has to be said at the end of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// Wrong usage.
    pub(crate) const USAGE: Self =
        Self { interrupted: false, usage: true, incomplete: false, found: false };

    /// Something could not be read or written.
    pub(crate) const INCOMPLETE: Self =
        Self { interrupted: false, usage: false, incomplete: true, found: false };

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

/// Says on standard error what went wrong.
pub(crate) fn complain(what: impl Display) {
    say(format_args!("overhear: {what}"));
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
