//! What was said: conversations and their first lines.

use overhear_analysis::Time;
use overhear_analysis::told::{Exposure, Head, Message};
use overhear_dissectors::Name;
use overhear_dissectors::event::{MessageKind, Protection};

use super::{At, shown};
use crate::output::kept::Kept;
use crate::output::said::Said;
use crate::output::scrub::Shown;

/// Every conversation.
#[derive(Debug)]
pub struct Talks {
    rows: Kept<Key, Talk>,
    said: Said,
    /// Sayings, each counted once.
    pub messages: u64,
    lines: usize,
}

/// A conversation: a room, or the people of it in order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Room(Name, Name),
    People(Name, Vec<Name>),
}

/// One conversation.
#[derive(Clone, Debug)]
pub struct Talk {
    /// Its network.
    pub network: Shown,
    /// Its room, or who speaks with whom.
    pub title: Shown,
    /// It is a room.
    pub is_room: bool,
    /// Protocols it was heard in.
    pub protocols: Vec<Shown>,
    /// How far it travelled at the worst, where a channel told.
    pub exposure: Option<Exposure>,
    /// Sayings in it.
    pub messages: u64,
    /// Those protected end to end.
    pub protected: u64,
    /// Time of the first and the last.
    pub span: Option<(Time, Time)>,
    /// The first of them.
    pub lines: Vec<Line>,
}

/// One saying.
#[derive(Clone, Debug)]
pub struct Line {
    /// When and where.
    pub at: At,
    /// Who.
    pub from: Shown,
    /// What manner of saying.
    pub kind: MessageKind,
    /// What, line by line; nothing where content is not shown.
    pub text: Option<Vec<Shown>>,
    /// Characters of it.
    pub length: u64,
    /// Its protection.
    pub protection: Protection,
    /// Two readings of its bytes were heard.
    pub ambiguous: bool,
}

impl Default for Talks {
    fn default() -> Self {
        Self { rows: Kept::new(TALKS), said: Said::default(), messages: 0, lines: 0 }
    }
}

impl Talks {
    /// Hears a message; whether it was the first copy of its saying. A later copy still says how
    /// far it travelled.
    pub(super) fn hear(
        &mut self,
        head: &Head,
        message: &Message,
        exposure: Option<Exposure>,
    ) -> bool {
        let first = self.said.first(head, message);
        self.messages += u64::from(first);
        let Some(talk) = self.rows.row(Key::of(message), || Talk::of(message)) else {
            return first;
        };
        talk.exposure = talk.exposure.max(exposure);
        if let Some(protocol) = head.app_proto.as_deref().map(shown)
            && talk.protocols.len() < PROTOCOLS
            && !talk.protocols.contains(&protocol)
        {
            talk.protocols.push(protocol);
        }
        if !first {
            return false;
        }
        talk.messages += 1;
        talk.protected += u64::from(message.protection != Protection::None);
        if let Some(at) = head.timestamp {
            let (from, to) = talk.span.unwrap_or((at, at));
            talk.span = Some((from.min(at), to.max(at)));
        }
        if talk.lines.len() < LINES && self.lines < ALL_LINES {
            self.lines += 1;
            talk.lines.push(Line::of(head, message));
        }
        true
    }

    /// Conversations, the longest first.
    pub fn longest_first(&self) -> Vec<&Talk> {
        let mut rows: Vec<_> = self.rows.rows().iter().collect();
        rows.sort_by_key(|talk| std::cmp::Reverse(talk.messages));
        rows
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.rows().len()
    }

    /// Nobody said anything.
    pub fn is_empty(&self) -> bool {
        self.messages == 0
    }

    /// Messages of conversations there was no room for.
    pub fn more(&self) -> u64 {
        self.rows.more()
    }
}

impl Key {
    fn of(message: &Message) -> Self {
        let network = message.network.clone();
        if let Some(room) = &message.room {
            return Self::Room(network, room.to_lowercase());
        }
        let people = std::iter::once(&message.from).chain(&message.to);
        let mut people: Vec<_> = people.take(PEOPLE).map(Name::to_lowercase).collect();
        people.sort_unstable();
        people.dedup();
        Self::People(network, people)
    }
}

impl Talk {
    fn of(message: &Message) -> Self {
        let title = match &message.room {
            Some(room) => room.to_string(),
            None => format!("{} and {}", message.from, shortened(&message.to)),
        };
        Self {
            network: shown(&message.network),
            title: shown(&title),
            is_room: message.room.is_some(),
            protocols: Vec::new(),
            exposure: None,
            messages: 0,
            protected: 0,
            span: None,
            lines: Vec::new(),
        }
    }
}

impl Line {
    fn of(head: &Head, message: &Message) -> Self {
        let cut = |text: &String| {
            let end = text.char_indices().nth(TEXT).map_or(text.len(), |(end, _)| end);
            let (kept, rest) = text.split_at_checked(end).unwrap_or((text, ""));
            let mut lines = Shown::lines(kept);
            if !rest.is_empty() {
                lines.push(Shown::line("…"));
            }
            lines
        };
        Self {
            at: At::of(head),
            from: shown(message.display.as_ref().unwrap_or(&message.from)),
            kind: message.kind,
            text: message.text.as_ref().map(cut),
            length: message.length,
            protection: message.protection,
            ambiguous: message.ambiguous,
        }
    }
}

/// The first few names, and how many there are besides.
fn shortened(names: &[Name]) -> String {
    let few: Vec<_> = names.iter().take(3).map(Name::as_str).collect();
    match names.len() {
        0 => "nobody named".into(),
        many if many > few.len() => {
            format!("{} and {} more", few.join(", "), many - few.len())
        }
        _ => few.join(", "),
    }
}

/// Conversations kept.
const TALKS: usize = 2_000;

/// Lines kept of one of them, and of all.
const LINES: usize = 500;
const ALL_LINES: usize = 10_000;

/// Characters kept of a saying.
const TEXT: usize = 2_000;

/// Names that make a conversation its own.
const PEOPLE: usize = 32;

/// Protocols a conversation is shown with.
const PROTOCOLS: usize = 4;
