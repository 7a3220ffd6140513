//! The address book: people with their groups, and who may see whom.

use std::collections::BTreeMap;

use super::super::names::{account, is_name};
use super::super::talk::PEOPLE;
use super::super::xml;
use super::Person;
use crate::event::{Contact, Event, Roster, RosterOp};
use crate::{Account, Out, Who};

/// People by the GUID they are removed by.
#[derive(Debug, Default)]
pub(super) struct Book(BTreeMap<String, Account>);

impl Book {
    /// What a request changes.
    pub(super) fn changes(&self, person: &Person, method: &str, body: &str, out: &mut Out) {
        let (op, people) = match method {
            "ABContactAdd" => (RosterOp::Add, names(body, "passportName")),
            "AddMember" if xml::value(body, "MemberRole").as_deref() == Some("Block") => {
                (RosterOp::Block, names(body, "PassportName"))
            }
            "ABContactDelete" => {
                let known = xml::elements(body, "contactId").filter_map(|id| self.0.get(id.trim()));
                (RosterOp::Remove, known.cloned().collect())
            }
            _ => return,
        };
        tell(person.who(), op, people.into_iter().map(plain).collect(), false, out);
    }

    /// What an answer lists; `whole` where all of it was asked for.
    pub(super) fn got(&mut self, person: &mut Person, body: &str, whole: bool, out: &mut Out) {
        for found in xml::elements(body, "ABFindAllResult") {
            self.people(person, found, whole, out);
        }
        for membership in xml::elements(body, "Membership").take(PEOPLE) {
            let people = names(membership, "PassportName");
            match xml::value(membership, "MemberRole").as_deref() {
                Some("Block") => {
                    let people = people.into_iter().map(plain).collect();
                    tell(person.who(), RosterOp::Block, people, whole, out);
                }
                // Who has the person on a list of theirs.
                Some("Reverse") => {
                    for owner in people {
                        let me = Contact { who: person.who(), alias: None, group: None };
                        tell(Who::Account(owner), RosterOp::List, vec![me], false, out);
                    }
                }
                _ => {}
            }
        }
    }

    fn people(&mut self, person: &mut Person, found: &str, whole: bool, out: &mut Out) {
        let groups = xml::elements(found, "Group")
            .take(PEOPLE)
            .filter_map(|group| Some((xml::value(group, "groupId")?, xml::value(group, "name")?)));
        let groups: BTreeMap<String, String> = groups.collect();
        let (mut listed, mut cut) = (Vec::new(), false);
        for entry in xml::elements(found, "Contact") {
            let Some(email) = xml::value(entry, "passportName").filter(|it| is_name(it)) else {
                continue;
            };
            let who = account(&email);
            if xml::value(entry, "contactType").as_deref() == Some("Me") {
                person.named(&who, out);
                continue;
            }
            if listed.len() >= PEOPLE {
                cut = true;
                break;
            }
            if let Some(id) = xml::value(entry, "contactId").filter(|_| self.0.len() < PEOPLE) {
                self.0.insert(id, who.clone());
            }
            let group = xml::elements(entry, "guid").find_map(|id| groups.get(id.trim())).cloned();
            let alias = xml::value(entry, "displayName");
            let alias = alias.filter(|name| !name.is_empty() && *name != email);
            listed.push(Contact { who: Who::Account(who), alias, group });
        }
        tell(person.who(), RosterOp::List, listed, whole && !cut, out);
    }
}

/// Accounts in the elements of a name.
fn names(xml: &str, name: &str) -> Vec<Account> {
    let names = xml::elements(xml, name).map(|name| crate::html::entities(name.trim()));
    names.filter(|name| is_name(name)).take(PEOPLE).map(|name| account(&name)).collect()
}

fn plain(account: Account) -> Contact {
    Contact { who: Who::Account(account), alias: None, group: None }
}

fn tell(who: Who, op: RosterOp, contacts: Vec<Contact>, complete: bool, out: &mut Out) {
    if !contacts.is_empty() {
        out.emit(Event::Roster(Roster { who, op, contacts, complete }));
    }
}
