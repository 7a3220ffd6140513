//! Signing on: PASS, NICK, OPER, WEBIRC, REGISTER, and the replies that settle them (RFC 2812
//! section 3.1 and 5, `WebIRC`, `IRCv3` draft/account-registration).

use super::asked::Question;
use super::names::text;
use super::talk::{Talk, Told};
use super::wire::Line;
use crate::event::{CredentialKind, Outcome, Strength};
use crate::{Out, Who};

impl Talk {
    /// Commands of a client that carry a name or a secret.
    pub(super) fn sign_on_line(&mut self, command: &str, line: &Line<'_>, out: &mut Out) {
        match command {
            "NICK" => self.nick_request(line),
            "PASS" => self.pass(line.param(0), out),
            "OPER" => {
                let name = text(line.param(0)).into_owned();
                self.secret(Question::Oper, Some(name), "irc-oper", line.param(1), out);
            }
            "WEBIRC" => {
                let gateway = text(line.param(1)).into_owned();
                self.secret(Question::Gateway, Some(gateway), "irc-webirc", line.param(0), out);
            }
            "DIE" => self.secret(Question::Die, None, "irc-die", line.param(0), out),
            "RESTART" => self.secret(Question::Die, None, "irc-restart", line.param(0), out),
            "REGISTER" => {
                let account = own_or(line.param(0));
                self.secret(Question::Register, account, "irc-register", line.param(2), out);
            }
            _ => {
                let account = own_or(line.param(0));
                self.code(Question::Verify, account, "irc-verify", line.param(1), out);
            }
        }
    }

    fn nick_request(&mut self, line: &Line<'_>) {
        let nick = text(line.param(0)).into_owned();
        let sign_on = &mut self.sign_on;
        if nick.is_empty() || sign_on.welcome || (sign_on.server_heard && sign_on.acting) {
            return;
        }
        if !sign_on.acting {
            sign_on.wanted = Some(nick.clone());
            sign_on.told = false;
        }
        self.nick = Some(nick);
    }

    /// A password before the nickname; a token where the service issues them (Twitch).
    fn pass(&mut self, secret: &[u8], out: &mut Out) {
        self.sign_on.pass = true;
        if secret.starts_with(b"oauth:") {
            self.code(Question::Pass, None, "irc-pass", secret, out);
        } else {
            self.secret(Question::Pass, None, "irc-pass", secret, out);
        }
    }

    /// A password in clear.
    pub(super) fn secret(
        &mut self,
        question: Question,
        name: Option<String>,
        mechanism: &'static str,
        secret: &[u8],
        out: &mut Out,
    ) {
        let (kind, strength) = (CredentialKind::Password, Strength::Plaintext);
        let told = Told { question, name, kind, mechanism, strength, secret, login: false };
        self.credential(told, out);
    }

    fn code(
        &mut self,
        question: Question,
        name: Option<String>,
        mechanism: &'static str,
        secret: &[u8],
        out: &mut Out,
    ) {
        let (kind, strength) = (CredentialKind::Token, Strength::Plaintext);
        let told = Told { question, name, kind, mechanism, strength, secret, login: false };
        self.credential(told, out);
    }

    /// Replies that accept or refuse.
    pub(super) fn answer_line(&mut self, code: u16, line: &Line<'_>, out: &mut Out) {
        match code {
            1 => self.welcome(line, out),
            381 => drop(self.answer(|q| *q == Question::Oper, Some(true), out)),
            491 => drop(self.answer(|q| *q == Question::Oper, Some(false), out)),
            464 => self.bad_password(out),
            432 | 433 | 436 | 437 | 465 | 463 => self.sign_on_failed(out),
            462 => drop(self.answer(|q| *q == Question::Pass, Some(false), out)),
            481 => drop(self.answer(|q| *q == Question::Die, Some(false), out)),
            401 | 403 | 440 | 482 | 441 | 467 => self.no_such(line, out),
            471 | 473..=475 => self.room_refused(line, out),
            900 => self.logged_in(line, out),
            903 => self.sasl_answer(Some(true), out),
            902 | 904 | 905 => self.sasl_answer(Some(false), out),
            906 => self.sasl_answer(None, out),
            _ => {}
        }
    }

    fn welcome(&mut self, line: &Line<'_>, out: &mut Out) {
        let target = text(line.param(0)).into_owned();
        if !target.is_empty() && target != "*" {
            self.nick = Some(target);
        }
        self.sign_on.welcome = true;
        let question = |q: &Question| matches!(q, Question::Pass | Question::Gateway);
        while self.answer(question, Some(true), out) {}
        let by_sasl = self.sign_on.sasl.clone();
        let same = by_sasl.as_ref().is_some_and(|(account, _)| self.is_own(account));
        let method = match by_sasl {
            _ if same => return,
            _ if self.sign_on.pass => "irc-pass",
            Some((_, method)) => method,
            None => "none",
        };
        self.login(self.own(), method, Outcome::Success, out);
    }

    /// 464: of OPER when one waits, of the connection otherwise.
    fn bad_password(&mut self, out: &mut Out) {
        let oper = self.answer(|q| matches!(q, Question::Oper | Question::Die), Some(false), out);
        if !oper && !self.sign_on.welcome {
            while self.answer(|q| *q == Question::Pass, Some(false), out) {}
            self.sign_on_failed(out);
        }
    }

    /// The wanted nickname was refused; the client may ask for another one.
    fn sign_on_failed(&mut self, out: &mut Out) {
        if self.sign_on.welcome || self.sign_on.told {
            return;
        }
        if let Some(wanted) = self.sign_on.wanted.take() {
            self.sign_on.told = true;
            self.login(self.who(&wanted), self.method(), Outcome::Failure, out);
        }
    }

    fn method(&self) -> &'static str {
        if self.sign_on.pass { "irc-pass" } else { "none" }
    }

    /// ERROR ends the connection; before the welcome it is a refusal.
    pub(super) fn refused(&mut self, line: &Line<'_>, out: &mut Out) {
        if self.sign_on.welcome {
            return;
        }
        let why = text(line.last()).to_ascii_lowercase();
        if why.contains("password") || why.contains("access denied") || why.contains("webirc") {
            let question =
                |q: &Question| matches!(q, Question::Pass | Question::Gateway | Question::Link(_));
            while self.answer(question, Some(false), out) {}
        }
        self.sign_on_failed(out);
    }

    /// Nothing was heard of the sign-on's outcome.
    pub(super) fn abandon_sign_on(&mut self, out: &mut Out) {
        if self.sign_on.welcome || self.sign_on.told || self.sign_on.sasl.is_some() {
            return;
        }
        if let Some(wanted) = self.sign_on.wanted.take() {
            self.login(self.who(&wanted), self.method(), Outcome::Attempt, out);
        }
    }

    /// REGISTER SUCCESS, VERIFY SUCCESS, FAIL REGISTER CODE.
    pub(super) fn registration_answer(&mut self, command: &str, line: &Line<'_>, out: &mut Out) {
        let failed = command == "FAIL";
        let subject =
            if failed { text(line.param(0)).to_ascii_uppercase() } else { command.into() };
        let question = match subject.as_str() {
            "REGISTER" => Question::Register,
            "VERIFY" => Question::Verify,
            "AUTHENTICATE" => Question::Sasl,
            _ => return,
        };
        self.answer(|q| *q == question, Some(!failed), out);
    }

    /// 401, 403, 440: the one spoken to is not there; a service cannot have taken the secret.
    fn no_such(&mut self, line: &Line<'_>, out: &mut Out) {
        let target = self.names.fold(&text(line.param(1)));
        let service = target.split('@').next().unwrap_or_default().to_owned();
        let question = move |q: &Question| match q {
            Question::Service(name) => *name == service,
            Question::Key(room) | Question::Join(room) => *room == target,
            _ => false,
        };
        self.answer(question, Some(false), out);
    }

    /// 900: an account is logged in, by SASL (903 follows) or by a service.
    fn logged_in(&mut self, line: &Line<'_>, out: &mut Out) {
        if self.asked.any(|q| *q == Question::Sasl) {
            self.sasl.account = Some(text(line.param(2)).into_owned());
            return;
        }
        self.answer(|q| matches!(q, Question::Service(_)), Some(true), out);
    }

    fn sasl_answer(&mut self, accepted: Option<bool>, out: &mut Out) {
        let account = self.sasl.account.take();
        let Some(mut open) = self.asked.take(|q| *q == Question::Sasl) else {
            if let Some(method) = self.sasl.unproven() {
                self.sasl_without_secret(account, method, accepted, out);
            }
            return;
        };
        open.name = account.or(open.name);
        if let (Some(true), Some(method)) = (accepted, open.login) {
            let name = open.name.clone().or_else(|| self.nick.clone()).unwrap_or_default();
            self.sign_on.sasl = Some((name, method));
        }
        self.answered(&open, accepted, out);
        self.sasl.done();
    }

    /// EXTERNAL proves itself by the certificate; there is no secret in the stream.
    fn sasl_without_secret(
        &mut self,
        account: Option<String>,
        method: &'static str,
        accepted: Option<bool>,
        out: &mut Out,
    ) {
        let who: Who = account.as_deref().map_or_else(|| self.own(), |name| self.who(name));
        let outcome = match accepted {
            Some(true) => Outcome::Success,
            Some(false) => Outcome::Failure,
            None => Outcome::Attempt,
        };
        if outcome == Outcome::Success {
            self.sign_on.sasl = account.or_else(|| self.nick.clone()).map(|name| (name, method));
        }
        self.login(who, method, outcome, out);
        self.sasl.done();
    }
}

/// `*` stands for the client's own name.
fn own_or(name: &[u8]) -> Option<String> {
    (name != b"*").then(|| text(name).into_owned())
}
