//! One conversation: commands to whoever understands them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::board::Board;
use super::lists::Lists;
use super::p2p::Peers;
use super::say::Chunks;
use super::sign_on::SignOn;
use super::wire::{self, Command, Cut};
use super::{board, lists, presence, relay, say, sign_on};
use crate::event::Status;
use crate::{Account, Dissector, Out, Resume, Side, Step, Ticket, Who};

/// What is known of the conversation.
#[derive(Debug, Default)]
pub(super) struct Talk {
    lost: (bool, bool),
    ended: (bool, bool),
    /// The client's account, once its name was said.
    pub(super) me: Option<Account>,
    /// What stands for it before: the session of a gateway.
    pub(super) ticket: Option<Ticket>,
    pub(super) sign_on: SignOn,
    /// A switchboard's conversation.
    pub(super) board: Board,
    pub(super) lists: Lists,
    /// Statuses last heard, for texts that come without one.
    pub(super) statuses: BTreeMap<Account, Status>,
    /// Transactions of the client whose echo says nothing new.
    asked: VecDeque<u32>,
    /// Programs already told.
    pub(super) programs: BTreeSet<(String, String)>,
    pub(super) chunks: Chunks,
    pub(super) peers: Peers,
}

/// Transactions remembered.
const ASKED: usize = 64;
/// People remembered of each kind.
pub(super) const PEOPLE: usize = 2048;

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            if *self.lost(side) {
                let (skipped, found) = resync(side, rest);
                used += skipped;
                if !found {
                    break;
                }
                *self.lost(side) = false;
            } else {
                match wire::cut(side, rest) {
                    Cut::Need(want) => return Step::Took { used, want },
                    Cut::Blank(bytes) => used += bytes,
                    Cut::Whole(command, bytes) => {
                        self.command(side, &command, out);
                        used += bytes;
                    }
                    Cut::Nonsense(name) => {
                        out.weird(name, "looking for the next command");
                        *self.lost(side) = true;
                        // What is no command is not looked at again.
                        used += crate::scan::line(rest)
                            .map_or(wire::LINE, |(_, bytes)| bytes.min(wire::LINE))
                            .min(rest.len());
                    }
                }
            }
        }
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, side: Side, _: u64, _: &mut Out) -> Resume {
        *self.lost(side) = true;
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        match side {
            Side::Client => self.ended.0 = true,
            Side::Server => self.ended.1 = true,
        }
        if self.ended == (true, true) {
            self.close(out);
        }
    }
}

/// Looks for the next line that begins a command: bytes to pass over, and whether it is there.
fn resync(side: Side, input: &[u8]) -> (usize, bool) {
    let mut at = 0;
    while let Some(rest) = input.get(at..) {
        let window = rest.get(..wire::LINE).unwrap_or(rest);
        let Some(end) = memchr::memchr(b'\n', window) else {
            let passed = if rest.len() < wire::LINE { 0 } else { wire::LINE };
            if passed == 0 {
                break;
            }
            at += passed;
            continue;
        };
        if window.get(..end).is_some_and(|line| wire::plausible(side, line)) {
            return (at, true);
        }
        at += end + 1;
    }
    (at, false)
}

impl Talk {
    /// The person at the client's side.
    pub(super) fn own(&self) -> Who {
        match (&self.me, &self.ticket) {
            (Some(account), _) => Who::Account(account.clone()),
            (None, Some(ticket)) => Who::Ticket(ticket.clone()),
            (None, None) => Who::Unnamed(Side::Client),
        }
    }

    /// Whether an account is the client's own.
    pub(super) fn is_me(&self, account: &Account) -> bool {
        self.me.as_ref().is_some_and(|me| me.name == account.name && me.network == account.network)
    }

    /// Whether a command says what has not been said: the client's own, or an answer to a question
    /// nobody heard.
    pub(super) fn is_news(&mut self, side: Side, command: &Command<'_>) -> bool {
        let Some(number) = command.transaction() else { return true };
        if side == Side::Server {
            return number == 0 || !self.asked.contains(&number);
        }
        self.asked.push_back(number);
        if self.asked.len() > ASKED {
            self.asked.pop_front();
        }
        true
    }

    /// Nothing more will be said.
    pub(super) fn close(&mut self, out: &mut Out) {
        sign_on::close(self, out);
        lists::close(self, out);
        self.peers.close(out);
    }

    fn lost(&mut self, side: Side) -> &mut bool {
        match side {
            Side::Client => &mut self.lost.0,
            Side::Server => &mut self.lost.1,
        }
    }

    fn command(&mut self, side: Side, command: &Command<'_>, out: &mut Out) {
        match (side, command.name) {
            (_, "CVR") => sign_on::client(self, side, command, out),
            (_, "USR") => sign_on::user(self, side, command, out),
            (Side::Client, "ANS") => sign_on::answers_call(self, command, out),
            (Side::Server, "ANS") => sign_on::let_in(self, command, out),
            (Side::Server, "XFR") => sign_on::redirected(self, command, out),
            (Side::Server, "RNG") => board::rings(self, command, out),
            (Side::Server, "OUT") => sign_on::put_out(self, command, out),
            (_, "CAL") => board::calls(self, side, command, out),
            (Side::Server, "IRO") => board::is_there(self, command, out),
            (Side::Server, "JOI") => board::joins(self, command, out),
            (Side::Server, "BYE") => board::leaves(self, command, out),
            (_, "MSG") => say::message(self, side, command, out),
            (_, "UUM" | "UBM") => say::across(self, side, command, out),
            (_, "SDG") => relay::datagram(self, side, command, out),
            (_, "NFY" | "PUT") => relay::notice(self, side, command, out),
            (Side::Server, "SYN") => lists::begins(self, command, out),
            (Side::Server, "LSG") => lists::group(self, command),
            (Side::Server, "LST") => lists::listed(self, command, out),
            (_, "ADD" | "ADC" | "REM") => lists::changed(self, side, command, out),
            (_, "ADL" | "RML") => lists::changed_many(self, side, command, out),
            (_, "CHG") => presence::own(self, side, command, out),
            (_, "UUX") => presence::own_text(self, side, command, out),
            (Side::Server, "NLN" | "ILN") => presence::here(self, command, out),
            (Side::Server, "FLN") => presence::gone(self, command, out),
            (Side::Server, "UBX") => presence::text(self, command, out),
            (Side::Server, _) if command.is_error() => sign_on::refused(self, command, out),
            _ => {}
        }
    }
}
