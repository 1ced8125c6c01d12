//! `windtunnel run --replications N`: the same run many times, and how sure its figures are.

use std::path::PathBuf;

use super::files::stage;
use super::request::{RunOutcome, RunRequest, ready, renderings};
use crate::cli::exit::Exit;
use crate::cli::folder::{publish, unwritten};
use crate::cli::printing::print_in;
use crate::cli::session::{Session, at_both_ends, stopped};
use crate::experiment::replications::{self, Enough, Replicated, replications};
use crate::experiment::warmup;
use crate::report;
use crate::results::json_text;
use crate::scenario::Scenario;
use crate::shell::progress::Progress;
use crate::shell::results::ResultsWriter;
use crate::shell::terminal::note;

/// Number of runs where a warm-up is asked for and nothing else.
const RUNS: u32 = 30;

/// Folder that results are written to.
pub(super) struct OutputFolder {
    /// Writer of the folder, which is locked for this command.
    pub(super) writer: ResultsWriter,
    /// Path of the folder, as it is printed.
    pub(super) path: PathBuf,
}

/// Runs the scenario as often as the request says.
pub(super) fn run_many(
    request: &RunRequest,
    scenario: Scenario,
    folder: &mut OutputFolder,
    session: &Session,
) -> Exit {
    let scenario = match request.discard_warmup {
        true => match warmed_up(request, scenario, session) {
            Ok(scenario) => scenario,
            Err(exit) => return exit,
        },
        false => scenario,
    };
    let interrupted = Some(session.interrupted.as_ref());
    let enough = match request.until {
        Some(until) => Enough::Narrow {
            measure: until.measure,
            relative: until.relative,
            at_most: u64::from(request.max_replications),
        },
        None => Enough::Runs(u64::from(request.replications.unwrap_or(RUNS))),
    };
    let most = match enough {
        Enough::Runs(runs) => runs,
        Enough::Narrow { at_most, .. } => at_most,
    };
    let mut progress = Progress::start("runs", most, 0, request.given.quiet);
    let result = replications(scenario, enough, interrupted, &mut |done| progress.reach(done));
    progress.finish();
    let mut result = match result {
        Ok(result) => result,
        Err(error) => return stopped(&error),
    };
    if !result.interrupted
        && let Err(exit) = at_both_ends(session, |progress| {
            replications::add_scale_in_range(&mut result, interrupted, progress)
        })
    {
        return exit;
    }
    let more = vec![
        ("estimates.json", json_text(&report::estimates_result(&result)).into_bytes()),
        ("replications.csv", report::replications_csv(&result)),
    ];
    let staged = stage(&result.first, &folder.writer, 0, session, more);
    let published =
        staged.and_then(|(files, manifest)| publish(&mut folder.writer, files, manifest, !request.no_report));
    if let Err(message) = published {
        return unwritten(&message);
    }
    finish(request, &result, folder, session)
}

fn finish(request: &RunRequest, result: &Replicated, folder: &OutputFolder, session: &Session) -> Exit {
    let printed = print_in(request.format, renderings(), RunOutcome::Replicated(result));
    if printed != Exit::Ok {
        return printed;
    }
    if !request.given.quiet {
        let (runs, seconds) = (result.sample.runs(), session.watch.elapsed().as_secs_f64());
        note(&format!(
            "{runs} runs in {seconds:.2} s; results in {} (timeline, decisions and picture: the first run)\n",
            folder.path.display()
        ));
    }
    if result.interrupted { Exit::Interrupted } else { request.verdict.of_checks(&result.checks) }
}

/// The scenario with the warm-up that pilot runs ask for.
fn warmed_up(request: &RunRequest, scenario: Scenario, session: &Session) -> Result<Scenario, Exit> {
    let found = warmup::pilot(&scenario, Some(&session.interrupted)).map_err(|error| stopped(&error))?;
    if found.is_too_short && !request.given.quiet {
        note(
            "warning: the runs are too short to say when they have forgotten their start; lengthen `horizon`\n",
        );
    }
    if found.length <= scenario.plan.warmup {
        if !found.is_too_short && !request.given.quiet {
            note("--discard-warmup: pilot runs show nothing more to leave out\n");
        }
        return Ok(scenario);
    }
    let mut overrides = request.given.overrides();
    overrides.push(format!("warmup={}s", found.length.0.div_ceil(1_000_000_000)));
    ready(request, &overrides)
}
