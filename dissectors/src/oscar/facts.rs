//! What is read of OSCAR, and on what evidence.

use super::probe::DEPTH;
use crate::{Facts, Transport};

/// What is known about OSCAR.
pub static FACTS: Facts = Facts {
    name: "oscar",
    title: "AIM / ICQ (OSCAR)",
    transports: &[Transport::Tcp],
    ports: &[5190, 5191, 5192, 5193],
    tls_ports: &[],
    depth: DEPTH,
    visible: &["text", "urls", "file", "typing", "errors", "roster"],
    rows: &[],
    documents: &[],
};
