//! A recorded stream with less in it: what a replay may show of one that was recorded with more.
//!
//! A stream holds secrets in two places: in its credentials, and within the text of messages that
//! carried them. A recorded text no longer says which part of it is secret, so every secret that
//! any credential of the stream shows is looked for in every text. They have to be known before
//! the first line is reduced, since a credential is told after the message that carried it.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};
use overhear_analysis::told::{Body, Options};
use overhear_analysis::{ContentLevel, SecretLevel, Told};
use overhear_dissectors::event::RoomOp;

/// The secrets a stream shows, with their fingerprints.
#[derive(Clone, Debug, Default)]
pub struct Shows(BTreeMap<String, String>);

impl Shows {
    /// Some secret is shown as it is.
    pub fn reveals(&self) -> bool {
        self.0.iter().any(|(shown, fingerprint)| shown != fingerprint)
    }

    /// Hears an event of the stream.
    pub fn hear(&mut self, told: &Told) {
        if let Body::Credential(shown) = &told.body
            && shown.secret != MASK
            && !shown.secret.is_empty()
        {
            self.0.insert(shown.secret.clone(), shown.fingerprint.clone());
        }
    }
}

/// Reduces events to what is asked for, which is never more than was recorded.
#[derive(Debug)]
pub struct Reduce {
    content: ContentLevel,
    secrets: SecretLevel,
    /// Secrets that are looked for anywhere, and those so short that they count as a word only.
    finders: [Finder; 2],
}

impl Reduce {
    /// At most so much of the content, and of the secrets a stream shows.
    pub fn new(content: ContentLevel, secrets: SecretLevel, shows: Shows) -> Self {
        let (short, long) = shows.0.into_iter().partition(|(word, _)| word.len() < SHORT);
        Self { content, secrets, finders: [Finder::new(long, false), Finder::new(short, true)] }
    }

    /// Takes out of an event what is not to be shown.
    pub fn apply(&self, told: &mut Told) {
        match &mut told.body {
            Body::Start(start) => self.options(&mut start.options),
            Body::Credential(shown)
                if self.secrets < SecretLevel::Reveal && shown.secret != MASK =>
            {
                shown.secret = self.instead(&shown.fingerprint);
            }
            Body::Message(message) => {
                self.text(&mut message.text);
                self.text(&mut message.markup);
            }
            Body::Presence(presence) => self.text(&mut presence.text),
            Body::Profile(profile) => {
                profile.fields.iter_mut().for_each(|field| self.text(&mut field.value));
            }
            // A new name is no content.
            Body::Room(room) if room.op == RoomOp::Nick => self.mask(&mut room.text),
            Body::Room(room) => self.text(&mut room.text),
            Body::Conflict(conflict) => {
                for reading in &mut conflict.readings {
                    self.text(&mut reading.text);
                }
            }
            Body::File(file) => self.mask(&mut file.name),
            Body::Anomaly(anomaly) => self.mask(&mut anomaly.detail),
            _ => {}
        }
    }

    fn options(&self, options: &mut Options) {
        if let Ok(recorded) = options.content.parse::<ContentLevel>() {
            options.content = recorded.min(self.content).to_string();
        }
        if let Ok(recorded) = options.secrets.parse::<SecretLevel>() {
            options.secrets = recorded.min(self.secrets).to_string();
        }
    }

    fn text(&self, text: &mut Option<String>) {
        if self.content == ContentLevel::None {
            *text = None;
        }
        // Masked first: half a secret at the end of an excerpt would not be found.
        self.mask(text);
        if self.content == ContentLevel::Excerpt
            && let Some(whole) = text
            && let Some((end, _)) = whole.char_indices().nth(EXCERPT)
        {
            whole.truncate(end);
            whole.push('…');
        }
    }

    fn mask(&self, text: &mut Option<String>) {
        let Some(text) = text else { return };
        if self.secrets < SecretLevel::Reveal {
            for finder in &self.finders {
                finder.replace(text, |fingerprint| self.instead(fingerprint));
            }
        }
    }

    fn instead(&self, fingerprint: &str) -> String {
        match self.secrets {
            SecretLevel::Masked => MASK.into(),
            SecretLevel::Fingerprint | SecretLevel::Reveal => fingerprint.into(),
        }
    }
}

/// Finds secrets in texts, in time that does not grow with their number.
#[derive(Debug)]
struct Finder {
    automaton: Option<AhoCorasick>,
    fingerprints: Vec<String>,
    alone: bool,
}

impl Finder {
    fn new(words: BTreeMap<String, String>, alone: bool) -> Self {
        let built =
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words.keys());
        Self { automaton: built.ok(), fingerprints: words.into_values().collect(), alone }
    }

    fn replace(&self, text: &mut String, instead: impl Fn(&str) -> String) {
        let Some(automaton) = &self.automaton else { return };
        let mut masked = String::with_capacity(text.len());
        let mut at = 0;
        for found in automaton.find_iter(text.as_str()) {
            if self.alone && !stands_alone(text, found.start(), found.end()) {
                continue;
            }
            masked.push_str(text.get(at..found.start()).unwrap_or_default());
            if let Some(fingerprint) = self.fingerprints.get(found.pattern().as_usize()) {
                masked.push_str(&instead(fingerprint));
            }
            at = found.end();
        }
        masked.push_str(text.get(at..).unwrap_or_default());
        *text = masked;
    }
}

/// Whether a short word is one of its own: the password `ab` is not hidden in `about`.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    let after = text.get(end..).and_then(|text| text.chars().next());
    ![before, after].into_iter().flatten().any(char::is_alphanumeric)
}

/// What stands in place of a secret.
pub const MASK: &str = "********";

/// Characters of an excerpt.
pub const EXCERPT: usize = 80;

/// Bytes below which a secret is looked for as a word only.
const SHORT: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> Vec<Told> {
        let lines = [
            r#"{"event_type":"start","start":{"schema_version":1,"program":"overhear","version":"0",
                "inputs":[],"options":{"content":"full","secrets":"reveal","home_net":[]}}}"#,
            r#"{"event_type":"message","message":{"message_id":"1","network":"n","from":"a",
                "kind":"im","text":"IDENTIFY hunter2 ab about hunter22","length":3,
                "leg":"to_server","protection":"none"}}"#,
            r#"{"event_type":"credential","credential":{"network":"n","kind":"password",
                "mechanism":"m","strength":"plaintext","secret":"hunter2","fingerprint":"k:1"}}"#,
            r#"{"event_type":"credential","credential":{"network":"n","kind":"password",
                "mechanism":"m","strength":"plaintext","secret":"ab","fingerprint":"k:2"}}"#,
        ];
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn reduced(content: ContentLevel, secrets: SecretLevel) -> String {
        let mut stream = stream();
        let mut shows = Shows::default();
        stream.iter().for_each(|told| shows.hear(told));
        let reduce = Reduce::new(content, secrets, shows);
        stream.iter_mut().for_each(|told| reduce.apply(told));
        serde_json::to_string(&stream).unwrap()
    }

    #[test]
    fn no_secret_is_left_wherever_it_stood() {
        let masked = reduced(ContentLevel::Full, SecretLevel::Masked);
        assert!(!masked.contains("hunter2"), "{masked}");
        assert!(masked.contains("IDENTIFY ******** ******** about ********2"), "{masked}");
        assert!(masked.contains(r#""secrets":"masked""#));
        let keyed = reduced(ContentLevel::Full, SecretLevel::Fingerprint);
        assert!(keyed.contains("IDENTIFY k:1 k:2 about"), "{keyed}");
        assert!(keyed.contains(r#""secret":"k:1""#));
    }

    #[test]
    fn content_goes_and_its_length_stays() {
        let none = reduced(ContentLevel::None, SecretLevel::Reveal);
        assert!(!none.contains("IDENTIFY") && none.contains(r#""length":3"#), "{none}");
        assert!(none.contains(r#""content":"none""#));
    }

    #[test]
    fn never_more_than_was_recorded() {
        let mut start = stream().remove(0);
        let Body::Start(recorded) = &mut start.body else { panic!() };
        recorded.options.secrets = "masked".into();
        Reduce::new(ContentLevel::Full, SecretLevel::Reveal, Shows::default()).apply(&mut start);
        let Body::Start(told) = &start.body else { panic!() };
        assert_eq!(told.options.secrets, "masked");
    }

    #[test]
    fn an_excerpt_never_ends_in_half_a_secret() {
        let mut stream = stream();
        let Body::Message(message) = &mut stream[1].body else { panic!() };
        message.text = Some(format!("{}hunter2", "x".repeat(EXCERPT - 3)));
        let mut shows = Shows::default();
        stream.iter().for_each(|told| shows.hear(told));
        Reduce::new(ContentLevel::Excerpt, SecretLevel::Masked, shows).apply(&mut stream[1]);
        let Body::Message(message) = &stream[1].body else { panic!() };
        assert_eq!(message.text, Some(format!("{}***…", "x".repeat(EXCERPT - 3))));
    }
}
