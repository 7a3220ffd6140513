//! How soon worms are found, and how often people are taken for worms: the tables of
//! `docs/worms-benchmark.md`.
//!
//! `cargo bench -p overhear-benches --bench fanout` plays a hundred worlds of each class;
//! `-- bounds 1500` as many as one likes of every class and view, up to the first alert, and counts them:
//! `-- bounds 500 10501` goes on from a seed, `-- bounds 0 FILE…` adds up what was printed, and classes
//! and views can be named. `-- people explain` hears only logs, and says why people were taken for
//! worms. Seeds and graphs are those nothing was tuned on; `-- tune 20` takes those that are there
//! for it. `-- 40 parts` plays only what is heard in part, `-- 6 order` lines out of order,
//! `-- 100 harmless` what only looks like a worm.
//! `-- capacity` tells how fast the judge is, and how much memory an account costs; `-- throughput` how fast
//! the way from a capture to findings is;
//! `-- 20 trees` how right the trees of infections are, and whether terms come to their scores;
//! `-- 10 junk` what is missed while millions of accounts come and go.

#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "it prints shares of small numbers"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use fastrand::Rng;
use overhear_analysis::Judge;
use overhear_analysis::told::{Body, Severity};
use overhear_benches::worms::baseline::{self, Baseline};
use overhear_benches::worms::bounds::{Row, Tally, VIEWS, rows, wilson};
use overhear_benches::worms::capacity;
use overhear_benches::worms::graph::Graph;
use overhear_benches::worms::harmless::{SCENES, Scene};
use overhear_benches::worms::logs::Habits;
use overhear_benches::worms::preset::{PRESETS, Preset};
use overhear_benches::worms::sim::Sim;
use overhear_benches::worms::trees::{Trees, trees};
use overhear_benches::worms::watch::{
    ALERT, Incidents, MANY, Past, Run, View, alert, harmless, incidents, run,
};
use overhear_benches::worms::{logs, stream, throughput};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// People of one world, worlds in which thresholds are learned, the first seed that was held out.
const PEOPLE: usize = 400;
const QUIET: u64 = 10;
const HELD_OUT: u64 = 10_001;
/// Lines of junk, each of two new accounts, beside each line of a world: ten million accounts in all.
const JUNK: u32 = 40;

fn main() -> io::Result<()> {
    if std::env::args().any(|arg| arg == "capacity") {
        capacity::print();
        return Ok(());
    }
    if std::env::args().any(|arg| arg == "throughput") {
        return throughput::print();
    }
    let seeds = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(100);
    let graph = graph()?;
    if !is_tuning() && std::env::args().any(|arg| arg == "bounds") {
        return bounds(&graph, seeds);
    }
    if std::env::args().any(|arg| arg == "parts") {
        degraded(&graph, seeds);
        return Ok(());
    }
    if std::env::args().any(|arg| arg == "junk") {
        junk(&graph, seeds);
        return Ok(());
    }
    if std::env::args().any(|arg| arg == "harmless") {
        innocents(&graph, seeds);
        return Ok(());
    }
    if std::env::args().any(|arg| arg == "trees") {
        infections(&graph, seeds);
        return Ok(());
    }
    if std::env::args().any(|arg| arg == "order") {
        order(&graph, seeds);
        return Ok(());
    }
    if is_tuning() {
        return tune(&graph, seeds);
    }
    if std::env::args().any(|arg| arg == "people") {
        return people(&graph);
    }
    let baselines = learned(&graph);
    println!("{seeds} worlds of {} people a class\n", graph.people());
    println!(
        "class  how                     seen  at least  victims  p95  goal           baselines (share seen, victims)"
    );
    for preset in PRESETS {
        let runs = (HELD_OUT..HELD_OUT + seeds).map(|seed| {
            let mut fresh: Vec<Baseline> = baselines.iter().map(Baseline::anew).collect();
            run(&graph, Some(*preset), seed, View::WHOLE, &mut fresh)
        });
        let runs: Vec<Run> = runs.filter(|run| run.victims >= MANY).collect();
        let (pd, median, p95) = summary(&runs, 0);
        let (wanted, goal, most) = preset.goal;
        let beside: Vec<String> = baselines
            .iter()
            .enumerate()
            .map(|(number, baseline)| {
                let (pd, median, _) = summary(&runs, number + 1);
                format!("{} {pd:.2}/{median}", baseline.name)
            })
            .collect();
        println!(
            "{:<6} {:<22} {pd:>5.3}  {:>8.3}  {median:>7}  {p95:>3}  {wanted:.2} {goal:>2}/{most:<3} {:<4} {}",
            preset.name,
            preset.about,
            wilson(pd, runs.len() as u64),
            runs.len(),
            beside.join(", ")
        );
    }
    degraded(&graph, seeds);
    people(&graph)
}

/// What is found where there was no worm, in worlds and in logs, and in logs of real attacks.
fn people(graph: &Graph) -> io::Result<()> {
    let quiet =
        (HELD_OUT..HELD_OUT + QUIET).map(|seed| run(graph, None, seed, View::WHOLE, &mut []));
    let (alerts, days) =
        quiet.fold((0, 0), |(alerts, days), run| (alerts + run.falsely, days + run.days));
    println!("\nworlds without a worm: {alerts} alerts in {days} account-days");
    humans()
}

/// Worlds after which a long run tells what it has counted.
const PART: u64 = 100;

/// Prints how right the trees of infections are.
fn infections(graph: &Graph, seeds: u64) {
    println!(
        "class  infections    told  wrongly  brought   right   of one sender   right  scores  held  incidents  tellings"
    );
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| is_class(arg)).collect();
    let wanted = |preset: &&Preset| args.is_empty() || args.iter().any(|arg| arg == preset.name);
    for preset in PRESETS.iter().filter(wanted) {
        let mut sum = Trees::default();
        (first_seed()..first_seed() + seeds).for_each(|seed| sum.add(trees(graph, *preset, seed)));
        let share = |part: u64, all: u64| part as f64 / all.max(1) as f64;
        println!(
            "{:<5}  {:>10}  {:.4}  {:>7}   {:.4}  {:.4}  {:>14}  {:.4}  {:>6}  {:>4}  {:>9}  {:>8}",
            preset.name,
            sum.infections,
            share(sum.told, sum.infections),
            sum.wrongly,
            share(sum.brought, sum.infections),
            share(sum.right.0, sum.infections),
            sum.plain,
            share(sum.right.1, sum.plain),
            sum.scores.0,
            sum.scores.1,
            sum.incidents,
            sum.tellings,
        );
    }
}

/// Every goal that is a share of worlds, each with as many worlds as are asked for. What has been
/// counted goes to the standard output as it is known; files of that are added to it.
fn bounds(graph: &Graph, seeds: u64) -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let wanted: Vec<&str> = args.iter().map(|arg| &**arg).filter(|arg| is_class(arg)).collect();
    let rows: Vec<Row> = rows().into_iter().filter(|row| wants(row, &wanted)).collect();
    let mut tallies = vec![Tally::default(); rows.len()];
    for path in args.iter().filter(|arg| Path::new(arg).is_file()) {
        for line in std::fs::read_to_string(path)?.lines() {
            let Some((name, counts)) = line.split_once(": ") else { continue };
            let known = rows.iter().position(|row| row.name() == name);
            if let (Some(row), Some(counts)) = (known, Tally::parse(counts)) {
                tallies[row].merge(&counts);
            }
        }
    }
    let mut numbers = args.iter().filter_map(|arg| arg.parse().ok()).skip(1);
    let first = numbers.next().unwrap_or_else(first_seed);
    // Who listens in a way that nobody asks for need not listen.
    let heard: Vec<usize> =
        rows.iter().map(|row| row.view).collect::<BTreeSet<_>>().into_iter().collect();
    let views: Vec<View> = heard.iter().map(|view| VIEWS[*view].1).collect();
    for part in (first..first + seeds).step_by(PART as usize) {
        let mut counts = vec![Tally::default(); rows.len()];
        for seed in part..(part + PART).min(first + seeds) {
            let past = Past::new(graph, seed, &views);
            for (row, counts) in rows.iter().zip(&mut counts) {
                let view = heard.iter().position(|view| *view == row.view).unwrap_or_default();
                past.first(row.preset, view).iter().for_each(|first| counts.add(first));
            }
        }
        for ((row, counts), tally) in rows.iter().zip(&counts).zip(&mut tallies) {
            println!("{}: {counts}", row.name());
            tally.merge(counts);
        }
    }
    println!(
        "\nclass, heard   kept of worlds   seen  at least   aim    victims  p95  aim    third  p95   seconds  p95  unheard"
    );
    for (row, tally) in rows.iter().zip(&tallies) {
        let aim = |aim: Option<u64>| aim.map_or_else(|| "-".to_owned(), |aim| aim.to_string());
        let (victims, p95) = (tally.victims(0.5), tally.victims(0.95));
        let below = |value: u64, aim: Option<u64>| aim.is_none_or(|aim| value <= aim);
        let met = tally.seen() >= row.seen
            && tally.at_least() >= row.seen - 0.01
            && below(victims, row.victims.0)
            && below(p95, row.victims.1);
        println!(
            "{:<13} {:>5} of {:<6} {:.4}  {:.4}  {:.2}  {victims:>7}  {p95:>3}  {:>2}/{:<2}  {:>5}  {:>3}  {:>8}  {:>6}  {:>3}  {}",
            row.name(),
            tally.kept,
            tally.worlds,
            tally.seen(),
            tally.at_least(),
            row.seen,
            aim(row.victims.0),
            aim(row.victims.1),
            tally.thirds(0.5),
            tally.thirds(0.95),
            tally.seconds(0.5),
            tally.seconds(0.95),
            tally.unheard(),
            if met { "met" } else { "missed" }
        );
    }
    Ok(())
}

fn is_class(arg: &str) -> bool {
    PRESETS.iter().any(|preset| preset.name == arg) || VIEWS.iter().any(|(name, _)| *name == arg)
}

/// Whether a row is of one of the classes that are asked for, and of one of the views.
fn wants(row: &Row, wanted: &[&str]) -> bool {
    let view = VIEWS.get(row.view).map_or("", |(name, _)| name);
    let of = |is: fn(&str) -> bool, name: &str| {
        let mut asked = wanted.iter().filter(|one| is(one)).peekable();
        asked.peek().is_none() || asked.any(|one| *one == name)
    };
    let is_view = |one: &str| VIEWS.iter().any(|(name, _)| *name == one);
    of(is_view, view) && of(|one| PRESETS.iter().any(|preset| preset.name == one), row.preset.name)
}

/// What is missed because junk fills the tables: the same worlds without and with it.
fn junk(graph: &Graph, seeds: u64) {
    for preset in PRESETS.iter().filter(|preset| ["W1", "W4", "W5", "W7"].contains(&preset.name)) {
        for junk in [0, JUNK] {
            let view = View { junk, ..View::WHOLE };
            let runs: Vec<Run> = (HELD_OUT..HELD_OUT + seeds)
                .map(|seed| run(graph, Some(*preset), seed, view, &mut []))
                .filter(|run| run.victims >= MANY)
                .collect();
            let (pd, median, p95) = summary(&runs, 0);
            let falsely: usize = runs.iter().map(|run| run.falsely).sum();
            println!(
                "{} with {junk} of junk a line: {pd:.3} of {}, {median} victims, {p95} at 95 %, falsely {falsely}",
                preset.name,
                runs.len(),
            );
        }
    }
}

/// What losses and half a view cost, and how much is told of one outbreak.
fn degraded(graph: &Graph, seeds: u64) {
    let half = View { loss: 0.1, accounts: 0.5, ..View::WHOLE };
    let sampled = View { loss: 0.5, ..View::WHOLE };
    let sealed = View { readable: false, from: Severity::Low, ..View::WHOLE };
    let rows: [(&str, &[&str], View); 4] = [
        ("half of the accounts, 10 % lost", &["W1", "W2", "W3", "W4", "W5"], half),
        ("50 % lost", &["W1", "W5"], sampled),
        ("everything", &["W1", "W2", "W3", "W5", "W7"], View::WHOLE),
        ("nothing readable, suspicions", &["W1", "W3"], sealed),
    ];
    println!("\nheard                            class  seen  victims  p95  at most");
    for (about, classes, view) in rows {
        for preset in PRESETS.iter().filter(|preset| classes.contains(&preset.name)) {
            let runs: Vec<Run> = (HELD_OUT..HELD_OUT + seeds)
                .map(|seed| run(graph, Some(*preset), seed, view, &mut []))
                .filter(|run| run.victims >= MANY)
                .collect();
            let (pd, median, p95) = summary(&runs, 0);
            let most = |of: fn(&Run) -> usize| runs.iter().map(of).max().unwrap_or_default();
            println!(
                "{about:<32} {:<6} {pd:.3} {median:>7} {p95:>4}  {} infected, {} incidents, {} tellings",
                preset.name,
                most(|run| run.infected),
                most(|run| run.incidents),
                most(|run| run.tellings)
            );
        }
        let quiet = (HELD_OUT..HELD_OUT + QUIET).map(|seed| run(graph, None, seed, view, &mut []));
        let (alerts, days) =
            quiet.fold((0, 0), |(alerts, days), run| (alerts + run.falsely, days + run.days));
        println!("{about:<32} no worm: {alerts} in {days} account-days");
    }
    order(graph, seeds.min(20));
}

/// What people and their programs do that only looks like a worm's work: in how many worlds there was an
/// alert about it, and one that must not be.
fn innocents(graph: &Graph, seeds: u64) {
    println!(
        "scene       what happens                                          worlds  alerts  mistakes"
    );
    let named = |scene: &Scene| std::env::args().any(|arg| arg == scene.name);
    let some = SCENES.iter().any(named);
    for scene in SCENES.iter().filter(|scene| !some || named(scene)) {
        let (mut alerts, mut mistakes) = (0, 0);
        for seed in first_seed()..first_seed() + seeds {
            let found = harmless(graph, *scene, seed);
            let wrong = |found: &&(_, Severity, _)| !scene.may_alert || found.1 > ALERT;
            alerts += usize::from(!found.is_empty());
            mistakes += usize::from(found.iter().any(|found| wrong(&found)));
            found.iter().filter(wrong).for_each(|found| explain(&format!("{seed}: {found:?}")));
        }
        println!("{:<11} {:<55} {seeds:>4}  {alerts:>6}  {mistakes:>8}", scene.name, scene.about);
    }
}

/// How many incidents are others when lines come up to a second out of order.
fn order(graph: &Graph, seeds: u64) {
    let (mut all, mut changed) = (0, 0);
    for preset in PRESETS {
        for seed in first_seed()..first_seed() + seeds {
            let ordered = incidents(graph, *preset, seed, 0);
            let shuffled = incidents(graph, *preset, seed, stream::SECOND.cast_unsigned());
            all += ordered.len();
            let others = |one: &Incidents, other: &Incidents| {
                let of = |(key, worst): &(&_, &Severity)| other.get(*key) != Some(*worst);
                one.iter().filter(of).map(|(key, worst)| (key.clone(), *worst)).collect::<Vec<_>>()
            };
            let (lost, new) = (others(&ordered, &shuffled), others(&shuffled, &ordered));
            if !lost.is_empty() || !new.is_empty() {
                explain(&format!("{} {seed}: {lost:?} became {new:?}", preset.name));
            }
            changed +=
                lost.len() + new.iter().filter(|(key, _)| !ordered.contains_key(key)).count();
        }
    }
    println!("\nlines up to a second out of order change {changed} of {all} incidents");
}

/// Whether seeds, graph and logs are to be those that are there to be tuned on.
fn is_tuning() -> bool {
    std::env::args().any(|arg| arg == "tune")
}

fn first_seed() -> u64 {
    if is_tuning() { 1 } else { HELD_OUT }
}

/// Says what went wrong, where that is asked for.
fn explain(what: &str) {
    if std::env::args().any(|arg| arg == "explain") {
        println!("  {what}");
    }
}

/// The first of January 2013, in days since 1970.
const JANUARY: i64 = 15_706;

/// The same on a graph, seeds and logs that are there to be tuned on, with what went wrong.
fn tune(graph: &Graph, seeds: u64) -> io::Result<()> {
    let Some(folder) = logs::folder() else { return Ok(()) };
    private(&folder.join("CollegeMsg.txt"), ' ', (0.0, 0.5))?;
    let path = folder.join("ubuntu2013.san.tsv.gz");
    log("ubuntu2013, odd days", |hear| {
        logs::rooms(&path, &mut |told| {
            let day = told.head.timestamp.map_or(0, |at| at.0.div_euclid(86_400 * stream::SECOND));
            if day % 2 == JANUARY % 2 {
                hear(told);
            }
        })
    })?;
    bounds(graph, seeds)
}

/// Friends on a social network nothing was tuned on, or on the one that is there for it, or ones that
/// were grown.
fn graph() -> io::Result<Graph> {
    let tuned = std::env::args().any(|arg| arg == "tune");
    let (name, seed) =
        if tuned { ("facebook_combined.txt", 1) } else { ("musae_ENGB_edges.csv", HELD_OUT) };
    let mut rng = Rng::with_seed(seed);
    match logs::folder() {
        Some(folder) => {
            let edges = logs::edges(&folder.join(name))?;
            Ok(Graph::from_edges(&edges).part(PEOPLE, &mut rng))
        }
        None => Ok(Graph::grown(PEOPLE as u32, 7, 0.6, &mut rng)),
    }
}

/// The baselines, with thresholds at which they are silent where there is no worm.
fn learned(graph: &Graph) -> Vec<Baseline> {
    let mut baselines = baseline::all();
    for baseline in &mut baselines {
        let mut threshold = 0.0;
        for seed in 1..=QUIET {
            let mut fresh = baseline.anew();
            Sim::new(graph, seed).run(None, &mut |told| fresh.learn(&told, &mut threshold));
        }
        baseline.set(threshold);
    }
    baselines
}

/// Share of runs that were seen, and the victims at the alert: median, and 95th percentile.
fn summary(runs: &[Run], detector: usize) -> (f64, usize, usize) {
    let seen = runs.iter().filter_map(|run| run.alerts.get(detector).copied().flatten());
    let mut victims: Vec<usize> = seen.map(|alert| alert.victims).collect();
    victims.sort_unstable();
    let at = |share: f64| victims.get((victims.len() as f64 * share) as usize).copied();
    let pd = victims.len() as f64 / runs.len().max(1) as f64;
    (pd, at(0.5).unwrap_or_default(), at(0.95).unwrap_or_default())
}

/// What is found in logs of people among whom there was no worm, and in those of real attacks.
fn humans() -> io::Result<()> {
    let Some(folder) = logs::folder() else {
        println!("skipped: no logs of real chat here");
        return Ok(());
    };
    for name in ["ubuntu2013", "w3c_css_webapps", "qtox", "raku_attack_windows"] {
        let path = folder.join(format!("{name}.san.tsv.gz"));
        log(name, |hear| logs::rooms(&path, hear))?;
    }
    private(&folder.join("CollegeMsg.txt"), ' ', (0.5, 1.0))?;
    private(&folder.join("cns/sms.csv"), ',', (0.0, 1.0))
}

/// Private messages, with links as people may have sent them, and with far more of them.
fn private(path: &Path, separator: char, part: (f64, f64)) -> io::Result<()> {
    for (links, again) in [(0.04, 0.03), (0.15, 0.10)] {
        for seed in 1..=3 {
            let habits = Habits { links, again, seed };
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{name}, links {links}, again {again}, {seed}");
            log(&name, |hear| logs::pairs(path, separator, part, habits, hear))?;
        }
    }
    Ok(())
}

fn log(
    name: &str,
    read: impl FnOnce(&mut dyn FnMut(overhear_analysis::Told)) -> io::Result<()>,
) -> io::Result<()> {
    let (mut judge, mut days) = (Judge::new(), BTreeSet::new());
    let (mut findings, mut events) = (BTreeMap::new(), 0_u64);
    let mut told = Vec::new();
    read(&mut |line| {
        events += 1;
        if let (Body::Message(said), Some(at)) = (&line.body, line.head.timestamp) {
            days.insert((said.from.clone(), at.0.div_euclid(86_400 * stream::SECOND)));
        }
        judge.hear(&line, &mut |found| told.push(found));
        for found in told.drain(..) {
            let Body::Finding(finding) = &found.body else { continue };
            let is_new = !findings.contains_key(&finding.id);
            if is_new && (alert(&found).is_some() || finding.severity >= ALERT) {
                findings.insert(finding.id.clone(), finding.category);
                explain(&format!("{:?} {}", finding.severity, finding.explanation));
            }
        }
    })?;
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    findings.values().for_each(|kind| *kinds.entry(format!("{kind:?}")).or_default() += 1);
    println!("{name:<22} {events:>8} events, {:>7} account-days, alerts {kinds:?}", days.len());
    Ok(())
}
