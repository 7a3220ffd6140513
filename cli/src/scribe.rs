//! Stand-in.
use overhear_analysis::told::*;
use overhear_analysis::{Record, Told};
pub(crate) struct Settings {
    pub content: String,
    pub secrets: String,
    pub home: Vec<ipnet::IpNet>,
    pub key: [u8; 32],
    pub inputs: Vec<String>,
    pub resolutions: Vec<Option<f64>>,
    pub separate: bool,
}
pub(crate) struct Scribe {
    settings: Settings,
}
impl Scribe {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings }
    }
    pub(crate) fn start(&mut self, out: &mut Vec<Told>) {
        let _ = (&self.settings.key, &self.settings.resolutions);
        out.push(Told {
            head: Head { event_type: "start".into(), ..Head::default() },
            body: Body::Start(Start {
                schema_version: SCHEMA_VERSION,
                program: "overhear".into(),
                version: env!("CARGO_PKG_VERSION").into(),
                inputs: self.settings.inputs.clone(),
                options: Options {
                    content: self.settings.content.clone(),
                    secrets: self.settings.secrets.clone(),
                    home_net: self.settings.home.iter().map(ToString::to_string).collect(),
                    filter: None,
                    separate: self.settings.separate,
                },
            }),
        });
    }
    pub(crate) fn hear(&mut self, _record: Record, _out: &mut Vec<Told>) {}
    pub(crate) fn finish(&mut self, _out: &mut Vec<Told>) {}
}
