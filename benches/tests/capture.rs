//! A simulated world as a capture: what is found in it is what is found in the world itself.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;

use fastrand::Rng;
use overhear_analysis::told::Start;
use overhear_analysis::{Judge, Scribe, Settings};
use overhear_benches::worms::graph::Graph;
use overhear_benches::worms::preset::PRESETS;
use overhear_benches::worms::sim::{Sim, name};
use overhear_benches::worms::watch::alert;
use overhear_benches::worms::wire::Carrier;
use overhear_sensor::capture::Timeline;
use overhear_sensor::pipeline::{self, Options};
use overhear_testdata::pcap::{self, Endian, Unit};

const PEOPLE: u32 = 40;
const FRIENDS: usize = 7;
const SEED: u64 = 20_001;

/// The accounts a judge raises an alert about.
#[derive(Default)]
struct Listener {
    judge: Judge,
    accused: BTreeSet<String>,
}

impl Listener {
    fn hear(&mut self, told: &overhear_analysis::Told) {
        let accused = &mut self.accused;
        self.judge.hear(told, &mut |found| accused.extend(alert(&found).map(str::to_owned)));
    }
}

#[test]
fn a_world_is_the_same_as_a_capture() {
    let graph = Graph::grown(PEOPLE, FRIENDS, 0.6, &mut Rng::with_seed(SEED));
    for class in ["W1", "W3"] {
        let preset = *PRESETS.iter().find(|preset| preset.name == class).unwrap();
        let (mut carrier, mut direct) = (Carrier::default(), Listener::default());
        let outcome = Sim::new(&graph, SEED).run(Some(preset), &mut |told| {
            carrier.carry(&told);
            direct.hear(&told);
        });
        let mut file = tempfile::NamedTempFile::with_suffix(".pcap").unwrap();
        let (frames, hosts) = carrier.finish();
        file.write_all(&pcap::pcap(&frames, Endian::Little, Unit::Nano)).unwrap();

        let (mut timeline, faults) = Timeline::open(&[file.path().to_path_buf()]);
        assert!(faults.is_empty());
        let mut scribe = Scribe::new(Settings::default(), Start::default());
        let (mut heard, mut said) = (Listener::default(), 0);
        let mut tell = |told: overhear_analysis::Told| {
            said += usize::from(told.head.event_type == "message");
            heard.hear(&told);
        };
        pipeline::read(
            &mut timeline,
            &mut Options::default(),
            &mut |record| scribe.hear(&record, &mut tell),
            &mut |_| true,
        )
        .unwrap();
        scribe.finish(&mut tell);

        let infected: BTreeSet<_> = outcome.infected.keys().map(|who| name(*who)).collect();
        println!("{class}: {} frames, {said} sayings, {} infected", frames.len(), infected.len());
        assert!(said > 1_000, "{class}: {said}");
        assert!(!direct.accused.is_empty(), "{class}");
        // A connection that was silent for longer than it is remembered goes by its address from then on.
        let who = |name: &String| match name.parse::<SocketAddr>() {
            Ok(address) => hosts[&address.ip()].clone(),
            Err(_) => name.clone(),
        };
        let accused: BTreeSet<_> = heard.accused.iter().map(who).collect();
        assert!(accused.is_superset(&direct.accused), "{class}: {accused:?}");
        assert!(accused.is_subset(&infected), "{class}: {accused:?}");
    }
}
