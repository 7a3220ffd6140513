//! Secrets of a stream that holds them: masked in every view, shown when asked for, and only once
//! that is written down.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use overhear_tui::app::App;
use overhear_tui::ask::Audit;

use crate::common::{app, drawn, lines, press, text};

const SECRET: &str = "tr0mbone";

fn shown(app: &mut App) -> String {
    text(&drawn(app, 160, 40))
}

#[test]
fn no_view_shows_one_by_itself() {
    for keys in ["1", "2", "2 enter", "3", "3 enter", "5", "5 enter", "7", "8", "0", "0 ."] {
        let mut app = app("revealed", &lines("revealed"));
        press(&mut app, keys);
        let screen = shown(&mut app);
        assert!(!screen.contains(SECRET), "{keys}:\n{screen}");
    }
    let mut app = app("revealed", &lines("revealed"));
    press(&mut app, "2 enter");
    let screen = shown(&mut app);
    assert!(screen.contains("IDENTIFY ********"), "{screen}");
}

#[test]
fn asked_for_it_is_shown_for_seconds_and_written_down() {
    let mut app = app("revealed", &lines("revealed"));
    let log = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&log);
    app.audit = Audit::new(move |words| {
        kept.borrow_mut().push(words.to_owned());
        Ok(())
    });
    press(&mut app, "3 x n");
    assert!(log.borrow().is_empty() && !shown(&mut app).contains(SECRET));
    press(&mut app, "x y");
    assert_eq!(*log.borrow(), ["secret f1f1f1 of ada on irc"]);
    assert!(shown(&mut app).contains(SECRET));
    app.tick(Duration::from_mins(1));
    assert!(!shown(&mut app).contains(SECRET));
}

#[test]
fn what_cannot_be_written_down_is_not_shown() {
    let mut app = app("revealed", &lines("revealed"));
    press(&mut app, "3 x y");
    assert!(!shown(&mut app).contains(SECRET));
    app.audit = Audit::new(|_| Err(io::Error::other("the disk is full")));
    press(&mut app, "x y");
    let screen = shown(&mut app);
    assert!(!screen.contains(SECRET) && screen.contains("the disk is full"), "{screen}");
    // Nor while somebody looks on.
    app.audit = Audit::new(|_| Ok(()));
    press(&mut app, "X x y");
    assert!(!shown(&mut app).contains(SECRET));
}
