//! The capture file of many interfaces (draft-ietf-opsawg-pcapng).

use std::borrow::Cow;

use overhear_analysis::Time;

use super::MAX_FRAME;
use super::fields::{Fields, Order};
use super::origins::{Origin, Origins};
use super::reader::{Place, Record};
use super::source::{Bytes, Lack};
use crate::frame::Link;

type Reason = Cow<'static, str>;

/// What the blocks read so far say about those to come.
#[derive(Clone, Debug)]
pub(super) struct Pcapng {
    order: Order,
    /// Interfaces of this section.
    interfaces: Vec<Interface>,
    /// It had described several, by several names, before its first packet.
    several: bool,
    /// Its first packet was read.
    begun: bool,
    origins: Origins,
    /// Time of the last packet that had one.
    last: Time,
    /// Drops of the interfaces of former sections.
    dropped: u64,
    /// How long was listened.
    until: Option<Time>,
}

#[derive(Clone, Debug)]
struct Interface {
    name: Option<String>,
    /// Its number among the origins, once it has a packet.
    origin: Option<u16>,
    link: Link,
    /// Most bytes captured of a frame; 0 is no limit.
    limit: u32,
    unit: Unit,
    /// Seconds to add to every time.
    shift: i64,
    /// Drops as its packets say.
    told: u64,
    /// Drops as its statistics say.
    counted: u64,
}

/// What a timestamp counts (`if_tsresol`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// 10^-n seconds.
    Decimal(u8),
    /// 2^-n seconds.
    Binary(u8),
}

/// One block: its type, and its content between the lengths.
struct Block<'a> {
    kind: u32,
    len: u32,
    body: &'a [u8],
}

impl Pcapng {
    /// Starts with the first section, if there is one.
    pub(super) fn open(bytes: &mut Bytes) -> Option<Self> {
        let order = section_order(bytes.want(12).ok()?)?;
        Some(Self {
            order,
            interfaces: Vec::new(),
            several: false,
            begun: false,
            origins: Origins::default(),
            last: Time::default(),
            dropped: 0,
            until: None,
        })
    }

    /// Reads on to the next block that holds a packet, and that block into the file's window.
    pub(super) fn next(&mut self, bytes: &mut Bytes) -> Result<Option<Record>, Reason> {
        loop {
            let head = match bytes.want(12) {
                Ok(head) => head,
                Err(Lack::End) => return Ok(None),
                Err(lack) => return Err(why(lack)),
            };
            if let Some(order) = section_order(head) {
                self.dropped = self.drops();
                self.interfaces.clear();
                (self.several, self.begun) = (false, false);
                self.order = order;
            }
            let mut fields = Fields::new(head, self.order);
            let (Some(kind), Some(len)) = (fields.u32(), fields.u32()) else { return Ok(None) };
            if len < 12 || len % 4 != 0 {
                return Err(format!("a block claims to be {len} bytes long").into());
            }
            if !matches!(kind, INTERFACE | PACKET | SIMPLE_PACKET | STATISTICS | ENHANCED_PACKET) {
                bytes.skip(u64::from(len)).map_err(why)?;
                continue;
            }
            let block = whole(bytes, self.order, kind, len)?;
            if let Some(record) = self.take(&block)? {
                return Ok(Some(record));
            }
            bytes.skip(u64::from(len)).map_err(why)?;
        }
    }

    /// How long was listened, if the file says so.
    pub(super) const fn until(&self) -> Option<Time> {
        self.until
    }

    /// Where its frames come from, as far as it was read.
    pub(super) fn origins(&self) -> &[Origin] {
        self.origins.all()
    }

    /// Frames the interfaces say they dropped.
    pub(super) fn drops(&self) -> u64 {
        // Packets and statistics tell of the same drops.
        let current = self.interfaces.iter().map(|interface| interface.told.max(interface.counted));
        current.fold(self.dropped, u64::saturating_add)
    }

    fn take(&mut self, block: &Block<'_>) -> Result<Option<Record>, Reason> {
        let short = || Reason::from(format!("a block of type {} is too short", block.kind));
        match block.kind {
            INTERFACE if self.interfaces.len() >= MAX_INTERFACES => {
                Err("more interfaces than overhear keeps".into())
            }
            INTERFACE => {
                self.interfaces.push(Interface::read(block.body, self.order).ok_or_else(short)?);
                Ok(None)
            }
            STATISTICS => {
                self.statistics(block.body).ok_or_else(short)?;
                Ok(None)
            }
            SIMPLE_PACKET => self.simple(block).map(Some),
            _ => self.packet(block).map(Some),
        }
    }

    /// Gives every interface that was described a place among the origins. Which one a frame came
    /// in by is worth telling where there are several, and that has to be known at the first frame.
    fn settle(&mut self) {
        if !std::mem::replace(&mut self.begun, true) {
            let mut names = self.interfaces.iter().filter_map(|interface| interface.name.as_ref());
            let first = names.next();
            self.several = first.is_some() && names.any(|name| Some(name) != first);
        }
        for interface in self.interfaces.iter_mut().filter(|one| one.origin.is_none()) {
            let name = interface.name.take().filter(|_| self.several);
            let (resolution, link) = (interface.unit.coarse(), interface.link);
            let origin = Origin { interface: name, resolution, link };
            interface.origin = Some(self.origins.number(origin));
        }
    }

    /// Enhanced packets, and the packets of before 2009.
    fn packet(&mut self, block: &Block<'_>) -> Result<Record, Reason> {
        let mut fields = Fields::new(block.body, self.order);
        let old = block.kind == PACKET;
        let number = if old { fields.u16().map(u32::from) } else { fields.u32() };
        let number = number.ok_or("a packet block is too short")?;
        // 0xffff: not known.
        let drops = if old { fields.u16().filter(|drops| *drops != u16::MAX) } else { None };
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        if self.interfaces.get(number).is_some_and(|one| one.origin.is_none()) {
            self.settle();
        }
        let interface = self.interfaces.get_mut(number);
        let interface =
            interface.ok_or_else(|| format!("interface {number} was never described"))?;
        let (Some(ticks), Some(captured), Some(wire)) =
            (fields.halves(), fields.u32(), fields.u32())
        else {
            return Err("a packet block is too short".into());
        };
        let skip = 8 + block.body.len() - fields.len();
        let place = place(block, skip, captured)?;
        fields.bytes(place.len.next_multiple_of(4));
        let told = option(fields, EPB_DROPCOUNT).and_then(|mut value| value.u64());
        let told = told.or(drops.map(u64::from)).unwrap_or_default();
        interface.told = interface.told.saturating_add(told);
        self.last = interface.time(ticks);
        Ok(interface.record(self.last, wire.max(captured), place))
    }

    fn simple(&mut self, block: &Block<'_>) -> Result<Record, Reason> {
        let mut fields = Fields::new(block.body, self.order);
        let wire = fields.u32().ok_or("a simple packet block is too short")?;
        if self.interfaces.first().is_some_and(|one| one.origin.is_none()) {
            self.settle();
        }
        let interface = self.interfaces.first().ok_or("interface 0 was never described")?;
        let limit = if interface.limit == 0 { u32::MAX } else { interface.limit };
        // The captured length is not written down: what there is room for, without padding.
        let captured = wire.min(limit).min(fields.len() as u32);
        let place = place(block, 12, captured)?;
        Ok(interface.record(self.last, wire, place))
    }

    fn statistics(&mut self, body: &[u8]) -> Option<()> {
        let mut fields = Fields::new(body, self.order);
        let number = fields.u32()?;
        fields.bytes(8)?;
        let count = |code| option(fields, code).and_then(|mut value| value.u64()).unwrap_or(0);
        let drops = count(ISB_IFDROP).saturating_add(count(ISB_OSDROP));
        let end = option(fields, ISB_ENDTIME).and_then(|mut value| value.halves());
        if let Some(interface) = self.interfaces.get_mut(usize::try_from(number).ok()?) {
            interface.counted = interface.counted.max(drops);
            self.until = self.until.max(end.map(|ticks| interface.time(ticks)));
        }
        Some(())
    }
}

impl Interface {
    fn read(body: &[u8], order: Order) -> Option<Self> {
        let mut fields = Fields::new(body, order);
        let link = Link(fields.u16()?);
        fields.u16()?;
        let limit = fields.u32()?;
        let unit =
            option(fields, IF_TSRESOL).and_then(|mut value| value.bytes(1)?.first().copied());
        let unit = match unit.unwrap_or(6) {
            n if n & 0x80 != 0 => Unit::Binary(n & 0x7f),
            n => Unit::Decimal(n),
        };
        let shift = option(fields, IF_TSOFFSET).and_then(|mut value| value.u64()).unwrap_or(0);
        let name = option(fields, IF_NAME).and_then(|mut value| value.bytes(value.len().min(NAME)));
        let name = name.map(|name| String::from_utf8_lossy(name).trim_end_matches('\0').to_owned());
        let name = name.filter(|name| !name.is_empty());
        let shift = shift.cast_signed();
        Some(Self { name, origin: None, link, limit, unit, shift, told: 0, counted: 0 })
    }

    fn time(&self, ticks: u64) -> Time {
        Time::from_secs(self.shift) + self.unit.nanos(ticks)
    }

    fn record(&self, at: Time, wire_len: u32, place: Place) -> Record {
        let origin = self.origin.unwrap_or_default();
        Record { at, link: self.link, wire_len, origin, place }
    }
}

impl Unit {
    /// So many units in nanoseconds, rounded down.
    fn nanos(self, ticks: u64) -> i64 {
        let ticks = u128::from(ticks);
        let nanos = match self {
            Self::Decimal(n @ 0..=9) => ticks * 10u128.pow(u32::from(9 - n)),
            Self::Decimal(n) => 10u128.checked_pow(u32::from(n - 9)).map_or(0, |unit| ticks / unit),
            Self::Binary(n) => (ticks * 1_000_000_000) >> n,
        };
        i64::try_from(nanos).unwrap_or(i64::MAX)
    }

    /// The unit in seconds, when it is longer than a microsecond.
    fn coarse(self) -> Option<f64> {
        match self {
            Self::Decimal(n @ 0..6) => Some(10f64.powi(i32::from(n)).recip()),
            Self::Binary(n @ 0..20) => Some(2f64.powi(i32::from(n)).recip()),
            _ => None,
        }
    }
}

/// Where in its block a packet stands, if it can.
fn place(block: &Block<'_>, skip: usize, captured: u32) -> Result<Place, Reason> {
    let len = captured as usize;
    if len > MAX_FRAME || skip + len + 4 > block.len as usize {
        return Err(format!("a packet of {captured} bytes in a block of {}", block.len).into());
    }
    Ok(Place { skip, len, total: block.len as usize })
}

/// The whole block, whose lengths must agree.
fn whole(bytes: &mut Bytes, order: Order, kind: u32, len: u32) -> Result<Block<'_>, Reason> {
    if len as usize > MAX_BLOCK {
        return Err(format!("a block of type {kind} claims to be {len} bytes long").into());
    }
    let all = bytes.want(len as usize).map_err(why)?;
    let body = all.split_last_chunk::<4>().filter(|(_, again)| order.u32(**again) == len);
    let (body, _) = body.ok_or("the two lengths of a block differ")?;
    Ok(Block { kind, len, body: body.get(8..).unwrap_or_default() })
}

/// The value of the first option with this code.
fn option(mut fields: Fields<'_>, wanted: u16) -> Option<Fields<'_>> {
    loop {
        let code = fields.u16()?;
        let len = usize::from(fields.u16()?);
        let value = fields.part(len)?;
        fields.bytes((len.next_multiple_of(4) - len).min(fields.len()))?;
        if code == wanted {
            return Some(value);
        } else if code == 0 {
            return None;
        }
    }
}

/// The byte order of the section that starts here.
fn section_order(head: &[u8]) -> Option<Order> {
    match head {
        [0x0a, 0x0d, 0x0d, 0x0a, _, _, _, _, 0x1a, 0x2b, 0x3c, 0x4d, ..] => Some(Order::Big),
        [0x0a, 0x0d, 0x0d, 0x0a, _, _, _, _, 0x4d, 0x3c, 0x2b, 0x1a, ..] => Some(Order::Little),
        _ => None,
    }
}

fn why(lack: Lack) -> Reason {
    match lack {
        Lack::End | Lack::Cut => "the file ends within a block".into(),
        Lack::Unreadable(error) => error.to_string().into(),
    }
}

const INTERFACE: u32 = 1;
const PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;

const IF_NAME: u16 = 2;
const IF_TSRESOL: u16 = 9;
const IF_TSOFFSET: u16 = 14;
const EPB_DROPCOUNT: u16 = 4;
const ISB_ENDTIME: u16 = 3;
const ISB_IFDROP: u16 = 5;
const ISB_OSDROP: u16 = 7;

/// Most bytes of a block that is looked into: a frame, and options as long.
const MAX_BLOCK: usize = 2 * MAX_FRAME;
/// Bytes of an interface's name.
const NAME: usize = 128;
const MAX_INTERFACES: usize = 1 << 16;
