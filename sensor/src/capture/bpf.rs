//! Runs classic BPF programs (`bpf(4)`).
//!
//! libpcap compiles a filter, and this machine runs it: in safe code, on any thread, and over
//! frames the capture cut, of which libpcap's own would not know the length.

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Program(Vec<Instruction>);

/// One instruction: what to do, how far to jump if it is true or not, and a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) code: u16,
    pub(super) jt: u8,
    pub(super) jf: u8,
    pub(super) k: u32,
}

/// The registers.
struct Machine<'a> {
    data: &'a [u8],
    wire_len: u32,
    a: u32,
    x: u32,
    memory: [u32; 16],
}

impl Program {
    pub(super) const fn new(instructions: Vec<Instruction>) -> Self {
        Self(instructions)
    }

    /// Whether a frame passes. A program that reads behind the captured bytes, or is wrong, lets
    /// nothing pass.
    pub(super) fn passes(&self, data: &[u8], wire_len: u32) -> bool {
        let mut machine = Machine { data, wire_len, a: 0, x: 0, memory: [0; 16] };
        let mut at = 0usize;
        // Jumps lead forward only, so that this ends.
        while let Some(instruction) = self.0.get(at) {
            let code = instruction.code;
            let skip = match code & 0x07 {
                JUMP => machine.jump(*instruction),
                RETURN => {
                    let result = if code & 0x18 == 0x10 { machine.a } else { instruction.k };
                    return result != 0;
                }
                _ => machine.step(*instruction).map(|()| 0),
            };
            let Some(skip) = skip else { return false };
            at = at.saturating_add(skip).saturating_add(1);
        }
        false
    }
}

impl Machine<'_> {
    /// Everything but jumps and the end; nothing when it cannot be done.
    fn step(&mut self, Instruction { code, k, .. }: Instruction) -> Option<()> {
        let slot = k as usize;
        match code & 0x07 {
            LOAD => self.a = self.load(code, k)?,
            LOAD_X => self.x = self.load(code, k)?,
            STORE => *self.memory.get_mut(slot)? = self.a,
            STORE_X => *self.memory.get_mut(slot)? = self.x,
            ALU => self.a = self.calculate(code, k)?,
            _ if code & 0x80 != 0 => self.a = self.x,
            _ => self.x = self.a,
        }
        Some(())
    }

    fn load(&self, code: u16, k: u32) -> Option<u32> {
        match code & 0xe0 {
            0x00 => Some(k),
            0x20 => self.fetch(code, k),
            0x40 => self.fetch(code, self.x.checked_add(k)?),
            0x60 => self.memory.get(k as usize).copied(),
            0x80 => Some(self.wire_len),
            // The length of an IPv4 header.
            0xa0 => Some((self.fetch(BYTE, k)? & 0x0f) * 4),
            _ => None,
        }
    }

    /// A number in the frame, in network byte order.
    fn fetch(&self, code: u16, at: u32) -> Option<u32> {
        let rest = self.data.get(at as usize..)?;
        Some(match code & 0x18 {
            BYTE => u32::from(*rest.first()?),
            HALF => u32::from(u16::from_be_bytes(*rest.first_chunk()?)),
            _ => u32::from_be_bytes(*rest.first_chunk()?),
        })
    }

    fn calculate(&self, code: u16, k: u32) -> Option<u32> {
        let (a, b) = (self.a, self.operand(code, k));
        match code & 0xf0 {
            0x00 => Some(a.wrapping_add(b)),
            0x10 => Some(a.wrapping_sub(b)),
            0x20 => Some(a.wrapping_mul(b)),
            0x30 => a.checked_div(b),
            0x40 => Some(a | b),
            0x50 => Some(a & b),
            0x60 => Some(a.checked_shl(b).unwrap_or(0)),
            0x70 => Some(a.checked_shr(b).unwrap_or(0)),
            0x80 => Some(a.wrapping_neg()),
            0x90 => a.checked_rem(b),
            0xa0 => Some(a ^ b),
            _ => None,
        }
    }

    /// How many instructions to pass over.
    fn jump(&self, Instruction { code, jt, jf, k }: Instruction) -> Option<usize> {
        let b = self.operand(code, k);
        let holds = match code & 0xf0 {
            0x00 => return usize::try_from(k).ok(),
            0x10 => self.a == b,
            0x20 => self.a > b,
            0x30 => self.a >= b,
            0x40 => self.a & b != 0,
            _ => return None,
        };
        Some(usize::from(if holds { jt } else { jf }))
    }

    const fn operand(&self, code: u16, k: u32) -> u32 {
        if code & 0x08 != 0 { self.x } else { k }
    }
}

const LOAD: u16 = 0;
const LOAD_X: u16 = 1;
const STORE: u16 = 2;
const STORE_X: u16 = 3;
const ALU: u16 = 4;
const JUMP: u16 = 5;
const RETURN: u16 = 6;

const HALF: u16 = 0x08;
const BYTE: u16 = 0x10;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn program(lines: &[(u16, u8, u8, u32)]) -> Program {
        Program::new(
            lines.iter().map(|&(code, jt, jf, k)| Instruction { code, jt, jf, k }).collect(),
        )
    }

    #[test]
    fn what_tcpdump_makes_of_ip_and_tcp_port_80() {
        // tcpdump -d 'ip and tcp dst port 80'
        let program = program(&[
            (0x28, 0, 0, 12),
            (0x15, 0, 8, 0x0800),
            (0x30, 0, 0, 23),
            (0x15, 0, 6, 6),
            (0x28, 0, 0, 20),
            (0x45, 4, 0, 0x1fff),
            (0xb1, 0, 0, 14),
            (0x48, 0, 0, 16),
            (0x15, 0, 1, 80),
            (0x06, 0, 0, 262_144),
            (0x06, 0, 0, 0),
        ]);
        let mut frame = vec![0; 60];
        frame[12..14].copy_from_slice(&[8, 0]);
        frame[14] = 0x46;
        frame[23] = 6;
        frame[14 + 24 + 2..14 + 24 + 4].copy_from_slice(&80u16.to_be_bytes());
        assert!(program.passes(&frame, 60));
        assert!(!program.passes(&frame[..40], 60), "the port was not captured");
        frame[23] = 17;
        assert!(!program.passes(&frame, 60));
    }

    #[test]
    fn lengths_are_those_of_the_wire() {
        let greater = program(&[(0x80, 0, 0, 0), (0x35, 0, 1, 100), (6, 0, 0, 1), (6, 0, 0, 0)]);
        assert!(greater.passes(&[0; 64], 1_514));
        assert!(!greater.passes(&[0; 64], 64));
    }

    #[test]
    fn the_registers_calculate() {
        // ((7 - 2) * 6 / 4) << 1 = 14, kept in memory, compared with x.
        let lines = [
            (0x00, 0, 0, 7),
            (0x14, 0, 0, 2),
            (0x24, 0, 0, 6),
            (0x34, 0, 0, 4),
            (0x64, 0, 0, 1),
            (0x02, 0, 0, 15),
            (0x00, 0, 0, 0),
            (0x61, 0, 0, 15),
            (0x87, 0, 0, 0),
            (0x1d, 0, 1, 0),
            (0x15, 1, 0, 14),
            (0x06, 0, 0, 0),
            (0x16, 0, 0, 0),
        ];
        assert!(program(&lines).passes(&[], 0));
        let by_zero = program(&[(0x34, 0, 0, 0), (6, 0, 0, 1)]);
        assert!(!by_zero.passes(&[], 0));
        assert!(!program(&[]).passes(&[], 0));
    }

    proptest! {
        #[test]
        fn every_program_ends(
            lines in prop::collection::vec(any::<(u16, u8, u8, u32)>(), 0..50),
            data in prop::collection::vec(any::<u8>(), 0..80),
        ) {
            let _ = program(&lines).passes(&data, 1_000);
        }
    }
}
