//! Two hosts with a TCP that we did not write, on a wire that loses, repeats and reorders; and a
//! tap in the middle of it.
//!
//! What both hosts have heard in the end is the truth about what was said, whatever the tap saw of
//! it. A frame may be lost on either side of the tap: before it, it is never seen; behind it, it is
//! seen and sent again. Everything follows from a seed.

use std::collections::VecDeque;

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp;
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, IpAddress, IpCidr};

use crate::Frame;

/// How badly the wire behaves, in frames of a hundred.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// Lost before the tap.
    pub unseen: u64,
    /// Lost behind the tap.
    pub lost: u64,
    /// Delivered twice, and seen twice.
    pub repeated: u64,
    /// Late by a few milliseconds, so that later ones overtake it.
    pub late: u64,
}

/// What the tap saw, and what both hosts heard.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Frames in the order they passed the tap.
    pub frames: Vec<Frame>,
    /// What the server heard: what the client said.
    pub client: Vec<u8>,
    /// What the client heard.
    pub server: Vec<u8>,
}

/// A host and its end of the wire.
struct Host {
    interface: Interface,
    sockets: SocketSet<'static>,
    handle: SocketHandle,
    wire: Wire,
    says: Vec<u8>,
    said: usize,
    heard: Vec<u8>,
}

/// Frames on their way to a host, and from it.
#[derive(Default)]
struct Wire {
    into: VecDeque<Vec<u8>>,
    out: VecDeque<Vec<u8>>,
}

struct Received(Vec<u8>);
struct Sent<'a>(&'a mut VecDeque<Vec<u8>>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(&self.0)
    }
}

impl TxToken for Sent<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        let mut frame = vec![0; len];
        let done = write(&mut frame);
        self.0.push_back(frame);
        done
    }
}

impl Device for Wire {
    type RxToken<'a> = Received;
    type TxToken<'a> = Sent<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received, Sent<'_>)> {
        let frame = self.into.pop_front()?;
        Some((Received(frame), Sent(&mut self.out)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Sent<'_>> {
        Some(Sent(&mut self.out))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = 600;
        capabilities
    }
}

/// Small numbers from a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }
}

impl Host {
    fn new(number: u8, says: Vec<u8>, seed: u64) -> Self {
        let mut wire = Wire::default();
        let mut config = Config::new(EthernetAddress([2, 0, 0, 0, 0, number]).into());
        config.random_seed = seed;
        let mut interface = Interface::new(config, &mut wire, Instant::ZERO);
        interface.update_ip_addrs(|addresses| {
            let address = IpCidr::new(IpAddress::v4(10, 0, 0, number), 24);
            addresses.push(address).expect("there is room for one address");
        });
        let buffer = || tcp::SocketBuffer::new(vec![0; 4096]);
        let mut sockets = SocketSet::new(Vec::new());
        let handle = sockets.add(tcp::Socket::new(buffer(), buffer()));
        Self { interface, sockets, handle, wire, says, said: 0, heard: Vec::new() }
    }

    /// Says and hears what it can; whether it is done.
    fn act(&mut self, now: Instant) -> bool {
        self.interface.poll(now, &mut self.wire, &mut self.sockets);
        let socket = self.sockets.get_mut::<tcp::Socket<'_>>(self.handle);
        if let Some(rest) = self.says.get(self.said..).filter(|rest| !rest.is_empty())
            && socket.can_send()
        {
            self.said += socket.send_slice(rest).unwrap_or_default();
        }
        let mut buffer = [0; 1024];
        while let Ok(len @ 1..) = socket.recv_slice(&mut buffer) {
            self.heard.extend_from_slice(buffer.get(..len).unwrap_or_default());
        }
        if self.said == self.says.len() && socket.send_queue() == 0 && socket.may_send() {
            socket.close();
        }
        self.interface.poll(now, &mut self.wire, &mut self.sockets);
        let socket = self.sockets.get::<tcp::Socket<'_>>(self.handle);
        matches!(socket.state(), tcp::State::Closed | tcp::State::TimeWait)
    }
}

/// Lets a client and a server tell each other these bytes, on a wire with such weather.
///
/// # Panics
///
/// When they are not done after ten minutes of their time.
pub fn talk(client: Vec<u8>, server: Vec<u8>, weather: Weather, seed: u64) -> Seen {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut hosts = [Host::new(11, client, seed), Host::new(1, server, seed ^ 0x5555)];
    let [caller, server] = &mut hosts;
    let listening = server.sockets.get_mut::<tcp::Socket<'_>>(server.handle).listen(7000);
    listening.expect("a fresh socket listens");
    let port = 49_152 + dice.roll(10_000) as u16;
    let socket = caller.sockets.get_mut::<tcp::Socket<'_>>(caller.handle);
    let calling =
        socket.connect(caller.interface.context(), (IpAddress::v4(10, 0, 0, 1), 7000), port);
    calling.expect("a fresh socket calls");

    let mut frames = Vec::new();
    // When, the frame, and to whom.
    let mut under_way: Vec<(u64, Vec<u8>, usize)> = Vec::new();
    for millis in 0..600_000u64 {
        let now = Instant::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
        let mut done = true;
        for (number, host) in hosts.iter_mut().enumerate() {
            done &= host.act(now);
            for frame in host.wire.out.drain(..) {
                if dice.roll(100) < weather.unseen {
                    continue;
                }
                let late = if dice.roll(100) < weather.late { 2 + dice.roll(8) } else { 1 };
                let copies = if dice.roll(100) < weather.repeated { 2 } else { 1 };
                for copy in 0..copies {
                    under_way.push((millis + late + copy, frame.clone(), 1 - number));
                }
            }
        }
        let (due, later) = under_way.into_iter().partition(|(when, ..)| *when <= millis);
        under_way = later;
        let due: Vec<(u64, Vec<u8>, usize)> = due;
        for (place, (_, frame, to)) in due.into_iter().enumerate() {
            let at = START + millis * 1_000_000 + place as u64 * 1_000;
            frames.push(Frame { at, bytes: frame.clone() });
            if dice.roll(100) >= weather.lost
                && let Some(host) = hosts.get_mut(to)
            {
                host.wire.into.push_back(frame);
            }
        }
        if done && under_way.is_empty() {
            let [one, two] = hosts.map(|host| host.heard);
            return Seen { frames, client: two, server: one };
        }
    }
    unreachable!("two hosts did not come to an end");
}

/// 2001-09-09T01:46:40Z, in nanoseconds.
const START: u64 = 1_000_000_000_000_000_000;
