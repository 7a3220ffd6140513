//! The tables: one row a saying, a secret, a finding.
//!
//! Cells hold scrubbed text, and none of them is a formula: a cell that a spreadsheet would
//! calculate begins with an apostrophe. The columns are the constants at the end of this file;
//! `docs/events.md` says what stands in them.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use overhear_analysis::Told;
use overhear_analysis::told::{Body, Credential, Finding, Head, Message};
use overhear_dissectors::Name;

use super::kept::Kept;
use super::said::Said;
use super::scrub::Shown;
use super::word::word;

/// The three tables of a folder.
pub struct Tables {
    conversations: Table<File>,
    credentials: Table<File>,
    findings: Table<File>,
    said: Said,
    found: Kept<Name, Finding>,
}

impl Tables {
    /// Begins `conversations.csv`, `credentials.csv` and `findings.csv` in `folder`.
    pub fn create(folder: &Path) -> io::Result<Self> {
        let table = |name: &str, columns| Table::new(super::file(&folder.join(name))?, columns);
        Ok(Self {
            conversations: table("conversations.csv", CONVERSATIONS)?,
            credentials: table("credentials.csv", CREDENTIALS)?,
            findings: table("findings.csv", FINDINGS)?,
            said: Said::default(),
            found: Kept::new(usize::MAX),
        })
    }

    /// Writes the row of an event, if it has one. A finding is kept until the end, when its last
    /// state is known.
    pub fn put(&mut self, told: &Told) -> io::Result<()> {
        match &told.body {
            Body::Message(message) if self.said.first(&told.head, message) => {
                self.conversations.row(message_row(&told.head, message))
            }
            Body::Credential(secret) => self.credentials.row(credential_row(&told.head, secret)),
            Body::Finding(finding) => {
                if let Some(known) = self.found.row(finding.id.clone(), || finding.clone()) {
                    known.clone_from(finding);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Hands on the rows so far.
    pub fn flush(&mut self) -> io::Result<()> {
        for table in [&mut self.conversations, &mut self.credentials, &mut self.findings] {
            table.0.flush()?;
        }
        Ok(())
    }

    /// Writes what was kept back, and everything to the disk's cache.
    pub fn finish(&mut self) -> io::Result<()> {
        for finding in self.found.rows() {
            self.findings.row(finding_row(finding))?;
        }
        self.flush()
    }
}

/// One table.
struct Table<W: Write>(::csv::Writer<W>);

impl<W: Write> Table<W> {
    fn new(out: W, columns: &[&str]) -> io::Result<Self> {
        let mut writer = ::csv::WriterBuilder::new()
            // RFC 4180, which is also what spreadsheets expect.
            .terminator(::csv::Terminator::CRLF)
            .from_writer(out);
        writer.write_record(columns).map_err(io::Error::from)?;
        Ok(Self(writer))
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) -> io::Result<()> {
        self.0.write_record(cells.map(|cell| inert(&cell))).map_err(io::Error::from)
    }
}

/// A cell as it may stand in a spreadsheet: scrubbed, and never a formula.
pub fn inert(cell: &str) -> String {
    let shown = Shown::line(cell);
    let first = shown.as_str().trim_start().chars().next();
    if first.is_some_and(|c| FORMULA.contains(&c)) {
        format!("'{shown}")
    } else {
        shown.to_string()
    }
}

fn message_row(head: &Head, message: &Message) -> [String; CONVERSATIONS.len()] {
    let [time, file, frame, flow, app, src, src_port, dest, dest_port, via] = place(head);
    [
        time,
        message.message_id.to_string(),
        app,
        message.network.to_string(),
        opt(message.room.as_ref()),
        message.from.to_string(),
        message.to.join(" "),
        word(message.kind),
        opt(message.text.as_ref()),
        message.length.to_string(),
        word(message.leg),
        word(message.protection),
        message.ambiguous.to_string(),
        src,
        src_port,
        dest,
        dest_port,
        via,
        file,
        frame,
        flow,
    ]
}

fn credential_row(head: &Head, secret: &Credential) -> [String; CREDENTIALS.len()] {
    let [time, file, frame, flow, app, src, src_port, dest, dest_port, via] = place(head);
    [
        time,
        app,
        secret.network.to_string(),
        opt(secret.account.as_ref()),
        word(secret.kind),
        secret.mechanism.clone(),
        word(secret.strength),
        secret.secret.clone(),
        secret.fingerprint.clone(),
        opt(secret.accepted),
        src,
        src_port,
        dest,
        dest_port,
        via,
        file,
        frame,
        opt(secret.answer_cnt),
        flow,
    ]
}

fn finding_row(finding: &Finding) -> [String; FINDINGS.len()] {
    [
        finding.id.to_string(),
        word(finding.state),
        word(finding.severity),
        word(finding.category),
        finding.title.clone(),
        finding.subject.clone(),
        opt(finding.network.as_ref()),
        finding.explanation.clone(),
        opt(finding.score),
        opt(finding.threshold),
        opt(finding.victim_count),
        finding.victims.join(" "),
        opt(finding.parent.as_ref()),
        opt(finding.generation),
        finding.not_visible.join(" "),
        finding.evidence.iter().map(u64::to_string).collect::<Vec<_>>().join(" "),
    ]
}

/// When and where something was heard.
fn place(head: &Head) -> [String; 10] {
    [
        opt(head.timestamp),
        opt(head.pcap_filename.as_ref()),
        opt(head.pcap_cnt),
        opt(head.flow_id),
        opt(head.app_proto.as_ref()),
        opt(head.src_ip),
        opt(head.src_port),
        opt(head.dest_ip),
        opt(head.dest_port),
        head.via.join(" "),
    ]
}

fn opt(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// What makes a cell a formula in the usual spreadsheets, also in full width.
const FORMULA: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Columns of `conversations.csv`.
pub const CONVERSATIONS: &[&str; 21] = &[
    "time",
    "message_id",
    "app_proto",
    "network",
    "room",
    "from",
    "to",
    "kind",
    "text",
    "length",
    "leg",
    "protection",
    "ambiguous",
    "src_ip",
    "src_port",
    "dest_ip",
    "dest_port",
    "via",
    "file",
    "frame",
    "flow_id",
];

/// Columns of `credentials.csv`.
pub const CREDENTIALS: &[&str; 19] = &[
    "time",
    "app_proto",
    "network",
    "account",
    "kind",
    "mechanism",
    "strength",
    "secret",
    "fingerprint",
    "accepted",
    "src_ip",
    "src_port",
    "dest_ip",
    "dest_port",
    "via",
    "file",
    "frame",
    "answer_frame",
    "flow_id",
];

/// Columns of `findings.csv`.
pub const FINDINGS: &[&str; 16] = &[
    "id",
    "state",
    "severity",
    "category",
    "title",
    "subject",
    "network",
    "explanation",
    "score",
    "threshold",
    "victim_count",
    "victims",
    "parent",
    "generation",
    "not_visible",
    "frames",
];

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = r#"{"timestamp":"2026-01-02T03:04:05.000006+0000","event_type":"message",
        "pcap_cnt":7,"src_ip":"10.0.0.1","src_port":1,"app_proto":"irc","message":{"message_id":"m1",
        "network":"irc:x","from":"=cmd|'/c calc'!A1","to":["bob"],"kind":"im","text":"a,\"b\"\n\u001b[2J",
        "length":9,"leg":"to_server","protection":"none"}}"#;

    const FINDING: &str = r#"{"event_type":"finding","finding":{"id":"f1","state":"open",
        "category":"flood","severity":"high","title":"t","subject":"s","explanation":"e",
        "evidence":[1,2]}}"#;

    fn rows(file: &Path) -> Vec<Vec<String>> {
        let mut reader = ::csv::Reader::from_path(file).unwrap();
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn a_saying_is_one_row_and_a_finding_its_last_state() {
        let home = tempfile::tempdir().unwrap();
        let mut tables = Tables::create(home.path()).unwrap();
        let message: Told = serde_json::from_str(MESSAGE).unwrap();
        tables.put(&message).unwrap();
        tables.put(&message).unwrap();
        for state in ["open", "closed"] {
            let finding = FINDING.replace("open", state);
            tables.put(&serde_json::from_str(&finding).unwrap()).unwrap();
        }
        tables.finish().unwrap();

        let said = rows(&home.path().join("conversations.csv"));
        assert_eq!(said.len(), 1);
        assert_eq!(said[0][0], "2026-01-02T03:04:05.000006+0000");
        assert_eq!(said[0][5], "'=cmd|'/c calc'!A1");
        assert_eq!(said[0][8], "a,\"b\"␊␛[2J");
        let found = rows(&home.path().join("findings.csv"));
        assert_eq!((found.len(), found[0][1].as_str()), (1, "closed"));
        assert_eq!(found[0][15], "1 2");
        assert!(rows(&home.path().join("credentials.csv")).is_empty());
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "＝1", "\u{feff}=1", "\t=1", "\r=1"] {
            let first = inert(cell).chars().next().unwrap();
            assert!(!FORMULA.contains(&first) && !first.is_whitespace(), "{cell:?}");
        }
        assert_eq!(inert("a=b"), "a=b");
    }
}
