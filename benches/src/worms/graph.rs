//! Who has whom on their list.

use fastrand::Rng;

/// Friends of each person.
#[derive(Clone, Debug, Default)]
pub struct Graph(Vec<Vec<u32>>);

impl Graph {
    /// From pairs of friends.
    pub fn from_edges(edges: &[(u32, u32)]) -> Self {
        let people = edges.iter().map(|(one, two)| one.max(two) + 1).max().unwrap_or_default();
        let mut graph = Self(vec![Vec::new(); people as usize]);
        for (one, two) in edges {
            graph.befriend(*one, *two);
        }
        graph
    }

    /// A graph as Holme and Kim grow it (Physical Review E 65, 026107): each newcomer befriends `m`
    /// people, well-known ones rather, and with probability `p` a friend of the last one.
    pub fn grown(people: u32, m: usize, p: f64, rng: &mut Rng) -> Self {
        let mut graph = Self(vec![Vec::new(); people as usize]);
        let mut ends: Vec<u32> = (0..m as u32).collect();
        for newcomer in m as u32..people {
            let mut last = None;
            for _ in 0..m {
                let circle: &[u32] = last.map_or(&[], |last: u32| graph.friends(last));
                let friend = match circle.get(rng.usize(..circle.len().max(1))) {
                    Some(friend) if rng.f64() < p => *friend,
                    _ => ends.get(rng.usize(..ends.len())).copied().unwrap_or_default(),
                };
                if friend != newcomer && graph.befriend(newcomer, friend) {
                    ends.extend([newcomer, friend]);
                    last = Some(friend);
                }
            }
        }
        graph
    }

    /// A part of it: people found one after another from a first one, and the friendships among them.
    #[must_use]
    pub fn part(&self, people: usize, rng: &mut Rng) -> Self {
        let mut order = Vec::new();
        let mut place = vec![None; self.0.len()];
        let mut next = 0;
        while order.len() < people.min(self.0.len()) {
            let who = match order.get(next) {
                Some(who) => {
                    next += 1;
                    *who
                }
                None => rng.u32(..self.0.len() as u32),
            };
            for friend in self.friends(who).iter().chain([&who]) {
                let place = &mut place[*friend as usize];
                if place.is_none() && order.len() < people {
                    *place = Some(order.len() as u32);
                    order.push(*friend);
                }
            }
        }
        let here = |who: &u32| place[*who as usize];
        Self(order.iter().map(|who| self.friends(*who).iter().filter_map(here).collect()).collect())
    }

    /// How many people there are.
    pub fn people(&self) -> u32 {
        self.0.len() as u32
    }

    /// The friends of one.
    pub fn friends(&self, who: u32) -> &[u32] {
        self.0.get(who as usize).map_or(&[], Vec::as_slice)
    }

    fn befriend(&mut self, one: u32, two: u32) -> bool {
        let known = one == two || self.friends(one).contains(&two);
        if !known {
            self.0[one as usize].push(two);
            self.0[two as usize].push(one);
        }
        !known
    }
}
