//! The judge: what the event stream means.
//!
//! It hears finished lines and nothing else, and its clock is the latest time it has heard. So the
//! findings of a replayed stream are those of its capture. Each kind of finding is a file beside
//! this one; a [`case::Case`] is what they have in common.

mod case;
mod conversations;
mod fanout;
mod ids;
mod networks;
mod people;
mod quality;
mod secrets;
mod seen;
mod snug;
mod tally;

use crate::Time;
use crate::record::INCOMPLETE;
use crate::told::{Body, Finding, Head, Ledger, Told};
use conversations::Conversations;
use fanout::Fanout;
pub use fanout::{About, Allowed, Decoy, Lesson, Listened, Lists, Memory};
use people::{Channels, People};
use secrets::Secrets;
use seen::{Saying, Seen};
use tally::Tally;

/// Turns the event stream into findings and the closing statistics. A copy goes on from what was heard
/// so far, without the [`Memory`].
#[derive(Clone, Debug, Default)]
pub struct Judge {
    channels: Channels,
    people: People,
    secrets: Secrets,
    conversations: Conversations,
    fanout: Fanout,
    heard: Seen,
    tally: Tally,
    /// Inputs that could not be read to their end.
    unfinished: u64,
    now: Option<Time>,
}

impl Judge {
    /// One who has heard nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// One who knows what the operator knows.
    pub fn with(lists: Lists) -> Self {
        Self { fanout: Fanout::with(lists), ..Self::default() }
    }

    /// Has it keep to a budget in bytes: with less than all its tables may take, each holds the same
    /// part of what it may. To be said before it hears anything.
    pub fn limit(&mut self, bytes: u64) {
        self.fanout.limit(bytes);
    }

    /// Has it remember what was learned in earlier runs.
    pub fn remember(&mut self, memory: Box<dyn Memory>) {
        self.fanout.remember(memory);
    }

    /// Tells what it has learned and not yet told, to be remembered in later runs: at most `most`
    /// lessons of each kind at a time. Whether that was all.
    pub fn lessons(&mut self, most: usize, mut learn: impl FnMut(Lesson)) -> bool {
        self.fanout.lessons(most, &mut learn)
    }

    /// From when until when it has listened, with those whose lessons it remembers.
    pub fn listened(&self) -> Option<Listened> {
        self.fanout.listened()
    }

    /// Hears the next line; findings it gives rise to follow it in the stream.
    pub fn hear(&mut self, told: &Told, tell: &mut dyn FnMut(Told)) {
        self.now = self.now.max(told.head.timestamp);
        let head = &told.head;
        let saying = match &told.body {
            Body::Message(said) => self.heard.hear(&said.message_id, head.timestamp),
            Body::File(file) => self.heard.hear(&file.transfer_id, head.timestamp),
            _ => Saying::ONLY,
        };
        self.tally.count(told, saying.first);
        for finding in self.judge(told, saying) {
            self.find(head.timestamp, finding, tell);
        }
        if let Body::Room(room) = &told.body {
            self.people.hear(room);
        }
    }

    /// What a line gives rise to.
    fn judge(&mut self, told: &Told, saying: Saying) -> Vec<Finding> {
        let head = &told.head;
        let folk = self.people.of(&told.body);
        let mut findings = vec![];
        match &told.body {
            Body::Channel(channel) => self.channels.hear(head, channel),
            Body::Credential(said) => {
                findings.extend(self.secrets.hear(head, said, &self.channels));
            }
            Body::Message(said) => {
                let Self { conversations, channels, .. } = self;
                conversations.hear(head, said, saying, channels, &folk, &mut findings);
            }
            Body::Anomaly(anomaly) => self.unfinished += u64::from(anomaly.event == INCOMPLETE),
            _ => {}
        }
        findings.extend(self.fanout.hear(told, saying.first, &folk));
        findings
    }

    /// The stream is over: every finding gets its final numbers, and the last line follows.
    pub fn finish(
        &mut self,
        ledger: Option<Ledger>,
        run: Option<serde_json::Value>,
        tell: &mut dyn FnMut(Told),
    ) {
        let mut last = self.secrets.close();
        last.extend(self.conversations.close());
        last.extend(self.fanout.close());
        let quality = |ledger| quality::judge(ledger, self.unfinished);
        last.extend(ledger.as_ref().and_then(quality));
        for finding in last {
            self.find(self.now, finding, tell);
        }
        let stats = Body::Stats(self.tally.stats(ledger, run));
        tell(told(self.now, stats));
    }

    fn find(&mut self, at: Option<Time>, finding: Finding, tell: &mut dyn FnMut(Told)) {
        let told = told(at, Body::Finding(finding));
        self.tally.count(&told, true);
        tell(told);
    }
}

fn told(timestamp: Option<Time>, body: Body) -> Told {
    let event_type = body.event_type().into();
    Told { head: Head { timestamp, event_type, ..Head::default() }, body }
}

#[cfg(test)]
mod tests;
