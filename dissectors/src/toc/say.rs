//! What people say to one another, and that they are writing.

use encoding_rs::{UTF_8, WINDOWS_1252};

use super::talk::{Talk, fewer, number};
use super::wire::fields;
use crate::event::{Event, Leg, Message, MessageKind, Protection, Typing, TypingState};
use crate::oscar::icbm::{Route, emit, habit};
use crate::oscar::people::who;
use crate::{Out, Side, Text, Who};

/// Text in the encoding TOC2 names: `U` is UTF-8, `L` Latin-1, `A` ASCII; TOC1 names none. Servers
/// write `L` before UTF-8 as well, which tells itself.
pub(super) fn text(encoding: &[u8], bytes: &[u8]) -> Text {
    match encoding.first() {
        Some(b'U') => Text::decode(bytes, UTF_8),
        Some(b'L') if std::str::from_utf8(bytes).is_err() => Text::decode(bytes, WINDOWS_1252),
        _ => Text::guess(bytes, habit(bytes)),
    }
}

/// A message the client sends: name, text; in its encoded form name, a flag, encoding, language,
/// text. A last word says that nobody typed it.
pub(super) fn to_server(talk: &Talk, command: &[u8], args: &[&[u8]], out: &mut Out) {
    let (name, text, rest) = match *args {
        [name, _flag, encoding, _language, said, ref rest @ ..] if command.ends_with(b"_enc") => {
            (name, text(encoding, said), rest)
        }
        [name, said, ref rest @ ..] if !command.ends_with(b"_enc") => (name, text(b"", said), rest),
        _ => return fewer(command, out),
    };
    let auto = rest.first().is_some_and(|word| word.eq_ignore_ascii_case(b"auto"));
    say((talk.own(), who(name)), auto, text, Leg::ToServer, out);
}

/// A message the server brings. The longer forms have the sender's class, the encoding and the
/// language before the text, which keeps every colon.
pub(super) fn from_server(talk: &Talk, said: &[u8], command: &[u8], out: &mut Out) {
    let heard = match command {
        b"IM_IN" => fields(said).map(|[_, name, auto, said]| (name, auto, text(b"", said))),
        b"IM_IN2" => fields(said).map(|[_, name, auto, _, said]| (name, auto, text(b"", said))),
        _ => fields(said).map(|[_, name, auto, _, _, _class, _, coding, _, said]| {
            (name, auto, text(coding, said))
        }),
    };
    let Some((name, auto, text)) = heard else { return fewer(command, out) };
    say((who(name), talk.own()), auto == b"T", text, Leg::FromServer, out);
}

fn say((from, to): (Who, Who), auto: bool, text: Text, leg: Leg, out: &mut Out) {
    let kind = if auto { MessageKind::AutoReply } else { MessageKind::Im };
    emit(&Route { from, to, leg, cookie: [0; 8] }, kind, text, out);
}

/// Somebody types: name, state.
pub(super) fn typing(talk: &Talk, side: Side, args: &[&[u8]], out: &mut Out) {
    let &[name, state, ..] = args else { return fewer(b"client_event", out) };
    let (from, to) = match side {
        Side::Client => (talk.own(), who(name)),
        Side::Server => (who(name), talk.own()),
    };
    let state = match number::<u32>(state) {
        Some(0) => TypingState::Done,
        Some(1) => TypingState::Paused,
        Some(2) => TypingState::Active,
        _ => return out.weird("toc_typing", String::from_utf8_lossy(state)),
    };
    out.emit(Event::Typing(Typing { from, to: vec![to], room: None, state }));
}

/// The server tells the client to show a page: a window's name, an address.
pub(super) fn page(talk: &Talk, rest: &[u8], out: &mut Out) {
    let Some([_window, address]) = fields(rest) else { return fewer(b"GOTO_URL", out) };
    out.emit(Event::Message(Message {
        from: Who::Unnamed(Side::Server),
        to: vec![talk.own()],
        room: None,
        kind: MessageKind::Notice,
        text: text(b"", address),
        markup: None,
        leg: Leg::FromServer,
        protection: Protection::None,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_that_is_named_is_no_guess() {
        let heard = |encoding: &[u8], bytes: &[u8]| {
            let text = text(encoding, bytes);
            (text.expose().to_owned(), text.guessed().is_some())
        };
        assert_eq!(heard(b"L", b"gr\xfc\xdfe"), ("grüße".into(), false));
        assert_eq!(heard(b"L", "grüße".as_bytes()), ("grüße".into(), false));
        assert_eq!(heard(b"U", b"gr\xfc\xdfe"), ("gr\u{fffd}\u{fffd}e".into(), false));
        assert_eq!(heard(b"", b"gr\xfc\xdfe"), ("grüße".into(), true));
    }
}
