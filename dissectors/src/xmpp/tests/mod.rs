//! What every dialogue yields.

mod files;
mod hostile;
mod servers;

use super::Xmpp;
use crate::told::hears;

#[test]
fn compressed() {
    hears(
        &Xmpp,
        "compressed",
        r"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        weird xmpp_compressed
        seal Unknown
        ",
    );
}

#[test]
fn copies() {
    hears(
        &Xmpp,
        "copies",
        r"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        Im ToServer ann@im.example>bob@im.example heard already
        Im FromServer bob@im.example>ann@im.example to your phone
        Im FromServer ann@im.example>bob@im.example from my phone
        weird xmpp_carbon_forged
        Offline FromServer cas@im.example>ann@im.example from the archive
        weird xmpp_archive_forged
        Offline FromServer cas>den@rooms.im.example in the room once
        ",
    );
}

#[test]
fn iq_auth() {
    hears(
        &Xmpp,
        "iq_auth",
        r"
        credential 1 ann@im.example Digest jabber-iq-auth-digest Crackable 48fc78be9ec8f86d8ce1c39c320c97c21d62334d
        answer 1 Some(false)
        login ann@im.example jabber-iq-auth-digest Failure im.example
        credential 2 ann@im.example Password jabber-iq-auth-plaintext Plaintext sesame & oil
        answer 2 Some(true)
        login ann@im.example jabber-iq-auth-plaintext Success im.example
        Im ToServer ann@im.example>bob@im.example hello
        ",
    );
}

#[test]
fn malformed() {
    hears(
        &Xmpp,
        "malformed",
        r"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        weird xmpp_stray_text
        Im ToServer ann@im.example>bob@im.example after them
        weird xmpp_document_type
        weird xmpp_entity
        Im ToServer ann@im.example>bob@im.example &lol2; &#x110000;
        weird xmpp_not_well_formed
        Im FromServer bob@im.example>ann@im.example whole again
        weird xmpp_not_utf8
        Im ToServer ann@im.example>bob@im.example ��
        weird xmpp_iq_type
        weird xmpp_too_deep
        Im ToServer ann@im.example>bob@im.example beneath it
        weird xmpp_ibb_base64
        ",
    );
}

#[test]
fn messages() {
    hears(
        &Xmpp,
        "messages",
        r"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        Im ToServer ann@im.example>bob@im.example Plans\nfor lunch <now>
        typing bob@im.example ann@im.example Active
        typing bob@im.example ann@im.example Paused
        typing bob@im.example ann@im.example Done
        typing bob@im.example ann@im.example Active
        typing bob@im.example ann@im.example Done
        Im FromServer bob@im.example>ann@im.example bold
        Action ToServer ann@im.example>bob@im.example waves
        Im ToServer ann@im.example>bob@im.example hello bob!
        Notice FromServer im.example>ann@im.example maintenance tonight
        Offline FromServer bob@im.example>ann@im.example while you were out
        Offline FromServer bob@im.example>ann@im.example long ago
        Nudge FromServer bob@im.example>ann@im.example
        Im ToServer ann@im.example>bob@other.example <raw> & plain
        ",
    );
}

#[test]
fn one_way() {
    hears(
        &Xmpp,
        "one_way",
        r"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        roster Add bob@im.example
        Join den@rooms.im.example ann@im.example
        Topic den@rooms.im.example ann@im.example  only me
        Chat ToServer ann@im.example>den@rooms.im.example hello den
        Part den@rooms.im.example ann@im.example
        roster Block eve@im.example
        login ann@im.example sasl-plain Attempt im.example
        ",
    );
}

#[test]
fn people() {
    hears(
        &Xmpp,
        "people",
        r#"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        roster List bob@im.example,bob@im.example,cas@other.example
        roster Add dan@im.example
        roster Remove cas@other.example
        client ann@im.example "http://talker.example" None
        Busy ann@im.example writing
        ExtendedAway bob@im.example at sea
        FreeForChat bob@im.example
        Idle bob@im.example
        Offline bob@im.example
        Im FromServer eve@im.example>ann@im.example let me in
        roster Allow dan@im.example
        Invisible ann@im.example
        client bob@im.example "Talker" Some("2.1")
        client ann@im.example "Chatter 3" None
        roster Block eve@im.example
        roster Block eve@im.example,mal@other.example
        roster Allow mal@other.example
        roster Block sam@im.example
        profile Entry bob@im.example name=Bob B first_name=Bob email=bob@mail.example city=Sea
        profile Set ann@im.example nickname=annie
        "#,
    );
}

#[test]
fn picked_up() {
    hears(
        &Xmpp,
        "picked_up",
        r"
        Away bob@im.example
        Im FromServer bob@im.example>ann@im.example from the middle
        Im ToServer ann@im.example>bob@im.example an answer
        Im FromServer bob@im.example>ann@im.example after the loss
        ",
    );
}

#[test]
fn protected() {
    hears(
        &Xmpp,
        "protected",
        r"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        Im ToServer ann@im.example>bob@im.example ?OTR:AAMDJ+MVmSfjFZcAAAAAAQAAAAIAAADA. [Otr]
        Im FromServer bob@im.example>ann@im.example This message is encrypted. [Pgp]
        Im FromServer bob@im.example>ann@im.example  [Pgp]
        Im FromServer bob@im.example>ann@im.example I sent you an OMEMO encrypted message [Omemo]
        Im FromServer bob@im.example>ann@im.example  [Omemo]
        ",
    );
}

#[test]
fn register() {
    hears(
        &Xmpp,
        "register",
        r"
        credential 1 bob@im.example Password jabber-iq-register Plaintext taken-word
        answer 1 Some(false)
        credential 2 ann@im.example Password jabber-iq-register Plaintext sesame
        answer 2 Some(true)
        credential 3 ann@im.example Password sasl-plain Plaintext sesame
        answer 3 Some(true)
        login ann@im.example sasl-plain Success im.example
        credential 4 ann@im.example Password jabber-iq-register Plaintext second-word
        answer 4 Some(true)
        ",
    );
}

#[test]
fn rooms() {
    hears(
        &Xmpp,
        "rooms",
        r"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        credential 2 ann@im.example ChannelKey xmpp-muc-password Plaintext wrong-key
        answer 2 Some(false)
        credential 3 ann@im.example ChannelKey xmpp-muc-password Plaintext den-key
        ticket bob@im.example
        Join den@rooms.im.example bob@im.example
        Join den@rooms.im.example cas
        answer 3 Some(true)
        ticket ann@im.example
        Join den@rooms.im.example ann@im.example
        Offline FromServer cas>den@rooms.im.example before you came
        Topic den@rooms.im.example bob@im.example  the den
        Chat ToServer ann@im.example>den@rooms.im.example hello den
        Chat FromServer bob@im.example>den@rooms.im.example hello annie
        typing cas den@rooms.im.example Active
        Notice FromServer den@rooms.im.example>den@rooms.im.example this room is logged
        Im FromServer cas>ann@im.example psst
        Invite den@rooms.im.example dan@im.example ann@im.example come in
        Decline den@rooms.im.example dan@im.example ann@im.example not today
        Invite attic@rooms.im.example ann@im.example bob@im.example upstairs
        credential 4 bob@im.example ChannelKey xmpp-muc-password Plaintext attic-key
        Invite cellar@rooms.im.example ann@im.example bob@im.example downstairs
        credential 5 bob@im.example ChannelKey xmpp-muc-password Plaintext cellar-key
        Nick den@rooms.im.example cas  cassie
        Kick den@rooms.im.example cassie bob@im.example loud
        Part den@rooms.im.example bob@im.example  bye
        ticket bob
        Part den@rooms.im.example ann@im.example
        ticket annie
        ticket ann@im.example
        Create new@rooms.im.example ann@im.example
        credential 6 ann@im.example ChannelKey xmpp-muc-password Plaintext new-key
        credential 7 ann@im.example ChannelKey xmpp-muc-password Plaintext vault-key
        ",
    );
}

#[test]
fn sasl2() {
    hears(
        &Xmpp,
        "sasl2",
        r"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        Im ToServer ann@im.example>bob@im.example signed on at once
        ",
    );
}

#[test]
fn sasl_anonymous() {
    hears(
        &Xmpp,
        "sasl_anonymous",
        r"
        login k7x@im.example sasl-anonymous Success im.example
        Im ToServer k7x@im.example>bob@im.example who am I
        ",
    );
}

#[test]
fn sasl_mechanisms() {
    hears(
        &Xmpp,
        "sasl_mechanisms",
        r"
        credential 1 ann@im.example Digest sasl-digest-md5 Crackable 0123456789abcdef0123456789abcdef
        answer 1 Some(false)
        login ann@im.example sasl-digest-md5 Failure im.example
        credential 2 ann@im.example Digest sasl-cram-md5 Crackable 00112233445566778899aabbccddeeff
        answer 2 Some(false)
        login ann@im.example sasl-cram-md5 Failure im.example
        credential 3 cas@im.example Digest sasl-scram-sha-1 Crackable 000102030405060708090a0b0c0d0e0f10111213
        answer 3 Some(false)
        login cas@im.example sasl-scram-sha-1 Failure im.example
        credential 4 cas@im.example Digest sasl-scram-sha-256 Strong 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
        answer 4 Some(false)
        login cas@im.example sasl-scram-sha-256 Failure im.example
        credential 5 ann@im.example Token sasl-oauthbearer Plaintext token-of-ann
        answer 5 Some(false)
        login ann@im.example sasl-oauthbearer Failure im.example
        credential 6 ann@im.example Token sasl-x-oauth2 Plaintext older-token
        answer 6 Some(false)
        login ann@im.example sasl-x-oauth2 Failure im.example
        weird xmpp_sasl_mechanism
        login ? sasl-other Failure im.example
        weird xmpp_sasl
        login ? sasl-plain Failure im.example
        login bea@im.example sasl-external Success im.example
        ",
    );
}

#[test]
fn sasl_plain() {
    hears(
        &Xmpp,
        "sasl_plain",
        r"
        credential 1 ann@im.example Password sasl-plain Plaintext open
        answer 1 Some(false)
        login ann@im.example sasl-plain Failure im.example
        credential 2 ann@im.example Password sasl-plain Plaintext sesame
        answer 2 Some(true)
        login ann@im.example sasl-plain Success im.example
        Im ToServer ann@im.example>bob@im.example hello
        login ann@im.example sasl-plain Replaced im.example
        ",
    );
}

#[test]
fn starttls() {
    hears(
        &Xmpp,
        "starttls",
        r"
        sealed Starttls after 50
        ",
    );
}

#[test]
fn starttls_heard_from_client() {
    hears(
        &Xmpp,
        "starttls_heard_from_client",
        r"
        sealed Starttls after 0
        ",
    );
}

#[test]
fn starttls_not_taken() {
    hears(
        &Xmpp,
        "starttls_not_taken",
        r"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        ",
    );
}

#[test]
fn starttls_refused() {
    hears(
        &Xmpp,
        "starttls_refused",
        r"
        seal StarttlsRefused
        ",
    );
}
