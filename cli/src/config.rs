//! The configuration file: the same options as TOML, for those who give them always.
//!
//! What the command line says wins. An unknown key is an error: an option that is silently not
//! obeyed is worse than none.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context as _;
use overhear_analysis::{Allowed, ContentLevel, Decoy, HomeNet, Lists, SecretLevel};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::args::{Color, FailOn, Manner, Output, Read, Sensing, Size};
use crate::screen::Settings;

/// Options of a configuration file, by their names on the command line.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Config {
    json: bool,
    output: Option<PathBuf>,
    #[serde(deserialize_with = "word")]
    content: Option<ContentLevel>,
    #[serde(deserialize_with = "word")]
    secrets: Option<SecretLevel>,
    fail_on: Option<FailOn>,
    state: Option<PathBuf>,
    filter: Option<String>,
    workers: Option<u8>,
    #[serde(deserialize_with = "list")]
    home_net: Option<HomeNet>,
    key: Option<PathBuf>,
    memory: Option<Size>,
    separate: bool,
    quiet: bool,
    verbose: bool,
    color: Option<Color>,
    /// What may be sent to many.
    allow: Vec<Allowed>,
    /// Accounts nobody has a reason to write to.
    decoy: Vec<Decoy>,
    /// How the dashboard looks and behaves.
    pub(crate) dashboard: Settings,
}

impl Config {
    /// The file the command line names, or the one in its usual place, or nothing.
    pub(crate) fn find(named: Option<&Path>) -> anyhow::Result<Self> {
        let usual = || base("XDG_CONFIG_HOME", ".config").map(|dir| dir.join("config.toml"));
        let (path, text) = if let Some(path) = named {
            (path.to_owned(), std::fs::read_to_string(path))
        } else if let Some(path) = usual() {
            let text = std::fs::read_to_string(&path);
            if text.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
                return Ok(Self::default());
            }
            (path, text)
        } else {
            return Ok(Self::default());
        };
        let text = text.with_context(|| format!("{}", path.display()))?;
        let config: Self = toml::from_str(&text).with_context(|| format!("{}", path.display()))?;
        anyhow::ensure!(
            config.workers != Some(0),
            "{}: workers: at least one works",
            path.display()
        );
        let slip = config.dashboard.check().err();
        slip.map_or(Ok(config), |slip| Err(anyhow::anyhow!("{}: {slip}", path.display())))
    }

    /// Fills in what the command line left open about every command.
    pub(crate) fn manner(&self, manner: &mut Manner) {
        if !manner.verbose {
            manner.quiet |= self.quiet;
        }
        if !manner.quiet {
            manner.verbose |= self.verbose;
        }
        manner.color = manner.color.or(self.color);
    }

    /// Fills in what the command line left open about results. What is shown of content and
    /// secrets counts as asked for.
    pub(crate) fn output(&self, output: &mut Output) {
        output.json |= self.json;
        output.folder = output.folder.take().or_else(|| self.output.clone());
        output.content = output.content.or(self.content);
        output.secrets = output.secrets.or(self.secrets);
        output.fail_on = output.fail_on.or(self.fail_on);
        output.state = output.state.take().or_else(|| self.state.clone());
        output.lists = Lists { allowed: self.allow.clone(), decoys: self.decoy.clone() };
    }

    /// Fills in what the command line left open about reading.
    pub(crate) fn read(&self, read: &mut Read) {
        self.output(&mut read.output);
        self.sensing(&mut read.sensing);
        read.separate |= self.separate;
        read.screen.settle(&self.dashboard);
    }

    /// Fills in what the command line left open about hearing frames.
    pub(crate) fn sensing(&self, sensing: &mut Sensing) {
        sensing.filter = sensing.filter.take().or_else(|| self.filter.clone());
        sensing.workers = sensing.workers.or(self.workers.map(u16::from));
        sensing.home_net = sensing.home_net.take().or_else(|| self.home_net.clone());
        sensing.key = sensing.key.take().or_else(|| self.key.clone());
        sensing.memory = sensing.memory.or(self.memory);
    }
}

/// A word, read as on the command line.
fn word<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = String>,
{
    String::deserialize(deserializer)?.parse().map(Some).map_err(Error::custom)
}

/// A list of words, read as they stand on the command line with commas between them.
fn list<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = String>,
{
    let words = Vec::<String>::deserialize(deserializer)?;
    words.join(",").parse().map(Some).map_err(Error::custom)
}

/// Our folder in one of the XDG base directories: `$variable/overhear`, or `~/fallback/overhear`.
/// A relative path in the variable is to be ignored, says the specification.
pub(crate) fn base(variable: &str, fallback: &str) -> Option<PathBuf> {
    let set = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = set.or_else(|| std::env::home_dir().map(|home| home.join(fallback)))?;
    Some(base.join("overhear"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_can_be_given_and_no_other() {
        let text = r##"
            json = true
            output = "out"
            content = "excerpt"
            secrets = "fingerprint"
            fail-on = "high"
            state = "known"
            filter = "tcp"
            workers = 2
            home-net = ["10.0.0.0/8"]
            key = "k"
            memory = "2GiB"
            separate = true
            quiet = false
            verbose = true
            color = "never"
            [dashboard]
            theme = "colour-blind"
            ascii = true
            no-mouse = true
            linear = false
            private = false
            exports = "/tmp"
            [dashboard.keys]
            down = ["n", "ctrl-n"]
            [dashboard.colours]
            accent = "86"
            [[allow]]
            account = "newsbot"
            network = "irc:hub.example"
            room = "#news"
            until = "2027-01-31"
            reason = "announces what is new"
            [[decoy]]
            account = "nobody-writes-to-me"
        "##;
        let config: Config = toml::from_str(text).unwrap();
        let mut output = Output { content: Some(ContentLevel::None), ..Output::default() };
        config.output(&mut output);
        assert_eq!(output.content, Some(ContentLevel::None), "the command line wins");
        assert_eq!(output.secrets, Some(SecretLevel::Fingerprint));
        assert_eq!(config.dashboard.check(), Ok(()));
        assert_eq!((output.lists.allowed.len(), output.lists.decoys.len()), (1, 1));
        for wrong in ["[dashboard.keys]\nfly = [\"f\"]", "[dashboard.colours]\naccent = \"loud\""] {
            let config: Config = toml::from_str(wrong).unwrap();
            assert!(config.dashboard.check().is_err(), "{wrong}");
        }
        for wrong in [
            "contents = \"full\"",
            "workers = -1",
            "memory = \"lots\"",
            "dashboard = true",
            "[dashboard]\ntheme = \"pink\"",
            "content = \"some\"",
            "home-net = [\"ten\"]",
            "[[allow]]\naccount = \"a\"",
            "[[allow]]\nreason = \"b\"\nuntil = \"soon\"",
            "[[decoy]]\naccounts = \"a\"",
        ] {
            assert!(toml::from_str::<Config>(wrong).is_err(), "{wrong}");
        }
    }
}
