//! What a gate is asked about: a scenario, which can be run, or the folder of a run, which can be judged.

use std::path::Path;

use super::args::Given;
use super::commands::{fail, told};
use super::exit::Exit;
use crate::experiment::{Kept, KeptFiles};
use crate::report::lists;
use crate::scenario::{self, Check, CheckPlace, Declared, Scenario};
use crate::shell::files::{Folder, is_folder, read_bytes, read_scenario};

/// Where a check is written: file and line.
pub(super) type Written = Option<(String, usize)>;

/// A scenario or the folder of a run, with the places of its checks.
#[derive(Debug)]
pub(super) enum Subject {
    /// It can be run.
    Scenario(Box<Scenario>, Vec<Written>),
    /// It was run.
    Kept(Box<Kept>, Vec<Written>),
}

impl Subject {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Scenario(scenario, _) => &scenario.name,
            Self::Kept(kept, _) => kept.name(),
        }
    }

    pub(super) fn seed(&self) -> u64 {
        match self {
            Self::Scenario(scenario, _) => scenario.seed,
            Self::Kept(kept, _) => kept.seed,
        }
    }

    pub(super) fn checks(&self) -> &[Check] {
        match self {
            Self::Scenario(scenario, _) => &scenario.checks,
            Self::Kept(kept, _) => kept.checks(),
        }
    }

    pub(super) fn places(&self) -> &[Written] {
        match self {
            Self::Scenario(_, places) | Self::Kept(_, places) => places,
        }
    }

    /// Takes the checks of another scenario.
    pub(super) fn set_checks(&mut self, other: Declared) {
        let written = written(&other.places);
        match self {
            Self::Scenario(scenario, places) => (scenario.checks, *places) = (other.checks, written),
            Self::Kept(kept, places) => {
                kept.set_checks(other.checks);
                *places = written;
            }
        }
    }
}

/// The checks of a scenario file, and what else can be read off its text.
///
/// # Errors
/// A sentence.
pub(super) fn declared(path: &Path) -> Result<Declared, String> {
    scenario::declared(&read_scenario(path)?)
}

/// Reads a scenario with its overrides, or the folder of a run.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
pub(super) fn load(path: &Path, given: &Given) -> Result<Subject, Exit> {
    if is_folder(path) {
        let kept = kept(path).map_err(|message| fail(Exit::Usage, &message))?;
        let places = written(kept.places());
        return Ok(Subject::Kept(Box::new(kept), places));
    }
    let source = read_scenario(path).map_err(|message| fail(Exit::Usage, &message))?;
    let loaded = scenario::load(&source, &given.overrides, given.seed, &mut Folder::of(path));
    let places = written_in(&source.name, &loaded.check_places);
    Ok(Subject::Scenario(Box::new(told(loaded, !given.quiet)?), places))
}

/// Where the checks of a file are written; what is given by --set stands in no file.
pub(super) fn written_in(file: &str, places: &[CheckPlace]) -> Vec<Written> {
    written(places).into_iter().map(|place| place.filter(|(source, _)| source == file)).collect()
}

fn written(places: &[CheckPlace]) -> Vec<Written> {
    places.iter().map(|place| place.source.clone().map(|file| (file, place.line))).collect()
}

/// Reads the folder of a run.
///
/// # Errors
/// A sentence: it is not one.
pub(super) fn kept(folder: &Path) -> Result<Kept, String> {
    let hint = |message| {
        format!("{message}; give the folder that `windtunnel run` wrote, such as output/flash-sale")
    };
    let bytes = |name: &str| read_bytes(&folder.join(name)).map_err(hint);
    let manifest = bytes("manifest.json")?;
    let many = match lists(&manifest, "estimates.json")? {
        true => Some((bytes("estimates.json")?, bytes("replications.csv")?)),
        false => None,
    };
    let files = KeptFiles {
        plan: read_scenario(&folder.join("plan.toml")).map_err(hint)?,
        summary: bytes("summary.json")?,
        timeline: bytes("timeline.csv")?,
        many,
    };
    Kept::read(files).map_err(|message| format!("{}: {message}", folder.display()))
}
