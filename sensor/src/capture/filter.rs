//! Capture filters in libpcap's language, run over recorded frames.

use std::fmt;

use pcap::{Capture, Linktype};

use super::bpf::{Instruction, Program};
use crate::frame::{Frame, Link};

/// A filter, compiled for every link type it meets.
#[derive(Debug)]
pub struct Filter {
    text: String,
    programs: Vec<(Link, Program)>,
}

/// Why a filter cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// libpcap, which compiles filters, is not there.
    #[error("a filter needs libpcap: {0}")]
    Missing(#[from] overhear_sys::Missing),
    /// libpcap does not accept it.
    #[error("the filter {text:?} is wrong for {link}: {reason}")]
    Wrong {
        /// The filter.
        text: String,
        /// The link type it was compiled for.
        link: Link,
        /// What libpcap says.
        reason: String,
    },
}

impl Filter {
    /// Compiles a filter, at first for the link types most captures have.
    ///
    /// # Errors
    /// When libpcap is not installed, or accepts the filter for none of them.
    pub fn new(text: &str) -> Result<Self, FilterError> {
        overhear_sys::available()?;
        let mut filter = Self { text: text.to_owned(), programs: Vec::new() };
        let first = filter.program(Link::ETHERNET).map(|_| ());
        // Some filters are about headers that only other links have.
        if first.is_err() && !OTHERS.iter().any(|link| filter.program(*link).is_ok()) {
            first?;
        }
        Ok(filter)
    }

    /// Whether a frame passes.
    ///
    /// # Errors
    /// When the filter makes no sense for the frame's link type, told at its first frame.
    pub fn passes(&mut self, frame: &Frame<'_>) -> Result<bool, FilterError> {
        Ok(self.program(frame.link)?.passes(frame.data, frame.wire_len))
    }

    /// The program for a link type. There are few of them in a capture.
    fn program(&mut self, link: Link) -> Result<&Program, FilterError> {
        let known = self.programs.iter().position(|(known, _)| *known == link);
        let index = known.unwrap_or(self.programs.len());
        if known.is_none() {
            self.programs.push((link, compile(&self.text, link)?));
        }
        match self.programs.get(index) {
            Some((_, program)) => Ok(program),
            None => Err(wrong(&self.text, link, &"no program")),
        }
    }
}

fn compile(text: &str, link: Link) -> Result<Program, FilterError> {
    overhear_sys::available()?;
    // libpcap counts link types as this system does, which differs for raw IP only.
    let number = if link == Link::RAW { DLT_RAW } else { i32::from(link.0) };
    let compiled = Capture::dead(Linktype(number))
        .and_then(|handle| handle.compile(text, true))
        .map_err(|error| wrong(text, link, &error))?;
    let instructions: Option<Vec<Instruction>> =
        compiled.get_instructions().iter().map(|line| instruction(&line.to_string())).collect();
    instructions.map(Program::new).ok_or_else(|| wrong(text, link, &"unknown instruction"))
}

/// Reads an instruction, which crate `pcap` gives as text: code, jumps, number.
fn instruction(line: &str) -> Option<Instruction> {
    let mut fields = line.split(' ');
    Some(Instruction {
        code: fields.next()?.parse().ok()?,
        jt: fields.next()?.parse().ok()?,
        jf: fields.next()?.parse().ok()?,
        k: fields.next()?.parse().ok()?,
    })
}

fn wrong(text: &str, link: Link, reason: &dyn fmt::Display) -> FilterError {
    let reason = reason.to_string();
    let reason = reason.strip_prefix("libpcap error: ").unwrap_or(&reason).to_owned();
    FilterError::Wrong { text: text.to_owned(), link, reason }
}

const OTHERS: [Link; 4] = [Link::RAW, Link::LINUX_SLL2, Link::IEEE802_11, Link::RADIOTAP];
#[cfg(target_os = "openbsd")]
const DLT_RAW: i32 = 14;
#[cfg(not(target_os = "openbsd"))]
const DLT_RAW: i32 = 12;

#[cfg(test)]
mod tests {
    use overhear_analysis::Stamp;

    use super::*;

    fn frame(link: Link, data: &[u8]) -> Frame<'_> {
        Frame { seq: 1, stamp: Stamp::default(), wire_len: data.len() as u32, link, data }
    }

    /// An IPv4 header and a TCP header to port 6667.
    fn packet() -> Vec<u8> {
        let mut packet = vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
        packet.extend([0x20, 0, 0x1a, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0]);
        packet
    }

    #[test]
    fn a_filter_is_compiled_for_every_link() {
        let mut filter = match Filter::new("tcp port 6667 and host 192.0.2.1") {
            Ok(filter) => filter,
            Err(error @ FilterError::Missing(_)) => {
                assert!(error.to_string().starts_with("a filter needs libpcap: libpcap is not"));
                // Crate `pcap` links all the same, and says the same.
                let error = pcap::Device::list().unwrap_err();
                assert!(error.to_string().contains("libpcap is not installed"), "{error}");
                println!("skipped: {error}");
                return;
            }
            Err(error) => panic!("{error}"),
        };
        let raw = packet();
        let ethernet = [&[0; 12], &[8, 0][..], &raw].concat();
        let mut other = raw.clone();
        other[23] = 0x0c;
        assert_eq!(filter.passes(&frame(Link::RAW, &raw)), Ok(true));
        assert_eq!(filter.passes(&frame(Link::ETHERNET, &ethernet)), Ok(true));
        assert_eq!(filter.passes(&frame(Link::RAW, &other)), Ok(false));
        assert_eq!(filter.passes(&frame(Link::RAW, &raw[..22])), Ok(false));
        assert_eq!(filter.programs.len(), 2);
    }

    #[test]
    fn a_wrong_filter_is_told_in_libpcaps_words() {
        if overhear_sys::available().is_err() {
            println!("skipped: no libpcap");
            return;
        }
        let error = Filter::new("tcp prot 80").unwrap_err();
        assert!(matches!(error, FilterError::Wrong { .. }));
        assert!(error.to_string().contains("syntax error"), "{error}");
        // What only one link has is accepted, and refused when another comes.
        let mut wireless = Filter::new("type mgt subtype beacon").unwrap();
        assert!(wireless.passes(&frame(Link::ETHERNET, &[0; 60])).is_err());
    }
}
