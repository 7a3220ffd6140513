//! TOC's words: how commands begin, and what the numbers of errors mean.

/// How everything begins that a client says.
pub(super) const CLIENT: &[&[u8]] = &[b"toc_", b"toc2_"];

/// How everything begins that the server says, longest first where one begins another.
pub(super) const SERVER: &[&[u8]] = &[
    b"SIGN_ON:",
    b"CONFIG:",
    b"CONFIG2:",
    b"NICK:",
    b"IM_IN:",
    b"IM_IN2:",
    b"IM_IN_ENC:",
    b"IM_IN_ENC2:",
    b"UPDATE_BUDDY:",
    b"UPDATE_BUDDY2:",
    b"ERROR:",
    b"EVILED:",
    b"CHAT_JOIN:",
    b"CHAT_IN:",
    b"CHAT_IN_ENC:",
    b"CHAT_UPDATE_BUDDY:",
    b"CHAT_INVITE:",
    b"CHAT_LEFT:",
    b"GOTO_URL:",
    b"DIR_STATUS:",
    b"ADMIN_NICK_STATUS:",
    b"ADMIN_PASSWD_STATUS:",
    b"PAUSE",
    b"RVOUS_PROPOSE:",
    b"NEW_BUDDY_REPLY2:",
    b"BUDDY_CAPS2:",
    b"CLIENT_EVENT2:",
    b"INSERTED2:",
    b"DELETED2:",
    b"UPDATED2:",
    b"BART2:",
];

/// Bytes of the longest of them.
pub(super) const LONGEST: usize = b"ADMIN_PASSWD_STATUS:".len();

/// Number of the error that says the name or the password is wrong. The others between 980 and 989
/// refuse a sign-on without a word about the password.
pub(super) const WRONG_PASSWORD: u16 = 980;

/// What an error says; most name whom it is about after it.
pub(super) fn error(number: u16) -> &'static str {
    match number {
        901 => "not available",
        902 => "cannot be warned now",
        903 => "a message was dropped: too fast for the server",
        911 => "input not valid",
        912 => "account not valid",
        913 => "request failed",
        914 | 981 => "service unavailable",
        950 => "room not available",
        960 => "too many messages to",
        961 => "missed a message that was too big, from",
        962 => "missed a message that came too fast, from",
        970..=979 => "directory search failed",
        WRONG_PASSWORD => "name or password wrong",
        982 => "warned too often to sign on",
        983 => "connecting too often",
        984..=989 => "sign-on failed",
        998 => "client outdated",
        _ => "unknown error",
    }
}
