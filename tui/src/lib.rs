//! The dashboard: what was heard, on a terminal.
//!
//! ```text
//! Feed ─Told─▶ Tape ─▶ View ─▶ panes ─▶ Sheet ─▶ terminal
//!              (time)  (fold)  (keys)   (scrubbed text only)
//! ```
//!
//! It is fed finished lines of the event stream, so a capture, a replay and a live sensor look the
//! same, and it decides nothing about them.

pub mod app;
pub mod feed;
pub mod filter;
pub mod grid;
pub mod help;
pub mod keys;
pub mod panes;
pub mod player;
pub mod prompt;
pub mod run;
pub mod screen;
pub mod sheet;
pub mod tape;
pub mod theme;
pub mod view;
