//! The `overhear` command: arguments in, results and an exit code out.

mod args;
mod config;
mod exit;
mod inputs;
mod key;
mod protocols;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use args::{Cli, Command};
use config::Config;
use exit::{Exit, complain};

fn main() -> ExitCode {
    let Cli { command, mut manner } = Cli::parse();
    let config = match Config::find(manner.config.as_deref()) {
        Ok(config) => config,
        Err(error) => {
            complain(format_args!("{error:#}"));
            return Exit::USAGE.into();
        }
    };
    config.manner(&mut manner);
    match command {
        Command::Read(mut options) => {
            config.read(&mut options);
            Exit::USAGE
        }
        Command::Replay(mut options) => {
            config.output(&mut options.output);
            Exit::USAGE
        }
        Command::Protocols { json } => printed(|out| protocols::print(out, json)),
        Command::Completions { shell } => printed(|out| {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "overhear", &mut script);
            out.write_all(&script)
        }),
        Command::Man => printed(|out| clap_mangen::Man::new(Cli::command()).render(out)),
    }
    .into()
}

/// Prints something whole. A reader who has seen enough is no failure.
fn printed(print: impl FnOnce(&mut io::BufWriter<io::StdoutLock<'_>>) -> io::Result<()>) -> Exit {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match print(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(format_args!("standard output: {error}"));
            Exit::INCOMPLETE
        }
        _ => Exit::default(),
    }
}
