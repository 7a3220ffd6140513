//! Every row, read from its dialogue.

use super::Irc;
use crate::told;

#[track_caller]
fn hears(name: &str, expected: &str) {
    told::hears(&Irc, name, expected);
}

#[test]
fn offers_are_joined_to_their_answers() {
    hears(
        "dcc",
        r#"
        login ann none Success hub.example
        Offered dcc-send ann>bob "my plans.zip" Some(70123) +0 - 10.0.0.11 5000 ann
        Accepted dcc-send ann>bob "my plans.zip" Some(70123) +1024 - 10.0.0.11 5000 ann
        Accepted dcc-send ann>bob "my plans.zip" Some(70123) +1024 - 10.0.0.11 5000 ann
        Offered dcc-send ann>bob "song.mp3" Some(999) +0 77
        Accepted dcc-send ann>bob "song.mp3" Some(999) +0 77 10.0.0.12 6000 bob
        Offered dcc-chat bob>ann "" None +0 - fd00::12 6001 bob
        Offered dcc-send bob>ann "secret.txt" Some(5) +0 - 10.0.0.12 6002 bob
        Declined dcc-send bob>ann "secret.txt" Some(5) +0 - 10.0.0.12 6002 bob
        Declined dcc-chat bob>ann "" None +0 - fd00::12 6001 bob
        Offered dcc-send bob>ann "notes.txt" Some(12) +0 - 10.0.0.12 6003 bob
        weird irc_dcc
        "#,
    );
}

#[test]
fn a_gateway_gives_its_password_away() {
    hears(
        "gateway",
        "
        credential 1 ? Password irc-webirc Plaintext gate-word
        answer 1 Some(true) cgiirc
        login ann none Success hub.example
        ",
    );
}

#[test]
fn echoes_and_playback_are_told_once() {
    hears(
        "ircv3",
        r"
        login ann none Success hub.example
        Chat ToServer ann>#room said once
        Chat FromServer bob>#room heard live
        typing ann bob Active
        typing bob #room Done
        Chat ToServer ann>#room first line\nsecond line
        Offline FromServer cas>#room before you came
        Quit  dan  hub.example leaf.example
        ",
    );
}

#[test]
fn inspircd_links() {
    hears(
        "link_inspircd",
        "
        credential 1 ? Password irc-server-link Plaintext link-word
        answer 1 Some(true) leaf.example
        credential 2 hub.example Password irc-server-link Plaintext link-word
        answer 2 Some(true)
        Chat BetweenServers ann>#room across the link
        ",
    );
}

#[test]
fn p10_links() {
    hears(
        "link_p10",
        "
        credential 1 ? Password irc-pass Plaintext link-word
        credential 2 ? Password irc-server-link Plaintext link-word
        answer 1 Some(true) leaf.example
        answer 2 Some(true) hub.example
        Chat BetweenServers ann>#room across the link
        Notice BetweenServers ann>#room and a notice
        ",
    );
}

#[test]
fn ts6_links() {
    hears(
        "link_ts6",
        "
        credential 1 ? Password irc-server-link Plaintext link-word
        credential 2 ? Password irc-server-link Plaintext link-word
        answer 1 Some(true) leaf.example
        answer 2 Some(true) hub.example
        Chat BetweenServers ann>#room across the link
        Im BetweenServers bob>ann and back
        Notice BetweenServers Anne>bob renamed
        Chat BetweenServers 9ZZAAAAAA>#room nobody introduced me
        credential 3 Anne Password nickserv-identify Plaintext across-word
        Im BetweenServers Anne>NickServ@services.example IDENTIFY *
        credential 4 Anne Password nickserv-identify Plaintext second-word
        Im BetweenServers Anne>NickServ IDENTIFY *
        answer 3 Some(true)
        login Anne nickserv-identify Success hub.example
        Notice BetweenServers NickServ>Anne You are now logged in as Anne
        login Anne nickserv-identify Attempt hub.example
        ",
    );
}

#[test]
fn malformed_lines_are_counted() {
    hears(
        "malformed",
        "
        login ann none Success hub.example
        Im ToServer ann>bob ends at a lone cr
        Im ToServer ann>bob and goes on
        weird irc_nul
        Im ToServer ann>bob with a NUL in it
        weird irc_no_command
        weird irc_no_command
        weird irc_no_command
        weird irc_batch_reference
        weird irc_typing
        weird irc_sasl
        ",
    );
}

#[test]
fn one_direction_is_read() {
    hears(
        "one_way",
        "
        credential 1 ? Password irc-pass Plaintext sesame-7
        credential 2 ann ChannelKey irc-join Plaintext room-key
        Join #room ann
        Chat ToServer ann>#room is anybody there
        Away ann lunch
        Im ToServer ann>bob,cas three of you
        Chat ToServer ann>#room three of you
        Quit  ann  bye
        login ann irc-pass Attempt -
        answer 1 None ann
        ",
    );
}

#[test]
fn a_conversation_is_picked_up_and_resumed() {
    hears(
        "picked_up",
        "
        Chat FromServer bob>#room still here
        Chat ToServer ?>#room me too
        Join #room bob
        Join #room cas
        Join #room Ann
        Chat ToServer Ann>#room now with a name
        Im FromServer cas>ann after the gap
        ",
    );
}

#[test]
fn presence_is_told_when_it_changes() {
    hears(
        "presence",
        "
        login ann none Success hub.example
        Away ann at lunch
        Online ann
        roster List bob,cas
        Online bob
        Online cas
        Offline bob
        roster Add dan,eve
        Online dan
        Offline eve
        roster Remove eve
        roster Add fay
        roster Remove dan
        Online fay
        Offline fay
        Away bob gone fishing
        Im ToServer ann>gil there?
        Away gil in a meeting
        Away hal
        Online hal
        ",
    );
}

#[test]
fn accounts_are_registered() {
    hears(
        "registration",
        "
        credential 1 ann Password irc-register Plaintext kiwi-1
        answer 1 Some(false)
        credential 2 ann Password irc-register Plaintext kiwi-22222
        answer 2 Some(true)
        credential 3 ann Token irc-verify Plaintext 123456
        answer 3 Some(true)
        login ann none Success hub.example
        ",
    );
}

#[test]
fn rooms_are_followed() {
    hears(
        "rooms",
        "
        login Ann none Success hub.example
        credential 1 Ann ChannelKey irc-join Plaintext sesame
        credential 2 Ann ChannelKey irc-join Plaintext wrong-key
        answer 1 Some(true)
        Join #room Ann
        Topic #room bob  the old topic
        Join #room bob
        Join #room cas
        answer 2 Some(false)
        credential 3 Ann ChannelKey irc-mode-key Plaintext den-key
        answer 3 Some(true)
        credential 4 bob ChannelKey irc-mode-key Plaintext new-sesame
        answer 4 Some(true)
        Topic #room bob  the new topic
        Join #room dan
        Nick  dan  Don
        Kick #room don bob enough
        Part #room cas  good night
        Invite #room eve Ann
        Invite #den Ann eve
        Nick  Ann  Anne
        Chat ToServer Anne>#room with a new name
        Quit  bob  gone
        ",
    );
}

#[test]
fn every_mechanism_is_read() {
    hears(
        "sasl",
        "
        credential 1 ann Password sasl-plain Plaintext wrong-fig
        answer 1 Some(false)
        login ann sasl-plain Failure hub.example
        credential 2 ann Password sasl-plain Plaintext long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-long-fig-
        answer 2 Some(true)
        login ann sasl-plain Success hub.example
        credential 3 bea Digest sasl-scram-sha-256 Strong 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
        answer 3 Some(true)
        login bea sasl-scram-sha-256 Success hub.example
        credential 4 bea Digest sasl-scram-sha-1 Crackable 000102030405060708090a0b0c0d0e0f10111213
        answer 4 Some(false)
        login bea sasl-scram-sha-1 Failure hub.example
        credential 5 cas Digest sasl-cram-md5 Crackable 0123456789abcdef0123456789abcdef
        login cas sasl-cram-md5 Attempt hub.example
        credential 6 dan Digest sasl-digest-md5 Crackable 00112233445566778899aabbccddeeff
        answer 6 Some(false)
        login dan sasl-digest-md5 Failure hub.example
        credential 7 eve@mail.example Token sasl-oauthbearer Plaintext token-of-eve
        answer 7 Some(true)
        login eve@mail.example sasl-oauthbearer Success hub.example
        credential 8 fay Digest sasl-ecdsa-nist256p-challenge Strong 304409090909090909090909090909090909
        answer 8 Some(false)
        login fay sasl-ecdsa-nist256p-challenge Failure hub.example
        login ann sasl-external Success hub.example
        ",
    );
}

#[test]
fn services_take_passwords() {
    hears(
        "services",
        "
        login ann none Success hub.example
        credential 1 ann Password nickserv-identify Plaintext plum-3
        Im ToServer ann>NickServ IDENTIFY *
        answer 1 Some(false)
        login ann nickserv-identify Failure hub.example
        Notice FromServer NickServ>ann Invalid password for ann.
        credential 2 ann Password nickserv-identify Plaintext plum-4
        Im ToServer ann>NickServ@services.example identify ann *
        answer 2 Some(true)
        login ann nickserv-identify Success hub.example
        Notice FromServer NickServ>ann You are now identified for ann.
        credential 3 ann Password nickserv-register Plaintext plum-5
        answer 3 Some(true)
        Notice FromServer NickServ>ann ann is now registered, with the password *. Remember this.
        credential 4 bob Password nickserv-ghost Plaintext plum-6
        answer 4 Some(true)
        Notice FromServer NickServ>ann bob has been ghosted.
        credential 5 ann Password nickserv-set-password Plaintext plum-7
        credential 6 ann Password nickserv-set-password Plaintext plum-8
        Im ToServer ann>NickServ SETPASS ann * *
        Im ToServer ann>NickServ IDENTFY *
        Im ToServer ann>NickServ HELP SET PASSWORD
        credential 7 ann Password chanserv-register Plaintext cherry-1
        Im ToServer ann>ChanServ REGISTER #room * our room
        answer 7 Some(false)
        credential 8 ann Password authserv-auth Plaintext pear-1
        Im ToServer ann>AuthServ@Services.example AUTH ann *
        answer 8 Some(true)
        login ann authserv-auth Success hub.example
        Notice FromServer AuthServ>ann I recognize you.
        credential 9 ann Password q-auth Plaintext pear-2
        Im ToServer ann>Q@CServe.quakenet.org AUTH ann *
        answer 9 Some(false)
        login ann q-auth Failure hub.example
        Notice FromServer Q>ann Username or password incorrect.
        credential 10 ann Password x-login Plaintext pear-3
        Im ToServer ann>x@channels.undernet.org login ann *
        answer 10 Some(true)
        login ann x-login Success hub.example
        Notice FromServer X>ann AUTHENTICATION SUCCESSFUL as ann!
        credential 11 ann Password nickserv-identify Plaintext plum-10
        Chat ToServer ann>#room /msg NickServ identify *
        Im ToServer ann>bob please identify yourself
        login ann nickserv-identify Attempt hub.example
        ",
    );
}

#[test]
fn a_sign_on_is_answered() {
    hears(
        "sign_on",
        "
        credential 1 ? Password irc-pass Plaintext sesame-7
        login ann irc-pass Failure hub.example
        answer 1 Some(true) ann_
        login ann_ irc-pass Success hub.example
        credential 2 root Password irc-oper Plaintext first-guess
        answer 2 Some(false)
        credential 3 root Password irc-oper Plaintext second-guess
        answer 3 Some(true)
        credential 4 other Password irc-oper Plaintext third-guess
        answer 4 Some(false)
        credential 5 ann_ Password irc-die Plaintext die-word
        answer 5 Some(false)
        ",
    );
}

#[test]
fn a_sign_on_is_refused() {
    hears(
        "sign_on_refused",
        "
        credential 1 ? Password irc-pass Plaintext wrong-word
        answer 1 Some(false) bob
        login bob irc-pass Failure hub.example
        ",
    );
}

#[test]
fn tls_begins_behind_the_reply() {
    hears(
        "starttls",
        "
        login ann none Attempt hub.example
        sealed Starttls after 70
        ",
    );
}

#[test]
fn an_upgrade_is_refused() {
    hears(
        "starttls_refused",
        "
        seal StarttlsRefused
        login ann none Success hub.example
        Im ToServer ann>bob in clear after all
        ",
    );
}

#[test]
fn people_talk() {
    hears(
        "talk",
        r#"
        login ann none Success hub.example
        Im ToServer ann>bob hello
        Im ToServer ann>bob one
        Chat ToServer ann>#room blanks   inside stay
        Action ToServer ann>#room waves
        Notice ToServer ann>#room for operators
        Im FromServer bob>ann red and bold
        Im FromServer bob>ann café
        client ann "irssi v1.4.3 - running on Linux" Some("1.4.3")
        Im ToServer ann>bot XDCC SEND #3
        Im ToServer ann>bob ?OTR:AAMCAAAA. [Otr]
        "#,
    );
}

#[test]
fn a_token_is_no_password() {
    hears(
        "twitch",
        "
        credential 1 ? Token irc-pass Plaintext oauth:token-of-ann
        answer 1 Some(true) ann
        login ann irc-pass Success tmi.example
        ",
    );
}

#[test]
fn a_bouncer_plays_back() {
    hears(
        "znc",
        "
        credential 1 ? Password irc-pass Plaintext ann/net:bouncer-word
        answer 1 Some(true) ann
        login ann irc-pass Success irc.znc.example
        Offline FromServer bob>#room while you slept
        Im FromServer ann>bob from my other client
        ",
    );
}

#[test]
fn marks_of_identification_are_no_text() {
    hears(
        "identify_msg",
        "
        login ann none Success hub.example
        Im FromServer bob>ann with a mark
        Action FromServer bob>ann waves
        Im ToServer ann>bob +1 without
        ",
    );
}

#[test]
fn parts_for_old_clients_are_joined() {
    hears(
        "fallback",
        r"
        login ann none Success hub.example
        Chat FromServer bob>#room first line\nsecond line
        Chat FromServer bob>#room another
        Chat ToServer ann>#room mine
        Chat FromServer bob>#room the last
        ",
    );
}

#[test]
fn a_line_without_end_is_skipped_however_it_comes() {
    let long = [b"PRIVMSG bob :".to_vec(), vec![b'x'; 20_000], b"\r\n".to_vec()].concat();
    let said = [&b"NICK ann\r\n"[..], &long, b"PRIVMSG bob :after it\r\n"].concat();
    let expected =
        ["weird irc_line_too_long", "Im ToServer ann>bob after it", "login ann none Attempt -"];
    for piece in [said.len(), 8192, 1460, 1] {
        assert_eq!(told::client_says(&Irc, &said, piece), expected, "in pieces of {piece}");
    }
}
