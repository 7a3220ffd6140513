//! What the tests look at: a capture of ours, read as the program reads it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use overhear_analysis::told::{Options, SCHEMA_VERSION, Start};
use overhear_analysis::{FingerprintKey, Judge, Scribe, Settings, Told};
use overhear_sensor::capture::Timeline;
use overhear_sensor::pipeline;
use overhear_tui::app::{App, Manner};
use overhear_tui::keys::typed;
use overhear_tui::screen;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// A capture of `testdata`.
pub(crate) fn capture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/traces").join(name)
}

/// The lines of a capture, or of a stream that is told here.
pub(crate) fn lines(name: &str) -> Vec<Told> {
    match name {
        "outbreak" => return crate::told::outbreak(),
        "hostile" => return crate::told::hostile(),
        "revealed" => return crate::told::revealed(),
        "roster" => return crate::told::roster(),
        _ => {}
    }
    let path = capture(name);
    let (mut timeline, faults) = Timeline::open(&[path]);
    assert!(faults.is_empty(), "{faults:?}");
    let settings = Settings {
        key: FingerprintKey::new([7; 32]),
        inputs: vec![name.to_owned()],
        ..Settings::default()
    };
    let start = Start {
        schema_version: SCHEMA_VERSION,
        program: "overhear".into(),
        version: "0".into(),
        inputs: vec![name.to_owned()],
        options: Options { content: "full".into(), secrets: "masked".into(), ..Options::default() },
    };
    let mut scribe = Scribe::new(settings, start);
    let mut judge = Judge::new();
    let mut out = Vec::new();
    let mut tell = |told: Told, judge: &mut Judge| {
        let mut found = Vec::new();
        judge.hear(&told, &mut |told| found.push(told));
        out.push(told);
        out.append(&mut found);
    };
    tell(scribe.start(), &mut judge);
    let mut options =
        pipeline::Options { workers: 1, memory: 64 << 20, ..pipeline::Options::default() };
    let mut told = Vec::new();
    let run = pipeline::read(
        &mut timeline,
        &mut options,
        &mut |record| scribe.hear(&record, &mut |event| told.push(event)),
        &mut |_| true,
    );
    scribe.finish(&mut |event| told.push(event));
    told.into_iter().for_each(|told| tell(told, &mut judge));
    judge.finish(Some(run.unwrap().ledger), None, &mut |told| out.push(told));
    out
}

/// As usual, but for where its files go.
fn manner() -> Manner {
    Manner { exports: env!("CARGO_TARGET_TMPDIR").into(), ..Manner::default() }
}

/// A dashboard that has heard lines to their end.
pub(crate) fn app(title: &str, lines: &[Told]) -> App {
    let mut app = App::new(title, manner(), 64 << 20);
    lines.iter().for_each(|told| app.hear(told.clone()));
    app.end_of_lines();
    while {
        app.tick(Duration::from_secs(1));
        app.is_winding()
    } {}
    app
}

/// The keys of a text such as `2 j enter`.
pub(crate) fn press(app: &mut App, keys: &str) {
    for key in typed(keys) {
        app.key(key);
        app.tick(Duration::from_secs(2));
    }
}

/// What a screen of some size shows.
pub(crate) fn drawn(app: &mut App, width: u16, height: u16) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| screen::draw(app, frame.buffer_mut())).unwrap();
    terminal.backend().buffer().clone()
}

/// A screen as text, without the blanks at the ends of its rows.
pub(crate) fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut out = String::new();
    for y in 0..area.height {
        let mut row = String::new();
        let mut x = 0;
        while x < area.width {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            x += u16::try_from(ratatui::text::Span::raw(symbol).width().max(1)).unwrap();
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}
