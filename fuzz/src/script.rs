//! A conversation as fuzzer input.
//!
//! The first byte chooses the protocol that is given the floor (the registry chooses when it
//! names none), the second the transport. Then follow moves: a byte whose low bits say what
//! happens and whose third bit says to whom, a little-endian 16-bit count, and for something
//! said that many bytes. A count beyond the end of the input means what is there.

use overhear_dissectors::{Side, Transport};
use overhear_testdata::{self as testdata, Dialogue, Turn};

/// Something that happens on the wire.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// A side says this.
    Says(Side, &'a [u8]),
    /// Bytes of a side were never seen.
    Gap(Side, u64),
    /// A side will say nothing more.
    End(Side),
}

/// The whole of one input.
#[derive(Debug)]
pub struct Script<'a> {
    /// Index into the registry, or beyond it.
    pub protocol: usize,
    /// Stream or datagrams.
    pub transport: Transport,
    /// What happens, in order.
    pub steps: Vec<Step<'a>>,
}

const SAYS: u8 = 0;
const GAP: u8 = 1;
const END: u8 = 2;
const SERVER: u8 = 4;

/// Reads an input; every input is a script.
pub fn decode(input: &[u8]) -> Option<Script<'_>> {
    let ([protocol, transport], mut rest) = input.split_first_chunk()?;
    let mut steps = Vec::new();
    while let Some(([what, low, high], tail)) = rest.split_first_chunk() {
        let side = if what & SERVER == 0 { Side::Client } else { Side::Server };
        let count = u16::from_le_bytes([*low, *high]);
        rest = tail;
        match what & 3 {
            GAP => steps.push(Step::Gap(side, u64::from(count))),
            END => steps.push(Step::End(side)),
            _ => {
                let (said, tail) = rest.split_at(rest.len().min(usize::from(count)));
                steps.push(Step::Says(side, said));
                rest = tail;
            }
        }
    }
    let transport = if transport & 1 == 0 { Transport::Tcp } else { Transport::Udp };
    Some(Script { protocol: usize::from(*protocol), transport, steps })
}

/// Writes a dialogue as an input.
pub fn encode(dialogue: &Dialogue, protocol: u8) -> Vec<u8> {
    let udp = dialogue.ends.transport == testdata::Transport::Udp;
    let mut input = vec![protocol, u8::from(udp)];
    let put = |what: u8, side: testdata::Side, count: u16| {
        let side = if side == testdata::Side::Server { SERVER } else { 0 };
        let [low, high] = count.to_le_bytes();
        [what | side, low, high]
    };
    for turn in &dialogue.turns {
        match turn {
            Turn::Gap(side, lost) => {
                input.extend(put(GAP, *side, u16::try_from(*lost).unwrap_or(u16::MAX)));
            }
            Turn::Says(side, bytes) => {
                for piece in bytes.chunks(usize::from(u16::MAX)) {
                    input.extend(put(SAYS, *side, piece.len() as u16));
                    input.extend_from_slice(piece);
                }
            }
        }
    }
    input.extend(put(END, testdata::Side::Client, 0));
    input.extend(put(END, testdata::Side::Server, 0));
    input
}
