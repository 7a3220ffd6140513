//! What the operator wants of a running program.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
use signal_hook::flag;

/// Whether somebody asked for an end.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens for `SIGINT` and `SIGTERM`: the first asks, the second ends the program at once.
    pub(crate) fn listen() -> io::Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the second signal finds the flag set.
            flag::register_conditional_default(signal, Arc::clone(&asked))?;
            flag::register(signal, Arc::clone(&asked))?;
        }
        Ok(Self(asked))
    }

    /// Somebody did.
    pub(crate) fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What somebody may ask of a program that goes on.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    anew: Arc<AtomicBool>,
    /// The same for whoever writes frames.
    frames: Arc<AtomicBool>,
    state: Arc<AtomicBool>,
}

impl Requests {
    /// Listens for `SIGHUP` (begin the outputs anew) and `SIGUSR1` (say how it goes).
    pub(crate) fn listen() -> io::Result<Self> {
        let requests = Self::default();
        flag::register(SIGHUP, Arc::clone(&requests.anew))?;
        flag::register(SIGHUP, Arc::clone(&requests.frames))?;
        flag::register(SIGUSR1, Arc::clone(&requests.state))?;
        Ok(requests)
    }

    /// Somebody wants the outputs begun anew; said once.
    pub(crate) fn anew(&self) -> bool {
        self.anew.swap(false, Ordering::Relaxed)
    }

    /// Is set when somebody wants the outputs begun anew, and cleared by whoever writes frames.
    pub(crate) fn frames(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.frames)
    }

    /// Somebody wants to know how it goes; said once.
    pub(crate) fn state(&self) -> bool {
        self.state.swap(false, Ordering::Relaxed)
    }
}
