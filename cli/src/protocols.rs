//! `overhear protocols`: the registry for people and for programs.

use std::io;

use overhear_dissectors::{Evidence, Facts, PROTOCOLS, Row, Transport};
use serde_json::{Value, json};

/// Every protocol's facts, in the registry's order.
fn all() -> impl Iterator<Item = &'static Facts> {
    PROTOCOLS.iter().map(|protocol| protocol.facts())
}

/// Prints the registry.
pub(crate) fn print(out: &mut impl io::Write, as_json: bool) -> io::Result<()> {
    if as_json {
        let listed: Vec<Value> = all().map(to_json).collect();
        serde_json::to_writer_pretty(&mut *out, &listed)?;
        return writeln!(out);
    }
    for facts in all() {
        writeln!(out, "{} ({})", facts.title, facts.name)?;
        let carried = if facts.transports.is_empty() { "-".into() } else { transports(facts) };
        writeln!(out, "  over {carried}; usual ports {}", ports(facts.ports))?;
        if !facts.tls_ports.is_empty() {
            writeln!(out, "  with TLS {}", ports(facts.tls_ports))?;
        }
        for row in facts.rows {
            writeln!(out, "  {:<9} {} [{}]", row.aspect.title(), row.what, row.id)?;
            writeln!(out, "  {:<9}   {}", "", evidence(row))?;
        }
        for document in facts.documents {
            writeln!(out, "  see {document}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn to_json(facts: &Facts) -> Value {
    json!({
        "name": facts.name,
        "title": facts.title,
        "transports": facts.transports.iter().map(|over| transport(*over)).collect::<Vec<_>>(),
        "ports": facts.ports,
        "tls_ports": facts.tls_ports,
        "visible": facts.visible,
        "documents": facts.documents,
        "rows": facts.rows.iter().map(row_json).collect::<Vec<_>>(),
    })
}

fn row_json(row: &Row) -> Value {
    let evidence = match &row.evidence {
        Evidence::Capture(files) => json!({ "captures": files }),
        Evidence::Documents(documents) => json!({ "documents": documents }),
        Evidence::Missing(why) => json!({ "missing": why }),
    };
    json!({
        "id": row.id, "aspect": row.aspect.title(), "what": row.what, "evidence": evidence,
    })
}

fn evidence(row: &Row) -> String {
    match row.evidence {
        Evidence::Capture(files) => format!("shown by {}", files.join(", ")),
        Evidence::Documents(documents) => format!("by {}", documents.join(" and ")),
        Evidence::Missing(why) => format!("NOT READ: {why}"),
    }
}

fn transport(over: Transport) -> &'static str {
    match over {
        Transport::Tcp => "TCP",
        Transport::Udp => "UDP",
    }
}

fn transports(facts: &Facts) -> String {
    facts.transports.iter().map(|over| transport(*over)).collect::<Vec<_>>().join(", ")
}

fn ports(ports: &[u16]) -> String {
    match ports {
        [] => "none".into(),
        ports => ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use overhear_dissectors::Aspect;
    use std::fmt::Write as _;

    const BEGIN: &str = "<!-- protocols: written by `BLESS=1 cargo test -p overhear` -->\n";
    const END: &str = "<!-- end of protocols -->\n";

    #[test]
    fn the_readme_has_the_registrys_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
        let readme = std::fs::read_to_string(path).unwrap();
        let (before, rest) = readme.split_once(BEGIN).expect("README.md lost its table");
        let (_, after) = rest.split_once(END).expect("README.md lost the end of its table");
        let right = format!("{before}{BEGIN}{}{END}{after}", markdown());
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &right).unwrap();
        } else {
            assert!(
                readme == right,
                "README.md is out of date: run BLESS=1 cargo test -p overhear"
            );
        }
    }

    #[test]
    fn every_protocol_is_listed() {
        let mut out = Vec::new();
        print(&mut out, true).unwrap();
        let listed: Vec<Value> = serde_json::from_slice(&out).unwrap();
        let names: Vec<_> = listed.iter().filter_map(|facts| facts["name"].as_str()).collect();
        assert_eq!(names, all().map(|facts| facts.name).collect::<Vec<_>>());
    }

    /// The table of the README: a protocol a row, an aspect a column. `●` is proven by captures, `◐`
    /// by documents alone (or partly missing), `○` is not read.
    fn markdown() -> String {
        let mut table = String::from("| protocol |");
        for aspect in ASPECTS {
            let _ = write!(table, " {} |", aspect.title());
        }
        table.push_str("\n| --- |");
        table.push_str(&" :-: |".repeat(ASPECTS.len()));
        for facts in all() {
            let _ = write!(table, "\n| {} |", facts.title);
            for aspect in ASPECTS {
                let _ = write!(table, " {} |", mark(facts, *aspect));
            }
        }
        table.push('\n');
        table
    }

    fn mark(facts: &Facts, aspect: Aspect) -> &'static str {
        let mut rows = facts.rows.iter().filter(|row| row.aspect == aspect).peekable();
        if rows.peek().is_none() {
            return " ";
        }
        let (mut captures, mut missing, mut count) = (0, 0, 0);
        for row in rows {
            count += 1;
            match row.evidence {
                Evidence::Capture(_) => captures += 1,
                Evidence::Missing(_) => missing += 1,
                Evidence::Documents(_) => {}
            }
        }
        if missing == count {
            "○"
        } else if captures == count {
            "●"
        } else {
            "◐"
        }
    }

    const ASPECTS: &[Aspect] = &[
        Aspect::Identify,
        Aspect::SignOn,
        Aspect::Text,
        Aspect::Presence,
        Aspect::Direct,
        Aspect::Files,
        Aspect::Tunnels,
    ];
}
