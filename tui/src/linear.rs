//! The dashboard as plain lines, one after the other, for screen readers and terminals that can do
//! no more: what was said, which secrets crossed the wire, what was found, and the sum at the end.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::thread::park_timeout;
use std::time::Duration;

use overhear_analysis::Told;
use overhear_analysis::told::{Body, File, Message, Severity};
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::story::losses;
use overhear_sensor::output::word::{bytes, clock, count, severity, word};

use crate::app::App;
use crate::feed::{Feed, Heard};
use crate::view::View;

/// Says what comes until it is over or `stop` says so.
pub fn run(
    app: &mut App,
    feed: &mut Feed,
    mut out: impl Write,
    stop: &dyn Fn() -> bool,
) -> io::Result<()> {
    let mut number = app.player.tape.end();
    let mut now = Duration::ZERO;
    let mut lately = VecDeque::new();
    while !stop() {
        match feed.hear() {
            Heard::Line(told) => {
                // What was said once is heard on each flow it goes over.
                let (before, is_message) =
                    (app.view().messages, matches!(told.body, Body::Message(_)));
                app.hear(told);
                app.tick(now);
                let line = app.player.line(number).and_then(|told| sentence(&told));
                number += 1;
                let Some(line) = line else { continue };
                let again = match is_message {
                    true => app.view().messages == before,
                    false => lately.contains(&line),
                };
                if !again {
                    writeln!(out, "{line}")?;
                    lately.push_back(line);
                    lately.drain(..lately.len().saturating_sub(LATELY));
                }
            }
            Heard::Nothing => {
                out.flush()?;
                park_timeout(NAP);
                now += NAP;
            }
            Heard::Over => break,
        }
    }
    for line in sum(app.view()) {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

/// A line of the stream as a sentence; nothing for what says little by itself.
fn sentence(told: &Told) -> Option<Shown> {
    let words = match &told.body {
        Body::Message(message) => said(message),
        Body::Credential(one) => {
            let whose = one.display.as_ref().or(one.account.as_ref());
            let whose = whose.map_or("nobody named", |name| name.as_str());
            let taken = match one.accepted {
                Some(true) => ", accepted",
                Some(false) => ", refused",
                None => "",
            };
            let (kind, strength) = (word(one.kind).replace('_', " "), word(one.strength));
            format!("{kind} of {whose} on {}, {strength}{taken}: {}", one.network, one.secret)
        }
        Body::File(file) => offered(file),
        Body::Login(one) => {
            format!("{} signs on to {}: {}", one.account, one.network, word(one.outcome))
        }
        Body::Finding(one) => {
            let (_, name) = severity(one.severity);
            format!("finding, {name}: {}. {}", one.title, one.explanation)
        }
        Body::Anomaly(one) => {
            let detail = one.detail.as_deref().unwrap_or_default();
            format!("odd: {} {detail}", one.event)
        }
        _ => return None,
    };
    let at = told.head.timestamp.map(|at| format!("{} ", clock(at))).unwrap_or_default();
    Some(Shown::line(format!("{at}{words}").trim_end()))
}

fn said(message: &Message) -> String {
    let to = match &message.room {
        Some(room) => format!(" in {room}"),
        None if message.to.is_empty() => String::new(),
        None => format!(" to {}", message.to.join(", ")),
    };
    let from = message.display.as_ref().unwrap_or(&message.from);
    let text = match &message.text {
        Some(text) => text.trim_end().to_owned(),
        None => count(message.length, "character"),
    };
    format!("{from}{to}: {text}")
}

fn offered(file: &File) -> String {
    let name = file.name.as_deref().unwrap_or("a file without a name");
    let size = file.size.map(|size| format!(", {}", bytes(size))).unwrap_or_default();
    format!("file from {} to {}: {name}{size}, {}", file.from, file.to.join(", "), word(file.state))
}

/// What it came to.
fn sum(view: &View) -> Vec<Shown> {
    let mut lines = vec![format!(
        "in all: {}, {}, {}, {}, {}",
        count(view.messages, "message"),
        count(view.talks.len() as u64, "conversation"),
        count(view.people.len() as u64, "account"),
        count(view.secrets.len() as u64, "secret"),
        count(view.files.len() as u64, "file"),
    )];
    let levels = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];
    let levels = levels.map(|level| format!("{} {}", view.tally(level), severity(level).1));
    lines.push(format!("findings: {}", levels.join(", ")));
    let ledger = view.stats.as_ref().and_then(|stats| stats.ledger.as_ref());
    lines.extend(
        ledger.iter().flat_map(|ledger| losses(ledger)).map(|loss| format!("missing: {loss}")),
    );
    lines.iter().map(|line| Shown::line(line)).collect()
}

/// Sentences that are not said again.
const LATELY: usize = 64;

/// How long it waits for something to come.
const NAP: Duration = Duration::from_millis(100);
