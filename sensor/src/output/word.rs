//! The words and numbers of the event stream, and how they are said to people.

use overhear_analysis::Time;
use overhear_analysis::told::{Exposure, Reader, Severity};
use overhear_dissectors::event::{Strength, Verdict};

/// The word an enum has in the event stream.
pub fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Severities, worst first.
pub(super) const SEVERITIES: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// A severity as a word and a mark: colour is never the only difference.
pub(super) fn severity(level: Severity) -> (&'static str, &'static str) {
    match level {
        Severity::Critical => ("◆", "critical"),
        Severity::High => ("▲", "high"),
        Severity::Medium => ("●", "medium"),
        Severity::Low => ("○", "low"),
        Severity::Info => ("·", "info"),
    }
}

/// What a strength means to whoever heard the secret.
pub(super) fn strength(of: Strength) -> &'static str {
    match of {
        Strength::Plaintext => "readable as it is",
        Strength::Reversible => "scrambled with a known key",
        Strength::Replayable => "can be used again as it is",
        Strength::Crackable => "can be guessed offline",
        Strength::Strong => "salted or keyed proof",
    }
}

/// How far a conversation travelled.
pub(super) fn exposure(of: Exposure) -> &'static str {
    match of {
        Exposure::Host => "within one host",
        Exposure::Lan => "inside",
        Exposure::Perimeter => "across the perimeter",
        Exposure::Internet => "across the Internet",
    }
}

/// Whether it could be read.
pub(super) fn verdict(of: Verdict) -> &'static str {
    match of {
        Verdict::Cleartext => "readable",
        Verdict::Obfuscated => "readable (known key)",
        Verdict::StarttlsRefused => "readable (TLS refused)",
        Verdict::Starttls => "sealed after STARTTLS",
        Verdict::EndToEnd => "sealed end to end",
        Verdict::Tls => "sealed by TLS",
        Verdict::Unknown => "not known",
    }
}

/// Who a reader is.
pub(super) fn reader(of: Reader) -> &'static str {
    match of {
        Reader::Segment => "anybody on the segment",
        Reader::Lan => "anybody on the local path",
        Reader::Perimeter => "whoever runs the perimeter",
        Reader::Isp => "the Internet providers",
        Reader::Proxy => "the proxy",
        Reader::Server => "the service",
    }
}

/// `2009-08-13 12:57:49`.
pub(super) fn moment(at: Time) -> String {
    let text = at.to_string();
    format!("{} {}", text.get(..10).unwrap_or_default(), text.get(11..19).unwrap_or_default())
}

/// `12:57:49`.
pub(super) fn clock(at: Time) -> String {
    at.to_string().get(11..19).unwrap_or_default().to_owned()
}

/// A number with its digits in groups: `1 234 567` (narrow blanks would confuse a terminal).
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// `1 message`, `2 messages`.
pub(super) fn count(number: u64, one: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{} {one}{end}", grouped(number))
}

/// A number of bytes: `512 B`, `1.5 MiB`.
pub(super) fn bytes(number: u64) -> String {
    let mut unit = "B";
    let mut whole = number;
    let mut rest = 0;
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if whole < 1024 {
            break;
        }
        (whole, rest, unit) = (whole / 1024, whole % 1024, next);
    }
    if unit == "B" || whole >= 100 {
        format!("{whole} {unit}")
    } else {
        format!("{whole}.{} {unit}", rest * 10 / 1024)
    }
}

/// A span of packet time: `4 min 22 s`.
pub(super) fn span(from: Time, to: Time) -> String {
    let secs = to.since(from).unsigned_abs() / 1_000_000_000;
    let (days, hours, mins) = (secs / 86_400, secs / 3_600 % 24, secs / 60 % 60);
    if days > 0 {
        format!("{days} d {hours} h")
    } else if hours > 0 {
        format!("{hours} h {mins} min")
    } else if mins > 0 {
        format!("{mins} min {} s", secs % 60)
    } else {
        format!("{secs} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_to_people() {
        assert_eq!(grouped(1_234_567), "1 234 567");
        assert_eq!((count(1, "frame"), count(0, "frame")), ("1 frame".into(), "0 frames".into()));
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1_572_864), "1.5 MiB");
        assert_eq!(bytes(u64::MAX), "16777215 TiB");
        assert_eq!(span(Time::from_secs(0), Time::from_secs(262)), "4 min 22 s");
    }

    #[test]
    fn moments_are_cut_from_the_timestamp() {
        let at = Time(1_250_168_269_079_036_000);
        assert_eq!((moment(at), clock(at)), ("2009-08-13 12:57:49".into(), "12:57:49".into()));
    }
}
