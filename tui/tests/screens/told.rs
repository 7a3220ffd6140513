//! Streams told by hand, of what no small capture holds.

use std::fs;
use std::path::Path;

use overhear_analysis::Told;
use serde_json::{Value, json};

/// A moment of these streams.
fn at(second: u64) -> String {
    format!("2009-08-13T12:{:02}:{:02}.000000+0000", 30 + second / 60, second % 60)
}

fn told(lines: Vec<Value>) -> Vec<Told> {
    lines.into_iter().map(|line| serde_json::from_value(line).unwrap()).collect()
}

/// A worm goes from one account to the next, each time to all contacts.
pub(crate) fn outbreak() -> Vec<Told> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens/outbreak.jsonl");
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// An account with a list of contacts in groups.
pub(crate) fn roster() -> Vec<Told> {
    let head = |second: u64, kind: &str, body: Value| {
        json!({
            "timestamp": at(second), "event_type": kind, "flow_id": 7, "pcap_cnt": second,
            "src_ip": "10.0.0.5", "src_port": 1050, "dest_ip": "64.12.24.100", "dest_port": 5190,
            "proto": "TCP", "app_proto": "oscar", kind: body,
        })
    };
    told(vec![
        head(
            1,
            "login",
            json!({ "network": "aim", "account": "ada", "display": "Ada L",
            "method": "md5", "outcome": "success", "client": "AIM 5.9", "server": "bos.example" }),
        ),
        head(
            2,
            "roster",
            json!({ "network": "aim", "account": "ada", "op": "list",
            "complete": true, "contacts": [
                { "account": "charles", "display": "Charles B", "alias": "Engine", "group": "Work" },
                { "account": "mary", "group": "Work" },
                { "account": "byron", "alias": "Papa", "group": "Family" },
            ] }),
        ),
        head(
            3,
            "roster",
            json!({ "network": "aim", "account": "ada", "op": "block",
            "complete": false, "contacts": [{ "account": "spammer" }] }),
        ),
        head(
            4,
            "presence",
            json!({ "network": "aim", "account": "ada", "status": "away",
            "text": "out to lunch" }),
        ),
        head(
            5,
            "client",
            json!({ "network": "aim", "account": "ada", "product": "AIM",
            "version": "5.9.3702", "source": "login" }),
        ),
    ])
}

/// Everything a stranger can choose is an attack on the terminal.
pub(crate) fn hostile() -> Vec<Told> {
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}txt.exe\u{0}\r\n\u{8}\u{200b}Z\u{301}\u{301}\u{301}\u{301}\u{301}";
    let head = |second: u64, kind: &str, body: Value| {
        json!({
            "timestamp": at(second), "event_type": kind, "flow_id": second % 2, "pcap_cnt": second,
            "src_ip": "10.0.0.5", "src_port": 40_000, "dest_ip": "10.0.0.1", "dest_port": 6667,
            "proto": evil, "app_proto": evil, "in_iface": evil, "via": [evil], kind: body,
        })
    };
    told(vec![
        json!({ "event_type": "start", "start": { "schema_version": 1, "program": evil,
            "version": evil, "inputs": [evil], "options": { "content": "full",
            "secrets": "masked", "home_net": [evil] } } }),
        head(
            1,
            "login",
            json!({ "network": evil, "account": evil, "display": evil, "method": evil,
            "outcome": "success", "client": evil, "server": evil, "resource": evil }),
        ),
        head(
            2,
            "credential",
            json!({ "network": evil, "account": evil, "kind": "password",
            "mechanism": evil, "strength": "plaintext", "secret": evil, "fingerprint": evil }),
        ),
        head(
            3,
            "message",
            json!({ "message_id": "1", "network": evil, "from": evil, "to": [evil],
            "kind": "im", "text": evil, "length": 9, "leg": "to_server", "protection": "none" }),
        ),
        head(
            4,
            "message",
            json!({ "message_id": "2", "network": evil, "from": evil, "room": evil,
            "kind": "chat", "text": evil, "length": 9, "leg": "to_server", "protection": "none" }),
        ),
        head(
            5,
            "roster",
            json!({ "network": evil, "account": evil, "op": "list", "complete": true,
            "contacts": [{ "account": evil, "alias": evil, "group": evil, "display": evil }] }),
        ),
        head(
            6,
            "room",
            json!({ "network": evil, "room": evil, "account": evil, "op": "topic",
            "text": evil, "by": evil }),
        ),
        head(
            7,
            "file",
            json!({ "transfer_id": evil, "network": evil, "from": evil, "to": [evil],
            "name": evil, "size": 1, "transport": evil, "state": "complete", "sha256": evil,
            "mime": evil, "endpoint": evil }),
        ),
        head(
            8,
            "presence",
            json!({ "network": evil, "account": evil, "status": "online",
            "text": evil, "address": evil }),
        ),
        head(
            9,
            "client",
            json!({ "network": evil, "account": evil, "product": evil,
            "version": evil, "source": evil }),
        ),
        head(10, "anomaly", json!({ "event": evil, "detail": evil })),
        head(
            11,
            "finding",
            json!({ "id": evil, "state": "open", "category": "worm_fanout",
            "severity": "high", "title": evil, "subject": evil, "network": evil,
            "explanation": evil, "evidence": [1], "terms": [{ "feature": evil, "value": 1.0 }],
            "score": 1.0, "victims": [evil], "parent": evil, "not_visible": [evil] }),
        ),
    ])
}

/// A stream that was recorded with its secrets.
pub(crate) fn revealed() -> Vec<Told> {
    let head = |second: u64, kind: &str, body: Value| {
        json!({
            "timestamp": at(second), "event_type": kind, "flow_id": 7, "pcap_cnt": second,
            "src_ip": "10.0.0.5", "src_port": 40_000, "dest_ip": "10.0.0.1", "dest_port": 6667,
            "proto": "TCP", "app_proto": "irc", kind: body,
        })
    };
    told(vec![
        head(
            1,
            "message",
            json!({ "message_id": "1", "network": "irc", "from": "ada",
            "to": ["NickServ"], "kind": "im", "text": "IDENTIFY tr0mbone", "length": 17,
            "leg": "to_server", "protection": "none" }),
        ),
        head(
            2,
            "credential",
            json!({ "network": "irc", "account": "ada", "kind": "password",
            "mechanism": "nickserv-identify", "strength": "plaintext", "secret": "tr0mbone",
            "fingerprint": "f1f1f1", "accepted": true }),
        ),
    ])
}
