//! Numbers with names: services, statuses, reasons. One that is not here is no mistake.

use crate::event::Status;

/// Services, by the names clients gave them.
pub(super) mod service {
    pub(in crate::ymsg) const LOGON: u16 = 0x01;
    pub(in crate::ymsg) const LOGOFF: u16 = 0x02;
    pub(in crate::ymsg) const IS_AWAY: u16 = 0x03;
    pub(in crate::ymsg) const IS_BACK: u16 = 0x04;
    pub(in crate::ymsg) const MESSAGE: u16 = 0x06;
    pub(in crate::ymsg) const USER_STAT: u16 = 0x0a;
    pub(in crate::ymsg) const NEW_CONTACT: u16 = 0x0f;
    pub(in crate::ymsg) const SYS_MESSAGE: u16 = 0x14;
    pub(in crate::ymsg) const CONF_INVITE: u16 = 0x18;
    pub(in crate::ymsg) const CONF_LOGON: u16 = 0x19;
    pub(in crate::ymsg) const CONF_DECLINE: u16 = 0x1a;
    pub(in crate::ymsg) const CONF_LOGOFF: u16 = 0x1b;
    pub(in crate::ymsg) const CONF_ADD_INVITE: u16 = 0x1c;
    pub(in crate::ymsg) const CONF_MSG: u16 = 0x1d;
    pub(in crate::ymsg) const CHAT_MSG: u16 = 0x20;
    pub(in crate::ymsg) const FILE_TRANSFER: u16 = 0x46;
    pub(in crate::ymsg) const NOTIFY: u16 = 0x4b;
    pub(in crate::ymsg) const P2P_FILE_XFER: u16 = 0x4d;
    pub(in crate::ymsg) const PEER_TO_PEER: u16 = 0x4f;
    pub(in crate::ymsg) const AUTH_RESP: u16 = 0x54;
    pub(in crate::ymsg) const LIST: u16 = 0x55;
    pub(in crate::ymsg) const AUTH: u16 = 0x57;
    pub(in crate::ymsg) const ADD_BUDDY: u16 = 0x83;
    pub(in crate::ymsg) const REM_BUDDY: u16 = 0x84;
    pub(in crate::ymsg) const IGNORE_CONTACT: u16 = 0x85;
    pub(in crate::ymsg) const REJECT_CONTACT: u16 = 0x86;
    pub(in crate::ymsg) const KEEP_ALIVE: u16 = 0x8a;
    pub(in crate::ymsg) const CHAT_JOIN: u16 = 0x98;
    pub(in crate::ymsg) const CHAT_EXIT: u16 = 0x9b;
    pub(in crate::ymsg) const CHAT_ADD_INVITE: u16 = 0x9d;
    pub(in crate::ymsg) const CHAT_LOGOUT: u16 = 0xa0;
    pub(in crate::ymsg) const COMMENT: u16 = 0xa8;
    pub(in crate::ymsg) const Y6_VISIBLE_TOGGLE: u16 = 0xc5;
    pub(in crate::ymsg) const Y6_STATUS_UPDATE: u16 = 0xc6;
    pub(in crate::ymsg) const AUDIBLE: u16 = 0xd0;
    pub(in crate::ymsg) const AUTH_REQ_15: u16 = 0xd6;
    pub(in crate::ymsg) const FILE_TRANS_15: u16 = 0xdc;
    pub(in crate::ymsg) const FILE_TRANS_INFO_15: u16 = 0xdd;
    pub(in crate::ymsg) const FILE_TRANS_ACC_15: u16 = 0xde;
    pub(in crate::ymsg) const CHGRP_15: u16 = 0xe7;
    pub(in crate::ymsg) const STATUS_15: u16 = 0xf0;
    pub(in crate::ymsg) const LIST_15: u16 = 0xf1;
    pub(in crate::ymsg) const SMS_MSG: u16 = 0x02ea;
    pub(in crate::ymsg) const DISCONNECT: u16 = 0x07d1;
}

/// Statuses of packets.
pub(super) const SERVER_ACK: u32 = 1;
/// Somebody asks to be let into a buddy list.
pub(super) const ASKED: u32 = 3;
/// More of the same follows; of a message: it was kept for its reader.
pub(super) const CONTINUED: u32 = 5;
/// Somebody refused to be in a buddy list.
pub(super) const REFUSED: u32 = 7;
/// The service says no, or good-bye.
pub(super) const DISCONNECTED: u32 = u32::MAX;

/// A presence with words of its own.
pub(super) const CUSTOM: i64 = 99;

/// What a status number stands for; `kind` is key 47, which says what a custom one means.
pub(super) fn status(number: i64, kind: Option<i64>) -> Status {
    match (number, kind) {
        (CUSTOM | 1..=9, Some(2)) => Status::Idle,
        (0, _) | (CUSTOM, Some(0)) => Status::Online,
        (2 | 6, _) => Status::Busy,
        (3 | 5 | 7, _) => Status::ExtendedAway,
        (12, _) => Status::Invisible,
        (999, _) => Status::Idle,
        (-1 | 0x5a55_aa56, _) => Status::Offline,
        _ => Status::Away,
    }
}

/// Why a sign-on was refused, key 66.
pub(super) fn refusal(number: i64) -> &'static str {
    match number {
        3 => "no such account",
        13 => "wrong name or password",
        14 => "locked after too many attempts",
        29 => "too many attempts to sign on",
        52 => "the session expired",
        1004 => "protocol mismatch",
        1005 => "unknown data",
        1006 => "incompatible program",
        1007 => "the version may not sign on",
        1011 | 1051 => "the cookies expired",
        1013 => "no valid name",
        1014 | 1015 => "the session is over",
        1017 => "a session was already active",
        1020 => "unknown vendor",
        1235 => "no such account on this service",
        1236 => "signed off by the service",
        _ => "reason unknown",
    }
}
