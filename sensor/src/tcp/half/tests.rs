use proptest::prelude::*;

use super::*;

fn now(now: Time) -> super::Heard {
    super::Heard { now, frame: 1, compare: true }
}

/// What a half said, with bytes joined.
#[derive(Debug, Default, PartialEq, Eq)]
struct Heard {
    text: String,
    ended: bool,
}

impl Heard {
    fn take(&mut self, piece: Piece<'_>) {
        assert!(!self.ended, "something came after the end");
        match piece {
            Piece::Bytes(_, bytes) => self.text.push_str(&String::from_utf8_lossy(bytes)),
            Piece::Gap(bytes) => self.text.extend(["<", &bytes.to_string(), ">"]),
            Piece::Conflict(_) => {}
            Piece::End => self.ended = true,
        }
    }
}

/// Segments `(offset from the first byte, payload, fin)`.
type Segments<'a> = &'a [(i64, &'a str, bool)];

/// Hears segments whose stream begins at `isn`, to its end.
fn hear(isn: u32, segments: Segments<'_>) -> (Heard, Tally) {
    let (mut half, mut heard, mut sum) = (Half::default(), Heard::default(), Tally::default());
    half.begin(Seq(isn));
    for (at, data, fin) in segments {
        let seq = Seq(isn.wrapping_add((*at).cast_unsigned() as u32));
        let tally =
            half.segment(seq, data.as_bytes(), *fin, now(Time(0)), &mut |piece| heard.take(piece));
        sum.delivered += tally.delivered;
        sum.repeated += tally.repeated;
        sum.outside += tally.outside;
        sum.after_end += tally.after_end;
    }
    sum.delivered += half.finish(Time(0), &mut |piece| heard.take(piece)).delivered;
    (heard, sum)
}

#[test]
fn order_does_not_matter_and_the_first_copy_wins() {
    let table: &[(Segments<'_>, &str)] = &[
        (&[(0, "abc", false), (3, "def", true)], "abcdef"),
        (&[(3, "def", true), (0, "abc", false)], "abcdef"),
        (&[(0, "abc", false), (0, "abc", false), (3, "def", true)], "abcdef"),
        (&[(0, "abc", false), (1, "XXdef", true)], "abcdef"),
        (&[(4, "ef", false), (2, "cdXX", false), (0, "ab", false)], "abcdef"),
        (&[(0, "ab", false), (4, "ef", false)], "ab<2>ef"),
        (&[(0, "ab", false), (-1, "", false), (2, "c", false)], "abc"),
        (&[(0, "ab", true), (2, "late", false)], "ab"),
        (&[(0, "abXX", false), (0, "ab", true)], "abXX"),
    ];
    for isn in [0, 1, u32::MAX, u32::MAX - 3, 0x7fff_fffe] {
        for (segments, text) in table {
            assert_eq!(hear(isn, segments).0.text, *text, "{segments:?} from {isn}");
        }
    }
}

#[test]
fn a_fin_with_data_out_of_order_ends_after_its_data() {
    let (heard, _) = hear(9, &[(2, "cd", true), (0, "ab", false)]);
    assert_eq!(heard, Heard { text: "abcd".into(), ended: true });
}

#[test]
fn an_acknowledged_hole_is_a_gap_at_once() {
    let (mut half, mut heard) = (Half::default(), Heard::default());
    half.begin(Seq(100));
    half.segment(Seq(100), b"ab", false, now(Time(0)), &mut |piece| heard.take(piece));
    half.segment(Seq(105), b"fg", false, now(Time(0)), &mut |piece| heard.take(piece));
    assert_eq!(heard.text, "ab");
    half.ack(Seq(107), Time(0), &mut |piece| heard.take(piece));
    assert_eq!(heard.text, "ab<3>fg");
}

#[test]
fn an_early_acknowledgement_loses_nothing() {
    let (mut half, mut heard) = (Half::default(), Heard::default());
    half.begin(Seq(100));
    half.ack(Seq(104), Time(0), &mut |piece| heard.take(piece));
    half.segment(Seq(100), b"abcd", false, now(Time(0)), &mut |piece| heard.take(piece));
    assert_eq!(heard.text, "abcd");
}

#[test]
fn a_hole_is_given_up_after_two_seconds() {
    let (mut half, mut heard) = (Half::default(), Heard::default());
    half.begin(Seq(0));
    half.segment(Seq(5), b"f", false, now(Time::from_secs(1)), &mut |piece| heard.take(piece));
    half.tick(Time::from_secs(2), &mut |piece| heard.take(piece));
    assert_eq!(heard.text, "");
    assert_eq!(half.deadline(), Some(Time::from_secs(3)));
    half.tick(Time::from_secs(3), &mut |piece| heard.take(piece));
    assert_eq!(heard.text, "<5>f");
}

#[test]
fn what_waits_is_bounded() {
    let (mut half, mut gaps, mut most) = (Half::default(), 0, 0);
    half.begin(Seq(0));
    for at in (1..60_000u32).map(|at| at * 1_000) {
        half.segment(Seq(at), &[7; 500], false, now(Time(0)), &mut |piece| {
            gaps += usize::from(matches!(piece, Piece::Gap(_)));
        });
        most = most.max(half.reorder.as_ref().map_or(0, |held| held.cost()));
    }
    assert!(most <= HOLD, "{most} bytes were held");
    assert!(gaps > 50_000);
}

proptest! {
    /// Every byte of every segment is in exactly one column of the ledger.
    #[test]
    fn the_tally_is_whole(
        isn: u32,
        segments in proptest::collection::vec((-50i64..400, 0usize..90, any::<bool>()), 1..60),
    ) {
        let text = "x".repeat(100);
        let segments: Vec<_> =
            segments.iter().map(|(at, len, fin)| (*at, &text[..*len], *fin && *at > 350)).collect();
        let (heard, tally) = hear(isn, &segments);
        let said: u64 = segments.iter().map(|(_, data, _)| data.len() as u64).sum();
        prop_assert_eq!(
            tally.delivered + tally.repeated + tally.outside + tally.after_end, said
        );
        prop_assert!(heard.ended);
    }

    /// Any order of any overlapping cut of one stream gives the stream.
    #[test]
    fn any_order_gives_the_stream(
        isn: u32,
        mut cuts in Just((0..60usize).collect::<Vec<_>>()).prop_shuffle(),
        overlap in 0usize..12,
    ) {
        let stream: String = (0..600u32).map(|at| (at % 23) as u8).map(|at| char::from(b'a' + at % 23)).collect();
        cuts.push(59);
        let segments: Vec<_> = cuts
            .iter()
            .map(|&cut| {
                let end = (cut * 10 + 10 + overlap).min(600);
                (i64::try_from(cut * 10).unwrap(), &stream[cut * 10..end], end == 600)
            })
            .collect();
        prop_assert_eq!(hear(isn, &segments).0.text, stream);
    }
}
