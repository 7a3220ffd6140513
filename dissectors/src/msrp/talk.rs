//! One connection: heads, content and last lines of both sides.

use memchr::memmem;

use super::say::{Chunk, Saying};
use super::wire::{self, DASHES, End, Range, What};
use crate::scan::resync;
use crate::sip::fields;
use crate::{Dissector, Out, Resume, Side, Step};

/// What is known of the connection.
#[derive(Debug, Default)]
pub(super) struct Talk {
    client: Reader,
    server: Reader,
}

/// Where one side is.
#[derive(Debug, Default)]
struct Reader {
    scanned: usize,
    content: Option<Content>,
    /// Bytes were lost; the next first line has to be found.
    lost: bool,
    /// What comes next is the middle of a line.
    inside: bool,
    /// Bytes that were left unread.
    left: u64,
    ended: bool,
    saying: Saying,
}

/// The content of a request that is at hand.
#[derive(Debug)]
struct Content {
    /// What stands before its last line's flag.
    mark: Vec<u8>,
    /// Nothing of it was read.
    fresh: bool,
    /// Bytes of it that are still to come, where that was said.
    left: Option<u64>,
}

impl Reader {
    /// Takes what stands at the beginning of the unread bytes; nothing when there are too few.
    fn take(&mut self, side: Side, rest: &[u8], out: &mut Out) -> Option<usize> {
        if self.lost {
            let begins = |line: &[u8]| wire::start(line).is_some();
            let (skipped, found) = resync(rest, LINE, &mut self.inside, begins);
            (self.lost, self.scanned) = (!found, 0);
            return if skipped == 0 && !found { None } else { Some(skipped) };
        }
        if self.content.is_some() {
            return self.content(side, rest, out);
        }
        let (end, behind, more) = match wire::head(rest, &mut self.scanned) {
            End::Need => return None,
            End::Body(end, behind) => (end, behind, true),
            End::Last(end, behind) => (end, behind, false),
            End::TooLong => {
                out.weird("msrp_head_long", format_args!("more than {} bytes", wire::HEAD));
                (self.lost, self.scanned) = (true, 0);
                return Some(wire::HEAD.min(rest.len()));
            }
        };
        if end == 0 {
            // An empty line between two.
            return Some(behind);
        }
        self.head(side, rest.get(..end).unwrap_or_default(), more, out);
        Some(behind)
    }

    /// A head, whose content follows or not.
    fn head(&mut self, side: Side, head: &[u8], more: bool, out: &mut Out) {
        let Some((start, used)) =
            crate::scan::line(head).and_then(|(line, used)| Some((wire::start(line)?, used)))
        else {
            self.lost = true;
            return out.weird("msrp_start_line", format_args!("{} bytes", head.len()));
        };
        let fields = fields(head.get(used..).unwrap_or_default());
        match start.what {
            What::Asks(method) if more => {
                let mark = [b"\r\n", DASHES, start.transaction.as_bytes()].concat();
                let chunk = if method == "SEND" { Chunk::parse(&fields) } else { None };
                let range = chunk.as_ref().map(|chunk| chunk.range);
                let left = range.and_then(|Range { from, to, .. }| (to? + 1).checked_sub(from));
                if let Some(chunk) = chunk {
                    self.saying.begin(chunk, out);
                } else if method == "SEND" {
                    out.weird("msrp_fields", "without its paths, or with a range that is none");
                }
                self.content = Some(Content { mark, fresh: true, left });
            }
            What::Answers(status, words) if status >= 300 => {
                let words: String = words.chars().take(WORDS).collect();
                out.weird("msrp_refused", format_args!("{status} {words} ({side:?})"));
            }
            _ => {}
        }
    }

    /// Content up to its last line: `-------transaction` and whether there is more.
    fn content(&mut self, side: Side, rest: &[u8], out: &mut Out) -> Option<usize> {
        let content = self.content.as_mut()?;
        // Content may be empty, and then begins with its last line.
        let bare = content.mark.get(2..).unwrap_or_default();
        let (at, length) = match memmem::find(rest, &content.mark) {
            _ if content.fresh && rest.starts_with(bare) => (0, bare.len()),
            Some(at) => (at, content.mark.len()),
            None => {
                // The mark may have begun.
                let known = rest.len().saturating_sub(content.mark.len() - 1);
                if known == 0 || content.fresh && rest.len() < content.mark.len() {
                    return None;
                }
                self.hear(rest.get(..known).unwrap_or_default());
                return Some(known);
            }
        };
        let flag = *rest.get(at + length)?;
        if !matches!(flag, b'$' | b'+' | b'#') {
            self.hear(rest.get(..at + length).unwrap_or_default());
            return Some(at + length);
        }
        let line_end = match rest.get(at + length + 1..)? {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            [] | [b'\r'] => return None,
            _ => 0,
        };
        self.hear(rest.get(..at).unwrap_or_default());
        self.content = None;
        self.saying.end(side, flag, out);
        Some(at + length + 1 + line_end)
    }

    fn hear(&mut self, bytes: &[u8]) {
        if let Some(content) = &mut self.content
            && !bytes.is_empty()
        {
            content.fresh = false;
            content.left = content.left.map(|left| left.saturating_sub(bytes.len() as u64));
            self.saying.hear(bytes);
        }
    }

    /// Bytes were lost: of content, when there are more of it to come.
    fn lose(&mut self, side: Side, lost: u64, out: &mut Out) {
        let lost = lost.saturating_add(std::mem::take(&mut self.left));
        let content = self.content.as_mut();
        let inside = content.and_then(|content| Some((content.left?.checked_sub(lost)?, content)));
        if let Some((left, content)) = inside {
            (content.left, content.fresh) = (Some(left), false);
            return self.saying.lose(lost);
        }
        self.content = None;
        (self.lost, self.inside, self.scanned) = (true, false, 0);
        self.saying.broke(side, out);
    }
}

impl Talk {
    fn reader(&mut self, side: Side) -> &mut Reader {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let reader = self.reader(side);
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            match reader.take(side, rest, out) {
                Some(taken) => used += taken,
                None => break,
            }
        }
        reader.left = (input.len() - used) as u64;
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, side: Side, lost: u64, out: &mut Out) -> Resume {
        self.reader(side).lose(side, lost, out);
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        self.reader(side).ended = true;
        if self.client.ended && self.server.ended {
            for side in [Side::Client, Side::Server] {
                self.reader(side).saying.close(side, out);
            }
        }
    }
}

/// Longest line among which a first line is looked for, in bytes.
const LINE: usize = 4 << 10;
/// Characters of a refusal that are told.
const WORDS: usize = 64;
