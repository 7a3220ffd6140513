//! How the rows of a story are said, the same in the report and on the page.

use overhear_dissectors::event::{MessageKind, Protection};

use super::{Found, Line, Oddity, Person, Secret, Story, Talk, Transfer, Way};
use crate::output::scrub::Shown;
use crate::output::word::{
    bytes, count, exposure, grouped, moment, reader, severity, span, strength, verdict, word,
};

impl Story {
    /// When it was, and how long.
    pub fn when(&self) -> Option<String> {
        let (from, to) = self.span?;
        Some(format!("{} to {} UTC ({})", moment(from), moment(to), span(from, to)))
    }

    /// Where it comes from, in a line.
    pub fn title(&self) -> Shown {
        match self.source.inputs.as_slice() {
            [] if self.is_blank() => Shown::line("nothing that could be read"),
            [] => Shown::line("a recorded stream"),
            [one] => one.clone(),
            many => Shown::line(&count(many.len() as u64, "input")),
        }
    }

    /// Nothing was read: that nothing was found says nothing.
    pub fn is_blank(&self) -> bool {
        let ledger = self.stats.as_ref().and_then(|stats| stats.ledger.as_ref());
        self.span.is_none() && ledger.is_some_and(|ledger| ledger.frames == 0)
    }

    /// What there is in it, as numbers with their names.
    pub fn amounts(&self) -> Vec<(u64, &'static str)> {
        let ledger = self.stats.as_ref().and_then(|stats| stats.ledger.as_ref());
        let mut amounts = Vec::new();
        if let Some(ledger) = ledger {
            amounts.extend([(ledger.frames, "frame"), (ledger.flows, "flow")]);
        }
        amounts.extend([
            (self.talks.messages, "message"),
            (self.secrets.rows().len() as u64, "secret"),
            (self.files.rows().len() as u64, "file"),
            (self.findings.rows().len() as u64, "finding"),
        ]);
        amounts
    }

    /// Secrets are shown as they are.
    pub fn reveals(&self) -> bool {
        self.source.secrets.as_str() == "reveal"
    }
}

impl Found {
    /// A mark that tells severities apart without colour.
    pub fn mark(&self) -> &'static str {
        severity(self.severity).0
    }

    /// Its severity as a word.
    pub fn level(&self) -> &'static str {
        severity(self.severity).1
    }

    /// What it is about, with its network.
    pub fn about(&self) -> Shown {
        match &self.network {
            Some(network) => Shown::line(&format!("{} on {network}", self.subject)),
            None => self.subject.clone(),
        }
    }

    /// The first few frames to look at.
    pub fn frames(&self) -> String {
        let frames: Vec<_> = self.evidence.iter().take(FRAMES).map(u64::to_string).collect();
        let rest = if self.evidence.len() > FRAMES { ", …" } else { "" };
        let noun = if frames.len() == 1 { "frame" } else { "frames" };
        format!("{noun} {}{rest}", frames.join(", "))
    }

    /// What could not be seen.
    pub fn unseen(&self) -> Option<String> {
        (!self.not_visible.is_empty())
            .then(|| format!("could not be seen: {}", joined(&self.not_visible)))
    }
}

impl Secret {
    /// Whose it is.
    pub fn owner(&self) -> String {
        match &self.account {
            Some(account) => format!("{account} on {}", self.network),
            None => format!("somebody on {}", self.network),
        }
    }

    /// How well it was protected, as a word.
    pub fn level(&self) -> String {
        word(self.strength)
    }

    /// What that means to whoever heard it.
    pub fn meaning(&self) -> &'static str {
        strength(self.strength)
    }

    /// `password`, `channel key`.
    pub fn sort(&self) -> String {
        self.kind.replace('_', " ")
    }

    /// The ways it travelled.
    pub fn ways(&self) -> String {
        joined(&self.mechanisms)
    }

    /// What the service said to it, and how often it was sent.
    pub fn answer(&self) -> String {
        let answer = match self.accepted {
            Some(true) => ", accepted",
            Some(false) => ", refused",
            None => "",
        };
        match self.times {
            1 => answer.into(),
            many => format!("{answer}, {} times", grouped(many)),
        }
    }
}

impl Way {
    /// How readable, and how far.
    pub fn verdict(&self) -> String {
        format!("{} {}", verdict(self.verdict), exposure(self.exposure))
    }

    /// How much of what.
    pub fn amounts(&self) -> String {
        let mut amounts = vec![count(self.channels, "channel")];
        for (number, one) in [(self.messages, "message"), (self.credentials, "secret")] {
            if number > 0 {
                amounts.push(count(number, one));
            }
        }
        amounts.push(bytes(self.bytes));
        amounts.join(", ")
    }

    /// Who could read it, where it was readable.
    pub fn readable_by(&self) -> Option<String> {
        let readers: Vec<_> = self.readers.iter().map(|who| reader(*who)).collect();
        (self.readable() && !readers.is_empty()).then(|| readers.join(", "))
    }

    /// Which servers were asked for.
    pub fn towards(&self) -> Option<String> {
        (!self.servers.is_empty()).then(|| format!("towards {}", joined(&self.servers)))
    }
}

impl Talk {
    /// Network, protocols, size, reach and time.
    pub fn about(&self) -> String {
        let mut about = vec![self.network.to_string()];
        let protocols = joined(&self.protocols);
        if !protocols.is_empty() && protocols != self.network.as_str() {
            about.push(protocols);
        }
        about.push(count(self.messages, "message"));
        if self.protected > 0 {
            about.push(format!("{} sealed end to end", grouped(self.protected)));
        }
        about.extend(self.exposure.map(|far| exposure(far).to_owned()));
        about.extend(self.span.map(|(from, to)| format!("{}, {}", moment(from), span(from, to))));
        about.join(" · ")
    }
}

impl Line {
    /// `12:57:49`.
    pub fn clock(&self) -> String {
        self.at.time.map(crate::output::word::clock).unwrap_or_default()
    }

    /// What has to be known about it: `[notice, two readings] `.
    pub fn remark(&self) -> String {
        let mut remarks = Vec::new();
        if !matches!(self.kind, MessageKind::Im | MessageKind::Chat) {
            remarks.push(word(self.kind).replace('_', " "));
        }
        if self.protection != Protection::None {
            remarks.push(format!("sealed: {}", word(self.protection)));
        }
        if self.ambiguous {
            remarks.push("two readings".into());
        }
        if remarks.is_empty() { String::new() } else { format!("[{}] ", remarks.join(", ")) }
    }

    /// What was said, line by line; its length where it is not shown.
    pub fn said(&self) -> Vec<Shown> {
        match &self.text {
            Some(lines) => lines.clone(),
            None => vec![Shown::line(&format!("({})", count(self.length, "character")))],
        }
    }
}

impl Transfer {
    /// How far it came.
    pub fn progress(&self) -> String {
        word(self.state)
    }

    /// Its name, or that it has none.
    pub fn called(&self) -> &str {
        if self.name.is_empty() { "a file without a name" } else { self.name.as_str() }
    }

    /// Its size, where it was given.
    pub fn measure(&self) -> String {
        self.size.map(|size| format!(" ({})", bytes(size))).unwrap_or_default()
    }
}

impl Person {
    /// What it did here, and with what.
    pub fn facts(&self) -> String {
        let [fine, refused] = self.signed_on;
        let counts = [
            (self.said, "message"),
            (fine, "sign-on"),
            (refused, "refused sign-on"),
            (self.contacts, "contact"),
        ];
        let counts = counts.into_iter().filter(|(number, _)| *number > 0);
        let mut facts: Vec<_> = counts.map(|(number, one)| count(number, one)).collect();
        facts.extend(self.clients.iter().map(|client| format!("uses {client}")));
        facts.join(", ")
    }
}

impl Oddity {
    /// What it was, how often, and where first.
    pub fn told(&self) -> String {
        let times = match self.times {
            1 => String::new(),
            many => format!(" ({} times)", grouped(many)),
        };
        let detail = self.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
        let place = self.at.to_string();
        let place = if place.is_empty() { place } else { format!(", first at {place}") };
        format!("{}{times}{place}{detail}", self.event)
    }
}

fn joined(rows: &[Shown]) -> String {
    rows.iter().map(Shown::as_str).collect::<Vec<_>>().join(", ")
}

/// Frames shown of a finding.
const FRAMES: usize = 8;
