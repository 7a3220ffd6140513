//! Addresses: `"Display Name" <sip:user@host;parameters>` (RFC 3261 sections 19 and 20.10), and
//! those of presence and instant messages (`pres:`, `im:`), telephones (`tel:`).

use std::net::IpAddr;

use data_encoding::HEXLOWER_PERMISSIVE;

use crate::{Account, Who};

/// Somebody's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uri {
    /// Who is reached there; nobody at a host alone.
    pub(crate) user: Option<String>,
    /// The domain or address, lower case; `tel` for a telephone.
    pub(crate) host: String,
}

impl Uri {
    /// The account that has this address.
    pub(crate) fn account(&self) -> Account {
        let name = match &self.user {
            Some(user) if self.host == TEL => user.clone(),
            Some(user) => format!("{user}@{}", self.host),
            None => self.host.clone(),
        };
        Account::new(self.host.clone(), name)
    }

    /// The same.
    pub(crate) fn who(&self) -> Who {
        Who::Account(self.account())
    }

    /// The address of the host, where that is no name.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        self.host.trim_matches(['[', ']']).parse().ok()
    }

    /// Somebody who does not want to be known (RFC 3323 section 4.1.1.3).
    pub(crate) fn is_anonymous(&self) -> bool {
        self.host == "anonymous.invalid"
    }
}

/// Reads what stands in From, To and their like: a name or none, an address in angle brackets or
/// alone, parameters.
pub(crate) fn address(value: &[u8]) -> Option<Uri> {
    let value = String::from_utf8_lossy(value);
    let value = unquoted(value.trim());
    match value.split_once('<') {
        Some((_, inside)) => uri(inside.split('>').next()?),
        // Without brackets every parameter is the field's.
        None => uri(value.split([';', ',', ' ']).next()?),
    }
}

/// What follows a name in quotes, in which anything may stand.
fn unquoted(value: &str) -> &str {
    let Some(name) = value.strip_prefix('"') else { return value };
    let mut escaped = false;
    for (at, c) in name.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return name.get(at + 1..).unwrap_or_default(),
            _ => {}
        }
    }
    value
}

/// Reads an address.
pub(crate) fn uri(text: &str) -> Option<Uri> {
    let (scheme, rest) = text.trim().split_once(':')?;
    if scheme.eq_ignore_ascii_case(TEL) {
        let number = rest.split(';').next()?;
        let digits: String = number.chars().filter(|c| !"-.() ".contains(*c)).collect();
        let fits = !digits.is_empty() && digits.len() <= LONGEST;
        return fits.then(|| Uri { user: Some(digits), host: TEL.to_owned() });
    }
    let known = ["sip", "sips", "pres", "im", "xmpp", "mailto"];
    if !known.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    // A user may have parameters of their own, and a host none with an at sign.
    let (user, rest) = match rest.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, rest),
    };
    let host = match rest.split_once(']') {
        Some((address, _)) if rest.starts_with('[') => format!("{address}]"),
        _ => rest.split([';', '?', ':', '>', ',', '/']).next()?.trim().to_ascii_lowercase(),
    };
    let user = user.and_then(|user| user.split(':').next()).map(unescaped);
    let user = user.filter(|user| !user.is_empty());
    let fits = !host.is_empty() && host.len() <= LONGEST;
    (fits && user.as_ref().is_none_or(|user| user.len() <= LONGEST)).then_some(Uri { user, host })
}

/// Percent and two hex digits are the byte they stand for.
fn unescaped(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((byte, behind)) = rest.split_first() {
        let hex = behind.first_chunk::<2>().filter(|_| *byte == b'%');
        let decoded = hex.and_then(|hex| HEXLOWER_PERMISSIVE.decode(hex).ok());
        let taken = if decoded.is_some() { 2 } else { 0 };
        bytes.extend(decoded.unwrap_or_else(|| vec![*byte]));
        rest = behind.get(taken..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The network of telephones.
const TEL: &str = "tel";
/// Longest user, and longest host, in bytes.
const LONGEST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn name(value: &str) -> Option<String> {
        address(value.as_bytes()).map(|uri| uri.account().name.into())
    }

    #[test]
    fn addresses_come_in_many_dresses() {
        for value in [
            "<sip:ann@Example.com>;tag=1",
            "sip:ann@example.com;tag=1",
            "\"Ann <sip:eve@evil.test> \\\" B\" <sips:ann@example.com:5061;transport=tcp>",
            "Ann B <sip:%61nn@example.com?Subject=x>",
            "<sip:ann:word@example.com>",
            "<pres:ann@example.com>",
            "Ann <im:ann@example.com>",
        ] {
            assert_eq!(name(value).as_deref(), Some("ann@example.com"), "{value}");
        }
        assert_eq!(name("<sip:10.0.0.1:5060>").as_deref(), Some("10.0.0.1"));
        assert_eq!(name("<sip:ann@[2001:db8::7]:5060>").as_deref(), Some("ann@[2001:db8::7]"));
        assert_eq!(name("<tel:+1-201-555-0123;x=y>").as_deref(), Some("+12015550123"));
        assert_eq!(name("<sip:a;b=c@example.com>").as_deref(), Some("a;b=c@example.com"));
        for value in ["", "*", "<>", "http://a.b", "<sip:>", "\"never closed <sip:a@b>"] {
            assert!(name(value).is_none() || value.starts_with('"'), "{value}");
        }
    }
}
