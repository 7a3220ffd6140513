use overhear_dissectors::event::{Presence, Room, RoomOp, Status};

use super::*;
use crate::ContentLevel;

/// Text, length and number of content keys of messages said after a secret was heard.
fn said(secrets: SecretLevel, content: ContentLevel, texts: &[&str]) -> Vec<(String, u64, usize)> {
    let mut play = Play::new(Settings { content, secrets, ..Settings::default() });
    let flow = irc(1);
    play.client(&flow, secret(1, who("ann"), "hunter2")).client(&flow, secret(2, who("a"), "cat"));
    for text in texts {
        play.client(&flow, message("ann", "bob", Leg::ToServer, text));
    }
    play.all(|body| match body {
        Body::Message(said) => {
            let text = said.text.clone().unwrap_or_else(|| "-".to_owned());
            Some((text, said.length, said.content_key.len()))
        }
        _ => None,
    })
}

#[test]
fn a_secret_said_again_is_masked_unless_it_is_a_word() {
    let print = Settings::default().key.secret(b"hunter2");
    let table = [
        (SecretLevel::Masked, "is ******** my cat?".to_owned()),
        (SecretLevel::Fingerprint, format!("is {print} my cat?")),
        (SecretLevel::Reveal, "is hunter2 my cat?".to_owned()),
    ];
    for (level, text) in table {
        let told = said(level, ContentLevel::Full, &["is hunter2 my cat?"]);
        assert_eq!(told, [(text, 18, 1)], "{level}");
    }
}

#[test]
fn a_secret_is_masked_wherever_words_stand() {
    let Event::Message(said) = message("ann", "#room", Leg::ToServer, "my hunter2") else {
        unreachable!()
    };
    let text = || Some(Text::new("it is hunter2!"));
    let room = |op| Room {
        network: "irc:irc.lab".into(),
        room: "#room".into(),
        who: who("ann"),
        by: None,
        op,
        text: text(),
    };
    let (status, address) = (Status::Away, None);
    let events = [
        Event::Message(event::Message { markup: Some(Text::new("<b>hunter2</b>")), ..said }),
        Event::Room(room(RoomOp::Topic)),
        Event::Room(room(RoomOp::Part)),
        Event::Presence(Presence { who: who("ann"), status, text: text(), address }),
    ];
    for (secrets, shown) in [(SecretLevel::Masked, false), (SecretLevel::Reveal, true)] {
        let mut play = Play::new(Settings { secrets, ..Settings::default() });
        play.client(&irc(1), secret(1, who("ann"), "hunter2"));
        for event in &events {
            play.client(&irc(1), event.clone());
        }
        assert_eq!(play.finish().told.len(), 5);
        for told in &play.told {
            let line = serde_json::to_string(told).unwrap();
            assert_eq!(line.contains("hunter2"), shown, "{line}");
        }
    }
}

#[test]
fn six_characters_make_a_secret_however_many_bytes() {
    for (word, masked) in [("äöüß!", false), ("äöüß!?", true), ("abcde", false), ("abcdef", true)]
    {
        let mut play = Play::new(Settings::default());
        play.client(&irc(1), secret(1, who("ann"), word));
        play.client(&irc(1), message("ann", "bob", Leg::ToServer, word));
        assert_eq!(play.messages()[0].contains("********"), masked, "{word}");
    }
}

#[test]
fn a_span_marked_by_the_protocol_is_masked() {
    let mut text = Text::new("IDENTIFY pw");
    text.hide(9..11);
    let Event::Message(said) = message("ann", "nickserv", Leg::ToServer, "") else {
        unreachable!()
    };
    let mut play = Play::new(Settings::default());
    play.client(&irc(1), Event::Message(event::Message { text, ..said }));
    assert_eq!(play.messages(), ["1 ann>nickserv IDENTIFY ******** #0"]);
}

#[test]
fn an_excerpt_is_eighty_characters_whatever_their_bytes() {
    let (short, long) = ("ü".repeat(80), "ü".repeat(81));
    let told = said(SecretLevel::Masked, ContentLevel::Excerpt, &[&short, &long]);
    assert_eq!(told, [(short.clone(), 80, 1), (format!("{short}…"), 81, 1)]);
    let late = format!("{} hunter2", "x".repeat(76));
    let told = said(SecretLevel::Masked, ContentLevel::Excerpt, &[&late]);
    assert_eq!(told[0].0, format!("{} ***…", "x".repeat(76)), "masked before it is cut");
}

#[test]
fn without_content_length_and_keys_remain() {
    let texts = ["Look: http://example.org/a!", "look:  HTTP://example.org/a! "];
    let told = said(SecretLevel::Masked, ContentLevel::None, &texts);
    assert_eq!(told, [("-".to_owned(), 27, 5), ("-".to_owned(), 29, 5)]);
    let mut play = Play::new(Settings { content: ContentLevel::None, ..Settings::default() });
    for text in texts {
        play.client(&irc(1), message("ann", "bob", Leg::ToServer, text));
    }
    let keys = play.all(|body| match body {
        Body::Message(said) => Some(said.content_key.clone()),
        _ => None,
    });
    assert_eq!(keys[0], keys[1], "case and blanks make no difference");
}
