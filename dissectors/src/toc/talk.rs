//! One TOC conversation: frames to commands, commands to whoever understands their noun.

use super::presence::Own;
use super::rooms::Rooms;
use super::sign_on::SignOn;
use super::wire::{FLAPON, fields, plausible, words};
use super::{lists, names, presence, profile, rendezvous, rooms, say};
use crate::oscar::people::account;
use crate::oscar::wire::flap::{self, Flap, Frame, Resync};
use crate::oscar::wire::tlv::tlvs;
use crate::scan::{Prefix, prefix};
use crate::{Account, Dissector, Out, Resume, Side, Step, Who};

/// Longest a client's command may be, and longest of what the server says.
const LONGEST_COMMAND: usize = 2048;
const LONGEST_SAID: usize = 8192;
/// TLV of a screen name.
const SCREEN_NAME: u16 = 0x0001;

/// What is known of the conversation.
#[derive(Debug, Default)]
pub(super) struct Talk {
    begin: Begin,
    lost: (bool, bool),
    ended: (bool, bool),
    /// The client's account, once its name was said.
    pub(super) me: Option<Account>,
    pub(super) sign_on: SignOn,
    pub(super) rooms: Rooms,
    pub(super) own: Own,
}

/// How far the client's side is before its first frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Begin {
    #[default]
    Nothing,
    Greeted,
    Frames,
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            if side == Side::Client && self.begin != Begin::Frames {
                match self.greeting(rest) {
                    Some(taken) => used += taken,
                    None => break,
                }
                continue;
            }
            if *self.lost(side) {
                match flap::resync(rest, plausible) {
                    Resync::Undecided(skipped) => {
                        return Step::Took { used: used + skipped, want: 0 };
                    }
                    Resync::Found(skipped) => used += skipped,
                }
                *self.lost(side) = false;
                continue;
            }
            match flap::frame(rest) {
                Frame::Whole(flap, length) => {
                    self.flap(side, flap, out);
                    used += length;
                }
                Frame::Wants(want) => return Step::Took { used, want },
                Frame::Nonsense => {
                    out.weird("toc_flap_lost", "bytes that are no SFLAP; looking for the next one");
                    *self.lost(side) = true;
                }
            }
        }
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, side: Side, _: u64, _: &mut Out) -> Resume {
        if side == Side::Client {
            self.begin = Begin::Frames;
        }
        *self.lost(side) = true;
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        match side {
            Side::Client => self.ended.0 = true,
            Side::Server => self.ended.1 = true,
        }
        if self.ended == (true, true) {
            self.close(out);
        }
    }
}

impl Talk {
    /// The person at the client's side.
    pub(super) fn own(&self) -> Who {
        self.me.clone().map_or(Who::Unnamed(Side::Client), Who::Account)
    }

    /// Whether this is the client's own name.
    pub(super) fn is_own(&self, who: &Who) -> bool {
        let both = self.me.as_ref().zip(who.account());
        both.is_some_and(|(me, who)| me.network == who.network && me.name == who.name)
    }

    fn lost(&mut self, side: Side) -> &mut bool {
        match side {
            Side::Client => &mut self.lost.0,
            Side::Server => &mut self.lost.1,
        }
    }

    /// What stands before the client's first frame: bytes of it, or nothing while there are too few.
    fn greeting(&mut self, rest: &[u8]) -> Option<usize> {
        let begins = match self.begin {
            Begin::Nothing => prefix(rest, FLAPON),
            Begin::Greeted | Begin::Frames => Prefix::Not,
        };
        match (begins, rest.first()) {
            (Prefix::MayBe, _) => return None,
            (Prefix::Is, _) => {
                self.begin = Begin::Greeted;
                return Some(FLAPON.len());
            }
            (Prefix::Not, Some(b'\r' | b'\n')) if self.begin == Begin::Greeted => return Some(1),
            (Prefix::Not, _) => self.begin = Begin::Frames,
        }
        Some(0)
    }

    fn flap(&mut self, side: Side, flap: Flap<'_>, out: &mut Out) {
        match (flap.channel, side) {
            (flap::SIGN_ON, Side::Client) => self.hello(flap.data, out),
            (flap::DATA, Side::Client) => {
                oversize("toc_command_oversized", flap.data, LONGEST_COMMAND, out);
                let end = flap.data.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                self.command(&words(flap.data.get(..end).unwrap_or_default()), out);
            }
            (flap::DATA, Side::Server) => {
                oversize("toc_said_oversized", flap.data, LONGEST_SAID, out);
                self.said(flap.data, out);
            }
            _ => {}
        }
    }

    /// The client's first frame: a version and its name.
    fn hello(&mut self, data: &[u8], out: &mut Out) {
        let Some((_version, rest)) = data.split_first_chunk::<4>() else {
            return out.weird("toc_sign_on_short", format_args!("{} bytes", data.len()));
        };
        if let Some(name) = tlvs(rest).get(SCREEN_NAME).filter(|name| !name.is_empty()) {
            self.me = Some(account(name));
        }
    }

    /// What a client says.
    fn command(&mut self, words: &[Vec<u8>], out: &mut Out) {
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let Some((command, args)) = words.split_first() else { return };
        match *command {
            b"toc_signon" | b"toc2_signon" | b"toc2_login" => self.signs_on(args, out),
            b"toc_change_passwd" => self.changes_password(args, out),
            b"toc_send_im" | b"toc2_send_im" | b"toc_send_im_enc" | b"toc2_send_im_enc" => {
                say::to_server(self, command, args, out);
            }
            b"toc2_client_event" => say::typing(self, Side::Client, args, out),
            b"toc_chat_join" => rooms::asks(self, args),
            b"toc_chat_send"
            | b"toc_chat_send_enc"
            | b"toc_chat_whisper"
            | b"toc_chat_whisper_enc" => rooms::to_server(self, command, args, out),
            b"toc_chat_invite" => rooms::invites(self, args, out),
            b"toc_chat_leave" => rooms::leaves(self, args, out),
            b"toc_evil" | b"toc_chat_evil" => presence::warns(self, args, out),
            b"toc_add_buddy"
            | b"toc_remove_buddy"
            | b"toc2_remove_buddy"
            | b"toc2_new_buddies"
            | b"toc_set_config"
            | b"toc_add_deny"
            | b"toc2_add_deny"
            | b"toc2_remove_deny"
            | b"toc_add_permit"
            | b"toc2_add_permit"
            | b"toc2_remove_permit" => {
                lists::changed(self, command, args, out);
            }
            b"toc_set_away" => presence::goes(self, args, out),
            b"toc_set_idle" => presence::rests(self, args, out),
            b"toc_get_info" | b"toc_get_dir" => profile::looks_up(self, command, args, out),
            b"toc_dir_search" | b"toc_set_dir" => profile::describes(self, command, args, out),
            b"toc_set_info" => presence::describes(self, args, out),
            b"toc_rvous_propose" | b"toc_rvous_accept" | b"toc_rvous_cancel" => {
                rendezvous::answered(self, command, args, out);
            }
            _ => {}
        }
    }

    /// What the server says.
    fn said(&mut self, said: &[u8], out: &mut Out) {
        let Some([command, rest]) = fields(said) else { return };
        match command {
            b"SIGN_ON" => self.signed_on(out),
            b"NICK" if !rest.is_empty() => self.me = Some(account(rest.trim_ascii_end())),
            b"ERROR" => self.error(rest, out),
            b"ADMIN_PASSWD_STATUS" => self.password_changed(rest, out),
            b"IM_IN" | b"IM_IN2" | b"IM_IN_ENC" | b"IM_IN_ENC2" => {
                say::from_server(self, said, command, out);
            }
            b"CLIENT_EVENT2" => match fields::<2>(rest) {
                Some(args) => say::typing(self, Side::Server, &args, out),
                None => fewer(command, out),
            },
            b"CHAT_JOIN" | b"CHAT_UPDATE_BUDDY" | b"CHAT_INVITE" | b"CHAT_LEFT" => {
                rooms::told(self, command, rest, out);
            }
            b"CHAT_IN" | b"CHAT_IN_ENC" => rooms::from_server(self, command, rest, out),
            b"CONFIG" | b"CONFIG2" => lists::config(self, rest, out),
            b"INSERTED2" => lists::elsewhere(self, rest, true, out),
            b"DELETED2" => lists::elsewhere(self, rest, false, out),
            b"UPDATE_BUDDY" | b"UPDATE_BUDDY2" => presence::updated(rest, out),
            b"EVILED" => presence::warned(self, rest, out),
            b"GOTO_URL" => say::page(self, rest, out),
            b"RVOUS_PROPOSE" => rendezvous::proposed(self, rest, out),
            _ => {}
        }
    }

    /// Something was refused.
    fn error(&mut self, rest: &[u8], out: &mut Out) {
        let mut parts = rest.splitn(2, |byte| *byte == b':');
        let number = parts.next().and_then(number).unwrap_or_default();
        let whom = parts.next().unwrap_or_default();
        let whom = String::from_utf8_lossy(whom.get(..WHOM).unwrap_or(whom));
        let said = names::error(number);
        let blank = if whom.is_empty() { "" } else { " " };
        out.weird("toc_error", format_args!("{number} {said}{blank}{whom}"));
        self.refused(number, out);
    }
}

/// Bytes that are kept of whom an error is about.
const WHOM: usize = 64;

/// A number, in digits.
pub(super) fn number<T: std::str::FromStr>(digits: &[u8]) -> Option<T> {
    std::str::from_utf8(digits).ok()?.trim().parse().ok()
}

/// There is less of a command than it needs.
pub(super) fn fewer(command: &[u8], out: &mut Out) {
    out.weird("toc_fields", String::from_utf8_lossy(command));
}

fn oversize(name: &'static str, data: &[u8], longest: usize, out: &mut Out) {
    if data.len() > longest {
        out.weird(name, format_args!("{} bytes", data.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    /// Names of what is odd about one frame of a side.
    fn odd(side: Side, said: &[u8]) -> Vec<&'static str> {
        let (mut talk, mut out) = (Talk::default(), Out::new());
        let length = u16::try_from(said.len()).unwrap().to_be_bytes();
        let frame = [&[b'*', flap::DATA, 0, 1], &length[..], said].concat();
        assert_eq!(talk.read(side, &frame, &mut out), Step::Took { used: frame.len(), want: 0 });
        let events = out.drain();
        events
            .filter_map(|it| if let Event::Weird(it) = it { Some(it.name) } else { None })
            .collect()
    }

    #[test]
    fn what_is_longer_than_either_side_may_say_is_named_and_read() {
        let long = |begin: &str, length: usize| format!("{begin}{}", "A".repeat(length));
        let command = |length| odd(Side::Client, long("toc_send_im bob ", length).as_bytes());
        let said = |length| odd(Side::Server, long("IM_IN:bob:F:", length).as_bytes());
        assert_eq!((command(2000), command(2048)), (vec![], vec!["toc_command_oversized"]));
        assert_eq!((said(8000), said(8192)), (vec![], vec!["toc_said_oversized"]));
    }
}
