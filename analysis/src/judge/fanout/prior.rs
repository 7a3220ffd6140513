//! What an account usually does: the general shares of people, shifted by those of the people here and
//! by its own, as far as they are known.

use serde::{Deserialize, Serialize};

use super::features::Contact;
use super::memory::sane;
use super::payload::Class;

/// Shares of the distances between contacts, among people.
const GAP: [f32; 5] = [0.010, 0.012, 0.060, 0.150, 0.768];
/// Bins of these that end within a minute.
const WITHIN: usize = 3;
/// Contacts the general prior is worth.
const WEIGHT: f32 = 25.0;
/// How much of what was learned is kept at each contact.
const MEMORY: f32 = 0.995;

/// What people do on the networks that are heard: links are usual in one place and rare in another. The
/// general shares of people are the least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Customs {
    begins: Usual,
    /// Contacts whose content is compared, and those with one sent before.
    keyed: f32,
    same: f32,
    /// Links and files, and those that had come in before.
    tracked: f32,
    inherited: f32,
    /// Links, and those that lead where nobody was heard linking to.
    placed: f32,
    unheard: f32,
}

/// Contacts the general shares are worth, and how much of what was learned is kept at each.
const GENERAL: f32 = 400.0;
const LONG: f32 = 0.9998;
/// General shares of links, files, contents sent before and contents that came in before; no custom
/// excuses more than [`MOST`].
const LINKS: f32 = 0.040;
const FILES: f32 = 0.005;
const AGAIN: f32 = 0.030;
const PASSED_ON: f32 = 0.015;
const MOST: f32 = 0.2;
/// Links to places nobody was heard linking to: in channels 12 of 100 are such; before anything was heard
/// all are.
const UNHEARD: f32 = 0.12;
const ALL_NEW: f32 = 0.5;

impl Customs {
    /// As they are remembered: of numbers one can reckon with.
    pub(super) fn sane(self) -> Self {
        let Self { begins, keyed, same, tracked, inherited, placed, unheard } = self;
        Self {
            begins: begins.sane(),
            keyed: sane(keyed),
            same: sane(same),
            tracked: sane(tracked),
            inherited: sane(inherited),
            placed: sane(placed),
            unheard: sane(unheard),
        }
    }

    /// Learns from a contact of somebody who is under no suspicion.
    pub(super) fn learn(&mut self, contact: &Contact) {
        if contact.begins {
            self.begins.learn(contact.class, LONG);
        }
        let share = |all: &mut f32, some: &mut f32, is: bool| {
            *all = *all * LONG + 1.0;
            *some = *some * LONG + f32::from(u8::from(is));
        };
        if let Some((same, _)) = contact.same {
            share(&mut self.keyed, &mut self.same, same);
        }
        if let Some((inherited, _)) = contact.inherited {
            share(&mut self.tracked, &mut self.inherited, inherited);
        }
        if let Some(unheard) = contact.unheard {
            share(&mut self.placed, &mut self.unheard, unheard);
        }
    }

    /// Of links and files that are sent, how many had come in before: no, yes.
    pub(super) fn inherited(&self) -> [f32; 2] {
        let inherited = custom(self.inherited, self.tracked, PASSED_ON).min(MOST);
        [1.0 - inherited, inherited]
    }

    /// Of links, how many lead where nobody was heard linking to: no, yes.
    pub(super) fn unheard(&self) -> [f32; 2] {
        let unheard = custom(self.unheard, self.placed, UNHEARD).min(ALL_NEW);
        [1.0 - unheard, unheard]
    }

    fn links(&self) -> f32 {
        custom(self.begins.links, self.begins.contacts, LINKS).min(MOST)
    }

    fn files(&self) -> f32 {
        custom(self.begins.files, self.begins.contacts, FILES).min(MOST)
    }

    fn same(&self) -> f32 {
        custom(self.same, self.keyed, AGAIN).min(MOST)
    }
}

fn custom(some: f32, all: f32, general: f32) -> f32 {
    ((some + GENERAL * general) / (all + GENERAL)).max(general)
}

/// What the account usually does.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Prior {
    /// When it begins a conversation, and at any contact.
    pub(super) begins: Usual,
    pub(super) any: Usual,
    /// Contacts with a content sent before.
    same: f32,
    /// Contacts with words only whose distance to the one before is known, and those within a minute.
    spaced: f32,
    quick: f32,
}

/// Contacts, and those with a link or a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Usual {
    contacts: f32,
    links: f32,
    files: f32,
}

impl Prior {
    /// As it is remembered: of numbers one can reckon with.
    pub(super) fn sane(self) -> Self {
        Self {
            begins: self.begins.sane(),
            any: self.any.sane(),
            same: sane(self.same),
            spaced: sane(self.spaced),
            quick: sane(self.quick),
        }
    }

    /// Learns from an innocent contact.
    pub(super) fn learn(&mut self, class: Class, begins: bool, same: bool) {
        self.any.learn(class, MEMORY);
        if begins {
            self.begins.learn(class, MEMORY);
        }
        self.same = self.same * MEMORY + f32::from(u8::from(same));
    }

    /// Learns how fast an account goes from one person to the next when it has nothing to spread:
    /// some people greet the whole town.
    pub(super) fn pace(&mut self, gap: Option<(usize, usize)>) {
        if let Some((_, last)) = gap {
            self.spaced = self.spaced * MEMORY + 1.0;
            self.quick = self.quick * MEMORY + f32::from(u8::from(last < WITHIN));
        }
    }

    pub(super) fn gap(&self) -> [f32; 5] {
        let usual: f32 = GAP.iter().take(WITHIN).sum();
        let quick = ((self.quick + WEIGHT * usual) / (self.spaced + WEIGHT)).min(0.9);
        let mut gap = GAP;
        for (bin, share) in gap.iter_mut().enumerate() {
            *share *= if bin < WITHIN { quick / usual } else { (1.0 - quick) / (1.0 - usual) };
        }
        gap
    }

    pub(super) fn same(&self, customs: &Customs) -> [f32; 2] {
        let same = self.any.share(self.same, customs.same(), 0.6);
        [1.0 - same, same]
    }
}

impl Usual {
    fn sane(self) -> Self {
        let Self { contacts, links, files } = self;
        Self { contacts: sane(contacts), links: sane(links), files: sane(files) }
    }

    fn learn(&mut self, class: Class, memory: f32) {
        let add = |count: &mut f32, one: bool| *count = *count * memory + f32::from(u8::from(one));
        add(&mut self.contacts, true);
        add(&mut self.links, class == Class::Link);
        add(&mut self.files, class == Class::File);
    }

    /// Shares of plain, link, file.
    pub(super) fn payload(&self, customs: &Customs) -> [f32; 3] {
        let link = self.share(self.links, customs.links(), 0.7);
        let file = self.share(self.files, customs.files(), 0.7);
        [(1.0 - link - file).max(0.02), link, file]
    }

    fn share(&self, count: f32, prior: f32, most: f32) -> f32 {
        ((count + WEIGHT * prior) / (self.contacts + WEIGHT)).min(most)
    }
}
