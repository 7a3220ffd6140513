//! Services: programs with a nickname that take passwords (NickServ, ChanServ, AuthServ, Q, X).
//!
//! Their commands are words, so a secret is found by its place: after the verb, an optional
//! account, the password. What cannot be read is hidden whole, since a mistyped command to a
//! service is more often a password than a sentence. Commands are those of Anope, Atheme, srvx,
//! ergo, `QuakeNet` and Undernet.

use std::ops::Range;

use super::asked::Question;
use super::names::text;
use super::say::Saying;
use super::talk::{Talk, Told};
use super::wire::Line;
use crate::event::{CredentialKind, Strength};
use crate::{Account, Out, Text, Who};

/// A family of services with the same commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    NickServ,
    ChanServ,
    AuthServ,
    Q,
    X,
    Other,
}

/// What a word of a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// Whose secret it is.
    Account,
    /// The secret itself.
    Secret,
    /// Another secret, such as the old password beside the new one.
    Spare,
    /// This very word.
    Is(&'static str),
    /// Anything.
    Any,
    /// Anything, any number of words.
    Rest,
}

/// One form of a command with a secret.
struct Form {
    service: Service,
    verbs: &'static [&'static str],
    words: &'static [Word],
    mechanism: &'static str,
    kind: CredentialKind,
    /// It signs the account on.
    login: bool,
}

/// What a command gives away.
struct Found {
    form: &'static Form,
    account: Option<String>,
    secret: Range<usize>,
    spare: Vec<Range<usize>>,
}

impl Talk {
    /// Finds and hides the secrets of a message, to a service or meant for one.
    pub(super) fn services_text(
        &mut self,
        from: &Who,
        targets: &[u8],
        words: &mut Text,
        out: &mut Out,
    ) {
        let target = match (self.link.is_on(), targets.strip_prefix(b":")) {
            (true, _) => self.names.fold(&self.link.nick(targets)),
            (false, _) => self.names.fold(&text(targets)),
        };
        let name = target.split('@').next().unwrap_or_default().to_owned();
        match Service::named(&target) {
            Some(service) => self.service_words(service, &name, from, words, 0, out),
            None => self.misdirected(from, words, out),
        }
    }

    /// `NICKSERV IDENTIFY …`, `NS …`, `SQUERY NickServ :…`: the command forms.
    pub(super) fn service_command(&mut self, command: &str, line: &Line<'_>, out: &mut Out) {
        let squery = command == "SQUERY";
        let name = if squery { line.word(0).into_owned() } else { command.to_owned() };
        let folded = self.names.fold(&name);
        let Some(service) = Service::named(&folded).filter(|_| squery || command.len() > 1) else {
            return;
        };
        let words = line.from(usize::from(squery)).join(&b' ');
        let mut words = Text::new(text(&words));
        let own = self.own();
        self.service_words(service, service.full_name(&folded), &own, &mut words, 0, out);
    }

    /// One command to a service, from byte `at` of the text on.
    fn service_words(
        &mut self,
        service: Service,
        name: &str,
        from: &Who,
        words: &mut Text,
        at: usize,
        out: &mut Out,
    ) {
        let command = words.expose().get(at..).unwrap_or_default().to_owned();
        let spans = spans(&command);
        let Some(found) = find(service, &command, &spans) else {
            let harmless = spans
                .first()
                .and_then(|verb| command.get(verb.clone()))
                .is_none_or(|verb| !service.is_strict() || is_harmless(verb));
            if let Some(second) = spans.get(1).filter(|_| !harmless) {
                words.hide(at + second.start..at + command.len());
            }
            return;
        };
        for span in found.spare.iter().chain([&found.secret]) {
            words.hide(at + span.start..at + span.end);
        }
        let secret = command.get(found.secret.clone()).unwrap_or_default().as_bytes();
        let owner = from.account().map(|account: &Account| {
            account.display.clone().unwrap_or_else(|| account.name.clone())
        });
        let form = found.form;
        let strength = match form.kind {
            CredentialKind::Digest => Strength::Crackable,
            _ => Strength::Plaintext,
        };
        let told = Told {
            question: self.service_question(name, owner.as_deref()),
            name: found.account.or(owner.filter(|_| self.link.is_on()).map(Into::into)),
            kind: form.kind,
            mechanism: form.mechanism,
            strength,
            secret,
            login: form.login,
        };
        self.credential(told, out);
    }

    /// `/msg NickServ IDENTIFY …` said aloud: the slash did not work, and a room reads the secret.
    fn misdirected(&mut self, from: &Who, words: &mut Text, out: &mut Out) {
        let said = words.expose().to_owned();
        let mut spans = spans(&said).into_iter().peekable();
        let told = |span: &Range<usize>| said.get(span.clone()).unwrap_or_default();
        let sent = |word: &str| {
            let word = word.trim_start_matches(['/', '.', ' ']).to_ascii_lowercase();
            matches!(word.as_str(), "" | "msg" | "m" | "query" | "q" | "privmsg" | "quote" | "raw")
        };
        while spans.peek().is_some_and(|span| sent(told(span))) {
            spans.next();
        }
        let Some(name) = spans.next() else { return };
        let folded = self.names.fold(told(&name).trim_start_matches(['/', '.']));
        let Some(service) = Service::named(&folded).filter(|_| folded.len() > 1) else { return };
        let Some(verb) = spans.next() else { return };
        let command = said.get(verb.start..).unwrap_or_default();
        if find(service, command, &self::spans(command)).is_some() {
            let name = service.full_name(&folded).to_owned();
            self.service_words(service, &name, from, words, verb.start, out);
        }
    }

    /// What was asked of a service; on a link between servers, by whom as well.
    fn service_question(&self, service: &str, asker: Option<&str>) -> Question {
        let asker = asker.filter(|_| self.link.is_on()).map(|nick| self.names.fold(nick));
        Question::Service(asker.map_or(service.to_owned(), |asker| format!("{service} {asker}")))
    }

    /// A service's NOTICE may answer the oldest question put to it.
    pub(super) fn judge_notice(&mut self, saying: &Saying<'_>, out: &mut Out) {
        let Some(source) = saying.source.filter(|_| saying.notice) else { return };
        let service = match self.link.is_on() {
            true => self.names.fold(&self.link.nick(source.name)),
            false => self.names.fold(&text(source.name)),
        };
        let asked = self.service_question(&service, Some(&self.link.nick(saying.targets)));
        let question = |q: &Question| *q == asked;
        if !self.asked.any(question) {
            return;
        }
        let plain = super::format::plain(&text(saying.body));
        let words = plain.unwrap_or_else(|| text(saying.body).into_owned()).to_ascii_lowercase();
        if let Some(accepted) = verdict(&words) {
            self.answer(question, Some(accepted), out);
        }
    }
}

impl Service {
    /// The service behind a folded target: a nickname, or a nickname at the services' host.
    fn named(target: &str) -> Option<Self> {
        let (nick, host) = target.split_once('@').unwrap_or((target, ""));
        Some(match nick {
            "nickserv" | "ns" | "userserv" => Self::NickServ,
            "chanserv" | "cs" => Self::ChanServ,
            "authserv" | "as" => Self::AuthServ,
            "q" if host.is_empty() || host.contains("quakenet") => Self::Q,
            "x" if host.is_empty() || host.contains("undernet") => Self::X,
            "memoserv" | "operserv" | "hostserv" | "botserv" | "saslserv" => Self::Other,
            _ => return None,
        })
    }

    /// The nickname behind a command's short form.
    fn full_name(self, folded: &str) -> &str {
        match (self, folded) {
            (Self::NickServ, "ns") => "nickserv",
            (Self::ChanServ, "cs") => "chanserv",
            (Self::AuthServ, "as") => "authserv",
            _ => folded,
        }
    }

    /// Nobody talks to it but with commands. One letter may be a person on other networks.
    fn is_strict(self) -> bool {
        !matches!(self, Self::Q | Self::X)
    }
}

/// The secret of a command, by the first form that fits.
fn find(service: Service, command: &str, spans: &[Range<usize>]) -> Option<Found> {
    let (verb, rest) = spans.split_first()?;
    let verb = command.get(verb.clone())?.to_ascii_uppercase();
    let same = |form: &&&Form| form.service == service && form.verbs.contains(&verb.as_str());
    FORMS.iter().filter(|form| same(&form)).find_map(|form| fit(form, command, rest))
}

fn fit(form: &'static Form, command: &str, spans: &[Range<usize>]) -> Option<Found> {
    let open = form.words.last() == Some(&Word::Rest);
    let fixed = form.words.len() - usize::from(open);
    if spans.len() < fixed || (!open && spans.len() > fixed) {
        return None;
    }
    let (mut account, mut secret, mut spare) = (None, None, Vec::new());
    for (word, span) in form.words.iter().zip(spans) {
        let said = command.get(span.clone())?;
        match word {
            Word::Account => account = Some(said.to_owned()),
            Word::Secret => secret = Some(span.clone()),
            Word::Spare => spare.push(span.clone()),
            Word::Is(expected) if !said.eq_ignore_ascii_case(expected) => return None,
            Word::Is(_) | Word::Any | Word::Rest => {}
        }
    }
    Some(Found { form, account, secret: secret?, spare })
}

/// Where the words of a text are.
fn spans(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut start = None;
    for (at, byte) in text.bytes().enumerate() {
        match (byte == b' ', start) {
            (false, None) => start = Some(at),
            (true, Some(begin)) => {
                spans.push(begin..at);
                start = None;
            }
            _ => {}
        }
    }
    spans.extend(start.map(|begin| begin..text.len()));
    spans
}

/// What a service's words mean, refusals first: "you are not identified" holds both.
fn verdict(words: &str) -> Option<bool> {
    if REFUSED.iter().any(|sign| words.contains(sign)) {
        Some(false)
    } else if ACCEPTED.iter().any(|sign| words.contains(sign)) {
        Some(true)
    } else {
        None
    }
}

fn is_harmless(verb: &str) -> bool {
    HARMLESS.iter().any(|known| verb.eq_ignore_ascii_case(known))
}

const REFUSED: &[&str] = &[
    "incorrect",
    "invalid",
    "wrong",
    "denied",
    "fail",
    "not registered",
    "isn't registered",
    "not match",
    "no such",
    "does not exist",
    "doesn't exist",
    "not authorized",
    "already registered",
    "not identified",
    "unknown",
    "syntax",
    "suspended",
    "could not find",
    "too many",
    "insufficient",
];

const ACCEPTED: &[&str] = &[
    "now identified",
    "now logged in",
    "accepted",
    "you are now",
    "logged in as",
    "now recognized",
    "account created",
    "registered",
    "successful",
    "i recognize",
    "has been killed",
    "has been ghosted",
    "disconnected",
    "released",
    "recovered",
    "regained",
    "has been changed",
    "has been set",
    "has been dropped",
    "confirmed",
    "authed",
    "remember this",
];

const HARMLESS: &[&str] = &[
    "HELP",
    "INFO",
    "STATUS",
    "ACC",
    "LIST",
    "LISTCHANS",
    "LOGOUT",
    "ALIST",
    "GLIST",
    "ACCESS",
    "OP",
    "DEOP",
    "VOICE",
    "DEVOICE",
    "HALFOP",
    "DEHALFOP",
    "INVITE",
    "UNBAN",
    "TOPIC",
    "KICK",
    "BAN",
    "FLAGS",
    "AKICK",
    "WHY",
    "COUNT",
    "GETKEY",
    "SEND",
    "READ",
    "DEL",
    "WHOIS",
    "WHOAMI",
    "VERSION",
    "USERLIST",
    "CHANLEV",
    "SESSIONS",
    "VHOST",
    "ON",
    "OFF",
    "SHOWCOMMANDS",
    "CLIENTS",
];

const PASSWORD: CredentialKind = CredentialKind::Password;

/// Short for the table below.
const fn form(
    service: Service,
    verbs: &'static [&'static str],
    words: &'static [Word],
    mechanism: &'static str,
    login: bool,
) -> Form {
    Form { service, verbs, words, mechanism, kind: PASSWORD, login }
}

#[rustfmt::skip]
static FORMS: &[Form] = {
    use Service::{AuthServ, ChanServ, NickServ, Other, Q, X};
    use Word::{Account, Any, Is, Rest, Secret, Spare};
    &[
    form(NickServ, &["IDENTIFY", "ID", "LOGIN", "SIDENTIFY", "AUTH"], &[Secret],          "nickserv-identify", true),
    form(NickServ, &["IDENTIFY", "ID", "LOGIN", "SIDENTIFY", "AUTH"], &[Account, Secret], "nickserv-identify", true),
    form(NickServ, &["REGISTER"],              &[Secret],                        "nickserv-register",     false),
    form(NickServ, &["REGISTER"],              &[Secret, Any],                   "nickserv-register",     false),
    form(NickServ, &["GHOST"],                 &[Account, Secret],               "nickserv-ghost",        false),
    form(NickServ, &["RECOVER"],               &[Account, Secret],               "nickserv-recover",      false),
    form(NickServ, &["RELEASE"],               &[Account, Secret],               "nickserv-release",      false),
    form(NickServ, &["REGAIN"],                &[Account, Secret],               "nickserv-regain",       false),
    form(NickServ, &["GROUP", "LINK"],         &[Account, Secret],               "nickserv-group",        false),
    form(NickServ, &["DROP", "UNREGISTER"],    &[Account, Secret],               "nickserv-drop",         false),
    form(NickServ, &["SETPASS"],               &[Account, Spare, Secret],        "nickserv-set-password", false),
    form(NickServ, &["SET"],                   &[Is("PASSWORD"), Secret],        "nickserv-set-password", false),
    form(NickServ, &["SASET"],                 &[Account, Is("PASSWORD"), Secret], "nickserv-set-password", false),
    form(NickServ, &["PASSWD", "NEWPASS"],     &[Spare, Secret],                 "nickserv-set-password", false),
    form(NickServ, &["PASSWD", "NEWPASS"],     &[Spare, Secret, Spare],          "nickserv-set-password", false),
    form(NickServ, &["CONFIRM"],               &[Secret],                        "nickserv-confirm",      false),
    form(NickServ, &["VERIFY"],                &[Is("REGISTER"), Account, Secret], "nickserv-confirm",    false),
    form(ChanServ, &["IDENTIFY"],              &[Any, Secret],               "chanserv-identify",     false),
    form(ChanServ, &["REGISTER"],              &[Any, Secret, Rest],         "chanserv-register",     false),
    form(ChanServ, &["SET"],                   &[Any, Is("PASSWORD"), Secret], "chanserv-set-password", false),
    form(AuthServ, &["AUTH"],                  &[Secret],                        "authserv-auth",         true),
    form(AuthServ, &["AUTH"],                  &[Account, Secret],               "authserv-auth",         true),
    form(AuthServ, &["REGISTER"],              &[Account, Secret],               "authserv-register",     false),
    form(AuthServ, &["REGISTER"],              &[Account, Secret, Any],          "authserv-register",     false),
    form(AuthServ, &["PASS"],                  &[Spare, Secret],                 "authserv-set-password", false),
    form(AuthServ, &["COOKIE"],                &[Account, Secret],               "authserv-cookie",       false),
    form(Q,        &["AUTH"],                  &[Account, Secret],               "q-auth",                true),
    form(Q,        &["NEWPASS"],               &[Spare, Secret, Spare],          "q-set-password",        false),
    Form { service: Q, verbs: &["CHALLENGEAUTH"], words: &[Account, Secret, Any],
           mechanism: "q-challengeauth", kind: CredentialKind::Digest, login: true },
    form(X,        &["LOGIN"],                 &[Account, Secret],               "x-login",               true),
    form(X,        &["LOGIN"],                 &[Account, Secret, Spare],        "x-login",               true),
    form(X,        &["NEWPASS"],               &[Secret],                        "x-set-password",        false),
    form(Other,    &["LOGIN", "IDENTIFY"],     &[Secret],                        "services-login",        true),
    form(Other,    &["LOGIN", "IDENTIFY"],     &[Account, Secret],               "services-login",        true),
    ]
};
