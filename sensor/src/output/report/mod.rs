//! The report a person reads in a terminal.
//!
//! What was found comes first, then who could overhear it, then what was said, and at last what
//! this capture cannot tell. It is readable at 80 columns and without colour.

mod paper;

use std::io::{self, Write};

use overhear_analysis::told::Severity;
use overhear_dissectors::event::{MessageKind, OfferState, Protection, Strength};

use super::scrub::Shown;
use super::story::{Found, Line, Secret, Story, Talk, Transfer, Way, losses, unread};
use super::word::{
    bytes, clock, count, exposure, grouped, moment, reader, severity, span, strength, verdict, word,
};
use paper::{Ink, Paper};

/// Writes the report, so many columns wide.
pub fn write(story: &Story, out: impl Write, columns: usize, colour: bool) -> io::Result<()> {
    let mut paper = Paper::new(out, columns, colour);
    headline(&mut paper, story)?;
    findings(&mut paper, story)?;
    secrets(&mut paper, story)?;
    overhearing(&mut paper, story)?;
    talks(&mut paper, story)?;
    files(&mut paper, story)?;
    people(&mut paper, story)?;
    limits(&mut paper, story)?;
    paper.flush()
}

fn headline<W: Write>(paper: &mut Paper<W>, story: &Story) -> io::Result<()> {
    let source = &story.source;
    let inputs = match source.inputs.as_slice() {
        [] => Shown::line("a recorded stream"),
        [one] => one.clone(),
        many => Shown::line(&count(many.len() as u64, "input")),
    };
    let title = paper.ink(Ink::Bold, source.program.fitted_again(30));
    paper.paragraph(&format!("{title}  "), source.program.columns() + 2, &inputs)?;
    if let Some((from, to)) = story.span {
        let over = format!("{} to {} UTC ({})", moment(from), moment(to), span(from, to));
        paper.paragraph("", 0, &Shown::line(&over))?;
    }
    let mut counts = Vec::new();
    if let Some(ledger) = story.stats.as_ref().and_then(|stats| stats.ledger.as_ref()) {
        counts.push(count(ledger.frames, "frame"));
        counts.push(count(ledger.flows, "flow"));
    }
    counts.push(count(story.talks.messages, "message"));
    counts.push(count(story.secrets.rows().len() as u64, "secret"));
    counts.push(count(story.files.rows().len() as u64, "file"));
    counts.push(count(story.findings.rows().len() as u64, "finding"));
    paper.paragraph("", 0, &Shown::line(&counts.join(" · ")))?;
    if source.secrets.as_str() == "reveal" {
        let warning = paper.ink(Ink::Red, "Secrets are shown as they are (--secrets reveal).");
        paper.line(warning)?;
    }
    if let Some(filter) = &source.filter {
        paper.paragraph("filter: ", 8, filter)?;
    }
    Ok(())
}

fn findings<W: Write>(paper: &mut Paper<W>, story: &Story) -> io::Result<()> {
    paper.heading("What was found")?;
    let rows = story.worst_first();
    if rows.is_empty() {
        return paper.line("Nothing that a listener could have used.");
    }
    let tally: Vec<_> = story
        .tally()
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(level, number)| format!("{} {}", grouped(number), severity(level).1))
        .collect();
    paper.line(tally.join(" · "))?;
    for found in rows.iter().take(FINDINGS) {
        finding(paper, found)?;
    }
    more(paper, rows.len().saturating_sub(FINDINGS), "finding", "findings.csv")
}

fn finding<W: Write>(paper: &mut Paper<W>, found: &Found) -> io::Result<()> {
    let (mark, level) = severity(found.severity);
    let ink = severity_ink(found.severity);
    let first = paper.ink(ink, format_args!("{mark} {level:<8} "));
    paper.gap()?;
    paper.inked(&first, INDENT, &found.title, Ink::Bold)?;
    let margin = " ".repeat(INDENT);
    let subject = match &found.network {
        Some(network) => Shown::line(&format!("{} on {network}", found.subject)),
        None => found.subject.clone(),
    };
    paper.inked(&margin, INDENT, &subject, Ink::Cyan)?;
    paper.paragraph(&margin, INDENT, &found.explanation)?;
    if !found.not_visible.is_empty() {
        let unseen: Vec<_> = found.not_visible.iter().map(Shown::as_str).collect();
        let unseen = format!("could not be seen: {}", unseen.join(", "));
        paper.inked(&margin, INDENT, &Shown::line(&unseen), Ink::Faint)?;
    }
    if !found.evidence.is_empty() {
        let frames: Vec<_> = found.evidence.iter().take(FRAMES).map(u64::to_string).collect();
        let rest = if found.evidence.len() > FRAMES { ", …" } else { "" };
        let evidence = Shown::line(&format!("frames {}{rest}", frames.join(", ")));
        paper.inked(&margin, INDENT, &evidence, Ink::Faint)?;
    }
    Ok(())
}

fn secrets<W: Write>(paper: &mut Paper<W>, story: &Story) -> io::Result<()> {
    let rows = story.weakest_first();
    if rows.is_empty() {
        return Ok(());
    }
    paper.heading("Secrets on the wire")?;
    for secret in rows.iter().take(SECRETS) {
        one_secret(paper, secret)?;
    }
    more(paper, rows.len().saturating_sub(SECRETS), "secret", "credentials.csv")
}

fn one_secret<W: Write>(paper: &mut Paper<W>, secret: &Secret) -> io::Result<()> {
    let owner = match &secret.account {
        Some(account) => format!("{account} on {}", secret.network),
        None => format!("somebody on {}", secret.network),
    };
    let answer = match secret.accepted {
        Some(true) => ", accepted",
        Some(false) => ", refused",
        None => "",
    };
    let times =
        if secret.times > 1 { format!(", {} times", grouped(secret.times)) } else { String::new() };
    let ink = match secret.strength {
        Strength::Plaintext | Strength::Reversible => Ink::Red,
        Strength::Replayable | Strength::Crackable => Ink::Yellow,
        Strength::Strong => Ink::Green,
    };
    let first = paper.ink(ink, format_args!("{:<10} ", word(secret.strength)));
    let kind = secret.kind.replace('_', " ");
    let what = format!("{owner}: {kind} {} ({}{answer}{times})", secret.secret, secret.mechanism);
    paper.paragraph(&first, INDENT, &Shown::line(&what))?;
    let meaning = format!("{}; {}", strength(secret.strength), secret.at);
    paper.inked(&" ".repeat(INDENT), INDENT, &Shown::line(&meaning), Ink::Faint)
}

fn overhearing<W: Write>(paper: &mut Paper<W>, story: &Story) -> io::Result<()> {
    paper.heading("Who could overhear it")?;
    let ways = story.paths.ways();
    if ways.is_empty() {
        return paper.line("No messaging channel was heard.");
    }
    for way in ways.iter().take(WAYS) {
        one_way(paper, way)?;
    }
    more(paper, ways.len().saturating_sub(WAYS), "kind of channel", "report.html")
}

fn one_way<W: Write>(paper: &mut Paper<W>, way: &Way) -> io::Result<()> {
    let ink = if way.readable() { Ink::Red } else { Ink::Green };
    let first = paper.ink(Ink::Bold, format_args!("{:<10} ", way.protocol.fitted_again(10)));
    let held = [(way.messages, "message"), (way.credentials, "secret")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, one)| count(number, one));
    let mut amounts = vec![count(way.channels, "channel")];
    amounts.extend(held);
    amounts.push(bytes(way.bytes));
    let what =
        format!("{} {}: {}", verdict(way.verdict), exposure(way.exposure), amounts.join(", "));
    paper.inked(&first, INDENT, &Shown::line(&what), ink)?;
    let margin = " ".repeat(INDENT);
    if way.readable() {
        let readers: Vec<_> = way.readers.iter().map(|who| reader(*who)).collect();
        if !readers.is_empty() {
            let text = format!("read by {}", readers.join(", "));
            paper.inked(&margin, INDENT, &Shown::line(&text), Ink::Faint)?;
        }
    }
    if !way.servers.is_empty() {
        let servers: Vec<_> = way.servers.iter().map(Shown::as_str).collect();
        let text = format!("towards {}", servers.join(", "));
        paper.inked(&margin, INDENT, &Shown::line(&text), Ink::Faint)?;
    }
    Ok(())
}

fn talks<W: Write>(paper: &mut Paper<W>, story: &Story) -> io::Result<()> {
    if story.talks.is_empty() {
        return Ok(());
    }
    paper.heading("What was said")?;
    let rows = story.talks.longest_first();
    for (at, talk) in rows.iter().take(TALKS).enumerate() {
        if at > 0 {
            paper.gap()?;
        }
        one_talk(paper, talk)?;
    }
    more(paper, rows.len().saturating_sub(TALKS), "conversation", "conversations.csv")?;
    match story.talks.more() {
        0 => Ok(()),
        number => paper.line(format!("{} in conversations not kept", count(number, "message"))),
    }
}

fn one_talk<W: Write>(paper: &mut Paper<W>, talk: &Talk) -> io::Result<()> {
    let protocols: Vec<_> = talk.protocols.iter().map(Shown::as_str).collect();
    let mut about = vec![talk.network.to_string()];
    if !protocols.is_empty() && protocols != [talk.network.as_str()] {
        about.push(protocols.join(", "));
    }
    about.push(count(talk.messages, "message"));
    if talk.protected > 0 {
        about.push(format!("{} sealed end to end", grouped(talk.protected)));
    }
    about.extend(talk.exposure.map(|far| exposure(far).to_owned()));
    about.extend(talk.span.map(|(from, to)| format!("{}, {}", moment(from), span(from, to))));
    paper.inked("", 0, &talk.title, Ink::Bold)?;
    paper.inked("", 0, &Shown::line(&about.join(" · ")), Ink::Faint)?;
    let widest = talk.lines.iter().take(LINES).map(|line| line.from.columns()).max();
    let wide = widest.unwrap_or_default().min(NAME);
    for line in talk.lines.iter().take(LINES) {
        one_line(paper, line, wide)?;
    }
    let shown = talk.lines.len().min(LINES) as u64;
    more(paper, talk.messages.saturating_sub(shown) as usize, "message", "conversations.csv")
}

fn one_line<W: Write>(paper: &mut Paper<W>, line: &Line, wide: usize) -> io::Result<()> {
    let name = line.from.fitted_again(wide);
    let pad = " ".repeat(wide.saturating_sub(name.columns()));
    let time = line.at.time.map(clock).unwrap_or_default();
    let first = format!("{} {pad}{} ", paper.ink(Ink::Faint, time), paper.ink(Ink::Cyan, name));
    let indent = 8 + 1 + wide + 1;
    let ink = if line.text.is_none() { Ink::Faint } else { Ink::Plain };
    let mut first = first;
    for text in said(line) {
        paper.inked(&first, indent, &text, ink)?;
        first = " ".repeat(indent);
    }
    Ok(())
}

/// The lines of a saying, with what has to be known about them.
pub(super) fn said(line: &Line) -> Vec<Shown> {
    let mut remarks = Vec::new();
    match line.kind {
        MessageKind::Im | MessageKind::Chat => {}
        kind => remarks.push(word(kind).replace('_', " ")),
    }
    if line.protection != Protection::None {
        remarks.push(format!("sealed: {}", word(line.protection)));
    }
    if line.ambiguous {
        remarks.push("two readings".into());
    }
    let remark =
        if remarks.is_empty() { String::new() } else { format!("[{}] ", remarks.join(", ")) };
    let mut lines = match &line.text {
        Some(lines) => lines.clone(),
        None => vec![Shown::line(&format!("({})", count(line.length, "character")))],
    };
    if let Some(first) = lines.first_mut() {
        *first = Shown::line(&format!("{remark}{first}"));
    }
    lines
}

fn files<W: Write>(paper: &mut Paper<W>, story: &Story) -> io::Result<()> {
    let rows = story.files.rows();
    if rows.is_empty() {
        return Ok(());
    }
    paper.heading("Files")?;
    for file in rows.iter().take(FILES) {
        one_file(paper, file)?;
    }
    more(paper, rows.len().saturating_sub(FILES), "file", "report.html")
}

fn one_file<W: Write>(paper: &mut Paper<W>, file: &Transfer) -> io::Result<()> {
    let ink = if file.state == OfferState::Complete { Ink::Red } else { Ink::Plain };
    let first = paper.ink(ink, format_args!("{:<12} ", word(file.state)));
    let size = file.size.map(|size| format!(" ({})", bytes(size))).unwrap_or_default();
    let name = if file.name.is_empty() { "a file without a name" } else { file.name.as_str() };
    let what = format!("{name}{size} from {} to {} by {}", file.from, file.to, file.transport);
    paper.paragraph(&first, INDENT + 2, &Shown::line(&what))?;
    let margin = " ".repeat(INDENT + 2);
    for fact in [&file.mime, &file.sha256].into_iter().flatten() {
        paper.inked(&margin, INDENT + 2, fact, Ink::Faint)?;
    }
    Ok(())
}

fn people<W: Write>(paper: &mut Paper<W>, story: &Story) -> io::Result<()> {
    let rows = story.people.rows();
    if rows.is_empty() {
        return Ok(());
    }
    paper.heading("Accounts")?;
    for person in rows.iter().take(PEOPLE) {
        let mut facts = Vec::new();
        if person.said > 0 {
            facts.push(count(person.said, "message"));
        }
        let [in_fine, refused] = person.signed_on;
        if in_fine > 0 {
            facts.push(count(in_fine, "sign-on"));
        }
        if refused > 0 {
            facts.push(count(refused, "refused sign-on"));
        }
        if person.contacts > 0 {
            facts.push(count(person.contacts, "contact"));
        }
        facts.extend(person.clients.iter().map(|client| format!("uses {client}")));
        let name = paper.ink(Ink::Cyan, &person.name);
        let facts =
            if facts.is_empty() { String::new() } else { format!(": {}", facts.join(", ")) };
        let text = Shown::line(&format!(" on {}{facts}", person.network));
        if person.name.columns() < paper.columns() / 2 {
            paper.paragraph(&name, person.name.columns(), &text)?;
        } else {
            paper.inked("", 0, &person.name, Ink::Cyan)?;
            paper.paragraph("", 0, &text)?;
        }
    }
    more(paper, rows.len().saturating_sub(PEOPLE), "account", "report.html")
}

fn limits<W: Write>(paper: &mut Paper<W>, story: &Story) -> io::Result<()> {
    paper.heading("What this capture cannot tell")?;
    let ledger = story.stats.as_ref().and_then(|stats| stats.ledger.clone());
    let lost = ledger.as_ref().map(losses).unwrap_or_default();
    if ledger.is_none() {
        paper.line("The stream ended without the sensor's own counts.")?;
    }
    for sentence in &lost {
        paper.paragraph("- ", 2, &Shown::line(sentence))?;
    }
    for odd in story.limits.oddities.rows() {
        let times =
            if odd.times > 1 { format!(" ({} times)", grouped(odd.times)) } else { String::new() };
        let detail = odd.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
        let text = format!("{}{times}, first at {}{detail}", odd.event, odd.at);
        paper.paragraph("- ", 2, &Shown::line(&text))?;
    }
    if story.paths.more() > 0 {
        paper
            .line(format!("- {} not kept for this report", count(story.paths.more(), "channel")))?;
    }
    if lost.is_empty() && ledger.is_some() && story.limits.oddities.rows().is_empty() {
        paper.line("Nothing was lost, cut or odd in it.")?;
    }
    not_read(paper, story)
}

fn not_read<W: Write>(paper: &mut Paper<W>, story: &Story) -> io::Result<()> {
    let met = story.protocols();
    let rows = unread(met.iter().map(Shown::as_str));
    if rows.is_empty() {
        return Ok(());
    }
    paper.heading("What overhear does not read of these protocols")?;
    for (title, missing) in rows {
        for (row, why) in missing {
            let text = Shown::line(&format!("{title}, {}: {why}", row.what));
            paper.paragraph("- ", 2, &text)?;
        }
    }
    Ok(())
}

fn more<W: Write>(paper: &mut Paper<W>, rest: usize, one: &str, place: &str) -> io::Result<()> {
    if rest == 0 {
        return Ok(());
    }
    let text = format!("… {} more (-o DIR writes all of them to {place})", count(rest as u64, one));
    let text = Shown::line(&text);
    paper.inked("", 0, &text, Ink::Faint)
}

fn severity_ink(level: Severity) -> Ink {
    match level {
        Severity::Critical | Severity::High => Ink::Red,
        Severity::Medium => Ink::Yellow,
        Severity::Low => Ink::Cyan,
        Severity::Info => Ink::Faint,
    }
}

/// Columns before the text of a finding, a secret, a way.
const INDENT: usize = 11;

/// Columns of a speaker's name.
const NAME: usize = 16;

/// How much of each the report shows.
const FINDINGS: usize = 50;
const FRAMES: usize = 8;
const SECRETS: usize = 50;
const WAYS: usize = 40;
const TALKS: usize = 25;
const LINES: usize = 30;
const FILES: usize = 40;
const PEOPLE: usize = 40;

#[cfg(test)]
mod tests;
