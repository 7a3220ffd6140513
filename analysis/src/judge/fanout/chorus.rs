//! Several accounts say the same in rooms.
//!
//! In 21 years of public channels every text of forty characters that five accounts said within a
//! day was an attack; three accounts repeat a bot's command, a pasted error or a link every few
//! days. So three are worth a note and five an alert.

use super::account::short;
use super::ids::Id;
use super::outbreak::Outbreak;
use super::payload::{Level, Payload};
use super::tree::Infected;
use super::{Fanout, Place};
use crate::Time;
use crate::told::{Category, Head, Severity};

/// Distinct senders of one content from whom it is a campaign, and from whom it may be one.
const CHORUS: usize = 5;
const VOICES: usize = 3;

impl Fanout {
    /// Judges something said in a room.
    pub(super) fn chorus(
        &mut self,
        head: &Head,
        from: Id,
        to: Place<'_>,
        payload: &Payload,
        at: Time,
    ) {
        if !payload.long {
            return;
        }
        // People pass links on in rooms, each with words of their own.
        let words = self.loudest(payload, at, |level| matches!(level, Level::Exact | Level::Text));
        let links = || self.loudest(payload, at, |level| level == Level::Pattern);
        let in_same_words = words.is_some() && payload.wordy;
        let Some((key, voices)) = words.or_else(links) else { return };
        let Some(content) = self.contents.get(key) else { return };
        let origin = content.origin;
        let is_old = content.is_old(at);
        let number = content.campaign.filter(|number| self.outbreaks.contains_key(number));
        let number = number.or_else(|| self.same_voices(key, to.network));
        let number = number.unwrap_or_else(|| self.campaign(origin, to.network, at));
        if let Some(content) = self.contents.get_mut(key) {
            content.campaign = Some(number);
        }
        let speaker = self.accounts.get(from).map(|account| Infected::new(from, account, None, at));
        let Some(outbreak) = self.outbreaks.get_mut(&number) else { return };
        outbreak.frame(head.pcap_cnt);
        outbreak.victim(to.id, to.name, None, at);
        speaker.into_iter().for_each(|speaker| outbreak.tree.infect(speaker));
        outbreak.voices = outbreak.voices.max(voices);
        let voices = outbreak.voices;
        outbreak.score = Some((voices as f32, CHORUS as f32));
        outbreak.terms = vec![("distinct_senders", voices as f32)];
        outbreak.reason = format!(
            "{voices} accounts said the same in rooms within a day, beginning with {}; {CHORUS} are a campaign",
            outbreak.subject
        );
        // A link alone, or what has been said for long, is worth a note: busy channels are full of both.
        let alarms = voices >= CHORUS && in_same_words && !is_old;
        outbreak.raise(if alarms { Severity::Medium } else { Severity::Info });
        let news = outbreak.news();
        self.findings.extend(news);
    }

    /// The key that most accounts said in rooms, where they are enough to be noted.
    fn loudest(&self, payload: &Payload, at: Time, of: fn(Level) -> bool) -> Option<(Id, usize)> {
        let keys = payload.keys.iter().filter(|key| of(key.level));
        let voices = keys.filter_map(|key| Some((key.id, self.contents.get(key.id)?.roomed(at))));
        voices.filter(|(_, voices)| *voices >= VOICES).max_by_key(|(_, voices)| *voices)
    }

    /// The open campaign whose voices say this too: its text changes, they do not.
    fn same_voices(&self, key: Id, network: &str) -> Option<Id> {
        let content = self.contents.get(key)?;
        let open = self
            .outbreaks
            .iter()
            .rev()
            .filter(|(_, one)| one.voices > 0 && *one.network == *network);
        open.take(OPEN)
            .find(|(_, one)| {
                let voices = one.tree.infected().iter().rev().take(OPEN);
                voices.filter(|voice| content.has_voice(short(voice.who))).count() >= 2
            })
            .map(|(number, _)| *number)
    }

    fn campaign(&mut self, origin: Id, network: &str, at: Time) -> Id {
        let number = self.number();
        let first = self.accounts.get(origin);
        let name: Box<str> =
            first.map_or_else(|| "somebody".into(), |first| first.name.as_str().into());
        let time = at.to_string();
        let about = [network, "rooms", &name, &time];
        let mut outbreak = Outbreak::new(Category::WormFanout, &about, &name, network, at);
        "Several accounts say the same in rooms".clone_into(&mut outbreak.title);
        if let Some(first) = first {
            outbreak.tree.infect(Infected::new(origin, first, None, at));
        }
        self.outbreaks.insert(number, outbreak);
        number
    }
}

/// Campaigns, and voices of one, that are looked at to fold another content in.
const OPEN: usize = 32;
