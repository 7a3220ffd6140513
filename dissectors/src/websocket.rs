//! WebSocket (RFC 6455) as a carrier: frames of one side to the messages in them, for every protocol
//! that travels in them. The handshake is HTTP's ([`crate::http::wire`]); what a message says is for
//! its protocol to know.
//!
//! What a client sends is scrambled with a key that stands before it, which is undone. Messages may
//! come in several frames, with others about the connection itself between them. Messages that are
//! compressed (RFC 7692) are not read; they are met as [`Cut::Deflated`].

/// What stands at the beginning of the unread bytes of a side.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// More bytes must come.
    Need,
    /// These bytes are a part of something, and kept here as far as they are worth it.
    Took(usize),
    /// A message is whole.
    Message(Vec<u8>, usize),
    /// A message is over that was compressed.
    Deflated(usize),
    /// A message is over that was too long to be kept, or lost in part.
    Lost(usize),
    /// The side takes its leave.
    Close(usize),
    /// No frame; nothing more can be read of this side.
    Malformed,
}

/// Reads the frames of one side.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// The frame at hand, behind its head.
    frame: Option<Frame>,
    /// The message at hand, as far as it came.
    message: Option<Message>,
    broken: bool,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    /// It is about the connection: ping, pong, close.
    control: bool,
    closes: bool,
    /// It is the last of its message.
    last: bool,
    mask: [u8; 4],
    /// Bytes read of it, which decide where in the mask one is, and bytes to come.
    read: u64,
    left: u64,
}

#[derive(Debug, Default)]
struct Message {
    bytes: Vec<u8>,
    deflated: bool,
    lost: bool,
}

/// Longest message that is kept, in bytes.
const LONGEST: usize = 256 << 10;
/// Longest frame about the connection (RFC 6455 section 5.5).
const CONTROL: u64 = 125;

impl Reader {
    /// The next thing at the beginning of `input`. To be called until it needs more.
    pub(crate) fn next(&mut self, input: &[u8]) -> Cut {
        if self.broken {
            return Cut::Malformed;
        }
        let Some(frame) = self.frame else { return self.head(input) };
        if frame.left > 0 && input.is_empty() {
            return Cut::Need;
        }
        let here = usize::try_from(frame.left).unwrap_or(usize::MAX).min(input.len());
        self.hear(frame, input.get(..here).unwrap_or_default());
        let (read, left) = (frame.read + here as u64, frame.left - here as u64);
        if left > 0 {
            self.frame = Some(Frame { read, left, ..frame });
            return Cut::Took(here);
        }
        self.frame = None;
        self.over(frame, here)
    }

    /// `lost` bytes were never seen. Within a frame only its message is lost; otherwise nothing tells
    /// where the next frame begins.
    pub(crate) fn gap(&mut self, lost: u64) {
        match &mut self.frame {
            Some(frame) if lost <= frame.left => {
                frame.read += lost;
                frame.left -= lost;
                self.message.get_or_insert_default().lost = true;
            }
            _ => self.broken = true,
        }
    }

    /// A frame's head: flags and kind, length, mask.
    fn head(&mut self, input: &[u8]) -> Cut {
        let [flags, length, rest @ ..] = input else { return Cut::Need };
        let (length, rest) = match length & 0x7f {
            126 => match rest.split_first_chunk() {
                Some((bytes, rest)) => (u64::from(u16::from_be_bytes(*bytes)), rest),
                None => return Cut::Need,
            },
            127 => match rest.split_first_chunk() {
                Some((bytes, rest)) => (u64::from_be_bytes(*bytes), rest),
                None => return Cut::Need,
            },
            short => (u64::from(short), rest),
        };
        let masked = input.get(1).is_some_and(|second| second & 0x80 != 0);
        let (mask, rest) = match rest.split_first_chunk() {
            Some((mask, rest)) if masked => (*mask, rest),
            None if masked => return Cut::Need,
            _ => ([0; 4], rest),
        };
        let (kind, last, deflated) = (flags & 0x0f, flags & 0x80 != 0, flags & 0x40 != 0);
        let control = kind & 0x08 != 0;
        // Reserved bits and kinds, and a length no file has.
        let odd = flags & 0x30 != 0 || matches!(kind, 3..=7 | 11..) || length > u64::MAX >> 1;
        if odd || control && (length > CONTROL || !last) {
            self.broken = true;
            return Cut::Malformed;
        }
        if matches!(kind, 1 | 2) {
            self.message = Some(Message { deflated, ..Message::default() });
        }
        self.frame = Some(Frame { control, closes: kind == 8, last, mask, read: 0, left: length });
        Cut::Took(input.len() - rest.len())
    }

    fn hear(&mut self, frame: Frame, bytes: &[u8]) {
        if frame.control {
            return;
        }
        let message = self.message.get_or_insert_default();
        if message.bytes.len() + bytes.len() > LONGEST {
            message.lost = true;
            message.bytes = Vec::new();
        }
        if message.lost || message.deflated {
            return;
        }
        let keys = frame.mask.iter().cycle().skip(usize::from((frame.read % 4) as u8));
        message.bytes.extend(bytes.iter().zip(keys).map(|(byte, key)| byte ^ key));
    }

    /// A frame is over, and perhaps its message.
    fn over(&mut self, frame: Frame, used: usize) -> Cut {
        match (frame.closes, frame.control || !frame.last, self.message.take()) {
            (true, ..) => Cut::Close(used),
            (false, true, message) => {
                self.message = message;
                Cut::Took(used)
            }
            (false, false, Some(Message { deflated: true, .. })) => Cut::Deflated(used),
            (false, false, Some(Message { lost: false, bytes, .. })) => Cut::Message(bytes, used),
            _ => Cut::Lost(used),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything met in `stream`, in pieces of this size.
    fn met(stream: &[u8], piece: usize) -> Vec<Cut> {
        let (mut reader, mut unread, mut met) = (Reader::default(), Vec::new(), Vec::new());
        for piece in stream.chunks(piece) {
            unread.extend_from_slice(piece);
            loop {
                let cut = reader.next(&unread);
                let used = match &cut {
                    Cut::Need | Cut::Malformed => break,
                    Cut::Took(used)
                    | Cut::Message(_, used)
                    | Cut::Deflated(used)
                    | Cut::Lost(used)
                    | Cut::Close(used) => *used,
                };
                unread.drain(..used);
                match cut {
                    Cut::Took(_) => {}
                    Cut::Message(bytes, _) => met.push(Cut::Message(bytes, 0)),
                    Cut::Deflated(_) => met.push(Cut::Deflated(0)),
                    Cut::Lost(_) => met.push(Cut::Lost(0)),
                    other => met.push(other),
                }
            }
        }
        met
    }

    #[test]
    fn masked_and_divided_messages_are_put_together() {
        // RFC 6455 section 5.7: "Hello", masked; then in two frames with a ping between them.
        let masked = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
        let divided = b"\x01\x03Hel\x89\x02hi\x80\x02lo";
        let stream = [&masked[..], divided, b"\x81\x00", b"\x88\x02\x03\xe8"].concat();
        for piece in [1, 2, 7, 100] {
            let told = met(&stream, piece);
            assert_eq!(told[0], Cut::Message(b"Hello".to_vec(), 0));
            assert_eq!(told[1], Cut::Message(b"Hello".to_vec(), 0));
            assert_eq!(told[2], Cut::Message(Vec::new(), 0));
            assert!(matches!(told[3], Cut::Close(_)) && told.len() == 4, "{told:?}");
        }
    }

    #[test]
    fn what_is_not_kept_is_noticed() {
        assert_eq!(met(b"\xc1\x01x", 9), [Cut::Deflated(0)]);
        let mut long = b"\x82\x7f\0\0\0\0\0\x10\0\0".to_vec();
        long.resize(long.len() + (1 << 20), 0);
        long.extend_from_slice(b"\x81\x02ok");
        assert_eq!(met(&long, 4096), [Cut::Lost(0), Cut::Message(b"ok".to_vec(), 0)]);
        for wrong in [&b"\x83\x00"[..], b"\x09\x00", b"\x89\x7e\x01\x00", b"GET "] {
            let mut reader = Reader::default();
            assert_eq!(reader.next(wrong), Cut::Malformed);
            assert_eq!(reader.next(b"\x81\x00"), Cut::Malformed);
        }
    }

    #[test]
    fn a_loss_costs_its_message() {
        let mut reader = Reader::default();
        assert_eq!(reader.next(b"\x81\x05ab"), Cut::Took(2));
        assert_eq!(reader.next(b"ab"), Cut::Took(2));
        reader.gap(2);
        assert_eq!(reader.next(b"e"), Cut::Lost(1));
        assert_eq!(reader.next(b"\x81\x00"), Cut::Took(2));
        assert_eq!(reader.next(b""), Cut::Message(Vec::new(), 0));
        reader.gap(1);
        assert_eq!(reader.next(b"\x81\x00"), Cut::Malformed);
    }
}
