//! What OSCAR's numbers of refusals mean.

/// Why a request was refused, the same in every family.
pub(super) fn error(code: u16) -> &'static str {
    match code {
        0x01 => "SNAC header not valid",
        0x02 => "too fast for the server",
        0x03 => "too fast for the client",
        0x04 => "recipient not signed on",
        0x05 => "service unavailable",
        0x06 => "service not defined",
        0x07 => "obsolete request",
        0x08 => "not supported by the server",
        0x09 => "not supported by the client",
        0x0a => "refused by the client",
        0x0b => "answer too big",
        0x0c => "answers lost",
        0x0d => "request denied",
        0x0e => "request malformed",
        0x0f => "not allowed",
        0x10 => "blocked by the recipient",
        0x11 => "sender warned too often",
        0x12 => "recipient warned too often",
        0x13 => "not available now",
        0x14 => "no match",
        0x15 => "list full",
        0x16 => "request ambiguous",
        0x17 => "server's queue full",
        0x18 => "not while on AOL",
        _ => "unknown error",
    }
}

/// Why a message was not delivered.
pub(super) fn missed(reason: u16) -> &'static str {
    match reason {
        0 => "not valid",
        1 => "too large",
        2 => "too fast",
        3 => "sender warned too often",
        4 => "reader warned too often",
        _ => "unknown reason",
    }
}

/// What became of the rate at which the client may speak; nothing for a mere change of numbers.
pub(super) fn rate(code: u16) -> Option<&'static str> {
    match code {
        2 => Some("warned"),
        3 => Some("limited"),
        4 => Some("limited no longer"),
        _ => None,
    }
}

/// What became of a change of the buddy list; nothing when it was done.
pub(super) fn feedbag(code: u16) -> Option<&'static str> {
    Some(match code {
        0x00 => return None,
        0x02 => "not in the list",
        0x03 => "already in the list",
        0x0a => "entry not valid",
        0x0c => "too many entries",
        0x0d => "an ICQ contact in a list of AIM",
        0x0e => "needs authorization",
        _ => "unknown result",
    })
}
