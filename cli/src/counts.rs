//! How many events were told, of each kind.

use overhear_analysis::Told;
use overhear_analysis::told::{Body, FindingState};
use overhear_sensor::output::word;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

/// Names and values, none of which comes from the wire.
pub(crate) type Labels = Vec<(&'static str, String)>;

/// Counters of events and findings; a copy counts the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) events: Family<Labels, Counter>,
    pub(crate) findings: Family<Labels, Counter>,
}

impl Counts {
    /// Counts an event.
    pub(crate) fn hear(&self, told: &Told) {
        let app = told.head.app_proto.as_deref().unwrap_or_default().to_owned();
        let labels = vec![("event_type", told.head.event_type.to_string()), ("app_proto", app)];
        self.events.get_or_create(&labels).inc();
        if let Body::Finding(finding) = &told.body
            && finding.state == FindingState::Open
        {
            let (category, severity) = (word(finding.category), word(finding.severity));
            let labels = vec![("category", category), ("severity", severity)];
            self.findings.get_or_create(&labels).inc();
        }
    }
}
