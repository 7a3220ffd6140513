//! SASL inside AUTHENTICATE (`IRCv3` SASL 3.1 and 3.2): base64 in pieces of 400 bytes, and what the
//! mechanisms give away (RFC 4616, 5802, 7628, 2195, 2831, and `ECDSA-NIST256P-CHALLENGE`).
//!
//! A SCRAM proof can be guessed against only at the price of PBKDF2 for every guess, salted for
//! this account: it is *strong* from 4096 rounds on (RFC 5802 section 5.1), and *crackable* below.
//! CRAM-MD5 and DIGEST-MD5 are one fast hash over what was heard: *crackable*.

use data_encoding::{BASE64, HEXLOWER};
use zeroize::Zeroizing;

use super::asked::Question;
use super::talk::{Talk, Told};
use super::wire::Line;
use crate::Out;
use crate::event::{CredentialKind, Strength};

/// An exchange as far as it was heard.
#[derive(Debug, Default)]
pub(super) struct Sasl {
    mechanism: Option<&'static str>,
    /// Base64 of the client's answer, and of the server's challenge, not whole yet.
    client: Vec<u8>,
    server: Vec<u8>,
    /// The client's whole answers so far.
    answers: usize,
    /// The last whole challenge.
    challenge: Vec<u8>,
    /// The name the client gave in an earlier answer.
    name: Option<String>,
    told: bool,
    /// The account of reply 900.
    pub(super) account: Option<String>,
}

/// A secret found in an answer.
struct Proof {
    name: Option<String>,
    kind: CredentialKind,
    strength: Strength,
    secret: Zeroizing<Vec<u8>>,
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
        self.mechanism.filter(|_| !self.told)
    }

    /// A piece of the server's challenge.
    pub(super) fn challenge(&mut self, piece: &[u8]) {
        if let Some(challenge) = join(&mut self.server, piece) {
            self.challenge = challenge;
        }
    }
}

impl Talk {
    /// AUTHENTICATE of the client: the mechanism's name, then its answers.
    pub(super) fn sasl_client(&mut self, line: &Line<'_>, out: &mut Out) {
        let piece = line.param(0);
        if let Some(mechanism) = named(piece).filter(|_| self.sasl.client.is_empty()) {
            let account = self.sasl.account.take();
            self.sasl = Sasl { mechanism: Some(mechanism), account, ..Sasl::default() };
            return;
        }
        if piece == b"*" {
            self.sasl.lost();
            return;
        }
        let Some(mechanism) = self.sasl.mechanism else {
            out.weird("irc_sasl", "an answer without a known mechanism");
            return;
        };
        let Some(answer) = join(&mut self.sasl.client, piece).map(Zeroizing::new) else { return };
        self.sasl.answers += 1;
        let challenge = std::mem::take(&mut self.sasl.challenge);
        self.sasl_answered(mechanism, &answer, &challenge, out);
    }

    fn sasl_answered(
        &mut self,
        mechanism: &'static str,
        answer: &[u8],
        challenge: &[u8],
        out: &mut Out,
    ) {
        let first = self.sasl.answers == 1;
        let proof = match mechanism {
            "sasl-plain" => plain(answer),
            "sasl-login" if first => return self.sasl.name = Some(lossy(answer)),
            "sasl-login" => Some(clear(None, CredentialKind::Password, answer)),
            "sasl-oauthbearer" | "sasl-xoauth2" => bearer(answer),
            "sasl-cram-md5" => cram(answer),
            "sasl-digest-md5" => digest(answer),
            "sasl-ecdsa-nist256p-challenge" if first => {
                let name = answer.split(|byte| *byte == 0).next().unwrap_or_default();
                return self.sasl.name = Some(lossy(name));
            }
            "sasl-ecdsa-nist256p-challenge" => Some(binary(Strength::Strong, answer)),
            "sasl-external" => return,
            _ if first => return self.sasl.name = attribute(answer, b'n').map(lossy),
            _ => scram(answer, challenge),
        };
        let Some(proof) = proof else {
            if !self.sasl.told && !answer.is_empty() {
                out.weird("irc_sasl", "an answer that is not of its mechanism");
            }
            return;
        };
        self.sasl_told(mechanism, proof, out);
    }

    fn sasl_told(&mut self, mechanism: &'static str, proof: Proof, out: &mut Out) {
        self.sasl.told = true;
        let told = Told {
            question: Question::Sasl,
            name: proof.name.filter(|name| !name.is_empty()).or_else(|| self.sasl.name.take()),
            kind: proof.kind,
            mechanism,
            strength: proof.strength,
            secret: &proof.secret,
            login: true,
        };
        self.credential(told, out);
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

/// `authzid NUL authcid NUL password`.
fn plain(answer: &[u8]) -> Option<Proof> {
    let mut fields = answer.splitn(3, |byte| *byte == 0);
    let (wanted, own, password) = (fields.next()?, fields.next()?, fields.next()?);
    let name = if own.is_empty() { wanted } else { own };
    Some(clear(Some(lossy(name)), CredentialKind::Password, password))
}

/// RFC 7628: `n,a=user,^Ahost=…^Aauth=Bearer token^A^A`; Google's older form has `user=`.
fn bearer(answer: &[u8]) -> Option<Proof> {
    let mut name = attribute(answer.split(|byte| *byte == 1).next()?, b'a').map(lossy);
    let mut token = None;
    for field in answer.split(|byte| *byte == 1) {
        if let Some(user) = field.strip_prefix(b"user=") {
            name = Some(lossy(user));
        }
        token = token.or_else(|| field.strip_prefix(b"auth=Bearer "));
    }
    token.map(|token| clear(name, CredentialKind::Token, token))
}

/// `user hexdigest`.
fn cram(answer: &[u8]) -> Option<Proof> {
    let at = memchr::memrchr(b' ', answer)?;
    let (name, digest) = answer.split_at_checked(at)?;
    let proof = hashed(Strength::Crackable, digest.get(1..)?);
    Some(Proof { name: Some(lossy(name)), ..proof })
}

/// `username="…",…,response=hex,…`.
fn digest(answer: &[u8]) -> Option<Proof> {
    let (mut name, mut response) = (None, None);
    for field in answer.split(|byte| *byte == b',') {
        if let Some(user) = field.strip_prefix(b"username=") {
            name = Some(lossy(user).trim_matches('"').to_owned());
        }
        response = response.or_else(|| field.strip_prefix(b"response="));
    }
    Some(Proof { name, ..hashed(Strength::Crackable, response?) })
}

/// `c=…,r=…,p=proof`, answering `r=…,s=…,i=rounds`.
fn scram(answer: &[u8], challenge: &[u8]) -> Option<Proof> {
    let proof = attribute(answer, b'p')?;
    let rounds = attribute(challenge, b'i').map(lossy).and_then(|rounds| rounds.parse().ok());
    let weak = rounds.is_some_and(|rounds: u32| rounds < ROUNDS);
    let proof = BASE64.decode(proof).ok()?;
    Some(binary(if weak { Strength::Crackable } else { Strength::Strong }, &proof))
}

/// The value of `key=` in a list separated by commas.
fn attribute(message: &[u8], key: u8) -> Option<&[u8]> {
    message.split(|byte| *byte == b',').find_map(|field| match field {
        [first, b'=', value @ ..] if *first == key => Some(value),
        _ => None,
    })
}

fn clear(name: Option<String>, kind: CredentialKind, secret: &[u8]) -> Proof {
    Proof { name, kind, strength: Strength::Plaintext, secret: Zeroizing::new(secret.to_vec()) }
}

/// A digest that is in hex already.
fn hashed(strength: Strength, hex: &[u8]) -> Proof {
    let secret = Zeroizing::new(hex.to_vec());
    Proof { name: None, kind: CredentialKind::Digest, strength, secret }
}

/// A digest in binary, told in hex.
fn binary(strength: Strength, digest: &[u8]) -> Proof {
    hashed(strength, HEXLOWER.encode(digest).as_bytes())
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The mechanisms that are read, by the IANA registry's names.
#[rustfmt::skip]
fn named(mechanism: &[u8]) -> Option<&'static str> {
    Some(match mechanism.to_ascii_uppercase().as_slice() {
        b"PLAIN"                    => "sasl-plain",
        b"LOGIN"                    => "sasl-login",
        b"EXTERNAL"                 => "sasl-external",
        b"SCRAM-SHA-1"              => "sasl-scram-sha-1",
        b"SCRAM-SHA-1-PLUS"         => "sasl-scram-sha-1-plus",
        b"SCRAM-SHA-256"            => "sasl-scram-sha-256",
        b"SCRAM-SHA-256-PLUS"       => "sasl-scram-sha-256-plus",
        b"SCRAM-SHA-512"            => "sasl-scram-sha-512",
        b"ECDSA-NIST256P-CHALLENGE" => "sasl-ecdsa-nist256p-challenge",
        b"CRAM-MD5"                 => "sasl-cram-md5",
        b"DIGEST-MD5"               => "sasl-digest-md5",
        b"OAUTHBEARER"              => "sasl-oauthbearer",
        b"XOAUTH2"                  => "sasl-xoauth2",
        _ => return None,
    })
}

const PIECE: usize = 400;
/// Bytes of base64 of one answer.
const LIMIT: usize = 64 * 1024;
/// Rounds of PBKDF2 a SCRAM server should ask for at least.
const ROUNDS: u32 = 4096;
