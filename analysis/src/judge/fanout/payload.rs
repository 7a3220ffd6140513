//! What a message or an offer carries, as the bank and the campaigns see it.
//!
//! The scribe's keys are used where a stream has them. Where it has text, and keys of some other
//! program or none, the same keys are made of the text; foreign keys are kept as they are, since
//! two equal ones mean equal content whatever they were made of.

use overhear_dissectors::Name;
use overhear_dissectors::event::Protection;

use super::ids::{Id, pair, text};
use super::keys::identifies;
use crate::content::links::{self, Link};
use crate::content::{Glance, fold_into, fold_text, names, near};
use crate::told::{File, Message};

/// What sort of thing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Class {
    /// It cannot be seen.
    #[default]
    Unknown,
    /// Words only.
    Plain,
    /// A link.
    Link,
    /// A file.
    File,
}

/// How specific a key is, the most specific first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// The very content: a file's hash, its name and size, a foreign key.
    Exact,
    /// The pattern of a link.
    Pattern,
    /// The outline of a link.
    Shape,
    /// Text of some length, or a near-duplicate of it.
    Text,
    /// Size and extension of a file.
    Weak,
    /// Where a link leads to.
    Domain,
}

/// A content key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) level: Level,
    pub(super) id: Id,
}

/// What was sent. The buffers are used again for the next message.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each was noticed or not")]
pub(super) struct Payload {
    pub(super) class: Class,
    /// At most [`KEYS`], in the order of their levels; none where nobody compares them.
    pub(super) keys: Vec<Key>,
    /// It has keys, whether they were made or not.
    pub(super) keyed: bool,
    /// `SimHash` of the text, where it is compared.
    pub(super) near: Option<u64>,
    /// The link leads to an address, or carries a name and password.
    pub(super) bare: bool,
    /// What is sent, or linked to, runs.
    pub(super) executable: bool,
    /// Letters and digits of the text are many enough to be a content of its own.
    pub(super) long: bool,
    /// So they are without the link in it.
    pub(super) wordy: bool,
    /// The keys the line brought, as they stand there, where somebody asks for them.
    told: Option<Vec<Name>>,
    folded: String,
    link: Link,
}

/// Keys of one message.
const KEYS: usize = 8;
/// Links looked at.
const LINKS: usize = 2;
/// Characters from which an exact text is a key.
const SHORT: u64 = 12;
/// Characters from which a text alone makes a campaign.
const LONG: u64 = 40;
/// Characters that a link may take of them.
const LINK: u64 = 40;
/// Characters of a text looked at.
const MOST: usize = 2_000;

impl Payload {
    /// An active payload asks for a click; words do not.
    pub(super) fn active(&self) -> bool {
        matches!(self.class, Class::Link | Class::File)
    }

    /// Something one can tell to be the same again, without being words only.
    pub(super) fn tracked(&self) -> bool {
        self.active() || self.class == Class::Unknown && self.keyed
    }

    /// The keys that say that two sendings are one thing.
    pub(super) fn identifying(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(|key| identifies(key.level))
    }

    /// Reads a message. Words that nobody compares need no keys: only whether they have any.
    pub(super) fn message(&mut self, said: &Message, look: Glance, compared: bool) {
        self.clear();
        let seen = |what: &str| said.visible.is_empty() || said.visible.shows(what);
        if said.protection != Protection::None {
            return;
        }
        let length =
            said.text.as_ref().map_or(said.length, |text| said.length.max(text.len() as u64));
        self.long = length >= LONG;
        let linked = look.link && said.text.as_deref().is_some_and(links::any);
        // What is said in a room may be what others say there.
        let heard = compared || self.long && said.room.is_some();
        if !linked && !heard && words_only(said) {
            self.class = Class::Plain;
            self.keyed = length >= SHORT;
            return;
        }
        let known = self.told(&said.content_key, length);
        if let Some(words) = &said.text {
            if !known || self.class == Class::Plain && linked {
                self.read(words, length, linked, compared);
            }
            if self.class == Class::Unknown && seen("text") {
                self.class = Class::Plain;
            }
        }
        self.wordy = length >= if self.class == Class::Link { LONG + LINK } else { LONG };
        self.order();
    }

    /// Reads an offer of a file.
    pub(super) fn file(&mut self, file: &File) {
        self.clear();
        self.class = Class::File;
        self.long = true;
        self.told(&file.content_key, LONG);
        self.class = Class::File;
        let name = file.name.as_deref().unwrap_or_default();
        self.executable |= names::executable(name);
        if let Some(hash) = &file.sha256 {
            self.add(Level::Exact, text("sha256", hash));
        }
        self.folded.clear();
        fold_into(name, &mut self.folded);
        let size = file.size.unwrap_or_default();
        if !name.is_empty() {
            self.add(Level::Exact, pair(text("file", &self.folded), size));
        }
        if size >= SIZE {
            let weak = pair(text("extension", names::extension(&self.folded)), size);
            self.add(Level::Weak, weak);
        }
        self.order();
    }

    fn clear(&mut self) {
        (self.class, self.near, self.keyed) = (Class::Unknown, None, false);
        (self.bare, self.executable, self.long, self.wordy) = (false, false, false, false);
        self.keys.clear();
        self.told.iter_mut().for_each(Vec::clear);
    }

    /// One that remembers which keys a line brought.
    pub(super) fn asked() -> Self {
        Self { told: Some(Vec::new()), ..Self::default() }
    }

    /// Whether the line brought this key.
    pub(super) fn is_told(&self, key: &str) -> bool {
        self.told.iter().flatten().any(|told| told == key)
    }

    /// Takes the keys the line brings; whether they are the scribe's.
    fn told(&mut self, keys: &[Name], length: u64) -> bool {
        let mut own = false;
        if let Some(told) = &mut self.told {
            told.extend(keys.iter().take(LINKS * 4 + 4).cloned());
        }
        for key in keys.iter().take(LINKS * 4 + 4) {
            let (prefix, value) = key.split_once(':').unwrap_or(("", key));
            match prefix {
                _ if !print(value) && prefix != "is" => self.foreign(prefix, key),
                "is" if value == "bare-link" => self.bare = true,
                "is" if value == "executable" => self.executable = true,
                "t" => {
                    own = true;
                    self.plain();
                    if length >= SHORT {
                        self.add(Level::Text, text("t", value));
                    }
                }
                "s" => self.near = u64::from_str_radix(value, 16).ok(),
                "u" | "p" | "h" | "d" => {
                    self.class = Class::Link;
                    let level = match prefix {
                        "u" | "p" => Level::Pattern,
                        "h" => Level::Shape,
                        _ => Level::Domain,
                    };
                    self.add(level, text(prefix, value));
                }
                "f" | "n" => {
                    self.class = Class::File;
                    self.add(Level::Exact, text(prefix, value));
                }
                "is" => {}
                _ => self.foreign(prefix, key),
            }
        }
        own
    }

    /// A key of some other program: what it is of is told by its prefix at most.
    fn foreign(&mut self, prefix: &str, key: &str) {
        self.class = match prefix {
            "u" | "url" | "link" => Class::Link,
            "f" | "n" | "file" | "sha256" => Class::File,
            "t" | "text" if self.class == Class::Unknown => Class::Plain,
            _ => self.class,
        };
        self.add(Level::Exact, text("foreign", key));
    }

    /// Makes the keys of the text itself.
    fn read(&mut self, words: &str, length: u64, linked: bool, compared: bool) {
        let end = (words.len() > MOST).then(|| words.char_indices().nth(MOST)).flatten();
        let whole = words.len();
        let words = end.and_then(|(end, _)| words.get(..end)).unwrap_or(words);
        self.plain();
        let linked = linked && (words.len() == whole || links::any(words));
        if !linked && length < SHORT {
            return;
        }
        let mut folded = std::mem::take(&mut self.folded);
        folded.clear();
        fold_text(words, &mut folded);
        self.add(Level::Text, text("text", &folded));
        if linked || self.long && compared {
            self.near = near::simhash(&folded, |word| text("word", word));
        }
        let mut link = std::mem::take(&mut self.link);
        for word in links::links(&folded).take(if linked { LINKS } else { 0 }) {
            self.class = Class::Link;
            link.take(word);
            self.bare |= link.bare;
            self.executable |= link.executable;
            self.add(Level::Pattern, text("pattern", &link.pattern));
            self.add(Level::Shape, text("shape", &link.shape));
            self.add(Level::Domain, text("domain", &link.domain));
        }
        (self.folded, self.link) = (folded, link);
    }

    /// There are words at least.
    fn plain(&mut self) {
        if self.class == Class::Unknown {
            self.class = Class::Plain;
        }
    }

    fn add(&mut self, level: Level, id: Id) {
        let key = Key { level, id };
        self.keyed = true;
        if self.keys.len() < KEYS && !self.keys.contains(&key) {
            self.keys.push(key);
        }
    }

    fn order(&mut self) {
        self.keys.sort_by_key(|key| key.level);
    }
}

/// Whether a message is words, with the scribe's keys of words or with none.
fn words_only(said: &Message) -> bool {
    let print = |key: &Name, prefixes: &[&str]| {
        key.split_once(':')
            .is_some_and(|(prefix, value)| prefixes.contains(&prefix) && print(value))
    };
    match said.content_key.first() {
        Some(first) => {
            print(first, &["t"]) && said.content_key.iter().all(|key| print(key, &["t", "s"]))
        }
        None => said.text.is_some(),
    }
}

/// Whether it is a fingerprint as the scribe makes them.
fn print(value: &str) -> bool {
    value.len() == 16 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Bytes below which two files of one size and extension mean nothing.
const SIZE: u64 = 1_024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::fanout::tests::message;

    fn payload(text: Option<&str>, keys: &[&str]) -> Payload {
        let mut said = message("a", "b", text.unwrap_or_default());
        said.text = text.map(ToOwned::to_owned);
        said.content_key = keys.iter().map(|key| Name::new(key)).collect();
        let mut payload = Payload::default();
        let look = text.map_or_else(Glance::default, Glance::at);
        payload.message(&said, look, true);
        payload
    }

    #[test]
    fn text_keys_and_foreign_keys_say_what_was_sent() {
        assert_eq!(payload(None, &[]).class, Class::Unknown);
        assert_eq!(payload(Some("hello"), &[]).class, Class::Plain);
        assert_eq!(payload(Some("see http://x.example/a"), &["c1"]).class, Class::Link);
        assert_eq!(payload(None, &["c1"]).class, Class::Unknown);
        assert_eq!(payload(None, &["c1"]).keys, payload(None, &["c1"]).keys);
        assert_eq!(payload(None, &["t:0123456789abcdef"]).class, Class::Plain);
        let link = payload(None, &["t:0123456789abcdef", "u:0123456789abcdef", "is:executable"]);
        assert_eq!((link.class, link.executable), (Class::Link, true));
    }

    #[test]
    fn a_link_changed_for_each_victim_keeps_a_key() {
        let one = payload(Some("lol is this you http://x.example/?img=alice"), &[]);
        let other = payload(Some("haha http://x.example/?img=bob"), &[]);
        assert!(one.keys.iter().any(|key| other.keys.contains(key) && key.level == Level::Pattern));
    }
}
