//! A reader's life: from the kernel's buffer into blocks.

use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicBool, Ordering};

use overhear_analysis::Time;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::block::Block;
use super::device::Device;
use crate::bell::Bell;
use crate::feed::Lost;
use crate::meter::wall;
use crate::ring::{Gone, Receiver, Sender, Taken};

/// Nanoseconds a reader sleeps at most: then it says that it was silent.
const NAP: i64 = 50_000_000;
/// Frames the kernel may still hold back when it says that there are none: more than it waits
/// before it hands over a block that is not full.
const SLACK: i64 = 200_000_000;

/// Counters of the kernel, which are 32 bits wide and wrap.
#[derive(Debug, Default)]
struct Wide {
    last: u32,
    sum: u64,
}

/// Reads until nobody wants any more, or it is told to stop.
pub(super) fn read(
    mut device: Device,
    mut out: Sender<Block>,
    mut free: Receiver<Block>,
    bell: &Bell,
    stop: &AtomicBool,
) {
    let (mut kernel, mut interface) = (Wide::default(), Wide::default());
    let mut down = false;
    while !stop.load(Ordering::Relaxed) {
        let Ok(mut block) = empty(&mut free, bell) else { return };
        (block.source, block.link) = (device.source(), device.link());
        let before = wall();
        let filled = fill(&mut device, &mut block);
        let last = block.entries.last().map(|entry| entry.at);
        block.until = match filled {
            Filled::Full => last,
            Filled::Drained | Filled::Down(_) => last.max(Some(Time(before.0 - SLACK))),
        };
        match &filled {
            Filled::Down(reason) if !down => {
                block.odd = Some(("interface_down", format!("{}: {reason}", device.name())));
                down = true;
            }
            Filled::Full | Filled::Drained if down => {
                block.odd = Some(("interface_up", device.name().to_owned()));
                down = false;
            }
            _ => {}
        }
        if let Ok(stats) = device.capture.stats() {
            block.lost = Lost {
                kernel: kernel.follow(stats.dropped),
                interface: interface.follow(stats.if_dropped),
            };
        }
        if out.send(block).is_err() {
            return;
        }
        if !matches!(filled, Filled::Full) {
            nap(&device, down);
        }
    }
}

/// How filling a block ended.
enum Filled {
    /// It is full; there may be more.
    Full,
    /// There was no more.
    Drained,
    /// The interface gives nothing any more.
    Down(String),
}

fn fill(device: &mut Device, block: &mut Block) -> Filled {
    let nanoseconds = device.nanoseconds();
    while !block.full() {
        match device.capture.next_packet() {
            Ok(packet) => {
                let stamp = packet.header.ts;
                let fraction = if nanoseconds { stamp.tv_usec } else { stamp.tv_usec * 1_000 };
                let at = Time(stamp.tv_sec.saturating_mul(1_000_000_000).saturating_add(fraction));
                block.push(at, packet.header.len, packet.data);
            }
            Err(pcap::Error::TimeoutExpired) => return Filled::Drained,
            Err(error) => return Filled::Down(error.to_string()),
        }
    }
    Filled::Full
}

/// An empty block, as soon as there is one.
fn empty(free: &mut Receiver<Block>, bell: &Bell) -> Result<Block, Gone> {
    loop {
        match free.take() {
            Taken::One(mut block) => {
                block.clear();
                return Ok(block);
            }
            Taken::Over => return Err(Gone),
            Taken::Nothing => bell.wait(|| free.ready()),
        }
    }
}

/// Sleeps until there is something to read. A descriptor whose interface is down is always
/// readable, so that it is not asked.
fn nap(device: &Device, down: bool) {
    let timeout = Timespec { tv_sec: 0, tv_nsec: NAP };
    let mut asked = [PollFd::from_borrowed_fd(device.as_fd(), PollFlags::IN)];
    let asked = if down { &mut [][..] } else { &mut asked[..] };
    // A signal ends the nap early, which does no harm.
    let _ = poll(asked, Some(&timeout));
}

impl Wide {
    fn follow(&mut self, now: u32) -> u64 {
        self.sum += u64::from(now.wrapping_sub(self.last));
        self.last = now;
        self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_wraps_goes_on() {
        let mut wide = Wide::default();
        assert_eq!(wide.follow(u32::MAX), u64::from(u32::MAX));
        assert_eq!(wide.follow(2), u64::from(u32::MAX) + 3);
    }
}
