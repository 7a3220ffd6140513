//! Whose conversation is it?

use std::sync::LazyLock;

use overhear_dissectors::{Opening, PROTOCOLS, Probe};

/// What is known of a conversation's protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// Somebody is still undecided.
    Wait,
    /// The protocol of this number in the registry claims it, with its sides as they are or
    /// swapped.
    By {
        /// Index into [`PROTOCOLS`].
        protocol: usize,
        /// Client and server are the other way round.
        swapped: bool,
    },
    /// Nobody does.
    Nobody,
}

/// Protocols that have refused a conversation after they claimed it, by their number.
pub(super) type Refused = u64;

/// Asks every protocol in order. An earlier one that is undecided holds the floor, so that the
/// answer does not depend on how the stream was cut; when no more bytes will come (`last`), or it
/// has seen all it may ask for, the port decides for it.
pub(super) fn identify(opening: &Opening<'_>, refused: Refused, last: bool) -> Claim {
    for (protocol, candidate) in PROTOCOLS.iter().enumerate() {
        let facts = candidate.facts();
        if refused >> protocol & 1 == 1 || !facts.transports.contains(&opening.transport) {
            continue;
        }
        let swapped = match candidate.probe(opening) {
            Probe::No => continue,
            Probe::Yes => false,
            Probe::Swapped => true,
            Probe::More => {
                if !last && opening.client.len().max(opening.server.len()) < facts.depth {
                    return Claim::Wait;
                }
                let heard = !opening.client.is_empty() || !opening.server.is_empty();
                if !heard || !facts.ports.contains(&opening.ends.server.port()) {
                    continue;
                }
                false
            }
        };
        return Claim::By { protocol, swapped };
    }
    Claim::Nobody
}

/// Bytes of one side that identification may need.
pub(super) fn depth() -> usize {
    static DEPTH: LazyLock<usize> =
        LazyLock::new(|| PROTOCOLS.iter().map(|one| one.facts().depth).max().unwrap_or_default());
    *DEPTH
}

/// Whether a port is one that some protocol is known to use.
pub(crate) fn is_known(port: u16) -> bool {
    static KNOWN: LazyLock<Box<[bool]>> = LazyLock::new(|| {
        let mut known = vec![false; 1 << 16].into_boxed_slice();
        let facts = PROTOCOLS.iter().map(|protocol| protocol.facts());
        for port in facts.flat_map(|facts| facts.ports.iter().chain(facts.tls_ports)) {
            known.get_mut(usize::from(*port)).into_iter().for_each(|known| *known = true);
        }
        known
    });
    KNOWN.get(usize::from(port)).is_some_and(|known| *known)
}
