//! `windtunnel run`: load, simulate, judge, write, print.

use std::path::Path;
use std::sync::atomic::Ordering;

use super::files::stage;
use super::many::{OutputFolder, run_many};
use super::request::{RunOutcome, RunRequest, ready, renderings};
use crate::cli::exit::Exit;
use crate::cli::folder::{folder_name, publish, take, unwritten};
use crate::cli::formats::rendered;
use crate::cli::printing::{fail, print_rendered};
use crate::cli::session::{Session, stopped};
use crate::experiment::{self, Effort};
use crate::report;
use crate::results;
use crate::scenario::Scenario;
use crate::shell::output::INTERRUPTED;
use crate::shell::terminal::note;
use crate::shell::wall_clock::Stopwatch;

/// Runs the request; results go to standard output, everything else to standard error.
pub(in crate::cli) fn run(request: &RunRequest) -> Exit {
    let watch = Stopwatch::start();
    let scenario = match ready(request, &request.given.overrides()) {
        Ok(scenario) => scenario,
        Err(exit) => return exit,
    };
    let out = request.out.clone().unwrap_or_else(|| Path::new("output").join(folder_name(&scenario.name)));
    if let Err(exit) = within_limits(request, &scenario) {
        return exit;
    }
    let mut folder = match take(&out, results::FolderKind::Run) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    let session = match Session::listen(watch, request.given.quiet) {
        Ok(session) => session,
        Err(exit) => return exit,
    };
    if request.replications.is_some() || request.until.is_some() || request.discard_warmup {
        return run_many(request, scenario, &mut OutputFolder { writer: folder, path: out }, &session);
    }
    let replication = request.replication.unwrap_or(0);
    let result = match experiment::run_replication(scenario, replication, Some(&session.interrupted)) {
        Ok(result) => result,
        Err(error) => return stopped(&error),
    };
    let simulated = session.watch.elapsed();
    let text = rendered(request.format, renderings(), RunOutcome::Once(&result));
    let requests: u64 = result.record.services.iter().map(|s| s.requests.offered + s.warmup_requests).sum();
    let exit = request.verdict.of_checks(&result.checks);
    // Of one run there is no part that is worth keeping.
    if session.interrupted.load(Ordering::Relaxed) {
        return unwritten(INTERRUPTED);
    }
    let staged = stage(&result, &folder, replication, &session, Vec::new());
    // The page is made of the files: what they were made of would only take memory beside it.
    drop(result);
    let published =
        staged.and_then(|(files, manifest)| publish(&mut folder, files, manifest, !request.no_report));
    if let Err(message) = published {
        return unwritten(&message);
    }
    let printed = print_rendered(request.format, text);
    if printed != Exit::Ok {
        return printed;
    }
    if !request.given.quiet {
        let seconds = simulated.as_secs_f64();
        note(&format!("{requests} requests in {seconds:.2} s; results in {}\n", out.display()));
    }
    exit
}

/// Refuses a run whose files would take more than they may, and says what a large one takes.
///
/// # Errors
/// The exit code, once the reason was printed.
fn within_limits(request: &RunRequest, scenario: &Scenario) -> Result<(), Exit> {
    let effort = Effort::of(scenario);
    let (limit, output) = (scenario.max_output, effort.output);
    if output > limit.0 {
        return Err(fail(
            Exit::Usage,
            &format!(
                "the files of this run would take at least {}, and `limits.max_output` is {}; raise it if that is meant, shorten \
                 `horizon`, or simulate fewer services at once",
                report::size_text(output),
                report::size_text(limit.0)
            ),
        ));
    }
    if effort.is_large() && !request.given.quiet {
        let (memory, output) = (report::size_text(effort.memory), report::size_text(output));
        let (minutes, services) = (effort.minutes, scenario.plan.services.len());
        let of =
            if services == 1 { "one service".to_owned() } else { format!("{services} services together") };
        note(&format!(
            "note: {minutes} simulated minutes of {of}: about {:.0} s, {memory} of memory and {output} of files\n",
            effort.seconds
        ));
    }
    Ok(())
}
