//! Reads the two hellos, then nothing more.

use super::hello::{Hello, Kind, hello, unwrap};
use super::ja4::ja4;
use crate::event::{Event, Seal, Verdict};
use crate::{Dissector, Next, Out, Resume, Side, Step};

/// One handshake.
#[derive(Debug, Default)]
pub(super) struct Talk {
    seal: Seal,
    offered: bool,
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], _: &mut Out) -> Step {
        if !super::hello::may_be(input) {
            return match self.offered {
                true => self.sealed(),
                false => Step::Refuse("tls_no_handshake"),
            };
        }
        let taken = unwrap(input);
        match hello(&taken.body) {
            Ok((_, (Kind::Client, said))) => {
                self.client(&said);
                Step::Took { used: taken.used, want: 0 }
            }
            Ok((_, (Kind::Server, said))) => {
                self.seal.tls_version = version(&said);
                self.sealed()
            }
            Err(nom::Err::Incomplete(_))
                if !taken.stopped && input.len() <= super::hello::LONGEST =>
            {
                Step::Took { used: 0, want: input.len() + 1 }
            }
            Err(_) if side == Side::Server || self.offered => self.sealed(),
            Err(_) => Step::Refuse("tls_hello_malformed"),
        }
    }

    fn gap(&mut self, _: Side, _: u64, out: &mut Out) -> Resume {
        self.end(Side::Client, out);
        Resume::Quit
    }

    /// A handshake that was never answered still says whom the client asked for.
    fn end(&mut self, _: Side, out: &mut Out) {
        if std::mem::take(&mut self.offered) {
            out.emit(Event::Seal(self.seal.clone()));
        }
    }
}

impl Talk {
    fn client(&mut self, said: &Hello<'_>) {
        self.offered = true;
        self.seal.verdict = Verdict::Tls;
        self.seal.ja4 = Some(ja4(said));
        self.seal.server_name = said
            .server_name
            .filter(|name| !name.is_empty() && name.iter().all(u8::is_ascii_graphic))
            .map(|name| String::from_utf8_lossy(name).to_ascii_lowercase());
        self.seal.tls_version = version(said);
    }

    fn sealed(&mut self) -> Step {
        self.offered = false;
        self.seal.verdict = Verdict::Tls;
        let seal = self.seal.clone();
        let tls_version = seal.tls_version.or(Some("unknown"));
        Step::Became { used: 0, next: Next::Sealed(Seal { tls_version, ..seal }) }
    }
}

/// The version a hello settles on, or the highest it offers.
fn version(hello: &Hello<'_>) -> Option<&'static str> {
    let known = |version: u16| match version {
        0x0300 => Some("SSL 3.0"),
        0x0301 => Some("1.0"),
        0x0302 => Some("1.1"),
        0x0303 => Some("1.2"),
        0x0304 => Some("1.3"),
        _ => None,
    };
    hello
        .versions
        .iter()
        .copied()
        .filter(|v| known(*v).is_some())
        .max()
        .map_or_else(|| known(hello.version), known)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A `ClientHello` for `example.org` in two records, as RFC 8446 section 5.1 allows.
    fn client_hello() -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([0, 0, 2, 0x13, 1, 1, 0]);
        let mut extensions = vec![0, 0, 0, 16, 0, 14, 0, 0, 11];
        extensions.extend(b"example.org");
        extensions.extend([0, 43, 0, 3, 2, 3, 4]);
        body.extend([0, extensions.len() as u8]);
        body.extend(extensions);
        let mut message = vec![1, 0, 0, body.len() as u8];
        message.extend(body);
        let (one, two) = message.split_at(20);
        let mut stream = vec![22, 3, 1, 0, one.len() as u8];
        stream.extend(one);
        stream.extend([22, 3, 1, 0, two.len() as u8]);
        stream.extend(two);
        stream
    }

    #[test]
    fn a_hello_in_pieces_names_the_server_once_it_is_whole() {
        let hello = client_hello();
        for cut in 0..hello.len() {
            let (mut talk, mut out) = (Talk::default(), Out::new());
            if cut > 0 {
                let step = talk.read(Side::Client, &hello[..cut], &mut out);
                assert!(matches!(step, Step::Took { used: 0, .. }), "{step:?} at {cut}");
            }
            let step = talk.read(Side::Client, &hello, &mut out);
            assert_eq!(step, Step::Took { used: hello.len(), want: 0 });
            assert_eq!(talk.seal.server_name.as_deref(), Some("example.org"));
            assert_eq!(talk.seal.tls_version, Some("1.3"));
        }
    }

    #[test]
    fn what_is_no_handshake_is_refused_and_an_early_end_still_tells() {
        let (mut talk, mut out) = (Talk::default(), Out::new());
        assert!(matches!(talk.read(Side::Client, b"GET / HT", &mut out), Step::Refuse(_)));
        talk.read(Side::Client, &client_hello(), &mut out);
        talk.end(Side::Client, &mut out);
        assert_eq!(out.drain().count(), 1);
    }
}
