//! A world as a listener's capture: every account on TOC, a connection for each time it is there,
//! every saying on the flow of whoever says it and on that of whoever it is for.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use overhear_analysis::Told;
use overhear_analysis::told::Body;
use overhear_dissectors::event::Status;
use overhear_testdata::{Dialogue, Frame, Side, Turn, Wire, frames};

/// Where the service is.
const SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 9898);
/// Nanoseconds from the sender's saying to the recipient's.
const ON_ITS_WAY: i64 = 20_000_000;
/// Nanoseconds between frames that have no time of their own.
const STEP: u64 = 1_000_000;
/// The client's frames begin to count here.
const FIRST: u16 = 0x0a10;

/// One time somebody is there.
#[derive(Debug)]
struct Session {
    friends: Vec<String>,
    turns: Vec<(i64, Turn)>,
    counts: (u16, u16),
}

impl Session {
    fn client(&mut self, at: i64, said: &str) {
        self.counts.0 = self.counts.0.wrapping_add(1);
        let frame = frame(self.counts.0, &[said.as_bytes(), b"\0"].concat());
        self.turns.push((at, Turn::Says(Side::Client, frame)));
    }

    fn server(&mut self, at: i64, said: &str) {
        self.counts.1 = self.counts.1.wrapping_add(1);
        self.turns.push((at, Turn::Says(Side::Server, frame(self.counts.1, said.as_bytes()))));
    }
}

/// A data frame of SFLAP.
fn frame(count: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    [&b"*\x02"[..], &count.to_be_bytes(), &length.to_be_bytes(), data].concat()
}

/// Turns the lines of a world into frames. Only what TOC can say is carried: lists, presence, and what
/// people write to each other.
#[derive(Debug, Default)]
pub struct Carrier {
    here: BTreeMap<String, Session>,
    hosts: BTreeMap<String, u32>,
    opened: u16,
    frames: Vec<Frame>,
}

impl Carrier {
    /// Carries a line.
    pub fn carry(&mut self, told: &Told) {
        let at = told.head.timestamp.map_or(0, |at| at.0);
        match &told.body {
            Body::Roster(list) => {
                let friends = list.contacts.iter().map(|one| one.account.to_string()).collect();
                self.come(at, &list.account, friends);
            }
            Body::Presence(said) => {
                let here = said.status == Status::Online;
                self.seen(at, &said.account, here);
                if !here {
                    self.go(&said.account);
                }
            }
            Body::Message(said) => {
                let text = said.text.as_deref().unwrap_or_default();
                let [to, ..] = said.to.as_slice() else { return };
                if let Some(session) = self.here.get_mut(said.from.as_str()) {
                    session.client(at, &format!("toc_send_im {to} \"{text}\""));
                }
                if let Some(session) = self.here.get_mut(to.as_str()) {
                    session.server(at + ON_ITS_WAY, &format!("IM_IN:{}:F:{text}", said.from));
                }
            }
            _ => {}
        }
    }

    /// What a listener has heard, in order of time, and who is where.
    pub fn finish(mut self) -> (Vec<Frame>, BTreeMap<IpAddr, String>) {
        let here: Vec<String> = self.here.keys().cloned().collect();
        here.iter().for_each(|who| self.go(who));
        self.frames.sort_by_key(|frame| frame.at);
        let hosts = self.hosts.into_iter().map(|(who, host)| (address(host), who)).collect();
        (self.frames, hosts)
    }

    /// Somebody signs on, and is given the list.
    fn come(&mut self, at: i64, who: &str, friends: Vec<String>) {
        self.go(who);
        let list = friends.join("\nb ");
        let mut session = Session { friends, turns: Vec::new(), counts: (FIRST, 0) };
        let name = who.as_bytes();
        let length = u16::try_from(name.len()).unwrap_or_default();
        let hello = [&[0, 0, 0, 1, 0, 1][..], &length.to_be_bytes(), name].concat();
        let greeting = [&b"*\x01\x0a\x10"[..], &(length + 8).to_be_bytes(), &hello].concat();
        let open = [
            (Side::Client, b"FLAPON\r\n\r\n".to_vec()),
            (Side::Server, b"*\x01\0\0\0\x04\0\0\0\x01".to_vec()),
            (Side::Client, greeting),
        ];
        session.turns.extend(open.map(|(side, bytes)| (at, Turn::Says(side, bytes))));
        let secret = "0x2408105c23001130";
        session.client(
            at,
            &format!("toc_signon login.oscar.aol.com 5190 {who} {secret} english \"TIC:TiK\""),
        );
        session.server(at, "SIGN_ON:TOC1.0");
        session.server(at, &format!("CONFIG:m 1\ng Buddies\nb {list}\n"));
        self.here.insert(who.to_owned(), session);
    }

    /// Everybody who is there and has somebody on the list is told of them.
    fn seen(&mut self, at: i64, who: &str, here: bool) {
        let flag = if here { 'T' } else { 'F' };
        for session in self.here.values_mut().filter(|one| one.friends.iter().any(|it| it == who)) {
            session.server(at, &format!("UPDATE_BUDDY:{who}:{flag}:0:0:0: O"));
        }
    }

    /// Somebody signs off: the connection is whole.
    fn go(&mut self, who: &str) {
        let Some(mut session) = self.here.remove(who) else { return };
        session.turns.sort_by_key(|(at, _)| *at);
        let next = u32::try_from(self.hosts.len()).unwrap_or_default();
        let host = *self.hosts.entry(who.to_owned()).or_insert(next);
        self.opened = self.opened.wrapping_add(1);
        let client = SocketAddr::new(address(host), 20_000 + self.opened % 40_000);
        let Ok(mut dialogue) = Dialogue::parse("# origin: a simulated world\n") else { return };
        (dialogue.ends.client, dialogue.ends.server) = (client, SERVER);
        let mut at = session.turns.first().map_or(0, |(at, _)| time(*at)).saturating_sub(5 * STEP);
        let (times, turns): (Vec<_>, Vec<_>) = session.turns.into_iter().unzip();
        dialogue.turns = turns;
        let wire = Wire { mss: usize::MAX, acks: false, ..Wire::default() };
        let segments = frames::segments(&dialogue, &wire);
        let mut wrapped = frames::wrap(&dialogue, &wire, &segments);
        let mut times = times.into_iter();
        for (frame, segment) in wrapped.iter_mut().zip(&segments) {
            let own = (!segment.payload.is_empty()).then(|| times.next()).flatten();
            at = own.map_or(at + STEP, |own| time(own).max(at + 1));
            frame.at = at;
        }
        self.frames.append(&mut wrapped);
    }
}

fn address(host: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits(0x0a01_0000 + host))
}

fn time(at: i64) -> u64 {
    u64::try_from(at).unwrap_or_default()
}
