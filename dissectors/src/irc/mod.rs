//! IRC: Internet Relay Chat.
//!
//! Lines of text since 1988, one command each, ended by CR LF, at most 512 bytes, today up to
//! 8 KiB with as many for tags. A client writes `PRIVMSG #room :words`, the server passes it on
//! as `:nick!user@host PRIVMSG #room :words`, and answers requests with three digits. RFC 1459
//! and RFC 2812 are the classics; modern.ircdocs.horse says what servers do; `IRCv3` adds tags,
//! batches, SASL and history.
//!
//! Secrets travel in many places: PASS before the nickname, OPER, words to services such as
//! NickServ, SASL in AUTHENTICATE, keys of rooms, the passwords of gateways and of servers that
//! link. All of them are read, and hidden where they stand in a message.
//!
//! An account is a nickname in `irc:` and the server's own name, which is its address until some
//! reply was heard. A sign-on is told when it is answered, so that it carries that name.
//!
//! ```text
//! client  PASS sesame                     a credential, nobody's yet
//! client  NICK ann
//! server  :irc.example 001 ann :Welcome   its answer, and a login of ann in irc:irc.example
//! ```
//!
//! The map: [`wire`] cuts lines and messages, [`talk`] knows the conversation and hands each
//! message to the file of its noun: [`sign_on`], [`sasl`], [`services`], [`say`], [`batch`], [`fallback`],
//! [`ctcp`], [`dcc`], [`rooms`], [`watch`], [`link`]. What waits for an answer is in [`asked`],
//! what was said already in [`crate::heard`], who is where in [`members`].
//!
//! Not read: the data connections that DCC leads to (they are other flows), bursts of members
//! between servers, ZIP links, and the password of a link whose PASS shows no version (it is
//! told as `irc-pass`, and its owner is the server).

mod asked;
mod batch;
mod ctcp;
mod dcc;
mod facts;
mod fallback;
mod format;
mod link;
mod members;
mod names;
mod probe;
mod rooms;
mod sasl;
mod say;
mod services;
mod sign_on;
mod talk;
#[cfg(test)]
mod tests;
mod watch;
mod wire;

use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol};

/// Internet Relay Chat, between clients and servers and between servers.
#[derive(Debug)]
pub struct Irc;

impl Protocol for Irc {
    fn facts(&self) -> &'static Facts {
        &facts::FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::judge(opening)
    }

    fn open(&self, ends: Ends) -> Box<dyn Dissector> {
        Box::new(talk::Talk::new(ends))
    }
}
