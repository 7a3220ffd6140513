//! Readers that say what the tests want.

use super::*;

/// A reader's end: blocks to send.
fn lane(live: &mut Live) -> Sender<Block> {
    let mine = Arc::new(Bell::new());
    let (out, blocks) = ring(DEPTH, &mine, &live.bell);
    let (back, _) = ring(DEPTH + 2, &live.bell, &mine);
    let (block, until) = (None, None);
    live.lanes.push(Lane { blocks, back, block, at: 0, until, lost: Lost::default(), over: false });
    out
}

fn live() -> Live {
    Live {
        lanes: Vec::new(),
        bell: Arc::new(Bell::new()),
        stop: Arc::default(),
        readers: Vec::new(),
        seq: 0,
        limit: u64::MAX,
        numbered: true,
        fresh: false,
    }
}

fn block(times: &[i64], until: i64) -> Block {
    let mut block = Block::default();
    block.until = Some(Time(until));
    times.iter().for_each(|time| block.push(Time(*time), 1, &[u8::try_from(*time).unwrap()]));
    block
}

fn turn(live: &mut Live) -> String {
    match live.turn() {
        Turn::Frame(frame) => format!("{}@{}", frame.stamp.no, frame.data[0]),
        Turn::Quiet(until) => format!("quiet {:?}", until.map(|until| until.0)),
        Turn::Odd(name, detail) => format!("{name} {detail}"),
        Turn::Over => "over".into(),
    }
}

#[test]
fn frames_of_two_taps_come_in_the_order_of_time() {
    let mut live = live();
    let (mut one, mut two) = (lane(&mut live), lane(&mut live));
    one.send(block(&[1, 4, 9], 9)).unwrap();
    two.send(block(&[2, 3], 3)).unwrap();
    let turns = ["1@1", "2@2", "3@3", "quiet Some(3)"];
    assert_eq!([(); 4].map(|()| turn(&mut live)), turns, "the second may still have one of 3");
    two.send(block(&[], 5)).unwrap();
    assert_eq!([(); 2].map(|()| turn(&mut live)), ["4@4", "quiet Some(5)"]);
    drop(two);
    assert_eq!([(); 2].map(|()| turn(&mut live)), ["5@9", "quiet Some(9)"]);
    drop(one);
    assert_eq!(turn(&mut live), "over");
}

#[test]
fn what_is_odd_is_told_before_the_frames_after_it() {
    let mut live = live();
    let mut one = lane(&mut live);
    let mut first = block(&[5], 5);
    first.odd = Some(("interface_down", "tap0".to_owned()));
    first.lost = Lost { kernel: 7, interface: 1 };
    one.send(first).unwrap();
    assert_eq!([(); 2].map(|()| turn(&mut live)), ["interface_down tap0", "1@5"]);
    assert_eq!(live.lost(), Lost { kernel: 7, interface: 1 });
}
