//! Outbreaks: findings about what spreads, as the tree of who infected whom.

use std::collections::{BTreeMap, BTreeSet};

use overhear_dissectors::Name;
use overhear_sensor::output::scrub::Shown;

use super::finding::Found;
use super::table::Table;

/// One infected account, in its place in the tree.
#[derive(Clone, Debug)]
pub struct Outbreak {
    /// Number of its finding.
    pub id: u64,
    /// Its place, from the top of the tree.
    pub place: usize,
    /// Steps from the root.
    pub depth: usize,
    /// The branches that lead to it, and its name.
    pub branch: Shown,
    /// What is told of it.
    pub found: Found,
}

/// The trees, made anew when findings changed.
#[derive(Clone, Debug, Default)]
pub struct Outbreaks {
    made: Option<u64>,
    /// In the order of their numbers.
    rows: Vec<Outbreak>,
}

impl Outbreaks {
    /// Makes the trees of these findings.
    pub fn refresh(&mut self, findings: &Table<Name, Found>) {
        if self.made == Some(findings.version()) {
            return;
        }
        self.made = Some(findings.version());
        self.rows = grow(findings);
    }

    /// They have to be made anew: these are other findings.
    pub fn spoil(&mut self) {
        self.made = None;
    }

    /// Every infected account, with its number.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Outbreak)> {
        self.rows.iter().map(|row| (row.id, row))
    }

    /// The one of a number.
    pub fn by_id(&self, id: u64) -> Option<&Outbreak> {
        self.rows.binary_search_by_key(&id, |row| row.id).ok().and_then(|at| self.rows.get(at))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The whole tree one is a part of, from its root.
    pub fn tree(&self, id: u64) -> Vec<&Outbreak> {
        let mut all: Vec<_> = self.rows.iter().collect();
        all.sort_by_key(|row| row.place);
        let Some(at) = all.iter().position(|row| row.id == id) else { return Vec::new() };
        let root = all.iter().take(at + 1).rposition(|row| row.depth == 0).unwrap_or(0);
        let rest = all.into_iter().skip(root);
        rest.enumerate().take_while(|(at, row)| *at == 0 || row.depth > 0).map(|(_, r)| r).collect()
    }
}

/// Names an account: its network and its name.
type Account = (Shown, Shown);

fn grow(findings: &Table<Name, Found>) -> Vec<Outbreak> {
    let spread: Vec<_> = findings.iter().filter(|(_, found)| found.spreads()).collect();
    let known: BTreeSet<Account> = spread.iter().map(|(_, found)| name(found)).collect();
    let mut children: BTreeMap<Option<Account>, Vec<(u64, &Found)>> = BTreeMap::new();
    for (id, found) in &spread {
        let parent = found.parent.clone().map(|parent| (found.network.clone(), parent));
        let parent = parent.filter(|parent| known.contains(parent) && *parent != name(found));
        children.entry(parent).or_default().push((*id, *found));
    }
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    // Those nobody is known to have infected, then whoever only a ring of accounts leads to.
    let roots = children.get(&None).cloned().unwrap_or_default();
    for (id, found) in roots.into_iter().chain(spread) {
        plant(&children, (id, found), &mut seen, &mut rows);
    }
    rows.sort_by_key(|row: &Outbreak| row.id);
    rows
}

fn name(found: &Found) -> Account {
    (found.network.clone(), found.subject.clone())
}

/// A branch that is still to be drawn: its finding, its depth, what stands before it, and whether
/// it is the last of its parent.
type Branch<'f> = (u64, &'f Found, usize, String, bool);

/// Adds a root and everything below it, without recursion: a stranger decides how deep it is.
fn plant(
    children: &BTreeMap<Option<Account>, Vec<(u64, &Found)>>,
    (id, found): (u64, &Found),
    seen: &mut BTreeSet<u64>,
    rows: &mut Vec<Outbreak>,
) {
    let mut waiting: Vec<Branch<'_>> = vec![(id, found, 0, String::new(), true)];
    while let Some((id, found, depth, before, last)) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let (mark, below) = match (depth, last) {
            (0, _) => ("", ""),
            (_, true) => ("└ ", "  "),
            (_, false) => ("├ ", "│ "),
        };
        let branch = Shown::line(&format!("{before}{mark}{}", found.subject));
        rows.push(Outbreak { id, place: rows.len(), depth, branch, found: found.clone() });
        let under = if depth < DEEPEST { format!("{before}{below}") } else { before };
        let below = children.get(&Some(name(found))).map_or(&[][..], |all| all);
        let more = below.iter().rev().enumerate();
        waiting.extend(more.map(|(at, (id, one))| (*id, *one, depth + 1, under.clone(), at == 0)));
    }
}

/// Steps that are indented.
const DEEPEST: usize = 12;
