//! TCP as a witness hears it: two half streams put together from what a capture holds.
//!
//! The receiver's rules (RFC 9293) do not bind a witness. It may see a connection from the middle,
//! from one side, with holes nobody will fill; it can refuse nothing, and it must say what it did
//! not see.

mod half;
mod overlap;
mod reorder;
mod seq;

pub(crate) use half::{Half, Heard, Piece, Tally};
pub(crate) use overlap::Conflict;
pub(crate) use seq::Seq;
