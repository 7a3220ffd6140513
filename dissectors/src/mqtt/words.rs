//! Whether a person would read what was published; see the essay of [`super`].

use serde_json::{Map, Value};

/// What a publication says, as far as a person is concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// How much of it is words.
    pub(super) worth: Worth,
    /// Whom it names as its author.
    pub(super) author: Option<String>,
}

/// How much of a text is words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// Nothing, or nothing that can be told from what machines say.
    #[default]
    Nothing,
    /// Letters, which are a word only where people talk.
    Letters,
    /// Words.
    Words,
}

/// Judges a payload.
pub(super) fn judge(payload: &str) -> Words {
    match payload.trim_start().as_bytes().first() {
        Some(b'{') => serde_json::from_str(payload).map(|object| judge_object(&object)),
        // Lists are for machines, and so is XML.
        Some(b'[' | b'<') => Ok(Words::default()),
        _ => Ok(Words { worth: worth(payload), author: None }),
    }
    .unwrap_or_default()
}

/// An object, or one that is a member of it.
fn judge_object(object: &Map<String, Value>) -> Words {
    let mut words = judge_members(object);
    for inner in object.values().filter_map(Value::as_object) {
        let found = judge_members(inner);
        words.worth = words.worth.max(found.worth);
        words.author = words.author.or(found.author);
    }
    if words.author.is_some() && words.worth == Worth::Letters {
        words.worth = Worth::Words;
    }
    words
}

fn judge_members(object: &Map<String, Value>) -> Words {
    let strings = |keys: &'static [&str]| {
        keys.iter().filter_map(|key| object.get(*key)?.as_str()).filter(|text| !text.is_empty())
    };
    let author = strings(AUTHOR).find(|name| name.len() <= NAME).map(str::to_owned);
    Words { worth: strings(TEXT).map(worth).max().unwrap_or_default(), author }
}

/// Counts words: runs of two letters or more between blanks, where letters are two thirds of what
/// is not blank; machines speak in numbers. A script without case often has no blanks either, and
/// each of its letters counts.
fn worth(text: &str) -> Worth {
    let (mut letters, mut others, mut words, mut run) = (0_usize, 0_usize, 0_usize, 0_usize);
    for c in text.chars() {
        if c.is_control() && !matches!(c, '\t' | '\n' | '\r') {
            return Worth::Nothing;
        }
        if c.is_whitespace() {
            run = 0;
        } else if c.is_alphabetic() {
            letters += 1;
            run += 1;
            let caseless = !c.is_lowercase() && !c.is_uppercase();
            words += usize::from(run == 2 || caseless);
        } else {
            others += 1;
            // What stands between letters without a blank (`a-b`, `don't`) parts no words.
        }
    }
    match (letters, words) {
        (0, _) => Worth::Nothing,
        (_, 2..) if letters >= 2 * others => Worth::Words,
        _ => Worth::Letters,
    }
}

/// A topic that calls itself a chat.
pub(super) fn is_chat(topic: &str) -> bool {
    topic.split('/').any(|level| {
        level.as_bytes().windows(CHAT.len()).any(|part| part.eq_ignore_ascii_case(CHAT))
    })
}

/// Members that hold what is said.
const TEXT: &[&str] = &["text", "message", "msg", "body", "content"];
/// Members that hold who says it.
const AUTHOR: &[&str] =
    &["from", "sender", "user", "username", "nick", "nickname", "author", "name"];
/// Bytes of an author's name.
const NAME: usize = 256;
const CHAT: &[u8] = b"chat";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_from_machines() {
        for said in [
            "Hello MQTT",
            "see you at 5, don't be late",
            "明天见",
            "نعم",
            r#"{"from":"ivy","text":"hi"}"#,
            r#"{"type":"chat","data":{"sender":"ivy","body":"hi"}}"#,
            r#"{"msg":"the door is open"}"#,
        ] {
            assert_eq!(judge(said).worth, Worth::Words, "{said}");
        }
        for said in [
            "ON",
            "baabaablacksheep",
            "state=ok;",
            r#"{"msg":"restart"}"#,
            "temp 21.5 31",
            "Update triggered Fri Feb 19 20:41:07 EET 2016",
        ] {
            assert_eq!(judge(said).worth, Worth::Letters, "{said}");
        }
        for said in [
            "",
            "21.5",
            "21.5 44",
            r#"{"temp":21.5,"unit":"degrees celsius","id":"two words"}"#,
            r#"["two words"]"#,
            "<a>two words</a>",
            "{\"text\":\"two words\"",
            "two\0words here",
        ] {
            assert_eq!(judge(said).worth, Worth::Nothing, "{said}");
        }
    }

    #[test]
    fn an_author_is_whom_the_text_names() {
        let author = |said| judge(said).author;
        assert_eq!(author(r#"{"from":"ivy","text":"hi"}"#).as_deref(), Some("ivy"));
        assert_eq!(author(r#"{"user":{"name":"ivy"},"text":"hi"}"#).as_deref(), Some("ivy"));
        assert_eq!(author(r#"{"from":7,"text":"hi"}"#), None);
    }

    #[test]
    fn deep_nesting_is_nothing() {
        let deep = format!("{}{}", "{\"text\":".repeat(5000), "}".repeat(5000));
        assert_eq!(judge(&deep), Words::default());
    }

    #[test]
    fn a_topic_may_say_what_it_is() {
        assert!(is_chat("chat/room1") && is_chat("home/GroupChat/3"));
        assert!(!is_chat("sensors/attic"));
    }
}
