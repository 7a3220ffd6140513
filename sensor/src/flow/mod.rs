//! Flows: which packets belong to one conversation.

mod index;
mod key;
mod syns;
mod table;
mod track;

pub(crate) use key::Key;
pub(crate) use syns::{Syn, Syns};
pub(crate) use table::{Found, Table};
pub(crate) use track::Flow;
