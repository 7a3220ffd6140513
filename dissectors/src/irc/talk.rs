//! One conversation: lines to events.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::asked::{Asked, Open, Question};
use super::batch::Batches;
use super::fallback::Fallback;
use super::link::Link;
use super::members::Members;
use super::names::{Names, text};
use super::sasl::Sasl;
use super::watch::Watch;
use super::wire::{Cut, Line, Source, cut, skip};
use crate::event::{Answer, Credential, CredentialKind, Login, Outcome, Seal, Strength, Verdict};
use crate::heard::Heard;
use crate::{
    Account, Dissector, Ends, Event, Name, Next, Out, Resume, Secret, Side, Step, Text, Who,
};

/// Everything remembered of one conversation. Every table has a bound.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) ends: Ends,
    /// The server's own name.
    pub(super) server: Option<String>,
    /// The client's nickname as far as it is known.
    pub(super) nick: Option<String>,
    pub(super) names: Names,
    pub(super) sign_on: SignOn,
    pub(super) asked: Asked,
    pub(super) sasl: Sasl,
    pub(super) batches: Batches,
    pub(super) fallback: Fallback,
    pub(super) heard: Heard,
    pub(super) members: Members,
    pub(super) watch: Watch,
    pub(super) link: Link,
    pub(super) dcc: super::dcc::Offers,
    /// A topic whose author the next line may tell.
    pub(super) topic: Option<(String, Text)>,
    /// Texts come with a mark whether their author is identified (`identify-msg`).
    pub(super) marked: bool,
    /// Secrets of this conversation, to be hidden where services repeat them.
    secrets: VecDeque<Zeroizing<String>>,
    starttls: bool,
    skipping: [bool; 2],
    /// The next line of this side may lack its beginning.
    resuming: [bool; 2],
    ended: [bool; 2],
}

/// How far the client's registration is.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, heard in any order")]
pub(super) struct SignOn {
    /// The nickname asked for.
    pub(super) wanted: Option<String>,
    /// The server has welcomed the client.
    pub(super) welcome: bool,
    /// The failure of the wanted nickname was told.
    pub(super) told: bool,
    /// `irc-pass` when a password was given.
    pub(super) pass: bool,
    /// Some line of the server was heard.
    pub(super) server_heard: bool,
    /// The client already acts as if it were welcome.
    pub(super) acting: bool,
    /// The account signed on by SASL, and how.
    pub(super) sasl: Option<(String, &'static str)>,
}

/// A secret to tell.
pub(super) struct Told<'a> {
    pub(super) question: Question,
    /// Whose; nobody's name means the client's.
    pub(super) name: Option<String>,
    pub(super) kind: CredentialKind,
    pub(super) mechanism: &'static str,
    pub(super) strength: Strength,
    pub(super) secret: &'a [u8],
    /// A login is told with the answer.
    pub(super) login: bool,
}

impl Talk {
    pub(super) fn new(ends: Ends) -> Self {
        Self {
            ends,
            server: None,
            nick: None,
            names: Names::default(),
            sign_on: SignOn::default(),
            asked: Asked::default(),
            sasl: Sasl::default(),
            batches: Batches::default(),
            fallback: Fallback::default(),
            heard: Heard::default(),
            members: Members::default(),
            watch: Watch::default(),
            link: Link::default(),
            dcc: super::dcc::Offers::default(),
            topic: None,
            marked: false,
            secrets: VecDeque::new(),
            starttls: false,
            skipping: [false; 2],
            resuming: [false; 2],
            ended: [false; 2],
        }
    }

    /// Reads one line; true when TLS begins behind it.
    fn line(&mut self, side: Side, bytes: &[u8], out: &mut Out) -> bool {
        if bytes.contains(&0) {
            out.weird("irc_nul", "a line holds a NUL byte");
        }
        let unmarked = self.link.is_p10() && !is_marked(bytes);
        let parsed = if unmarked { Line::parse_unmarked(bytes) } else { Line::parse(bytes) };
        let Some(line) = parsed else {
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                out.weird("irc_no_command", "a line without a command");
            }
            return false;
        };
        if self.link.is_on() || self.link.begins(side, &line) {
            self.link_line(side, &line, out);
            return false;
        }
        if self.goes_on(side, &line, out) {
            return false;
        }
        match side {
            Side::Client => self.client_line(&line, out),
            Side::Server => return self.server_line(&line, out),
        }
        false
    }

    fn client_line(&mut self, line: &Line<'_>, out: &mut Out) {
        let command = line.command.to_ascii_uppercase();
        self.sign_on.acting |= !line.param(0).is_empty()
            && matches!(command.as_str(), "JOIN" | "PRIVMSG" | "MODE" | "WHO");
        match command.as_str() {
            "PASS" | "NICK" | "OPER" | "WEBIRC" | "DIE" | "RESTART" | "REGISTER" | "VERIFY" => {
                self.sign_on_line(&command, line, out);
            }
            "AUTHENTICATE" => self.sasl_client(line, out),
            "STARTTLS" => self.starttls = true,
            "PRIVMSG" | "NOTICE" | "TAGMSG" | "CPRIVMSG" | "CNOTICE" => {
                self.say_line(Side::Client, &command, line, out);
            }
            "BATCH" => self.batch_line(Side::Client, line, out),
            "JOIN" | "PART" | "QUIT" | "KICK" | "TOPIC" | "MODE" => {
                self.room_request(&command, line, out);
            }
            "AWAY" | "ISON" | "WATCH" | "MONITOR" | "WHO" => {
                self.watch_request(&command, line, out);
            }
            _ => self.service_command(&command, line, out),
        }
    }

    fn server_line(&mut self, line: &Line<'_>, out: &mut Out) -> bool {
        self.sign_on.server_heard = true;
        self.learn_server(line);
        if line.numeric() != Some(333) {
            self.flush_topic(None, out);
        }
        if let Some(code) = line.numeric() {
            return self.numeric(code, line, out);
        }
        let command = line.command.to_ascii_uppercase();
        match command.as_str() {
            "PRIVMSG" | "NOTICE" | "TAGMSG" => self.say_line(Side::Server, &command, line, out),
            "BATCH" => self.batch_line(Side::Server, line, out),
            "AUTHENTICATE" => self.sasl.challenge(line.param(0)),
            "CAP" => self.capabilities(line),
            "ERROR" => self.refused(line, out),
            "FAIL" | "REGISTER" | "VERIFY" => self.registration_answer(&command, line, out),
            "AWAY" => self.away_notify(line, out),
            _ if self.in_playback(line) => {}
            _ => self.room_line(&command, line, out),
        }
        false
    }

    /// A reply; true when TLS begins behind it.
    fn numeric(&mut self, code: u16, line: &Line<'_>, out: &mut Out) -> bool {
        match code {
            5 => line.from(1).iter().for_each(|parameter| self.names.learn(&text(parameter))),
            290 => self.marked |= line.last().eq_ignore_ascii_case(b"IDENTIFY-MSG"),
            670 if self.starttls || !self.sign_on.welcome => return true,
            691 | 421 | 451 if self.starttls => self.starttls_refused(code, line, out),
            301 | 303 | 305 | 306 | 352 | 354 | 598..=605 | 730 | 731 => {
                self.presence_reply(code, line, out);
            }
            324 | 332 | 333 | 341 | 353 => self.room_reply(code, line, out),
            _ => self.answer_line(code, line, out),
        }
        false
    }

    /// 691 says so; 421 and 451 do when they name the command, or none at all.
    fn starttls_refused(&mut self, code: u16, line: &Line<'_>, out: &mut Out) {
        let named = line.param(1).eq_ignore_ascii_case(b"STARTTLS");
        if code == 691 || named || (code == 451 && line.count() < 3) {
            self.starttls = false;
            let seal = Seal { verdict: Verdict::StarttlsRefused, ..Seal::default() };
            out.emit(Event::Seal(seal));
        }
    }

    fn capabilities(&mut self, line: &Line<'_>) {
        let listed = text(line.last());
        self.fallback.capabilities(line.param(1), &listed);
        if line.param(1).eq_ignore_ascii_case(b"ACK") {
            self.marked |= listed.split(' ').any(|name| name == "identify-msg");
        }
    }

    /// The server's name is the source of its replies; the welcome settles it.
    fn learn_server(&mut self, line: &Line<'_>) {
        let reply = line.numeric().is_some();
        let by_source = line.source.filter(|source| {
            !source.person && (reply || (source.is_server() && is_servers(line.command)))
        });
        let pinged = (line.command.eq_ignore_ascii_case("PING") && line.param(0).contains(&b'.'))
            .then(|| line.param(0));
        let Some(name) = by_source.map(|source| source.name).or(pinged) else { return };
        if self.server.is_none() || line.numeric() == Some(1) {
            self.server = Some(text(name).into_owned());
        }
        let target = line.param(0);
        if reply && self.nick.is_none() && !matches!(target, b"" | b"*") {
            self.nick = Some(text(target).into_owned());
        }
    }

    /// Is this the server, or nobody, speaking?
    pub(super) fn is_server(&self, source: Option<Source<'_>>) -> bool {
        source.is_none_or(|source| {
            source.name.is_empty()
                || (self.link.is_on() && self.link.is_server(source.name))
                || source.is_server()
                || (!source.person
                    && self.server.as_ref().is_some_and(|name| name.as_bytes() == source.name))
        })
    }

    /// `irc:` and the server's own name, or its address while that is unknown.
    pub(super) fn network(&self) -> Name {
        let mut network = Name::const_new("irc:");
        match self.server.as_ref().or(self.link.caller.as_ref()) {
            Some(name) => network.push_str(name),
            None => network.push_str(&self.ends.server.ip().to_string()),
        }
        network
    }

    /// The account of a nickname.
    pub(super) fn who(&self, nick: &str) -> Who {
        Who::Account(Account::new(self.network(), nick))
    }

    /// The client's own account.
    pub(super) fn own(&self) -> Who {
        self.nick.as_deref().map_or(Who::Unnamed(Side::Client), |nick| self.who(nick))
    }

    /// Is this the client's own nickname?
    pub(super) fn is_own(&self, nick: &str) -> bool {
        self.nick.as_deref().is_some_and(|own| self.names.fold(own) == self.names.fold(nick))
    }

    /// Tells a secret, and waits for its answer.
    pub(super) fn credential(&mut self, told: Told<'_>, out: &mut Out) {
        if told.secret.is_empty() {
            return;
        }
        let attempt = self.asked.number();
        let named = told.name.clone().or_else(|| self.nick.clone());
        let who = match &named {
            Some(name) if self.server.is_some() || self.sign_on.acting => self.who(name),
            _ if told.question == Question::Link(Side::Server) => Who::Unnamed(Side::Server),
            _ => Who::Unnamed(Side::Client),
        };
        let open = Open {
            question: told.question,
            attempt,
            name: told.name,
            unnamed: matches!(who, Who::Unnamed(_)),
            login: told.login.then_some(told.mechanism),
        };
        let (kind, mechanism, strength) = (told.kind, told.mechanism, told.strength);
        let secret = Secret::new(told.secret);
        out.emit(Event::Credential(Credential { attempt, who, kind, mechanism, strength, secret }));
        self.remember(told.secret);
        if let Some(given_up) = self.asked.keep(open) {
            self.answered(&given_up, None, out);
        }
    }

    /// Keeps the latest secrets, so that they can be hidden in later text.
    fn remember(&mut self, secret: &[u8]) {
        if secret.len() < SHORT || self.secrets.iter().any(|known| known.as_bytes() == secret) {
            return;
        }
        self.secrets.push_back(Zeroizing::new(text(secret).into_owned()));
        if self.secrets.len() > SECRETS {
            self.secrets.pop_front();
        }
    }

    /// Hides every secret of this conversation in a text.
    pub(super) fn hide(&self, text: &mut Text) {
        self.secrets.iter().for_each(|secret| text.hide_all(secret));
    }

    /// Answers the oldest matching question; false when there is none.
    pub(super) fn answer(
        &mut self,
        matches: impl Fn(&Question) -> bool,
        accepted: Option<bool>,
        out: &mut Out,
    ) -> bool {
        let Some(open) = self.asked.take(matches) else { return false };
        self.answered(&open, accepted, out);
        true
    }

    pub(super) fn answered(&mut self, open: &Open, accepted: Option<bool>, out: &mut Out) {
        let owner = match &open.name {
            Some(name) => self.who(name),
            None => self.own(),
        };
        let named = owner.account().is_some();
        if accepted.is_some() || (open.unnamed && named) {
            let who = (open.unnamed && named).then(|| owner.clone());
            out.emit(Event::Answer(Answer { attempt: open.attempt, accepted, who }));
        }
        if let Some(method) = open.login {
            let outcome = match accepted {
                None => Outcome::Attempt,
                Some(true) => Outcome::Success,
                Some(false) => Outcome::Failure,
            };
            self.login(owner, method, outcome, out);
        }
    }

    /// Tells a sign-on.
    pub(super) fn login(&self, who: Who, method: &'static str, outcome: Outcome, out: &mut Out) {
        let server = self.server.clone();
        out.emit(Event::Login(Login { who, method, outcome, client: None, server }));
    }

    /// What was held back is told now.
    fn finish(&mut self, out: &mut Out) {
        self.flush_topic(None, out);
        self.flush_held(out);
        self.flush_batches(out);
        self.abandon_sign_on(out);
        for open in self.asked.take_all() {
            self.answered(&open, None, out);
        }
    }
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let (mut used, starttls) = (0, Seal { verdict: Verdict::Starttls, ..Seal::default() });
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let place = usize::from(side == Side::Server);
            if self.skipping.get(place) == Some(&true) {
                let (skipped, whole) = skip(rest);
                used += skipped;
                self.set_skipping(place, !whole);
                continue;
            }
            if self.starttls && rest.starts_with(TLS_HANDSHAKE) {
                self.finish(out);
                return Step::Became { used, next: Next::Sealed(starttls) };
            }
            match cut(rest) {
                Cut::Need => break,
                Cut::TooLong(_) => {
                    out.weird("irc_line_too_long", "the rest of the line was skipped");
                    self.set_skipping(place, true);
                }
                Cut::Line(line, taken) => {
                    used += taken;
                    let resuming = self.resuming.get_mut(place).is_some_and(std::mem::take);
                    if resuming && !super::probe::is_whole(line) {
                        continue;
                    }
                    if self.line(side, line, out) {
                        self.finish(out);
                        return Step::Became { used, next: Next::Sealed(starttls) };
                    }
                }
            }
        }
        Step::Took { used, want: 0 }
    }

    /// What follows a gap may begin in the middle of a line, which is then skipped.
    fn gap(&mut self, side: Side, _lost: u64, _out: &mut Out) -> Resume {
        let place = usize::from(side == Side::Server);
        self.set_skipping(place, false);
        if let Some(resuming) = self.resuming.get_mut(place) {
            *resuming = true;
        }
        self.sasl.lost();
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        if let Some(ended) = self.ended.get_mut(usize::from(side == Side::Server)) {
            *ended = true;
        }
        if self.ended == [true; 2] {
            self.finish(out);
        }
    }
}

impl Talk {
    fn set_skipping(&mut self, place: usize, on: bool) {
        if let Some(skipping) = self.skipping.get_mut(place) {
            *skipping = on;
        }
    }
}

/// A P10 server marks its source while it registers, or has none yet.
fn is_marked(line: &[u8]) -> bool {
    [&b":"[..], b"PASS ", b"SERVER ", b"ERROR "].iter().any(|start| line.starts_with(start))
}

/// Commands whose source, when it has dots and no user, is the server itself.
fn is_servers(command: &str) -> bool {
    ["NOTICE", "CAP", "PONG", "BATCH", "AUTHENTICATE", "FAIL", "REGISTER", "VERIFY"]
        .iter()
        .any(|known| command.eq_ignore_ascii_case(known))
}

/// Content type 22, version 3 (RFC 8446 section 5.1).
const TLS_HANDSHAKE: &[u8] = &[0x16, 0x03];

/// Shorter secrets are not searched for in text: they would hide innocent letters.
const SHORT: usize = 4;
const SECRETS: usize = 16;
