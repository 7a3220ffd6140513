//! The captures below a path.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Fault;
use super::reader::Reader;

/// The files a path stands for: itself, or every capture in the directory, sorted.
///
/// In a directory a file that is no capture is passed over, unless its name says it is one.
pub(super) fn captures(path: &Path, faults: &mut Vec<Fault>) -> Vec<PathBuf> {
    if path == Path::new("-") || !path.is_dir() {
        return vec![path.to_path_buf()];
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        match entries(&folder) {
            Ok((files, more)) => {
                found.extend(files.into_iter().filter(|file| is_capture(file)));
                folders.extend(more);
            }
            Err(error) => faults.push(whole_file(folder, error.to_string())),
        }
    }
    found.sort();
    if found.is_empty() {
        faults.push(whole_file(path.to_path_buf(), "no capture in this directory".into()));
    }
    found
}

/// The regular files and the folders of a folder. Links to folders are not followed: they may lead
/// back.
fn entries(folder: &Path) -> io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            folders.push(path);
        } else if path.is_file() {
            files.push(path);
        }
    }
    Ok((files, folders))
}

fn is_capture(file: &Path) -> bool {
    let name = file.to_string_lossy().to_ascii_lowercase();
    let name = PACKED.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    NAMES.iter().any(|end| name.ends_with(end)) || Reader::open(file, HEAD).is_ok()
}

fn whole_file(file: PathBuf, reason: String) -> Fault {
    Fault { file, offset: None, unpacked: false, reason: reason.into() }
}

const NAMES: [&str; 4] = [".pcap", ".pcapng", ".cap", ".ntar"];
const PACKED: [&str; 5] = [".gz", ".zst", ".zstd", ".xz", ".lz4"];
/// Bytes read to recognise a capture.
const HEAD: usize = 512;
