//! Links on several levels.
//!
//! The pattern of a link drops what worms vary for each victim (values of parameters, numbers, hex
//! digits, the fragment), its shape keeps the host and the outline of the path, its domain only
//! whom it leads to. RFC 3986 says how a link is made.

use std::fmt::Write as _;
use std::net::IpAddr;

use memchr::memchr_iter;

use super::names;

/// A link, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Link {
    /// Host and path without values: `h.example/photo?img=`.
    pub(crate) pattern: String,
    /// Host and outline of the path: `h.example/*/*.jpg`.
    pub(crate) shape: String,
    /// Registered domain, or the address.
    pub(crate) domain: String,
    /// It leads to an address rather than a name, or carries a name and password.
    pub(crate) bare: bool,
    /// It leads to a program.
    pub(crate) executable: bool,
}

/// The words of a folded text that are links, without the punctuation around them.
pub(crate) fn links(folded: &str) -> impl Iterator<Item = &str> {
    let link = |word: &&str| word.starts_with("www.") || leads(word);
    folded.split(' ').filter(link).map(|word| word.trim_matches(|c: char| AROUND.contains(c)))
}

/// Whether a text holds a link at all: a quick look before a slow one.
pub(crate) fn any(text: &str) -> bool {
    leads(text) || holds_www(text.as_bytes())
}

fn holds_www(text: &[u8]) -> bool {
    memchr_iter(b'.', text).any(|dot| {
        let before = text.get(..dot).unwrap_or_default();
        before.ends_with(b"www") || before.ends_with(b"WWW")
    })
}

/// Whether a scheme's end is in a text.
fn leads(text: &str) -> bool {
    let text = text.as_bytes();
    memchr_iter(b':', text).any(|colon| text.get(colon + 1..colon + 3) == Some(b"//"))
}

/// What people put around links.
const AROUND: &str = "<>()[]{}\"'.,;!?\u{2026}";

impl Link {
    /// Takes a folded link apart; the buffers of `self` are used again.
    pub(crate) fn take(&mut self, link: &str) {
        let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, rest) = split_before(rest, &['/', '?']);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (host, port) = port(host);
        self.pattern.clear();
        self.shape.clear();
        self.domain.clear();
        let address = address(host);
        self.bare = !user.is_empty() || address;
        self.executable = names::executable(path.rsplit('/').next().unwrap_or_default());
        self.pattern.push_str(host);
        if !matches!(port, "" | "80" | "443") {
            self.pattern.push(':');
            self.pattern.push_str(port);
        }
        self.shape.push_str(&self.pattern);
        for part in path.split('/').filter(|part| !part.is_empty()) {
            self.pattern.push('/');
            collapse(part, &mut self.pattern);
            self.shape.push_str("/*");
            if let Some((_, end)) = part.rsplit_once('.') {
                let _ = write!(self.shape, ".{end}");
            }
        }
        for (number, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            self.pattern.push(if number == 0 { '?' } else { '&' });
            let name = pair.split('=').next().unwrap_or_default();
            collapse(name, &mut self.pattern);
        }
        self.domain.push_str(if address { host } else { registered(host) });
    }
}

fn split_before<'a>(text: &'a str, ends: &[char]) -> (&'a str, &'a str) {
    text.split_at_checked(text.find(ends).unwrap_or(text.len())).unwrap_or((text, ""))
}

/// Host and port of an authority.
fn port(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
        _ => (authority, ""),
    }
}

fn address(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse::<IpAddr>().is_ok()
}

/// The part of a name somebody registered: its last two labels, three below a country's `co`, `com`
/// and the like. A list of public suffixes would know more and age faster.
fn registered(host: &str) -> &str {
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    let (last, second, third) = (dots.next(), dots.next(), dots.next());
    let from = |at: Option<usize>| at.and_then(|at| host.get(at + 1..)).unwrap_or(host);
    let (Some(last), Some(before)) = (last, second) else { return host };
    let country = host.len() - last == 3;
    let level = host.get(before + 1..last).unwrap_or_default();
    if country && SECOND_LEVEL.contains(&level) { from(third) } else { from(second) }
}

/// Labels below a country under which names are registered.
const SECOND_LEVEL: [&str; 8] = ["co", "com", "org", "net", "ac", "gov", "edu", "ne"];

/// A piece of a path in which every number is `0`, and every long run of hex digits with a number
/// in it too.
fn collapse(part: &str, into: &mut String) {
    let mut rest = part;
    while let Some(first) = rest.chars().next() {
        let hex = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (head, _) = rest.split_at_checked(hex).unwrap_or_default();
        let code = hex >= TOKEN && head.bytes().any(|byte| byte.is_ascii_digit());
        let (used, kept) = match (code, digits) {
            (true, _) => (hex, '0'),
            (false, 0) => (first.len_utf8(), first),
            (false, digits) => (digits, '0'),
        };
        if kept != '0' || !into.ends_with('0') {
            into.push(kept);
        }
        rest = rest.get(used..).unwrap_or_default();
    }
}

/// Hex digits in a row that are a token rather than a word.
const TOKEN: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str) -> Link {
        let mut link = Link::default();
        link.take(text);
        link
    }

    #[test]
    fn what_a_worm_varies_for_each_victim_is_not_in_the_pattern() {
        let one = link("http://pics.example.co.uk:80/view123/a1b2c3d4e5?img=alice&x=1#top");
        let other = link("http://pics.example.co.uk/view9/00ffe1a2?img=bob&x=22");
        assert_eq!(one, other);
        assert_eq!(one.pattern, "pics.example.co.uk/view0/0?img&x");
        assert_eq!(
            (one.shape.as_str(), one.domain.as_str()),
            ("pics.example.co.uk/*/*", "example.co.uk")
        );
        assert!(!one.bare && !one.executable);
        assert_ne!(
            link("http://h-gmo.example/p-abc").pattern,
            link("http://h-gmo.example/p-abd").pattern
        );
    }

    #[test]
    fn an_address_a_name_with_password_and_a_program_stand_out() {
        let aplore = link("http://free:porn@10.1.2.3:8180");
        assert!(aplore.bare);
        assert_eq!(
            (aplore.domain.as_str(), aplore.pattern.as_str()),
            ("10.1.2.3", "10.1.2.3:8180")
        );
        assert!(link("http://x.example/pic.pif?you").executable);
        assert!(!link("http://x.example").executable, "the domain .com is no program");
    }

    #[test]
    fn links_are_found_among_words() {
        let found: Vec<&str> =
            links("look (http://a.example/x), www.b.example! c.example").collect();
        assert_eq!(found, ["http://a.example/x", "www.b.example"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken_apart(text: String) {
            link(&text);
        }
    }
}
