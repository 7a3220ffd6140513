//! The dashboard on a real terminal: what it shows, what it hears, and how it is left.
//!
//! However it ends (a key, a signal, a panic), the terminal is given back as it was.

use std::io::{self, stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{
    self, DisableMouseCapture, EnableMouseCapture, Event, KeyCode, KeyModifiers,
};
use ratatui::crossterm::execute;
use signal_hook::consts::SIGTSTP;
use signal_hook::{flag, low_level};

use crate::app::App;
use crate::feed::{Feed, Heard};
use crate::screen;

/// Shows what comes until somebody leaves or `stop` says so. Nothing is shown before the first
/// line: where there is none, there was an error to be read.
pub fn run(app: &mut App, feed: &mut Feed, stop: &dyn Fn() -> bool) -> io::Result<()> {
    loop {
        match feed.hear() {
            Heard::Line(told) => {
                app.hear(told);
                break;
            }
            Heard::Over => return Ok(()),
            Heard::Nothing if stop() => return Ok(()),
            Heard::Nothing => std::thread::park_timeout(FRAME),
        }
    }
    let asleep = Arc::new(AtomicBool::new(false));
    let handler = flag::register(SIGTSTP, Arc::clone(&asleep))?;
    let mut screen = Screen { terminal: ratatui::try_init()?, mouse: false };
    let broke = panics_leave_the_screen_first();
    let result = screen.show(app, feed, &|| stop() || broke.get().is_some(), &asleep);
    let mouse = screen.mouse(false);
    ratatui::restore();
    low_level::unregister(handler);
    if let Some(panic) = broke.get() {
        return Err(io::Error::other(panic.clone()));
    }
    result.and(mouse)
}

/// The terminal while it is ours.
struct Screen {
    terminal: DefaultTerminal,
    mouse: bool,
}

impl Screen {
    fn show(
        &mut self,
        app: &mut App,
        feed: &mut Feed,
        stop: &dyn Fn() -> bool,
        asleep: &AtomicBool,
    ) -> io::Result<()> {
        let began = now();
        let mut drawn: Option<Instant> = None;
        while !app.is_over() && !stop() {
            let busy = listen(app, feed);
            app.tick(now().duration_since(began));
            self.mouse(app.manner.mouse)?;
            let due = drawn.is_none_or(|drawn| now().duration_since(drawn) >= FRAME);
            if due && app.take_dirty() {
                if app.take_anew() {
                    self.terminal.clear()?;
                }
                self.terminal.draw(|frame| screen::draw(app, frame.buffer_mut()))?;
                drawn = Some(now());
            }
            let wait = if busy || app.is_winding() { Duration::ZERO } else { FRAME };
            let mut suspend = asleep.swap(false, Ordering::Relaxed);
            if event::poll(wait)? {
                let heard = event::read()?;
                suspend |= is_suspend(&heard);
                app.event(&heard);
            }
            if suspend {
                self.suspend()?;
            }
        }
        Ok(())
    }

    /// Gives the terminal back, sleeps until the shell wakes us, and takes it again.
    fn suspend(&mut self) -> io::Result<()> {
        let mouse = self.mouse;
        self.mouse(false)?;
        ratatui::try_restore()?;
        low_level::emulate_default_handler(SIGTSTP)?;
        self.terminal = ratatui::try_init()?;
        self.terminal.clear()?;
        self.mouse(mouse)
    }

    /// Lets the mouse be ours, or the terminal's.
    fn mouse(&mut self, ours: bool) -> io::Result<()> {
        match (self.mouse, ours) {
            (false, true) => execute!(stdout(), EnableMouseCapture)?,
            (true, false) => execute!(stdout(), DisableMouseCapture)?,
            _ => {}
        }
        self.mouse = ours;
        Ok(())
    }
}

/// Hears what came, for a part of a frame; whether there may be more.
fn listen(app: &mut App, feed: &mut Feed) -> bool {
    app.missed = feed.missed();
    if let Some(vitals) = feed.vitals() {
        app.stands(vitals);
    }
    let until = now() + FRAME / 4;
    loop {
        for _ in 0..64 {
            match feed.hear() {
                Heard::Line(told) => app.hear(told),
                Heard::Nothing => return false,
                Heard::Over => {
                    app.end_of_lines();
                    return false;
                }
            }
        }
        if now() >= until {
            return true;
        }
    }
}

fn is_suspend(event: &Event) -> bool {
    event.as_key_press_event().is_some_and(|key| {
        key.code == KeyCode::Char('z') && key.modifiers.contains(KeyModifiers::CONTROL)
    })
}

/// A panic of this thread gives the terminal back before it is told (ratatui sees to that, but for
/// the mouse). One of another thread ends the dashboard first: what it said is in what comes back.
fn panics_leave_the_screen_first() -> Arc<OnceLock<String>> {
    let broke = Arc::new(OnceLock::new());
    let (told, ours) = (Arc::clone(&broke), std::thread::current().id());
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() == ours {
            let _ = execute!(stdout(), DisableMouseCapture);
            before(panic);
        } else {
            let _ = told.set(panic.to_string());
        }
    }));
    broke
}

#[expect(clippy::disallowed_methods, reason = "frames are drawn by the clock, never judged by it")]
fn now() -> Instant {
    Instant::now()
}

/// Between two drawings.
const FRAME: Duration = Duration::from_millis(100);
