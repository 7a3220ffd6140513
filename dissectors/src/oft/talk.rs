//! One OFT conversation: headers both ways, content one way.

use data_encoding::HEXLOWER;

use super::checksum::Checksum;
use super::names;
use super::wire::{self, Header, Next};
use crate::content::Passing;
use crate::event::{Carried, Carries, Event, Leg, Offer, OfferState};
use crate::scan::Prefix;
use crate::{Dissector, Out, Resume, Side, Step, Text, Who};

/// What is known of the conversation.
#[derive(Debug, Default)]
pub(super) struct Talk {
    lost: (bool, bool),
    /// The offer's cookie in hex.
    token: Option<String>,
    /// The file at hand.
    file: Option<File>,
}

/// A file, from its prompt to its end.
#[derive(Debug)]
struct File {
    side: Side,
    name: Text,
    size: u64,
    checksum: u32,
    offset: u64,
    /// Its content may come now, whatever it begins with.
    accepted: bool,
    passing: Passing,
    sum: Checksum,
}

impl File {
    /// Bytes that are still to come.
    fn left(&self) -> u64 {
        self.size.saturating_sub(self.offset).saturating_sub(self.passing.passed())
    }
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let took = if *self.lost(side) {
                self.resync(side, rest)
            } else if self.is_content(side, rest) {
                Ok(self.content(rest, out))
            } else {
                self.header(side, rest, out)
            };
            match took {
                Ok(took) => used += took,
                Err((took, want)) => return Step::Took { used: used + took, want },
            }
        }
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, side: Side, lost: u64, out: &mut Out) -> Resume {
        match &mut self.file {
            Some(file) if file.side == side && file.accepted && lost <= file.left() => {
                file.passing.lose(lost);
                if file.left() == 0 {
                    self.finish(out);
                }
            }
            Some(file) if file.side == side => {
                self.finish(out);
                *self.lost(side) = true;
            }
            _ => *self.lost(side) = true,
        }
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        if self.file.as_ref().is_some_and(|file| file.side == side) {
            self.finish(out);
        }
    }
}

/// Bytes taken, or those taken and those wanted before there can be more.
type Took = Result<usize, (usize, usize)>;

impl Talk {
    fn lost(&mut self, side: Side) -> &mut bool {
        match side {
            Side::Client => &mut self.lost.0,
            Side::Server => &mut self.lost.1,
        }
    }

    /// Looks for a header.
    fn resync(&mut self, side: Side, rest: &[u8]) -> Took {
        for at in memchr::memchr_iter(b'O', rest) {
            match wire::looks(rest.get(at..).unwrap_or_default()) {
                Prefix::Is => {
                    *self.lost(side) = false;
                    return Ok(at);
                }
                Prefix::MayBe => return Err((at, wire::DEPTH)),
                Prefix::Not => {}
            }
        }
        Err((rest.len(), 0))
    }

    /// Whether what comes is content of the file at hand. Its reader's consent may not have been
    /// heard: then content is what does not begin like a header.
    fn is_content(&self, side: Side, rest: &[u8]) -> bool {
        self.file.as_ref().is_some_and(|file| {
            let due = file.side == side && file.left() > 0;
            due && (file.accepted || wire::looks(rest) == Prefix::Not)
        })
    }

    fn content(&mut self, rest: &[u8], out: &mut Out) -> usize {
        let Some(file) = &mut self.file else { return rest.len() };
        let length = usize::try_from(file.left()).unwrap_or(usize::MAX).min(rest.len());
        let bytes = rest.get(..length).unwrap_or_default();
        file.accepted = true;
        file.passing.hear(bytes);
        file.sum.hear(bytes);
        if file.left() == 0 {
            self.finish(out);
        }
        length
    }

    fn header(&mut self, side: Side, rest: &[u8], out: &mut Out) -> Took {
        match wire::next(rest) {
            Next::Header(header, length) => {
                self.hear(side, &header, out);
                Ok(length)
            }
            Next::Wants(want) => Err((0, want)),
            Next::Nonsense => {
                out.weird("oft_lost", "bytes that are no header; looking for the next one");
                *self.lost(side) = true;
                Ok(0)
            }
        }
    }

    fn hear(&mut self, side: Side, header: &Header<'_>, out: &mut Out) {
        if let Some(cookie) = header.cookie() {
            self.token = Some(HEXLOWER.encode(cookie));
        }
        let reader = self.file.as_ref().is_some_and(|file| file.side != side);
        match (header.kind(), &mut self.file) {
            (wire::PROMPT | wire::LIST_PROMPT, _) => self.prompt(side, header, out),
            (wire::ACK | wire::RESUME_ACK | wire::LIST_ACK, Some(file)) if reader => {
                file.accepted = true;
                if file.left() == 0 {
                    self.finish(out);
                }
            }
            (wire::RESUME_ACCEPT, Some(file)) if !reader && !file.accepted => {
                file.offset = u64::from(header.received()).min(file.size);
            }
            // A resumption waits for its sender's word, an end says what was counted here, and what is
            // asked for by name is then offered.
            (
                wire::RESUME
                | wire::DONE
                | wire::ACK
                | wire::RESUME_ACK
                | wire::RESUME_ACCEPT
                | wire::LIST_ACK
                | wire::LIST_BROKEN
                | wire::LIST_DONE
                | wire::FETCH,
                _,
            ) => {}
            (kind, _) => out.weird("oft_kind", format_args!("{kind:#06x}")),
        }
    }

    /// A file is to come.
    fn prompt(&mut self, side: Side, header: &Header<'_>, out: &mut Out) {
        self.finish(out);
        let name = header.name();
        if names::leads_out(name.expose()) {
            out.weird("oft_name_leads_out", "the file's name leaves its folder");
        }
        if names::poses(name.expose()) {
            out.weird("oft_name_poses", "the file's name looks like another kind of file");
        }
        if header.is_packed() {
            out.weird("oft_packed", "the content is packed or encrypted");
        }
        if header.files_left() == 0 {
            out.weird("oft_files_left", "a file when none are left");
        }
        self.file = Some(File {
            side,
            name,
            size: u64::from(header.size()),
            checksum: header.checksum(),
            offset: 0,
            accepted: false,
            passing: Passing::default(),
            sum: Checksum::default(),
        });
    }

    /// The file at hand is over.
    fn finish(&mut self, out: &mut Out) {
        let Some(file) = self.file.take() else { return };
        let over = file.left() == 0;
        let whole = over && file.passing.is_whole();
        let sum = file.sum.value();
        // A resumed file's checksum covers what was sent another time; zero is none.
        if whole && file.offset == 0 && file.checksum != 0 && file.checksum != sum {
            let stated = file.checksum;
            out.weird("oft_checksum", format_args!("{sum:#010x}, stated as {stated:#010x}"));
        }
        let offer = Offer {
            from: Who::Unnamed(file.side),
            to: vec![Who::Unnamed(file.side.other())],
            room: None,
            carries: Carries::Wrapped,
            transport: super::FACTS.name,
            name: file.name,
            size: Some(file.size),
            offset: file.offset,
            token: self.token.clone(),
            endpoint: None,
            listener: None,
            state: if whole { OfferState::Complete } else { OfferState::Truncated },
            leg: Leg::Direct,
        };
        let content = file.passing.content();
        out.emit(Event::Carried(Carried { network: Some("aim"), offer, content }));
    }
}
