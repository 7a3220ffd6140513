//! SASL (RFC 4422): what the answers of a client give away, whatever protocol carries them (RFC 4616,
//! 5802, 7628, 2195, 2831, and `ECDSA-NIST256P-CHALLENGE`).
//!
//! A SCRAM proof can be guessed against only at the price of PBKDF2 for every guess, salted for
//! this account: it is *strong* from 4096 rounds on (RFC 5802 section 5.1), and *crackable* below.
//! CRAM-MD5 and DIGEST-MD5 are one fast hash over what was heard: *crackable*.

use data_encoding::{BASE64, HEXLOWER};
use zeroize::Zeroizing;

use crate::event::{CredentialKind, Strength};

/// An exchange as far as it was heard.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    mechanism: Option<&'static str>,
    /// The client's answers so far.
    answers: usize,
    /// The last challenge.
    challenge: Vec<u8>,
    /// The name the client gave in an earlier answer.
    name: Option<String>,
    told: bool,
}

/// A secret found in an answer.
pub(crate) struct Proof {
    /// Whose it is, where the client said so.
    pub(crate) name: Option<String>,
    /// What sort of secret.
    pub(crate) kind: CredentialKind,
    /// What it is worth.
    pub(crate) strength: Strength,
    /// The secret itself, in hex where it is binary.
    pub(crate) secret: Zeroizing<Vec<u8>>,
}

/// What an answer of the client was.
pub(crate) enum Said {
    /// A step on the way; nothing secret.
    Nothing,
    /// Not of its mechanism.
    Wrong,
    /// A secret, in this mechanism.
    Proof(&'static str, Proof),
}

impl Exchange {
    /// A client chose a mechanism.
    pub(crate) fn begin(mechanism: &'static str) -> Self {
        Self { mechanism: Some(mechanism), ..Self::default() }
    }

    /// The mechanism at hand.
    pub(crate) fn mechanism(&self) -> Option<&'static str> {
        self.mechanism
    }

    /// The mechanism of an exchange that showed no secret.
    pub(crate) fn unproven(&self) -> Option<&'static str> {
        self.mechanism.filter(|_| !self.told)
    }

    /// The name the client gave in an answer without a secret.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The server's challenge, decoded.
    pub(crate) fn challenge(&mut self, challenge: Vec<u8>) {
        self.challenge = challenge;
    }

    /// The client's next answer, decoded.
    pub(crate) fn answer(&mut self, answer: &[u8]) -> Said {
        let Some(mechanism) = self.mechanism else { return Said::Wrong };
        self.answers += 1;
        let challenge = std::mem::take(&mut self.challenge);
        let is_first = self.answers == 1;
        if let Some(name) = named_by(mechanism, is_first, answer) {
            self.name = name.filter(|name| !name.is_empty());
            return Said::Nothing;
        }
        match proof(mechanism, answer, &challenge) {
            Some(mut proof) => {
                self.told = true;
                let name = proof.name.filter(|name| !name.is_empty());
                proof.name = name.or_else(|| self.name.take());
                Said::Proof(mechanism, proof)
            }
            None if self.told || answer.is_empty() => Said::Nothing,
            None => Said::Wrong,
        }
    }
}

/// What is only named: the answer that shows no secret, and the name in it.
#[expect(clippy::option_option, reason = "an answer without a secret may lack the name as well")]
fn named_by(mechanism: &'static str, first: bool, answer: &[u8]) -> Option<Option<String>> {
    Some(match mechanism {
        "sasl-login" if first => Some(lossy(answer)),
        "sasl-ecdsa-nist256p-challenge" if first => {
            answer.split(|byte| *byte == 0).next().map(lossy)
        }
        "sasl-external" => Some(lossy(answer)),
        "sasl-anonymous" => None,
        scram if first && scram.starts_with("sasl-scram") => attribute(answer, b'n').map(lossy),
        _ => return None,
    })
}

/// The secret of an answer.
fn proof(mechanism: &'static str, answer: &[u8], challenge: &[u8]) -> Option<Proof> {
    match mechanism {
        "sasl-plain" => plain(answer, CredentialKind::Password),
        "sasl-x-oauth2" => plain(answer, CredentialKind::Token),
        "sasl-login" => Some(clear(None, CredentialKind::Password, answer)),
        "sasl-oauthbearer" | "sasl-xoauth2" => bearer(answer),
        "sasl-cram-md5" => cram(answer),
        "sasl-digest-md5" => digest(answer),
        "sasl-ecdsa-nist256p-challenge" => Some(binary(Strength::Strong, answer)),
        _ => scram(answer, challenge),
    }
}

/// `authzid NUL authcid NUL secret`.
fn plain(answer: &[u8], kind: CredentialKind) -> Option<Proof> {
    let mut fields = answer.splitn(3, |byte| *byte == 0);
    let (wanted, own, secret) = (fields.next()?, fields.next()?, fields.next()?);
    let name = if own.is_empty() { wanted } else { own };
    Some(clear(Some(lossy(name)), kind, secret))
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
pub(crate) fn named(mechanism: &[u8]) -> Option<&'static str> {
    Some(match mechanism.to_ascii_uppercase().as_slice() {
        b"PLAIN"                    => "sasl-plain",
        b"LOGIN"                    => "sasl-login",
        b"EXTERNAL"                 => "sasl-external",
        b"ANONYMOUS"                => "sasl-anonymous",
        b"SCRAM-SHA-1"              => "sasl-scram-sha-1",
        b"SCRAM-SHA-1-PLUS"         => "sasl-scram-sha-1-plus",
        b"SCRAM-SHA-256"            => "sasl-scram-sha-256",
        b"SCRAM-SHA-256-PLUS"       => "sasl-scram-sha-256-plus",
        b"SCRAM-SHA-512"            => "sasl-scram-sha-512",
        b"SCRAM-SHA-512-PLUS"       => "sasl-scram-sha-512-plus",
        b"ECDSA-NIST256P-CHALLENGE" => "sasl-ecdsa-nist256p-challenge",
        b"CRAM-MD5"                 => "sasl-cram-md5",
        b"DIGEST-MD5"               => "sasl-digest-md5",
        b"OAUTHBEARER"              => "sasl-oauthbearer",
        b"XOAUTH2"                  => "sasl-xoauth2",
        b"X-OAUTH2"                 => "sasl-x-oauth2",
        _ => return None,
    })
}

/// Rounds of PBKDF2 a SCRAM server should ask for at least.
const ROUNDS: u32 = 4096;
