//! Conversations written down as text, `testdata/dialogues/PROTOCOL/NAME.talk`.
//!
//! ```text
//! # origin: RFC 2812 section 3.1
//! # ends: 10.0.0.11:40000 10.0.0.1:6667 tcp
//! # A comment.
//! >>> NICK anna\r\n
//! <<< :hub 001 anna :Welcome\r\n
//! >>x 2a 01 "abc" 00
//! <>< 120
//! ```
//!
//! `>>>` is said by the client and `<<<` by the server, with the escapes `\r \n \t \\ \xHH`; no
//! line end is implied. `>>x` and `<<x` hold pairs of hex digits and quoted ASCII. `><> N` and
//! `<>< N` are N bytes of the client and of the server that nobody saw; before the first bytes
//! they mean that the conversation was picked up in its middle. Over UDP every line is one
//! datagram.

use std::fmt;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// One of the two programs of a dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that opened the connection.
    Client,
    /// The one that was called.
    Server,
}

/// The transport below a dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A stream.
    Tcp,
    /// Datagrams, one a turn.
    Udp,
}

/// Where a dialogue takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The client's address and port.
    pub client: SocketAddr,
    /// The server's address and port.
    pub server: SocketAddr,
    /// Stream or datagrams.
    pub transport: Transport,
}

impl Default for Ends {
    fn default() -> Self {
        Self {
            client: SocketAddr::from(([10, 0, 0, 11], 40_000)),
            server: SocketAddr::from(([10, 0, 0, 1], 6667)),
            transport: Transport::Tcp,
        }
    }
}

/// One line of a dialogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A side says something.
    Says(Side, Vec<u8>),
    /// Bytes of a side that nobody saw.
    Gap(Side, u32),
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialogue {
    /// `PROTOCOL/NAME`, from its path; empty for one that was parsed from a string.
    pub name: String,
    /// Where its facts come from.
    pub origin: String,
    /// Where it takes place.
    pub ends: Ends,
    /// What happens, in order.
    pub turns: Vec<Turn>,
}

impl Dialogue {
    /// Parses the text form.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut origin = None;
        let mut ends = Ends::default();
        let mut turns = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let fault = |what| Fault { line: index + 1, what };
            if let Some(comment) = line.strip_prefix('#') {
                if let Some(text) = comment.strip_prefix(" origin:") {
                    origin = Some(text.trim().to_owned());
                } else if let Some(text) = comment.strip_prefix(" ends:") {
                    ends = parse_ends(text).map_err(fault)?;
                }
            } else if !line.trim().is_empty() {
                turns.push(parse_turn(line).map_err(fault)?);
            }
        }
        let origin = origin
            .filter(|text| !text.is_empty())
            .ok_or(Fault { line: 1, what: "there is no `# origin:`" })?;
        Ok(Self { name: String::new(), origin, ends, turns })
    }

    /// Reads a `.talk` file; its name is that of its folder and its own.
    pub fn read(path: &Path) -> io::Result<Self> {
        let wrong = |error: Fault| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{}:{error}", path.display()))
        };
        let mut dialogue = Self::parse(&fs::read_to_string(path)?).map_err(wrong)?;
        dialogue.name = format!("{}/{}", word(path.parent()), word(Some(&path.with_extension(""))));
        Ok(dialogue)
    }

    /// The folder it lies in: the protocol it belongs to.
    pub fn protocol(&self) -> &str {
        self.name.split_once('/').map_or("", |(protocol, _)| protocol)
    }

    /// Everything a side says, one after the other.
    pub fn said(&self, side: Side) -> Vec<u8> {
        let mut all = Vec::new();
        for turn in &self.turns {
            match turn {
                Turn::Says(who, bytes) if *who == side => all.extend_from_slice(bytes),
                _ => {}
            }
        }
        all
    }

    /// No byte was lost before the first one of either side.
    pub fn from_start(&self) -> bool {
        let mut spoken = Vec::new();
        for turn in &self.turns {
            match turn {
                Turn::Says(side, _) => spoken.push(*side),
                Turn::Gap(side, _) if !spoken.contains(side) => return false,
                Turn::Gap(..) => {}
            }
        }
        true
    }
}

/// The last component of a path as text.
fn word(path: Option<&Path>) -> String {
    path.and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned()
}

/// A line that is not a dialogue's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Number of the line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.what)
    }
}

impl std::error::Error for Fault {}

/// The folder of all dialogues.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("dialogues")
}

/// Every dialogue there is, in the order of their names.
pub fn all() -> io::Result<Vec<Dialogue>> {
    let mut paths = Vec::new();
    for protocol in fs::read_dir(folder())? {
        let protocol = protocol?.path();
        if protocol.is_dir() {
            for file in fs::read_dir(protocol)? {
                paths.push(file?.path());
            }
        }
    }
    paths.retain(|path| path.extension().is_some_and(|end| end == "talk"));
    paths.sort();
    paths.iter().map(|path| Dialogue::read(path)).collect()
}

fn parse_ends(text: &str) -> Result<Ends, &'static str> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [client, server, transport] = words.as_slice() else {
        return Err("ends are `CLIENT:PORT SERVER:PORT tcp|udp`");
    };
    Ok(Ends {
        client: client.parse().map_err(|_| "the client's address is none")?,
        server: server.parse().map_err(|_| "the server's address is none")?,
        transport: match *transport {
            "tcp" => Transport::Tcp,
            "udp" => Transport::Udp,
            _ => return Err("the transport is tcp or udp"),
        },
    })
}

fn parse_turn(line: &str) -> Result<Turn, &'static str> {
    let (mark, rest) = line.split_at_checked(3).ok_or("a line begins with its direction")?;
    let rest = rest.strip_prefix(' ').ok_or("a blank follows the direction")?;
    let lost =
        |side| rest.trim().parse().map(|lost| Turn::Gap(side, lost)).map_err(|_| "how many?");
    match mark {
        ">>>" => Ok(Turn::Says(Side::Client, unescape(rest)?)),
        "<<<" => Ok(Turn::Says(Side::Server, unescape(rest)?)),
        ">>x" => Ok(Turn::Says(Side::Client, unhex(rest)?)),
        "<<x" => Ok(Turn::Says(Side::Server, unhex(rest)?)),
        "><>" => lost(Side::Client),
        "<><" => lost(Side::Server),
        _ => Err("the direction is one of >>> <<< >>x <<x ><> <><"),
    }
}

/// Text with escapes, as UTF-8.
fn unescape(text: &str) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        let mut chars = escape.chars();
        match chars.next() {
            Some('r') => bytes.push(b'\r'),
            Some('n') => bytes.push(b'\n'),
            Some('t') => bytes.push(b'\t'),
            Some('\\') => bytes.push(b'\\'),
            Some('x') => bytes.push(hex_pair(&mut chars)?),
            _ => return Err("an escape is one of \\r \\n \\t \\\\ \\xHH"),
        }
        rest = chars.as_str();
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// Pairs of hex digits and quoted ASCII.
fn unhex(text: &str) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (word, tail) = quoted.split_once('"').ok_or("a quote is left open")?;
            if !word.is_ascii() {
                return Err("quoted text is ASCII");
            }
            bytes.extend_from_slice(word.as_bytes());
            rest = tail.trim_start();
        } else {
            let mut chars = rest.chars();
            bytes.push(hex_pair(&mut chars)?);
            rest = chars.as_str().trim_start();
        }
    }
    Ok(bytes)
}

/// The byte two hex digits stand for.
fn hex_pair(chars: &mut std::str::Chars<'_>) -> Result<u8, &'static str> {
    let mut digit = || chars.next().and_then(|digit| digit.to_digit(16));
    match (digit(), digit()) {
        (Some(high), Some(low)) => Ok((high * 16 + low) as u8),
        _ => Err("two hex digits make a byte"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Result<Vec<u8>, Fault> {
        let dialogue = Dialogue::parse(&format!("# origin: here\n{line}\n"))?;
        Ok(dialogue.said(Side::Client))
    }

    #[test]
    fn text_is_unescaped() {
        assert_eq!(one(r">>> a\r\n\t\\\x00é"), Ok("a\r\n\t\\\0é".as_bytes().to_vec()));
        assert_eq!(one(">>>  two blanks "), Ok(b" two blanks ".to_vec()));
        assert_eq!(one(">>x 2a01 ff \"ab c\" 00"), Ok(b"\x2a\x01\xffab c\0".to_vec()));
    }

    #[test]
    fn faults_name_their_line() {
        for line in [r">>> \q", r">>> \x4", ">>x 4", ">>x \"a", "><> x", ">> a", ">>>a", "what"] {
            assert_eq!(one(line).map_err(|fault| fault.line), Err(2), "{line}");
        }
        assert_eq!(Dialogue::parse(">>> a").map_err(|fault| fault.line), Err(1));
        assert!(Dialogue::parse("# origin: x\n# ends: 1.2.3.4:5 tcp").is_err());
    }

    #[test]
    fn headers_and_gaps_are_kept() {
        let text = "# origin: a\n# ends: [::1]:5 10.0.0.2:6 udp\n# note\n<<< b\n<>< 7\n>>> c\n";
        let dialogue = Dialogue::parse(text).unwrap();
        assert_eq!(dialogue.origin, "a");
        assert_eq!(dialogue.ends.transport, Transport::Udp);
        assert!(dialogue.ends.client.is_ipv6());
        assert!(dialogue.from_start());
        assert_eq!(
            dialogue.turns,
            [
                Turn::Says(Side::Server, b"b".to_vec()),
                Turn::Gap(Side::Server, 7),
                Turn::Says(Side::Client, b"c".to_vec()),
            ]
        );
        assert!(!Dialogue::parse("# origin: a\n><> 5\n>>> x\n").unwrap().from_start());
    }
}
