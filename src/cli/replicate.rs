//! `windtunnel run --replications N`: the same run many times, and how sure its figures are.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::args::{RunFormat, RunRequest};
use super::commands::{at_both_ends, print_as, stopped};
use super::exit::Exit;
use super::folder::{publish, unwritten};
use super::run::{ready, stage, verdict};
use crate::experiment::replications::{Enough, Replicated, replications};
use crate::experiment::{scale_in, warmup};
use crate::report;
use crate::scenario::Scenario;
use crate::shell::progress::Progress;
use crate::shell::results::ResultsWriter;
use crate::shell::terminal::{note, stdout_colour, table_width};
use crate::shell::wall_clock::Stopwatch;

/// Runs of which a wish for a warm-up alone makes.
const RUNS: u64 = 30;

/// Runs the scenario as often as the request says.
pub(super) fn run(
    request: &RunRequest,
    scenario: Scenario,
    (folder, out): (&mut ResultsWriter, &Path),
    (watch, interrupted): (&Stopwatch, &Arc<AtomicBool>),
) -> Exit {
    let scenario = match request.warmup {
        Some(_) => match warmed_up(request, scenario, interrupted) {
            Ok(scenario) => scenario,
            Err(exit) => return exit,
        },
        None => scenario,
    };
    let enough = match request.until {
        Some(until) => Enough::Narrow {
            measure: until.measure,
            relative: until.relative,
            at_most: request.max_replications,
        },
        None => Enough::Runs(request.replications.unwrap_or(RUNS)),
    };
    let most = match enough {
        Enough::Runs(runs) => runs,
        Enough::Narrow { at_most, .. } => at_most,
    };
    let mut progress = Progress::start("runs", most, 0, request.given.quiet);
    let result = replications(scenario, enough, Some(interrupted), &mut |done| progress.reach(done));
    progress.finish();
    let mut result = match result {
        Ok(result) => result,
        Err(error) => return stopped(&error),
    };
    if !result.interrupted
        && let Err(exit) = at_both_ends(request.given.quiet, |progress| {
            scale_in::add_to_replications(&mut result, Some(interrupted), progress)
        })
    {
        return exit;
    }
    let more = vec![
        ("estimates.json", report::estimates_json(&result).into_bytes()),
        ("replications.csv", report::replications_csv(&result)),
    ];
    let staged = stage(&result.first, folder, (watch, interrupted, 0), more);
    let published = staged.and_then(|(files, manifest)| publish(folder, files, manifest, !request.no_report));
    if let Err(message) = published {
        return unwritten(&message);
    }
    finish(request, &result, out, watch)
}

fn finish(request: &RunRequest, result: &Replicated, out: &Path, watch: &Stopwatch) -> Exit {
    let text = match request.format {
        RunFormat::Table => report::replications_table(result, table_width(), stdout_colour()),
        RunFormat::Json => report::estimates_json(result),
    };
    let printed = print_as(matches!(request.format, RunFormat::Table), &text);
    if printed != Exit::Ok {
        return printed;
    }
    if !request.given.quiet {
        let (runs, seconds) = (result.sample.runs(), watch.elapsed().as_secs_f64());
        note(&format!(
            "{runs} runs in {seconds:.2} s; results in {} (timeline, decisions and picture: the first run)\n",
            out.display()
        ));
    }
    if result.interrupted { Exit::Interrupted } else { verdict(&result.checks, request.strict) }
}

/// The scenario with the warm-up that pilot runs ask for.
fn warmed_up(request: &RunRequest, scenario: Scenario, interrupted: &AtomicBool) -> Result<Scenario, Exit> {
    let found = warmup::pilot(&scenario, Some(interrupted)).map_err(|error| stopped(&error))?;
    if found.is_too_short && !request.given.quiet {
        note(
            "warning: the runs are too short to say when they have forgotten their start; lengthen `horizon`\n",
        );
    }
    if found.length <= scenario.plan.warmup {
        if !found.is_too_short && !request.given.quiet {
            note("--warmup auto: pilot runs show nothing more to leave out\n");
        }
        return Ok(scenario);
    }
    let mut overrides = request.given.overrides.clone();
    overrides.push(format!("warmup={}s", found.length.0.div_ceil(1_000_000_000)));
    ready(request, &overrides)
}
