//! Names of networks, each kept once.

use std::ops::Deref;
use std::sync::Arc;

/// The name of a network, in eight bytes: accounts are many.
#[derive(Clone, Debug)]
pub(super) struct Network(Arc<Box<str>>);

impl Deref for Network {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The names heard first.
#[derive(Clone, Debug, Default)]
pub(super) struct Networks(Vec<Network>);

/// Names kept once; further ones are kept by every account.
const NETWORKS: usize = 64;

impl Networks {
    /// The name, to be kept by an account.
    pub(super) fn of(&mut self, name: &str) -> Network {
        if let Some(known) = self.0.iter().find(|known| ***known == *name) {
            return known.clone();
        }
        let new = Network(Arc::new(name.into()));
        if self.0.len() < NETWORKS {
            self.0.push(new.clone());
        }
        new
    }
}
