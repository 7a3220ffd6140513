//! Values of forms, and of pages that are XML or JSON as the request wished. Nothing of their
//! structure is followed: a name stands once.

use crate::html;
use crate::oscar::directory::element;
use crate::ymsg::files::unescaped;

/// A field of a form or a query.
pub(super) fn field(form: &[u8], name: &str) -> Option<Vec<u8>> {
    form.split(|byte| *byte == b'&').find_map(|pair| {
        let value = pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        Some(unescaped(value))
    })
}

/// The value of a name: an element's content, or what stands behind the name and a colon.
pub(super) fn value(page: &str, name: &str) -> Option<String> {
    if let Some(content) = element(page, name) {
        return Some(html::text(content.trim()));
    }
    let (_, behind) = page.split_once(&format!("\"{name}\""))?;
    let behind = behind.trim_start().strip_prefix(':')?.trim_start();
    if let Some(string) = behind.strip_prefix('"') {
        return string.split('"').next().map(|string| string.replace('\\', ""));
    }
    let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
    behind.get(..end).filter(|digits| !digits.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_unescaped() {
        let form = b"devId=x&pwd=open+%73esame%26&s=alice";
        assert_eq!(field(form, "pwd").as_deref(), Some(&b"open sesame&"[..]));
        assert_eq!(field(form, "s").as_deref(), Some(&b"alice"[..]));
        assert_eq!(field(form, "p"), None);
    }

    #[test]
    fn pages_are_xml_or_json() {
        let xml = "<response><statusCode>200</statusCode><a>x&amp;y</a></response>";
        let json = r#"{"response":{"statusCode":200,"data":{"token":{"a":"x\/y"}}}}"#;
        let said = |page, name| value(page, name).unwrap_or_default();
        assert_eq!((said(xml, "statusCode"), said(xml, "a")), ("200".into(), "x&y".into()));
        assert_eq!((said(json, "statusCode"), said(json, "a")), ("200".into(), "x/y".into()));
        assert_eq!(value(json, "cookie"), None);
    }
}
