//! Interfaces one can listen at.

use std::fs;
use std::path::Path;

use pcap::{Capture, Device};

/// An interface, and what is missing to listen at it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// What libpcap says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its addresses.
    pub addresses: Vec<String>,
    /// It is up and running.
    pub up: bool,
    /// Its driver, where the system tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// Why one cannot listen at it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

/// All interfaces libpcap knows and this system names as its own.
///
/// # Errors
/// When libpcap is not there, or cannot say.
pub fn interfaces() -> Result<Vec<Interface>, String> {
    overhear_sys::available().map_err(|missing| missing.to_string())?;
    let devices = Device::list().map_err(|error| error.to_string())?;
    let wire = |device: &Device| device.name == "any" || sys(&device.name).exists();
    let all = !Path::new("/sys/class/net").exists();
    Ok(devices.into_iter().filter(|device| all || wire(device)).map(interface).collect())
}

fn interface(device: Device) -> Interface {
    let up = device.flags.is_up() && (device.name == "any" || device.flags.is_running());
    let missing = match Capture::from_device(device.name.as_str()).and_then(Capture::open) {
        Err(error) => Some(super::device::reason(&error)),
        Ok(_) if !up => Some("it is down: nothing will be heard".to_owned()),
        Ok(_) => None,
    };
    Interface {
        driver: driver(&device.name),
        name: device.name,
        description: device.desc,
        addresses: device.addresses.iter().map(|address| address.addr.to_string()).collect(),
        up,
        missing,
    }
}

fn sys(name: &str) -> std::path::PathBuf {
    Path::new("/sys/class/net").join(name)
}

fn driver(name: &str) -> Option<String> {
    let link = fs::read_link(sys(name).join("device/driver")).ok()?;
    Some(link.file_name()?.to_string_lossy().into_owned())
}
