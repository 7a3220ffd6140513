//! One Direct IM conversation: the same frames both ways.

use data_encoding::HEXLOWER;

use super::images::{self, Tag};
use super::wire::{self, Header};
use crate::content::Passing;
use crate::event::{
    Carried, Carries, Event, Leg, Message, MessageKind, Offer, OfferState, Protection, Typing,
};
use crate::oscar::{icbm, people};
use crate::scan::Prefix;
use crate::{Account, Dissector, Out, Resume, Side, Step, Text, Who};

/// What is known of the conversation.
#[derive(Debug, Default)]
pub(super) struct Talk {
    client: Half,
    server: Half,
    /// The offer's cookie in hex.
    token: Option<String>,
}

/// One side of it.
#[derive(Debug, Default)]
struct Half {
    name: Option<Account>,
    place: Place,
    /// Numbers and names of the images the last text shows.
    named: Vec<(String, String)>,
    /// Bytes of payload that are still to come.
    left: u64,
    charset: u16,
    auto_reply: bool,
}

/// Where a side is.
#[derive(Debug, Default)]
enum Place {
    /// Before a header.
    #[default]
    Header,
    /// In a text.
    Text,
    /// Between images.
    Tags,
    /// In an image.
    Image { name: String, size: u64, passing: Passing },
    /// In the rest of a payload.
    Rest,
    /// Nowhere: a header is looked for.
    Lost,
}

/// Longest text, in bytes.
const LONGEST: usize = 32 << 10;

/// Bytes taken, or those taken and those wanted before there can be more.
type Took = Result<usize, (usize, usize)>;

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let took = match self.half(side).place {
                Place::Header => self.header(side, rest, out),
                Place::Text => self.text(side, rest, out),
                Place::Tags => self.tag(side, rest, out),
                Place::Image { .. } => Ok(self.image(side, rest, out)),
                Place::Rest => Ok(self.half(side).skip(rest)),
                Place::Lost => self.resync(side, rest),
            };
            match took {
                Ok(took) => used += took,
                Err((took, want)) => return Step::Took { used: used + took, want },
            }
        }
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, side: Side, lost: u64, out: &mut Out) -> Resume {
        let half = self.half(side);
        match &mut half.place {
            Place::Image { size, passing, .. } if lost < size.saturating_sub(passing.passed()) => {
                passing.lose(lost);
                half.left = half.left.saturating_sub(lost);
            }
            Place::Rest if lost < half.left => half.left -= lost,
            _ => {
                self.deliver(side, out);
                self.half(side).place = Place::Lost;
            }
        }
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        self.deliver(side, out);
    }
}

impl Half {
    /// `taken` bytes of payload are done with; without any left a header follows.
    fn take(&mut self, taken: usize, then: Place) {
        self.left = self.left.saturating_sub(taken as u64);
        self.place = if self.left == 0 { Place::Header } else { then };
    }

    fn skip(&mut self, rest: &[u8]) -> usize {
        let length = within(rest, self.left).len();
        self.take(length, Place::Rest);
        length
    }
}

impl Talk {
    fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    fn who(&mut self, side: Side) -> Who {
        self.half(side).name.clone().map_or(Who::Unnamed(side), Who::Account)
    }

    /// Looks for a header.
    fn resync(&mut self, side: Side, rest: &[u8]) -> Took {
        for at in memchr::memchr_iter(b'O', rest) {
            match wire::looks(rest.get(at..).unwrap_or_default()) {
                Prefix::Is => {
                    self.half(side).place = Place::Header;
                    return Ok(at);
                }
                Prefix::MayBe => return Err((at, wire::DEPTH)),
                Prefix::Not => {}
            }
        }
        Err((rest.len(), 0))
    }

    fn header(&mut self, side: Side, rest: &[u8], out: &mut Out) -> Took {
        match wire::next(rest) {
            wire::Next::Header(header, length) => {
                self.hear(side, &header, out);
                Ok(length)
            }
            wire::Next::Wants(want) => Err((0, want)),
            wire::Next::Nonsense => {
                out.weird("odc_lost", "bytes that are no header; looking for the next one");
                self.half(side).place = Place::Lost;
                Ok(0)
            }
        }
    }

    fn hear(&mut self, side: Side, header: &Header<'_>, out: &mut Out) {
        self.token = Some(HEXLOWER.encode(header.cookie()));
        let half = self.half(side);
        if !header.name().is_empty() {
            half.name = Some(people::account(header.name()));
        }
        half.left = header.payload();
        half.charset = header.charset();
        half.auto_reply = header.is_auto_reply();
        half.named.clear();
        half.place = if half.left == 0 { Place::Header } else { Place::Text };
        if let Some(state) = header.typing() {
            let (from, to) = (self.who(side), vec![self.who(side.other())]);
            out.emit(Event::Typing(Typing { from, to, room: None, state }));
        }
    }

    /// A text ends with its payload, or where images begin.
    fn text(&mut self, side: Side, rest: &[u8], out: &mut Out) -> Took {
        let left = self.half(side).left;
        let whole = usize::try_from(left).unwrap_or(usize::MAX);
        let window = within(rest, left.min(LONGEST as u64));
        let (text, taken, then) = match memchr::memmem::find(window, images::BEGIN) {
            Some(end) => (window.get(..end), end + images::BEGIN.len(), Place::Tags),
            None if window.len() == whole => (Some(window), whole, Place::Rest),
            None if window.len() < LONGEST => return Err((0, 0)),
            None => {
                out.weird("odc_text_too_long", format_args!("{left} bytes of payload"));
                (Some(window), window.len(), Place::Rest)
            }
        };
        self.say(side, text.unwrap_or_default(), out);
        self.half(side).take(taken, then);
        Ok(taken)
    }

    fn say(&mut self, side: Side, bytes: &[u8], out: &mut Out) {
        let text = icbm::decode(self.half(side).charset, bytes);
        if text.is_empty() {
            return;
        }
        self.half(side).named = images::named(text.expose());
        let (text, markup) = icbm::read(text);
        let kind = match self.half(side).auto_reply {
            true => MessageKind::AutoReply,
            false => MessageKind::Im,
        };
        out.emit(Event::Message(Message {
            from: self.who(side),
            to: vec![self.who(side.other())],
            room: None,
            kind,
            text,
            markup,
            leg: Leg::Direct,
            protection: Protection::None,
        }));
    }

    fn tag(&mut self, side: Side, rest: &[u8], out: &mut Out) -> Took {
        let half = self.half(side);
        match images::next(rest, half.left) {
            images::Next::Tag(Tag::Data(id, bytes), length) => {
                let name = half.named.iter().find(|(named, _)| *named == id);
                let name = name.map(|(_, name)| name.clone()).unwrap_or_default();
                half.take(length, Place::Image { name, size: bytes, passing: Passing::default() });
                if bytes == 0 || half.left == 0 {
                    half.place = if half.left == 0 { Place::Header } else { Place::Tags };
                }
                Ok(length)
            }
            images::Next::Tag(Tag::Other, length) => {
                half.take(length, Place::Tags);
                Ok(length)
            }
            images::Next::Wants => Err((0, 0)),
            images::Next::Nonsense => {
                out.weird("odc_image", "bytes that are no image where one was due");
                half.place = Place::Rest;
                Ok(0)
            }
        }
    }

    fn image(&mut self, side: Side, rest: &[u8], out: &mut Out) -> usize {
        let half = self.half(side);
        let Place::Image { size, passing, .. } = &mut half.place else { return rest.len() };
        let due = size.saturating_sub(passing.passed()).min(half.left);
        let bytes = within(rest, due);
        passing.hear(bytes);
        half.left = half.left.saturating_sub(bytes.len() as u64);
        if passing.passed() == *size || half.left == 0 {
            self.deliver(side, out);
        }
        bytes.len()
    }

    /// The image at hand is over.
    fn deliver(&mut self, side: Side, out: &mut Out) {
        let (from, to, token) = (self.who(side), self.who(side.other()), self.token.clone());
        let half = self.half(side);
        let then = if half.left == 0 { Place::Header } else { Place::Tags };
        if !matches!(half.place, Place::Image { .. }) {
            return;
        }
        let Place::Image { name, size, passing } = std::mem::replace(&mut half.place, then) else {
            return;
        };
        let whole = passing.passed() == size && passing.is_whole();
        let offer = Offer {
            from,
            to: vec![to],
            room: None,
            carries: Carries::Wrapped,
            transport: super::FACTS.name,
            name: Text::new(name),
            size: Some(size),
            offset: 0,
            token,
            endpoint: None,
            listener: None,
            state: if whole { OfferState::Complete } else { OfferState::Truncated },
            leg: Leg::Direct,
        };
        let content = passing.content();
        out.emit(Event::Carried(Carried { network: Some("aim"), offer, content }));
    }
}

/// The first `most` bytes, or all.
fn within(bytes: &[u8], most: u64) -> &[u8] {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    bytes.get(..most).unwrap_or(bytes)
}
