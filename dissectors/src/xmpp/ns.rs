//! Name spaces, as the XMPP registrar lists them.

pub(super) const STREAMS: &str = "http://etherx.jabber.org/streams";
pub(super) const CLIENT: &str = "jabber:client";
pub(super) const SERVER: &str = "jabber:server";
pub(super) const COMPONENT: &str = "jabber:component:accept";
pub(super) const DIALBACK: &str = "jabber:server:dialback";
pub(super) const TLS: &str = "urn:ietf:params:xml:ns:xmpp-tls";
pub(super) const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
/// XEP-0388.
pub(super) const SASL2: &str = "urn:xmpp:sasl:2";
/// XEP-0386.
pub(super) const BIND2: &str = "urn:xmpp:bind:0";
pub(super) const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
/// XEP-0138.
pub(super) const COMPRESS: &str = "http://jabber.org/protocol/compress";
/// XEP-0078.
pub(super) const AUTH: &str = "jabber:iq:auth";
/// XEP-0077.
pub(super) const REGISTER: &str = "jabber:iq:register";
pub(super) const ROSTER: &str = "jabber:iq:roster";
/// XEP-0191.
pub(super) const BLOCKING: &str = "urn:xmpp:blocking";
/// XEP-0016.
pub(super) const PRIVACY: &str = "jabber:iq:privacy";
/// XEP-0092.
pub(super) const VERSION: &str = "jabber:iq:version";
/// XEP-0030.
pub(super) const DISCO: &str = "http://jabber.org/protocol/disco#info";
/// XEP-0115.
pub(super) const CAPS: &str = "http://jabber.org/protocol/caps";
/// XEP-0054.
pub(super) const VCARD: &str = "vcard-temp";
/// XEP-0045.
pub(super) const MUC: &str = "http://jabber.org/protocol/muc";
pub(super) const MUC_OWNER: &str = "http://jabber.org/protocol/muc#owner";
pub(super) const MUC_USER: &str = "http://jabber.org/protocol/muc#user";
/// XEP-0048, kept as XEP-0049 says.
pub(super) const PRIVATE: &str = "jabber:iq:private";
pub(super) const BOOKMARKS: &str = "storage:bookmarks";
/// XEP-0249.
pub(super) const CONFERENCE: &str = "jabber:x:conference";
/// XEP-0203.
pub(super) const DELAY: &str = "urn:xmpp:delay";
/// XEP-0091.
pub(super) const OLD_DELAY: &str = "jabber:x:delay";
/// XEP-0280.
pub(super) const CARBONS: &str = "urn:xmpp:carbons:2";
/// XEP-0297.
pub(super) const FORWARD: &str = "urn:xmpp:forward:0";
/// XEP-0313, without its version.
pub(super) const ARCHIVE: &str = "urn:xmpp:mam:";
/// XEP-0085.
pub(super) const CHAT_STATES: &str = "http://jabber.org/protocol/chatstates";
/// XEP-0022.
pub(super) const EVENTS: &str = "jabber:x:event";
/// XEP-0224.
pub(super) const ATTENTION: &str = "urn:xmpp:attention:0";
/// XEP-0071.
pub(super) const XHTML: &str = "http://jabber.org/protocol/xhtml-im";
/// XEP-0027.
pub(super) const OLD_PGP: &str = "jabber:x:encrypted";
/// XEP-0373.
pub(super) const PGP: &str = "urn:xmpp:openpgp:0";
/// XEP-0384, as programs speak it since 2015, and as it was rewritten in 2020.
pub(super) const OLD_OMEMO: &str = "eu.siacs.conversations.axolotl";
pub(super) const OMEMO: &str = "urn:xmpp:omemo:2";
/// XEP-0095 and XEP-0096.
pub(super) const SI: &str = "http://jabber.org/protocol/si";
pub(super) const SI_FILE: &str = "http://jabber.org/protocol/si/profile/file-transfer";
/// XEP-0065.
pub(super) const BYTESTREAMS: &str = "http://jabber.org/protocol/bytestreams";
/// XEP-0047.
pub(super) const IBB: &str = "http://jabber.org/protocol/ibb";
/// XEP-0166.
pub(super) const JINGLE: &str = "urn:xmpp:jingle:1";
/// XEP-0066.
pub(super) const OOB: &str = "jabber:iq:oob";
pub(super) const MESSAGE_OOB: &str = "jabber:x:oob";
/// XEP-0363.
pub(super) const UPLOAD: &str = "urn:xmpp:http:upload:0";
pub(super) const OLD_UPLOAD: &str = "urn:xmpp:http:upload";
/// RFC 7395.
pub(super) const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
/// XEP-0124.
pub(super) const HTTP_BIND: &str = "http://jabber.org/protocol/httpbind";
