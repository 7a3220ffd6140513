//! The report a person reads in a terminal.
//!
//! What was found comes first, then who could overhear it, then what was said, and at last what
//! this capture cannot tell. It is readable at 80 columns and without colour.

mod paper;

use std::io::{self, Write};

use overhear_analysis::told::Severity;
use overhear_dissectors::event::{OfferState, Strength};

use super::scrub::Shown;
use super::story::{Found, Line, Secret, Story, Talk, Transfer, Way, losses, unread};
use super::word::count;
use paper::{Ink, Paper};

/// Writes the report, so many columns wide.
pub fn write(story: &Story, out: impl Write, columns: usize, colour: bool) -> io::Result<()> {
    let mut paper = Paper::new(out, columns, colour);
    headline(&mut paper, story)?;
    if story.is_blank() {
        paper.line("Nothing was read, so that nothing can be said of it.")?;
        return paper.flush();
    }
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
    let inputs = story.title();
    let title = paper.ink(Ink::Bold, source.program.fitted_again(30));
    paper.paragraph(&format!("{title}  "), source.program.columns() + 2, &inputs)?;
    if let Some(when) = story.when() {
        paper.paragraph("", 0, &Shown::line(&when))?;
    }
    let amounts: Vec<_> = story.amounts().iter().map(|(number, one)| count(*number, one)).collect();
    paper.paragraph("", 0, &Shown::line(&amounts.join(" · ")))?;
    if story.reveals() {
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
    let tally: Vec<_> =
        story.tally().iter().map(|(level, number)| format!("{number} {level}")).collect();
    paper.line(tally.join(" · "))?;
    for found in rows.iter().take(FINDINGS) {
        finding(paper, found)?;
    }
    more(paper, rows.len().saturating_sub(FINDINGS), "finding", "findings.csv")
}

fn finding<W: Write>(paper: &mut Paper<W>, found: &Found) -> io::Result<()> {
    let ink = severity_ink(found.severity);
    let first = paper.ink(ink, format_args!("{} {:<8} ", found.mark(), found.level()));
    paper.gap()?;
    paper.inked(&first, INDENT, &found.title, Ink::Bold)?;
    let margin = " ".repeat(INDENT);
    paper.inked(&margin, INDENT, &found.about(), Ink::Cyan)?;
    paper.paragraph(&margin, INDENT, &found.explanation)?;
    if let Some(unseen) = found.unseen() {
        paper.inked(&margin, INDENT, &Shown::line(&unseen), Ink::Faint)?;
    }
    if !found.evidence.is_empty() {
        paper.inked(&margin, INDENT, &Shown::line(&found.frames()), Ink::Faint)?;
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
    let ink = match secret.strength {
        Strength::Plaintext | Strength::Reversible => Ink::Red,
        Strength::Replayable | Strength::Crackable => Ink::Yellow,
        Strength::Strong => Ink::Green,
    };
    let first = paper.ink(ink, format_args!("{:<10} ", secret.level()));
    let (value, ways) = (&secret.secret, secret.ways());
    let (owner, sort, answer) = (secret.owner(), secret.sort(), secret.answer());
    let what = format!("{owner}: {sort} {value} ({ways}{answer})");
    paper.paragraph(&first, INDENT, &Shown::line(&what))?;
    let meaning = format!("{}; {}", secret.meaning(), secret.at);
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
    more(paper, ways.len().saturating_sub(WAYS), "sort of channel", "report.html")
}

fn one_way<W: Write>(paper: &mut Paper<W>, way: &Way) -> io::Result<()> {
    let ink = if way.readable() { Ink::Red } else { Ink::Green };
    let first = paper.ink(Ink::Bold, format_args!("{:<10} ", way.protocol.fitted_again(10)));
    let what = format!("{}: {}", way.verdict(), way.amounts());
    paper.inked(&first, INDENT, &Shown::line(&what), ink)?;
    let margin = " ".repeat(INDENT);
    let readers = way.readable_by().map(|readers| format!("to {readers}"));
    for text in [readers, way.towards()].into_iter().flatten() {
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
    paper.inked("", 0, &talk.title, Ink::Bold)?;
    paper.inked("", 0, &Shown::line(&talk.about()), Ink::Faint)?;
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
    let time = line.clock();
    let mut first = format!("{} {pad}{} ", paper.ink(Ink::Faint, time), paper.ink(Ink::Cyan, name));
    let indent = 8 + 1 + wide + 1;
    let ink = if line.text.is_none() { Ink::Faint } else { Ink::Plain };
    let mut remark = line.remark();
    for text in line.said() {
        paper.inked(&first, indent, &Shown::line(&format!("{remark}{text}")), ink)?;
        (first, remark) = (" ".repeat(indent), String::new());
    }
    Ok(())
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
    let first = paper.ink(ink, format_args!("{:<12} ", file.progress()));
    let Transfer { from, to, transport, .. } = file;
    let what = format!("{}{} from {from} to {to} by {transport}", file.called(), file.measure());
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
        let facts = person.facts();
        let facts = if facts.is_empty() { facts } else { format!(": {facts}") };
        let name = paper.ink(Ink::Cyan, &person.name);
        let text = Shown::line(&format!(" on {}{facts}", person.network));
        if person.name.columns() < paper.columns() / 2 {
            paper.hanging(&name, person.name.columns(), &text)?;
        } else {
            paper.inked("", 0, &person.name, Ink::Cyan)?;
            paper.hanging("   ", 3, &text)?;
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
        paper.paragraph("- ", 2, &Shown::line(&odd.told()))?;
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
    paper.heading("What overhear does not read")?;
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
    let rest = count(rest as u64, &format!("more {one}"));
    let text = format!("… {rest} (-o DIR writes all of them to {place})");
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
const FINDINGS: usize = 30;
const SECRETS: usize = 50;
const WAYS: usize = 40;
const TALKS: usize = 25;
const LINES: usize = 30;
const FILES: usize = 40;
const PEOPLE: usize = 40;

#[cfg(test)]
mod tests;
