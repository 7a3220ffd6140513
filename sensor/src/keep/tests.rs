//! What is written is read back as it was.

use overhear_analysis::told::{Body, Client, Head};
use overhear_analysis::{Stamp, Time, Told};

use overhear_testdata::Dialogue;
use overhear_testdata::frames::{self, Wire};

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::capture::Timeline;
use crate::frame::{Frame, Link};

/// Turns that were thought of.
struct Script(std::vec::IntoIter<(i64, u16, Link, &'static [u8])>, u64, Option<Time>);

impl Feed for Script {
    fn turn(&mut self) -> Turn<'_> {
        let Some((at, source, link, data)) = self.0.next() else {
            return self.2.take().map_or(Turn::Over, |until| Turn::Quiet(Some(until)));
        };
        self.1 += 1;
        let stamp = Stamp { at: Time(at), source, no: self.1 };
        Turn::Frame(Frame { seq: self.1, stamp, wire_len: 99, link, data })
    }

    fn ahead(&mut self) -> Option<(Link, &[u8])> {
        None
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (0, None)
    }

    fn lost(&self) -> Lost {
        Lost { kernel: 3, interface: 4 }
    }
}

/// A frame as it is compared.
type Seen = (i64, u64, u32, Link, Vec<u8>);

fn frames(feed: &mut impl Feed) -> (Vec<Seen>, Option<Time>) {
    let (mut frames, mut until) = (Vec::new(), None);
    loop {
        match feed.turn() {
            Turn::Frame(Frame { stamp, wire_len, link, data, .. }) => {
                frames.push((stamp.at.0, stamp.no, wire_len, link, data.to_vec()));
            }
            Turn::Quiet(time) => until = time,
            Turn::Odd(name, detail) => panic!("{name} {detail}"),
            Turn::Over => return (frames, until),
        }
    }
}

#[test]
fn what_was_kept_is_read_back_with_what_was_lost() {
    let said: Vec<(i64, u16, Link, &[u8])> = vec![
        (1_700_000_000_123_456_789, 0, Link::ETHERNET, b"first"),
        (1_700_000_000_123_456_788, 1, Link::RAW, b"a moment before"),
        (1_700_000_001_000_000_000, 0, Link::ETHERNET, b""),
    ];
    let end = Time(1_700_000_009_000_000_000);
    let named = |name: &str| Described {
        name: name.into(),
        filter: Some("tcp".into()),
        ..Described::default()
    };
    let mut bytes = Vec::new();
    let script = Script(said.into_iter(), 0, Some(end));
    let mut keep = Keep::new(script, &mut bytes, vec![named("tap0"), named("tap1")]).unwrap();
    let heard = frames(&mut keep);
    assert_eq!(heard.0.len(), 3);
    keep.finish().unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    let (mut timeline, faults) = Timeline::open(&[file.path().to_owned()]);
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(frames(&mut timeline), heard, "also how long it was listened");
    assert_eq!(timeline.lost().kernel, 7);
}

/// A folder in which files are made, each named by its number and the second it followed.
fn volumes(folder: &Path, asked: &Arc<AtomicBool>) -> Volumes<File> {
    let (folder, mut number) = (folder.to_owned(), 0);
    Volumes::new(Arc::clone(asked), move |begun| {
        number += 1;
        let begun = begun.map_or(-1, |begun| begun.0 / 1_000_000_000);
        File::create(folder.join(format!("{number}-{begun}")))
    })
}

/// Writes frames into volumes; how many are in each file, in the order they were made.
fn volume(
    said: &[(i64, u16, Link, &'static [u8])],
    how: impl FnOnce(Volumes<File>) -> Volumes<File>,
    ask_at: Option<usize>,
) -> Vec<(String, usize)> {
    let (folder, asked) = (tempfile::tempdir().unwrap(), Arc::new(AtomicBool::new(false)));
    let first = File::create(folder.path().join("0")).unwrap();
    let tap = |name: &str| Described {
        name: name.into(),
        link: Some(Link::ETHERNET),
        ..Described::default()
    };
    let script = Script(Vec::from(said).into_iter(), 0, None);
    let keep = Keep::new(script, first, vec![tap("tap0"), tap("tap1")]).unwrap();
    let mut keep = keep.in_volumes(how(volumes(folder.path(), &asked)));
    for number in 0.. {
        if ask_at == Some(number) {
            asked.store(true, Ordering::Relaxed);
        }
        if matches!(keep.turn(), Turn::Over) {
            break;
        }
    }
    keep.finish().unwrap();
    assert!(!asked.load(Ordering::Relaxed), "it was answered");
    let mut all = Vec::new();
    let mut names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    names.sort();
    let mut lost = 0;
    let counts = names.iter().map(|name| {
        let (mut timeline, faults) = Timeline::open(&[folder.path().join(name)]);
        assert!(faults.is_empty(), "{faults:?}");
        let frames = frames(&mut timeline).0;
        assert!(timeline.faults().is_empty(), "each file is whole: {:?}", timeline.faults());
        let names: Vec<_> = timeline.inputs().iter().map(|input| input.interface.clone()).collect();
        if !frames.is_empty() {
            let tap = |name: &str| Some((name.to_owned(), Link::ETHERNET));
            assert_eq!(names, [tap("tap0"), tap("tap1")], "each describes its interfaces");
        }
        lost += timeline.lost().kernel;
        all.extend(frames.iter().map(|frame| (frame.0, frame.4.clone())));
        (name.to_string_lossy().into_owned(), frames.len())
    });
    let counts = counts.collect();
    let wanted: Vec<_> = said.iter().map(|one| (one.0, one.3.to_vec())).collect();
    assert_eq!((all, lost), (wanted, 7), "nothing is missing or told twice");
    counts
}

/// Frames a second apart.
fn seconds(count: i64) -> Vec<(i64, u16, Link, &'static [u8])> {
    let frame = |second: i64| {
        (second * 1_000_000_000, u16::from(second % 2 == 1), Link::ETHERNET, &[7; 1_000][..])
    };
    (100..100 + count).map(frame).collect()
}

#[test]
fn one_file_follows_another_and_each_is_whole() {
    let named = |names: &[(&str, usize)]| -> Vec<(String, usize)> {
        names.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    };
    let every = volume(&seconds(25), |all| all.every(Some(10_000_000_000)), None);
    assert_eq!(every, named(&[("0", 10), ("1-100", 10), ("2-110", 5)]));
    let of = volume(&seconds(10), |all| all.of(Some(4_000)), None);
    assert_eq!(of, named(&[("0", 4), ("1-100", 4), ("2-104", 2)]));
    let asked = volume(&seconds(5), |all| all, Some(3));
    assert_eq!(asked, named(&[("0", 3), ("1-100", 2)]));
    let before_all = volume(&seconds(5), |all| all, Some(0));
    assert_eq!(before_all, named(&[("0", 0), ("1--1", 5)]));
}

/// A disk that is full after so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_ends_the_writing_and_not_the_reading() {
    let said: Vec<(i64, u16, Link, &[u8])> = vec![(1, 0, Link::ETHERNET, &[7; 300]); 2_000];
    let script = Script(said.into_iter(), 0, None);
    let mut keep = Keep::new(script, Full(300_000), Vec::new()).unwrap();
    let (mut heard, mut odd) = (0, Vec::new());
    loop {
        match keep.turn() {
            Turn::Frame(_) => heard += 1,
            Turn::Odd(name, _) => odd.push(name),
            Turn::Quiet(_) => {}
            Turn::Over => break,
        }
    }
    assert_eq!((heard, odd), (2_000, vec!["write_failed"]));
    assert!(keep.finish().is_err());
}

/// A frame of a conversation between two ports.
fn talk(port: u16, said: &str) -> Vec<u8> {
    let script =
        format!("# origin: RFC 2812\n# ends: 10.0.0.1:{port} 10.0.0.2:6667 tcp\n>>> {said}\n");
    let dialogue = Dialogue::parse(&script).unwrap();
    let frames = frames::frames(&dialogue, &Wire::default());
    frames.into_iter().max_by_key(|frame| frame.bytes.len()).unwrap().bytes
}

/// An event about one of them.
fn about(port: u16) -> Told {
    let head = Head {
        event_type: "message".into(),
        flow_id: Some(port.into()),
        src_ip: Some([10, 0, 0, 2].into()),
        src_port: Some(6667),
        dest_ip: Some([10, 0, 0, 1].into()),
        dest_port: Some(port),
        proto: Some("TCP".into()),
        app_proto: Some("irc".into()),
        ..Head::default()
    };
    let client = Client {
        network: "irc".into(),
        account: "ann".into(),
        product: "x".into(),
        version: None,
        source: "CTCP".into(),
    };
    Told { head, body: Body::Client(client) }
}

/// Feeds frames, and lets somebody ask for ports after the frame of this number.
fn picked(frames: &[(i64, u16)], asks: &[(usize, u16)], bytes: usize) -> Vec<String> {
    let said: Vec<(i64, u16, Link, &[u8])> = frames
        .iter()
        .map(|(at, port)| {
            let frame: &[u8] = talk(*port, &format!("PRIVMSG x :{at}")).leak();
            (at * 1_000_000_000, 0, Link::ETHERNET, frame)
        })
        .collect();
    let mut file = Vec::new();
    let script = Script(said.into_iter(), 0, None);
    let described = vec![Described::default()];
    let (mut keep, mut asker) = Keep::of_messaging(script, &mut file, described, bytes).unwrap();
    for number in 0.. {
        for (_, port) in asks.iter().filter(|(at, _)| *at == number) {
            asker.hear(&about(*port));
        }
        if matches!(keep.turn(), Turn::Over) {
            break;
        }
    }
    keep.finish().unwrap();
    let comments = file.windows(4).enumerate().filter(|(_, at)| *at == b"irc,").map(|(at, _)| {
        let end = file[at..].iter().position(|byte| *byte == 0 || *byte > 0x7e);
        String::from_utf8_lossy(&file[at..][..end.unwrap_or(0)]).into_owned()
    });
    comments.collect()
}

#[test]
fn frames_wait_until_it_is_known_whose_they_are() {
    let frames = [(1, 4000), (2, 5000), (3, 4000), (4, 4001), (8, 4000), (9, 4001)];
    let kept = picked(&frames, &[(4, 4001), (5, 4000)], 1 << 20);
    let said = |port: u16, frame: u8| format!("irc, flow {port}, frame {frame}");
    assert_eq!(kept, [said(4000, 1), said(4000, 3), said(4001, 4), said(4000, 5), said(4001, 6)]);
    assert!(picked(&frames, &[], 1 << 20).is_empty(), "nobody asked");
}

#[test]
fn what_had_to_be_forgotten_is_said() {
    let frames = [(1, 4000), (2, 5000), (3, 5001), (4, 4000)];
    let kept = picked(&frames, &[(4, 4000)], 500);
    assert_eq!(kept, ["irc, flow 4000, frame 4; 1 frames before it were not kept"]);
}
