//! How a network writes names: case, channel and status characters, as `005` tells them
//! (modern.ircdocs.horse, `RPL_ISUPPORT` parameters).

use std::borrow::Cow;

/// A network's rules for names, RFC 1459's until the server states its own.
#[derive(Debug)]
pub(super) struct Names {
    folding: Folding,
    channel: Vec<u8>,
    status: Vec<u8>,
    /// Mode letters of the status characters, such as `ov` of `PREFIX=(ov)@+`.
    modes: Vec<u8>,
    /// Letters of CHANMODES that always take a parameter (groups A and B).
    always: Vec<u8>,
    /// Letters that take one only when set (group C).
    set_only: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Folding {
    Ascii,
    Rfc1459,
    StrictRfc1459,
    Unicode,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            folding: Folding::Rfc1459,
            channel: b"#&+!".to_vec(),
            status: b"~&@%+".to_vec(),
            modes: b"qaohv".to_vec(),
            always: b"beIk".to_vec(),
            set_only: b"lfjLH".to_vec(),
        }
    }
}

impl Names {
    /// Learns from one parameter of `005`.
    pub(super) fn learn(&mut self, parameter: &str) {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match key {
            "CASEMAPPING" => self.folding = Folding::named(value),
            "CHANTYPES" => self.channel = short(value.as_bytes()),
            "STATUSMSG" => self.status = short(value.as_bytes()),
            "PREFIX" => self.prefix(value),
            "CHANMODES" => self.channel_modes(value),
            _ => {}
        }
    }

    fn prefix(&mut self, value: &str) {
        if let Some((modes, status)) = value.strip_prefix('(').and_then(|v| v.split_once(')')) {
            self.modes = short(modes.as_bytes());
            self.status.extend(short(status.as_bytes()));
            self.status.sort_unstable();
            self.status.dedup();
        }
    }

    fn channel_modes(&mut self, value: &str) {
        let mut groups = value.split(',');
        let always =
            [groups.next().unwrap_or_default(), groups.next().unwrap_or_default()].concat();
        self.always = short(always.as_bytes());
        self.set_only = short(groups.next().unwrap_or_default().as_bytes());
    }

    /// A name folded for comparison.
    pub(super) fn fold(&self, name: &str) -> String {
        let mut folded = match self.folding {
            Folding::Unicode => return name.to_lowercase(),
            _ => name.to_ascii_lowercase(),
        };
        // Hardly any name has one.
        if folded.bytes().any(|byte| matches!(byte, b'[' | b']' | b'\\' | b'~')) {
            folded = folded.chars().map(|c| self.folding.char(c)).collect();
        }
        folded
    }

    /// The room a target means, with the status characters of `@#room` removed.
    pub(super) fn room<'a>(&self, target: &'a [u8]) -> Option<&'a [u8]> {
        let mut rest = target;
        while let [first, second, ..] = rest {
            let opens = self.channel.contains(second) && *second != b'+';
            let goes_on = self.status.contains(second) && !self.channel.contains(first);
            if !self.status.contains(first) || !(opens || goes_on) {
                break;
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        (rest.len() > 1 && rest.first().is_some_and(|c| self.channel.contains(c))).then_some(rest)
    }

    /// A member of a NAMES list without status characters, user and host.
    pub(super) fn member<'a>(&self, entry: &'a [u8]) -> &'a [u8] {
        let status = entry.iter().take_while(|c| self.status.contains(c)).count();
        let nick = entry.get(status..).unwrap_or_default();
        let end = memchr::memchr(b'!', nick).unwrap_or(nick.len());
        nick.get(..end).unwrap_or_default()
    }

    /// The key a mode change sets: `+ok nick key` has the parameters of its letters in order.
    pub(super) fn key<'a>(&self, modes: &[u8], params: &[&'a [u8]]) -> Option<&'a [u8]> {
        let (mut adding, mut params, mut key) = (true, params.iter(), None);
        for letter in modes {
            match letter {
                b'+' | b'-' => adding = *letter == b'+',
                b'k' => key = params.next().filter(|_| adding).or(key),
                _ if self.takes_parameter(*letter, adding) => drop(params.next()),
                _ => {}
            }
        }
        key.copied()
    }

    fn takes_parameter(&self, letter: u8, adding: bool) -> bool {
        self.modes.contains(&letter)
            || self.always.contains(&letter)
            || (adding && self.set_only.contains(&letter))
    }
}

impl Folding {
    fn named(name: &str) -> Self {
        match name {
            "ascii" => Self::Ascii,
            "strict-rfc1459" | "rfc1459-strict" => Self::StrictRfc1459,
            "rfc8265" | "rfc7613" | "rfc7700" | "utf8" => Self::Unicode,
            _ => Self::Rfc1459,
        }
    }

    fn char(self, c: char) -> char {
        match (self, c) {
            (Self::Rfc1459, '~') => '^',
            (Self::Rfc1459 | Self::StrictRfc1459, '[') => '{',
            (Self::Rfc1459 | Self::StrictRfc1459, ']') => '}',
            (Self::Rfc1459 | Self::StrictRfc1459, '\\') => '|',
            _ => c.to_ascii_lowercase(),
        }
    }
}

/// Bytes as text for a name; impossible ones become U+FFFD.
pub(super) fn text(name: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(name)
}

/// Bytes of a name that is remembered in a table; servers allow some 30 for a nickname and 200 for
/// a room. Longer ones are told and forgotten.
pub(super) const LONGEST: usize = 256;

/// No server has more than 64 modes or prefixes.
fn short(value: &[u8]) -> Vec<u8> {
    value.iter().copied().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_follows_the_server() {
        let mut names = Names::default();
        assert_eq!(names.fold("Nick[A]~"), "nick{a}^");
        names.learn("CASEMAPPING=ascii");
        assert_eq!(names.fold("Nick[A]~"), "nick[a]~");
    }

    #[test]
    fn a_status_prefix_is_no_part_of_the_room() {
        let names = Names::default();
        assert_eq!(names.room(b"@#ops"), Some(&b"#ops"[..]));
        assert_eq!(names.room(b"@+#ops"), Some(&b"#ops"[..]));
        assert_eq!(names.room(b"&local"), Some(&b"&local"[..]));
        assert_eq!(names.room(b"bob"), None);
        assert_eq!(names.room(b"#"), None);
        assert_eq!(names.member(b"@%ann!u@h"), b"ann");
    }

    #[test]
    fn a_key_stands_behind_the_parameters_of_the_letters_before_it() {
        let names = Names::default();
        assert_eq!(names.key(b"+ok", &[b"ann", b"sesame"]), Some(&b"sesame"[..]));
        assert_eq!(names.key(b"+lk", &[b"12", b"sesame"]), Some(&b"sesame"[..]));
        assert_eq!(names.key(b"-lk", &[b"sesame"]), None);
    }
}
