//! An interface, opened for listening.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use pcap::{Active, Capture, Precision};

use crate::frame::Link;

/// How to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Interfaces by name; `any` is all of them.
    pub interfaces: Vec<String>,
    /// Readers of each; their number is bounded by the machine's cores, not by us.
    pub readers: u16,
    /// Bytes kept of each frame.
    pub snaplen: u32,
    /// Bytes of the kernel's buffer for each reader.
    pub buffer: u32,
    /// Only frames this filter lets through, in libpcap's language.
    pub filter: Option<String>,
    /// Hear also what is not addressed to this machine.
    pub promiscuous: bool,
}

/// An interface that can be read.
pub struct Device {
    name: String,
    source: u16,
    link: Link,
    nanoseconds: bool,
    promiscuous: bool,
    /// The kind of its hardware, where it is an interface that can be followed.
    hardware: Option<u16>,
    pub(super) capture: Capture<Active>,
}

/// Why an interface cannot be listened at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{interface}: {reason}")]
pub struct OpenError {
    /// The interface.
    pub interface: String,
    /// Why, and what would help.
    pub reason: String,
    /// The filter is wrong.
    pub filter: bool,
}

/// All interfaces, which are none that goes down.
const ALL: &str = "any";
/// Milliseconds after which the kernel hands over a block that is not full.
const RETIRE: i32 = 20;

impl Device {
    /// Opens all readers of all interfaces. From then on no privilege is needed.
    ///
    /// # Errors
    /// When libpcap is not there, an interface does not exist or may not be heard, or the filter
    /// is wrong.
    pub fn open(options: &Options) -> Result<Vec<Self>, OpenError> {
        let mut devices = Vec::new();
        for (name, source) in options.interfaces.iter().zip(0_u16..) {
            let wrong =
                |reason: String| OpenError { interface: name.clone(), reason, filter: false };
            overhear_sys::available().map_err(|missing| wrong(missing.to_string()))?;
            for _ in 0..options.readers.max(1) {
                let device = Self::one(name, source, options)?;
                if options.readers > 1 {
                    let group = group(source);
                    overhear_sys::fan_out(device.as_fd(), group).map_err(|error| {
                        wrong(format!("cannot share it among readers: {error}"))
                    })?;
                }
                devices.push(device);
            }
        }
        Ok(devices)
    }

    fn one(name: &str, source: u16, options: &Options) -> Result<Self, OpenError> {
        let wrong = |error: pcap::Error, filter| OpenError {
            interface: name.to_owned(),
            reason: reason(&error),
            filter,
        };
        let open = |precision| {
            let capture = Capture::from_device(name)?
                .promisc(options.promiscuous)
                .snaplen(i32::try_from(options.snaplen).unwrap_or(i32::MAX))
                .buffer_size(i32::try_from(options.buffer).unwrap_or(i32::MAX))
                .timeout(RETIRE)
                .precision(precision);
            capture.open()
        };
        // Not every kernel and driver stamps nanoseconds.
        let (opened, nanoseconds) = match open(Precision::Nano) {
            Ok(capture) => (Ok(capture), true),
            Err(_) => (open(Precision::Micro), false),
        };
        let mut capture = opened.map_err(|error| wrong(error, false))?;
        if let Some(filter) = &options.filter {
            capture.filter(filter, true).map_err(|error| wrong(error, true))?;
        }
        let capture = capture.setnonblock().map_err(|error| wrong(error, false))?;
        let link = u16::try_from(capture.get_datalink().0).map(Link).map_err(|_| OpenError {
            interface: name.to_owned(),
            reason: "its link type is unknown".into(),
            filter: false,
        })?;
        let hardware = overhear_sys::hardware(capture.as_fd()).ok().filter(|_| name != ALL);
        let (name, promiscuous) = (name.to_owned(), options.promiscuous);
        Ok(Self { name, source, link, nanoseconds, promiscuous, hardware, capture })
    }

    /// Name of the interface.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of the interface among those that are heard.
    pub fn source(&self) -> u16 {
        self.source
    }

    /// What its frames begin with.
    pub fn link(&self) -> Link {
        self.link
    }

    /// Listens at the interface that now has the name, where the one it listened at was deleted;
    /// whether it does. Another kind of interface is not followed, and neither are readers that
    /// share one.
    pub(super) fn follow(&self) -> io::Result<bool> {
        let Some(hardware) = self.hardware else { return Ok(false) };
        overhear_sys::follow(self.as_fd(), &self.name, hardware, self.promiscuous)
    }

    /// It is down: nothing will be heard. libpcap tells so of one that was deleted, and not always
    /// of one that was switched off.
    pub(super) fn is_down(&self) -> bool {
        self.hardware.is_some()
            && overhear_sys::is_up(self.as_fd(), &self.name).is_ok_and(|up| up != Some(true))
    }

    /// Its frames are stamped finer than a microsecond.
    pub fn nanoseconds(&self) -> bool {
        self.nanoseconds
    }
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.capture.as_fd()
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A fan-out group no other program on this machine is likely to use.
fn group(source: u16) -> u16 {
    (std::process::id() as u16).rotate_left(4) ^ source
}

/// What libpcap says, with what would help.
pub(super) fn reason(error: &pcap::Error) -> String {
    let said = error.to_string();
    let said = said.strip_prefix("libpcap error: ").unwrap_or(&said);
    if said.contains("ermission") || said.contains("not permitted") {
        return format!(
            "{said} (listening needs the capability CAP_NET_RAW: run as root, or once \
             `setcap cap_net_raw+ep` on the program)"
        );
    }
    said.to_owned()
}
