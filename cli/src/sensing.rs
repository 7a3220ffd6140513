//! What every command that hears frames does with its options.

use overhear_analysis::told::{Options, SCHEMA_VERSION, Start};
use overhear_analysis::{ContentLevel, FingerprintKey, Settings};
use overhear_sensor::capture::{Filter, FilterError};
use overhear_sensor::pipeline::{self, Failure};

use crate::args::{Output, Sensing};
use crate::exit::Usage;
use crate::key;

/// The budget unless it is told.
pub(crate) const BUDGET: u64 = 1 << 30;

impl Sensing {
    /// How to read; the filter is compiled before anything is.
    pub(crate) fn engine(&self) -> anyhow::Result<pipeline::Options> {
        let filter = self.filter.as_deref().map(Filter::new).transpose().map_err(unfit)?;
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut options = pipeline::Options {
            filter,
            workers: self.workers.map_or_else(cores, usize::from),
            ..pipeline::Options::default()
        };
        options.memory = self.budget();
        Ok(options)
    }

    /// Bytes that everything which grows with traffic may take.
    pub(crate) fn budget(&self) -> u64 {
        self.memory.map_or(BUDGET, |memory| memory.0)
    }

    /// The key of all fingerprints.
    pub(crate) fn key(&self) -> anyhow::Result<FingerprintKey> {
        Ok(FingerprintKey::new(key::find(self.key.as_deref())?))
    }

    /// What the analysis is to do; of contents it shows `usual` unless told otherwise.
    pub(crate) fn settings(
        &self,
        output: &Output,
        usual: ContentLevel,
        key: FingerprintKey,
    ) -> Settings {
        Settings {
            content: output.content.unwrap_or(usual),
            secrets: output.secrets.unwrap_or_default(),
            home: self.home_net.clone().unwrap_or_default(),
            key,
            inputs: Vec::new(),
            interfaces: Vec::new(),
            resolutions: Vec::new(),
            sensor: None,
        }
    }

    /// What the first line says.
    pub(crate) fn start(
        &self,
        settings: &Settings,
        inputs: Vec<String>,
        separate: bool,
        state: bool,
    ) -> Start {
        Start {
            schema_version: SCHEMA_VERSION,
            program: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            inputs,
            options: Options {
                content: settings.content.to_string(),
                secrets: settings.secrets.to_string(),
                home_net: settings.home.words(),
                filter: self.filter.clone(),
                separate,
                state,
                memory: self.memory.map(|memory| memory.0),
            },
        }
    }
}

/// Why nothing can be read: a filter that cannot be used is wrong usage.
pub(crate) fn failed(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Filter(error) => unfit(error),
        failure @ Failure::Thread(_) => failure.into(),
    }
}

fn unfit(error: FilterError) -> anyhow::Error {
    anyhow::Error::new(error).context(Usage("--filter"))
}
