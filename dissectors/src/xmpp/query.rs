//! Requests and their answers: `<iq/>` (RFC 6120 section 8.2.3).

use super::asked::{LONGEST, Question};
use super::element::Element;
use super::people::blocked;
use super::sign_on::answer;
use super::talk::{Kind, Talk};
use super::{card, ns};
use crate::event::{OfferState, RosterOp};
use crate::{Out, Side};

impl Talk {
    /// An `iq` of either side.
    pub(super) fn query(&mut self, side: Side, iq: &Element<'_>, out: &mut Out) {
        let id = iq.attribute("id").unwrap_or_default();
        match iq.attribute("type").as_deref() {
            Some("get") => self.asks(side, &id, iq),
            Some("set") if iq.space(ns::IBB).is_some() => self.in_band(side, iq, out),
            Some("set") => self.sets(side, &id, iq, out),
            Some("result") => {
                let question = self.asked.take(side.other(), &id);
                self.result(side, question, iq, out);
            }
            Some("error") => {
                if let Some(question) = self.asked.take(side.other(), &id) {
                    self.refused(side, question, out);
                }
            }
            _ => out.weird("xmpp_iq_type", "a request that is neither get nor set, nor an answer"),
        }
    }

    fn asks(&mut self, side: Side, id: &str, iq: &Element<'_>) {
        let Some(what) = iq.children.first() else { return };
        let question = match (what.ns, what.name) {
            (ns::ROSTER, _) => Question::Roster,
            (ns::VERSION | ns::DISCO, _) => Question::Client,
            (ns::BLOCKING, "blocklist") => Question::Blocked,
            (ns::VCARD, _) => Question::Card(iq.said("to").and_then(|to| self.who(&to))),
            (ns::UPLOAD | ns::OLD_UPLOAD, "request") => upload(what),
            _ => return,
        };
        self.asked.keep(side, id, question);
    }

    fn sets(&mut self, side: Side, id: &str, iq: &Element<'_>, out: &mut Out) {
        let Some(what) = iq.children.first() else { return };
        let client = side == Side::Client && self.kind == Kind::Client;
        match (what.ns, what.name) {
            (ns::AUTH, _) if client => self.iq_auth(side, id, what, out),
            (ns::REGISTER, _) if side == Side::Client => {
                let at = iq.said("to");
                self.register(side, id, at.as_deref(), what, out);
            }
            (ns::BIND, _) if client => self.asked.keep(side, id, Question::Bind),
            (ns::ROSTER, _) if !client || !self.answered => self.pushed(what, out),
            (ns::BLOCKING, "block") if client => {
                self.roster(RosterOp::Block, blocked(what), false, out);
            }
            (ns::BLOCKING, "unblock") if client => {
                self.roster(RosterOp::Allow, blocked(what), false, out);
            }
            (ns::PRIVACY, _) if client => {
                let people = what.child("list").map(blocked).unwrap_or_default();
                self.roster(RosterOp::Block, people, false, out);
            }
            (ns::VCARD, _) if client => card::set(self, what, out),
            (ns::PRIVATE, _) if client => self.bookmarks(what, out),
            (ns::MUC_OWNER, _) if side == Side::Client => self.owns(what, out),
            _ => self.sets_file(side, id, iq, what, out),
        }
    }

    fn sets_file(
        &mut self,
        side: Side,
        id: &str,
        iq: &Element<'_>,
        what: &Element<'_>,
        out: &mut Out,
    ) {
        match what.ns {
            ns::SI => self.stream_initiation(side, id, iq, what, out),
            ns::BYTESTREAMS => self.stream_hosts(side, id, iq, what, out),
            ns::JINGLE => self.jingle(side, iq, what, out),
            ns::OOB => {
                if let Some(word) = self.out_of_band(side, iq, what, out) {
                    self.asked.keep(side, id, Question::File(word));
                }
            }
            _ => {}
        }
    }

    fn result(&mut self, side: Side, question: Option<Question>, iq: &Element<'_>, out: &mut Out) {
        let what = iq.children.first();
        match question {
            Some(Question::Auth(attempt)) => self.iq_auth_settled(attempt, true, out),
            Some(Question::Register(number)) => answer(number, true, out),
            Some(Question::Bind) => self.bound(what.and_then(|bind| bind.word("jid")), out),
            Some(Question::Blocked) => {
                let people = what.map(blocked).unwrap_or_default();
                self.roster(RosterOp::Block, people, true, out);
            }
            Some(Question::Card(whose)) => {
                if let Some(what) = what.filter(|what| what.ns == ns::VCARD) {
                    card::entry(self, whose, what, out);
                }
            }
            Some(Question::File(word)) => self.file_accepted(side, &word, what, out),
            Some(Question::Hosts(word)) => {
                let used = what.and_then(|query| query.child("streamhost-used"));
                if let Some(name) = used.and_then(|used| used.said("jid")) {
                    self.host_used(side, &word, &name, out);
                }
            }
            Some(Question::Slot(name, length)) => {
                if let Some(slot) = what {
                    self.slot(side, (&name, length), slot, out);
                }
            }
            // Lists and programs say what they are, whether the question was heard or not.
            _ => match what {
                Some(list) if list.ns == ns::ROSTER && side == Side::Server => self.list(list, out),
                Some(kept) if kept.ns == ns::PRIVATE => self.bookmarks(kept, out),
                Some(said) if said.ns == ns::VERSION => self.version(side, iq, said, out),
                Some(said) if said.ns == ns::DISCO => self.identity(side, iq, said, out),
                _ => {}
            },
        }
    }

    fn refused(&mut self, side: Side, question: Question, out: &mut Out) {
        match question {
            Question::Auth(attempt) => self.iq_auth_settled(attempt, false, out),
            Question::Register(number) => answer(number, false, out),
            Question::File(word) => {
                self.files.step(&word, OfferState::Declined, self.leg(side), out);
            }
            _ => {}
        }
    }

    /// XEP-0092: a program's name and version.
    fn version(&mut self, side: Side, iq: &Element<'_>, said: &Element<'_>, out: &mut Out) {
        let who = self.author(side, iq);
        let name = said.word("name").unwrap_or_default();
        self.program(who, name, said.word("version"), "xmpp-version", out);
    }

    /// XEP-0030: the name of a client. Servers and rooms have names as well, which are no programs of
    /// anybody's.
    fn identity(&mut self, side: Side, iq: &Element<'_>, said: &Element<'_>, out: &mut Out) {
        let client =
            |child: &&Element<'_>| child.name == "identity" && child.is("category", "client");
        let Some(identity) = said.children.iter().find(client) else { return };
        let who = self.author(side, iq);
        if let Some(name) = identity.said("name") {
            self.program(who, &name, None, "xmpp-disco", out);
        }
    }
}

/// XEP-0363: name and size of what the client wants to put somewhere.
fn upload(request: &Element<'_>) -> Question {
    let said = |name: &str| {
        let attribute = request.said(name).map(std::borrow::Cow::into_owned);
        attribute.or_else(|| request.word(name).map(str::to_owned))
    };
    let size = said("size").and_then(|size| size.parse().ok());
    let name = said("filename").unwrap_or_default();
    Question::Slot(name.chars().take(LONGEST).collect(), size)
}
