//! One conversation: elements to events, whatever carried them.

use super::asked::Asked;
use super::element::Element;
use super::files::Files;
use super::jid::Jid;
use super::muc::Rooms;
use super::ns;
use super::people::People;
use super::server::Links;
use super::sign_on::SignOn;
use crate::event::{Credential, CredentialKind, Leg, Seal, Strength, Ticketed, Verdict};
use crate::heard::Heard;
use crate::{Event, Out, Secret, Side, Ticket, Who};

/// Who talks with whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// A client with its server.
    #[default]
    Client,
    /// Two servers.
    Server,
    /// A component with its server (XEP-0114).
    Component,
    /// Two clients (XEP-0174).
    Direct,
}

/// What one side said of itself when it opened its stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    pub(super) from: Option<Jid>,
    pub(super) to: Option<Jid>,
}

/// Everything remembered of one conversation. Every table has a bound.
#[derive(Debug, Default)]
pub(super) struct Talk {
    pub(super) kind: Kind,
    /// The headers of client and server.
    headers: (Header, Header),
    /// The client's own address, as far as it is known.
    pub(super) me: Option<Jid>,
    /// The service's domain.
    pub(super) domain: Option<String>,
    /// Something of the server was heard.
    pub(super) answered: bool,
    pub(super) sign_on: SignOn,
    pub(super) asked: Asked,
    pub(super) heard: Heard,
    pub(super) rooms: Rooms,
    pub(super) people: People,
    pub(super) links: Links,
    pub(super) files: Files,
    /// What stands for the client's account while its address is not known.
    pub(super) ticket: Option<Ticket>,
    ticketed: bool,
    /// The client asked for TLS.
    pub(super) tls_asked: bool,
}

/// What becomes of the stream behind an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It goes on.
    On,
    /// TLS begins.
    Tls,
    /// It goes on compressed, which is not read.
    Compressed,
}

impl Talk {
    /// A side opens its stream (RFC 6120 section 4.7).
    pub(super) fn header(&mut self, side: Side, header: &Element<'_>) {
        let address = |name| header.said(name).and_then(|text| Jid::read(&text));
        let (from, to) = (address("from"), address("to"));
        match header.content {
            ns::SERVER => self.kind = Kind::Server,
            ns::COMPONENT => self.kind = Kind::Component,
            _ => self.clients(side, header, to.as_ref()),
        }
        if side == Side::Client {
            // A client opens its stream anew when it was let in.
            self.acts();
        }
        let domain = if side == Side::Client { &to } else { &from };
        if let Some(domain) = domain.as_ref().filter(|_| self.kind != Kind::Direct) {
            self.domain = Some(domain.domain.clone());
        }
        if side == Side::Client
            && self.kind == Kind::Client
            && self.me.is_none()
            && let Some(own) = from.as_ref().filter(|own| own.is_person())
        {
            self.me = Some(own.clone());
        }
        *self.header_of(side) = Header { from, to };
    }

    /// The stream of a client: with its server, or with another client. Whoever is called as a server
    /// gives the stream an id, and has no local part.
    fn clients(&mut self, side: Side, header: &Element<'_>, to: Option<&Jid>) {
        self.kind = match side {
            Side::Client if to.is_some_and(Jid::is_person) => Kind::Direct,
            Side::Server if header.attribute("id").is_none() => Kind::Direct,
            Side::Server if self.kind == Kind::Direct => Kind::Direct,
            _ => Kind::Client,
        };
    }

    /// A side's stanzas come wrapped (XEP-0206): what a header would say stands in the wrapper.
    pub(super) fn wrapped(&mut self, side: Side, wrapper: &Element<'_>) {
        let domain = if side == Side::Client { "to" } else { "from" };
        if let Some(domain) = wrapper.said(domain).and_then(|text| Jid::read(&text)) {
            self.domain = Some(domain.domain);
        }
        self.answered |= side == Side::Server;
    }

    fn header_of(&mut self, side: Side) -> &mut Header {
        if side == Side::Client { &mut self.headers.0 } else { &mut self.headers.1 }
    }

    /// What a side said of itself.
    pub(super) fn said(&self, side: Side) -> &Header {
        if side == Side::Client { &self.headers.0 } else { &self.headers.1 }
    }

    /// An element of the stream.
    pub(super) fn element(&mut self, side: Side, element: &Element<'_>, out: &mut Out) -> Then {
        self.answered |= side == Side::Server;
        match (element.ns, element.name) {
            (ns::STREAMS, "error") => self.stream_error(side, element, out),
            (ns::TLS, name) => return self.tls(side, name, out),
            (ns::SASL | ns::SASL2, _) => self.sasl(side, element, out),
            (ns::DIALBACK, _) => self.dialback(side, element, out),
            (ns::COMPRESS, "compressed") if side == Side::Server => return Then::Compressed,
            ("" | ns::COMPONENT, "handshake") => self.handshake(side, element, out),
            (space, name) if is_stanza(space) => self.stanza(side, name, element, out),
            _ => {}
        }
        self.show_ticket(out);
        Then::On
    }

    fn stanza(&mut self, side: Side, name: &str, element: &Element<'_>, out: &mut Out) {
        if element.ns == ns::SERVER {
            self.kind = Kind::Server;
        }
        self.learn(side, element);
        if side == Side::Client && self.me.is_none() && !is_sign_on(element) {
            self.acts();
        }
        match name {
            "message" => self.message(side, element, out),
            "presence" => self.presence(side, element, out),
            "iq" => self.query(side, element, out),
            _ => {}
        }
    }

    /// The client's own address, from whatever names it.
    fn learn(&mut self, side: Side, element: &Element<'_>) {
        if self.kind != Kind::Client {
            return;
        }
        let own = if side == Side::Server { "to" } else { "from" };
        let Some(own) = element.said(own).and_then(|text| Jid::read(&text)) else { return };
        let known = self.me.as_ref().is_some_and(|me| me.resource.is_some() || me.bare != own.bare);
        if own.is_person() && !known {
            if self.domain.is_none() {
                self.domain = Some(own.domain.clone());
            }
            self.me = Some(own);
        }
    }

    /// STARTTLS (RFC 6120 section 5).
    fn tls(&mut self, side: Side, name: &str, out: &mut Out) -> Then {
        match (side, name) {
            (Side::Client, "starttls") => self.tls_asked = true,
            (Side::Server, "proceed") => return Then::Tls,
            (Side::Server, "failure") => {
                self.tls_asked = false;
                let seal = Seal { verdict: Verdict::StarttlsRefused, ..Seal::default() };
                out.emit(Event::Seal(seal));
            }
            _ => {}
        }
        Then::On
    }

    /// Somebody by their address: an occupant where it is that of a room, otherwise an account.
    pub(super) fn who(&self, address: &str) -> Option<Who> {
        let jid = Jid::read(address)?;
        Some(self.rooms.occupant(&jid).unwrap_or_else(|| jid.who()))
    }

    /// The client's own account, or what stands for it.
    pub(super) fn own(&self) -> Who {
        match (&self.me, &self.ticket) {
            (Some(me), _) => me.who(),
            (None, Some(ticket)) => Who::Ticket(ticket.clone()),
            (None, None) => Who::Unnamed(Side::Client),
        }
    }

    /// The client's address is known: so is whom its token stands for.
    fn show_ticket(&mut self, out: &mut Out) {
        if let (Some(me), Some(ticket), false) = (&self.me, &self.ticket, self.ticketed) {
            self.ticketed = true;
            out.emit(Event::Ticket(Ticketed { ticket: ticket.clone(), who: me.who() }));
        }
    }

    /// Whether an address is that of the client, on this device or another.
    pub(super) fn is_own(&self, jid: &Jid) -> bool {
        self.me.as_ref().is_some_and(|me| me.bare == jid.bare)
    }

    /// Who sent a stanza of `side`. What names nobody is from the side itself.
    pub(super) fn author(&self, side: Side, stanza: &Element<'_>) -> Who {
        let named = stanza.said("from").and_then(|from| self.who(&from));
        named.unwrap_or_else(|| match (self.kind, side) {
            (Kind::Client, Side::Client) => self.own(),
            (Kind::Client, Side::Server) => {
                let domain = self.domain.as_deref().and_then(Jid::read);
                domain.map_or(Who::Unnamed(side), |domain| domain.who())
            }
            _ => self.said(side).from.as_ref().map_or(Who::Unnamed(side), Jid::who),
        })
    }

    /// Whom a stanza of `side` is for.
    pub(super) fn reader(&self, side: Side, stanza: &Element<'_>) -> Option<Who> {
        let named = stanza.said("to").and_then(|to| self.who(&to));
        named.or_else(|| match (self.kind, side) {
            (Kind::Client, Side::Client) => None,
            (Kind::Client, Side::Server) => Some(self.own()),
            _ => Some(
                self.said(side.other())
                    .from
                    .as_ref()
                    .or(self.said(side).to.as_ref())
                    .map_or(Who::Unnamed(side.other()), Jid::who),
            ),
        })
    }

    /// Which part of its way something of this side is heard on.
    pub(super) fn leg(&self, side: Side) -> Leg {
        match (self.kind, side) {
            (Kind::Direct, _) => Leg::Direct,
            (Kind::Server | Kind::Component, _) => Leg::BetweenServers,
            (Kind::Client, Side::Client) => Leg::ToServer,
            (Kind::Client, Side::Server) => Leg::FromServer,
        }
    }

    /// Tells a secret; gives its number.
    pub(super) fn secret(
        &mut self,
        who: Who,
        kind: CredentialKind,
        mechanism: &'static str,
        strength: Strength,
        secret: &[u8],
        out: &mut Out,
    ) -> u32 {
        let (attempt, secret) = (self.asked.number(), Secret::new(secret));
        out.emit(Event::Credential(Credential { attempt, who, kind, mechanism, strength, secret }));
        attempt
    }

    /// Nothing more will come.
    pub(super) fn finish(&mut self, out: &mut Out) {
        self.files.inside.close(out);
        self.abandon(out);
        self.abandon_requests(out);
    }
}

/// A request that one may make before one has signed on.
fn is_sign_on(stanza: &Element<'_>) -> bool {
    stanza.children.iter().any(|what| matches!(what.ns, ns::AUTH | ns::REGISTER))
}

/// The name spaces of messages, presence and requests: none where the header says it, that of a wrapper
/// where a program forgot to say it.
fn is_stanza(space: &str) -> bool {
    matches!(space, "" | ns::CLIENT | ns::SERVER | ns::COMPONENT | ns::HTTP_BIND)
}
