//! The dashboard: what was heard, on a terminal.
//!
//! ```text
//! Feed ─Told─▶ Tape ─▶ View ─▶ panes ─▶ Sheet ─▶ terminal
//!              (time)  (fold)  (keys)   (scrubbed text only)
//! ```
//!
//! It is fed finished lines of the event stream, so a capture, a replay and a live sensor look the
//! same, and it decides nothing about them.

pub mod act;
pub mod app;
pub mod ask;
pub mod export;
pub mod feed;
pub mod filter;
pub mod grid;
pub mod help;
pub mod keys;
pub mod linear;
pub mod lists;
pub mod panes;
pub mod picture;
pub mod player;
pub mod prompt;
pub mod raw;
pub mod run;
pub mod screen;
pub mod sheet;
pub mod tape;
pub mod theme;
pub mod veil;
pub mod view;
