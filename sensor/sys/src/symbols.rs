//! The functions crate `pcap` calls, as pcap.h declares them.

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

use crate::{MISSING, library};

/// Anything libpcap alone looks into.
type Opaque = *mut c_void;
/// A string, and the room for a message (`PCAP_ERRBUF_SIZE` bytes).
type Text = *const c_char;
type Message = *mut c_char;
/// What is called with every packet.
type Handler = extern "C" fn(*mut c_uchar, *const c_void, *const c_uchar);

/// Defines functions that call their namesake in libpcap, and what they return without it.
macro_rules! forward {
    ($(fn $name:ident($($arg:ident: $type:ty),*) $(-> $result:ty)? { $otherwise:expr })*) => {$(
        #[doc = concat!("`", stringify!($name), "` of pcap.h.")]
        ///
        /// # Safety
        /// As libpcap's function of this name asks.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($arg: $type),*) $(-> $result)? {
            type Namesake = unsafe extern "C" fn($($type),*) $(-> $result)?;
            static NAMESAKE: OnceLock<Option<Namesake>> = OnceLock::new();
            let find = || {
                let name = concat!(stringify!($name), "\0").as_bytes();
                // SAFETY: pcap.h declares the function of this name with this type.
                let found = unsafe { library()?.get::<Namesake>(name) };
                found.ok().map(|found| *found)
            };
            match NAMESAKE.get_or_init(find) {
                // SAFETY: the caller keeps to what libpcap asks, and the library stays loaded.
                Some(namesake) => unsafe { namesake($($arg),*) },
                None => $otherwise,
            }
        }
    )*};
}

forward! {
    fn pcap_create(device: Text, message: Message) -> Opaque { complain(message, null_mut()) }
    fn pcap_open_dead(link: c_int, limit: c_int) -> Opaque { null_mut() }
    fn pcap_open_dead_with_tstamp_precision(
        link: c_int, limit: c_int, precision: c_uint
    ) -> Opaque { null_mut() }
    fn pcap_open_offline(file: Text, message: Message) -> Opaque { complain(message, null_mut()) }
    fn pcap_open_offline_with_tstamp_precision(
        file: Text, precision: c_uint, message: Message
    ) -> Opaque { complain(message, null_mut()) }
    fn pcap_fopen_offline(
        file: Opaque, message: Message
    ) -> Opaque { complain(message, null_mut()) }
    fn pcap_fopen_offline_with_tstamp_precision(
        file: Opaque, precision: c_uint, message: Message
    ) -> Opaque { complain(message, null_mut()) }
    fn pcap_findalldevs(
        devices: *mut Opaque, message: Message
    ) -> c_int { complain(message, FAILED) }
    fn pcap_freealldevs(devices: Opaque) { () }

    // Without libpcap no handle ever exists, so that the following are not called with one.
    fn pcap_set_snaplen(handle: Opaque, limit: c_int) -> c_int { FAILED }
    fn pcap_set_promisc(handle: Opaque, promiscuous: c_int) -> c_int { FAILED }
    fn pcap_set_rfmon(handle: Opaque, monitor: c_int) -> c_int { FAILED }
    fn pcap_set_timeout(handle: Opaque, milliseconds: c_int) -> c_int { FAILED }
    fn pcap_set_buffer_size(handle: Opaque, bytes: c_int) -> c_int { FAILED }
    fn pcap_set_tstamp_type(handle: Opaque, kind: c_int) -> c_int { FAILED }
    fn pcap_set_tstamp_precision(handle: Opaque, precision: c_int) -> c_int { FAILED }
    fn pcap_set_immediate_mode(handle: Opaque, immediate: c_int) -> c_int { FAILED }
    fn pcap_activate(handle: Opaque) -> c_int { FAILED }
    fn pcap_close(handle: Opaque) { () }
    fn pcap_geterr(handle: Opaque) -> Message { MISSING.as_ptr().cast_mut() }

    fn pcap_loop(
        handle: Opaque, count: c_int, handler: Handler, user: *mut c_uchar
    ) -> c_int { FAILED }
    fn pcap_dispatch(
        handle: Opaque, count: c_int, handler: Handler, user: *mut c_uchar
    ) -> c_int { FAILED }
    fn pcap_next_ex(
        handle: Opaque, header: *mut Opaque, data: *mut *const c_uchar
    ) -> c_int { FAILED }
    fn pcap_breakloop(handle: Opaque) { () }
    fn pcap_setnonblock(
        handle: Opaque, nonblock: c_int, message: Message
    ) -> c_int { complain(message, FAILED) }
    fn pcap_get_selectable_fd(handle: Opaque) -> c_int { FAILED }
    fn pcap_fileno(handle: Opaque) -> c_int { FAILED }
    fn pcap_stats(handle: Opaque, stats: Opaque) -> c_int { FAILED }
    fn pcap_setdirection(handle: Opaque, direction: c_uint) -> c_int { FAILED }
    fn pcap_sendpacket(handle: Opaque, data: *const c_uchar, len: c_int) -> c_int { FAILED }
    fn pcap_major_version(handle: Opaque) -> c_int { FAILED }
    fn pcap_minor_version(handle: Opaque) -> c_int { FAILED }

    fn pcap_compile(
        handle: Opaque, program: Opaque, text: Text, optimize: c_int, netmask: c_uint
    ) -> c_int { FAILED }
    fn pcap_setfilter(handle: Opaque, program: Opaque) -> c_int { FAILED }
    fn pcap_freecode(program: Opaque) { () }
    fn pcap_offline_filter(
        program: *const c_void, header: *const c_void, data: *const c_uchar
    ) -> c_int { 0 }

    fn pcap_datalink(handle: Opaque) -> c_int { FAILED }
    fn pcap_set_datalink(handle: Opaque, link: c_int) -> c_int { FAILED }
    fn pcap_list_datalinks(handle: Opaque, links: *mut *mut c_int) -> c_int { FAILED }
    fn pcap_free_datalinks(links: *mut c_int) { () }
    fn pcap_datalink_name_to_val(name: Text) -> c_int { FAILED }
    fn pcap_datalink_val_to_name(link: c_int) -> Text { null() }
    fn pcap_datalink_val_to_description(link: c_int) -> Text { null() }

    fn pcap_dump_open(handle: Opaque, file: Text) -> Opaque { null_mut() }
    fn pcap_dump_open_append(handle: Opaque, file: Text) -> Opaque { null_mut() }
    fn pcap_dump_fopen(handle: Opaque, file: Opaque) -> Opaque { null_mut() }
    fn pcap_dump_flush(dumper: Opaque) -> c_int { FAILED }
    fn pcap_dump_close(dumper: Opaque) { () }
    fn pcap_dump(dumper: *mut c_uchar, header: *const c_void, data: *const c_uchar) { () }
}

/// Writes why there is no libpcap where libpcap would write why it failed.
fn complain<T>(message: Message, result: T) -> T {
    let text = MISSING.to_bytes_with_nul();
    if !message.is_null() {
        // SAFETY: pcap.h promises room for `PCAP_ERRBUF_SIZE` (256) bytes, more than the text has.
        unsafe { message.cast::<u8>().copy_from_nonoverlapping(text.as_ptr(), text.len()) };
    }
    result
}

/// `PCAP_ERROR`.
const FAILED: c_int = -1;
const _: () = assert!(MISSING.to_bytes_with_nul().len() <= 256);
