//! Signing on, and changing the password.

use data_encoding::HEXLOWER_PERMISSIVE;

use super::names::WRONG_PASSWORD;
use super::talk::{Talk, fewer, number};
use crate::event::{Answer, Client, Credential, CredentialKind, Event, Login, Outcome, Strength};
use crate::oscar::people::account;
use crate::{Out, Secret, Who};

/// What clients XOR a password with, byte by byte, over and over.
const ROAST: &[u8] = b"Tic/Toc";

/// Sign-ons and changes of the password under way.
#[derive(Debug, Default)]
pub(super) struct SignOn {
    attempts: u32,
    waiting: Option<Attempt>,
    /// The old password and the new one, by their numbers.
    change: Option<(u32, u32)>,
}

#[derive(Debug)]
struct Attempt {
    number: u32,
    method: &'static str,
    client: Option<String>,
}

impl Talk {
    /// Authorizer's host and port, name, password, language, client; TOC2 has more.
    pub(super) fn signs_on(&mut self, args: &[&[u8]], out: &mut Out) {
        let &[_host, _port, name, password, ref rest @ ..] = args else {
            return fewer(b"toc_signon", out);
        };
        self.close(out);
        self.me = Some(account(name));
        let roasted = password.strip_prefix(b"0x").or_else(|| password.strip_prefix(b"0X"));
        let roasted = roasted.and_then(|hex| HEXLOWER_PERMISSIVE.decode(hex).ok());
        let (method, strength, secret) = match roasted {
            Some(roasted) => {
                let plain = roasted.iter().zip(ROAST.iter().cycle()).map(|(byte, key)| byte ^ key);
                let secret = Secret::new(plain.collect::<Vec<u8>>());
                ("toc-roasted", Strength::Reversible, secret)
            }
            None => ("toc-plain", Strength::Plaintext, Secret::new(password)),
        };
        let number = self.secret(method, strength, secret, out);
        let client = rest.get(1).and_then(|said| self.program(said, out));
        self.sign_on.waiting = Some(Attempt { number, method, client });
    }

    /// The old password and the new one, as they are typed.
    pub(super) fn changes_password(&mut self, args: &[&[u8]], out: &mut Out) {
        let &[old, new, ..] = args else { return fewer(b"toc_change_passwd", out) };
        let mut told = |password| {
            self.secret("toc-change-passwd", Strength::Plaintext, Secret::new(password), out)
        };
        self.sign_on.change = Some((told(old), told(new)));
    }

    /// The password was changed, or was not.
    pub(super) fn password_changed(&mut self, rest: &[u8], out: &mut Out) {
        let code = rest.split(|byte| *byte == b':').next().and_then(number::<u32>);
        self.change_answered(code == Some(0), out);
    }

    fn change_answered(&mut self, accepted: bool, out: &mut Out) {
        let Some((old, new)) = self.sign_on.change.take() else { return };
        // Why it was refused is not said: the old one may be right.
        for attempt in [old, new] {
            if accepted {
                out.emit(Event::Answer(Answer { attempt, accepted: Some(true), who: None }));
            }
        }
    }

    /// The server lets the client in.
    pub(super) fn signed_on(&mut self, out: &mut Out) {
        let Some(attempt) = self.sign_on.waiting.take() else { return };
        let number = attempt.number;
        out.emit(Event::Answer(Answer { attempt: number, accepted: Some(true), who: None }));
        self.login(attempt, Outcome::Success, out);
    }

    /// An error: before the client was let in it is the answer to its sign-on. Only one of them says
    /// that the password is wrong.
    pub(super) fn refused(&mut self, error: u16, out: &mut Out) {
        if let Some(attempt) = self.sign_on.waiting.take() {
            if error == WRONG_PASSWORD {
                let number = attempt.number;
                out.emit(Event::Answer(Answer {
                    attempt: number,
                    accepted: Some(false),
                    who: None,
                }));
            }
            self.login(attempt, Outcome::Failure, out);
        } else if (911..=914).contains(&error) {
            self.change_answered(false, out);
        }
    }

    /// The conversation ends, and nothing was heard of an answer.
    pub(super) fn close(&mut self, out: &mut Out) {
        if let Some(attempt) = self.sign_on.waiting.take() {
            self.login(attempt, Outcome::Attempt, out);
        }
    }

    fn secret(
        &mut self,
        mechanism: &'static str,
        strength: Strength,
        secret: Secret,
        out: &mut Out,
    ) -> u32 {
        self.sign_on.attempts = self.sign_on.attempts.wrapping_add(1);
        let attempt = self.sign_on.attempts;
        let (who, kind) = (self.own(), CredentialKind::Password);
        let credential = Credential { attempt, who, kind, mechanism, strength, secret };
        out.emit(Event::Credential(credential));
        attempt
    }

    /// What the client calls itself: `TIC:TiK`, `naim:0.11.8`, `penguin`.
    fn program(&self, said: &[u8], out: &mut Out) -> Option<String> {
        let said = String::from_utf8_lossy(said).trim().to_owned();
        if said.is_empty() {
            return None;
        }
        let numbered = |version: &str| version.starts_with(|c: char| c.is_ascii_digit());
        let (product, version) = match said.split_once([':', '/', ' ']) {
            Some((product, version)) if numbered(version) => {
                let version = version.split([':', ' ']).next().unwrap_or_default();
                (product.to_owned(), Some(version.to_owned()))
            }
            _ => (said.clone(), None),
        };
        let source = "toc-sign-on";
        out.emit(Event::Client(Client { who: self.own(), product, version, source }));
        Some(said)
    }

    fn login(&self, attempt: Attempt, outcome: Outcome, out: &mut Out) {
        let (who, method, client): (Who, _, _) = (self.own(), attempt.method, attempt.client);
        out.emit(Event::Login(Login { who, method, outcome, client, server: None }));
    }
}
