//! What travels in HTTP messages: the loop of every dissector that reads it.

use super::wire::{Connection, Cut, Part};
use crate::{Out, Side, Step};

/// A dissector of what HTTP messages carry.
pub(crate) trait Carried {
    /// What is broken where HTTP is, for the anomaly.
    const PLACE: &'static str;

    /// The connection it travels on.
    fn http(&mut self) -> &mut Connection;

    /// Hears the next part of a message.
    fn part(&mut self, side: Side, part: &Part<'_>, out: &mut Out);
}

/// Hands a dissector the parts that stand in the unread bytes of a side. Behind the end of HTTP, and
/// where none can be read any more, the rest is taken and left alone; that is told once of each side.
pub(crate) fn read<C: Carried>(carried: &mut C, side: Side, input: &[u8], out: &mut Out) -> Step {
    let mut used = 0;
    while let Some(rest) = input.get(used..) {
        match carried.http().next(side, rest) {
            Cut::Need | Cut::Held => break,
            Cut::Skip(bytes) => used += bytes,
            Cut::Part(part, bytes) => {
                carried.part(side, &part, out);
                used += bytes;
            }
            Cut::Tunnel | Cut::Malformed(_) if rest.is_empty() => break,
            Cut::Tunnel => return Step::Took { used: input.len(), want: 0 },
            Cut::Malformed(why) => {
                if carried.http().complains(side) {
                    out.weird(why, C::PLACE);
                }
                return Step::Took { used: input.len(), want: 0 };
            }
        }
    }
    Step::Took { used, want: 0 }
}
