//! The two messages that open a handshake (RFC 8446, section 4.1), out of their records.
//!
//! All integers are big-endian. A hello may be spread over several records and records may be
//! spread over any number of segments.

use nom::bytes::streaming::take;
use nom::combinator::map_parser;
use nom::multi::{length_data, many0};
use nom::number::streaming::{be_u8, be_u16, be_u24};
use nom::{IResult, Parser};

/// Bytes after which a beginning is known to be a handshake or not: the record header
/// (type, version, length) and the message's type and length.
pub(super) const DEPTH: usize = 9;
/// Longest hello that is put together.
pub(super) const LONGEST: usize = 64 << 10;

const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;

/// Which hello a side begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `ClientHello`.
    Client,
    /// `ServerHello`.
    Server,
}

/// What a listener learns from a hello.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hello<'a> {
    /// `legacy_version`.
    pub(super) version: u16,
    /// Ciphers offered, or the one chosen.
    pub(super) ciphers: Vec<u16>,
    /// Extension types, in order.
    pub(super) extensions: Vec<u16>,
    /// `server_name` of type `host_name`.
    pub(super) server_name: Option<&'a [u8]>,
    /// First protocol of ALPN.
    pub(super) alpn: Option<&'a [u8]>,
    /// `supported_versions`, or the one chosen.
    pub(super) versions: Vec<u16>,
    /// `signature_algorithms`.
    pub(super) signatures: Vec<u16>,
}

/// Whether a side's first bytes are a handshake record with a hello, when there are enough.
pub(super) fn judge(bytes: &[u8]) -> Option<Kind> {
    if !may_be(bytes) {
        return None;
    }
    match bytes.get(..DEPTH)? {
        [_, _, _, _, _, CLIENT_HELLO, ..] => Some(Kind::Client),
        [_, _, _, _, _, SERVER_HELLO, ..] => Some(Kind::Server),
        _ => None,
    }
}

/// Whether a side's first bytes can still become a handshake record with a hello.
pub(super) fn may_be(bytes: &[u8]) -> bool {
    let byte = |at: usize, fits: &dyn Fn(u8) -> bool| bytes.get(at).is_none_or(|byte| fits(*byte));
    byte(0, &|kind| kind == HANDSHAKE)
        && byte(1, &|major| major == 3)
        && byte(2, &|minor| minor <= 4)
        && byte(3, &|length| length <= 0x48)
        && byte(5, &|message| message == CLIENT_HELLO || message == SERVER_HELLO)
        && byte(6, &|length| length == 0)
}

/// The handshake bytes of the first message at the beginning of a side.
#[derive(Debug, Default)]
pub(super) struct Unwrapped {
    /// The bytes, without record headers.
    pub(super) body: Vec<u8>,
    /// Bytes of the input its records take.
    pub(super) used: usize,
    /// Something that is no handshake came before the message was whole.
    pub(super) stopped: bool,
}

/// Takes the first handshake message out of the whole records at the beginning of `input`.
pub(super) fn unwrap(input: &[u8]) -> Unwrapped {
    let mut taken = Unwrapped::default();
    while let Some((header, rest)) = input.get(taken.used..).and_then(<[u8]>::split_first_chunk) {
        let [kind, _, _, high, low]: [u8; 5] = *header;
        let length = usize::from(u16::from_be_bytes([high, low]));
        if kind != HANDSHAKE || taken.body.len() > LONGEST {
            taken.stopped = true;
            break;
        }
        let Some(payload) = rest.get(..length) else { break };
        taken.body.extend_from_slice(payload);
        taken.used += header.len() + length;
        if let Some(&[_, a, b, c]) = taken.body.first_chunk::<4>()
            && taken.body.len() >= 4 + u32::from_be_bytes([0, a, b, c]) as usize
        {
            break;
        }
    }
    taken
}

/// Reads a `ClientHello` or `ServerHello` out of handshake bytes; `Incomplete` until it is whole.
pub(super) fn hello(input: &[u8]) -> IResult<&[u8], (Kind, Hello<'_>)> {
    let (rest, kind) = be_u8(input)?;
    let (rest, body) = length_data(be_u24).parse(rest)?;
    // From here on the message is whole: whatever is missing inside it is malformed, and what was
    // understood before that is kept.
    let kind = if kind == CLIENT_HELLO { Kind::Client } else { Kind::Server };
    let mut hello = Hello::default();
    let _ = fields(body, kind, &mut hello);
    Ok((rest, (kind, hello)))
}

fn fields<'a>(body: &'a [u8], kind: Kind, hello: &mut Hello<'a>) -> IResult<&'a [u8], ()> {
    let (rest, version) = be_u16(body)?;
    hello.version = version;
    let (rest, _random) = take(32usize)(rest)?;
    let (rest, _session) = length_data(be_u8).parse(rest)?;
    let (rest, ciphers) = match kind {
        Kind::Client => map_parser(length_data(be_u16), numbers).parse(rest)?,
        Kind::Server => be_u16.map(|cipher| vec![cipher]).parse(rest)?,
    };
    hello.ciphers = ciphers;
    let (rest, _compression) = match kind {
        Kind::Client => length_data(be_u8).parse(rest)?,
        Kind::Server => take(1usize)(rest)?,
    };
    let (rest, mut extensions) = length_data(be_u16).parse(rest)?;
    while let Ok((more, (number, data))) =
        (be_u16, length_data(be_u16)).parse(extensions) as IResult<&[u8], (u16, &[u8])>
    {
        hello.extensions.push(number);
        let _ = extension(number, data, kind, hello);
        extensions = more;
    }
    Ok((rest, ()))
}

fn extension<'a>(
    number: u16,
    data: &'a [u8],
    kind: Kind,
    hello: &mut Hello<'a>,
) -> IResult<&'a [u8], ()> {
    match (number, kind) {
        (0, Kind::Client) => {
            let (_, list) = length_data(be_u16).parse(data)?;
            let (_, (sort, name)) = (be_u8, length_data(be_u16)).parse(list)?;
            hello.server_name = (sort == 0).then_some(name);
        }
        (13, Kind::Client) => {
            hello.signatures = map_parser(length_data(be_u16), numbers).parse(data)?.1;
        }
        (16, Kind::Client) => {
            let (_, list) = length_data(be_u16).parse(data)?;
            hello.alpn = Some(length_data(be_u8).parse(list)?.1);
        }
        (43, Kind::Client) => {
            hello.versions = map_parser(length_data(be_u8), numbers).parse(data)?.1;
        }
        (43, Kind::Server) => hello.versions = vec![be_u16(data)?.1],
        _ => {}
    }
    Ok((data, ()))
}

/// As many 16-bit numbers as there are.
fn numbers(input: &[u8]) -> IResult<&[u8], Vec<u16>> {
    many0(nom::number::complete::be_u16).parse(input)
}
