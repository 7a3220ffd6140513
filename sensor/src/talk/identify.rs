//! Whose conversation is it?

use std::sync::LazyLock;

use overhear_dissectors::{Opening, PROTOCOLS, Probe, Protocol, Transport};

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

/// Protocols that are out of the question, by their number: a bit each.
pub(super) type Out = u64;

/// Asks every protocol that is not `out` in order. An earlier one that is undecided holds the
/// floor, so that the answer does not depend on how the stream was cut; when no more bytes will come
/// (`last`), or it has seen all it may ask for, the port decides for it. One that says no will say so
/// whatever comes, and is out from then on.
pub(super) fn identify(opening: &Opening<'_>, out: &mut Out, last: bool) -> Claim {
    let mut left = speaking(opening.transport) & !*out;
    while left != 0 {
        let protocol = left.trailing_zeros() as usize;
        left &= left - 1;
        let Some(candidate) = PROTOCOLS.get(protocol) else { break };
        let swapped = match candidate.probe(opening) {
            Probe::No => {
                *out |= 1 << protocol;
                continue;
            }
            Probe::Yes => false,
            Probe::Swapped => true,
            Probe::More => {
                let facts = candidate.facts();
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

/// The protocols that a transport may carry.
fn speaking(transport: Transport) -> Out {
    static SPEAKING: LazyLock<[Out; 2]> = LazyLock::new(|| {
        [Transport::Tcp, Transport::Udp].map(|transport| {
            let speaks = |one: &&dyn Protocol| one.facts().transports.contains(&transport);
            let places = PROTOCOLS.iter().enumerate();
            places.fold(0, |all, (place, one)| all | Out::from(speaks(one)) << place)
        })
    });
    let [tcp, udp] = *SPEAKING;
    match transport {
        Transport::Tcp => tcp,
        Transport::Udp => udp,
    }
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
