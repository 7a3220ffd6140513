//! The walls Linux has.

use caps::{CapSet, Capability};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, PathBeneath, PathFd,
    Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetStatus, Scope,
};
use seccompiler::apply_filter;

use super::{Cell, Wall, calls};

/// The newest rules of Landlock that are asked for; an older kernel gives what it has.
const NEWEST: ABI = ABI::V6;

/// Builds them in the order in which each can still be built. Landlock and seccomp set
/// `no_new_privs`.
pub(super) fn enter(cell: &Cell) -> Vec<Wall> {
    let wall = |name, built: Result<(), String>| Wall { name, missing: built.err() };
    vec![
        wall("capabilities", drop_capabilities()),
        wall("landlock", lock_files(cell)),
        wall("seccomp", filter_calls(cell)),
    ]
}

pub(super) fn drop_capabilities() -> Result<(), String> {
    // Only who may set capabilities can lower the bound; without `setuid` programs to run, which
    // `no_new_privs` disarms, it bounds nothing.
    caps::all().into_iter().for_each(|capability| {
        let _ = caps::drop(None, CapSet::Bounding, capability);
    });
    let sets = [CapSet::Ambient, CapSet::Inheritable, CapSet::Effective, CapSet::Permitted];
    sets.into_iter()
        .try_for_each(|set| caps::clear(None, set).map_err(|error| error.to_string()))?;
    let held = caps::read(None, CapSet::Permitted).map_err(|error| error.to_string())?;
    let names: Vec<_> = held.iter().map(Capability::to_string).collect();
    if names.is_empty() { Ok(()) } else { Err(format!("{} stayed", names.join(", "))) }
}

fn lock_files(cell: &Cell) -> Result<(), String> {
    let status = locked(cell).map_err(|error| error.to_string())?;
    match status {
        RulesetStatus::FullyEnforced => Ok(()),
        RulesetStatus::PartiallyEnforced => {
            Err("this kernel has an older one, which locks less".to_owned())
        }
        RulesetStatus::NotEnforced => Err("this kernel has none: files are not locked".to_owned()),
    }
}

fn locked(cell: &Cell) -> Result<RulesetStatus, landlock::RulesetError> {
    let writing = AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::Refer
        | AccessFs::ReadFile
        | AccessFs::ReadDir;
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    let filling =
        AccessFs::WriteFile | AccessFs::Truncate | AccessFs::MakeReg | AccessFs::RemoveFile;
    let doors = [
        (&cell.writable, writing),
        (&cell.fillable, filling),
        (&cell.readable, AccessFs::ReadFile.into()),
    ];
    let doors =
        doors.into_iter().flat_map(|(all, rights)| all.iter().map(move |one| (one, rights)));
    for (folder, rights) in doors {
        // A folder that is gone needs no door.
        let Ok(folder) = PathFd::new(folder) else { continue };
        rules = rules.add_rule(PathBeneath::new(folder, rights))?;
    }
    Ok(rules.restrict_self()?.ruleset)
}

fn filter_calls(cell: &Cell) -> Result<(), String> {
    let program = calls::program(&cell.mute).map_err(|error| error.to_string())?;
    apply_filter(&program).map_err(|error| error.to_string())
}
