use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::*;

fn key(id: u32) -> FragmentKey {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    FragmentKey { src: address, dst: address, proto: 17, id, tunnel: None }
}

fn part(id: u32, offset: u32, more: bool, data: &[u8]) -> Fragment<'_> {
    Fragment { key: key(id), proto: 17, offset, more, data, missing: 0 }
}

fn defrag() -> Defrag {
    Defrag::new(Limits::default())
}

fn whole(defragged: Defragged) -> Whole {
    match defragged {
        Defragged::Whole(whole) => whole,
        other => panic!("{other:?}"),
    }
}

#[test]
fn fragments_in_any_order_make_the_packet() {
    let data: Vec<u8> = (0..40).collect();
    let parts = [(0, &data[..16]), (16, &data[16..32]), (32, &data[32..])];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        let mut defrag = defrag();
        let mut last = None;
        for n in order {
            let (offset, data) = parts[n];
            last = Some(defrag.insert(&part(1, offset, offset < 32, data), Time(0)));
        }
        let whole = whole(last.unwrap());
        assert_eq!((whole.payload, whole.fragments, whole.overlap), (data.clone(), 3, None));
        assert_eq!((defrag.waiting(), defrag.room), (0, 0));
    }
}

#[test]
fn packets_do_not_mix() {
    let mut defrag = defrag();
    assert_eq!(defrag.insert(&part(1, 0, true, &[1; 8]), Time(0)), Defragged::Held(None));
    assert_eq!(defrag.insert(&part(2, 8, false, &[2; 8]), Time(0)), Defragged::Held(None));
    let one = whole(defrag.insert(&part(1, 8, false, &[1; 3]), Time(0)));
    assert_eq!(one.payload, [1; 11]);
    assert_eq!(defrag.waiting(), 1);
}

#[test]
fn the_first_byte_wins_and_overlaps_are_told() {
    let mut defrag = defrag();
    let mut held = |offset, data: &[u8]| match defrag.insert(&part(1, offset, true, data), Time(0))
    {
        Defragged::Held(overlap) => overlap,
        other => panic!("{other:?}"),
    };
    assert_eq!(held(8, &[1; 24]), None);
    assert_eq!(held(8, &[1; 24]), Some(Overlap::Repeated));
    assert_eq!(held(16, &[1; 8]), Some(Overlap::Within));
    assert_eq!(held(24, &[1; 16]), Some(Overlap::Same));
    assert_eq!(held(0, &[2; 48]), Some(Overlap::Different));
    let whole = whole(defrag.insert(&part(1, 48, false, &[3]), Time(0)));
    assert_eq!(whole.payload, [&[2; 8][..], &[1; 32], &[2; 8], &[3]].concat());
    assert_eq!(whole.overlap, Some(Overlap::Different));
}

#[test]
fn what_cannot_be_a_part_is_dropped() {
    let mut defrag = defrag();
    let mut dropped = |fragment: Fragment<'_>| match defrag.insert(&fragment, Time(0)) {
        Defragged::Dropped(why) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(dropped(part(1, 0, true, &[])), Dropped::Empty);
    assert_eq!(dropped(part(1, 0, true, &[0; 9])), Dropped::Ragged);
    assert_eq!(dropped(part(1, 65_528, false, &[0; 8])), Dropped::TooLong);
    assert_eq!(dropped(Fragment { missing: 1, ..part(1, 0, true, &[0; 8]) }), Dropped::Cut);
    assert_eq!(defrag.waiting(), 0);
    assert_eq!(defrag.insert(&part(1, 16, false, &[0; 8]), Time(0)), Defragged::Held(None));
    for wrong in [part(1, 24, true, &[0; 8]), part(1, 0, false, &[0; 8])] {
        assert_eq!(defrag.insert(&wrong, Time(0)), Defragged::Dropped(Dropped::Inconsistent));
    }
    assert_eq!(defrag.insert(&part(2, 16, true, &[0; 8]), Time(0)), Defragged::Held(None));
    let early = defrag.insert(&part(2, 8, false, &[0; 8]), Time(0));
    assert_eq!(early, Defragged::Dropped(Dropped::Inconsistent));
}

#[test]
fn the_protocol_of_the_first_fragment_counts() {
    let mut defrag = defrag();
    let six = |offset, more, proto| Fragment { proto, ..part(1, offset, more, &[0; 8]) };
    defrag.insert(&six(8, false, 99), Time(0));
    assert_eq!(whole(defrag.insert(&six(0, true, 6), Time(0))).proto, 6);
}

#[test]
fn old_packets_are_given_up() {
    let mut defrag = defrag();
    defrag.insert(&part(1, 0, true, &[0; 8]), Time::from_secs(0));
    defrag.insert(&part(2, 0, true, &[0; 8]), Time::from_secs(20));
    let late = defrag.insert(&part(1, 8, false, &[0; 8]), Time::from_secs(31));
    assert_eq!(late, Defragged::Held(None));
    assert_eq!((defrag.waiting(), defrag.given_up()), (2, 1));
    whole(defrag.insert(&part(2, 8, false, &[0; 8]), Time::from_secs(31)));
}

#[test]
fn the_oldest_makes_room() {
    let limits = Limits { packets: 3, ..Limits::default() };
    let mut defrag = Defrag::new(limits);
    for id in 0..5 {
        defrag.insert(&part(id, 0, true, &[0; 8]), Time(0));
    }
    assert_eq!((defrag.waiting(), defrag.given_up()), (3, 2));
    whole(defrag.insert(&part(2, 8, false, &[0; 8]), Time(0)));

    let mut defrag = Defrag::new(Limits { bytes: 100_000, ..Limits::default() });
    for id in 0..1_000 {
        defrag.insert(&part(id, 0, true, &[0; 1_480]), Time(0));
        assert!(defrag.room <= 100_000);
    }
    assert!(defrag.waiting() > 50);
}

proptest! {
    /// Against a map of bytes, in which the first one written stays.
    #[test]
    fn every_overlap_gives_the_first_bytes(
        parts in prop::collection::vec((0u32..8, 1u32..6, any::<u8>()), 1..20),
    ) {
        let mut defrag = defrag();
        let mut model = BTreeMap::new();
        for (start, len, fill) in parts {
            let data = vec![fill; len as usize * 8];
            defrag.insert(&part(1, start * 8, true, &data), Time(0));
            for at in start * 8..(start + len) * 8 {
                model.entry(at).or_insert(fill);
            }
        }
        let end = 13 * 8;
        defrag.insert(&part(1, end, false, &[9]), Time(0));
        model.insert(end, 9);
        let mut last = Defragged::Held(None);
        for at in (0..end).step_by(8) {
            if !matches!(last, Defragged::Whole(_)) {
                last = defrag.insert(&part(1, at, true, &[7; 8]), Time(0));
            }
            for at in at..at + 8 {
                model.entry(at).or_insert(7);
            }
        }
        prop_assert_eq!(whole(last).payload, model.into_values().collect::<Vec<u8>>());
        prop_assert_eq!(defrag.room, 0);
    }

    #[test]
    fn no_flood_breaks_the_budget(
        parts in prop::collection::vec(
            (0u32..40, 0u32..70_000, any::<bool>(), 0usize..200, -5i64..60),
            0..300,
        ),
    ) {
        let limits = Limits { bytes: 4_000, packets: 10, ..Limits::default() };
        let mut defrag = Defrag::new(limits);
        let data = [5; 200];
        for (id, offset, more, len, at) in parts {
            defrag.insert(&part(id, offset / 8 * 8, more, &data[..len]), Time::from_secs(at));
            prop_assert!(defrag.room <= limits.bytes && defrag.waiting() <= limits.packets);
            prop_assert_eq!(defrag.packets.len(), defrag.ages.len());
        }
    }
}
