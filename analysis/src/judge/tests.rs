use overhear_dissectors::event::{
    CredentialKind, Leg, MessageKind, Protection, RoomOp, Strength, Verdict,
};

use super::*;
use crate::told::{
    Channel, ChannelState, Credential, Exposure, FindingState, Message, Room, Severity,
};

/// Hears lines on one flow, one a second; gives the findings.
fn judge(bodies: Vec<Body>) -> (Vec<Finding>, Judge) {
    let (mut judge, mut found) = (Judge::new(), Vec::new());
    for (number, body) in bodies.into_iter().enumerate() {
        let number = number as u64 + 1;
        let head = Head {
            timestamp: Some(Time::from_secs(i64::try_from(number).unwrap())),
            event_type: body.event_type().into(),
            flow_id: Some(1),
            pcap_cnt: Some(number),
            ..Head::default()
        };
        judge.hear(&Told { head, body }, &mut |told| found.push(told));
    }
    judge.finish(None, None, &mut |told| found.push(told));
    let found = found.into_iter().filter_map(|told| match told.body {
        Body::Finding(finding) => Some(finding),
        _ => None,
    });
    (found.collect(), judge)
}

fn channel(exposure: Exposure) -> Body {
    Body::Channel(Channel {
        state: ChannelState::Open,
        verdict: Verdict::Cleartext,
        since_byte: None,
        server_name: None,
        tls_version: None,
        ja4: None,
        exposure,
        readers: vec![],
        messages: 0,
        credentials: 0,
        bytes: 0,
        lost: 0,
    })
}

fn secret(account: &str, strength: Strength, accepted: Option<bool>) -> Body {
    Body::Credential(Credential {
        network: "irc:x".into(),
        account: Some(account.into()),
        display: None,
        kind: CredentialKind::Password,
        mechanism: "irc-pass".into(),
        strength,
        secret: "********".into(),
        fingerprint: "f00d".into(),
        accepted,
        answer_cnt: None,
    })
}

fn message(id: &str, from: &str, to: &str, protection: Protection) -> Body {
    Body::Message(Message {
        message_id: id.into(),
        network: "irc:x".into(),
        from: from.into(),
        display: None,
        resource: None,
        to: vec![to.into()],
        room: None,
        kind: MessageKind::Im,
        text: None,
        markup: None,
        length: 5,
        charset: None,
        leg: Leg::ToServer,
        protection,
        content_key: vec![],
        visible: crate::told::Visible::default(),
        ambiguous: false,
        conflict: None,
    })
}

#[test]
fn a_secret_is_as_bad_as_its_strength_its_path_and_its_answer() {
    use Exposure::{Host, Lan, Perimeter};
    use Strength::{Crackable, Plaintext, Strong};
    let table = [
        (Plaintext, Lan, Some(true), Severity::High),
        (Plaintext, Lan, Some(false), Severity::Medium),
        (Plaintext, Perimeter, None, Severity::Critical),
        (Crackable, Host, Some(true), Severity::Low),
        (Strong, Perimeter, Some(true), Severity::Info),
    ];
    for (strength, exposure, accepted, severity) in table {
        let (found, _) = judge(vec![channel(exposure), secret("a", strength, accepted)]);
        assert_eq!(found[0].severity, severity, "{strength:?} {exposure:?} {accepted:?}");
        assert_eq!((found[0].state, &found[0].evidence[..]), (FindingState::Open, &[2][..]));
    }
}

#[test]
fn a_shared_secret_is_said_of_both_in_the_end() {
    let said = |who| secret(who, Strength::Plaintext, Some(true));
    let (found, _) = judge(vec![channel(Exposure::Lan), said("a"), said("b")]);
    let last = found.iter().find(|f| f.state == FindingState::Closed && f.subject == "a");
    assert!(last.unwrap().explanation.contains("the same secret as b (irc:x)"));
}

#[test]
fn copies_count_once_and_a_new_name_is_the_same_person() {
    let nick = Body::Room(Room {
        network: "irc:x".into(),
        room: None,
        account: "a".into(),
        by: None,
        op: RoomOp::Nick,
        text: Some("a2".into()),
    });
    let (found, judge) = judge(vec![
        channel(Exposure::Lan),
        message("1", "a", "b", Protection::None),
        message("1", "a", "b", Protection::None),
        nick,
        message("2", "b", "a2", Protection::None),
        message("3", "b", "a2", Protection::Otr),
    ]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(found[1].subject, "a and b");
    assert!(
        found[1].explanation.starts_with("2 messages by 2 authors"),
        "{}",
        found[1].explanation
    );
    assert!(found[1].explanation.contains("1 more were protected"));
    assert_eq!(judge.tally.stats(None, None).messages, 3);
}

#[test]
fn what_was_lost_is_a_finding_and_nothing_lost_is_none() {
    assert_eq!(quality::judge(&Ledger { frames: 9, ..Ledger::default() }, 0), None);
    let found =
        quality::judge(&Ledger { frames: 9, gaps: 1, gap_bytes: 70, ..Ledger::default() }, 0);
    assert_eq!(found.unwrap().explanation, "Of 9 frames: 1 hole in streams, 70 bytes nobody saw.");
}
