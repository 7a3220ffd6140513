//! Pages to sign on at. They answer with lines: `OK` or `ERROR` and the account's lists, or (later) a
//! number and values, among them cookies.

use super::list;
use super::people;
use super::sign_on::{BY_PAGE, answered};
use super::talk::Talk;
use crate::event::{CredentialKind, Outcome, RosterOp, Strength};
use crate::{Out, Secret, Side};

/// What a page answers, as far as it was seen.
#[derive(Debug, Default)]
pub(super) struct Page {
    said: Vec<u8>,
}

/// Bytes of an answer that are read.
const LONGEST: usize = 64 << 10;

/// The client signs on at a page: with its password, or with the token it got for that.
pub(super) fn asks(talk: &mut Talk, account: &[u8], password: &[u8], token: &[u8], out: &mut Out) {
    if !account.is_empty() {
        talk.me = Some(people::account(account));
    }
    let who = talk.own(Side::Client);
    let (kind, strength, secret) = if password.is_empty() {
        (CredentialKind::Token, Strength::Replayable, token)
    } else {
        (CredentialKind::Password, Strength::Plaintext, password)
    };
    if secret.is_empty() {
        return;
    }
    let attempt = talk.secret(who, kind, BY_PAGE, strength, Secret::new(secret), out);
    talk.awaits(attempt, BY_PAGE);
}

impl Page {
    /// Hears some of it.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        let room = LONGEST.saturating_sub(self.said.len()).min(bytes.len());
        self.said.extend_from_slice(bytes.get(..room).unwrap_or_default());
    }

    /// It is whole.
    pub(super) fn tell(&self, talk: &mut Talk, out: &mut Out) {
        let mut lines = self.said.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let first = lines.next().unwrap_or_default();
        let accepted = matches!(first, b"OK" | b"0");
        if !accepted && !first.is_empty() {
            let number = super::wire::pairs::number(first);
            talk.settle(Outcome::Failure, out);
            out.weird(
                "ymsg_refused",
                match number {
                    Some(number) => format!("page says {number}"),
                    None => "page says no".to_owned(),
                },
            );
            return;
        }
        talk.let_in(out);
        let mut list = None;
        let mut buddies = Vec::new();
        for line in lines {
            match line {
                b"BEGIN BUDDYLIST" => list = Some(&mut buddies),
                _ if line.starts_with(b"END ") => list = None,
                _ => match &mut list {
                    Some(list) => list.extend(list::contacts(line)),
                    None => given(talk, line, out),
                },
            }
        }
        if self.said.windows(BUDDIES.len()).any(|window| window == BUDDIES) {
            talk.roster(RosterOp::List, buddies, true, out);
        }
    }
}

const BUDDIES: &[u8] = b"BEGIN BUDDYLIST";

/// A line with something that can be used again: `ymsgr=TOKEN`, `Y=…`, `T=…`.
fn given(talk: &mut Talk, line: &[u8], out: &mut Out) {
    let who = talk.own(Side::Client);
    if let Some(token) = line.strip_prefix(b"ymsgr=") {
        let (kind, strength) = (CredentialKind::Token, Strength::Replayable);
        let attempt = talk.secret(who, kind, BY_PAGE, strength, Secret::new(token), out);
        answered(attempt, true, out);
    } else if line.starts_with(b"Y=") || line.starts_with(b"T=") {
        let cookie = line.split(|byte| *byte == b';').next().unwrap_or_default();
        let attempt = talk.cookie(who, Secret::new(cookie), out);
        answered(attempt, true, out);
    }
}
