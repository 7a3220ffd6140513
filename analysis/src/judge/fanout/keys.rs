//! Content, and who sends it on.
//!
//! For each key: how many accounts sent it, who received it first and then sent it on. A worm turns
//! recipients into senders; a joke does so seldom, and to friends one talks to anyway.

use thin_vec::ThinVec;

use super::account::{DAY, WEEK, seconds, short};
use super::ids::Id;
use super::payload::Level;
use super::table::Standing;
use crate::Time;
use crate::judge::snug::push;

/// What is known of one content key.
#[derive(Clone, Debug)]
pub(super) struct Content {
    first: Time,
    last: Time,
    /// It is a place that links lead to, which is remembered.
    is_place: bool,
    /// The first account that sent it.
    pub(super) origin: Id,
    /// The last distinct senders, and when they first sent it.
    senders: ThinVec<(u32, u32)>,
    /// Distinct senders so far.
    pub(super) spread: u32,
    /// Accounts that received it, and those of them that sent it on to two or more, one of them out
    /// of the blue.
    pub(super) received: u32,
    propagators: ThinVec<u32>,
    /// Senders of it to two or more, one of them out of the blue, whether they had received it or not.
    spreaders: ThinVec<(u32, u32)>,
    /// Those that sent it into a room.
    roomed: ThinVec<(u32, u32)>,
    /// The outbreak it belongs to, and the campaign in rooms.
    pub(super) incident: Option<Id>,
    pub(super) campaign: Option<Id>,
    /// The outbreak, or the suspicion, of those who send it to joiners.
    pub(super) greeting: Option<Id>,
}

/// Senders remembered of one key.
const FEW: usize = 8;
/// What a propagator says: ln(.20 / .0037), measured shares of worm and human recipients who send on.
const PROPAGATOR: f32 = 4.0;
/// What a recipient says who does not: ln(.80 / .93), tempered.
const RECIPIENT: f32 = 0.15;
/// Seconds within which a program carries on what was said.
const MOMENT: u32 = 10;
/// A chain is believed at this score: three propagators at little loss.
pub(super) const CHAIN: f32 = 10.0;

impl Content {
    /// Content that was just heard of, and `spread` already in earlier runs.
    pub(super) fn new(origin: Id, at: Time, is_place: bool, spread: u32) -> Self {
        Self {
            first: at,
            last: at,
            is_place,
            origin,
            senders: ThinVec::new(),
            spread,
            received: 0,
            propagators: ThinVec::new(),
            spreaders: ThinVec::new(),
            roomed: ThinVec::new(),
            incident: None,
            campaign: None,
            greeting: None,
        }
    }

    /// Of a place: when a link last led there, and of how many senders.
    pub(super) fn place(&self) -> Option<(Time, u32)> {
        self.is_place.then_some((self.last, self.spread))
    }

    /// Somebody sent it.
    pub(super) fn sent(&mut self, who: Id, at: Time, into_room: bool) {
        self.last = self.last.max(at);
        if note(&mut self.senders, who, at) {
            self.spread = self.spread.saturating_add(1);
        }
        if into_room {
            note(&mut self.roomed, who, at);
        }
    }

    /// Somebody has sent it to two or more, one of them out of the blue; `inherited` when they had
    /// received it before.
    pub(super) fn spread_by(&mut self, who: Id, at: Time, inherited: bool) {
        note(&mut self.spreaders, who, at);
        if inherited
            && self.propagators.len() < PROPAGATORS
            && !self.propagators.contains(&short(who))
        {
            push(&mut self.propagators, short(who));
        }
    }

    /// The chain's score, by propagators and by recipients who are none.
    pub(super) fn chain(&self) -> (f32, f32) {
        let propagators = self.propagators.len() as f32;
        let idle = self.received.saturating_sub(self.propagators.len() as u32) as f32;
        (PROPAGATOR * propagators, -RECIPIENT * idle)
    }

    pub(super) fn propagators(&self) -> usize {
        self.propagators.len()
    }

    /// Accounts that sent it into rooms within a day.
    pub(super) fn roomed(&self, now: Time) -> usize {
        recent(&self.roomed, now)
    }

    /// Whether somebody else said it for the first time a moment ago, in a room.
    pub(super) fn was_said(&self, who: Id, now: Time) -> bool {
        let now = seconds(now);
        let moment = |(voice, at): &(u32, u32)| *voice != short(who) && now.abs_diff(*at) <= MOMENT;
        self.roomed.iter().any(moment)
    }

    /// Whether it has been around for longer than a week: what people say over and over, to a bot or to
    /// each other.
    pub(super) fn is_old(&self, now: Time) -> bool {
        seconds(now).saturating_sub(seconds(self.first)) > WEEK
    }

    /// Whether an account is one of the last that sent it into rooms.
    pub(super) fn has_voice(&self, who: u32) -> bool {
        self.roomed.iter().any(|(voice, _)| *voice == who)
    }

    /// Accounts that spread it within a day.
    pub(super) fn spreaders(&self, now: Time) -> usize {
        recent(&self.spreaders, now)
    }

    /// How much the same content says in a network of so many accounts: nothing when everybody
    /// sends it.
    pub(super) fn weight(&self, accounts: usize) -> f32 {
        let (accounts, spread) = (accounts.max(100) as f32, self.spread.max(1) as f32);
        ((accounts / spread).ln() / (accounts / 3.0).ln()).clamp(0.0, 1.0)
    }
}

/// Propagators remembered of one key.
const PROPAGATORS: usize = 64;

/// Notes a sender; true when they are a new one.
fn note(list: &mut ThinVec<(u32, u32)>, who: Id, at: Time) -> bool {
    let who = short(who);
    if let Some(known) = list.iter_mut().find(|known| known.0 == who) {
        known.1 = seconds(at);
        return false;
    }
    if list.len() == FEW {
        list.remove(0);
    }
    push(list, (who, seconds(at)));
    true
}

fn recent(list: &[(u32, u32)], now: Time) -> usize {
    let limit = seconds(now).saturating_sub(DAY);
    list.iter().filter(|(_, at)| *at > limit).count()
}

/// What several accounts sent outlives what one did; an incident's content outlives both.
impl Standing for Content {
    fn rank(&self) -> u32 {
        match self.incident.or(self.campaign) {
            Some(_) => 2,
            None => u32::from(self.spread > 1),
        }
    }

    fn last(&self) -> Time {
        self.last
    }
}

/// Levels that identify a content well enough to hold a chain together.
pub(super) fn strong(level: Level) -> bool {
    matches!(level, Level::Exact | Level::Pattern | Level::Shape | Level::Text)
}

/// Whether a key is enough to say that two sendings are one thing.
pub(super) fn identifies(level: Level) -> bool {
    matches!(level, Level::Exact | Level::Pattern | Level::Text)
}
