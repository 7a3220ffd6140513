use super::*;

/// Account, secret, answer and its frame, in the order told, before the input ends.
fn told(play: &Play) -> Vec<String> {
    play.told
        .iter()
        .filter_map(|told| match &told.body {
            Body::Credential(said) => {
                let account = said.account.as_deref().unwrap_or("-");
                let (frame, answer) = (told.head.pcap_cnt.unwrap(), said.answer_cnt);
                Some(format!("{frame} {account} {} {:?} {answer:?}", said.secret, said.accepted))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn a_secret_is_told_with_its_answer() {
    let mut play = Play::revealing();
    let flow = irc(1);
    play.client(&flow, secret(1, who("ann"), "one")).client(&flow, secret(2, who("bob"), "two"));
    assert!(told(&play).is_empty());
    play.server(&flow, answer(2, Some(false), None)).server(&flow, answer(1, Some(true), None));
    assert_eq!(told(&play), ["2 bob two Some(false) Some(3)", "1 ann one Some(true) Some(4)"]);
    play.server(&flow, answer(1, Some(false), None)).over(&flow).finish();
    assert_eq!(told(&play).len(), 2, "an answer is taken once");
}

#[test]
fn an_answer_is_waited_for_half_a_minute() {
    let mut play = Play::revealing();
    let (flow, other) = (irc(1), irc(2));
    play.client(&flow, secret(1, who("ann"), "one"));
    play.wait(29).client(&other, message("x", "y", Leg::ToServer, "still waiting"));
    assert!(told(&play).is_empty());
    play.wait(1).client(&other, message("x", "y", Leg::ToServer, "not any more"));
    assert_eq!(told(&play), ["1 ann one None None"]);
    assert_eq!(play.told.last().unwrap().head.event_type, "message", "it is told first");
}

#[test]
fn the_end_of_a_flow_or_of_the_input_ends_the_wait() {
    let mut play = Play::revealing();
    let (flow, other) = (irc(1), irc(2));
    play.client(&other, secret(1, who("bob"), "two")).client(&flow, secret(7, who("ann"), "one"));
    play.over(&flow);
    assert_eq!(told(&play), ["2 ann one None None"]);
    play.finish();
    assert_eq!(told(&play), ["2 ann one None None", "1 bob two None None"]);
}

#[test]
fn an_answer_may_only_name_the_owner() {
    let mut play = Play::revealing();
    let flow = irc(1);
    play.client(&flow, secret(1, Who::Unnamed(Side::Client), "one"));
    play.server(&flow, answer(1, None, Some(who("ann"))));
    assert!(told(&play).is_empty());
    play.server(&flow, answer(1, Some(true), None));
    play.client(&flow, secret(2, Who::Unnamed(Side::Client), "two")).over(&flow);
    assert_eq!(told(&play), ["1 ann one Some(true) Some(3)", "4 - two None None"]);
}

#[test]
fn the_same_secret_twice_in_one_frame_is_one() {
    let mut play = Play::revealing();
    let flow = irc(1);
    play.client(&flow, secret(1, who("ann"), "one"));
    play.again(&flow, Side::Client, Heard::said(secret(2, who("ann"), "one")));
    play.again(&flow, Side::Client, Heard::said(secret(3, who("ann"), "two")));
    play.client(&flow, secret(4, who("ann"), "two"));
    play.server(&flow, answer(4, Some(true), None)).over(&flow);
    assert_eq!(
        told(&play),
        ["2 ann two Some(true) Some(3)", "1 ann one None None", "1 ann two None None"]
    );
    let mut play = Play::revealing();
    play.client(&flow, secret(1, who("ann"), "one"));
    play.again(&flow, Side::Client, Heard::said(secret(2, who("ann"), "one")));
    play.server(&flow, answer(2, Some(true), None));
    assert_eq!(told(&play), ["1 ann one Some(true) Some(2)"], "its second answer is its answer");
}

#[test]
fn a_second_secret_of_one_attempt_lets_the_first_go() {
    let mut play = Play::revealing();
    let flow = irc(1);
    play.client(&flow, secret(1, who("ann"), "one"));
    play.again(&flow, Side::Client, Heard::said(secret(1, who("ann"), "two")));
    assert_eq!(told(&play), ["1 ann one None None"]);
    play.finish();
    assert_eq!(told(&play), ["1 ann one None None", "1 ann two None None"]);
}
