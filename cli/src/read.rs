//! `overhear read`: captures in, the event stream or a report out.

use crate::args::{Manner, Read};
use crate::exit::Exit;
use crate::interrupt::Interrupt;

pub(crate) fn run(_: &Read, _: &Manner, _: &Interrupt) -> anyhow::Result<Exit> {
    anyhow::bail!("the engine is not connected yet")
}
