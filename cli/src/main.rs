//! The `overhear` command: arguments in, results and an exit code out.

mod args;
mod config;
mod counts;
mod dashboard;
mod desk;
mod exit;
mod interfaces;
mod interrupt;
mod kept;
mod key;
mod lines;
mod live;
mod manual;
mod meter;
mod progress;
mod protocols;
mod read;
mod replay;
mod sandbox;
mod screen;
mod sensing;
mod shelf;
mod state;
mod streams;
mod volumes;

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;

use args::{Cli, Command};
use config::Config;
use exit::{Exit, Usage, complain};
use interrupt::Interrupt;

/// What people say is many small texts that live for a moment; glibc takes a sixth of a reading for
/// them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let Cli { command, mut manner } = Cli::parse();
    let done = match command {
        Command::Read(mut options) => configured(&mut manner).and_then(|config| {
            config.read(&mut options);
            read::run(&options, &manner, &Interrupt::listen()?)
        }),
        Command::Live(mut options) => configured(&mut manner).and_then(|config| {
            config.output(&mut options.output);
            config.sensing(&mut options.sensing);
            options.screen.settle(&config.dashboard);
            live::run(&options, &manner, &Interrupt::listen()?)
        }),
        Command::Interfaces { json } => {
            interfaces::list().and_then(|found| printed(|out| interfaces::print(out, &found, json)))
        }
        Command::Replay(mut options) => configured(&mut manner).and_then(|config| {
            config.output(&mut options.output);
            options.screen.settle(&config.dashboard);
            replay::run(&options, &manner, &Interrupt::listen()?)
        }),
        Command::Protocols { json } => printed(|out| protocols::print(out, json)),
        Command::Completions { shell } => printed(|out| manual::completions(shell, out)),
        Command::Man => printed(|out| manual::page(out)),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(error) => {
            complain(format_args!("{error:#}"));
            let usage = error.is::<Usage>();
            Exit { usage, incomplete: !usage, ..Exit::default() }.into()
        }
    }
}

/// The configuration file, with what it says about every command filled in.
fn configured(manner: &mut args::Manner) -> anyhow::Result<Config> {
    let config = Config::find(manner.config.as_deref()).context(Usage("configuration"))?;
    config.manner(manner);
    Ok(config)
}

/// Prints something whole. A reader who has seen enough is no failure.
fn printed(
    print: impl FnOnce(&mut io::BufWriter<io::StdoutLock<'_>>) -> io::Result<()>,
) -> anyhow::Result<Exit> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match print(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("standard output")
        }
        _ => Ok(Exit::default()),
    }
}
