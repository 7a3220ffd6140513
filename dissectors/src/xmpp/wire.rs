//! A stream of XML cut into whole elements (RFC 6120 section 4): the tag that opens the stream, what
//! stands in it one element at a time, the tag that closes it.
//!
//! The cutter walks over every byte once, whatever pieces they come in, and remembers only where it
//! is and which elements are open. It knows quotes, comments, CDATA and instructions, so that a `<`
//! in one of them is none. After a loss, or behind what is no XML, it goes on at the next tag that can
//! only begin an element of the stream.

use std::borrow::Cow;

/// What stands at the beginning of the unread bytes of a side.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut<'a> {
    /// More bytes must come.
    Need,
    /// These bytes say nothing (blanks between elements, comments, the rest of what was lost), or are
    /// kept here from now on.
    Skip(usize),
    /// An item, and the unread bytes it takes.
    Item(Item<'a>, usize),
}

/// What a stream is made of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// The tag that opens a stream.
    Header(Cow<'a, [u8]>),
    /// A whole element.
    Element(Cow<'a, [u8]>),
    /// The tag that closes the stream.
    Footer,
    /// What no program should send, by the name it is counted under.
    Odd(&'static str),
}

/// Longest element, in bytes. Servers take at most 256 KiB from clients (Prosody's habit; ejabberd
/// takes less).
pub(super) const LONGEST: usize = 256 << 10;
/// Elements in each other. Messages that were forwarded twice need some fifteen.
pub(super) const DEEPEST: usize = 64;
/// Unread bytes that are left where they are; what is beyond is kept here.
const LEFT: usize = 32 << 10;

/// Cuts one side of a stream.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    /// The beginning of a long element.
    held: Vec<u8>,
    /// Unread bytes that were walked over.
    walked: usize,
    place: Place,
    /// Names of the open elements, as numbers.
    open: Vec<u64>,
    /// The next bytes may belong to anything.
    lost: bool,
    /// Text outside of elements was told since the last of them.
    stray: bool,
}

/// Where in the XML the walk stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// In text.
    #[default]
    Text,
    /// Behind `<`.
    Less,
    /// In the name of a tag, so far this number.
    Name { closes: bool, name: u64 },
    /// In a tag, behind its name; the last byte was a `/`.
    Tag { closes: bool, name: u64, slash: bool },
    /// In the value of an attribute.
    Value { closes: bool, name: u64, quote: u8 },
    /// Behind `<!`, and so many bytes that may begin a comment or CDATA.
    Bang(usize),
    /// In a comment, behind so many dashes.
    Comment(usize),
    /// In CDATA, behind so many brackets.
    Data(usize),
    /// In an instruction, behind a `?` or not.
    Instruction(bool),
    /// In a document type, in so many brackets.
    Type(usize),
}

/// What the walk came upon.
enum Met {
    /// Nothing that ends an item.
    On,
    /// The end of a tag that opens something, or is whole by itself.
    Opens {
        name: u64,
        empty: bool,
    },
    Closes(u64),
    /// The end of what is not for the reader.
    Aside,
    /// The end of a document type.
    Type,
}

impl Cutter {
    /// Nothing is half read.
    pub(super) fn at_rest(&self) -> bool {
        self.walked == 0 && self.held.is_empty()
    }

    /// Bytes were lost: what comes next may begin anywhere.
    pub(super) fn lose(&mut self) {
        *self = Self { lost: true, ..Self::default() };
    }

    /// The next thing at the beginning of `input`. To be called until it needs more.
    pub(super) fn next<'a>(&mut self, input: &'a [u8]) -> Cut<'a> {
        if self.at_rest() {
            let blank = memchr::memchr(b'<', input).unwrap_or(input.len());
            if blank > 0 {
                return self.between(input.get(..blank).unwrap_or_default());
            }
            if self.lost {
                match begins(input) {
                    Begins::Need => return Cut::Need,
                    Begins::No => return Cut::Skip(1),
                    Begins::Yes => self.lost = false,
                }
            }
            self.stray = false;
        }
        let room = LONGEST.saturating_sub(self.held.len());
        let window = input.get(..room).unwrap_or(input);
        while self.walked < window.len() {
            let met = self.step(window);
            if let Some(cut) = self.met(&met, input) {
                return cut;
            }
        }
        if window.len() == room {
            return self.give_up("xmpp_too_long", room);
        }
        if input.len() <= LEFT {
            return Cut::Need;
        }
        self.held.extend_from_slice(input);
        self.walked = 0;
        Cut::Skip(input.len())
    }

    /// Bytes between elements. Blanks keep a connection alive (RFC 6120 section 4.6.1); other text is
    /// told once.
    fn between<'a>(&mut self, text: &[u8]) -> Cut<'a> {
        let blank = text.iter().all(u8::is_ascii_whitespace) || self.lost;
        if blank || std::mem::replace(&mut self.stray, true) {
            return Cut::Skip(text.len());
        }
        Cut::Item(Item::Odd("xmpp_stray_text"), text.len())
    }

    /// What was met may end an item.
    fn met<'a>(&mut self, met: &Met, input: &'a [u8]) -> Option<Cut<'a>> {
        let outside = self.open.is_empty();
        match *met {
            Met::Aside if outside => return Some(Cut::Skip(self.drop())),
            Met::On | Met::Aside | Met::Opens { empty: true, .. } => {}
            Met::Type if outside => {
                return Some(Cut::Item(Item::Odd("xmpp_document_type"), self.drop()));
            }
            Met::Type => return Some(self.give_up("xmpp_document_type", self.walked)),
            Met::Opens { name, .. } => return self.opens(name, input),
            Met::Closes(name) => match self.open.pop() {
                None => return Some(self.unopened(input)),
                Some(opened) if opened != name => {
                    return Some(self.give_up("xmpp_not_well_formed", self.walked));
                }
                Some(_) => {}
            },
        }
        let ends = matches!(met, Met::Opens { .. } | Met::Closes(_)) && self.open.is_empty();
        if !ends {
            return None;
        }
        let (item, used) = self.take(input);
        Some(Cut::Item(Item::Element(item), used))
    }

    /// A tag that opens something: the stream, or an element.
    fn opens<'a>(&mut self, name: u64, input: &'a [u8]) -> Option<Cut<'a>> {
        let head = input.get(..self.walked).unwrap_or_default();
        if self.open.is_empty() && self.held.is_empty() && opens_stream(head) {
            let (item, used) = self.take(input);
            return Some(Cut::Item(Item::Header(item), used));
        }
        if self.open.len() >= DEEPEST {
            return Some(self.give_up("xmpp_too_deep", self.walked));
        }
        self.open.push(name);
        None
    }

    /// A tag that closes what was never opened: the stream itself, or what a loss cut off.
    fn unopened<'a>(&mut self, input: &[u8]) -> Cut<'a> {
        let footer = input.get(..self.walked).and_then(|tag| tag.strip_prefix(b"</"));
        let ends = footer.is_some_and(is_stream);
        let used = self.drop();
        if ends { Cut::Item(Item::Footer, used) } else { Cut::Skip(used) }
    }

    /// The item at hand, whole, and the unread bytes it takes.
    fn take<'a>(&mut self, input: &'a [u8]) -> (Cow<'a, [u8]>, usize) {
        let last = input.get(..self.walked).unwrap_or_default();
        let mut held = std::mem::take(&mut self.held);
        let item = if held.is_empty() {
            Cow::Borrowed(last)
        } else {
            held.extend_from_slice(last);
            Cow::Owned(held)
        };
        (item, self.drop())
    }

    /// What was walked over is done with; gives how much it is.
    fn drop(&mut self) -> usize {
        self.place = Place::Text;
        self.held = Vec::new();
        std::mem::take(&mut self.walked)
    }

    /// The item at hand cannot be read: what begins behind `used` bytes may belong to it.
    fn give_up<'a>(&mut self, why: &'static str, used: usize) -> Cut<'a> {
        self.lose();
        Cut::Item(Item::Odd(why), used)
    }

    /// Walks to the next byte that means something.
    fn step(&mut self, window: &[u8]) -> Met {
        let rest = window.get(self.walked..).unwrap_or_default();
        let stop = match self.place {
            Place::Text => memchr::memchr(b'<', rest),
            Place::Value { quote, .. } => memchr::memchr(quote, rest),
            _ => Some(0),
        };
        let Some(byte) = stop.and_then(|stop| rest.get(stop)) else {
            self.walked = window.len();
            return Met::On;
        };
        self.walked += stop.unwrap_or_default() + 1;
        let (place, met) = walk(self.place, *byte);
        self.place = place;
        met
    }
}

/// One byte further.
fn walk(place: Place, byte: u8) -> (Place, Met) {
    let place = match place {
        Place::Text => Place::Less,
        Place::Less => match byte {
            b'/' => Place::Name { closes: true, name: SEED },
            b'!' => Place::Bang(0),
            b'?' => Place::Instruction(false),
            _ => return name(false, SEED, byte),
        },
        Place::Name { closes, name: known } => return name(closes, known, byte),
        Place::Tag { closes, name, slash } => return tag(closes, name, slash, byte),
        Place::Value { closes, name, .. } => Place::Tag { closes, name, slash: false },
        Place::Bang(known) => bang(known, byte),
        Place::Comment(dashes) => match byte {
            b'>' if dashes >= 2 => return (Place::Text, Met::Aside),
            b'-' => Place::Comment(dashes + 1),
            _ => Place::Comment(0),
        },
        // CDATA is text: it ends no item.
        Place::Data(brackets) => match byte {
            b'>' if brackets >= 2 => Place::Text,
            b']' => Place::Data(brackets + 1),
            _ => Place::Data(0),
        },
        Place::Instruction(true) if byte == b'>' => return (Place::Text, Met::Aside),
        Place::Instruction(_) => Place::Instruction(byte == b'?'),
        Place::Type(0) if byte == b'>' => return (Place::Text, Met::Type),
        Place::Type(brackets) => match byte {
            b'[' => Place::Type(brackets + 1),
            b']' => Place::Type(brackets.saturating_sub(1)),
            _ => Place::Type(brackets),
        },
    };
    (place, Met::On)
}

fn name(closes: bool, name: u64, byte: u8) -> (Place, Met) {
    if matches!(byte, b'>' | b'/' | b'"' | b'\'') || byte.is_ascii_whitespace() {
        return tag(closes, name, false, byte);
    }
    // FNV-1a.
    let name = (name ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    (Place::Name { closes, name }, Met::On)
}

fn tag(closes: bool, name: u64, slash: bool, byte: u8) -> (Place, Met) {
    match byte {
        b'>' if closes => (Place::Text, Met::Closes(name)),
        b'>' => (Place::Text, Met::Opens { name, empty: slash }),
        b'"' | b'\'' => (Place::Value { closes, name, quote: byte }, Met::On),
        _ => (Place::Tag { closes, name, slash: byte == b'/' }, Met::On),
    }
}

/// Behind `<!`: a comment, CDATA, or a document type.
fn bang(known: usize, byte: u8) -> Place {
    match (known, byte) {
        (0, b'-') => Place::Bang(DASH),
        (DASH, b'-') => Place::Comment(0),
        (DASH, _) => Place::Type(0),
        (known, byte) if CDATA.get(known) == Some(&byte) => {
            if known + 1 == CDATA.len() {
                Place::Data(0)
            } else {
                Place::Bang(known + 1)
            }
        }
        (_, b'[') => Place::Type(1),
        _ => Place::Type(0),
    }
}

const CDATA: &[u8] = b"[CDATA[";
/// Not a place in [`CDATA`]: one dash of a comment was read.
const DASH: usize = usize::MAX;
/// FNV-1a's beginning.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// Whether a whole tag opens a stream, whatever the prefix of its name.
pub(super) fn opens_stream(tag: &[u8]) -> bool {
    tag.strip_prefix(b"<").is_some_and(is_stream)
}

/// Whether a name, and what stands behind it, is that of a stream.
fn is_stream(name: &[u8]) -> bool {
    let end = name.iter().position(|byte| !is_name(*byte)).unwrap_or(name.len());
    let name = name.get(..end).unwrap_or_default();
    name == b"stream" || name.ends_with(b":stream")
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.') || !byte.is_ascii()
}

/// Whether bytes begin an element of a stream.
enum Begins {
    Yes,
    No,
    Need,
}

fn begins(input: &[u8]) -> Begins {
    let mut need = false;
    for start in STARTS {
        let behind = input.strip_prefix(*start).map(|rest| rest.first());
        match behind {
            // The name ends here, or the prefix does.
            Some(Some(byte)) if !is_name(*byte) || start.ends_with(b":") => return Begins::Yes,
            Some(None) => need = true,
            _ => need |= start.starts_with(input),
        }
    }
    if need { Begins::Need } else { Begins::No }
}

/// What may stand directly in a stream. An element of one of these names within another element is
/// one that was forwarded, which is told all the same.
const STARTS: &[&[u8]] = &[
    b"<message",
    b"<iq",
    b"<presence",
    b"<stream:",
    b"</stream:",
    b"<auth",
    b"<response",
    b"<challenge",
    b"<success",
    b"<failure",
    b"<starttls",
    b"<proceed",
    b"<db:",
    b"<handshake",
];
