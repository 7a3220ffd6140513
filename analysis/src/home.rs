//! What is inside, and how far a conversation travels.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

use crate::told::{Exposure, Reader};

/// The networks that are inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeNet(Vec<IpNet>);

/// RFC 1918, RFC 6598, link-local (RFC 3927, RFC 4291), unique local (RFC 4193) and loopback.
const PRIVATE: &[&str] = &[
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
];

impl Default for HomeNet {
    fn default() -> Self {
        Self(PRIVATE.iter().filter_map(|net| net.parse().ok()).collect())
    }
}

/// A comma-separated list of networks or single addresses.
impl FromStr for HomeNet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let one = |word: &str| {
            let net = word.parse::<IpNet>().ok();
            net.or_else(|| word.parse::<IpAddr>().ok().map(IpNet::from))
                .ok_or_else(|| format!("{word:?} is no network such as 192.0.2.0/24"))
        };
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(one).collect()
    }
}

impl FromIterator<IpNet> for HomeNet {
    fn from_iter<I: IntoIterator<Item = IpNet>>(nets: I) -> Self {
        Self(nets.into_iter().collect())
    }
}

impl HomeNet {
    /// The networks, as they are written.
    pub fn words(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    /// Whether an address is inside.
    pub fn holds(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&ip.to_canonical()))
    }

    /// How far a conversation between two addresses travels.
    pub fn exposure(&self, one: IpAddr, two: IpAddr) -> Exposure {
        let inside = [one, two].into_iter().filter(|ip| self.holds(*ip)).count();
        match inside {
            2 if one.is_loopback() && two.is_loopback() => Exposure::Host,
            2 => Exposure::Lan,
            1 => Exposure::Perimeter,
            _ => Exposure::Internet,
        }
    }
}

impl fmt::Display for HomeNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(","))
    }
}

/// Who could read a conversation in clear that travels so far. A listener on the segment always
/// can: overhear itself is one. `served` when a service stands at one end.
pub(crate) fn readers(exposure: Exposure, served: bool, proxied: bool) -> Vec<Reader> {
    let mut readers = match exposure {
        Exposure::Host => vec![],
        Exposure::Lan => vec![Reader::Segment, Reader::Lan],
        Exposure::Perimeter => {
            vec![Reader::Segment, Reader::Lan, Reader::Perimeter, Reader::Isp]
        }
        Exposure::Internet => vec![Reader::Segment, Reader::Isp],
    };
    if proxied {
        readers.push(Reader::Proxy);
    }
    if served {
        readers.push(Reader::Server);
    }
    readers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exposure_is_judged_by_the_inside() {
        let home = HomeNet::default();
        let table = [
            ("127.0.0.1", "127.0.0.1", Exposure::Host),
            ("10.0.0.1", "192.168.1.1", Exposure::Lan),
            ("::ffff:10.0.0.1", "fe80::1", Exposure::Lan),
            ("10.0.0.1", "192.0.2.1", Exposure::Perimeter),
            ("198.51.100.1", "2001:db8::1", Exposure::Internet),
        ];
        for (one, two, exposure) in table {
            let (one, two) = (one.parse().unwrap(), two.parse().unwrap());
            assert_eq!(home.exposure(one, two), exposure, "{one} {two}");
            assert_eq!(home.exposure(two, one), exposure);
        }
    }

    #[test]
    fn a_list_is_read_and_a_slip_is_named() {
        let home: HomeNet = "192.0.2.0/24, 2001:db8::1".parse().unwrap();
        assert_eq!(home.to_string(), "192.0.2.0/24,2001:db8::1/128");
        assert!("192.0.2.0/99".parse::<HomeNet>().unwrap_err().contains("192.0.2.0/99"));
    }
}
