//! Holds every protocol to the laws of `dissectors/src/contract.rs`, over every dialogue.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests say so")]

mod drive;

use std::collections::BTreeSet;

use drive::{Conversation, Heard, Move, hear};
use overhear_dissectors::{Ends, Opening, PROTOCOLS, Protocol, Side, Transport, contract::Probe};
use overhear_testdata::{self as testdata, Dialogue, Turn, dialogue};
use proptest::prelude::*;

fn side(side: testdata::Side) -> Side {
    match side {
        testdata::Side::Client => Side::Client,
        testdata::Side::Server => Side::Server,
    }
}

fn transport(dialogue: &Dialogue) -> Transport {
    match dialogue.ends.transport {
        testdata::Transport::Tcp => Transport::Tcp,
        testdata::Transport::Udp => Transport::Udp,
    }
}

fn ends(dialogue: &Dialogue) -> Ends {
    Ends { client: dialogue.ends.client, server: dialogue.ends.server }
}

fn dialogues() -> Vec<Dialogue> {
    dialogue::all().unwrap()
}

/// The dialogue with every turn cut at the given places, counted over all turns.
fn cut<'a>(dialogue: &'a Dialogue, cuts: &BTreeSet<usize>) -> Vec<Move<'a>> {
    let mut moves = Vec::new();
    let mut at = 0;
    for turn in &dialogue.turns {
        match turn {
            Turn::Gap(who, lost) => moves.push(Move::Gap(side(*who), u64::from(*lost))),
            Turn::Says(who, bytes) => {
                let mut from = 0;
                for place in cuts.range(at + 1..at + bytes.len().max(1)) {
                    moves.push(Move::Says(side(*who), &bytes[from..place - at]));
                    from = place - at;
                }
                moves.push(Move::Says(side(*who), &bytes[from..]));
                at += bytes.len();
            }
        }
    }
    moves
}

/// Bytes said by both sides.
fn length(dialogue: &Dialogue) -> usize {
    dialogue.said(testdata::Side::Client).len() + dialogue.said(testdata::Side::Server).len()
}

fn hear_cut(dialogue: &Dialogue, cuts: &BTreeSet<usize>) -> Heard {
    hear(ends(dialogue), transport(dialogue), cut(dialogue, cuts))
}

fn assert_same(dialogue: &Dialogue, whole: &Heard, cuts: &BTreeSet<usize>) {
    let heard = hear_cut(dialogue, cuts);
    let name = &dialogue.name;
    assert_eq!(heard.protocols, whole.protocols, "{name} cut at {cuts:?}");
    let differs = heard.events.iter().zip(&whole.events).position(|(one, other)| one != other);
    if let Some(place) = differs {
        let (one, other) = (&heard.events[place], &whole.events[place]);
        panic!("{name} cut at {cuts:?}: event {place} is\n{one:?}\ninstead of\n{other:?}");
    }
    assert_eq!(heard.events.len(), whole.events.len(), "{name} cut at {cuts:?}");
    assert_eq!(heard.seals, whole.seals, "{name} cut at {cuts:?}");
    assert_eq!(heard.ended, whole.ended, "{name} cut at {cuts:?}");
}

#[test]
fn every_dialogue_says_something() {
    for dialogue in dialogues() {
        let heard = hear_cut(&dialogue, &BTreeSet::new());
        let first = heard.protocols.first().copied();
        assert_eq!(first, Some(dialogue.protocol()), "{}: {:?}", dialogue.name, heard.ended);
        let said = heard.events.len() + heard.seals.len();
        assert!(said > 0, "{} yields nothing: {:?}", dialogue.name, heard.ended);
    }
}

#[test]
fn one_cut_anywhere_changes_nothing() {
    for dialogue in dialogues().iter().filter(|one| transport(one) == Transport::Tcp) {
        let whole = hear_cut(dialogue, &BTreeSet::new());
        for place in 1..length(dialogue) {
            assert_same(dialogue, &whole, &BTreeSet::from([place]));
        }
    }
}

#[test]
fn byte_by_byte_changes_nothing() {
    for dialogue in dialogues().iter().filter(|one| transport(one) == Transport::Tcp) {
        let whole = hear_cut(dialogue, &BTreeSet::new());
        assert_same(dialogue, &whole, &(1..length(dialogue)).collect());
    }
}

/// Turns of one side that follow each other are one stream: a sender may put them in one segment.
#[test]
fn turns_that_arrive_together_change_nothing() {
    for dialogue in dialogues().iter().filter(|one| transport(one) == Transport::Tcp) {
        let whole = hear_cut(dialogue, &BTreeSet::new());
        let mut joined = dialogue.clone();
        joined.turns.clear();
        for turn in &dialogue.turns {
            match (joined.turns.last_mut(), turn) {
                (Some(Turn::Says(last, said)), Turn::Says(who, bytes)) if last == who => {
                    said.extend_from_slice(bytes);
                }
                _ => joined.turns.push(turn.clone()),
            }
        }
        assert_same(&joined, &whole, &BTreeSet::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn cuts_at_random_change_nothing(
        which in any::<prop::sample::Index>(),
        places in prop::collection::vec(any::<prop::sample::Index>(), 2..12),
    ) {
        let all: Vec<_> =
            dialogues().into_iter().filter(|one| transport(one) == Transport::Tcp).collect();
        let Some(dialogue) = all.get(which.index(all.len().max(1))) else { return Ok(()) };
        let whole = hear_cut(dialogue, &BTreeSet::new());
        let length = length(dialogue).max(1);
        assert_same(dialogue, &whole, &places.iter().map(|place| place.index(length)).collect());
    }
}

/// What a protocol says of the first `client` and `server` bytes.
fn verdict(
    protocol: &dyn Protocol,
    dialogue: &Dialogue,
    client: &[u8],
    server: &[u8],
    from_start: bool,
) -> Probe {
    let transport = transport(dialogue);
    protocol.probe(&Opening { client, server, ends: ends(dialogue), transport, from_start })
}

/// Lengths worth asking at: each of the first bytes, then ever longer steps.
fn lengths(total: usize) -> Vec<usize> {
    let mut lengths: Vec<usize> = (0..=total.min(40)).collect();
    let mut length = 47;
    while length < total {
        lengths.push(length);
        length += length / 4;
    }
    if total > 40 {
        lengths.push(total);
    }
    lengths
}

/// The bytes a protocol is asked about: the stream up to its first gap, or the first datagram.
fn opening(dialogue: &Dialogue, who: testdata::Side) -> Vec<u8> {
    let mut said = Vec::new();
    for turn in &dialogue.turns {
        match turn {
            Turn::Says(side, bytes) if *side == who => {
                said.extend_from_slice(bytes);
                if transport(dialogue) == Transport::Udp {
                    break;
                }
            }
            Turn::Gap(side, _) if *side == who && !said.is_empty() => break,
            _ => {}
        }
    }
    said
}

/// Which side speaks first is the network's choice as well, so both lengths grow independently.
#[test]
fn verdicts_stay_and_more_ends() {
    for dialogue in dialogues().into_iter().filter(|one| transport(one) == Transport::Tcp) {
        let client = opening(&dialogue, testdata::Side::Client);
        let server = opening(&dialogue, testdata::Side::Server);
        for protocol in PROTOCOLS {
            let (depth, name) = (protocol.facts().depth, protocol.facts().name);
            let mut above = Vec::new();
            for &c in &lengths(client.len()) {
                let mut row: Vec<Probe> = Vec::new();
                for (column, &s) in lengths(server.len()).iter().enumerate() {
                    let from_start = dialogue.from_start();
                    let now = verdict(*protocol, &dialogue, &client[..c], &server[..s], from_start);
                    let place = format!("{}: {name} at {c} and {s} bytes", dialogue.name);
                    for before in [row.last(), above.get(column)].into_iter().flatten() {
                        let stays = *before == Probe::More || *before == now;
                        assert!(stays, "{place}: {now:?} after {before:?}");
                    }
                    let undecided = now == Probe::More && c.max(s) >= depth;
                    assert!(!undecided, "{place}: More, but the depth is {depth}");
                    row.push(now);
                }
                above = row;
            }
        }
    }
}

/// A datagram is shown whole and alone: the first one that says enough begins the conversation,
/// whoever sent it.
#[test]
fn a_datagram_is_judged_alone() {
    for dialogue in dialogues().iter().filter(|one| transport(one) == Transport::Udp) {
        let mut claimed = 0;
        for turn in &dialogue.turns {
            let Turn::Says(who, bytes) = turn else { continue };
            for protocol in PROTOCOLS {
                let mine = protocol.facts().name == dialogue.protocol();
                let asked = |side| match side {
                    testdata::Side::Client => verdict(*protocol, dialogue, bytes, &[], false),
                    testdata::Side::Server => verdict(*protocol, dialogue, &[], bytes, false),
                };
                let (straight, swapped) = match who {
                    testdata::Side::Client => (asked(*who), asked(testdata::Side::Server)),
                    testdata::Side::Server => (asked(*who), asked(testdata::Side::Client)),
                };
                let name = format!("{}: {} of {bytes:02x?}", dialogue.name, protocol.facts().name);
                if !protocol.facts().transports.contains(&Transport::Udp) {
                    continue;
                }
                match (straight, swapped) {
                    (Probe::No, Probe::No) => {}
                    (Probe::Yes, Probe::Swapped) if mine => claimed += 1,
                    verdicts => panic!("{name}: {verdicts:?}"),
                }
            }
        }
        assert!(claimed > 0, "{}", dialogue.name);
    }
}

#[test]
fn exactly_one_protocol_claims_a_dialogue() {
    for dialogue in dialogues() {
        let client = opening(&dialogue, testdata::Side::Client);
        let server = opening(&dialogue, testdata::Side::Server);
        let mut claims = Vec::new();
        for protocol in PROTOCOLS {
            let said = verdict(*protocol, &dialogue, &client, &server, dialogue.from_start());
            if matches!(said, Probe::Yes | Probe::Swapped) {
                claims.push(protocol.facts().name);
            }
        }
        assert_eq!(claims, [dialogue.protocol()], "{}", dialogue.name);
    }
}

/// A tap may call the client the server: the same protocol claims it, and tells the same events.
#[test]
fn swapped_sides_are_noticed() {
    for dialogue in dialogues().iter().filter(|one| transport(one) == Transport::Tcp) {
        let whole = hear_cut(dialogue, &BTreeSet::new());
        let ends = Ends { client: dialogue.ends.server, server: dialogue.ends.client };
        let moves = cut(dialogue, &BTreeSet::new()).into_iter().map(|one| match one {
            Move::Says(side, bytes) => Move::Says(side.other(), bytes),
            Move::Gap(side, lost) => Move::Gap(side.other(), lost),
        });
        let swapped = hear(ends, transport(dialogue), moves);
        let Some(first) = swapped.protocols.first() else { continue };
        assert_eq!(*first, dialogue.protocol(), "{} swapped", dialogue.name);
        let swaps = PROTOCOLS.iter().any(|protocol| {
            let client = opening(dialogue, testdata::Side::Server);
            let server = opening(dialogue, testdata::Side::Client);
            let from_start = dialogue.from_start();
            verdict(*protocol, dialogue, &client, &server, from_start) == Probe::Swapped
        });
        if swaps {
            assert_eq!(swapped.events, whole.events, "{} swapped", dialogue.name);
        }
    }
}

/// Something that may happen to a dissector that has the floor, deserved or not.
#[derive(Clone, Debug)]
enum Blow {
    Bytes(bool, Vec<u8>),
    /// A piece of a dialogue, with one byte of it changed.
    Piece {
        which: prop::sample::Index,
        turn: prop::sample::Index,
        at: prop::sample::Index,
        byte: u8,
    },
    Gap(bool, u64),
    End(bool),
}

fn blow() -> impl Strategy<Value = Blow> {
    let piece = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        any::<u8>(),
    );
    prop_oneof![
        3 => (any::<bool>(), prop::collection::vec(any::<u8>(), 0..600))
            .prop_map(|(client, bytes)| Blow::Bytes(client, bytes)),
        9 => piece.prop_map(|(which, turn, at, byte)| Blow::Piece { which, turn, at, byte }),
        1 => (any::<bool>(), any::<u64>()).prop_map(|(client, lost)| Blow::Gap(client, lost)),
        1 => any::<bool>().prop_map(Blow::End),
    ]
}

fn one_of(client: bool) -> Side {
    if client { Side::Client } else { Side::Server }
}

/// Deals one blow in pieces of at most `longest` bytes; returns the bytes it was made of.
fn deal(conversation: &mut Conversation, blow: &Blow, all: &[Dialogue], longest: usize) -> usize {
    let mut says = |side: Side, bytes: &[u8]| {
        for piece in bytes.chunks(longest) {
            conversation.says(side, piece);
        }
        bytes.len()
    };
    match blow {
        Blow::Bytes(client, bytes) => says(one_of(*client), bytes),
        Blow::Piece { which, turn, at, byte } => {
            let Some(dialogue) = all.get(which.index(all.len().max(1))) else { return 0 };
            let turns = dialogue.turns.len().max(1);
            let Some(Turn::Says(who, bytes)) = dialogue.turns.get(turn.index(turns)) else {
                return 0;
            };
            let mut bytes = bytes.clone();
            let place = at.index(bytes.len().max(1));
            if let Some(changed) = bytes.get_mut(place) {
                *changed = *byte;
            }
            says(side(*who), &bytes)
        }
        Blow::Gap(client, lost) => {
            conversation.gap(one_of(*client), *lost);
            0
        }
        Blow::End(client) => {
            conversation.end(one_of(*client));
            0
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200, failure_persistence: None, ..ProptestConfig::default()
    })]

    /// Every protocol, unasked, on whatever comes. What it tells stays in proportion, and does
    /// not depend on cuts.
    #[test]
    fn nothing_makes_a_dissector_panic_or_swell_or_guess(
        transport in prop::sample::select(vec![Transport::Tcp, Transport::Udp]),
        blows in prop::collection::vec(blow(), 1..24),
    ) {
        let all = dialogues();
        let ends = ends(&Dialogue::parse("# origin: none").unwrap());
        for protocol in PROTOCOLS {
            let hear = |longest: usize| {
                let mut conversation = Conversation::with(drive::opened(*protocol, ends, transport), ends, transport);
                let bytes: usize =
                    blows.iter().map(|one| deal(&mut conversation, one, &all, longest)).sum();
                (conversation.heard(), bytes)
            };
            let (whole, bytes) = hear(usize::MAX);
            let told = format!("{:?}", whole.events).len();
            prop_assert!(told <= 64 * 1024 + 1024 * bytes, "{bytes} bytes made {told}");
            // A tunnel that lost bytes hands on what it has at hand, and whoever is asked whose that
            // is may answer by what came first.
            let lost = blows.iter().any(|blow| matches!(blow, Blow::Gap(..)));
            let guessed = protocol.facts().visible.is_empty() && lost;
            let streams = transport == Transport::Tcp
                && protocol.facts().transports.contains(&Transport::Tcp);
            if streams && bytes < drive::KEPT && !guessed {
                let (cut, _) = hear(7);
                prop_assert_eq!(&cut.events, &whole.events, "{} cut", protocol.facts().name);
                prop_assert_eq!(cut.ended, whole.ended);
            }
        }
    }

    #[test]
    fn verdicts_on_noise_stay(
        client in prop::collection::vec(any::<u8>(), 0..80),
        server in prop::collection::vec(any::<u8>(), 0..80),
        from_start in any::<bool>(),
    ) {
        let noise = Dialogue::parse("# origin: none").unwrap();
        for protocol in PROTOCOLS {
            let mut before = Probe::More;
            for length in 0..=client.len().max(server.len()) {
                let c = &client[..length.min(client.len())];
                let s = &server[..length.min(server.len())];
                let now = verdict(*protocol, &noise, c, s, from_start);
                let stays = before == Probe::More || before == now;
                prop_assert!(stays, "{} at {length}: {now:?} after {before:?}", protocol.facts().name);
                before = now;
            }
        }
    }
}

#[test]
fn facts_are_whole() {
    let mut names = BTreeSet::new();
    for protocol in PROTOCOLS {
        let facts = protocol.facts();
        assert!(names.insert(facts.name), "{} is there twice", facts.name);
        let mut rows = BTreeSet::new();
        for row in facts.rows {
            assert!(rows.insert(row.id), "{}/{} is there twice", facts.name, row.id);
            assert!(!row.what.is_empty(), "{}/{} says nothing", facts.name, row.id);
        }
    }
}
