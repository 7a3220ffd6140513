//! Commands, kinds of messages, states. The names are those of the descriptions of version 2 and 5.

use crate::event::Status;

/// What clients ask.
pub(super) mod cmd {
    pub(crate) const ACK: u16 = 0x000a;
    pub(crate) const SEND_MESSAGE: u16 = 0x010e;
    pub(crate) const TCP_REQUEST: u16 = 0x015e;
    pub(crate) const LOGIN: u16 = 0x03e8;
    /// Asks whether the password is right.
    pub(crate) const FIRST_LOGIN: u16 = 0x03f2;
    pub(crate) const REG_NEW_USER: u16 = 0x03fc;
    pub(crate) const CONTACT_LIST: u16 = 0x0406;
    pub(crate) const SEARCH_UIN: u16 = 0x041a;
    pub(crate) const SEARCH_USER: u16 = 0x0424;
    pub(crate) const KEEP_ALIVE: u16 = 0x042e;
    pub(crate) const SEND_TEXT_CODE: u16 = 0x0438;
    pub(crate) const ACK_MESSAGES: u16 = 0x0442;
    pub(crate) const LOGIN_1: u16 = 0x044c;
    pub(crate) const MSG_TO_NEW_USER: u16 = 0x0456;
    pub(crate) const INFO_REQ: u16 = 0x0460;
    pub(crate) const EXT_INFO_REQ: u16 = 0x046a;
    pub(crate) const CHANGE_PASSWORD: u16 = 0x049c;
    pub(crate) const STATUS_CHANGE: u16 = 0x04d8;
    pub(crate) const KEEP_ALIVE2: u16 = 0x051e;
    pub(crate) const ADD_TO_LIST: u16 = 0x053c;
    pub(crate) const META_USER: u16 = 0x064a;
    pub(crate) const INVIS_LIST: u16 = 0x06a4;
    pub(crate) const VIS_LIST: u16 = 0x06ae;
    pub(crate) const UPDATE_LIST: u16 = 0x06b8;
}

/// What servers say.
pub(super) mod srv {
    pub(crate) const ACK: u16 = 0x000a;
    pub(crate) const GO_AWAY: u16 = 0x0028;
    pub(crate) const NEW_UIN: u16 = 0x0046;
    pub(crate) const LOGIN_REPLY: u16 = 0x005a;
    pub(crate) const BAD_PASSWORD: u16 = 0x0064;
    pub(crate) const USER_ONLINE: u16 = 0x006e;
    pub(crate) const USER_OFFLINE: u16 = 0x0078;
    pub(crate) const USER_FOUND: u16 = 0x008c;
    pub(crate) const RECV_MESSAGE: u16 = 0x00dc;
    pub(crate) const END_OF_OFFLINE: u16 = 0x00e6;
    pub(crate) const NOT_CONNECTED: u16 = 0x00f0;
    pub(crate) const TRY_AGAIN: u16 = 0x00fa;
    pub(crate) const SYS_DELIVERED_MESS: u16 = 0x0104;
    pub(crate) const INFO_REPLY: u16 = 0x0118;
    pub(crate) const EXT_INFO_REPLY: u16 = 0x0122;
    pub(crate) const STATUS_UPDATE: u16 = 0x01a4;
    pub(crate) const MULTI_PACKET: u16 = 0x0212;
    pub(crate) const END_OF_LIST: u16 = 0x021c;
    pub(crate) const LOGIN_ERROR: u16 = 0x0370;
    pub(crate) const META_USER: u16 = 0x03de;
}

/// What a client asks of the directory since version 5, in OSCAR too, and what it answers. Where
/// there are two, the first is of version 5 alone.
pub(crate) mod meta {
    pub(crate) const SET_BASIC: u16 = 0x03e8;
    pub(crate) const SET_BASIC_2: u16 = 0x03e9;
    pub(crate) const SET_WORK: u16 = 0x03f2;
    pub(crate) const SET_WORK_2: u16 = 0x03f3;
    pub(crate) const SET_MORE: u16 = 0x03fc;
    pub(crate) const SET_MORE_2: u16 = 0x03fd;
    pub(crate) const SET_ABOUT: u16 = 0x0406;
    pub(crate) const SET_PASSWORD: u16 = 0x042e;
    pub(crate) const FULL_INFO: u16 = 0x04b0;
    pub(crate) const FULL_INFO_2: u16 = 0x04b1;
    pub(crate) const INFO: u16 = 0x04ba;
    pub(crate) const SEARCH_UIN: u16 = 0x051e;
    pub(crate) const SEARCH_UIN_2: u16 = 0x051f;
    pub(crate) const SEARCH_EMAIL: u16 = 0x0528;
    pub(crate) const SEARCH_EMAIL_2: u16 = 0x0529;
    pub(crate) const SEARCH_WHITE: u16 = 0x0532;
    pub(crate) const SEARCH_WHITE_2: u16 = 0x0533;
    pub(crate) const PASSWORD_SET: u16 = 0x00aa;
    pub(crate) const IS_BASIC: u16 = 0x00c8;
    pub(crate) const IS_WORK: u16 = 0x00d2;
    pub(crate) const IS_MORE: u16 = 0x00dc;
    pub(crate) const IS_ABOUT: u16 = 0x00e6;
    pub(crate) const IS_EMAILS: u16 = 0x00eb;
    pub(crate) const IS_INTERESTS: u16 = 0x00f0;
    pub(crate) const IS_AFFILIATIONS: u16 = 0x00fa;
    pub(crate) const USER_FOUND: u16 = 0x01a4;
    pub(crate) const LAST_FOUND: u16 = 0x01ae;
    /// An answer's word for success.
    pub(crate) const DONE: u8 = 0x0a;
}

/// Kinds of messages.
pub(crate) mod kind {
    pub(crate) const PLAIN: u16 = 0x0001;
    pub(crate) const URL: u16 = 0x0004;
    pub(crate) const AUTH_REQUEST: u16 = 0x0006;
    pub(crate) const AUTH_DENIED: u16 = 0x0007;
    pub(crate) const AUTH_GRANTED: u16 = 0x0008;
    pub(crate) const ADDED: u16 = 0x000c;
    pub(crate) const WEB_PAGER: u16 = 0x000d;
    pub(crate) const EMAIL_EXPRESS: u16 = 0x000e;
    pub(crate) const CONTACTS: u16 = 0x0013;
    /// Set for what goes to several people at once.
    pub(crate) const MASS: u16 = 0x8000;
}

/// A state by its bits; the upper half says what others may know.
pub(super) fn status(bits: u32) -> Status {
    let is = |bit: u32| bits & bit != 0;
    match () {
        () if is(0x0100) => Status::Invisible,
        () if is(0x0002 | 0x0010) => Status::Busy,
        () if is(0x0004) => Status::ExtendedAway,
        () if is(0x0001) => Status::Away,
        () if is(0x0020) => Status::FreeForChat,
        () => Status::Online,
    }
}
