//! The classic capture file (draft-ietf-opsawg-pcap).

use std::borrow::Cow;

use overhear_analysis::Time;

use super::MAX_FRAME;
use super::fields::{Fields, Order};
use super::reader::{Place, Record};
use super::source::{Bytes, Lack};
use crate::frame::Link;

/// What the header of a file says about its records.
#[derive(Clone, Debug)]
pub(super) struct Pcap {
    order: Order,
    /// Nanoseconds in a unit of the fraction of a second.
    unit: i64,
    /// Bytes of a record's header.
    header: usize,
    /// Whether the two lengths of a record may stand in the other order.
    swapped: bool,
    link: Link,
}

impl Pcap {
    /// Reads the header, if it is one.
    pub(super) fn open(bytes: &mut Bytes) -> Option<Self> {
        let header = bytes.want(HEADER).ok()?;
        let magic = *header.first_chunk()?;
        let (order, (unit, record)) = [Order::Little, Order::Big]
            .into_iter()
            .find_map(|order| Some((order, variant(order.u32(magic))?)))?;
        let mut fields = Fields::new(header, order);
        fields.bytes(4)?;
        let major = fields.u16()?;
        let minor = fields.u16()?;
        // Time zone, accuracy and limit: the first two are always 0, the third is no promise.
        fields.bytes(12)?;
        // Above the link type stands how long the frame checksum is.
        let link = Link(fields.u32()? as u16);
        bytes.skip(HEADER as u64).ok()?;
        // Before version 2.4 the captured length stood first in some writers' files only.
        let swapped = major == 2 && minor <= 3;
        Some(Self { order, unit, header: record, swapped, link })
    }

    /// Reads the header of the next record, and its data into the block; there is no record at the
    /// end. It is written where it is kept: to move it there, a processor would have to wait until
    /// everything the last frame changed has reached its cache.
    pub(super) fn next(
        &self,
        bytes: &mut Bytes,
        record: &mut Option<Record>,
    ) -> Result<(), Cow<'static, str>> {
        *record = None;
        let header = match bytes.want(self.header) {
            Ok(header) => header,
            Err(Lack::End) => return Ok(()),
            Err(Lack::Cut) => return Err("the file ends within the header of a record".into()),
            Err(Lack::Unreadable(error)) => return Err(error.to_string().into()),
        };
        let Some((at, captured, wire_len)) = self.fields(header) else { return Ok(()) };
        let len = captured as usize;
        if len > MAX_FRAME {
            return Err(format!("a record claims to hold {captured} bytes").into());
        }
        let place = Place { skip: self.header, len, total: self.header + len };
        if bytes.ahead().len() < place.total {
            match bytes.want(place.total) {
                Ok(_) => {}
                Err(Lack::Unreadable(error)) => return Err(error.to_string().into()),
                Err(Lack::End | Lack::Cut) => return Err("the file ends within a frame".into()),
            }
        }
        let wire_len = wire_len.max(captured);
        *record = Some(Record { at, link: self.link, wire_len, origin: 0, place });
        Ok(())
    }

    /// Where the data of a record stands that begins with `bytes`.
    #[inline]
    pub(super) fn peek(&self, bytes: &[u8]) -> Option<(Link, Place)> {
        let (_, captured, _) = self.fields(bytes)?;
        let len = usize::try_from(captured).ok().filter(|len| *len <= MAX_FRAME)?;
        Some((self.link, Place { skip: self.header, len, total: self.header + len }))
    }

    /// Time, captured length and length on the wire.
    fn fields(&self, header: &[u8]) -> Option<(Time, u32, u32)> {
        let (words, _) = header.first_chunk::<16>()?.as_chunks::<4>();
        let [seconds, fraction, captured, wire] = *words.first_chunk()?;
        let [captured, wire] = [self.order.u32(captured), self.order.u32(wire)];
        let at = i64::from(self.order.u32(seconds)) * 1_000_000_000;
        let at = Time(at + i64::from(self.order.u32(fraction)) * self.unit);
        let swap = self.swapped && captured > wire;
        Some(if swap { (at, wire, captured) } else { (at, captured, wire) })
    }
}

/// Nanoseconds in a unit, and bytes in the header of a record.
const fn variant(magic: u32) -> Option<(i64, usize)> {
    match magic {
        0xa1b2_c3d4 => Some((1_000, 16)),
        0xa1b2_3c4d => Some((1, 16)),
        // With interface, protocol and packet type behind the lengths, as Alexey Kuznetsov's
        // libpcap wrote.
        0xa1b2_cd34 => Some((1_000, 24)),
        _ => None,
    }
}

const HEADER: usize = 24;
