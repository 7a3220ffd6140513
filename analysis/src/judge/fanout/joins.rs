//! `join_triggered_send`: whoever joins a room gets a file or a link from the same account at once.
//!
//! Each joining is a trial of every account that may be watching: a file offer or a private link to
//! the joiner within seconds is a success. People hardly ever do so, script worms always do, so two
//! successes are an alert. Channel bots speak in the room, and file servers answer a request: both
//! are no success.

use super::Fanout;
use super::account::{seconds, short};
use super::contact::Contacted;
use super::ids::Id;
use super::outbreak::{Outbreak, span};
use super::payload::Payload;
use super::table::Standing;
use super::tree::{Infected, Lure};
use crate::Time;
use crate::told::{Category, Head, Severity};

/// A room, as far as joining goes.
#[derive(Clone, Debug, Default)]
pub(super) struct Door {
    last: Time,
    /// Trials so far: joinings, of which many at once are one.
    trials: u32,
    began: Time,
    burst: u32,
}

/// An account that sent something to a joiner.
#[derive(Clone, Debug, Default)]
pub(super) struct Greeter {
    last: Time,
    first: Time,
    score: f32,
    successes: u32,
    misses: u32,
    /// Rooms, with the number of the last trial there.
    rooms: Vec<(Id, u32)>,
    joiners: Vec<u32>,
    dangerous: bool,
    outbreak: Option<Id>,
}

impl Standing for Door {
    fn rank(&self) -> u32 {
        0
    }

    fn last(&self) -> Time {
        self.last
    }
}

impl Standing for Greeter {
    fn rank(&self) -> u32 {
        1
    }

    fn last(&self) -> Time {
        self.last
    }
}

/// Joinings within this time are one trial when they are more than a few: a split that heals, a
/// list of members.
const BURST: i64 = 2_000_000_000;
const FEW: u32 = 5;
/// A success comes within this time, or within twice of it when bytes were lost.
const AT_ONCE: i64 = 5_000_000_000;
/// ln(.8 / .001) and ln(.2 / .999): share of trials a worm and a person answer so.
const SUCCESS: f32 = 6.68;
const MISS: f32 = -1.61;
/// ln(.99 / 1e-5).
const THRESHOLD: f32 = 11.5;
/// Rooms, and joiners, remembered of one account.
const ROOMS: usize = 8;
const JOINERS: usize = 32;

impl Door {
    /// Somebody joined.
    pub(super) fn join(&mut self, at: Time) {
        self.last = self.last.max(at);
        if at.since(self.began) > BURST || self.trials == 0 {
            (self.began, self.burst) = (at, 0);
        }
        self.burst = self.burst.saturating_add(1);
        if self.burst <= FEW {
            self.trials = self.trials.saturating_add(1);
        }
    }

    /// The present trial; every joining of a burst belongs to one.
    fn trial(&self) -> u32 {
        self.trials
    }
}

impl Fanout {
    /// A private link or file: was it for somebody who had just joined?
    pub(super) fn greeted(&mut self, head: &Head, sent: &Contacted<'_>, payload: &Payload) {
        let Contacted { from, to, at, .. } = *sent;
        let Some((came, room)) = sent.came.filter(|(_, room)| *room != 0) else { return };
        let limit = if self.lossy < 0.01 { AT_ONCE } else { AT_ONCE * 2 };
        let at_once = (0..=limit).contains(&at.since(came));
        let asked = sent.spoke.is_some_and(|spoke| spoke >= came);
        if !at_once || asked || sent.reply || !payload.active() {
            return;
        }
        let trial = self.doors.get(room).map_or(0, Door::trial);
        let make = || Greeter { first: at, ..Greeter::default() };
        let Some(greeter) = self.greeters.meet(from, make) else { return };
        if !greeter.success(room, trial, short(to.id), at) {
            return;
        }
        greeter.dangerous |= payload.executable || payload.bare;
        let sure = greeter.score >= THRESHOLD;
        let suspect = greeter.successes == 1 && payload.executable;
        if !sure && !suspect {
            return;
        }
        let known = self.spreading(from, payload, at);
        let number = known.unwrap_or_else(|| self.number());
        self.accuse(head, number, sent, payload);
        let Self { contents, newcomers, .. } = &mut *self;
        for key in payload.identifying() {
            let content = contents.meet(key.id, || newcomers.content(*key, from, at));
            content.into_iter().for_each(|content| content.greeting = Some(number));
        }
        if sure {
            self.members.entry(from).or_insert(number);
            self.brand(number, payload);
        }
    }

    /// The open outbreak this greeter belongs to: its own, that of the content, or one that reached it.
    fn spreading(&self, from: Id, payload: &Payload, at: Time) -> Option<Id> {
        let own = self.greeters.get(from).and_then(|greeter| greeter.outbreak);
        let keys = payload.identifying();
        let contents = keys.filter_map(|key| self.contents.get(key.id));
        let by_content =
            contents.flat_map(|content| [content.incident, content.greeting]).flatten();
        let mut all = own.into_iter().chain(self.members.get(&from).copied()).chain(by_content);
        all.find(|number| self.outbreaks.contains_key(number)).or_else(|| {
            let account = self.accounts.get(from)?;
            self.neighbour(from, account, at)
        })
    }

    /// Tells of an account that greets joiners so.
    fn accuse(&mut self, head: &Head, number: Id, sent: &Contacted<'_>, payload: &Payload) {
        let Contacted { from, to, at, .. } = *sent;
        let Some(account) = self.accounts.get(from) else { return };
        let same = account.got.same(payload, at).map(|(_, receipt)| receipt);
        let same = same.filter(|receipt| receipt.same(payload));
        let receipt = same.or_else(|| account.got.unasked(at)).copied();
        let caught = receipt.and_then(|one| Some((one, self.accounts.get(one.from)?)));
        let infected = Infected::new(from, account, caught, at).passing_on(same.is_some());
        let Some(greeter) = self.greeters.get_mut(from) else { return };
        greeter.outbreak = Some(number);
        let outbreak = self.outbreaks.entry(number).or_insert_with(|| {
            let time = at.to_string();
            let about = [&*account.network, &*account.name, &time];
            let category = Category::JoinTriggeredSend;
            let mut outbreak = Outbreak::new(category, &about, &account.name, &account.network, at);
            outbreak.title = format!("{} sends something to whoever joins", account.name);
            outbreak
        });
        if outbreak.tree.member(from).is_none() {
            outbreak.tree.infect(infected);
            let before = account.sent.as_ref().map_or(&[][..], |sent| &sent.to);
            let joined = before.iter().filter(|to| greeter.joiners.contains(&short(to.who)));
            for to in joined {
                outbreak.victim(to.who, &to.name, to.lure(from), at);
                self.victims.note(to.who, number);
            }
        }
        outbreak.frame(head.pcap_cnt);
        let lure = Lure { by: from, at: seconds(at), reply: false, new: false };
        outbreak.victim(to.id, to.name, Some(lure), at);
        self.victims.note(to.id, number);
        outbreak.visible = true;
        outbreak.dangerous |= greeter.dangerous;
        if greeter.score >= THRESHOLD {
            outbreak.tree.ensure(from);
        }
        outbreak.raise(match (greeter.score >= THRESHOLD, greeter.dangerous) {
            (false, _) => Severity::Low,
            (true, false) => Severity::Medium,
            (true, true) => Severity::Critical,
        });
        if *outbreak.subject == *account.name {
            outbreak.explain(greeter, &account.name, at);
        }
        let news = outbreak.news();
        self.findings.extend(news);
    }
}

impl Outbreak {
    /// What its first account did, by numbers.
    fn explain(&mut self, greeter: &Greeter, name: &str, at: Time) {
        let (successes, misses) = (greeter.successes, greeter.misses);
        // The floor at zero forgives misses; what is left of them is told.
        let told = greeter.score - SUCCESS * successes as f32;
        self.score = Some((greeter.score, THRESHOLD));
        self.terms =
            vec![("sent_to_joiner", SUCCESS * successes as f32), ("joined_unharmed", told)];
        let seconds = u32::try_from(at.since(greeter.first) / 1_000_000_000).unwrap_or(u32::MAX);
        self.reason = format!(
            "join rule {:.1} against {THRESHOLD}: {name} sent a link or file to {successes} who had just \
             joined, within {}, and passed over {misses}",
            greeter.score,
            span(seconds),
        );
    }
}

impl Greeter {
    /// One more joiner got something; false when this trial was counted.
    fn success(&mut self, room: Id, trial: u32, joiner: u32, at: Time) -> bool {
        self.last = at;
        let known = self.rooms.iter_mut().find(|(known, _)| *known == room);
        let missed = match known {
            Some((_, last)) if *last == trial && self.joiners.contains(&joiner) => return false,
            Some((_, last)) => {
                let missed = trial.saturating_sub(*last).saturating_sub(1);
                *last = trial;
                missed
            }
            None => {
                if self.rooms.len() == ROOMS {
                    self.rooms.remove(0);
                }
                self.rooms.push((room, trial));
                0
            }
        };
        if self.joiners.len() == JOINERS {
            self.joiners.remove(0);
        }
        self.joiners.push(joiner);
        self.successes = self.successes.saturating_add(1);
        self.misses = self.misses.saturating_add(missed);
        self.score = (self.score + MISS * missed as f32).max(0.0) + SUCCESS;
        true
    }
}
