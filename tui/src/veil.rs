//! What is taken out of lines before they are shown: secrets always, and names and words while
//! somebody else looks at the screen.
//!
//! Lines pass it on their way from the tape to the view, so that no pane can forget it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use overhear_analysis::told::{Body, Finding, Message};
use overhear_analysis::{ContentLevel, SecretLevel, Told};
use overhear_dissectors::Name;
use overhear_sensor::output::reduce::{Reduce, Shows};
use overhear_sensor::output::word::word;

/// What is taken out.
#[derive(Debug, Default)]
pub struct Veil {
    /// The secrets of a stream that shows them.
    shows: Shows,
    /// Takes them out; made anew when another was heard.
    reduce: Option<Reduce>,
    stale: bool,
    /// Names by which people go while others look at the screen.
    others: Option<RefCell<Names>>,
}

/// Names people go by, in the order in which they were met.
#[derive(Debug, Default)]
struct Names(HashMap<String, Name>);

impl Veil {
    /// Hears a line before anybody sees it: a stream may show secrets.
    pub fn hear(&mut self, told: &Told) {
        if let Body::Credential(one) = &told.body
            && one.secret != one.fingerprint
        {
            self.shows.hear(told);
            self.stale = self.shows.reveals();
        }
    }

    /// Brings it up to date; whether everything has to pass it anew.
    pub fn settle(&mut self) -> bool {
        if !std::mem::take(&mut self.stale) {
            return false;
        }
        let (content, secrets) = (ContentLevel::Full, SecretLevel::Masked);
        self.reduce = Some(Reduce::new(content, secrets, self.shows.clone()));
        true
    }

    /// Names and words are hidden.
    pub fn is_private(&self) -> bool {
        self.others.is_some()
    }

    /// Hides names and words, or shows them again.
    pub fn turn(&mut self) {
        self.others = match self.others {
            Some(_) => None,
            None => Some(RefCell::default()),
        };
    }

    /// A line as it may be seen.
    pub fn over<'t>(&self, told: &'t Told) -> Cow<'t, Told> {
        if self.reduce.is_none() && self.others.is_none() {
            return Cow::Borrowed(told);
        }
        let mut told = told.clone();
        self.reduce.iter().for_each(|reduce| reduce.apply(&mut told));
        self.others.iter().for_each(|names| names.borrow_mut().hide(&mut told));
        Cow::Owned(told)
    }
}

impl Names {
    /// Somebody's other name.
    fn of(&mut self, name: &mut (impl AsRef<str> + From<Name>)) {
        let next = self.0.len() + 1;
        let known = name.as_ref().to_lowercase();
        let other = if self.0.len() < MOST || self.0.contains_key(&known) {
            self.0.entry(known).or_insert_with(|| format!("somebody {next}").into()).clone()
        } else {
            Name::const_new("somebody else")
        };
        *name = other.into();
    }

    fn all(&mut self, names: &mut [impl AsRef<str> + From<Name>]) {
        names.iter_mut().for_each(|name| self.of(name));
    }

    fn hide(&mut self, told: &mut Told) {
        match &mut told.body {
            Body::Message(one) => self.message(one),
            Body::Login(one) => {
                self.of(&mut one.account);
                (one.display, one.resource) = (None, None);
            }
            Body::Credential(one) => {
                one.account.iter_mut().for_each(|name| self.of(name));
                one.display = None;
            }
            Body::Typing(one) => {
                self.of(&mut one.from);
                self.all(&mut one.to);
            }
            Body::Roster(one) => {
                self.of(&mut one.account);
                for contact in &mut one.contacts {
                    self.of(&mut contact.account);
                    (contact.display, contact.alias, contact.group) = (None, None, None);
                }
            }
            Body::Presence(one) => {
                self.of(&mut one.account);
                (one.text, one.address) = (None, None);
            }
            Body::Profile(one) => {
                one.account.iter_mut().chain(&mut one.by).for_each(|name| self.of(name));
                one.fields.iter_mut().for_each(|field| field.value = None);
            }
            Body::Room(one) => {
                self.of(&mut one.account);
                one.room.iter_mut().chain(&mut one.by).for_each(|name| self.of(name));
                one.text = None;
            }
            Body::File(one) => {
                self.of(&mut one.from);
                self.all(&mut one.to);
                one.room.iter_mut().for_each(|name| self.of(name));
                one.name = one.name.as_ref().map(|_| HIDDEN.to_owned());
            }
            Body::Client(one) => self.of(&mut one.account),
            Body::Finding(one) => self.finding(one),
            Body::Conflict(one) => one.readings.clear(),
            Body::Anomaly(one) => one.detail = None,
            Body::Start(_) | Body::Channel(_) | Body::Stats(_) => {}
        }
    }

    fn message(&mut self, one: &mut Message) {
        self.of(&mut one.from);
        self.all(&mut one.to);
        one.room.iter_mut().for_each(|name| self.of(name));
        (one.display, one.resource, one.text, one.markup) = (None, None, None, None);
    }

    /// What a finding says in sentences names people: only its kind is left of them.
    fn finding(&mut self, one: &mut Finding) {
        one.title = word(one.category).replace('_', " ");
        HIDDEN.clone_into(&mut one.explanation);
        self.of(&mut one.subject);
        one.parent.iter_mut().for_each(|name| self.of(name));
        self.all(&mut one.victims);
    }
}

/// What stands for words that are hidden.
const HIDDEN: &str = "(hidden)";

/// Names that are remembered.
const MOST: usize = 100_000;
