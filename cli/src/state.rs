//! `--state`: what is remembered from run to run.

use anyhow::Context as _;
use overhear_analysis::Memory as _;
use overhear_sensor::memory::{self, Aside, Book};

use crate::args::{Manner, Output};
use crate::exit::{complain, say};

/// Opens the file, where one was asked for. What cannot be read is told of, and begun anew.
pub(crate) fn open(output: &Output, manner: &Manner) -> anyhow::Result<Option<Book>> {
    let Some(path) = &output.state else { return Ok(None) };
    let opened = memory::open(path);
    let (book, aside) = opened.with_context(|| format!("--state {}", path.display()))?;
    if let Some(Aside { path: aside, why }) = aside {
        complain(format_args!(
            "--state {}: {why}; it is now {}, and what is known begins anew",
            path.display(),
            aside.display()
        ));
    }
    if let Some(listened) = book.listened().filter(|_| manner.verbose) {
        say(format_args!(
            "overhear: {} accounts are remembered, from {} until {}",
            book.accounts(),
            listened.since,
            listened.until
        ));
    }
    Ok(Some(book))
}
