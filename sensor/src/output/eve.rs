//! The event stream as JSON lines, as `docs/events.md` describes it.

use std::io::{self, Write};

use overhear_analysis::Told;

use super::json;

/// Writes one JSON object a line.
///
/// Its text survives a terminal: control, direction and invisible characters are escaped as
/// `\uXXXX`, so that a stream that is looked at with `cat` shows what is in it and does nothing.
#[derive(Debug)]
pub struct Eve<W> {
    out: W,
    pending: Vec<u8>,
    when: Flush,
}

/// When lines leave the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flush {
    /// Each at once: somebody is waiting for it.
    Lines,
    /// When 64 KiB have come together.
    Blocks,
}

impl<W: Write> Eve<W> {
    /// Writes to `out`, which needs no buffer of its own.
    pub fn new(out: W, when: Flush) -> Self {
        Self { out, pending: Vec::with_capacity(2 * BLOCK), when }
    }

    /// Writes one event.
    pub fn put(&mut self, told: &Told) -> io::Result<()> {
        line(told, &mut self.pending)?;
        self.ripe()
    }

    /// Passes a line through as it is; it needs no end of line.
    pub fn pass(&mut self, raw: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(raw);
        self.pending.push(b'\n');
        self.ripe()
    }

    /// Hands everything on.
    pub fn flush(&mut self) -> io::Result<()> {
        let written = self.out.write_all(&self.pending);
        self.pending.clear();
        written?;
        self.out.flush()
    }

    /// What it writes to.
    pub fn get_ref(&self) -> &W {
        &self.out
    }

    fn ripe(&mut self) -> io::Result<()> {
        if self.when == Flush::Lines || self.pending.len() >= BLOCK { self.flush() } else { Ok(()) }
    }
}

/// Appends one event and its end of line.
pub fn line(told: &Told, out: &mut Vec<u8>) -> io::Result<()> {
    let start = out.len();
    let written = head_and_body(told, out);
    if written.is_err() {
        // Half a line would spoil the next one.
        out.truncate(start);
    }
    written?;
    out.push(b'\n');
    Ok(())
}

/// The outer keys and the object are two JSON objects that are written as one. What serde does to
/// flatten them costs more than all the rest of a line.
fn head_and_body(told: &Told, out: &mut Vec<u8>) -> serde_json::Result<()> {
    json::write(&told.head, out)?;
    // The first is never empty: an event without a type there is not.
    out.pop();
    let seam = out.len();
    json::write(&told.body, out)?;
    out.get_mut(seam).into_iter().for_each(|brace| *brace = b',');
    Ok(())
}

/// Bytes that are worth a system call.
const BLOCK: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::scrub::hidden;
    use overhear_analysis::told::{Anomaly, Body, Head};
    use proptest::prelude::*;

    fn told(detail: &str) -> Told {
        Told {
            head: Head { event_type: "anomaly".into(), ..Head::default() },
            body: Body::Anomaly(Anomaly {
                event: "x".into(),
                detail: Some(detail.into()),
                bytes: None,
            }),
        }
    }

    fn written(detail: &str) -> String {
        let mut out = Vec::new();
        line(&told(detail), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_acts_on_a_screen_is_escaped() {
        let line = written("a\x1b[2J\u{7f}\u{9b}\u{202e}\u{2028}\u{e0041}\"ü你");
        assert_eq!(
            line,
            concat!(
                r#"{"event_type":"anomaly","anomaly":{"event":"x","detail":"a\u001b[2J\u007f"#,
                r#"\u009b\u202e\u2028\udb40\udc41\"ü你"}}"#,
                "\n"
            )
        );
    }

    #[test]
    fn a_line_is_what_serde_makes_of_it() {
        let told = told("plain text");
        let line = written("plain text");
        assert_eq!(line.trim_end(), serde_json::to_string(&told).unwrap());
    }

    #[test]
    fn blocks_wait_and_lines_do_not() {
        let (mut lines, mut blocks) = (Vec::new(), Vec::new());
        Eve::new(&mut lines, Flush::Lines).put(&told("1")).unwrap();
        let mut eve = Eve::new(&mut blocks, Flush::Blocks);
        eve.put(&told("1")).unwrap();
        assert!(eve.out.is_empty());
        eve.flush().unwrap();
        assert_eq!(lines, blocks);
    }

    proptest! {
        #[test]
        fn escaped_text_is_read_back_as_it_was(detail in ".*") {
            let line = written(&detail);
            prop_assert!(!line.trim_end_matches('\n').chars().any(hidden));
            prop_assert_eq!(serde_json::from_str::<Told>(&line).unwrap(), told(&detail));
        }
    }
}
