//! `overhear interfaces`: what one can watch, and what is missing to do so.

use std::io::{self, Write};

use overhear_sensor::live::{self, Interface};
use overhear_sensor::output::scrub::Shown;

/// What there is.
pub(crate) fn list() -> anyhow::Result<Vec<Interface>> {
    live::interfaces().map_err(anyhow::Error::msg)
}

/// Prints it.
pub(crate) fn print(out: &mut impl Write, found: &[Interface], json: bool) -> io::Result<()> {
    if json {
        return writeln!(out, "{}", serde_json::to_string_pretty(found)?);
    }
    if found.is_empty() {
        return writeln!(out, "There is no interface one could watch.");
    }
    let wide = found.iter().map(|one| one.name.chars().count()).max().unwrap_or_default();
    for Interface { name, description, addresses, up, driver, missing } in found {
        let state = if *up { "up" } else { "down" };
        let about = [description.clone(), driver.clone(), Some(addresses.join(" "))];
        let about: Vec<_> = about.into_iter().flatten().filter(|word| !word.is_empty()).collect();
        let line = format!("{name:wide$}  {state:4}  {}", about.join(", "));
        writeln!(out, "{}", Shown::line(line.trim_end()))?;
        if let Some(missing) = missing {
            writeln!(out, "{:wide$}        {}", "", Shown::line(missing))?;
        }
    }
    Ok(())
}
