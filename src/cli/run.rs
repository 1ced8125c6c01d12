//! `windtunnel run`: load, simulate, judge, write, print.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::args::{RunFormat, RunRequest};
use super::commands::{fail, listen, print_as, stopped, told};
use super::exit::Exit;
use super::folder::publish;
use super::{folder, manifest, replicate};
use crate::experiment::{self, CheckOutcome, Effort, RunResult};
use crate::report::{self, Manifest};
use crate::scenario::{self, FLASH_SALE, Loaded, Scenario, Source};
use crate::shell::files::{Folder, read_scenario};
use crate::shell::output::{INTERRUPTED, Staging};
use crate::shell::results::ResultsWriter;
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
    if let Err(exit) = within_limits(request, &scenario) {
        return exit;
    }
    let mut folder = match folder::take(&out, report::FolderKind::Run) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    let interrupted = match listen() {
        Ok(flag) => flag,
        Err(exit) => return exit,
    };
    if request.replications.is_some() || request.until.is_some() || request.warmup.is_some() {
        return replicate::run(request, scenario, (&mut folder, &out), (&watch, &interrupted));
    }
    let replication = request.replication.unwrap_or(0);
    let result = match experiment::run_replication(scenario, replication, Some(&interrupted)) {
        Ok(result) => result,
        Err(error) => return stopped(&error),
    };
    let simulated = watch.elapsed();
    let text = match request.format {
        RunFormat::Table => report::table(&result, table_width(), stdout_colour()),
        RunFormat::Json => report::summary_json(&result),
    };
    let requests: u64 = result.record.services.iter().map(|s| s.requests.offered + s.warmup_requests).sum();
    let is_table = matches!(request.format, RunFormat::Table);
    let exit = verdict(&result.checks, request.strict);
    let marks = (&watch, &interrupted, replication);
    // Of one run there is no part that is worth keeping.
    if interrupted.load(Ordering::Relaxed) {
        return folder::unwritten(INTERRUPTED);
    }
    let staged = stage(&result, &folder, marks, Vec::new());
    // The page is made of the files: what they were made of would only take room beside it.
    drop(result);
    let published =
        staged.and_then(|(files, manifest)| publish(&mut folder, files, manifest, !request.no_report));
    if let Err(message) = published {
        return folder::unwritten(&message);
    }
    let printed = print_as(is_table, &text);
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

/// A scenario's name as the name of a folder: nothing in it can lead elsewhere or be special to a file system, letters and
/// digits of every script stay, and names that differ in what does not stay have folders of their own.
pub(super) fn folder_name(name: &str) -> String {
    /// Longest name \[B\]: file systems take 255, and commands add endings.
    const LONGEST: usize = 150;
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let (mut kept, mut is_told_apart) = (String::new(), true);
    for c in name.chars() {
        if kept.len() + c.len_utf8() > LONGEST {
            is_told_apart = false;
            break;
        }
        is_told_apart &= is_plain(c) || c.is_ascii();
        kept.push(if is_plain(c) { c } else { '-' });
    }
    let mut kept = kept.trim_matches(['.', '-']).to_owned();
    if !is_told_apart || kept.is_empty() {
        let hash = scenario::text_sha256(name);
        kept = format!("{kept}-{}", hash.get(..8).unwrap_or(&hash)).trim_matches('-').to_owned();
    }
    let reserved = ["con", "prn", "aux", "nul"];
    let stem = kept.split('.').next().unwrap_or("").to_ascii_lowercase();
    let is_port = (stem.starts_with("com") || stem.starts_with("lpt")) && stem.chars().count() == 4;
    let has_letters = name.chars().any(char::is_alphanumeric);
    if reserved.contains(&stem.as_str()) || is_port || !has_letters {
        format!("scenario-{kept}")
    } else {
        kept
    }
}

/// Writes a file.
type Fill<'a> = Box<dyn Fn(&mut dyn Write) -> io::Result<()> + 'a>;

/// Writes the files of a run, which is that replication of its scenario, and `more` beside them, without their names yet.
///
/// # Errors
/// A sentence: it could not be written, or was interrupted.
pub(super) fn stage(
    result: &RunResult,
    folder: &ResultsWriter,
    (watch, interrupted, replication): (&Stopwatch, &Arc<AtomicBool>, u64),
    more: Vec<(&str, Vec<u8>)>,
) -> Result<(Staging, Manifest), String> {
    let mut files = folder.stage(Some(interrupted)).within(result.scenario.max_output);
    let chart = |error: report::ChartError| format!("cannot draw the picture: {error}");
    let (png, svg) = (report::chart_png(result).map_err(chart)?, report::chart_svg(result).map_err(chart)?);
    let scenario = &result.scenario;
    let whole = |bytes: Vec<u8>| -> Fill<'_> { Box::new(move |out| out.write_all(&bytes)) };
    let mut contents: Vec<(&str, Fill<'_>)> = vec![
        ("summary.json", whole(report::summary_json(result).into_bytes())),
        ("timeline.csv", Box::new(|out| report::timeline_csv(result, out))),
        ("decisions.csv", Box::new(|out| report::decisions_csv(result, out))),
        ("evaluations.csv", Box::new(|out| report::evaluations_csv(result, out))),
        ("tasks.csv", Box::new(|out| report::tasks_csv(result, out))),
        ("invoice.csv", Box::new(|out| report::invoice_csv(result, out))),
        ("cost-focus.csv", Box::new(|out| report::cost_focus_csv(result, report::CLUSTER, out))),
        (
            "scaling-activities.json",
            Box::new(|out| report::scaling_activities_json(result, report::CLUSTER, out)),
        ),
        ("response_times.csv", Box::new(|out| report::response_times_csv(result, out))),
        ("timeline.png", whole(png)),
        ("timeline.svg", whole(svg.into_bytes())),
        ("plan.toml", whole(scenario.resolved_toml.clone().into_bytes())),
    ];
    contents.extend(more.into_iter().map(|(name, bytes)| (name, whole(bytes))));
    for (name, fill) in contents {
        files.file(name, |file| Ok(fill(file)?))?;
    }
    let manifest = Manifest {
        fingerprint: Some(report::fingerprint(&result.record)),
        replication: Some(replication),
        ..manifest::of(report::FolderKind::Run, &[scenario], scenario.seed, watch)
    };
    Ok((files, manifest))
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
            ("東京", "東京"),
            ("大阪", "大阪"),
            ("…", "scenario-b4935894"),
            ("..", "scenario-5ec1f7e7"),
        ] {
            assert_eq!(folder_name(name), folder);
        }
        assert_ne!(folder_name(&("x".repeat(200) + "1")), folder_name(&("x".repeat(200) + "2")));
        assert!(folder_name(&"東".repeat(300)).len() < 200);
    }
}
