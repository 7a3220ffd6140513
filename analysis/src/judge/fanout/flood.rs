//! `flood`: too much, too fast, or made to break the other side.
//!
//! The busiest person in public channels writes 35 messages a minute and the busiest bot 68, so
//! sixty in a minute is a flood unless the account has shown for days that it always talks like
//! that. Nudges, offers and invitations weigh three times as much as messages. Whoever writes a word or two
//! to each of many people floods nobody: that is noted, and no alert until no person could do it.

use overhear_dissectors::event::MessageKind;
use serde::{Deserialize, Serialize};

use super::account::{DAY, seconds};
use super::contact::Seats;
use super::ids::Id;
use super::memory::sane;
use super::outbreak::Outbreak;
use super::{Fanout, Place};
use crate::Time;
use crate::content::Glance;
use crate::content::names::breaking;
use crate::told::{Category, Head, Message, Severity};

/// Weights heard within the last minute, by ten seconds, and what is usual.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rate {
    slot: u32,
    counts: [u16; 6],
    /// The most within a minute in better days; it halves in a week.
    usual: f32,
}

/// What is usual, and as of which ten seconds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Usually {
    slot: u32,
    most: f32,
}

/// Weight within a minute that is a flood, and within ten seconds.
const MINUTE: u32 = 60;
const SLOT: u32 = 30;
/// The same for a room, where many talk: four busy talkers at once, or so.
const ROOM: u32 = 240;
/// Many times what is usual.
const TIMES: f32 = 6.0;
/// Days after which an account's usual rate is known.
const KNOWN: u32 = 3 * DAY;
/// What an ordinary account may say in a busy minute, and what ten seconds may add to that.
const ORDINARY: f32 = 20.0;
const GROWTH: f32 = 0.1;
/// Slots of ten seconds in a week.
const WEEK: f32 = 60_480.0;
/// Senders to one person within a minute from whom a flood is distributed.
const SENDERS: usize = 10;
/// Characters ten times as many as the longest of a thousand messages has.
const OVERSIZE: u64 = 8_000;

impl Rate {
    /// Adds a weight; gives the sums of the last ten seconds and of the last minute.
    pub(super) fn add(&mut self, at: Time, weight: u16) -> (u32, u32) {
        let slot = slot(at);
        let passed = slot.saturating_sub(self.slot);
        if passed > 0 {
            let minute: u32 = self.counts.iter().map(|count| u32::from(*count)).sum();
            // The last ten seconds are not over while something of them may still come.
            let last = self.counts.get((self.slot % 6) as usize).filter(|_| passed == 1);
            let minute = minute - last.map_or(0, |count| u32::from(*count));
            let faded = self.usual * (-(passed as f32) / WEEK).exp2();
            // What is usual grows slowly: a flood must not excuse itself.
            let most = (self.usual + GROWTH).max(ORDINARY);
            self.usual = faded.max((minute as f32).min(most));
            match passed {
                1..6 => self.pass(passed),
                _ => self.counts = [0; 6],
            }
            self.slot = slot;
        }
        // What comes late belongs to the ten seconds it was said in.
        let slot = if self.slot - slot.min(self.slot) < 6 { slot } else { self.slot };
        let now = self.counts.get_mut((slot % 6) as usize);
        let now = now.map_or(0, |count| {
            *count = count.saturating_add(weight);
            u32::from(*count)
        });
        (now, self.counts.iter().map(|count| u32::from(*count)).sum())
    }

    /// Lets less than a minute pass.
    fn pass(&mut self, slots: u32) {
        for place in 1..=slots {
            let count = self.counts.get_mut((self.slot.wrapping_add(place) % 6) as usize);
            count.into_iter().for_each(|count| *count = 0);
        }
    }

    /// What is usual.
    pub(super) fn usually(&self) -> Usually {
        Usually { slot: self.slot, most: self.usual }
    }

    /// What was usual in an earlier run.
    pub(super) fn recall(&mut self, known: Usually, now: Time) {
        (self.slot, self.usual) = (known.slot.min(slot(now)), sane(known.most));
    }

    /// The weight of a minute above which it is a flood.
    fn limit(&self, base: u32, known: bool) -> u32 {
        if known { base.max((self.usual * TIMES) as u32) } else { base }
    }
}

/// The ten seconds a time is in.
fn slot(at: Time) -> u32 {
    (at.0 / 10_000_000_000).clamp(0, i64::from(u32::MAX)) as u32
}

impl Fanout {
    /// Counts a message of some weight on its way.
    pub(super) fn rate(
        &mut self,
        head: &Head,
        from: Id,
        to: Place<'_>,
        seats: Seats,
        said: Option<&Message>,
    ) {
        let at = head.timestamp.unwrap_or(self.now);
        let heavy = said.is_none_or(|said| {
            said.kind == MessageKind::Nudge
                || said.text.as_ref().is_some_and(|text| text.starts_with('\u{1}'))
        });
        let weight = if heavy { 3 } else { 1 };
        // Whole minutes hide how fast it was.
        let fine = at.0 % 60_000_000_000 != 0;
        let Some(source) = seats.from.and_then(|seat| self.accounts.look(seat)) else { return };
        let known = seconds(at).saturating_sub(source.first) >= KNOWN;
        let (slot, minute) = source.out.add(at, weight);
        let limit = source.out.limit(MINUTE, known);
        let fast = fine && slot >= source.out.limit(SLOT, known).max(SLOT) && slot * 6 > limit;
        if minute > limit || fast {
            let (sum, limit, within) =
                if minute > limit { (minute, limit, 60) } else { (slot, SLOT, 10) };
            let people = if to.room { 0 } else { source.peers.since(at, within) };
            // Whoever gets one word or two of it is not flooded.
            let by = if sum <= people * EACH { By::Mailer(people) } else { By::One };
            self.flooded(head, from, Some(to), at, (sum, limit, within), by);
        }
        let Some(target) = seats.to.and_then(|seat| self.accounts.look(seat)) else { return };
        let known = seconds(at).saturating_sub(target.first) >= KNOWN;
        let (_, minute) = target.inward.add(at, weight);
        let limit = target.inward.limit(if to.room { ROOM } else { MINUTE }, known);
        if minute <= limit {
            target.rare.iter_mut().for_each(|rare| rare.senders.clear());
            return;
        }
        let senders = &mut target.rare.get_or_insert_default().senders;
        if !senders.contains(&from) && senders.len() < SENDERS {
            senders.push(from);
        }
        let senders = senders.len();
        if senders >= SENDERS {
            self.flooded(head, to.id, None, at, (minute, limit, 60), By::Many(senders));
        }
    }

    /// Something that makes programs fall over.
    pub(super) fn breaking(
        &mut self,
        head: &Head,
        from: Id,
        to: Place<'_>,
        said: &Message,
        look: Glance,
    ) {
        let flagged = said.content_key.iter().any(|key| key == "is:crash-string");
        let crash = flagged || look.breaking && said.text.as_deref().is_some_and(breaking);
        if !crash && said.length < OVERSIZE {
            return;
        }
        let at = head.timestamp.unwrap_or(self.now);
        let Some(account) = self.accounts.get(from) else { return };
        let what = if crash { "crash" } else { "oversize" };
        let number = super::ids::pair(from, super::ids::text(what, ""));
        let outbreak = self.outbreaks.entry(number).or_insert_with(|| {
            let time = at.to_string();
            let about = [&*account.network, &*account.name, what, &time];
            let mut outbreak =
                Outbreak::new(Category::Flood, &about, &account.name, &account.network, at);
            outbreak.title = match crash {
                true => format!("{} sends what makes programs fail", account.name),
                false => format!("{} sends oversized messages", account.name),
            };
            outbreak
        });
        outbreak.frame(head.pcap_cnt);
        outbreak.victim(to.id, to.name, None, at);
        let length = said.length;
        outbreak.score = Some((1.0, 1.0));
        outbreak.terms = vec![(if crash { "crash_string" } else { "oversize" }, 1.0)];
        outbreak.reason = match crash {
            true => format!(
                "{} sent a text known to break clients or firewalls to {}",
                account.name, to.name
            ),
            false => format!(
                "{} sent {length} characters at once to {}, {OVERSIZE} are ten times the longest of a thousand messages",
                account.name, to.name
            ),
        };
        outbreak.raise(if crash { Severity::Medium } else { Severity::Low });
        let news = outbreak.news();
        self.findings.extend(news);
    }

    /// Somebody comes and goes, or changes names, too often.
    pub(super) fn restless(&mut self, head: &Head, who: Id, at: Time) {
        let Some(account) = self.accounts.get_mut(who) else { return };
        let (_, minute) = account.rare.get_or_insert_default().moves.add(at, 1);
        if minute > MOVES {
            self.flooded(head, who, None, at, (minute, MOVES, 60), By::One);
        }
    }

    fn flooded(
        &mut self,
        head: &Head,
        subject: Id,
        to: Option<Place<'_>>,
        at: Time,
        (sum, limit, seconds): (u32, u32, u32),
        by: By,
    ) {
        let Some(account) = self.accounts.get(subject) else { return };
        let number = super::ids::pair(subject, super::ids::text("flood", ""));
        let outbreak = self.outbreaks.entry(number).or_insert_with(|| {
            let time = at.to_string();
            let about = [&*account.network, &*account.name, &time];
            Outbreak::new(Category::Flood, &about, &account.name, &account.network, at)
        });
        outbreak.last = outbreak.last.max(at);
        outbreak.frame(head.pcap_cnt);
        to.iter().for_each(|to| outbreak.victim(to.id, to.name, None, at));
        let severity = by.severity(sum > limit * 5);
        let is_worse = severity > outbreak.severity;
        outbreak.raise(severity);
        if is_worse || outbreak.score.is_none_or(|(score, _)| score < sum as f32) {
            outbreak.title = by.title(&account.name);
            outbreak.score = Some((sum as f32, limit as f32));
            outbreak.terms = vec![("messages", sum as f32)];
            let what = by.reason(sum);
            outbreak.reason =
                format!("{} {what} within {seconds} s, {limit} are the limit", account.name);
        }
        let news = outbreak.news();
        self.findings.extend(news);
    }
}

/// Whose flood it is.
#[derive(Clone, Copy, Debug)]
enum By {
    /// One account's.
    One,
    /// One account's, of which so many people get one message or two each.
    Mailer(u32),
    /// That of so many senders, at one target.
    Many(usize),
}

/// Messages to one person of which that person is not flooded.
const EACH: u32 = 2;

impl By {
    /// How bad it is; `far` is it beyond every limit.
    fn severity(self, far: bool) -> Severity {
        match (self, far) {
            (Self::Mailer(_), false) => Severity::Low,
            (Self::Mailer(_), true) | (_, false) => Severity::Medium,
            (_, true) => Severity::High,
        }
    }

    fn title(self, who: &str) -> String {
        match self {
            Self::One => format!("{who} floods"),
            Self::Mailer(_) => format!("{who} writes to many at once"),
            Self::Many(_) => format!("{who} is flooded by many"),
        }
    }

    fn reason(self, sum: u32) -> String {
        match self {
            Self::One => format!("sent {sum} messages or changes"),
            Self::Mailer(people) => format!("sent {sum} messages to {people} people"),
            Self::Many(senders) => format!("got {sum} messages from {senders} or more senders"),
        }
    }
}

/// Comings, goings and changes of name within a minute.
const MOVES: u32 = 15;

#[cfg(test)]
mod tests {
    use super::super::tests::World;
    use super::*;

    #[test]
    fn a_minute_slides_and_what_is_usual_is_learned_slowly() {
        let mut rate = Rate::default();
        let second = |second: i64| Time::from_secs(1_000_000_000 + second);
        for at in 0..50 {
            rate.add(second(at), 1);
        }
        assert_eq!(rate.add(second(50), 1).1, 51);
        assert_eq!(rate.add(second(100), 1).1, 2, "what was said a minute ago is over");
        assert_eq!(rate.add(second(99), 1), (1, 3), "what comes late counts where it belongs");
        assert_eq!(rate.add(second(100), 1), (2, 4));
        let limit = rate.limit(MINUTE, true);
        assert!((120..125).contains(&limit), "twenty a minute excuse 120, not {limit}");
        assert_eq!(rate.limit(MINUTE, false), MINUTE);
    }

    /// What is told of somebody who writes to so many people so fast, a message each in turn.
    fn worst(people: usize, messages: i64, apart: i64) -> Option<(Severity, String)> {
        let mut world = World::default();
        for (message, to) in (0..messages).zip((0..people).cycle()) {
            world.say(1 + message * apart, "carl", &format!("f{to}"), "come over");
        }
        let floods = world.found.into_iter().filter(|found| found.category == Category::Flood);
        floods.map(|found| (found.severity, found.title)).max()
    }

    #[test]
    fn one_who_is_told_too_much_is_flooded_and_many_who_get_a_word_are_not() {
        let floods = "carl floods".to_owned();
        let mails = "carl writes to many at once".to_owned();
        assert_eq!(worst(1, 29, 300), None);
        assert_eq!(worst(1, 30, 300), Some((Severity::Medium, floods.clone())));
        assert_eq!(worst(3, 61, 900), Some((Severity::Medium, floods.clone())));
        assert_eq!(worst(40, 80, 300), Some((Severity::Low, mails.clone())));
        assert_eq!(worst(40, 120, 300), Some((Severity::Medium, floods)), "three for each");
        assert_eq!(worst(250, 310, 100), Some((Severity::Medium, mails)), "no person is so fast");
    }
}
