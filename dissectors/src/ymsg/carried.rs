//! A file in the body of an HTTP message: hashed as it passes.

use sha2::{Digest, Sha256};

use crate::Out;
use crate::event::{Carried, Content, Event, Offer, OfferState};

/// A file under way.
#[derive(Debug)]
pub(crate) struct File {
    offer: Offer,
    hash: Sha256,
    bytes: u64,
    /// Bytes it will have, where that was said.
    promised: Option<u64>,
    holed: bool,
    /// The first bytes, which say what kind of file it is.
    head: Vec<u8>,
}

/// Bytes kept of the beginning.
const HEAD: usize = 4 << 10;

impl File {
    /// One of which nothing was seen yet.
    pub(crate) fn of(offer: Offer, promised: Option<u64>) -> Self {
        Self { offer, hash: Sha256::new(), bytes: 0, promised, holed: false, head: Vec::new() }
    }

    /// The same, for those who keep it for long.
    pub(crate) fn new(offer: Offer, promised: Option<u64>) -> Box<Self> {
        Box::new(Self::of(offer, promised))
    }

    /// Its length was said.
    pub(crate) fn is_promised(&self) -> bool {
        self.promised.is_some()
    }

    /// Some of it.
    pub(crate) fn hear(&mut self, bytes: &[u8]) {
        if !self.holed {
            self.hash.update(bytes);
            let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
            self.head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        }
        self.bytes += bytes.len() as u64;
    }

    /// Some of it was lost.
    pub(crate) fn gap(&mut self) {
        self.holed = true;
    }

    /// It is over; `whole` when nothing more was to come.
    pub(crate) fn tell(self, whole: bool, out: &mut Out) {
        if self.bytes == 0 {
            return;
        }
        let whole = whole && !self.holed && self.promised.is_none_or(|most| most == self.bytes);
        let sha256 = whole.then(|| self.hash.finalize().into());
        let mime = infer::get(&self.head).map(|kind| kind.mime_type());
        let content = Content { bytes: self.bytes, sha256, mime };
        let state = if whole { OfferState::Complete } else { OfferState::Truncated };
        let offer = Offer { state, ..self.offer };
        out.emit(Event::Carried(Carried { network: None, offer, content }));
    }
}
