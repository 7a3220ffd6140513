//! A small part of the worm benchmark, with what has to come out of it: `docs/worms-benchmark.md`.
//!
//! Worlds are made of seeds, so what is expected is fixed. Where the logs of real chat are at hand, what
//! is found in them is fixed as well.

#![expect(clippy::unwrap_used, reason = "tests say so")]

use std::collections::BTreeMap;

use fastrand::Rng;
use overhear_analysis::told::{Body, Category, Severity};
use overhear_analysis::{Judge, Told};
use overhear_benches::worms::graph::Graph;
use overhear_benches::worms::harmless::SCENES;
use overhear_benches::worms::logs::{self, Habits};
use overhear_benches::worms::preset::PRESETS;
use overhear_benches::worms::trees::{Trees, trees};
use overhear_benches::worms::watch::{View, harmless, incidents, run};
use overhear_dissectors::Name;

/// People, and the friends each newcomer makes.
const PEOPLE: u32 = 160;
const FRIENDS: usize = 7;
/// The first seed.
const SEED: u64 = 20_001;

fn graph() -> Graph {
    Graph::grown(PEOPLE, FRIENDS, 0.6, &mut Rng::with_seed(SEED))
}

/// Every class, in the first world in which it is an outbreak at all: found, and with how many victims at
/// most. Of those of which one in ten may be missed, two of three in six worlds.
#[test]
fn each_class_of_worms_is_found_among_its_first_victims() {
    let graph = graph();
    for preset in PRESETS {
        let (wanted, _, most) = preset.goal;
        let runs =
            (SEED..SEED + 40).map(|seed| run(&graph, Some(*preset), seed, View::WHOLE, &mut []));
        let outbreaks = runs.filter(|run| run.victims >= 6);
        let outbreaks: Vec<_> = outbreaks.take(if wanted > 0.9 { 1 } else { 6 }).collect();
        let alerts = outbreaks.iter().filter_map(|run| *run.alerts.first().unwrap());
        let victims: Vec<_> = alerts.map(|alert| alert.victims).collect();
        println!("{}: {victims:?}", preset.name);
        assert!(victims.len() * 3 >= outbreaks.len() * 2, "{} is missed", preset.name);
        assert!(victims.iter().all(|victims| *victims <= most as usize), "{}", preset.name);
        assert_eq!(outbreaks.iter().map(|run| run.falsely).sum::<usize>(), 0, "{}", preset.name);
    }
}

/// What is lost or cannot be seen delays the alert; it does not prevent it, and it accuses nobody.
#[test]
fn half_a_view_and_losses_delay_and_accuse_nobody() {
    let graph = graph();
    let preset = PRESETS.iter().find(|preset| preset.name == "W5").unwrap();
    let half = View { loss: 0.1, accounts: 0.5, ..View::WHOLE };
    let runs = (SEED..SEED + 9).map(|seed| run(&graph, Some(*preset), seed, half, &mut []));
    let run = runs.into_iter().find(|run| run.victims >= 20).unwrap();
    assert!(run.alerts.first().unwrap().unwrap().victims <= 27);
    assert_eq!(run.falsely, 0);
}

/// What only looks like a worm's work, in two worlds each: no alert, or a mild one where it may be one.
#[test]
fn what_people_and_their_programs_do_is_no_worm() {
    let graph = graph();
    for scene in SCENES {
        for seed in SEED..SEED + 2 {
            let found = harmless(&graph, *scene, seed);
            let wrong = found
                .iter()
                .filter(|(_, severity, _)| !scene.may_alert || *severity > Severity::Medium);
            assert_eq!(wrong.count(), 0, "{} {seed}: {found:?}", scene.name);
            assert_eq!(found.is_empty(), !scene.may_alert, "{} {seed}", scene.name);
        }
    }
}

/// The tree that is told is the one that grew, as far as anybody can know: of those who got the lure from
/// one sender. Terms come to their scores, and an outbreak is one incident, told a few times.
#[test]
fn the_tree_that_is_told_is_the_one_that_grew() {
    let graph = graph();
    for class in ["W1", "W7", "W9"] {
        let preset = *PRESETS.iter().find(|preset| preset.name == class).unwrap();
        let mut sum = Trees::default();
        (SEED..SEED + 3).for_each(|seed| sum.add(trees(&graph, preset, seed)));
        println!("{class}: {sum:?}");
        assert!(sum.infections >= 20 && sum.plain >= 3, "{class}: {sum:?}");
        assert!(sum.told * 100 >= sum.infections * 97, "{class}: {sum:?}");
        assert!(sum.wrongly * 20 <= sum.infections, "{class}: {sum:?}");
        assert!(sum.right.1 * 10 >= sum.plain * 9, "{class}: {sum:?}");
        assert_eq!(sum.scores.0, sum.scores.1, "{class}");
        assert!(sum.incidents <= 4 && sum.tellings <= 18, "{class}: {sum:?}");
    }
}

/// Lines that come in another order than they were said in, up to a second apart, change nothing.
#[test]
fn the_order_of_a_second_does_not_matter() {
    let graph = graph();
    for class in ["W1", "W3"] {
        let preset = *PRESETS.iter().find(|preset| preset.name == class).unwrap();
        let ordered = incidents(&graph, preset, SEED, 0);
        let shuffled = incidents(&graph, preset, SEED, 1_000_000_000);
        assert!(!ordered.is_empty());
        assert_eq!(ordered, shuffled, "{class}");
    }
}

/// What the judge alerts to in a log: category, severity and subject of each incident.
fn alerts(
    read: impl FnOnce(&mut dyn FnMut(Told)) -> std::io::Result<()>,
) -> BTreeMap<Name, (Category, Severity, String)> {
    let mut judge = Judge::new();
    let mut found = BTreeMap::new();
    read(&mut |line| {
        judge.hear(&line, &mut |told| {
            let Body::Finding(finding) = told.body else { return };
            let about = !matches!(
                finding.category,
                Category::ConversationExposure | Category::CredentialExposure
            );
            if about && finding.severity > Severity::Info {
                found.insert(finding.id, (finding.category, finding.severity, finding.explanation));
            }
        });
    })
    .unwrap();
    found
}

#[test]
fn a_busy_channel_and_private_talk_raise_no_alert() {
    let Some(folder) = logs::folder() else {
        println!("skipped: no logs of real chat here");
        return;
    };
    let quiet = alerts(|hear| logs::rooms(&folder.join("qtox.san.tsv.gz"), hear));
    assert!(quiet.is_empty(), "{quiet:?}");
    let habits = Habits { links: 0.04, again: 0.03, seed: 1 };
    let path = folder.join("cns/sms.csv");
    let quiet = alerts(|hear| logs::pairs(&path, ',', (0.0, 1.0), habits, hear));
    let loud = quiet.values().filter(|(_, severity, _)| *severity >= Severity::Medium);
    assert_eq!(loud.count(), 0, "{quiet:?}");
}

/// Attacks on public channels, by the seconds in which they began, and days they went on.
const ATTACKS: &[(i64, i64)] = &[
    (1_182_988_800, 10),
    (1_264_118_400, 2),
    (1_532_476_800, 20),
    (1_551_484_800, 1),
    (1_621_555_200, 2),
];

#[test]
fn real_attacks_on_channels_are_found_by_their_fifth_sender() {
    let Some(folder) = logs::folder() else {
        println!("skipped: no logs of real chat here");
        return;
    };
    let mut judge = Judge::new();
    let mut found = Vec::new();
    logs::rooms(&folder.join("raku_attack_windows.san.tsv.gz"), &mut |line| {
        judge.hear(&line, &mut |told| found.push(told));
    })
    .unwrap();
    for (began, days) in ATTACKS {
        let during = |told: &&Told| {
            let at = told.head.timestamp.map_or(0, |at| at.0 / 1_000_000_000);
            (*began..began + days * 86_400).contains(&at)
        };
        let mut alerts = found.iter().filter(during).filter_map(|told| match &told.body {
            Body::Finding(finding) if finding.severity >= Severity::Medium => Some(finding),
            _ => None,
        });
        let campaign = alerts.find(|finding| finding.category == Category::WormFanout).unwrap();
        assert!(campaign.score.unwrap() <= 5.0, "{}", campaign.explanation);
    }
}
