//! JA4, the fingerprint of a TLS client by what its `ClientHello` offers.
//!
//! Three parts: `a` in clear (transport, version, SNI, counts, ALPN), `b` a hash of the sorted
//! ciphers, `c` a hash of the sorted extensions with the signature algorithms in their own order.
//! Only the client fingerprint is made here; the other members of the family are licensed
//! differently.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::hello::Hello;

/// The fingerprint of a client, such as `t13d1516h2_8daaf6152771_b186095e22b6`.
pub(super) fn ja4(hello: &Hello<'_>) -> String {
    let version = hello.versions.iter().copied().filter(|v| !grease(*v)).max();
    let version = match version.unwrap_or(hello.version) {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        _ => "00",
    };
    let ciphers: Vec<u16> = hello.ciphers.iter().copied().filter(|c| !grease(*c)).collect();
    let extensions: Vec<u16> = hello.extensions.iter().copied().filter(|e| !grease(*e)).collect();
    let named = if hello.extensions.contains(&0) { 'd' } else { 'i' };
    let (ciphers_count, extensions_count) = (ciphers.len().min(99), extensions.len().min(99));
    let alpn = alpn(hello.alpn);
    let offered = digest(&list(sorted(ciphers)), hello.ciphers.is_empty());
    let kept: Vec<u16> = extensions.into_iter().filter(|e| *e != 0 && *e != 16).collect();
    let nothing = kept.is_empty();
    let mut extended = list(sorted(kept));
    let signatures = hello.signatures.iter().copied().filter(|s| !grease(*s)).collect();
    let signatures = list(signatures);
    if !signatures.is_empty() {
        extended = format!("{extended}_{signatures}");
    }
    let extended = digest(&extended, nothing && signatures.is_empty());
    format!("t{version}{named}{ciphers_count:02}{extensions_count:02}{alpn}_{offered}_{extended}")
}

/// Values reserved so that servers learn to ignore the unknown (RFC 8701).
fn grease(value: u16) -> bool {
    let [high, low] = value.to_be_bytes();
    high == low && low & 0x0f == 0x0a
}

/// First and last character of the first protocol; their hex where they are not alphanumeric.
fn alpn(protocol: Option<&[u8]>) -> String {
    let Some((&first, &last)) = protocol.and_then(|p| Some((p.first()?, p.last()?))) else {
        return "00".to_owned();
    };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        return [char::from(first), char::from(last)].iter().collect();
    }
    let (first, last) = (format!("{first:02x}"), format!("{last:02x}"));
    first.chars().take(1).chain(last.chars().skip(1)).collect()
}

fn sorted(mut numbers: Vec<u16>) -> Vec<u16> {
    numbers.sort_unstable();
    numbers
}

fn list(numbers: Vec<u16>) -> String {
    let words: Vec<String> = numbers.into_iter().map(|number| format!("{number:04x}")).collect();
    words.join(",")
}

/// Twelve hex digits of SHA-256, or zeros for nothing.
fn digest(text: &str, nothing: bool) -> String {
    if nothing {
        return "0".repeat(12);
    }
    Sha256::digest(text.as_bytes()).iter().take(6).fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example worked through in the published description of JA4.
    #[test]
    fn the_published_example_comes_out() {
        let hello = Hello {
            version: 0x0303,
            ciphers: vec![
                0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8,
                0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035,
            ],
            extensions: vec![
                0x0a0a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005,
                0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015,
            ],
            server_name: Some(b"example.org"),
            alpn: Some(b"h2"),
            versions: vec![0x0a0a, 0x0304, 0x0303],
            signatures: vec![0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
        };
        assert_eq!(ja4(&hello), "t13d1516h2_8daaf6152771_e5627efa2ab1");
    }
}
