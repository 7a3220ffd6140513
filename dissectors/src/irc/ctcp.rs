//! CTCP: requests inside messages, between two 0x01 (modern.ircdocs.horse/ctcp).

use encoding_rs::WINDOWS_1252;

use super::say::Saying;
use super::talk::Talk;
use crate::event::{Client, MessageKind};
use crate::{Event, Out, Text, Who};

/// A request or reply: its verb in the case it was written, and the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ctcp<'a> {
    pub(super) verb: &'a [u8],
    pub(super) rest: &'a [u8],
}

/// The CTCP a text is, if it is one. The closing 0x01 may be missing.
pub(super) fn message(body: &[u8]) -> Option<Ctcp<'_>> {
    let inner = body.strip_prefix(b"\x01")?;
    let inner = inner.strip_suffix(b"\x01").unwrap_or(inner);
    let end = memchr::memchr(b' ', inner).unwrap_or(inner.len());
    let (verb, rest) = inner.split_at_checked(end)?;
    Some(Ctcp { verb, rest: rest.strip_prefix(b" ").unwrap_or(rest) })
}

impl Talk {
    /// ACTION is something said, DCC an offer, a VERSION reply names the program; the rest is
    /// between programs.
    pub(super) fn ctcp(&mut self, saying: &Saying<'_>, from: Who, ctcp: Ctcp<'_>, out: &mut Out) {
        match ctcp.verb.to_ascii_uppercase().as_slice() {
            b"ACTION" => self.told(saying, &from, Some(MessageKind::Action), ctcp.rest, out),
            b"DCC" => self.dcc(saying, from, ctcp.rest, out),
            b"XDCC" | b"TDCC" => {
                let request = [ctcp.verb, b" ", ctcp.rest].concat();
                self.told(saying, &from, None, &request, out);
            }
            b"VERSION" if saying.notice && !saying.playback => version(from, ctcp.rest, out),
            _ => {}
        }
    }
}

/// `name:version:environment` in the 1994 form; a sentence without a form today.
fn version(who: Who, reply: &[u8], out: &mut Out) {
    let reply = Text::guess(reply, WINDOWS_1252);
    let words = super::format::plain(reply.expose()).unwrap_or_else(|| reply.expose().to_owned());
    let product = words.trim();
    if product.is_empty() {
        return;
    }
    let version = product
        .split([' ', ':', '/'])
        .map(|word| word.trim_start_matches(['v', 'V']))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'))
        .map(|word| word.trim_end_matches([',', ';', ')']).to_owned());
    let (product, source) = (product.to_owned(), "ctcp-version");
    out.emit(Event::Client(Client { who, product, version, source }));
}
