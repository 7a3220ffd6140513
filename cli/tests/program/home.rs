//! Runs the program as a person would, in a home of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A place to work in that nobody else sees.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(&path, content).expect("a file");
        path
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_overhear"));
        command
            .env_clear()
            .env("HOME", self.0.path())
            .env("TMPDIR", self.0.path())
            .current_dir(self.0.path());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        Ran(self.command().args(args).stdin(Stdio::null()).output().expect("it runs"))
    }

    /// Runs it with something on standard input.
    pub(crate) fn fed(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self.child(args);
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = input.to_vec();
        let feeder = std::thread::spawn(move || {
            // It may have seen enough before the end.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().expect("it runs");
        feeder.join().expect("fed");
        Ran(output)
    }

    /// Starts it with pipes on all sides.
    pub(crate) fn child(&self, args: &[&str]) -> Child {
        let mut command = self.command();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("it starts")
    }
}

/// What came out.
pub(crate) struct Ran(pub(crate) Output);

impl Ran {
    pub(crate) fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).expect("text")
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).expect("text")
    }

    /// The same, if it ended with this code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.0.status.code(), Some(code), "{}\n{}", self.out(), self.err());
        self
    }
}

/// A recorded stream of this repository.
pub(crate) fn stream(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sensor/tests/streams").join(name);
    std::fs::read_to_string(path).expect(name)
}

/// A capture of this repository.
pub(crate) fn trace(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/traces").join(name)
}

/// The lines a replay passes through.
pub(crate) fn passed(stream: &str) -> Vec<&str> {
    let made_anew = |line: &&str| {
        line.contains(r#""event_type":"finding""#) || line.contains(r#""event_type":"stats""#)
    };
    stream.lines().filter(|line| !made_anew(line)).collect()
}
