//! OFT: files between AIM and ICQ clients, since 1998.
//!
//! An offer goes over OSCAR (a rendezvous on channel 2); then one program calls the other, or both
//! call the service's proxy. Port 5190 by custom. Headers of 256 bytes go both ways, the content
//! one way in between: the sender prompts, the reader acknowledges (or asks to resume), the bytes
//! follow as they are, the reader says it is done; then the next file.
//!
//! No secret travels here. The offer's cookie does, in the reader's headers, and marries the two.
//!
//! Read: names in three charsets, sizes, content (hash and kind), the sender's checksum, several
//! files, folders, resumption. The reader's own checksum is not judged: real readers get it wrong
//! for files that come in odd pieces. The list of files that "get file" begins with is a file as
//! well. Not read: resource forks.
//!
//! Documents: the description of OFT collected at Gaim's project, and joscar's description of
//! rendezvous file transfer; captures decided what the checksum is taken over.

mod checksum;
pub(crate) mod names;
mod talk;
mod wire;

use crate::contract::Aspect;
use crate::contract::Evidence::{Capture, Documents, Missing};
use crate::scan::Prefix;
use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol, Row, Transport};

/// OFT2 and OFT3 over TCP.
#[derive(Debug)]
pub struct Oft;

impl Protocol for Oft {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        match (wire::looks(opening.client), wire::looks(opening.server)) {
            (Prefix::Is, _) | (_, Prefix::Is) => Probe::Yes,
            (Prefix::Not, _) | (_, Prefix::Not) => Probe::No,
            (Prefix::MayBe, Prefix::MayBe) => Probe::More,
        }
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<talk::Talk>::default()
    }
}

/// What is known of it.
pub static FACTS: Facts = Facts {
    name: "oft",
    title: "AIM file transfer (OFT)",
    transports: &[Transport::Tcp],
    ports: &[5190],
    tls_ports: &[],
    depth: wire::DEPTH,
    visible: &["file"],
    rows: ROWS,
    documents: &["Gaim: description of OFT", "joscar: rendezvous file transfer"],
};

/// The documents behind what no capture shows.
const BOTH: &[&str] = &["Gaim: description of OFT", "joscar: rendezvous file transfer"];

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Aspect::Identify,
        what: "OFT by its magic, on any port",
        evidence: Capture(&["aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "content",
        aspect: Aspect::Files,
        what: "files: name, size, SHA-256, kind, and who sent them to whom",
        evidence: Capture(&[
            "aim_oscar_md5_purple.pcap",
            "aim_oscar_two_files_and_scr_purple.pcap",
        ]),
    },
    Row {
        id: "poses",
        aspect: Aspect::Files,
        what: "names that look like another kind of file",
        evidence: Capture(&["aim_oscar_two_files_and_scr_purple.pcap"]),
    },
    Row {
        id: "several",
        aspect: Aspect::Files,
        what: "several files and folders on one connection",
        evidence: Documents(BOTH),
    },
    Row {
        id: "resume",
        aspect: Aspect::Files,
        what: "transfers taken up again in their middle",
        evidence: Documents(BOTH),
    },
    Row {
        id: "checksum",
        aspect: Aspect::Files,
        what: "content that is not what its checksum says",
        evidence: Documents(BOTH),
    },
    Row {
        id: "leads-out",
        aspect: Aspect::Files,
        what: "names that leave their folder",
        evidence: Documents(BOTH),
    },
    Row {
        id: "resource-fork",
        aspect: Aspect::Files,
        what: "Macintosh resource forks",
        evidence: Missing("no capture, and documents do not agree where they come"),
    },
    Row {
        id: "get-file",
        aspect: Aspect::Files,
        what: "\"get file\": lists of what may be fetched, and what is fetched",
        evidence: Documents(&["libfaim: OFT listing.txt", "Gaim: description of OFT"]),
    },
];
