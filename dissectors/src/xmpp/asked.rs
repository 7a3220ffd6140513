//! Questions without an answer: requests by their `id` (RFC 6120 section 8.2.3), and the secrets that
//! wait to be accepted.

use std::collections::VecDeque;

use super::jid::Jid;
use crate::{Side, Who};

/// What was asked.
#[derive(Clone, Debug)]
pub(super) enum Question {
    /// The secret of `jabber:iq:auth`.
    Auth(Attempt),
    /// The password of a new account, or a new password.
    Register(u32),
    /// Whose buddy list.
    Roster,
    /// A resource.
    Bind,
    /// Which program somebody has, by whichever of the ways.
    Client,
    /// Whom the client does not want to hear of.
    Blocked,
    /// Somebody's vCard, or the client's own.
    Card(Option<Who>),
    /// A file, by the word that joins its steps.
    File(String),
    /// Where its bytes may be got.
    Hosts(String),
    /// The key of a room, by its address; the room's presence answers, not its `iq`.
    Key(String, u32),
    /// Where a file may be put for others (XEP-0363): its name and size.
    Slot(String, Option<u64>),
}

/// A sign-on that waits.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    /// Number of its credential, where a secret was shown.
    pub(super) number: Option<u32>,
    /// Who signs on, where that was said.
    pub(super) jid: Option<Jid>,
    /// By which mechanism.
    pub(super) method: &'static str,
    /// The program, where it named itself.
    pub(super) client: Option<String>,
}

/// Requests without an answer, oldest first, at most [`OPEN`].
#[derive(Debug, Default)]
pub(super) struct Asked {
    open: VecDeque<(Side, String, Question)>,
    count: u32,
}

/// Requests that wait at once; the oldest is forgotten.
const OPEN: usize = 256;
/// Longest id that is remembered, and longest word that joins the steps of a file, in bytes.
pub(super) const LONGEST: usize = 256;

impl Asked {
    /// Numbers the next secret, from 1.
    pub(super) fn number(&mut self) -> u32 {
        self.count = self.count.saturating_add(1);
        self.count
    }

    /// A side asked something.
    pub(super) fn keep(&mut self, side: Side, id: &str, question: Question) {
        if id.len() > LONGEST {
            return;
        }
        self.open.push_back((side, id.to_owned(), question));
        if self.open.len() > OPEN {
            self.open.pop_front();
        }
    }

    /// What `side` asked under this id.
    pub(super) fn take(&mut self, side: Side, id: &str) -> Option<Question> {
        let asked = |(who, known, _): &(Side, String, Question)| *who == side && known == id;
        let at = self.open.iter().position(asked)?;
        self.open.remove(at).map(|(.., question)| question)
    }

    /// The oldest key of a room that waits.
    pub(super) fn key(&mut self, room: &str) -> Option<u32> {
        let at = self.open.iter().position(
            |(.., question)| matches!(question, Question::Key(known, _) if known == room),
        )?;
        match self.open.remove(at) {
            Some((.., Question::Key(_, number))) => Some(number),
            _ => None,
        }
    }

    /// Who signs on in the oldest request that waits.
    pub(super) fn signing(&self) -> Option<&Jid> {
        self.open.iter().find_map(|(.., question)| match question {
            Question::Auth(attempt) => attempt.jid.as_ref(),
            _ => None,
        })
    }

    /// Takes them all.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Question> + use<> {
        std::mem::take(&mut self.open).into_iter().map(|(.., question)| question)
    }
}
