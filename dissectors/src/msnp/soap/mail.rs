//! A message as the services keep it: a mail, most often in base64 (RFC 2045).

use data_encoding::BASE64_NOPAD;

use super::super::names::{account, is_name};
use super::super::say;
use super::super::wire::{Fields, content_type};
use crate::{Account, Out, Text};

/// What a mail says.
#[derive(Debug)]
pub(super) struct Mail {
    pub(super) from: Option<Account>,
    pub(super) to: Option<Account>,
    /// Nothing, where it is no text.
    pub(super) text: Option<Text>,
}

/// Reads a mail.
pub(super) fn read(mail: &str, out: &mut Out) -> Mail {
    let fields = Fields::of(mail.trim_start().as_bytes());
    let (kind, charset) = content_type(fields.get("Content-Type").unwrap_or("text/plain"));
    let coding = fields.get("Content-Transfer-Encoding").unwrap_or_default();
    let text = if !kind.eq_ignore_ascii_case("text/plain") {
        out.weird("msnp_oim_content", kind);
        None
    } else if coding.eq_ignore_ascii_case("base64") {
        let letters: Vec<u8> =
            fields.body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let padding = letters.iter().rev().take_while(|byte| **byte == b'=').count();
        let letters = letters.get(..letters.len() - padding).unwrap_or_default();
        let body = BASE64_NOPAD.decode(letters);
        if body.is_err() {
            out.weird("msnp_oim_base64", format_args!("{} bytes", letters.len()));
        }
        body.ok().map(|body| say::text(charset, &body))
    } else {
        Some(say::text(charset, fields.body.trim_ascii()))
    };
    let person = |name: &str| fields.get(name).and_then(address);
    Mail { from: person("From"), to: person("To"), text }
}

/// The account of `Name <account>`, or of the bare account.
fn address(field: &str) -> Option<Account> {
    let bare = field.rsplit_once('<').map_or(field, |(_, behind)| behind);
    let bare = bare.split('>').next().unwrap_or_default().trim();
    is_name(bare).then(|| account(bare))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_read_whatever_its_coding() {
        let mut out = Out::new();
        let mail = "From: =?utf-8?B?Qm9i?= <Bob@Example.com>\r\nTo: ann@example.com\r\n\
                    Content-Type: text/plain; charset=UTF-8\r\n\
                    Content-Transfer-Encoding: base64\r\n\r\nc2VlIHlvdSBh\r\ndCBub29u\r\n";
        let said = read(mail, &mut out);
        assert_eq!(said.from.map(|from| from.name).as_deref(), Some("bob@example.com"));
        assert_eq!(said.to.map(|to| to.name).as_deref(), Some("ann@example.com"));
        assert_eq!(said.text.as_ref().map(Text::expose), Some("see you at noon"));
        let said = read("Content-Type: text/plain\n\nas it is\n", &mut out);
        assert_eq!(said.text.as_ref().map(Text::expose), Some("as it is"));
        assert!(out.is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let mut out = Out::new();
        assert!(read("Content-Type: image/png\n\nx", &mut out).text.is_none());
        assert!(read("Content-Transfer-Encoding: base64\n\n!!", &mut out).text.is_none());
        assert_eq!(out.take_weirds(), 2);
    }
}
