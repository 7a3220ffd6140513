//! `capture_quality`: what this capture cannot tell.

use super::case::{Case, Words, count};
use crate::told::{Category, Finding, Ledger, Severity};

/// Judges the ledger, and that so many inputs could not be read to their end; nothing when nothing was
/// lost.
pub(super) fn judge(ledger: &Ledger, unfinished: u64) -> Option<Finding> {
    let losses = [
        (unfinished, "input", "not read to the end"),
        (ledger.kernel_dropped, "frame", "dropped before the capture"),
        (ledger.shed, "frame", "shed because overhear was behind"),
        (ledger.cut_frames, "frame", "cut short by the capture"),
        (ledger.gaps, "hole", "in streams"),
        (ledger.gap_bytes, "byte", "nobody saw"),
        (ledger.one_way, "conversation", "heard from one side only"),
        (ledger.struck, "budget", "struck"),
        (ledger.broken, "conversation", "lost to a defect of overhear"),
    ];
    let said: Vec<String> = losses
        .iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, noun, what)| format!("{} {what}", count(*number, noun)))
        .collect();
    if said.is_empty() {
        return None;
    }
    let lost = ledger.kernel_dropped.saturating_add(ledger.shed).saturating_add(ledger.cut_frames);
    let severity = match lost.saturating_mul(100) > ledger.frames || ledger.gap_bytes > 0 {
        true => Severity::Medium,
        false => Severity::Low,
    };
    let mut case = Case::new(Category::CaptureQuality, &[]);
    case.add(None, severity);
    case.close(|| Words {
        title: "The capture is incomplete".to_owned(),
        subject: "capture".to_owned(),
        network: None,
        explanation: format!("Of {}: {}.", count(ledger.frames, "frame"), said.join(", ")),
        not_visible: said,
    })
}
