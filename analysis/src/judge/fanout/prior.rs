//! What an account usually does: the general shares of people, shifted by its own, as far as they are
//! known.

use serde::{Deserialize, Serialize};

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
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
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
        self.any.learn(class);
        if begins {
            self.begins.learn(class);
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

    pub(super) fn same(&self) -> [f32; 2] {
        let same = self.any.share(self.same, 0.03, 0.6);
        [1.0 - same, same]
    }
}

impl Usual {
    fn sane(self) -> Self {
        let Self { contacts, links, files } = self;
        Self { contacts: sane(contacts), links: sane(links), files: sane(files) }
    }

    fn learn(&mut self, class: Class) {
        let add = |count: &mut f32, one: bool| *count = *count * MEMORY + f32::from(u8::from(one));
        add(&mut self.contacts, true);
        add(&mut self.links, class == Class::Link);
        add(&mut self.files, class == Class::File);
    }

    /// Shares of plain, link, file.
    pub(super) fn payload(&self) -> [f32; 3] {
        let link = self.share(self.links, 0.040, 0.7);
        let file = self.share(self.files, 0.005, 0.7);
        [(1.0 - link - file).max(0.02), link, file]
    }

    fn share(&self, count: f32, prior: f32, most: f32) -> f32 {
        ((count + WEIGHT * prior) / (self.contacts + WEIGHT)).min(most)
    }
}
