//! What real programs were made to do is what is reported: the lab captures and our own traces
//! against their truth, by the scoring tool that lies with the shared captures.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests say so")]

mod lab;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use overhear_dissectors::PROTOCOLS;

/// A fault that is excused while a protocol is not read: the protocol, and what the fault says.
type Excuse = (&'static str, &'static str);

/// Lab captures, the truth they are held against, and what is excused.
const LAB: &[(&[&str], &str, &[Excuse])] = &[
    (&["irc_plain_ngircd_irssi"], "irc_plain_ngircd_irssi", &[]),
    (&["irc_dcc_send_ngircd_purple"], "irc_dcc_send_ngircd_purple", &[]),
    (&["irc_ircv3_scram_multiline_history_ergo"], "irc_ircv3_scram_multiline_history_ergo", &[]),
    (&["irc_starttls_upgrade_and_refused_irssi"], "irc_starttls_upgrade_and_refused_irssi", &[]),
    (&["irc_socks5_microsocks_purple"], "irc_socks5_microsocks_purple", &[]),
    (&["aim_oscar_md5_purple"], "aim_oscar_md5_purple", &[]),
    (&["aim_oscar_two_files_and_scr_purple"], "aim_oscar_two_files_and_scr_purple", &[]),
    (&["aim_oscar_chat3_away_purple"], "aim_oscar_chat3_away_purple", &[]),
    (&["aim_oscar_five_bad_passwords_purple"], "aim_oscar_five_bad_passwords_purple", &[]),
    // The client was told to write to 25 people; the capture holds what it said to five of them,
    // and 21 names of its list.
    (
        &["aim_oscar_worm_fanout_purple"],
        "aim_oscar_worm_fanout_purple",
        &[("never sent", "patient0 -> buddy"), ("never sent", "buddy buddy2")],
    ),
    // The server itself cut a message off at its first quotation mark on the way to its reader.
    (
        &["aim_toc_twisted_and_oscar_purple"],
        "aim_toc_twisted_and_oscar_purple",
        &[("as the server said it", "tocann 'quotes '")],
    ),
    (&["aim_toc2_ownclient_and_oscar_purple"], "aim_toc2_ownclient_and_oscar_purple", &[]),
    (&["icq_oscar_roasted_twisted"], "icq_oscar_roasted_twisted", &[]),
    (&["icq_udp_v2_licq070"], "icq_udp_v2_licq070", &[]),
    // The server brings a client two messages it had already, when it signs on again (frames 509, 528).
    (
        &["icq_udp_v5_micq"],
        "icq_udp_v5_micq",
        &[
            ("said again", "reported 2 times on leg from_server: 'micq to micq hello'"),
            ("said again", "reported 2 times on leg from_server: 'third micq line'"),
        ],
    ),
    (&["ymsg10_escargot_purple"], "ymsg10_escargot_purple", &[]),
    (&["ymsg9_port23_conference_escargot_purple"], "ymsg9_port23_conference_escargot_purple", &[]),
    (&["msn_msnp18_escargot_purple"], "msn_msnp18_escargot_purple", &[]),
    (&["msn_http_gateway_escargot_purple"], "msn_http_gateway_escargot_purple", &[]),
    // The conversation of three has the service's name; what it was for the client's driver
    // (`group(…)`) stands on no wire.
    (
        &["msn_msnp9_escargot_purple200"],
        "msn_msnp9_escargot_purple200",
        &[("on no wire", "message 5 "), ("on no wire", "message 6 ")],
    ),
    (&["tap_base_irc_xmpp"], "tap_base_irc_xmpp", &[]),
    (&["tap_vlan42_irc_xmpp"], "tap_vlan42_irc_xmpp", &[]),
    (&["tap_erspan1_irc_xmpp"], "tap_erspan1_irc_xmpp", &[]),
    (&["tap_dir_to_server_irc_xmpp", "tap_dir_from_server_irc_xmpp"], "tap_base_irc_xmpp", &[]),
    (&["xmpp_sasl_plain_prosody_purple"], "xmpp_sasl_plain_prosody_purple", &[]),
    (&["xmpp_legacy_iqauth_prosody_purple"], "xmpp_legacy_iqauth_prosody_purple", &[]),
    (&["xmpp_bosh_http_prosody_purple"], "xmpp_bosh_http_prosody_purple", &[]),
    (&["xmpp_starttls_prosody_purple"], "xmpp_starttls_prosody_purple", &[]),
    (&["mqtt_chat_mosquitto"], "mqtt_chat_mosquitto", &[]),
    (&["sip_message_sipp"], "sip_message_sipp", &[]),
    (&["neg_mail_imap_smtp"], "neg_mail_imap_smtp", &[]),
    (&["neg_ssh_scp"], "neg_ssh_scp", &[]),
    (&["neg_web_https_http_dns"], "neg_web_https_http_dns", &[]),
];

fn is_read(protocol: &str) -> bool {
    PROTOCOLS.iter().any(|one| one.facts().name == protocol)
}

/// What the scoring tool says was done and not reported, or reported and not done.
fn faults(tool: &Path, truth: &Path, captures: &[PathBuf]) -> Vec<String> {
    let stream = tempfile::NamedTempFile::new().unwrap();
    fs::write(stream.path(), lab::stream(captures)).unwrap();
    let scored = Command::new("python3").args([tool, truth, stream.path()]).output().unwrap();
    let said = String::from_utf8_lossy(&scored.stdout).into_owned();
    let error = String::from_utf8_lossy(&scored.stderr);
    assert!(said.contains("things done"), "{}: {error}", truth.display());
    println!("{}", said.lines().last().unwrap_or_default());
    said.lines().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect()
}

#[test]
fn what_was_done_is_what_is_reported() {
    let Some(shared) = lab::shared() else { return };
    let (tool, folder) = (shared.join("tools/score.py"), shared.join("captures/lab"));
    let mut bad = Vec::new();
    for (captures, truth, excuses) in LAB {
        let paths: Vec<_> =
            captures.iter().map(|name| folder.join(name).with_extension("pcap")).collect();
        let truth = folder.join(format!("{truth}.truth.json"));
        for fault in faults(&tool, &truth, &paths) {
            let excused = |(protocol, what): &Excuse| !is_read(protocol) && fault.contains(what);
            if !excuses.iter().any(excused) {
                bad.push(format!("{}: {fault}", captures.join("+")));
            }
        }
    }
    assert!(bad.is_empty(), "{} faults:\n{}", bad.len(), bad.join("\n"));
}

#[test]
fn our_own_recordings_are_what_they_were() {
    let Some(shared) = lab::shared() else { return };
    let mut bad = Vec::new();
    for capture in lab::truths(&lab::traces()).keys() {
        let truth = capture.with_extension("truth.json");
        let found = faults(&shared.join("tools/score.py"), &truth, std::slice::from_ref(capture));
        bad.extend(found.into_iter().map(|fault| format!("{}: {fault}", capture.display())));
    }
    assert!(bad.is_empty(), "{} faults:\n{}", bad.len(), bad.join("\n"));
}

/// A capture that is on no list is noticed.
#[test]
fn no_capture_is_forgotten() {
    let Some(shared) = lab::shared() else { return };
    for path in lab::captures(&shared.join("captures/lab")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let listed = LAB.iter().any(|(captures, ..)| captures.contains(&&*name));
        assert!(listed, "{name} is held against nothing");
    }
}
