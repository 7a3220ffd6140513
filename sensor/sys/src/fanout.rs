//! One interface shared among several readers.

use std::ffi::{c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd};

/// Lets a packet socket join the readers of `group`, among whom the kernel divides the frames of an
/// interface: both directions of a conversation go to one reader, and so do all fragments of a
/// packet (packet(7), `PACKET_FANOUT`).
///
/// # Errors
/// When it is no packet socket, or its group has other members of another interface.
pub fn fan_out(socket: BorrowedFd<'_>, group: u16) -> io::Result<()> {
    let mode = (libc::PACKET_FANOUT_HASH | libc::PACKET_FANOUT_FLAG_DEFRAG) << 16;
    let value: c_int = (mode | libc::c_uint::from(group)).cast_signed();
    let len = libc::socklen_t::try_from(size_of::<c_int>()).unwrap_or_default();
    let (level, name) = (libc::SOL_PACKET, libc::PACKET_FANOUT);
    let value = (&raw const value).cast::<c_void>();
    // SAFETY: the descriptor is open while it is borrowed, and the value is a `c_int` of that
    // length, which the kernel only reads.
    let done = unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, value, len) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
