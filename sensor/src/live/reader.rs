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
    let mut down = None;
    while !stop.load(Ordering::Relaxed) {
        let Ok(mut block) = empty(&mut free, bell) else { return };
        (block.source, block.link) = (device.source(), device.link());
        let before = wall();
        let filled = match fill(&mut device, &mut block) {
            Filled::Drained if block.entries.is_empty() && device.is_down() => {
                Filled::Down("it is down".to_owned())
            }
            filled => filled,
        };
        let last = block.entries.last().map(|entry| entry.at);
        block.until = match filled {
            Filled::Full => last,
            Filled::Drained | Filled::Down(_) => last.max(Some(Time(before.0 - SLACK))),
        };
        block.odd = news(&device, &filled, &mut down);
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
            nap(&device, down.is_some());
        }
    }
}

/// An interface that gives nothing.
#[derive(Debug, Default)]
struct Down {
    /// Why the one that took its place cannot be listened at.
    obstacle: Option<String>,
}

/// What has changed about an interface. One that was deleted and made anew is followed.
fn news(
    device: &Device,
    filled: &Filled,
    down: &mut Option<Down>,
) -> Option<(&'static str, String)> {
    let name = device.name();
    let Filled::Down(reason) = filled else {
        return down.take().map(|_| ("interface_up", name.to_owned()));
    };
    // Whether it is up, the next fill says.
    let obstacle = device.follow().err().map(|error| error.to_string());
    let more = obstacle.as_ref().map(|why| format!("; {why}")).unwrap_or_default();
    let known = down.replace(Down { obstacle: obstacle.clone() });
    let is_news = known.is_none_or(|known| obstacle.is_some() && known.obstacle != obstacle);
    is_news.then(|| ("interface_down", format!("{name}: {reason}{more}")))
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
    /// A counter does not go back; one that seems to was read where it may not be.
    fn follow(&mut self, now: u32) -> u64 {
        let more = now.wrapping_sub(self.last);
        self.sum += u64::from(if more <= u32::MAX / 2 { more } else { 0 });
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
        assert_eq!(wide.follow(1 << 31), 0, "it was not zero before");
        assert_eq!(wide.follow(u32::MAX), (1 << 31) - 1);
        assert_eq!(wide.follow(2), (1 << 31) + 2);
        assert_eq!(wide.follow(0), (1 << 31) + 2, "a step back is no loss");
    }
}
