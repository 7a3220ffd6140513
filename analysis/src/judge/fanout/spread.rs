//! What is noted of a content when somebody sends it.

use super::account::{Receipt, short};
use super::contact::telling;
use super::ids::Id;
use super::keys::{Content, strong};
use super::payload::{Key, Level, Payload};
use super::table::Bounded;
use super::tree::Lure;
use super::{Fanout, Place};
use crate::Time;
use crate::told::Head;

/// One sending.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread<'a> {
    pub(super) from: Id,
    pub(super) to: Place<'a>,
    pub(super) at: Time,
    /// The sender had received it.
    pub(super) inherited: Option<Receipt>,
    /// The recipient had not.
    pub(super) fresh: bool,
    /// The same as a lure, if it is one.
    pub(super) lure: Lure,
}

impl Bounded<Content> {
    /// How much a key says that was sent twice.
    pub(super) fn weight_of(&self, key: Key, accounts: usize) -> f32 {
        let Some(content) = self.get(key.id) else { return telling(key.level, 1) };
        telling(key.level, content.spread) * content.weight(accounts)
    }
}

impl Fanout {
    /// A link or a file is sent: its keys are counted, then everything is judged.
    pub(super) fn sent_on(&mut self, head: &Head, spread: &Spread<'_>, payload: &Payload) {
        let Spread { from, to, at, .. } = *spread;
        let many = self.accounts.get(from).and_then(|account| account.sent.as_ref());
        let many = many.is_some_and(|sent| {
            sent.same(payload, short(to.id)).is_some_and(|key| key.level != Level::Domain)
                && sent.to.iter().any(|recipient| recipient.novel)
        });
        for key in &payload.keys {
            let Self { contents, newcomers, .. } = &mut *self;
            let content = contents.meet(key.id, || newcomers.content(*key, from, at));
            let Some(content) = content else { continue };
            content.sent(from, at, to.room);
            content.received = content.received.saturating_add(u32::from(spread.fresh && !to.room));
            if many && strong(key.level) {
                content.spread_by(from, at, spread.inherited.is_some());
            }
        }
        self.judge(head, spread, payload);
    }

    /// Words are sent. Those of some length are a content of their own where everybody reads them.
    pub(super) fn spoken(
        &mut self,
        head: &Head,
        from: Id,
        to: Place<'_>,
        payload: &Payload,
        at: Time,
    ) {
        for key in payload.keys.iter().filter(|key| matches!(key.level, Level::Text | Level::Exact))
        {
            let Self { contents, newcomers, .. } = &mut *self;
            let content = contents.meet(key.id, || newcomers.content(*key, from, at));
            let Some(content) = content else { continue };
            content.sent(from, at, true);
        }
        self.chorus(head, from, to, payload, at);
    }
}
