//! What systemd is told: that the sensor listens, that it still does, that it ends (`sd_notify(3)`).

use std::env;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

/// The way to whoever supervises this process. Without one, nothing is told.
#[derive(Debug, Default)]
pub(super) struct Notify {
    socket: Option<UnixDatagram>,
    /// How often it wants to hear that the sensor lives.
    pulse: Option<Duration>,
    last: Duration,
}

impl Notify {
    /// Opens the way, which is later not possible any more.
    pub(super) fn open() -> Self {
        let Some(path) = env::var_os("NOTIFY_SOCKET") else { return Self::default() };
        let micros = env::var("WATCHDOG_USEC").ok().and_then(|micros| micros.parse().ok());
        // Twice as often as necessary, as sd_watchdog_enabled(3) advises.
        let pulse = micros.map(|micros: u64| Duration::from_micros(micros / 2));
        Self { socket: connect(&path).ok(), pulse, last: Duration::ZERO }
    }

    /// Says something in the language of `sd_notify`.
    pub(super) fn say(&self, state: &str) {
        if let Some(socket) = &self.socket {
            // A supervisor that does not listen needs no word.
            let _ = socket.send(state.as_bytes());
        }
    }

    /// The sensor lives, after running for so long.
    pub(super) fn alive(&mut self, took: Duration) {
        if self.pulse.is_some_and(|pulse| took.saturating_sub(self.last) >= pulse) {
            self.last = took;
            self.say("WATCHDOG=1");
        }
    }
}

fn connect(path: &std::ffi::OsStr) -> std::io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    #[cfg(target_os = "linux")]
    if let Some(name) = path.as_encoded_bytes().strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt as _;
        let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
        socket.connect_addr(&address)?;
        return Ok(socket);
    }
    socket.connect(path)?;
    Ok(socket)
}
