//! `windtunnel run`: load, simulate, judge, write, print.

use std::path::Path;

use super::args::{RunFormat, RunRequest};
use super::commands::{fail, print_as, told};
use super::exit::Exit;
use super::{folder, manifest, replicate};
use crate::experiment::{self, CheckOutcome, RunResult};
use crate::report;
use crate::scenario::{self, FLASH_SALE, Loaded, Scenario, Source};
use crate::shell::files::{Folder, read_scenario};
use crate::shell::output;
use crate::shell::terminal::{note, stdout_colour, table_width};
use crate::shell::wall_clock::Stopwatch;

/// Runs the request; results go to standard output, everything else to standard error.
pub(super) fn run(request: &RunRequest) -> Exit {
    let watch = Stopwatch::start();
    let scenario = match ready(request, &request.given.overrides) {
        Ok(scenario) => scenario,
        Err(exit) => return exit,
    };
    let out = request.out.clone().unwrap_or_else(|| Path::new("output").join(folder_name(&scenario.name)));
    if let Err(exit) = folder::prepare(&out, report::FolderKind::Run) {
        return exit;
    }
    if request.replications.is_some() || request.until.is_some() || request.warmup.is_some() {
        return replicate::run(request, scenario, &out, &watch);
    }
    let replication = request.replication.unwrap_or(0);
    let result = match experiment::run_replication(scenario, replication) {
        Ok(result) => result,
        Err(error) => return fail(Exit::RunFailed, &format!("the run was stopped: {error}")),
    };
    let simulated = watch.elapsed();
    if let Err(message) = write(&result, &out, &watch, Vec::new(), replication)
        .and_then(|()| super::report::beside(&out, request.no_report, request.given.quiet))
    {
        return fail(Exit::RunFailed, &message);
    }
    let text = match request.format {
        RunFormat::Table => report::table(&result, table_width(), stdout_colour()),
        RunFormat::Json => report::summary_json(&result),
    };
    let printed = print_as(matches!(request.format, RunFormat::Table), &text);
    if printed != Exit::Ok {
        return printed;
    }
    if !request.given.quiet {
        let requests: u64 =
            result.record.services.iter().map(|s| s.requests.offered + s.warmup_requests).sum();
        let seconds = simulated.as_secs_f64();
        note(&format!("{requests} requests in {seconds:.2} s; results in {}\n", out.display()));
    }
    verdict(&result.checks, request.strict)
}

/// The exit code that the checks ask for.
pub(super) fn verdict(checks: &[CheckOutcome], strict: bool) -> Exit {
    if checks.iter().any(|check| check.fails(strict)) { Exit::CheckFailed } else { Exit::Ok }
}

/// The scenario of the request with these overrides, once its diagnostics are printed.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
pub(super) fn ready(request: &RunRequest, overrides: &[String]) -> Result<Scenario, Exit> {
    let loaded = load(request, overrides).map_err(|message| fail(Exit::Usage, &message))?;
    told(loaded, !request.given.quiet)
}

fn load(request: &RunRequest, overrides: &[String]) -> Result<Loaded, String> {
    let (source, mut files) = match &request.scenario {
        Some(path) => (read_scenario(path)?, Folder::of(path)),
        None => {
            let source = Source { name: "<built-in flash-sale>".to_owned(), text: FLASH_SALE.to_owned() };
            (source, Folder::working())
        }
    };
    Ok(scenario::load(&source, overrides, request.given.seed, &mut files))
}

/// A scenario's name as the name of a folder: nothing in it can lead elsewhere or be special to a file system.
pub(super) fn folder_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = name.chars().map(plain).take(100).collect();
    let name = name.trim_matches(['.', '-']).to_owned();
    let reserved = ["con", "prn", "aux", "nul"];
    let stem = name.split('.').next().unwrap_or("").to_ascii_lowercase();
    let is_port = (stem.starts_with("com") || stem.starts_with("lpt")) && stem.len() == 4;
    if name.is_empty() || reserved.contains(&stem.as_str()) || is_port {
        format!("scenario-{name}")
    } else {
        name
    }
}

/// Makes the content of a file.
type Content<'a> = Box<dyn FnOnce() -> Vec<u8> + 'a>;

/// Writes the files of a run, which is that replication of its scenario, and `more` beside them.
pub(super) fn write(
    result: &RunResult,
    out: &Path,
    watch: &Stopwatch,
    more: Vec<(&str, Vec<u8>)>,
    replication: u64,
) -> Result<(), String> {
    let chart = |error: report::ChartError| format!("cannot draw the picture: {error}");
    let png = report::chart_png(result).map_err(chart)?;
    let svg = report::chart_svg(result).map_err(chart)?.into_bytes();
    // The large ones are made when their turn comes and dropped when they are written.
    let files: Vec<(&str, Content<'_>)> = vec![
        ("summary.json", Box::new(|| report::summary_json(result).into_bytes())),
        ("timeline.csv", Box::new(|| report::timeline_csv(result))),
        ("decisions.csv", Box::new(|| report::decisions_csv(result))),
        ("evaluations.csv", Box::new(|| report::evaluations_csv(result))),
        ("tasks.csv", Box::new(|| report::tasks_csv(result))),
        ("invoice.csv", Box::new(|| report::invoice_csv(result))),
        ("cost-focus.csv", Box::new(|| report::cost_focus_csv(result, report::CLUSTER))),
        ("scaling-activities.json", Box::new(|| report::scaling_activities_json(result, report::CLUSTER))),
        ("response_times.csv", Box::new(|| report::response_times_csv(result))),
        ("timeline.png", Box::new(|| png)),
        ("timeline.svg", Box::new(|| svg)),
        ("plan.toml", Box::new(|| result.scenario.resolved_toml.clone().into_bytes())),
    ];
    let names: Vec<&str> =
        files.iter().map(|(name, _)| *name).chain(more.iter().map(|(name, _)| *name)).collect();
    let scenario = &result.scenario;
    let marks = manifest::Marks {
        plan: &scenario.resolved_toml,
        fingerprint: report::fingerprint(&result.record),
        replication,
    };
    let manifest = manifest::listing(&[scenario], scenario.seed, watch, &names, Some(marks))?;
    let files = files.into_iter().map(|(name, make)| (name, make())).chain(more);
    output::write_all(out, files.chain([("manifest.json", manifest)])).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_become_paths() {
        for (name, folder) in [
            ("flash-sale", "flash-sale"),
            ("../../etc/passwd", "etc-passwd"),
            ("a/b\\c:d", "a-b-c-d"),
            ("CON", "scenario-CON"),
            ("lpt1.txt", "scenario-lpt1.txt"),
            ("…", "scenario-"),
            ("..", "scenario-"),
        ] {
            assert_eq!(folder_name(name), folder);
        }
        assert_eq!(folder_name(&"x".repeat(300)).len(), 100);
    }
}
