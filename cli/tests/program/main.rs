//! The program from outside: what a person types, reads and gets back.

mod dashboard;
mod home;
mod live;
mod read;
mod replay;
mod state;
mod usage;
