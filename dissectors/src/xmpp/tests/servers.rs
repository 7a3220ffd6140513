//! What dialogues without a client, or without a server, yield.

use crate::told::hears;
use crate::xmpp::Xmpp;

#[test]
fn between_servers() {
    hears(
        &Xmpp,
        "between_servers",
        r"
        login im.example sasl-external Success other.example
        Im BetweenServers ann@im.example>cas@other.example certified
        Chat BetweenServers ann@im.example>den@rooms.other.example to the room
        Chat BetweenServers bob>hall@rooms.im.example from the room
        Away ann@im.example
        ",
    );
}

#[test]
fn component() {
    hears(
        &Xmpp,
        "component",
        r"
        credential 1 bot.im.example Digest xmpp-component-handshake Crackable aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e
        answer 1 Some(true)
        login bot.im.example xmpp-component-handshake Success bot.im.example
        Im BetweenServers ann@im.example>bot.im.example help
        Im BetweenServers bot.im.example>ann@im.example say help
        ",
    );
}

#[test]
fn component_refused() {
    hears(
        &Xmpp,
        "component_refused",
        r"
        credential 1 bot.im.example Digest xmpp-component-handshake Crackable aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e
        answer 1 Some(false)
        login bot.im.example xmpp-component-handshake Failure bot.im.example
        ",
    );
}

#[test]
fn dialback() {
    hears(
        &Xmpp,
        "dialback",
        r"
        credential 1 im.example Digest xmpp-dialback Strong b4835385f37fe2895af6c196b59097b16862406db80559900d96bf6fa7d23df3
        answer 1 Some(true)
        login im.example xmpp-dialback Success other.example
        Im BetweenServers ann@im.example>cas@other.example to another town
        credential 2 sub.im.example Digest xmpp-dialback Strong 00ff
        answer 2 Some(false)
        login sub.im.example xmpp-dialback Failure other.example
        ",
    );
}

#[test]
fn link_local() {
    hears(
        &Xmpp,
        "link_local",
        r"
        Im Direct ann@desk>bob@lap next desk
        Im Direct bob@lap>ann@desk I hear you
        ",
    );
}
