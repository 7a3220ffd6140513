//! The dashboard's screens, as a test backend and a real terminal get them.

mod common;
mod golden;
mod sizes;
