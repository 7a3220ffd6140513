//! Books that are written, killed, damaged and full.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use overhear_analysis::{About, Lesson, Listened, Memory as _, Time};

use super::*;

fn lesson(about: About, id: u64, last: i64, learned: &[u8]) -> Lesson {
    Lesson { about, id, last: Time(last), learned: learned.to_vec() }
}

const TIMES: Listened = Listened { since: Time(-5), until: Time(7) };

/// A place for a book, and a book with something in it that was closed.
fn written() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state/known");
    let (book, aside) = open(&path).unwrap();
    assert_eq!(aside, None);
    let lessons: Vec<_> = (0..500)
        .map(|id| lesson(About::People, id, 0, &[u8::try_from(id % 251).unwrap(); 40]))
        .collect();
    book.write(&lessons, Some(TIMES)).unwrap();
    book.write(
        &[lesson(About::SignOns, 3, 1, b"morning"), lesson(About::People, 3, 2, b"new")],
        None,
    )
    .unwrap();
    (home, path)
}

#[test]
fn what_was_written_is_known_again() {
    let (_home, path) = written();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let (mut book, aside) = open(&path).unwrap();
    assert_eq!((aside, book.accounts(), book.listened()), (None, 500, Some(TIMES)));
    assert_eq!(book.recall(About::People, 3).as_deref(), Some(&b"new"[..]));
    assert_eq!(book.recall(About::SignOns, 3).as_deref(), Some(&b"morning"[..]));
    assert_eq!(book.recall(About::Places, 3), None);
    assert_eq!(book.recall(About::People, 499), Some(vec![248; 40]));
}

#[test]
fn a_book_has_one_reader() {
    let (_home, path) = written();
    let (book, _) = open(&path).unwrap();
    assert!(matches!(open(&path), Err(Failure::Busy)));
    drop(book);
    assert!(open(&path).is_ok());
}

#[test]
fn who_was_silent_the_longest_is_forgotten_first() {
    let home = tempfile::tempdir().unwrap();
    let mut book = Book::of(&home.path().join("known"), 100 * (64 + 36)).unwrap();
    for page in 0..20_u64 {
        let ids = page * 50..page * 50 + 50;
        let fresh = ids.map(|id| lesson(About::People, id + 10, id.cast_signed(), &[0; 36]));
        // One of them is heard of again and again.
        let again = lesson(About::People, 7, (page * 50 + 49).cast_signed(), &[1; 36]);
        book.write(&fresh.chain([again]).collect::<Vec<_>>(), None).unwrap();
    }
    assert_eq!((book.accounts(), book.len()), (100, (100, 100)));
    assert!(book.recall(About::People, 7).is_some());
    let known = (0..1_000).filter(|id| book.recall(About::People, id + 10).is_some());
    assert_eq!(known.collect::<Vec<_>>(), (901..1_000).collect::<Vec<_>>());
}

/// A writer that is killed in the middle of it: what it had written is whole.
#[test]
fn what_was_written_survives_a_kill() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("known");
    let mut written = 0;
    for round in 0..4 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "memory::tests::writer"])
            .env("BOOK", &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut numbers =
            lines.filter_map(|line| line.unwrap().strip_prefix("page ")?.parse::<u64>().ok());
        let last = numbers.nth(20 + 7 * round);
        child.kill().unwrap();
        child.wait().unwrap();
        written = numbers.last().or(last).unwrap().max(written);

        let (mut book, aside) = open(&path).unwrap();
        assert_eq!(aside, None);
        let pages = book.accounts() / 20;
        assert!(pages > written, "{pages} pages, {written} were told of");
        assert_eq!((book.accounts() % 20, book.len()), (0, (pages * 20, pages * 20)));
        assert!((0..pages * 20).all(|id| book.recall(About::People, id).is_some()));
    }
}

#[test]
#[ignore = "is killed by another test"]
fn writer() {
    let (book, _) = open(Path::new(&std::env::var_os("BOOK").unwrap())).unwrap();
    for page in book.accounts() / 20.. {
        let ids = page * 20..page * 20 + 20;
        let page_of: Vec<_> = ids.map(|id| lesson(About::People, id, 0, &[7; 500])).collect();
        book.write(&page_of, Some(TIMES)).unwrap();
        println!("page {page}");
    }
}

#[test]
fn a_file_of_somebody_else_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("capture.pcap");
    std::fs::write(&path, "no book").unwrap();
    assert!(matches!(open(&path), Err(Failure::Foreign)));
    assert_eq!(std::fs::read(&path).unwrap(), b"no book");
    assert!(matches!(open(home.path()), Err(Failure::System(_))));
}

#[test]
fn what_another_version_wrote_is_put_aside() {
    let (home, path) = written();
    let file = redb::Database::open(&path).unwrap();
    let write = file.begin_write().unwrap();
    let about = redb::TableDefinition::<'_, &str, i64>::new("about");
    write.open_table(about).unwrap().insert("form", 77).unwrap();
    write.commit().unwrap();
    drop(file);
    let before = std::fs::read(&path).unwrap();
    let (book, aside) = open(&path).unwrap();
    let aside = aside.unwrap();
    assert_eq!((book.accounts(), aside.why.as_str()), (0, "another version of overhear wrote it"));
    assert_eq!(aside.path, home.path().join("state/known.unread-1"));
    assert_eq!(std::fs::read(&aside.path).unwrap().len(), before.len());
    drop(book);
    std::fs::write(&path, [0; 5_000]).unwrap();
    let (_, aside) = open(&path).unwrap();
    assert_eq!(aside.unwrap().path, home.path().join("state/known.unread-2"));
}

/// Bytes that somebody changed are noticed when the book is opened, or are none that matter; whatever
/// is in it, nothing panics.
#[test]
fn no_damage_is_too_strange() {
    let (home, path) = written();
    let whole = std::fs::read(&path).unwrap();
    let mut random = fastrand::Rng::with_seed(9);
    let mut noticed = 0;
    for round in 0..40 {
        let mut bytes = whole.clone();
        if round % 3 == 0 {
            bytes.truncate(random.usize(..bytes.len()));
        }
        for _ in 0..=random.usize(..40) {
            let at = 4 + random.usize(..bytes.len().max(5) - 4);
            let byte = random.u8(..);
            bytes.get_mut(at).into_iter().for_each(|old| *old = byte);
        }
        let path = home.path().join(format!("damaged{round}"));
        std::fs::write(&path, &bytes).unwrap();
        let Ok((mut book, aside)) = open(&path) else { continue };
        noticed += u32::from(aside.is_some());
        (0..500).for_each(|id| drop(book.recall(About::People, id)));
        book.write(&[lesson(About::People, 1, 1, b"x")], Some(TIMES)).unwrap();
    }
    assert!(noticed > 10, "{noticed}");
}
