//! `windtunnel diff`: the effect of a change of a scenario, for its reviewers.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::formats::{self, OutputFormat, Rendering, rendering};
use super::given::{Given, RUNS, VerdictArgs, replication_count};
use super::loading::{PrintedWarnings, accept_with_new_warnings};
use super::printing::{fail, print_in};
use super::session::{SeededRuns, Session, compared};
use super::subject::{plan_of_run, written_in};
use crate::experiment::compare::Variant;
use crate::report::{self, Diff, Gate, Judged};
use crate::scenario::{self, Scenario, changes};
use crate::shell::files::{Folder, is_folder, read_scenario};
use crate::shell::terminal::note;
use crate::shell::wall_clock::Stopwatch;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel diff main/web.toml web.toml\n  windtunnel diff output/web web.toml --format markdown > \
    comment.md\n  windtunnel diff main/web.toml web.toml --replications 40 --format json | jq .verdict\n\nBoth run on the same random \
    numbers, with the seed of the base. Exit code 1: a check of the head failed."
)]
pub(super) struct DiffRequest {
    /// Scenario file as it was, or the folder of a run of it
    #[arg(value_name = "BASE")]
    pub(super) base: PathBuf,
    /// Scenario file as it is to be, or the folder of a run of it
    #[arg(value_name = "HEAD")]
    pub(super) head: PathBuf,
    /// Runs of each, with random numbers of their own
    #[arg(long, value_name = "N", default_value_t = RUNS, value_parser = replication_count(1))]
    pub(super) replications: u32,
    #[command(flatten)]
    pub(super) given: Given,
    #[command(flatten)]
    pub(super) verdict: VerdictArgs,
    /// What to print on standard output
    #[arg(long, default_value = "text", value_parser = formats::parser(renderings()))]
    pub(super) format: OutputFormat,
}

/// The formats of a change.
fn renderings<'a>() -> [Rendering<&'a Diff>; 3] {
    [
        formats::text(report::diff_view),
        formats::markdown(report::diff_view),
        rendering(OutputFormat::Json, "For programs", report::diff_json),
    ]
}

/// Runs the request.
pub(super) fn run(request: &DiffRequest) -> Exit {
    let mut printed = PrintedWarnings::default();
    let base = load(request, &request.base, &mut printed);
    let head = load(request, &request.head, &mut printed);
    let (Ok((base, _)), Ok((head, places))) = (base, head) else { return Exit::Usage };
    let changed = changes(&base.resolved_toml, &head.resolved_toml);
    let (seed, checks, name) = (base.seed, head.checks.clone(), head.name.clone());
    let variant = |name: &str, scenario| Variant { name: name.to_owned(), scenario };
    let variants = vec![variant("base", base), variant("head", head)];
    let session = match Session::listen(Stopwatch::start(), request.given.quiet) {
        Ok(session) => session,
        Err(exit) => return exit,
    };
    let runs = SeededRuns { seed, runs: u64::from(request.replications) };
    let comparison = match compared(variants, runs, false, &session) {
        Ok(comparison) => comparison,
        Err(exit) => return exit,
    };
    let outcomes = comparison.variants.get(1).map(|head| head.checks.clone()).unwrap_or_default();
    let verdicts = checks.into_iter().zip(outcomes).zip(places);
    let verdicts = verdicts.map(|((check, outcome), place)| Judged { check, outcome, place });
    let subjects = [&request.base, &request.head].map(|path| path.display().to_string());
    let gate = Gate {
        scenario: name,
        subject: subjects[1].clone(),
        baseline: Some(subjects[0].clone()),
        seed,
        runs: comparison.variants.first().map_or(0, |base| base.sample.runs() as u64),
        interrupted: comparison.interrupted,
        strict: false,
        verdicts: verdicts.collect(),
    };
    finish(request, &Diff { comparison, changes: changed, gate, subjects })
}

fn finish(request: &DiffRequest, diff: &Diff) -> Exit {
    let printed = print_in(request.format, renderings(), diff);
    match () {
        () if printed != Exit::Ok => printed,
        () if diff.comparison.interrupted => Exit::Interrupted,
        () => request.verdict.of_checks(diff.gate.verdicts.iter().map(|judged| &judged.outcome)),
    }
}

/// A scenario to run: a file, or the resolved one of a run.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
fn load(
    request: &DiffRequest,
    path: &Path,
    printed: &mut PrintedWarnings,
) -> Result<(Scenario, Vec<super::subject::FilePlace>), Exit> {
    let is_run = is_folder(path);
    let file = if is_run { path.join("plan.toml") } else { path.to_owned() };
    let source = if is_run { plan_of_run(path) } else { read_scenario(path) };
    let source = source.map_err(|message| fail(Exit::Usage, &message))?;
    let given = &request.given;
    let loaded = scenario::load(&source, &given.overrides(), given.seed, &mut Folder::of(&file));
    let places = written_in(&source.name, &loaded.check_places);
    let scenario = accept_with_new_warnings(loaded, !given.quiet, printed);
    if scenario.is_err() && is_run {
        note(
            "note: a folder of a run holds none of the files that its scenario reads; where that is what is missing, give the \
             scenario itself, or copy them beside plan.toml\n",
        );
    }
    Ok((scenario?, places))
}
