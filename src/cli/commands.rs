//! The small commands: validate, schema, init, explain, prices, completions.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::CommandFactory;

use super::args::{Arguments, InitRequest, ValidateFormat, ValidateRequest};
use super::exit::Exit;
use crate::experiment::compare::{Comparison, Variant, compare};
use crate::experiment::{Base, scale_in};
use crate::kernel::world::{RunError, Stop};
use crate::report;
use crate::scenario::{self, Check, Loaded, SCHEMA_FILE, Scenario, Severity, Template};
use crate::shell::files::{Folder, read_scenario};
use crate::shell::progress::Progress;
use crate::shell::results::ResultsReader;
use crate::shell::terminal::{self, note, one_line, stderr_colour};
use crate::shell::{interrupt, output};

/// What the price book calls the region of prices that hold in all of them; it makes no region known.
const ALL_REGIONS: &str = "all";

/// Prints what people read to standard output.
pub(super) fn print(text: &str) -> Exit {
    printed(terminal::print(text))
}

/// Prints what programs read to standard output, to the byte.
pub(super) fn print_data(text: &str) -> Exit {
    printed(terminal::print_data(text))
}

/// Prints a result in the one or the other way.
pub(super) fn print_as(is_for_people: bool, text: &str) -> Exit {
    if is_for_people { print(text) } else { print_data(text) }
}

fn printed(result: std::io::Result<()>) -> Exit {
    match result {
        Ok(()) => Exit::Ok,
        Err(error) => {
            let cause = output::cause_in_words(&error);
            fail(Exit::RunFailed, &format!("cannot write to standard output: {cause}"))
        }
    }
}

/// Prints an error of one line to standard error.
pub(super) fn fail(exit: Exit, message: &str) -> Exit {
    note(&format!("error: {}\n", one_line(message)));
    exit
}

/// What was loaded, once its diagnostics are printed: warnings only where `warns`, and `--quiet` was not given.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
pub(super) fn told(loaded: Loaded, warns: bool) -> Result<Scenario, Exit> {
    if loaded.scenario.is_none() || (warns && !loaded.diagnostics.is_empty()) {
        note(&scenario::render(&loaded.diagnostics, &loaded.sources, stderr_colour()));
    }
    if loaded.scenario.is_none() {
        note(&more_on(&loaded));
    }
    loaded.scenario.ok_or(Exit::Usage)
}

/// The warnings that were printed: what holds for several files alike is said once.
#[derive(Debug, Default)]
pub(super) struct Heard(Vec<(&'static str, String)>);

/// The same for one of several files, without the warnings that another one had word for word.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
pub(super) fn told_anew(mut loaded: Loaded, warns: bool, heard: &mut Heard) -> Result<Scenario, Exit> {
    loaded.diagnostics.retain(|diagnostic| {
        let said = (diagnostic.code, diagnostic.message.clone());
        let is_new = diagnostic.severity == Severity::Error || !heard.0.contains(&said);
        if warns && is_new {
            heard.0.push(said);
        }
        is_new
    });
    told(loaded, warns)
}

/// Runs variants on the same requests, with a progress bar and an ear for interruptions; the first is the base. `with_ends`:
/// with the cost at both ends of the range of `tt_scale_in_mode`.
///
/// # Errors
/// The exit code, once the reason was printed.
pub(super) fn compared(
    variants: Vec<Variant>,
    (seed, runs): (u64, u64),
    with_ends: bool,
    (quiet, interrupted): (bool, &AtomicBool),
) -> Result<Comparison, Exit> {
    let mut progress = Progress::start("runs", runs * variants.len() as u64, 0, quiet);
    let result = compare(variants, seed, runs, Some(interrupted), &mut |done| progress.reach(done));
    progress.finish();
    let mut comparison = result.map_err(|error| stopped(&error))?;
    if with_ends && !comparison.interrupted {
        at_both_ends(quiet, |progress| {
            scale_in::add_to_comparison(&mut comparison, Some(interrupted), progress)
        })?;
    }
    Ok(comparison)
}

/// Adds the cost at both ends of the range of `tt_scale_in_mode`, with a progress bar from the first run on.
///
/// # Errors
/// The exit code, once the reason was printed.
pub(super) fn at_both_ends(
    quiet: bool,
    add: impl FnOnce(&mut dyn FnMut(u64, u64)) -> Result<(), RunError>,
) -> Result<(), Exit> {
    let mut bar: Option<Progress> = None;
    let result = add(&mut |done, total| {
        bar.get_or_insert_with(|| Progress::start("scale-in runs", total, 0, quiet)).reach(done);
    });
    if let Some(bar) = &bar {
        bar.finish();
    }
    result.map_err(|error| stopped(&error))
}

/// The scenario that an experiment varies, once its diagnostics are printed.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
pub(super) fn varied(base: &Base<'_>, quiet: bool) -> Result<Scenario, Exit> {
    told(base.load(&[]), !quiet)
}

/// The texts of the checks that compare with a baseline, and of the others.
pub(super) fn by_baseline(checks: &[Check]) -> (Vec<String>, Vec<String>) {
    let text = |check: &Check| check.text.clone();
    let (with, without): (Vec<&Check>, Vec<&Check>) =
        checks.iter().partition(|check| check.measure.needs_baseline());
    (with.into_iter().map(text).collect(), without.into_iter().map(text).collect())
}

/// Says that `what` has nothing to judge these checks by.
pub(super) fn without_baseline(unjudged: &[String], what: &str) {
    for check in unjudged {
        note(&format!(
            "warning: `{}` was not judged: {what} has no baseline; hold a setting against today's with `windtunnel check \
             --baseline`\n",
            one_line(check)
        ));
    }
}

/// Listens for interruptions from now on.
///
/// # Errors
/// The exit code, once the reason was printed.
pub(super) fn listen() -> Result<Arc<AtomicBool>, Exit> {
    interrupt::listen()
        .map_err(|error| fail(Exit::RunFailed, &format!("cannot listen for interruptions: {error}")))
}

/// Says why runs were stopped before there was a result.
pub(super) fn stopped(error: &RunError) -> Exit {
    match error {
        RunError::Stopped { why: Stop::Interrupted, .. } => {
            note("interrupted before the first run was over; nothing was written\n");
            Exit::Interrupted
        }
        other => fail(Exit::RunFailed, &format!("a run was stopped: {other}")),
    }
}

pub(super) fn validate(request: &ValidateRequest) -> Exit {
    let mut all_valid = true;
    let mut diagnostics = Vec::new();
    for path in &request.scenarios {
        let source = match read_scenario(path) {
            Ok(source) => source,
            // One file that cannot be read must not hide what is wrong with the others.
            Err(message) => {
                all_valid = false;
                match request.format {
                    ValidateFormat::Text => fail(Exit::Usage, &message),
                    ValidateFormat::Json => {
                        diagnostics.push(scenario::unreadable(&path.display().to_string(), &message));
                        Exit::Usage
                    }
                };
                continue;
            }
        };
        let loaded = scenario::load(&source, &request.overrides, None, &mut Folder::of(path));
        all_valid &= loaded.scenario.is_some();
        match request.format {
            ValidateFormat::Text => {
                note(&scenario::render(&loaded.diagnostics, &loaded.sources, stderr_colour()));
                note(&more_on(&loaded));
                let printed = print(&verdict(&source.name, &loaded));
                if printed != Exit::Ok {
                    return printed;
                }
            }
            ValidateFormat::Json => diagnostics.extend(loaded.diagnostics),
        }
    }
    if matches!(request.format, ValidateFormat::Json) {
        let report = scenario::diagnostics_json(&diagnostics);
        let printed = match serde_json::to_string_pretty(&report) {
            Ok(text) => print_data(&(text + "\n")),
            Err(error) => fail(Exit::RunFailed, &format!("cannot print the diagnostics: {error}")),
        };
        if printed != Exit::Ok {
            return printed;
        }
    }
    if all_valid { Exit::Ok } else { Exit::Usage }
}

/// Where to read on after an error; empty where there was none.
pub(super) fn more_on(loaded: &Loaded) -> String {
    match loaded.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error) {
        Some(error) => format!("`windtunnel explain {}` tells more\n", error.code),
        None => String::new(),
    }
}

/// One line on one scenario: `web.toml: valid, 1 warning`.
fn verdict(name: &str, loaded: &Loaded) -> String {
    let count = |severity| loaded.diagnostics.iter().filter(|d| d.severity == severity).count();
    let plural = |n: usize, word: &str| if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let name = one_line(name);
    let state = if loaded.scenario.is_some() { "valid".to_owned() } else { plural(errors, "error") };
    if warnings == 0 {
        format!("{name}: {state}\n")
    } else {
        format!("{name}: {state}, {}\n", plural(warnings, "warning"))
    }
}

/// The schema of scenario files, or of the output of that name.
pub(super) fn schema(output: Option<&str>) -> Exit {
    let Some(name) = output else { return print_data(&scenario::json_schema()) };
    match report::output_schema(name).or_else(|| schema_of_file(Path::new(name))) {
        Some(text) => print_data(text),
        None => {
            let known: Vec<&str> = report::output_schemas().map(|(name, _)| name).collect();
            fail(
                Exit::Usage,
                &format!(
                    "no output is called `{name}`; name a file of results, or one of {}",
                    known.join(", ")
                ),
            )
        }
    }
}

/// The schema of a file of results by its path: a sweep's summary is called as a run's is.
fn schema_of_file(path: &Path) -> Option<&'static str> {
    let (folder, name) = (path.parent()?, path.file_name()?.to_str()?);
    let results = ResultsReader::open(folder, "").ok();
    let qualified = results.map(|results| format!("{}/{name}", results.kind().command()));
    qualified.and_then(|name| report::output_schema(&name)).or_else(|| report::output_schema(name))
}

pub(super) fn init(request: &InitRequest) -> Exit {
    let templates = scenario::templates();
    let Some(template) = templates.iter().find(|template| template.name == request.template) else {
        let exit = fail(Exit::Usage, &format!("there is no template `{}`; there are:", request.template));
        for known in templates {
            note(&format!("  {:8}{}\n", known.name, known.description));
        }
        return exit;
    };
    if let Some(folder) = &request.out {
        return write_template(template, folder);
    }
    let printed = print_data(template.text);
    if let ([(file, _), ..], Exit::Ok) = (template.companions, printed) {
        let name = template.name;
        note(&format!(
            "note: this scenario reads `{file}`, which must lie beside it; `windtunnel init --template {name} --out DIR` \
             writes both\n"
        ));
    }
    printed
}

/// Writes a template and its companions, or nothing at all where one of them exists.
fn write_template(template: &Template, folder: &Path) -> Exit {
    let scenario = format!("{}.toml", template.name);
    let mut files = vec![(folder.join(&scenario), template.text)];
    files.extend(template.companions.iter().map(|(path, text)| (folder.join(path), *text)));
    if let Some((taken, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        let message = format!("`{}` exists and is not overwritten; choose another folder", taken.display());
        return fail(Exit::Usage, &message);
    }
    // A schema that is there already is as good.
    let (schema, schema_path) = (scenario::json_schema(), folder.join(SCHEMA_FILE));
    if schema_path.symlink_metadata().is_err() {
        files.push((schema_path, &schema));
    }
    for (path, text) in &files {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str()))
        else {
            continue;
        };
        if let Err(error) = output::write_all(parent, [(name, text.as_bytes().to_vec())]) {
            return fail(Exit::RunFailed, &error.to_string());
        }
    }
    let written: Vec<String> = files.iter().map(|(path, _)| format!("{}\n", path.display())).collect();
    print(&written.concat())
}

pub(super) fn explain(topic: &str) -> Exit {
    if let Some(text) = scenario::explain(topic) {
        return print(&text);
    }
    let topics = scenario::explain_topics();
    let near = topics
        .iter()
        .map(|known| (strsim::jaro_winkler(&known.to_lowercase(), &topic.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = near.map_or_else(
        || "codes look like WT004, metrics like CPUUtilization, keys like service.NAME.task.cpu".to_owned(),
        |(_, known)| format!("did you mean `{known}`?"),
    );
    fail(Exit::Usage, &format!("nothing is known of `{topic}`; {hint}"))
}

pub(super) fn prices(region: Option<&str>) -> Exit {
    let rows = scenario::prices(region);
    if let Some(region) = region
        && (region == ALL_REGIONS || !rows.iter().any(|row| row.region == region))
    {
        let mut regions: Vec<String> = scenario::prices(None).into_iter().map(|row| row.region).collect();
        regions.sort();
        regions.dedup();
        regions.retain(|known| known != ALL_REGIONS);
        let known = regions.join(", ");
        return fail(Exit::Usage, &format!("the price book has no region `{region}`; it has {known}"));
    }
    let mut text = String::new();
    let header = ("REGION", "ARCH", "ITEM", "USD", "PER", "AS OF");
    let mut line = |(region, arch, item, usd, per, date): (&str, &str, &str, &str, &str, &str)| {
        let row = format!("{region:<16}{arch:<8}{item:<28}{usd:>12}  {per:<36}{date}");
        text.push_str(row.trim_end());
        text.push('\n');
    };
    line(header);
    for row in &rows {
        line((&row.region, &row.architecture, &row.item, &row.price_usd, &row.unit, &row.as_of));
    }
    print(&text)
}

pub(super) fn completions(shell: clap_complete::Shell) -> Exit {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "windtunnel", &mut bytes);
    print_data(&String::from_utf8_lossy(&bytes))
}
