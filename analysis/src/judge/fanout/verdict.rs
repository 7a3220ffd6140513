//! When it is enough: accounts and contents become outbreaks.

use super::Fanout;
use super::account::{Account, HOUR, Receipt, Recipient, SUSPECT, Sent, seconds, short};
use super::bank::{BANK, CONV, Hypothesis, METADATA, TESTS};
use super::features::Feature;
use super::ids::Id;
use super::keys::CHAIN;
use super::outbreak::Outbreak;
use super::payload::{Class, Payload};
use super::spread::Spread;
use super::tree::Infected;
use crate::Time;
use crate::told::{Category, Head, Severity};

/// Distinct recipients without whom no account is accused.
const RECIPIENTS: usize = 3;
/// The same within conversations: what people laugh about comes up in several. Three are enough where the
/// score is so many thresholds.
const TALKERS: usize = 4;
const TALKATIVE: f32 = 1.25;
/// The same for rooms: whoever announces something does so in several.
const ROOMS: usize = 5;
/// Accounts that spread one content to people, whoever they had it from, and are an outbreak.
const SPREADERS: usize = 5;
/// Recipients of lures that make whoever was lured by an outbreak one of its accounts.
const LURES: usize = 2;
/// Infected accounts, and generations, of a worm nobody doubts.
const CERTAIN: usize = 3;
const GENERATIONS: u64 = 2;
/// Infected within an hour.
const RAPID: usize = 10;
/// Ancestors whose scores support one account's.
const ANCESTORS: usize = 8;
/// Parts of a threshold an account and its ancestors have to reach together, and where it sends on the
/// very content it got.
const TOGETHER: f32 = 1.5;
const PASSED_ON: f32 = 1.2;

impl Fanout {
    /// Judges a sending: does it belong to an outbreak, or make one?
    pub(super) fn judge(&mut self, head: &Head, spread: &Spread<'_>, payload: &Payload) {
        let number = match self.known(spread, payload) {
            Some(number) => Some(number),
            None => self.accused(spread, payload).or_else(|| self.chain(spread, payload)),
        };
        if spread.to.room {
            self.chorus(head, spread.from, spread.to, payload, spread.at);
        }
        let Some(number) = number else { return };
        self.join(number, spread, payload);
        let Some(outbreak) = self.outbreaks.get_mut(&number) else { return };
        outbreak.frame(head.pcap_cnt);
        outbreak.worsen(spread.at);
        let news = outbreak.news();
        self.findings.extend(news);
    }

    /// The outbreak this sending belongs to: its content's, its sender's, or the one that lured them.
    fn known(&self, spread: &Spread<'_>, payload: &Payload) -> Option<Id> {
        let keys = payload.identifying();
        let by_content = keys.filter_map(|key| self.contents.get(key.id)?.incident);
        let by_sender = self.members.get(&spread.from).copied();
        let open = |number: &Id| self.outbreaks.contains_key(number);
        by_content.chain(by_sender).find(open).or_else(|| self.lured(spread.from))
    }

    /// The open outbreak that lured an account which lures others by now: no more is needed where content
    /// changes. Within a conversation people send links too, but hardly to those who just lured them.
    fn lured(&self, who: Id) -> Option<Id> {
        let number = self.victims.of(who)?;
        let outbreak = self.outbreaks.get(&number).filter(|one| one.visible)?;
        let sent = self.accounts.get(who).filter(|_| outbreak.tree.lured(who))?.sent.as_ref()?;
        let counts = |to: &&Recipient| !to.replied || outbreak.tree.member(to.who).is_some();
        (sent.lures().filter(counts).count() >= LURES).then_some(number)
    }

    /// The account's own scores are enough, or they are with those of whoever infected it.
    fn accused(&mut self, spread: &Spread<'_>, payload: &Payload) -> Option<Id> {
        let decoy = self.lists.is_decoy(spread.to) && payload.active();
        let account = self.accounts.get(spread.from)?;
        let (test, ratio) = account.verdict(payload, decoy)?;
        let passed_on = spread.inherited.is_some_and(|receipt| receipt.same(payload));
        let together = if passed_on { PASSED_ON } else { TOGETHER };
        if !decoy && ratio < 1.0 && ratio + self.inherited_progress(account, spread.at) < together {
            return None;
        }
        if let Some(number) = self.neighbour(spread.from, account, spread.at) {
            return Some(number);
        }
        let number = self.number();
        let account = self.accounts.get(spread.from)?;
        let mut outbreak = account.outbreak(test, spread.at)?;
        outbreak.not_visible = self.not_visible(account);
        self.outbreaks.insert(number, outbreak);
        Some(number)
    }

    /// The open outbreak that reached an account out of the blue, or that it reached: content that
    /// changes is one outbreak all the same.
    pub(super) fn neighbour(&self, who: Id, account: &Account, at: Time) -> Option<Id> {
        let member = |who: Id| {
            let number = self.members.get(&who).copied();
            number.filter(|number| self.outbreaks.contains_key(number))
        };
        let senders = || account.got.all_unasked(at);
        let recipients = account.sent.iter().flat_map(|sent| &sent.to).map(|to| to.who);
        senders().map(|receipt| receipt.from).chain(recipients).find_map(member).or_else(|| {
            // Whoever is between the two may never have been noticed.
            let before = |receipt: &Receipt| {
                let between = self.accounts.get(receipt.from)?;
                between.got.all_unasked(receipt.at).find_map(|receipt| member(receipt.from))
            };
            let visible = |number: &Id| self.outbreaks.get(number).is_some_and(|one| one.visible);
            let victim = || self.victims.of(who).filter(visible);
            senders().find_map(before).or_else(victim)
        })
    }

    /// Half the scores of those from whom it came, as parts of their thresholds.
    fn inherited_progress(&self, account: &Account, at: Time) -> f32 {
        let (mut sum, mut at, mut account) = (0.0, at, account);
        for _ in 0..ANCESTORS {
            let parent = account.got.unasked(at);
            let Some(receipt) = parent else { break };
            let Some(parent) = self.accounts.get(receipt.from) else { break };
            sum += parent.progress() / 2.0;
            (at, account) = (receipt.at, parent);
        }
        sum
    }

    /// The content's own score is enough: those who receive it send it on.
    fn chain(&mut self, spread: &Spread<'_>, payload: &Payload) -> Option<Id> {
        let keys = payload.identifying();
        let contents = keys.filter_map(|key| self.contents.get(key.id));
        let content = contents
            .filter(|content| {
                content.chain().0 + content.chain().1 >= CHAIN
                    || content.spreaders(spread.at) >= SPREADERS
            })
            .max_by_key(|content| content.propagators())?;
        let ((propagators, idle), origin) = (content.chain(), content.origin);
        let (count, received) = (content.propagators(), content.received);
        let spreaders = content.spreaders(spread.at);
        let subject = self.accounts.get(origin).or_else(|| self.accounts.get(spread.from))?;
        let category = match payload.class {
            Class::File => Category::FilePropagation,
            _ => Category::WormFanout,
        };
        let time = spread.at.to_string();
        let mut outbreak = Outbreak::new(
            category,
            &[&subject.network, &subject.name, &time],
            &subject.name,
            &subject.network,
            spread.at,
        );
        outbreak.title = format!("What {} sent spreads by itself", subject.name);
        if propagators + idle >= CHAIN {
            outbreak.score = Some((propagators + idle, CHAIN));
            outbreak.terms = vec![("propagators", propagators), ("idle_recipients", idle)];
            outbreak.reason = format!(
                "chain {:.1} >= {CHAIN}: {count} of {received} accounts that received it from {} or \
                 its recipients sent it on to two or more",
                propagators + idle,
                subject.name,
            );
        } else {
            outbreak.score = Some((spreaders as f32, SPREADERS as f32));
            outbreak.terms = vec![("spreaders", spreaders as f32)];
            outbreak.reason = format!(
                "{spreaders} accounts sent the same to two or more within a day, wherever they had it \
                 from, beginning with {}; {SPREADERS} are enough",
                subject.name,
            );
        }
        outbreak.raise(Severity::Medium);
        outbreak.not_visible = self.not_visible(subject);
        let number = self.number();
        self.outbreaks.insert(number, outbreak);
        Some(number)
    }

    /// Contacts alone look like a worm's.
    pub(super) fn suspected(&mut self, head: &Head, from: Id, at: Time) {
        if self.members.get(&from).is_some_and(|number| self.outbreaks.contains_key(number)) {
            return;
        }
        let number = self.number();
        let Some(account) = self.accounts.get(from) else { return };
        let Some(mut outbreak) = account.outbreak(METADATA, at) else { return };
        outbreak.not_visible = self.not_visible(account);
        outbreak.not_visible.push("what was sent".to_owned());
        outbreak.raise(Severity::Low);
        outbreak.frame(head.pcap_cnt);
        self.findings.extend(outbreak.news());
        self.outbreaks.insert(number, outbreak);
        self.members.insert(from, number);
    }

    /// Adds a sending to an outbreak: its victim, its sender, its content.
    fn join(&mut self, number: Id, spread: &Spread<'_>, payload: &Payload) {
        let brings = spread.lure.new || self.is_branded(number, payload);
        self.infect(number, spread, payload);
        let Some(account) = self.accounts.get(spread.from) else { return };
        let Some(outbreak) = self.outbreaks.get_mut(&number) else { return };
        let lure = brings.then_some(spread.lure);
        outbreak.victim(spread.to.id, spread.to.name, lure, spread.at);
        self.victims.note(spread.to.id, number);
        if account.sent.as_ref().is_some_and(|sent| sent.dangerous) {
            outbreak.dangerous = true;
        }
        outbreak.visible |= payload.active();
        outbreak.trapped |= self.lists.is_decoy(spread.to) && payload.active();
        if let Some(reason) = self.lists.reason(&account.name, spread.to, payload, spread.at) {
            outbreak.allowed.get_or_insert_with(|| reason.to_owned());
        }
        // Announcing something in several rooms is what people do; newcomers seldom do, but for programs
        // that carry on into one room what was just said in another.
        let in_rooms = account.sent.as_ref().is_some_and(|sent| sent.to.iter().all(|to| to.room));
        let relays = || {
            let keys = payload.identifying();
            let mut contents = keys.filter_map(|key| self.contents.get(key.id));
            contents.any(|content| content.was_said(spread.from, spread.at))
        };
        outbreak.announced |= in_rooms && (account.age() > HOUR || relays());
        self.brand(number, payload);
    }

    /// Whoever sends it spreads the outbreak from now on, with all they have sent, unless it may be chance.
    fn infect(&mut self, number: Id, spread: &Spread<'_>, payload: &Payload) {
        let Self { accounts, outbreaks, victims, members, .. } = self;
        let Some(account) = accounts.get(spread.from) else { return };
        let Some(outbreak) = outbreaks.get_mut(&number) else { return };
        let same = spread.inherited.filter(|receipt| receipt.same(payload));
        let from = |receipt: Receipt| Some((receipt, accounts.get(receipt.from)?));
        // Whoever says in a room what was said in others has not caught it there.
        let several = account.sent.as_ref().is_some_and(|sent| sent.to.len() > 1);
        let several = several && !spread.to.room;
        if outbreak.tree.member(spread.from).is_some() {
            if let Some((receipt, parent)) = same.and_then(from) {
                outbreak.tree.inherits(spread.from, &receipt, parent);
            }
        } else if several || account.progress() >= SUSPECT {
            let sent = account.sent.as_deref();
            let lures = sent.map(|sent| sent.lures_like(payload, spread.from)).unwrap_or_default();
            let receipt = same.or_else(|| account.caught(outbreak, spread.at).copied());
            let infected = Infected::new(spread.from, account, receipt.and_then(from), spread.at);
            outbreak.tree.infect(infected.passing_on(same.is_some()).luring(&lures));
            for (to, lure) in sent.iter().flat_map(|sent| &sent.to).zip(lures) {
                outbreak.victim(to.who, &to.name, lure, spread.at);
                victims.note(to.who, number);
            }
            let frames = sent.iter().flat_map(|sent| &sent.frames);
            frames.for_each(|frame| outbreak.frame(Some(*frame)));
            members.insert(spread.from, number);
        }
        if same.is_some() || account.progress() >= 1.0 {
            outbreak.tree.ensure(spread.from);
        }
    }

    /// Whether content is an outbreak's already.
    fn is_branded(&self, number: Id, payload: &Payload) -> bool {
        let keys = payload.identifying();
        let mut contents = keys.filter_map(|key| self.contents.get(key.id));
        contents.any(|content| content.incident == Some(number))
    }

    /// Content is an outbreak's from now on.
    pub(super) fn brand(&mut self, number: Id, payload: &Payload) {
        for key in payload.identifying() {
            let Some(content) = self.contents.get_mut(key.id) else { continue };
            // What is over has no part in what comes of the same content later.
            if content.incident.is_none_or(|known| !self.outbreaks.contains_key(&known)) {
                content.incident = Some(number);
            }
        }
    }

    pub(super) fn number(&mut self) -> Id {
        self.numbers += 1;
        self.numbers
    }

    /// What could not be seen and would have helped to judge an account.
    fn not_visible(&self, account: &Account) -> Vec<String> {
        let mut missing = Vec::new();
        if account.peers.listed() == 0 {
            missing.push("the buddy list".to_owned());
        }
        if !self.is_seasoned() {
            missing.push("who talked to whom a week ago".to_owned());
        }
        if self.lossy > 0.001 {
            missing.push("bytes lost on the way".to_owned());
        }
        missing
    }
}

impl Outbreak {
    /// Raises the severity by what is known by now.
    fn worsen(&mut self, now: Time) {
        const WITHIN: i64 = 3_600_000_000_000;
        let infected = self.tree.infected();
        let sure = infected.iter().filter(|one| one.sure);
        let rapid = sure.clone().filter(|one| now.since(one.sent) <= WITHIN).count() >= RAPID;
        let sure = sure.count();
        let certain = sure >= CERTAIN && self.tree.depth() >= GENERATIONS;
        // What several announce is news, unless some had it from others.
        let severity = if self.trapped {
            Severity::Critical
        } else if self.announced && (infected.len() < CERTAIN || self.tree.depth() == 0) {
            Severity::Info
        } else if !self.visible {
            Severity::Low
        } else if rapid || certain {
            Severity::Critical
        } else if self.dangerous || sure > 1 {
            Severity::High
        } else {
            Severity::Medium
        };
        self.raise(severity);
    }
}

impl Account {
    /// What it got unasked: the first from somebody in an outbreak, or else the last.
    fn caught(&self, outbreak: &Outbreak, at: Time) -> Option<&Receipt> {
        let by_member = |receipt: &&Receipt| outbreak.tree.member(receipt.from).is_some();
        self.got.all_unasked(at).filter(by_member).last().or_else(|| self.got.unasked(at))
    }

    /// The test that comes nearest to its threshold among those whose recipients are enough, and how
    /// near; nothing below half way.
    fn verdict(&self, payload: &Payload, decoy: bool) -> Option<(usize, f32)> {
        let (bank, sent) = (self.bank.as_ref()?, self.sent.as_ref()?);
        let person = self.is_person();
        let tests = (0..TESTS).filter(|test| match *test {
            METADATA => false,
            CONV => person,
            _ => true,
        });
        tests
            .filter_map(|test| Some((test, bank.score(test) / BANK.get(test)?.threshold)))
            .filter(|(test, ratio)| {
                decoy || *ratio >= SUSPECT && sent.suffices(*test, *ratio, person, payload)
            })
            .max_by(|one, other| one.1.total_cmp(&other.1))
    }

    /// It has a list, or wrote to somebody unasked: no service that only answers.
    fn is_person(&self) -> bool {
        self.begins || self.peers.listed() > 0
    }

    /// The incident that its scores make.
    fn outbreak(&self, test: usize, at: Time) -> Option<Outbreak> {
        let (bank, hypothesis) = (self.bank.as_ref()?, BANK.get(test)?);
        let time = at.to_string();
        let about = [&*self.network, &*self.name, &time];
        let mut outbreak =
            Outbreak::new(Category::WormFanout, &about, &self.name, &self.network, at);
        let parts = bank.parts(test);
        let score: f32 = parts.iter().map(|(_, value)| value).sum();
        outbreak.score = Some((score, hypothesis.threshold));
        outbreak.terms = parts.iter().map(|(feature, value)| (feature.name(), *value)).collect();
        outbreak.title = match (test, &self.sent) {
            (METADATA, _) => format!("{} writes to many out of the blue", self.name),
            (_, Some(sent)) if sent.files => {
                format!("{} sends files to one after another", self.name)
            }
            _ => format!("{} sends links to one after another", self.name),
        };
        outbreak.reason = self.reason(hypothesis, score, &parts, at);
        Some(outbreak)
    }

    /// One sentence with numbers.
    fn reason(&self, test: &Hypothesis, score: f32, parts: &[(Feature, f32)], at: Time) -> String {
        let relation = if score >= test.threshold { ">=" } else { "with its senders' against" };
        let mut words =
            format!("{} {score:.1} {relation} {:.0}: {}", test.name, test.threshold, self.name);
        let to: &[Recipient] = self.sent.as_ref().map_or(&[], |sent| &sent.to);
        if to.is_empty() {
            words += &format!(" started {} contacts", self.contacts);
        } else {
            let what = match self.sent.as_ref() {
                Some(sent) if sent.files => "files",
                Some(sent) if sent.visible => "links",
                _ => "something",
            };
            let first = to.iter().map(|one| one.at).min().unwrap_or_default();
            let span = seconds(at).saturating_sub(first);
            let novel = to.iter().filter(|one| one.novel).count();
            words += &format!(
                " sent {what} to {} within {}, {novel} of them not talked to for a week",
                super::outbreak::count(to.len() as u64, "recipient"),
                super::outbreak::span(span),
            );
        }
        let named: Vec<String> = parts
            .iter()
            .take(5)
            .map(|(feature, value)| format!("{} {value:+.1}", feature.name().replace('_', " ")))
            .collect();
        words += &format!(" ({})", named.join(", "));
        words
    }
}

impl Sent {
    /// Whether the recipients are enough for a test. In conversations people send links all the time:
    /// there it has to be one content.
    fn suffices(&self, test: usize, ratio: f32, by_person: bool, payload: &Payload) -> bool {
        let rooms = self.to.iter().filter(|to| to.room).count();
        // A service only answers.
        let counts = |to: &&Recipient| match test {
            CONV => to.reply && self.went_to(payload, short(to.who)),
            _ => by_person || !to.reply,
        };
        let people = self.to.iter().filter(|to| !to.room).filter(counts).count();
        match test {
            CONV => people >= TALKERS || people >= RECIPIENTS && ratio >= TALKATIVE,
            _ => people >= RECIPIENTS || rooms >= ROOMS,
        }
    }
}
