//! The bytes of a conversation, from the capture they were heard in.

use std::net::SocketAddr;
use std::path::PathBuf;

use overhear_analysis::Time;
use overhear_sensor::capture::Timeline;
use overhear_sensor::decode::{Decoded, Hops, Payload, decode};
use overhear_sensor::frame::Frame;
use overhear_sensor::output::word::{bytes, clock, count};

use crate::sheet::{Line, say};
use crate::theme::Tone;
use crate::view::Flow;

/// What is looked for, and where.
#[derive(Clone, Debug)]
pub struct Quest {
    /// Captures.
    pub captures: Vec<PathBuf>,
    /// Flows of the conversation.
    pub flows: Vec<Flow>,
    /// When it was over.
    pub until: Option<Time>,
}

/// The payloads of some flows, as hexadecimal and text.
pub fn dump(quest: &Quest) -> Vec<Line> {
    let (mut timeline, faults) = Timeline::open(&quest.captures);
    let mut lines: Vec<_> =
        faults.iter().map(|fault| Line::of(say(format_args!("{fault}")), Tone::Strong)).collect();
    let (mut taken, mut hops) = (0, Hops::default());
    while let Some(frame) = timeline.next() {
        if quest.until.is_some_and(|until| frame.stamp.at.since(until) > SLACK) {
            break;
        }
        let Some((from, to, data)) = payload(&frame, &mut hops) else { continue };
        let same =
            |flow: &&Flow| (flow.from, flow.to) == (from, to) || (flow.to, flow.from) == (from, to);
        let Some(flow) = quest.flows.iter().find(same) else { continue };
        if data.is_empty() {
            continue;
        }
        let onward = flow.from == from;
        lines.push(head(&frame, from, to, data, onward));
        lines.extend(data.chunks(ROW).enumerate().map(|(row, part)| hex(row * ROW, part, onward)));
        taken += data.len();
        if taken >= MOST {
            let words = say(format_args!("more than {} is not shown here", bytes(MOST as u64)));
            lines.push(Line::of(words, Tone::Dim));
            break;
        }
    }
    if taken == 0 {
        lines.push(Line::ours("no capture that can be read here holds its bytes", Tone::Dim));
    }
    lines
}

/// Ends and payload of what a frame carries.
fn payload<'a>(frame: &Frame<'a>, hops: &mut Hops) -> Option<(SocketAddr, SocketAddr, &'a [u8])> {
    let Decoded::Packet(packet) = decode(frame.link, frame.data, frame.wire_len, hops) else {
        return None;
    };
    let (from, to, data) = match packet.payload {
        Payload::Tcp(segment) => (segment.src_port, segment.dst_port, segment.data),
        Payload::Udp(datagram) => (datagram.src_port, datagram.dst_port, datagram.data),
        Payload::Fragment(_) | Payload::Other(_) => return None,
    };
    Some((SocketAddr::new(packet.src, from), SocketAddr::new(packet.dst, to), data))
}

fn head(frame: &Frame<'_>, from: SocketAddr, to: SocketAddr, data: &[u8], onward: bool) -> Line {
    let words = say(format_args!(
        "{} frame {}  {from} → {to}  {}",
        clock(frame.stamp.at),
        frame.stamp.no,
        count(data.len() as u64, "byte")
    ));
    Line::of(words, side(onward))
}

fn side(onward: bool) -> Tone {
    Tone::Hue(u8::from(!onward))
}

/// A row: offset, bytes, and what of them is text.
fn hex(offset: usize, part: &[u8], onward: bool) -> Line {
    let mut digits = String::new();
    let mut text = String::new();
    for byte in part {
        digits += &format!("{byte:02x} ");
        let seen = byte.is_ascii_graphic() || *byte == b' ';
        text.push(if seen { char::from(*byte) } else { '.' });
    }
    Line::of(say(format_args!("  {offset:06x}  ")), Tone::Dim)
        .and(say(format_args!("{digits:<wide$} ", wide = ROW * 3)), Tone::Plain)
        .and(say(format_args!("{text}")), side(onward))
}

/// Bytes of a row.
const ROW: usize = 16;

/// Bytes shown at most.
const MOST: usize = 1 << 20;

/// Nanoseconds after the last line of a conversation that its flows are still read.
const SLACK: i64 = 10_000_000_000;
