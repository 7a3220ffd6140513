//! How soon worms are found, and how often people are taken for worms: the tables of
//! `docs/worms-benchmark.md`.
//!
//! `cargo bench -p overhear-benches --bench fanout` plays a hundred worlds of each class;
//! `-- 1500` as many as one likes, `-- 0 explain` none, and says why people in real logs were taken
//! for worms. Seeds and graphs are those nothing was tuned on; `-- tune 20` takes those that are there
//! for it, and says which worlds were missed. `-- 40 parts` plays only
//! what is heard in part. `-- capacity` tells how fast the judge is, and how much memory an account costs;
//! `-- 10 junk` what is missed while millions of accounts come and go.

#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "it prints shares of small numbers"
)]

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use fastrand::Rng;
use overhear_analysis::Judge;
use overhear_analysis::told::{Body, Severity};
use overhear_benches::worms::baseline::{self, Baseline};
use overhear_benches::worms::capacity;
use overhear_benches::worms::graph::Graph;
use overhear_benches::worms::logs::Habits;
use overhear_benches::worms::preset::PRESETS;
use overhear_benches::worms::sim::Sim;
use overhear_benches::worms::watch::{ALERT, Run, View, alert, incidents, run};
use overhear_benches::worms::{logs, stream};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// People of one world, worlds in which thresholds are learned, the first seed that was held out.
const PEOPLE: usize = 400;
const QUIET: u64 = 10;
const HELD_OUT: u64 = 10_001;
/// Lines of junk, each of two new accounts, beside each line of a world: ten million accounts in all.
const JUNK: u32 = 40;
/// Victims from which it is an outbreak.
const OUTBREAK: usize = 6;

fn main() -> io::Result<()> {
    if std::env::args().any(|arg| arg == "capacity") {
        capacity::print();
        return Ok(());
    }
    if std::env::args().any(|arg| arg == "junk") {
        return junk();
    }
    if std::env::args().any(|arg| arg == "tune") {
        return tune();
    }
    let seeds = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(100);
    let graph = graph()?;
    if std::env::args().any(|arg| arg == "parts") {
        degraded(&graph, seeds);
        return Ok(());
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
        let runs: Vec<Run> = runs.filter(|run| run.victims >= OUTBREAK).collect();
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
            wilson(pd, runs.len()),
            runs.len(),
            beside.join(", ")
        );
    }
    degraded(&graph, seeds);
    let quiet =
        (HELD_OUT..HELD_OUT + QUIET).map(|seed| run(&graph, None, seed, View::WHOLE, &mut []));
    let (alerts, days) =
        quiet.fold((0, 0), |(alerts, days), run| (alerts + run.falsely, days + run.days));
    println!("\nworlds without a worm: {alerts} alerts in {days} account-days");
    humans()
}

/// What is missed because junk fills the tables: the same worlds without and with it.
fn junk() -> io::Result<()> {
    let seeds = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(10);
    let graph = graph()?;
    for preset in PRESETS.iter().filter(|preset| ["W1", "W4", "W5", "W7"].contains(&preset.name)) {
        for junk in [0, JUNK] {
            let view = View { junk, ..View::WHOLE };
            let runs: Vec<Run> = (HELD_OUT..HELD_OUT + seeds)
                .map(|seed| run(&graph, Some(*preset), seed, view, &mut []))
                .filter(|run| run.victims >= OUTBREAK)
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
    Ok(())
}

/// What losses and half a view cost, and how much is told of one outbreak.
fn degraded(graph: &Graph, seeds: u64) {
    let half = View { loss: 0.1, accounts: 0.5, ..View::WHOLE };
    let sampled = View { loss: 0.5, ..View::WHOLE };
    let sealed = View { readable: false, from: Severity::Low, ..View::WHOLE };
    let rows: [(&str, &[&str], View); 4] = [
        ("half of the accounts, 10 % lost", &["W1", "W2", "W3", "W4", "W5"], half),
        ("50 % lost", &["W1", "W5"], sampled),
        ("everything", &["W1", "W5"], View::WHOLE),
        ("nothing readable, suspicions", &["W1", "W3"], sealed),
    ];
    println!(
        "\nheard                            class  seen  victims  p95  incidents, tellings at most"
    );
    for (about, classes, view) in rows {
        for preset in PRESETS.iter().filter(|preset| classes.contains(&preset.name)) {
            let runs: Vec<Run> = (HELD_OUT..HELD_OUT + seeds)
                .map(|seed| run(graph, Some(*preset), seed, view, &mut []))
                .filter(|run| run.victims >= OUTBREAK)
                .collect();
            let (pd, median, p95) = summary(&runs, 0);
            let most = |of: fn(&Run) -> usize| runs.iter().map(of).max().unwrap_or_default();
            println!(
                "{about:<32} {:<6} {pd:.3} {median:>7} {p95:>4}  {}, {}",
                preset.name,
                most(|run| run.incidents),
                most(|run| run.tellings)
            );
        }
        let quiet = (HELD_OUT..HELD_OUT + QUIET).map(|seed| run(graph, None, seed, view, &mut []));
        let (alerts, days) =
            quiet.fold((0, 0), |(alerts, days), run| (alerts + run.falsely, days + run.days));
        println!("{about:<32} no worm: {alerts} in {days} account-days");
    }
    let (mut all, mut changed) = (0, 0);
    for preset in PRESETS {
        for seed in HELD_OUT..HELD_OUT + seeds.min(20) {
            let ordered = incidents(graph, *preset, seed, 0);
            let shuffled = incidents(graph, *preset, seed, stream::SECOND.cast_unsigned());
            all += ordered.len();
            changed +=
                ordered.iter().filter(|(key, worst)| shuffled.get(*key) != Some(*worst)).count();
            changed += shuffled.keys().filter(|key| !ordered.contains_key(*key)).count();
        }
    }
    println!("\nlines up to a second out of order change {changed} of {all} incidents");
}

/// The same on a graph, seeds and logs that are there to be tuned on, with what went wrong.
fn tune() -> io::Result<()> {
    let seeds = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(20);
    let Some(folder) = logs::folder() else { return Ok(()) };
    private(&folder.join("CollegeMsg.txt"), ' ', (0.0, 0.5))?;
    let edges = logs::edges(&folder.join("facebook_combined.txt"))?;
    let graph = Graph::from_edges(&edges).part(PEOPLE, &mut Rng::with_seed(1));
    for preset in PRESETS {
        let runs: Vec<Run> = (1..=seeds)
            .map(|seed| run(&graph, Some(*preset), seed, View::WHOLE, &mut []))
            .filter(|run| run.victims >= OUTBREAK)
            .collect();
        let (pd, median, p95) = summary(&runs, 0);
        let falsely: usize = runs.iter().map(|run| run.falsely).sum();
        let missed = runs.iter().filter(|run| run.alerts[0].is_none());
        let missed: Vec<_> = missed.map(|run| (run.seed, run.victims)).collect();
        println!(
            "{:<4} {pd:.3} of {} {median}/{p95} (goal {:?}) falsely {falsely} missed {missed:?}",
            preset.name,
            runs.len(),
            preset.goal
        );
    }
    Ok(())
}

/// Friends on a social network nothing was tuned on, or ones that were grown.
fn graph() -> io::Result<Graph> {
    let mut rng = Rng::with_seed(HELD_OUT);
    match logs::folder() {
        Some(folder) => {
            let edges = logs::edges(&folder.join("musae_ENGB_edges.csv"))?;
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
            Sim::new(graph, None, seed).run(&mut |told| fresh.learn(&told, &mut threshold));
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

/// The lower end of Wilson's interval, one-sided at 95 %.
fn wilson(share: f64, runs: usize) -> f64 {
    let (z, n) = (1.645_f64, runs.max(1) as f64);
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    (middle - half) / (1.0 + z * z / n)
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
    let (mut judge, mut days) = (Judge::new(), std::collections::BTreeSet::new());
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
                if std::env::args().any(|arg| arg == "explain") {
                    println!("  {:?} {}", finding.severity, finding.explanation);
                }
            }
        }
    })?;
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    findings.values().for_each(|kind| *kinds.entry(format!("{kind:?}")).or_default() += 1);
    println!("{name:<22} {events:>8} events, {:>7} account-days, alerts {kinds:?}", days.len());
    Ok(())
}
