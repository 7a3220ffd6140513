//! SASL inside AUTHENTICATE (`IRCv3` SASL 3.1 and 3.2): base64 in pieces of 400 bytes.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::asked::Question;
use super::talk::{Talk, Told};
use super::wire::Line;
use crate::Out;
use crate::sasl::{Exchange, Said, named};

/// An exchange as far as it was heard.
#[derive(Debug, Default)]
pub(super) struct Sasl {
    exchange: Exchange,
    /// Base64 of the client's answer, and of the server's challenge, not whole yet.
    client: Vec<u8>,
    server: Vec<u8>,
    /// The account of reply 900.
    pub(super) account: Option<String>,
}

impl Sasl {
    /// Forgets the exchange.
    pub(super) fn done(&mut self) {
        *self = Self::default();
    }

    /// Bytes were lost: an unfinished answer can no longer be read.
    pub(super) fn lost(&mut self) {
        self.client.clear();
        self.server.clear();
    }

    /// The mechanism of an exchange that showed no secret.
    pub(super) fn unproven(&self) -> Option<&'static str> {
        self.exchange.unproven()
    }

    /// A piece of the server's challenge.
    pub(super) fn challenge(&mut self, piece: &[u8]) {
        if let Some(challenge) = join(&mut self.server, piece) {
            self.exchange.challenge(challenge);
        }
    }
}

impl Talk {
    /// AUTHENTICATE of the client: the mechanism's name, then its answers.
    pub(super) fn sasl_client(&mut self, line: &Line<'_>, out: &mut Out) {
        let piece = line.param(0);
        if let Some(mechanism) = named(piece).filter(|_| self.sasl.client.is_empty()) {
            let account = self.sasl.account.take();
            let exchange = Exchange::begin(mechanism);
            self.sasl = Sasl { exchange, account, ..Sasl::default() };
            return;
        }
        if piece == b"*" {
            self.sasl.lost();
            return;
        }
        if self.sasl.exchange.mechanism().is_none() {
            out.weird("irc_sasl", "an answer without a known mechanism");
            return;
        }
        let Some(answer) = join(&mut self.sasl.client, piece).map(Zeroizing::new) else { return };
        match self.sasl.exchange.answer(&answer) {
            Said::Nothing => {}
            Said::Wrong => out.weird("irc_sasl", "an answer that is not of its mechanism"),
            Said::Proof(mechanism, proof) => {
                let told = Told {
                    question: Question::Sasl,
                    name: proof.name,
                    kind: proof.kind,
                    mechanism,
                    strength: proof.strength,
                    secret: &proof.secret,
                    login: true,
                };
                self.credential(told, out);
            }
        }
    }
}

/// Adds a piece; the whole message when this was its last. Pieces of 400 bytes go on, `+` is an
/// empty one.
fn join(pending: &mut Vec<u8>, piece: &[u8]) -> Option<Vec<u8>> {
    if piece != b"+" {
        if pending.len() > LIMIT {
            pending.clear();
        }
        pending.extend_from_slice(piece);
    }
    if piece.len() == PIECE {
        return None;
    }
    let whole = std::mem::take(pending);
    Some(BASE64.decode(&whole).unwrap_or_default())
}

const PIECE: usize = 400;
/// Bytes of base64 of one answer.
const LIMIT: usize = 64 * 1024;
