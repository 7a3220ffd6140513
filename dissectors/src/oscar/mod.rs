//! Placeholder until the protocol moves in.

use crate::{Dissector, Ends, Facts, Opening, Out, Probe, Protocol, Side, Step};

/// Placeholder.
#[derive(Debug)]
pub struct Oscar;

impl Protocol for Oscar {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }
    fn probe(&self, _: &Opening<'_>) -> Probe {
        Probe::No
    }
    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::new(Talk)
    }
}

#[derive(Debug)]
struct Talk;

impl Dissector for Talk {
    fn read(&mut self, _: Side, input: &[u8], _: &mut Out) -> Step {
        Step::Took { used: input.len(), want: 0 }
    }
}

static FACTS: Facts = Facts {
    name: "oscar",
    title: "Oscar",
    transports: &[],
    ports: &[],
    tls_ports: &[],
    depth: 0,
    visible: &[],
    rows: &[],
    documents: &[],
};
