//! Names of networks, each kept once.

use std::sync::Arc;

/// The names heard first.
#[derive(Debug, Default)]
pub(super) struct Networks(Vec<Arc<str>>);

/// Names kept once; further ones are kept by every account.
const NETWORKS: usize = 64;

impl Networks {
    /// The name, to be kept by an account.
    pub(super) fn of(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.iter().find(|known| ***known == *name) {
            return Arc::clone(known);
        }
        let new = Arc::from(name);
        if self.0.len() < NETWORKS {
            self.0.push(Arc::clone(&new));
        }
        new
    }
}
