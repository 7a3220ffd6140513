use std::fs;
use std::path::PathBuf;

use super::super::Timeline;
use super::*;

/// Writes files of frames at the given microseconds; each frame's data is the file's number.
fn folder(files: &[(&str, &[i64])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, (name, times)) in files.iter().enumerate() {
        let shots: Vec<Shot> = times.iter().map(|at| shot(at * 1_000, &[number as u8])).collect();
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, pcap(Order::Little, &shots)).unwrap();
    }
    folder
}

/// Every frame: its number, file, number in its file, time in microseconds.
fn frames(timeline: &mut Timeline) -> Vec<(u64, u16, u64, i64)> {
    let mut frames = Vec::new();
    while let Some(frame) = timeline.next() {
        frames.push((frame.seq, frame.stamp.source, frame.stamp.no, frame.stamp.at.0 / 1_000));
    }
    frames
}

#[test]
fn several_files_are_one_timeline() {
    let folder = folder(&[("b", &[10, 30, 30, 50]), ("a", &[20, 30, 60])]);
    let paths = [folder.path().join("b"), folder.path().join("a")];
    let (mut timeline, faults) = Timeline::open(&paths);
    assert_eq!(faults, []);
    let wanted = [
        (1, 0, 1, 10),
        (2, 1, 1, 20),
        (3, 0, 2, 30),
        (4, 0, 3, 30),
        (5, 1, 2, 30),
        (6, 0, 4, 50),
        (7, 1, 3, 60),
    ];
    assert_eq!(frames(&mut timeline), wanted);
    assert_eq!(timeline.faults(), []);
    assert_eq!(timeline.next(), None);
    let size = paths.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert_eq!(timeline.progress(), (size, Some(size)));
    assert_eq!(timeline.inputs()[1].name, paths[1].to_string_lossy());
}

#[test]
fn a_file_keeps_its_own_order() {
    let folder = folder(&[("a", &[50, 10, 60]), ("b", &[55])]);
    let (mut timeline, _) = Timeline::open(&[folder.path().to_path_buf()]);
    let times: Vec<i64> = frames(&mut timeline).iter().map(|frame| frame.3).collect();
    assert_eq!(times, [50, 10, 55, 60]);
}

#[test]
fn more_files_than_may_be_open_are_read_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let count = 300;
    for n in 0..count {
        let shots: Vec<Shot> =
            (0..5).map(|k| shot((k * count + n) * 1_000, &vec![n as u8; 700])).collect();
        let mut file = pcap(Order::Big, &shots);
        if n % 2 == 0 {
            file = ruzstd::encoding::compress_to_vec(
                &file[..],
                ruzstd::encoding::CompressionLevel::Fastest,
            );
        }
        fs::write(folder.path().join(format!("{n:03}")), file).unwrap();
    }
    let (mut timeline, faults) = Timeline::open(&[folder.path().to_path_buf()]);
    assert_eq!(faults, []);
    let mut seen = 0;
    while let Some(frame) = timeline.next() {
        assert_eq!(frame.stamp.at.0, seen * 1_000);
        assert_eq!(i64::from(frame.stamp.source), seen % count);
        assert_eq!(frame.data, vec![(seen % count) as u8; 700]);
        seen += 1;
        assert!(timeline.files_open() <= 64);
    }
    assert_eq!((seen, timeline.faults()), (5 * count, &[][..]));
}

#[test]
fn a_directory_means_every_capture_in_it() {
    let folder = folder(&[("z.pcap", &[1]), ("deep/er/a.dat", &[2]), ("deep/b", &[3])]);
    fs::write(folder.path().join("notes.txt"), "no capture").unwrap();
    fs::write(folder.path().join("broken.pcap.gz"), "no capture").unwrap();
    let (mut timeline, faults) = Timeline::open(&[folder.path().to_path_buf()]);
    let names: Vec<PathBuf> = timeline
        .inputs()
        .iter()
        .map(|input| Path::new(&input.name).strip_prefix(folder.path()).unwrap().to_path_buf())
        .collect();
    assert_eq!(names, ["deep/b", "deep/er/a.dat", "z.pcap"].map(PathBuf::from));
    assert_eq!(frames(&mut timeline).len(), 3);
    let faults: Vec<&str> = faults.iter().map(|fault| &fault.reason[..]).collect();
    assert_eq!(faults, ["no pcap or pcapng header"]);
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_read() {
    let folder = folder(&[("good", &[1, 2]), ("cut", &[3, 4])]);
    let cut = folder.path().join("cut");
    let mut bytes = fs::read(&cut).unwrap();
    bytes.pop();
    fs::write(&cut, bytes).unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let paths = ["good", "missing", "empty", "cut"].map(|name| folder.path().join(name));
    let (mut timeline, faults) = Timeline::open(&paths);
    let reasons: Vec<&str> = faults.iter().map(|fault| &fault.reason[..]).collect();
    assert_eq!(reasons, ["no capture in this directory", "there is no such file"]);
    assert_eq!(frames(&mut timeline).len(), 3);
    let fault = &timeline.faults()[0];
    assert_eq!((&fault.file, fault.offset), (&cut, Some(24 + 17)));
}

#[test]
fn each_clock_of_a_file_is_an_input() {
    let folder = tempfile::tempdir().unwrap();
    let mut ink = Ink::new(Order::Little);
    ink.section().interface(1, 0, None, 0).interface(1, 0, Some(3), 0);
    ink.packet(0, 1, 1, b"a").packet(1, 1, 1, b"b").packet(0, 2, 1, b"c").packet(1, 2, 1, b"d");
    fs::write(folder.path().join("clocks"), ink.bytes).unwrap();
    let (mut timeline, _) = Timeline::open(&[folder.path().join("clocks")]);
    let sources: Vec<_> = frames(&mut timeline).iter().map(|frame| (frame.1, frame.2)).collect();
    assert_eq!(sources, [(0, 1), (1, 2), (0, 3), (1, 4)]);
    let clocks: Vec<_> = timeline.inputs().iter().map(|input| input.resolution).collect();
    assert_eq!(clocks, [None, Some(0.001)]);
    assert_eq!(timeline.files(), 1);
}

/// Interfaces of a file whose sections describe these, `.` being a packet of each described so far.
fn interfaces(script: &[&str]) -> Vec<Option<String>> {
    let folder = tempfile::tempdir().unwrap();
    let mut ink = Ink::new(Order::Little);
    for section in script {
        let mut described = 0;
        ink.section();
        for word in section.split(' ') {
            if word == "." {
                for number in 0..described {
                    ink.packet(number, 1, 1, b"x");
                }
            } else {
                ink.named(word);
                described += 1;
            }
        }
    }
    fs::write(folder.path().join("taps"), ink.bytes).unwrap();
    let (mut timeline, _) = Timeline::open(&[folder.path().join("taps")]);
    let sources: Vec<_> = frames(&mut timeline).iter().map(|frame| usize::from(frame.1)).collect();
    assert_eq!(timeline.faults(), []);
    let name = |source: usize| timeline.inputs()[source].interface.clone().map(|(name, _)| name);
    sources.into_iter().map(name).collect()
}

#[test]
fn an_interface_is_told_where_there_are_several() {
    let named =
        |names: &[&str]| names.iter().map(|name| Some((*name).to_owned())).collect::<Vec<_>>();
    assert_eq!(interfaces(&["tap0 tap1 ."]), named(&["tap0", "tap1"]));
    assert_eq!(interfaces(&["tap0 ."]), [None], "one is no news");
    assert_eq!(interfaces(&["tap0 tap0 ."]), [None, None]);
    assert_eq!(
        interfaces(&["tap0 . tap1 ."]),
        [None, None, None],
        "too late to be told of the first"
    );
    let later = interfaces(&["tap0 tap1 . tap2 .", "tap1 .", "tap3 tap1 ."]);
    assert_eq!(later[..5], named(&["tap0", "tap1", "tap0", "tap1", "tap2"])[..]);
    assert_eq!((&later[5], &later[6..]), (&None, &named(&["tap3", "tap1"])[..]));
    let many: Vec<String> = (0..5_000).map(|number| format!("tap{number}")).collect();
    let told = interfaces(&[&format!("{} .", many.join(" "))]);
    assert_eq!(told.iter().flatten().count(), 1_024);
}

#[test]
fn a_timeline_may_be_read_on_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<Timeline>();
}
