//! The language of filters: `from:anna !enc:yes sev:high /regex/`.
//!
//! Terms are separated by blanks and all have to hold; `!` turns one round, quotes keep blanks
//! together. A word without a field is looked for in all of them. Case does not count.

use std::cmp::Ordering;
use std::fmt;

use overhear_analysis::told::Severity;
use overhear_sensor::output::word::word;
use regex::{Regex, RegexBuilder};

/// What a row says about itself.
#[derive(Debug, Default)]
pub struct Told {
    /// Its texts, with the fields that ask for them.
    pub texts: Vec<(&'static str, String)>,
    /// Its severity.
    pub severity: Option<Severity>,
}

impl Told {
    /// With one more text.
    #[must_use]
    pub fn and(mut self, field: &'static str, text: impl Into<String>) -> Self {
        self.texts.push((field, text.into()));
        self
    }
}

/// A filter that was understood.
#[derive(Debug, Default)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
}

#[derive(Debug)]
struct Term {
    turned: bool,
    field: Option<&'static str>,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Pattern(Regex),
    Severity(Ordering, Severity),
}

/// Why a filter is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip(String);

impl fmt::Display for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Filter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Result<Self, Slip> {
        let terms = split(text)?.into_iter().map(|term| Term::parse(&term));
        Ok(Self { text: text.trim().to_owned(), terms: terms.collect::<Result<_, _>>()? })
    }

    /// Everything passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a row passes; it is asked only if there is something to ask.
    pub fn admits(&self, told: impl FnOnce() -> Told) -> bool {
        if self.terms.is_empty() {
            return true;
        }
        let told = told();
        self.terms.iter().all(|term| term.holds(&told))
    }
}

impl Term {
    fn parse(term: &str) -> Result<Self, Slip> {
        let (turned, rest) = match term.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, term),
        };
        let named = rest.split_once(':').and_then(|(name, value)| {
            let field = FIELDS.iter().find(|(field, _)| *field == name)?;
            Some((field.0, value))
        });
        let (field, value) = match named {
            Some((field, value)) => (Some(field), value),
            None => (None, rest),
        };
        if let Some((name, _)) = rest.split_once(':').filter(|_| field.is_none())
            && !name.is_empty()
            && !rest.starts_with(['/', '"'])
            && name.chars().all(|c| c.is_ascii_lowercase())
        {
            return Err(Slip(format!("{name}: is no field; put quotes around the word")));
        }
        if value.is_empty() {
            return Err(Slip("something has to stand after it".into()));
        }
        let test = if field == Some("sev") { severity(value)? } else { pattern(value)? };
        Ok(Self { turned, field, test })
    }

    fn holds(&self, told: &Told) -> bool {
        let found = match &self.test {
            Test::Severity(order, level) => told.severity.is_some_and(|severity| {
                let against = severity.cmp(level);
                against == *order || against == Ordering::Equal
            }),
            Test::Pattern(pattern) => told.texts.iter().any(|(field, text)| {
                self.field.is_none_or(|wanted| wanted == *field) && pattern.is_match(text)
            }),
        };
        found != self.turned
    }
}

/// `high` is that level and above, `<high` that and below.
fn severity(value: &str) -> Result<Test, Slip> {
    let (order, name) = match value.strip_prefix('<') {
        Some(name) => (Ordering::Less, name),
        None => (Ordering::Greater, value.trim_start_matches('>')),
    };
    let levels =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    let level = levels.into_iter().find(|level| word(level).starts_with(name));
    level
        .map(|level| Test::Severity(order, level))
        .ok_or_else(|| Slip("a severity is info, low, medium, high or critical".into()))
}

/// `/…/` is a regular expression, anything else stands for itself.
fn pattern(value: &str) -> Result<Test, Slip> {
    let bare = value.trim_matches('"');
    let source = match value.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        Some(regex) => regex.to_owned(),
        None if value.starts_with('/') => {
            return Err(Slip("the expression has no second /".into()));
        }
        None => regex::escape(bare),
    };
    RegexBuilder::new(&source)
        .case_insensitive(true)
        .size_limit(LARGEST)
        .build()
        .map(Test::Pattern)
        .map_err(|error| Slip(error.to_string().lines().last().unwrap_or_default().to_owned()))
}

/// Terms between blanks; those within quotes and slashes belong to their term.
fn split(text: &str) -> Result<Vec<String>, Slip> {
    let mut terms = vec![String::new()];
    let mut open = None;
    for c in text.chars() {
        let term = terms.last_mut().map_or("", |term| term);
        let begins = matches!(term, "" | "!") || term.ends_with(':');
        match open {
            Some(end) if c == end => open = None,
            None if c == '"' || (c == '/' && begins) => open = Some(c),
            None if c.is_whitespace() => {
                terms.push(String::new());
                continue;
            }
            _ => {}
        }
        terms.last_mut().into_iter().for_each(|term| term.push(c));
    }
    if let Some(end) = open {
        return Err(Slip(format!("there is no second {end}")));
    }
    terms.retain(|term| !term.is_empty());
    Ok(terms)
}

/// Fields, and what they ask for.
pub const FIELDS: &[(&str, &str)] = &[
    ("from", "who spoke, sent, owns"),
    ("to", "to whom, or the room"),
    ("net", "network"),
    ("proto", "protocol"),
    ("kind", "category, kind, mechanism"),
    ("sev", "severity and above; <high: and below"),
    ("enc", "yes or no: could it be read?"),
    ("host", "address"),
    ("port", "port"),
    ("file", "name, type or hash of a file"),
    ("text", "what was said last; titles, explanations"),
];

/// Bytes a compiled expression may take.
const LARGEST: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Told {
        let told = Told { severity: Some(Severity::High), ..Told::default() };
        told.and("from", "Anna").and("to", "#office").and("text", "the safe is 12: 34")
    }

    fn admits(filter: &str) -> bool {
        Filter::parse(filter).unwrap().admits(row)
    }

    #[test]
    fn terms_are_all_to_hold() {
        for filter in [
            "",
            "anna",
            "from:ann",
            "from:ANNA to:office",
            "!from:jonas",
            "/sa.e/",
            "text:/^the/",
            "sev:medium",
            "sev:<critical",
            "\"safe is\"",
            "text:\"12: 34\"",
            "!sev:critical",
        ] {
            assert!(admits(filter), "{filter}");
        }
        for filter in ["jonas", "from:office", "!anna", "anna jonas", "sev:critical", "sev:<low"] {
            assert!(!admits(filter), "{filter}");
        }
    }

    #[test]
    fn slips_are_named() {
        for filter in ["from:", "who:anna", "/(/", "/open", "\"open", "sev:bad", "!"] {
            assert!(Filter::parse(filter).is_err(), "{filter}");
        }
        // Addresses and other things with colons are words.
        assert!(Filter::parse("2001:db8::1 \"who:x\" [::1]:80").is_ok());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_filter_or_a_slip(text in ".*") {
            if let Ok(filter) = Filter::parse(&text) {
                filter.admits(row);
            }
        }
    }
}
