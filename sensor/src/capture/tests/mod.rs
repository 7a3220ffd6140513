//! Files are written here, byte by byte, and read back.

#![expect(clippy::cast_sign_loss, reason = "what is written is small and positive")]

mod formats;
mod packed;
mod times;

use std::borrow::Cow;
use std::io::{self, Read};
use std::path::Path;

use super::Fault;
use super::fields::Order;
use super::reader::Reader;
use super::source::Bytes;

/// A frame as it is written and as it is read back: time in nanoseconds, link, length on the wire,
/// data.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shot {
    at: i64,
    link: u16,
    wire_len: u32,
    data: Vec<u8>,
}

fn shot(at: i64, data: &[u8]) -> Shot {
    Shot { at, link: 1, wire_len: data.len() as u32, data: data.to_vec() }
}

/// A file in the making, in one byte order.
struct Ink {
    order: Order,
    bytes: Vec<u8>,
}

impl Ink {
    fn new(order: Order) -> Self {
        Self { order, bytes: Vec::new() }
    }

    fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes.extend(match self.order {
            Order::Big => value.to_be_bytes(),
            Order::Little => value.to_le_bytes(),
        });
        self
    }

    fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes.extend(match self.order {
            Order::Big => value.to_be_bytes(),
            Order::Little => value.to_le_bytes(),
        });
        self
    }

    fn u64(&mut self, value: u64) -> &mut Self {
        self.bytes.extend(match self.order {
            Order::Big => value.to_be_bytes(),
            Order::Little => value.to_le_bytes(),
        });
        self
    }

    fn put(&mut self, data: &[u8]) -> &mut Self {
        self.bytes.extend(data);
        self
    }

    /// Data padded to 32 bits.
    fn padded(&mut self, data: &[u8]) -> &mut Self {
        self.bytes.extend(data);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self
    }

    fn option(&mut self, code: u16, value: &[u8]) -> &mut Self {
        self.u16(code).u16(value.len() as u16).padded(value)
    }

    /// A pcapng block around `body`.
    fn block(&mut self, kind: u32, body: &[u8]) -> &mut Self {
        let len = body.len().next_multiple_of(4) as u32 + 12;
        self.u32(kind).u32(len).padded(body).u32(len)
    }

    fn section(&mut self) -> &mut Self {
        let mut body = Self::new(self.order);
        body.u32(0x1a2b_3c4d).u16(1).u16(0).u64(u64::MAX).option(4, b"a test").u32(0);
        self.block(0x0a0d_0d0a, &body.bytes)
    }

    /// An interface that is called so.
    fn named(&mut self, name: &str) -> &mut Self {
        let mut body = Self::new(self.order);
        body.u16(1).u16(0).u32(0).option(2, name.as_bytes()).u32(0);
        self.block(1, &body.bytes)
    }

    fn interface(
        &mut self,
        link: u16,
        limit: u32,
        resolution: Option<u8>,
        shift: i64,
    ) -> &mut Self {
        let mut body = Self::new(self.order);
        body.u16(link).u16(0).u32(limit).option(2, b"eth0");
        if let Some(resolution) = resolution {
            body.option(9, &[resolution]);
        }
        let mut value = Self::new(self.order);
        value.u64(shift as u64);
        body.option(14, &value.bytes).u32(0);
        self.block(1, &body.bytes)
    }

    fn packet(&mut self, interface: u32, ticks: u64, wire: u32, data: &[u8]) -> &mut Self {
        let mut body = Self::new(self.order);
        body.u32(interface).u32((ticks >> 32) as u32).u32(ticks as u32);
        body.u32(data.len() as u32).u32(wire).padded(data);
        self.block(6, &body.bytes)
    }
}

/// A classic file of microseconds.
fn pcap(order: Order, shots: &[Shot]) -> Vec<u8> {
    pcap_of(order, 0xa1b2_c3d4, 1_000, shots)
}

fn pcap_of(order: Order, magic: u32, unit: i64, shots: &[Shot]) -> Vec<u8> {
    let mut ink = Ink::new(order);
    let first = shots.first().map_or(1, |shot| shot.link);
    ink.u32(magic).u16(2).u16(4).u64(0).u32(0).u32(u32::from(first));
    for shot in shots {
        ink.u32((shot.at / 1_000_000_000) as u32).u32((shot.at % 1_000_000_000 / unit) as u32);
        ink.u32(shot.data.len() as u32).u32(shot.wire_len);
        if magic == 0xa1b2_cd34 {
            ink.u32(7).u16(0x0800).u16(0);
        }
        ink.put(&shot.data);
    }
    ink.bytes
}

/// Reads a whole file: its frames, and what ended it early.
fn read(file: impl Read + Send + 'static) -> (Vec<Shot>, Option<Fault>) {
    let mut reader = match opened(file) {
        Ok(reader) => reader,
        Err((unpacked, reason)) => {
            let file = "test".into();
            return (Vec::new(), Some(Fault { file, offset: Some(0), unpacked, reason }));
        }
    };
    let mut shots = Vec::new();
    while let Some(at) = reader.advance() {
        let (no, record, data) = reader.frame().unwrap();
        assert_eq!((no, record.at), (shots.len() as u64 + 1, at));
        shots.push(Shot {
            at: at.0,
            link: record.link.0,
            wire_len: record.wire_len,
            data: data.to_vec(),
        });
    }
    (shots, reader.take_fault())
}

fn opened(file: impl Read + Send + 'static) -> Result<Reader, (bool, Cow<'static, str>)> {
    Reader::read(Path::new("test"), Bytes::of(file))
}

fn read_slice(file: &[u8]) -> (Vec<Shot>, Option<Fault>) {
    read(io::Cursor::new(file.to_vec()))
}

/// Hands out a few bytes at a time, as a slow pipe does.
struct Trickle(io::Cursor<Vec<u8>>, usize);

impl Read for Trickle {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let len = room.len().min(self.1);
        self.0.read(&mut room[..len])
    }
}

const ORDERS: [Order; 2] = [Order::Big, Order::Little];
