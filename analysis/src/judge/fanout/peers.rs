//! Whom an account talks to, and who is on its list.

use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use super::account::{WEEK, seconds, short};
use super::features::Novelty;
use super::ids::Id;
use crate::Time;
use crate::judge::snug::push;

/// Whom an account talks to.
#[derive(Clone, Debug, Default)]
pub(super) struct Peers(ThinVec<Known>);

/// One of them.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Peer {
    who: u32,
    /// Last message to and from them, 0 for never.
    pub(super) out: u32,
    pub(super) back: u32,
    /// Place on the buddy list from 1, 0 when not on it.
    pub(super) place: u16,
}

/// The same in fourteen bytes: most of what is known of accounts is whom they talk to.
#[derive(Clone, Copy, Debug)]
struct Known([u16; 7]);

impl From<Peer> for Known {
    fn from(peer: Peer) -> Self {
        let halves = |word: u32| [word as u16, (word >> 16) as u16];
        let ([who, who2], [out, out2], [back, back2]) =
            (halves(peer.who), halves(peer.out), halves(peer.back));
        Self([who, who2, out, out2, back, back2, peer.place])
    }
}

impl From<Known> for Peer {
    fn from(Known([who, who2, out, out2, back, back2, place]): Known) -> Self {
        let whole = |low: u16, high: u16| u32::from(low) | u32::from(high) << 16;
        Self { who: whole(who, who2), out: whole(out, out2), back: whole(back, back2), place }
    }
}

/// Peers remembered of one account; the one heard of longest ago goes first.
pub(super) const PEERS: usize = 256;

impl Peers {
    /// Changes what is known of a peer, and gives what was known before. Where there are `most`, the
    /// one heard of longest ago is forgotten for a new one.
    pub(super) fn change(&mut self, who: Id, most: usize, how: impl FnOnce(&mut Peer)) -> Peer {
        let who = short(who);
        let (low, high) = (who as u16, (who >> 16) as u16);
        let is = |known: &Known| matches!(known.0, [one, two, ..] if one == low && two == high);
        let place = self.0.iter().position(is);
        // Whoever is talked to will be again soon, and is found at once then.
        place.into_iter().for_each(|place| self.0.swap(0, place));
        let known = place.and_then(|_| self.0.first_mut());
        let before =
            known.as_deref().map_or(Peer { who, ..Peer::default() }, |known| (*known).into());
        let mut peer = before;
        how(&mut peer);
        if let Some(known) = known {
            *known = peer.into();
        } else if self.0.len() < most {
            push(&mut self.0, peer.into());
        } else if let Some(oldest) =
            self.0.iter_mut().min_by_key(|known| Peer::from(**known).last())
        {
            *oldest = peer.into();
        }
        before
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = Peer> {
        self.0.iter().map(|known| Peer::from(*known))
    }

    /// Those that are remembered from an earlier run.
    pub(super) fn recall(&mut self, known: &[Peer]) {
        known.iter().take(PEERS).for_each(|peer| push(&mut self.0, (*peer).into()));
    }

    /// Those that were written to in the seconds before.
    pub(super) fn since(&self, at: Time, within: u32) -> u32 {
        let from = seconds(at).saturating_sub(within);
        self.all().filter(|peer| peer.out >= from).count() as u32
    }

    /// People on the buddy list.
    pub(super) fn listed(&self) -> usize {
        self.all().filter(|peer| peer.place > 0).count()
    }
}

impl Peer {
    /// The last message between the two.
    pub(super) fn last(self) -> u32 {
        self.out.max(self.back)
    }

    /// How well they are known.
    pub(super) fn novelty(self, now: u32) -> Novelty {
        match self.last() {
            0 if self.place > 0 => Novelty::Dormant,
            0 => Novelty::Unknown,
            last if now.saturating_sub(last) <= WEEK => Novelty::Recent,
            _ => Novelty::Dormant,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_kept_whole_and_the_oldest_goes_first() {
        let mut peers = Peers::default();
        for who in 0..=PEERS as u64 {
            let before = peers.change(who, PEERS, |peer| {
                (peer.out, peer.back, peer.place) = (70_000 + who as u32, 80_000, 1_024);
            });
            assert_eq!((before.out, before.place), (0, 0));
        }
        let known = peers.change(1, PEERS, |_| {});
        assert_eq!((known.out, known.back, known.place), (70_001, 80_000, 1_024));
        assert_eq!(peers.listed(), PEERS);
        assert_eq!(peers.change(0, PEERS, |_| {}).out, 0, "of those as old the first goes");
        assert_eq!(size_of::<Known>(), 14);
    }
}
