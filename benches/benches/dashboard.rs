//! The dashboard with 100,000 conversations: lines folded, lists ordered, and what a frame costs.

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use overhear_analysis::{Time, Told};
use overhear_benches::measure;
use overhear_tui::app::{App, Manner};
use overhear_tui::keys::typed;
use overhear_tui::screen;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;

/// Conversations.
const TALKS: u64 = 100_000;

fn main() -> io::Result<()> {
    let told = told()?;
    let mut app = App::new("bench", Manner::default(), 1 << 30);
    told.iter().for_each(|told| app.hear(told.clone()));
    measure("dashboard, fold", told.len(), "lines", || {
        app.player.start();
        black_box(app.player.go_on(Duration::ZERO, 0));
        app.player.newest();
        while app.player.go_on(Duration::ZERO, usize::MAX) {}
    });
    let mut now = Duration::from_secs(1);
    app.tick(now);
    assert_eq!(app.view().talks.len() as u64, TALKS);
    for (name, keys) in [
        ("list, a row further", "2 j"),
        ("list, a page further", "2 pagedown"),
        ("overview", "1"),
        ("list, ordered anew", "2 s"),
        ("list, filtered", "2 / 7 7 enter"),
    ] {
        press(&mut app, keys, &mut now);
        let last = keys.rsplit(' ').next().unwrap_or_default();
        frames(name, || {
            press(&mut app, last, &mut now);
            let mut buffer = Buffer::empty(Rect::new(0, 0, 200, 50));
            screen::draw(&mut app, &mut buffer);
            black_box(buffer);
        });
    }
    Ok(())
}

fn press(app: &mut App, keys: &str, now: &mut Duration) {
    for key in typed(keys) {
        app.key(key);
        *now += Duration::from_millis(100);
        app.tick(*now);
    }
}

/// Draws some hundred frames, and prints what the middle one and the slowest of a hundred took.
#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a bench says what it saw")]
fn frames(name: &str, mut draw: impl FnMut()) {
    let mut took: Vec<_> = (0..FRAMES)
        .map(|_| {
            let begin = Instant::now();
            draw();
            begin.elapsed()
        })
        .collect();
    took.sort_unstable();
    let at = |part: usize| took.get(took.len() * part / 100).copied().unwrap_or_default();
    println!("dashboard, {name:<24} {:>10.3?} half, {:>10.3?} 99 of 100", at(50), at(99));
}

/// Frames drawn of each kind.
const FRAMES: usize = 200;

/// Two messages of each conversation.
fn told() -> io::Result<Vec<Told>> {
    let line = |number: u64| {
        let (talk, second) = (number % TALKS, number / 1_000);
        let line = json!({
            "timestamp": Time::from_secs(1_250_000_000 + i64::try_from(second).unwrap_or(0)).to_string(),
            "event_type": "message", "flow_id": talk, "pcap_cnt": number + 1,
            "src_ip": "10.0.0.5", "src_port": 1_024 + talk % 60_000, "dest_ip": "64.12.24.1",
            "dest_port": 5190, "proto": "TCP", "app_proto": "oscar",
            "message": { "message_id": number.to_string(), "network": "aim",
                "from": format!("user{talk}"), "to": [format!("friend{}", talk % 977)],
                "kind": "im", "text": format!("message number {number}, about nothing much"),
                "length": 40, "leg": "to_server", "protection": "none" },
        });
        serde_json::from_value(line).map_err(io::Error::other)
    };
    (0..2 * TALKS).map(line).collect()
}
