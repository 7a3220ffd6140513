//! A packet socket whose interface was deleted listens at the one that was made anew.
//!
//! To the kernel that is another interface: it has another number. But only to make a packet socket
//! takes a privilege; to bind one again takes none (packet(7), `packet_bind` of the kernel). So a
//! sensor that has given up every capability can go on listening, at the socket it has.

use std::ffi::{c_int, c_ulong, c_void};
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd};

/// The kind of hardware behind a packet socket's interface (`ARPHRD_*`), as the frames show.
///
/// # Errors
/// When it is no packet socket.
pub fn hardware(socket: BorrowedFd<'_>) -> io::Result<u16> {
    Ok(address(socket)?.sll_hatype)
}

/// Whether the interface of this name is up; nothing where there is none.
///
/// # Errors
/// When it is no socket.
pub fn is_up(socket: BorrowedFd<'_>, name: &str) -> io::Result<Option<bool>> {
    let flags = ask(socket, name, libc::SIOCGIFFLAGS)?;
    // SAFETY: the kernel filled in the field that was asked for.
    Ok(flags.map(|flags| c_int::from(unsafe { flags.ifr_ifru.ifru_flags }) & libc::IFF_UP != 0))
}

/// Binds a packet socket whose interface is gone to the one that now has this name; whether it was
/// done. It is not done while the old interface is there, or none has the name.
///
/// # Errors
/// When the interface is of another kind of `hardware`, so that its frames would be read wrongly, or
/// the kernel refuses: readers that share an interface cannot be bound again.
pub fn follow(
    socket: BorrowedFd<'_>,
    name: &str,
    hardware: u16,
    promiscuous: bool,
) -> io::Result<bool> {
    let mut bound = address(socket)?;
    if bound.sll_ifindex != GONE {
        return Ok(false);
    }
    let Some(index) = ask(socket, name, libc::SIOCGIFINDEX)? else { return Ok(false) };
    // SAFETY: the kernel filled in the field that was asked for.
    bound.sll_ifindex = unsafe { index.ifr_ifru.ifru_ifindex };
    let Some(kind) = ask(socket, name, libc::SIOCGIFHWADDR)? else { return Ok(false) };
    // SAFETY: as above.
    if unsafe { kind.ifr_ifru.ifru_hwaddr.sa_family } != hardware {
        return Err(io::Error::other("an interface of this name is back, but of another kind"));
    }
    let length = libc::socklen_t::try_from(size_of_val(&bound)).unwrap_or_default();
    let place = (&raw const bound).cast();
    // SAFETY: the descriptor is open while it is borrowed, and the address has that length.
    match done(unsafe { libc::bind(socket.as_raw_fd(), place, length) }) {
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
            return Err(io::Error::other("several readers cannot follow it: restart the sensor"));
        }
        bound => bound?,
    }
    if promiscuous {
        // What it refuses to hear is worth less than what it hears.
        let _ = hear_all(socket, bound.sll_ifindex);
    }
    Ok(true)
}

/// What the number of the interface is when that was deleted.
const GONE: c_int = -1;

fn address(socket: BorrowedFd<'_>) -> io::Result<libc::sockaddr_ll> {
    // SAFETY: zeros are an address.
    let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    let mut length = libc::socklen_t::try_from(size_of_val(&address)).unwrap_or_default();
    let place = (&raw mut address).cast();
    // SAFETY: the descriptor is open while it is borrowed, and there is room for so many bytes.
    done(unsafe { libc::getsockname(socket.as_raw_fd(), place, &raw mut length) })?;
    if c_int::from(address.sll_family) == libc::AF_PACKET {
        Ok(address)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// Asks something about the interface of a name; nothing where there is none.
fn ask(socket: BorrowedFd<'_>, name: &str, what: c_ulong) -> io::Result<Option<libc::ifreq>> {
    // SAFETY: zeros are a request.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    // The last byte stays zero.
    let Some(room) = request.ifr_name.get_mut(..name.len()).filter(|_| name.len() < NAME) else {
        return Ok(None);
    };
    room.iter_mut().zip(name.bytes()).for_each(|(to, byte)| *to = byte.cast_signed());
    // SAFETY: the request is of the type these questions take, and is written by the kernel alone.
    let asked = unsafe { libc::ioctl(socket.as_raw_fd(), what, &raw mut request) };
    match done(asked) {
        Err(error) if error.raw_os_error() == Some(libc::ENODEV) => Ok(None),
        other => other.map(|()| Some(request)),
    }
}

/// Bytes of a name, with a zero.
const NAME: usize = libc::IFNAMSIZ;

fn hear_all(socket: BorrowedFd<'_>, index: c_int) -> io::Result<()> {
    // SAFETY: zeros are a membership.
    let mut all: libc::packet_mreq = unsafe { std::mem::zeroed() };
    (all.mr_ifindex, all.mr_type) = (index, PROMISCUOUS);
    let length = libc::socklen_t::try_from(size_of_val(&all)).unwrap_or_default();
    let (level, option) = (libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP);
    let place = (&raw const all).cast::<c_void>();
    // SAFETY: the descriptor is open while it is borrowed, and the value has that length.
    done(unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, place, length) })
}

/// `PACKET_MR_PROMISC`, as wide as its field.
const PROMISCUOUS: u16 = 1;
const _: () = assert!(libc::PACKET_MR_PROMISC == 1);

fn done(result: c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
