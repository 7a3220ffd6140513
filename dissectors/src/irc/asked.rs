//! Questions a server has not answered yet: every secret that was sent waits here for the reply
//! that accepts or refuses it.

use std::collections::VecDeque;

use crate::Side;

/// What was asked, so that the reply finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// PASS of a client; 001 or 464 answers.
    Pass,
    /// PASS or SERVER of the server at this side.
    Link(Side),
    /// WEBIRC of a gateway.
    Gateway,
    /// OPER; 381 or 464 or 491.
    Oper,
    /// DIE or RESTART.
    Die,
    /// REGISTER of draft/account-registration.
    Register,
    /// VERIFY of the same.
    Verify,
    /// AUTHENTICATE; 903 to 907.
    Sasl,
    /// The key in JOIN of this folded room.
    Join(String),
    /// The key in MODE of this folded room.
    Key(String),
    /// A command to the service of this folded name.
    Service(String),
}

/// One question.
#[derive(Clone, Debug)]
pub(super) struct Open {
    /// What was asked.
    pub(super) question: Question,
    /// Number of the credential.
    pub(super) attempt: u32,
    /// Whose secret it is, where that was said.
    pub(super) name: Option<String>,
    /// The credential could not name its owner yet.
    pub(super) unnamed: bool,
    /// A login by this method is told with the answer.
    pub(super) login: Option<&'static str>,
}

/// The open questions of a conversation, oldest first, at most [`OPEN`].
#[derive(Debug, Default)]
pub(super) struct Asked {
    open: VecDeque<Open>,
    count: u32,
}

impl Asked {
    /// Numbers the next attempt, from 1.
    pub(super) fn number(&mut self) -> u32 {
        self.count = self.count.saturating_add(1);
        self.count
    }

    /// Keeps a question. The oldest is given up when there are too many; it is returned.
    pub(super) fn keep(&mut self, open: Open) -> Option<Open> {
        self.open.push_back(open);
        if self.open.len() > OPEN { self.open.pop_front() } else { None }
    }

    /// The owner of matching questions became known.
    pub(super) fn name(&mut self, matches: impl Fn(&Question) -> bool, name: &str) {
        let nameless = |open: &&mut Open| matches(&open.question) && open.name.is_none();
        self.open.iter_mut().filter(nameless).for_each(|open| open.name = Some(name.to_owned()));
    }

    /// Takes the oldest question that matches.
    pub(super) fn take(&mut self, matches: impl Fn(&Question) -> bool) -> Option<Open> {
        let at = self.open.iter().position(|open| matches(&open.question))?;
        self.open.remove(at)
    }

    /// Takes them all.
    pub(super) fn take_all(&mut self) -> VecDeque<Open> {
        std::mem::take(&mut self.open)
    }

    /// Some question matches.
    pub(super) fn any(&self, matches: impl Fn(&Question) -> bool) -> bool {
        self.open.iter().any(|open| matches(&open.question))
    }
}

const OPEN: usize = 64;
