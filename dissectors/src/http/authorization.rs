//! `Authorization` and `Proxy-Authorization` (RFC 9110 section 11), for whoever meets them.

use data_encoding::BASE64_NOPAD;

use crate::Secret;
use crate::event::{CredentialKind, Strength};

/// A secret that a request brings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Authorization {
    /// Whose it is, where the scheme says so.
    pub(crate) user: Option<String>,
    pub(crate) kind: CredentialKind,
    pub(crate) mechanism: &'static str,
    pub(crate) strength: Strength,
    pub(crate) secret: Secret,
}

/// What an authorization field holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// A secret.
    Secret(Authorization),
    /// A scheme that is not read here: its name.
    Other(String),
    /// A known scheme with a value that is none.
    Malformed(&'static str),
}

/// Reads the value of an authorization field: `scheme value`.
pub(crate) fn read(value: &[u8]) -> Read {
    let end = value.iter().position(u8::is_ascii_whitespace).unwrap_or(value.len());
    let (scheme, rest) = value.split_at_checked(end).unwrap_or((value, b""));
    let rest = rest.trim_ascii();
    match scheme.to_ascii_lowercase().as_slice() {
        b"basic" => basic(rest).map_or(Read::Malformed("http_basic_malformed"), Read::Secret),
        b"digest" => digest(rest).map_or(Read::Malformed("http_digest_malformed"), Read::Secret),
        b"bearer" if !rest.is_empty() => Read::Secret(Authorization {
            user: None,
            kind: CredentialKind::Token,
            mechanism: "http-bearer",
            strength: Strength::Replayable,
            secret: Secret::new(rest),
        }),
        _ => {
            let word = scheme.iter().filter(|byte| byte.is_ascii_alphanumeric() || **byte == b'-');
            Read::Other(word.take(SCHEME).map(|byte| char::from(*byte)).collect())
        }
    }
}

/// Base64 of `user:password` (RFC 7617 section 2); padding is forgiven.
fn basic(value: &[u8]) -> Option<Authorization> {
    let bare = value.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    let plain = zeroize::Zeroizing::new(BASE64_NOPAD.decode(value.get(..bare)?).ok()?);
    let colon = memchr::memchr(b':', &plain)?;
    let (user, password) = plain.split_at_checked(colon)?;
    Some(Authorization {
        user: name(user),
        kind: CredentialKind::Password,
        mechanism: "http-basic",
        strength: Strength::Plaintext,
        secret: Secret::new(password.get(1..)?),
    })
}

/// `username="…", response="…"` among others (RFC 7616 section 3.4).
fn digest(value: &[u8]) -> Option<Authorization> {
    let (mut user, mut response) = (None, None);
    for (key, value) in parameters(value) {
        match key.to_ascii_lowercase().as_slice() {
            b"username" => user = name(value),
            b"response" => response = Some(value),
            _ => {}
        }
    }
    Some(Authorization {
        user,
        kind: CredentialKind::Digest,
        mechanism: "http-digest",
        strength: Strength::Crackable,
        secret: Secret::new(response.filter(|response| !response.is_empty())?),
    })
}

/// Every `key=value` of a list separated by commas, without quotes.
pub(crate) fn parameters(value: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = value;
    std::iter::from_fn(move || {
        let (key, value, behind) = parameter(rest)?;
        rest = behind;
        Some((key, value))
    })
}

/// The first `key=value` or `key="value"`, and what follows its comma.
fn parameter(input: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let equals = memchr::memchr(b'=', input)?;
    let (key, value) = (input.get(..equals)?.trim_ascii(), input.get(equals + 1..)?.trim_ascii());
    let (value, behind) = match value.strip_prefix(b"\"") {
        Some(quoted) => {
            let end = memchr::memchr(b'"', quoted)?;
            (quoted.get(..end)?, quoted.get(end + 1..)?)
        }
        None => value.split_at_checked(memchr::memchr(b',', value).unwrap_or(value.len()))?,
    };
    let behind = behind.trim_ascii_start();
    Some((key, value, behind.strip_prefix(b",").unwrap_or(behind)))
}

fn name(bytes: &[u8]) -> Option<String> {
    (!bytes.is_empty()).then(|| String::from_utf8_lossy(bytes).into_owned())
}

/// Longest name of an unknown scheme that is told, in bytes.
const SCHEME: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(value: &str) -> Option<(Option<String>, &'static str, Vec<u8>)> {
        match read(value.as_bytes()) {
            Read::Secret(one) => Some((one.user, one.mechanism, one.secret.expose().to_vec())),
            _ => None,
        }
    }

    #[test]
    fn the_examples_of_the_documents_come_out() {
        // RFC 7617 section 2, and the same without its padding.
        for value in ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "bAsIc  QWxhZGRpbjpvcGVuIHNlc2FtZQ"] {
            let aladdin = (Some("Aladdin".into()), "http-basic", b"open sesame".to_vec());
            assert_eq!(secret(value), Some(aladdin), "{value}");
        }
        // RFC 7616 section 3.9.1, shortened.
        let digest = "Digest username=\"Mufasa\", realm=\"a, b\", qop=auth,\r\n \
                      response=\"8ca523f5e9506fed4657c9700eebdbec\", algorithm=MD5";
        let mufasa = b"8ca523f5e9506fed4657c9700eebdbec".to_vec();
        assert_eq!(secret(digest), Some((Some("Mufasa".into()), "http-digest", mufasa)));
        let bearer = (None, "http-bearer", b"mF_9.B5f-4.1JqM".to_vec());
        assert_eq!(secret("Bearer mF_9.B5f-4.1JqM"), Some(bearer));
    }

    #[test]
    fn what_is_no_secret_is_said() {
        assert_eq!(read(b"Basic !!!"), Read::Malformed("http_basic_malformed"));
        assert_eq!(read(b"Basic YWJj"), Read::Malformed("http_basic_malformed"));
        assert_eq!(read(b"Digest username=\"x"), Read::Malformed("http_digest_malformed"));
        assert_eq!(read(b"NTLM TlRMTVNTUAAB"), Read::Other("NTLM".to_owned()));
        assert_eq!(read(b""), Read::Other(String::new()));
    }
}
