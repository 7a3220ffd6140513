//! The manual page and the shells' completions, both made from the command line's own definition.

use std::io;

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::args::Cli;

/// Writes completions.
pub(crate) fn completions(shell: Shell, out: &mut impl io::Write) -> io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut script);
    out.write_all(&script)
}

/// Writes one page that has every command on it.
pub(crate) fn page(out: &mut impl io::Write) -> io::Result<()> {
    let mut command = Cli::command();
    command.build();
    let page = Man::new(command.clone());
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    for command in command.get_subcommands() {
        let mut heading = Roff::new();
        heading.control("SH", [format!("overhear {}", command.get_name()).to_uppercase().as_str()]);
        heading.text([roman(command.get_about().map(ToString::to_string).unwrap_or_default())]);
        heading.control("PP", []);
        let usage = command.clone().render_usage().to_string();
        heading.text([bold(usage.trim_start_matches("Usage: ").to_owned())]);
        heading.to_writer(out)?;
        let own = command.clone().mut_args(|arg| {
            let everywhere = arg.is_global_set();
            arg.hide(everywhere)
        });
        let mut options = Vec::new();
        Man::new(own).render_options_section(&mut options)?;
        let options = String::from_utf8_lossy(&options).replace(".SH OPTIONS\n", "");
        out.write_all(options.as_bytes())?;
    }
    page.render_extra_section(out)
}

const NAME: &str = "overhear";
