//! Where the frames of a file come from: interfaces, and the clocks they were written by.

use crate::frame::Link;

/// An interface, or a clock, of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Origin {
    /// What the interface is called, in a file of several.
    pub(super) interface: Option<String>,
    /// Seconds its times are rounded to, when coarser than a microsecond.
    pub(super) resolution: Option<f64>,
    /// What its first description says its frames begin with.
    pub(super) link: Link,
}

/// Those of one file, by number. Descriptions that say the same are one.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins(Vec<Origin>);

impl Origins {
    /// All of them.
    pub(super) fn all(&self) -> &[Origin] {
        &self.0
    }

    /// The number of one, which may be new. Where there are too many, those that follow are told
    /// apart by their clocks alone, of which there are few.
    pub(super) fn number(&mut self, mut origin: Origin) -> u16 {
        if self.0.len() >= MOST {
            origin.interface = None;
        }
        let same = |known: &Origin| {
            known.interface == origin.interface && known.resolution == origin.resolution
        };
        let known = self.0.iter().position(same);
        let number = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push(origin);
        }
        u16::try_from(number).unwrap_or(u16::MAX)
    }
}

/// Origins with a name.
const MOST: usize = 1_024;
