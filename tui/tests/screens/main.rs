//! The dashboard's screens, as a test backend and a real terminal get them.

#![expect(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

mod bytes;
mod common;
mod golden;
mod secrets;
mod sizes;
mod told;
mod written;
