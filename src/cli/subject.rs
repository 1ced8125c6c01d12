//! Subject of a gate: a scenario, which can be run, or the folder of a run, which can be judged.

use std::path::Path;

use super::exit::Exit;
use super::folder;
use super::given::Given;
use super::loading::{PrintedWarnings, accept_with_new_warnings};
use super::printing::fail;
use crate::experiment::{SavedFiles, SavedRun};
use crate::scenario::{self, Check, CheckPlace, Outline, Part, Scenario, Source, changes};
use crate::shell::files::{Folder, is_folder, read_scenario};
use crate::shell::results::ResultsReader;

/// Place where a check is written: file and line.
pub(super) type FilePlace = Option<(String, usize)>;

/// A scenario or the folder of a run, with the places of its checks.
#[derive(Debug)]
pub(super) enum GateSubject {
    /// A scenario, which can be run, with the places of its checks.
    Scenario(Box<Scenario>, Vec<FilePlace>),
    /// Files of a finished run, with the places of its checks.
    SavedRun(Box<SavedRun>, Vec<FilePlace>),
}

impl GateSubject {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Scenario(scenario, _) => &scenario.name,
            Self::SavedRun(kept, _) => kept.name(),
        }
    }

    pub(super) fn seed(&self) -> u64 {
        match self {
            Self::Scenario(scenario, _) => scenario.seed,
            Self::SavedRun(kept, _) => kept.seed,
        }
    }

    /// The scenario with every default filled in.
    pub(super) fn resolved(&self) -> &str {
        match self {
            Self::Scenario(scenario, _) => &scenario.resolved_toml,
            Self::SavedRun(kept, _) => &kept.plan,
        }
    }

    /// The first replication that its cost is of.
    pub(super) fn replication(&self) -> u64 {
        match self {
            Self::Scenario(..) => 0,
            Self::SavedRun(kept, _) => kept.replication,
        }
    }

    /// In what a baseline differs from this besides the policy, in words; empty where the change is the policy's alone.
    pub(super) fn unlike(&self, base: &Self) -> Vec<String> {
        let changes = changes(base.resolved(), self.resolved());
        let changes = changes.iter().filter(|change| change.part == Part::Other);
        let mut found: Vec<String> = changes.map(|change| format!("`{}`", change.key)).collect();
        // A scenario is run with the seed of what it is compared with.
        if matches!(base, Self::SavedRun(..)) && base.seed() != self.seed() {
            found.push(format!("seed {} instead of {}", base.seed(), self.seed()));
        }
        if base.replication() != self.replication() {
            found.push(format!("replication {} instead of {}", base.replication(), self.replication()));
        }
        if let (Self::Scenario(head, _), Self::Scenario(base, _)) = (self, base) {
            for service in &head.plan.services {
                let twin = base.plan.services.iter().find(|twin| twin.name == service.name);
                let key = format!("`service.{}.traffic", service.name);
                let is_told = found.iter().any(|text| text.starts_with(&key));
                if twin.is_some_and(|twin| twin.traffic != service.traffic) && !is_told {
                    found.push(format!("the traffic of `{}`", service.name));
                }
            }
        }
        found
    }

    pub(super) fn checks(&self) -> &[Check] {
        match self {
            Self::Scenario(scenario, _) => &scenario.checks,
            Self::SavedRun(kept, _) => kept.checks(),
        }
    }

    pub(super) fn places(&self) -> &[FilePlace] {
        match self {
            Self::Scenario(_, places) | Self::SavedRun(_, places) => places,
        }
    }

    /// Takes the checks of another scenario.
    pub(super) fn set_checks(&mut self, other: Outline) {
        let written = written(&other.places);
        match self {
            Self::Scenario(scenario, places) => (scenario.checks, *places) = (other.checks, written),
            Self::SavedRun(kept, places) => {
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
pub(super) fn declared(path: &Path) -> Result<Outline, String> {
    scenario::outline(&read_scenario(path)?)
}

/// Reads a scenario with its overrides, or the folder of a run.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
pub(super) fn load(path: &Path, given: &Given, printed: &mut PrintedWarnings) -> Result<GateSubject, Exit> {
    if is_folder(path) {
        let kept = kept(path).map_err(|message| fail(Exit::Usage, &message))?;
        let places = written(kept.places());
        return Ok(GateSubject::SavedRun(Box::new(kept), places));
    }
    let source = read_scenario(path).map_err(|message| fail(Exit::Usage, &message))?;
    let loaded = scenario::load(&source, &given.overrides(), given.seed, &mut Folder::of(path));
    let places = written_in(&source.name, &loaded.check_places);
    Ok(GateSubject::Scenario(Box::new(accept_with_new_warnings(loaded, !given.quiet, printed)?), places))
}

/// The places where the checks of a file are written; a check that is given by `--set` stands in no file.
pub(super) fn written_in(file: &str, places: &[CheckPlace]) -> Vec<FilePlace> {
    written(places).into_iter().map(|place| place.filter(|(source, _)| source == file)).collect()
}

fn written(places: &[CheckPlace]) -> Vec<FilePlace> {
    places.iter().map(|place| place.source.clone().map(|file| (file, place.line))).collect()
}

/// The plan of a run, as the scenario that it is.
///
/// # Errors
/// A sentence: the folder holds no run, or its plan was changed.
pub(super) fn plan_of_run(folder: &Path) -> Result<Source, String> {
    plan_of(&folder::open_run(folder)?, folder)
}

fn plan_of(results: &ResultsReader, folder: &Path) -> Result<Source, String> {
    let name = folder.join("plan.toml").display().to_string();
    // The most common change is to a check.
    let hint = |message| format!("{message} (a run is judged by other checks with --checks FILE)");
    let text = String::from_utf8(results.read("plan.toml").map_err(hint)?);
    Ok(Source { text: text.map_err(|_| format!("`{name}` is not UTF-8"))?, name })
}

/// Reads the folder of a run.
///
/// # Errors
/// A sentence: it is not one.
pub(super) fn kept(path: &Path) -> Result<SavedRun, String> {
    let results = folder::open_run(path)?;
    let many = match results.manifest().output("estimates.json") {
        Some(_) => Some((results.read("estimates.json")?, results.read("replications.csv")?)),
        None => None,
    };
    let files = SavedFiles {
        replication: results.manifest().replication.unwrap_or(0),
        plan: plan_of(&results, path)?,
        summary: results.read("summary.json")?,
        timeline: results.read("timeline.csv")?,
        many,
    };
    SavedRun::read(files).map_err(|message| format!("{}: {message}", path.display()))
}
