//! Files inside the conversation itself: in-band bytestreams (XEP-0047), in base64, block by block.

use std::collections::VecDeque;

use data_encoding::BASE64;

use super::asked::LONGEST;
use super::element::Element;
use super::files::IBB;
use super::ns;
use super::talk::Talk;
use crate::event::Offer;
use crate::ymsg::carried::File;
use crate::{Out, Side};

/// Streams under way.
#[derive(Debug, Default)]
pub(super) struct Streams {
    open: VecDeque<Stream>,
}

#[derive(Debug)]
struct Stream {
    side: Side,
    name: String,
    file: File,
    /// Number of the next block.
    next: u16,
}

/// Streams at once; the oldest is told as far as it came.
const STREAMS: usize = 32;

impl Streams {
    fn place(&self, side: Side, name: &str) -> Option<usize> {
        self.open.iter().position(|stream| stream.side == side && stream.name == name)
    }

    /// Nothing more will come.
    pub(super) fn close(&mut self, out: &mut Out) {
        for Stream { file, .. } in self.open.drain(..) {
            let promised = file.is_promised();
            file.tell(promised, out);
        }
    }
}

impl Talk {
    /// `<open/>`, `<data/>` or `<close/>` of a stream.
    pub(super) fn in_band(&mut self, side: Side, stanza: &Element<'_>, out: &mut Out) {
        let Some(part) = stanza.space(ns::IBB) else { return };
        let name = part.attribute("sid").unwrap_or_default();
        match part.name {
            "open" => self.begin(side, stanza, &name, 0, out),
            "data" => self.block(side, stanza, &name, part, out),
            "close" => {
                // Either side may close it.
                let streams = &mut self.files.inside;
                let place = streams.place(side, &name).or(streams.place(side.other(), &name));
                if let Some(stream) = place.and_then(|place| streams.open.remove(place)) {
                    stream.file.tell(true, out);
                }
            }
            _ => {}
        }
    }

    /// A stream begins, or was begun before anybody listened.
    fn begin(&mut self, side: Side, stanza: &Element<'_>, name: &str, next: u16, out: &mut Out) {
        if name.len() > LONGEST {
            return;
        }
        let token = Some(name.to_owned());
        let unknown = Offer { token, ..self.offer(side, stanza, IBB) };
        let offered = self.files.of(name).map(|offered| offered.offer.clone());
        let offer = Offer { transport: IBB, leg: self.leg(side), ..offered.unwrap_or(unknown) };
        let mut file = File::of(offer.clone(), offer.size);
        if next > 0 {
            file.gap();
        }
        let streams = &mut self.files.inside.open;
        streams.push_back(Stream { side, name: name.to_owned(), file, next });
        if streams.len() > STREAMS
            && let Some(oldest) = streams.pop_front()
        {
            oldest.file.tell(false, out);
        }
    }

    fn block(
        &mut self,
        side: Side,
        stanza: &Element<'_>,
        name: &str,
        data: &Element<'_>,
        out: &mut Out,
    ) {
        let number = data.attribute("seq").and_then(|number| number.parse().ok()).unwrap_or(0);
        if self.files.inside.place(side, name).is_none() {
            self.begin(side, stanza, name, number, out);
        }
        let Some(place) = self.files.inside.place(side, name) else { return };
        let Some(stream) = self.files.inside.open.get_mut(place) else { return };
        let base64: Vec<u8> =
            data.text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        match BASE64.decode(&base64) {
            Ok(bytes) if number == stream.next => stream.file.hear(&bytes),
            Ok(bytes) => {
                stream.file.gap();
                stream.file.hear(&bytes);
            }
            Err(_) => {
                stream.file.gap();
                out.weird("xmpp_ibb_base64", "a block that is no base64");
            }
        }
        stream.next = number.wrapping_add(1);
    }
}
