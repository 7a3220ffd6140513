//! The command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use overhear_analysis::told::Severity;
use overhear_analysis::{ContentLevel, HomeNet, Lists, SecretLevel};
use serde::Deserialize;

use crate::screen::Screen;

/// Arguments of one run.
#[derive(Debug, Parser)]
#[command(
    name = "overhear",
    version,
    about = "What could somebody who listens here have read?",
    long_about = "A passive sensor for instant messaging. It reads captures, puts the \
        conversations in them together again, and says with evidence what somebody who listened \
        there could have read: who used which messenger, what they said, which secrets were \
        exposed and how far each conversation travelled in the clear.\n\nIt only listens: it \
        never sends a packet.",
    after_help = EXIT_CODES,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) manner: Manner,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Analyse captures
    #[command(after_help = EXIT_CODES)]
    Read(Box<Read>),
    /// Watch interfaces
    #[command(after_help = LIVE_EXIT_CODES)]
    Live(Box<Live>),
    /// Analyse and show recorded event streams again, without packets
    #[command(after_help = EXIT_CODES)]
    Replay(Box<Replay>),
    /// Interfaces one can watch, and what is missing to do so
    Interfaces {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Every protocol: what is read of it, and on what evidence
    Protocols {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// Options of every command.
#[derive(Debug, Default, Args)]
pub(crate) struct Manner {
    /// Read options from this TOML file [default: overhear/config.toml in the XDG configuration
    /// directory, if there is one]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// Say nothing but errors on standard error
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more on standard error
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// When to use colours [default: auto]
    #[arg(long, global = true, value_name = "WHEN")]
    pub(crate) color: Option<Color>,
}

impl Manner {
    /// The same for work that is done while a dashboard has the terminal.
    pub(crate) fn beside_a_dashboard(&self) -> Self {
        Self { config: None, quiet: true, verbose: self.verbose, color: self.color }
    }
}

/// Options of `overhear read`.
#[derive(Debug, Args)]
pub(crate) struct Read {
    /// Captures: pcap or pcapng, also compressed by gzip, zstd, xz or lz4; a directory means
    /// every capture in it, - means standard input
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<OsString>,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) sensing: Sensing,
    /// Keep several inputs apart instead of reading them as one timeline
    #[arg(long)]
    pub(crate) separate: bool,
    #[command(flatten)]
    pub(crate) screen: Screen,
}

/// Options of `overhear live`.
#[derive(Debug, Args)]
pub(crate) struct Live {
    /// Interfaces to listen at (`overhear interfaces` lists them), also several: the two directions
    /// of a tap, say; `any` is all of them
    #[arg(short, long = "interface", required = true, value_name = "IFACE", num_args = 1.., value_delimiter = ',')]
    pub(crate) interfaces: Vec<String>,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) sensing: Sensing,
    /// End after so long, such as 90s, 15m or 1h30m
    #[arg(long, value_name = "TIME")]
    pub(crate) duration: Option<Span>,
    /// End after so many frames
    #[arg(long, value_name = "N")]
    pub(crate) packets: Option<u64>,
    /// Bytes kept of each frame
    #[arg(long, value_name = "BYTES", default_value_t = 262_144, value_parser = clap::value_parser!(u32).range(64..=262_144))]
    pub(crate) snaplen: u32,
    /// The kernel's buffer for each reader
    #[arg(long, value_name = "SIZE", default_value = "64MiB")]
    pub(crate) buffer: Size,
    /// Threads that read each interface; the kernel divides its conversations among them
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) readers: u16,
    /// Hear only what is addressed to this machine
    #[arg(long)]
    pub(crate) no_promiscuous: bool,
    #[command(flatten)]
    pub(crate) rotation: Rotation,
    #[command(flatten)]
    pub(crate) volumes: Volumes,
    #[command(flatten)]
    pub(crate) metrics: Metrics,
    /// Do not lock the process up once its interfaces and outputs are open
    #[arg(long)]
    pub(crate) no_sandbox: bool,
    #[command(flatten)]
    pub(crate) screen: Screen,
}

/// When the folder of results is begun anew. What it held is put aside, into a folder in it.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Rotation {
    /// Begin the folder of -o anew when its event stream has so many bytes; what it held goes into
    /// a folder in it
    #[arg(id = "rotate_size", long = "rotate-size", value_name = "SIZE", requires = "folder")]
    pub(crate) size: Option<Size>,
    /// Begin it anew every so often: at each full hour with 1h
    #[arg(id = "rotate_time", long = "rotate-time", value_name = "TIME", requires = "folder")]
    pub(crate) time: Option<Span>,
    /// Of the folders put aside meanwhile keep only so many, the latest
    #[arg(id = "rotate_keep", long = "rotate-keep", value_name = "N", requires = "folder")]
    pub(crate) keep: Option<usize>,
}

/// When the file of --write is begun anew. What was written is put aside beside it.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Volumes {
    /// Begin the file of --write anew when it has so many bytes; the last one is put aside, by the
    /// time of its first frame: `name-2026-11-23T20-00-00Z.pcapng`
    #[arg(id = "write_size", long = "write-size", value_name = "SIZE", requires = "write")]
    pub(crate) size: Option<Size>,
    /// Begin it anew every so often: at each full hour with 1h
    #[arg(id = "write_time", long = "write-time", value_name = "TIME", requires = "write")]
    pub(crate) time: Option<Span>,
    /// Of the files put aside meanwhile keep only so many, the latest
    #[arg(id = "write_keep", long = "write-keep", value_name = "N", requires = "write")]
    pub(crate) keep: Option<usize>,
}

/// Where a monitoring system finds how the sensor does.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Metrics {
    /// Serve counters for Prometheus at this address
    #[arg(long = "metrics", value_name = "ADDR:PORT", num_args = 0..=1, default_missing_value = "127.0.0.1:9742")]
    pub(crate) address: Option<SocketAddr>,
    /// Write them to this file instead, for the textfile collector of `node_exporter`
    #[arg(long = "metrics-file", value_name = "FILE.prom", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
}

/// Options of every command that hears frames.
#[derive(Debug, Default, Args)]
pub(crate) struct Sensing {
    /// Consider only frames this filter in libpcap's language lets through
    #[arg(short, long, value_name = "BPF")]
    pub(crate) filter: Option<String>,
    /// Worker threads; they change nothing but the time it takes [default: number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) workers: Option<u16>,
    /// What is inside [default: RFC 1918, RFC 4193, RFC 6598, link-local and loopback]
    #[arg(long, value_name = "CIDR[,CIDR…]")]
    pub(crate) home_net: Option<HomeNet>,
    /// Key of all fingerprints [default: made once in the XDG state directory]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,
    /// Budget for everything that grows with traffic, such as 512M or 2GiB; what a struck budget
    /// cost is reported [default: 1GiB]
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory: Option<Size>,
    /// Keep the frames of messaging in this pcapng file, as they were on the wire, secrets and
    /// all, with comments; all:FILE keeps every frame
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) write: Option<Write>,
}

/// Options of `overhear replay`.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Event streams as --json or -o wrote them; several are merged by time, - means standard
    /// input
    #[arg(required = true, value_name = "EVENTS", value_hint = ValueHint::FilePath)]
    pub(crate) paths: Vec<OsString>,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) screen: Screen,
}

/// Where results go, and how much of them.
#[derive(Debug, Default, Args)]
pub(crate) struct Output {
    /// Print the event stream, one JSON object a line, instead of the report
    #[arg(long)]
    pub(crate) json: bool,
    /// Write eve.json, conversations.csv, credentials.csv, findings.csv and report.html into DIR
    #[arg(short = 'o', long = "output", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folder: Option<PathBuf>,
    /// How much of what people said is shown, stored and exported: full, excerpt (80 characters)
    /// or none [default: full; at a wire, excerpt]
    #[arg(long, value_name = "LEVEL")]
    pub(crate) content: Option<ContentLevel>,
    /// How secrets are shown, stored and exported, also within messages: masked, fingerprint
    /// (equal ones look equal) or reveal [default: masked]
    #[arg(long, value_name = "LEVEL")]
    pub(crate) secrets: Option<SecretLevel>,
    /// Exit with 3 when a finding at or above this severity was made
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
    /// Remember in this file, from run to run, whom accounts talk to and what is usual for them, by
    /// numbers instead of names; it is made where there is none
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) state: Option<PathBuf>,
    /// What the configuration file says is harmless, and what is a trap.
    #[arg(skip)]
    pub(crate) lists: Lists,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// From which severity on a run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FailOn {
    Low,
    Medium,
    High,
    Critical,
}

impl From<FailOn> for Severity {
    fn from(level: FailOn) -> Self {
        match level {
            FailOn::Low => Self::Low,
            FailOn::Medium => Self::Medium,
            FailOn::High => Self::High,
            FailOn::Critical => Self::Critical,
        }
    }
}

/// A number of bytes, as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u64);

impl std::str::FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = text.get(digits.len()..).unwrap_or_default().to_ascii_lowercase();
        let shift = match unit.trim_end_matches('b').trim_end_matches('i') {
            "" if unit != "i" && unit != "ib" => 0,
            "k" => 10,
            "m" => 20,
            "g" => 30,
            "t" => 40,
            _ => return Err(format!("`{unit}` is no unit; use K, M, G or T")),
        };
        let number: u64 =
            digits.trim().parse().map_err(|_| "expected a number such as 512M".to_owned())?;
        let bytes = number.checked_mul(1 << shift).ok_or("that is too much")?;
        if bytes < LEAST { Err("at least 16M are needed".into()) } else { Ok(Self(bytes)) }
    }
}

/// A capture file to write, and what into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// The frames of messaging.
    Messaging(PathBuf),
    /// Every frame.
    All(PathBuf),
}

impl Write {
    /// Where it goes.
    pub(crate) fn path(&self) -> &Path {
        let (Self::Messaging(path) | Self::All(path)) = self;
        path
    }
}

impl std::str::FromStr for Write {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("all:") {
            Some("") => Err("expected all:FILE".to_owned()),
            Some(path) => Ok(Self::All(path.into())),
            None => Ok(Self::Messaging(text.into())),
        }
    }
}

/// A stretch of time, as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

impl std::str::FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no time; write 90s, 15m or 1h30m");
        let (mut sum, mut number) = (0_u64, None::<u64>);
        for c in text.chars() {
            let second = match c {
                'd' => 86_400,
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                digit => {
                    let digit = u64::from(digit.to_digit(10).ok_or_else(wrong)?);
                    let more = number
                        .unwrap_or_default()
                        .checked_mul(10)
                        .and_then(|n| n.checked_add(digit));
                    number = Some(more.ok_or_else(wrong)?);
                    continue;
                }
            };
            let part = number.take().and_then(|n| n.checked_mul(second)).ok_or_else(wrong)?;
            sum = sum.checked_add(part).ok_or_else(wrong)?;
        }
        // A number without a unit counts seconds.
        let sum = sum.checked_add(number.unwrap_or_default()).ok_or_else(wrong)?;
        if sum == 0 { Err(wrong()) } else { Ok(Self(Duration::from_secs(sum))) }
    }
}

impl Span {
    /// In nanoseconds.
    pub(crate) fn nanos(self) -> i64 {
        i64::try_from(self.0.as_nanos()).unwrap_or(i64::MAX).max(1)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Below this, budgets are struck by ordinary traffic.
pub(crate) const LEAST: u64 = 16 << 20;

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 an input is missing or could not be read to its end (what was read is \
reported), 2 wrong usage or filter, 3 a finding reached --fail-on, 130 interrupted (what was \
found is still written). When several apply: 130, 2, 1, 3.";

const LIVE_EXIT_CODES: &str = "\
Exit codes: 0 ended by a signal, or after --duration or --packets, 1 an interface cannot be \
watched or an output not be written, 2 wrong usage or filter, 3 a finding reached --fail-on.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in
            [("90", 90), ("90s", 90), ("15m", 900), ("1h30m", 5_400), ("2d", 172_800)]
        {
            assert_eq!(text.parse(), Ok(Span(Duration::from_secs(seconds))), "{text}");
        }
        for text in ["", "0", "0s", "m", "1x", "-1s", "1.5h", "99999999999999999999s"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in
            [("1GiB", 1 << 30), ("512M", 512 << 20), ("64mb", 64 << 20), ("16777216", 16 << 20)]
        {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        for text in ["", "G", "1X", "1.5G", "-1M", "1K", "99999999999G", "64iB"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
