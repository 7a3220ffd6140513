//! One connection: packets to whoever understands them.

use super::auth::Exchange;
use super::publish::Published;
use super::rooms::Rooms;
use super::sign_on::SignOn;
use super::wire::{self, Cut, Fields, Head, Resync, kind};
use super::{auth, publish, rooms, sign_on};
use crate::{Account, Dissector, Ends, Out, Resume, Side, Step, Who};

/// Everything remembered of one connection. Every table has a bound.
#[derive(Debug)]
pub(super) struct Talk {
    network: String,
    /// The level of CONNECT; nothing while none was heard.
    pub(super) version: Option<u8>,
    /// The user's name.
    pub(super) user: Option<String>,
    /// The client identifier.
    pub(super) identifier: Option<String>,
    pub(super) sign_on: SignOn,
    pub(super) exchange: Exchange,
    pub(super) rooms: Rooms,
    pub(super) published: Published,
    client: Reader,
    server: Reader,
}

/// Where one side is.
#[derive(Debug, Default)]
struct Reader {
    /// Bytes of a packet that are passed over.
    skip: u64,
    /// Bytes were lost; the next packet has to be found.
    lost: bool,
    ended: bool,
}

impl Talk {
    pub(super) fn new(ends: Ends) -> Self {
        Self {
            network: format!("mqtt:{}", ends.server.ip()),
            version: None,
            user: None,
            identifier: None,
            sign_on: SignOn::default(),
            exchange: Exchange::default(),
            rooms: Rooms::default(),
            published: Published::default(),
            client: Reader::default(),
            server: Reader::default(),
        }
    }

    /// The network of this broker's users.
    pub(super) fn network(&self) -> &str {
        &self.network
    }

    /// Somebody by name.
    pub(super) fn who(&self, name: &str) -> Who {
        Who::Account(Account::new(&self.network, name))
    }

    /// The client's own account.
    pub(super) fn own(&self) -> Who {
        match (&self.user, &self.identifier) {
            (Some(user), identifier) => Who::Account(Account {
                resource: identifier.as_deref().map(Into::into),
                ..Account::new(&self.network, user)
            }),
            (None, Some(identifier)) => self.who(identifier),
            (None, None) => Who::Unnamed(Side::Client),
        }
    }

    fn reader(&mut self, side: Side) -> &mut Reader {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    fn packet(&mut self, side: Side, head: Head, body: &[u8], out: &mut Out) {
        if !wire::is_flagged(head) {
            let Head { kind, flags, length, .. } = head;
            out.weird("mqtt_flags", format_args!("type {kind}, flags {flags}, {length} bytes"));
            if kind == 0 || kind == kind::PUBLISH {
                return;
            }
        }
        let fields = Fields(body);
        match (head.kind, side) {
            (kind::CONNECT, Side::Client) => sign_on::connects(self, fields, out),
            (kind::CONNACK, Side::Server) => sign_on::answered(self, fields, out),
            (kind::AUTH, _) => auth::goes_on(self, side, fields, out),
            (kind::DISCONNECT, _) => sign_on::disconnects(self, side, fields, out),
            (kind::PUBLISH, _) => publish::published(self, side, head, body, out),
            (kind::SUBSCRIBE | kind::UNSUBSCRIBE, Side::Client) => {
                rooms::asks(self, head.kind, fields, out);
            }
            (kind::SUBACK | kind::UNSUBACK, Side::Server) => {
                rooms::answered(self, head.kind, fields, out);
            }
            (kind::PUBACK..=kind::PUBCOMP | kind::PINGREQ | kind::PINGRESP, _) => {}
            (kind, _) => out.weird("mqtt_side", format_args!("type {kind} from the {side:?}")),
        }
    }

    /// A packet that is longer than anything a person says.
    fn oversized(&mut self, head: Head, out: &mut Out) {
        if head.kind == kind::PUBLISH {
            self.published.leave_out(head.length);
        } else {
            out.weird("mqtt_oversized", format_args!("type {}, {} bytes", head.kind, head.length));
        }
    }
}

impl Talk {
    /// Takes what stands at the beginning of the unread bytes: how many, and where more must come,
    /// how many of those behind them.
    fn take(&mut self, side: Side, rest: &[u8], out: &mut Out) -> (usize, Option<usize>) {
        let reader = self.reader(side);
        if reader.skip > 0 {
            let skipped = usize::try_from(reader.skip).unwrap_or(usize::MAX).min(rest.len());
            reader.skip -= skipped as u64;
            return (skipped, None);
        }
        if reader.lost {
            return match wire::resync(rest) {
                Resync::Undecided(skipped) => (skipped, Some(0)),
                Resync::Found(skipped) => {
                    reader.lost = false;
                    (skipped, None)
                }
            };
        }
        let head = match wire::head(rest) {
            Cut::Packet(head) => head,
            Cut::Need => return (0, Some(0)),
            Cut::Nonsense => {
                out.weird("mqtt_length", "a length of more than four bytes");
                reader.lost = true;
                return (1, None);
            }
        };
        if head.length > LONGEST {
            reader.skip = head.length as u64;
            self.oversized(head, out);
            return (head.header, None);
        }
        let total = head.header + head.length;
        let Some(body) = rest.get(head.header..total) else { return (0, Some(total)) };
        self.packet(side, head, body, out);
        (total, None)
    }
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let (taken, wants) = self.take(side, rest, out);
            used += taken;
            if let Some(want) = wants {
                return Step::Took { used, want };
            }
        }
        Step::Took { used, want: 0 }
    }

    /// What is lost of a packet that is passed over anyway is no loss.
    fn gap(&mut self, side: Side, lost: u64, _: &mut Out) -> Resume {
        let reader = self.reader(side);
        reader.lost |= reader.skip == 0 || reader.skip < lost;
        reader.skip = reader.skip.saturating_sub(lost);
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        self.reader(side).ended = true;
        if self.client.ended && self.server.ended {
            sign_on::close(self, out);
            rooms::close(self, out);
            self.published.close(out);
        }
    }
}

/// Longest packet that is read, in bytes.
const LONGEST: usize = 32 << 10;
