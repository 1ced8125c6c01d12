//! The way from a text to a [`Scenario`]: read, override, conform, lower. Whatever a step finds is collected; a step is
//! skipped only where what it needs could not be read at all.

use sha2::{Digest, Sha256};
use windtunnel_kernel::telemetry::Metric;

use crate::scenario::built::Scenario;
use crate::scenario::keys::budget::Budget;
use crate::scenario::keys::builder::Lower;
use crate::scenario::keys::checks::CheckPlace;
use crate::scenario::keys::root::SCENARIO;
use crate::scenario::language::diagnostic::{Diagnostic, Problem, Report, Sources};
use crate::scenario::language::source::{Files, Source};
use crate::scenario::language::table_reader::View;
use crate::scenario::language::tree::{self, Complaint, Entry, Node, Place, Table, Value};
use crate::scenario::language::{codes, overrides, quantity, resolved, validate};

/// Version of the scenario language.
const VERSION: i128 = 1;
/// Longest text that is read \[B\].
const LONGEST_TEXT: usize = 16 << 20;

/// A scenario, or why there is none.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The scenario; `None` exactly when a diagnostic is an error.
    pub scenario: Option<Scenario>,
    /// Everything there is to say about it, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into, for [`crate::scenario::render`].
    pub sources: Sources,
    /// Where its checks are written, in their order.
    pub check_places: Vec<CheckPlace>,
}

/// Reads a scenario with its overrides (`KEY=VALUE`); `seed` replaces the scenario's. Files beside the scenario are
/// opened through `files`. All problems are reported at once.
pub fn load(source: &Source, overrides: &[String], seed: Option<u64>, files: &mut dyn Files) -> Loaded {
    let mut report = Report::default();
    let mut check_places = Vec::new();
    let scenario = read(source, overrides, seed, (&mut report, &mut check_places), files);
    let scenario = if report.has_errors() { None } else { scenario };
    let left_out = report.left_out();
    let mut diagnostics = report.diagnostics;
    // A scenario that could not be built has said why; this keeps the promise even where a step forgot to.
    if scenario.is_none() && !diagnostics.iter().any(|d| d.severity == crate::scenario::Severity::Error) {
        let mut last = Report::default();
        last.sources = report.sources.clone();
        last.add(Problem::new(codes::MISSING_KEY, "the scenario is not complete"));
        diagnostics.extend(last.diagnostics);
    }
    diagnostics.sort_by_key(|diagnostic| {
        let place = diagnostic.primary.as_ref();
        let of_text = place.is_none_or(|label| label.source == source.name);
        (diagnostic.severity, !of_text, place.map_or(0, |label| if of_text { label.span.start } else { 0 }))
    });
    diagnostics.extend(left_out);
    Loaded { scenario, diagnostics, sources: report.sources, check_places }
}

fn read(
    source: &Source,
    overrides: &[String],
    seed: Option<u64>,
    (report, check_places): (&mut Report, &mut Vec<CheckPlace>),
    files: &mut dyn Files,
) -> Option<Scenario> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    if text.len() > LONGEST_TEXT {
        report.sources.add(&source.name, "");
        report.add(Problem::new(
            codes::TEXT_LIMITS,
            format!("the scenario is {} MiB long, and at most 16 MiB are read", text.len() >> 20),
        ));
        return None;
    }
    let number = report.sources.add(&source.name, text);
    let top = Place::at(number, 0..text.find('\n').unwrap_or(text.len()));
    other_language(source, &top, report)?;
    if text.trim().is_empty() && overrides.is_empty() {
        report.add(
            Problem::new(codes::MISSING_KEY, "the scenario is empty")
                .at(&top, "")
                .help("`windtunnel init` prints one to start from"),
        );
        return None;
    }
    let mut tree = document(text, number, report)?;
    overrides::apply(&mut tree, overrides, report);
    if let Some(seed) = seed {
        let node = Node { value: Value::Integer(i128::from(seed)), place: Place::nowhere() };
        tree.set("seed", Place::nowhere(), node);
    }
    known_version(&tree, report)?;
    let mut root = validate::validate(&tree, &SCENARIO, &top, report);
    fill_dependent_defaults(&mut root);
    let lowered =
        Lower { report, files, budget: Budget::default() }.scenario(View { table: &root, place: &top })?;
    if root.entry("horizon").is_none() {
        let value = Value::Text(quantity::duration_text(lowered.plan.horizon));
        insert_default(&mut root, "timezone", "horizon", value);
    }
    if let Some(start) = lowered.start {
        root.set("start", Place::nowhere(), Node { value: Value::Text(start), place: Place::nowhere() });
    }
    let view = View { table: &root, place: &top };
    *check_places = places_of_checks(view, &report.sources);
    Some(Scenario {
        name: view.text("name")?.to_owned(),
        description: view.text("description")?.to_owned(),
        region: view.text("region")?.to_owned(),
        seed: u64::try_from(view.integer("seed")?).ok()?,
        max_requests: view.table("limits")?.number("max_requests")?,
        sha256: digest(&source.text, overrides),
        plan: lowered.plan,
        services: lowered.services,
        checks: lowered.checks,
        sweep: lowered.sweep,
        search: lowered.search,
        forecast: lowered.forecast,
        resolved_toml: resolved::write(&root),
        max_output: lowered.max_output,
        price_book_date: lowered.price_book_date,
        not_priced: lowered.not_priced,
        timezone: view.text("timezone")?.to_owned(),
    })
}

/// Where the checks are written.
fn places_of_checks(root: View<'_>, sources: &Sources) -> Vec<CheckPlace> {
    let checks = root.table("checks").map(|view| view.table.entries.as_slice()).unwrap_or_default();
    let place = |entry: &Entry| {
        let label = sources.label(&entry.key_place, String::new());
        let (source, line) = label.map_or((None, 0), |label| (Some(label.source), label.line));
        CheckPlace { key: entry.key.clone(), source, line }
    };
    checks.iter().map(place).collect()
}

/// Refuses scenarios in other languages by the ending of their name, rather than by a list of syntax errors.
fn other_language(source: &Source, top: &Place, report: &mut Report) -> Option<()> {
    let name = source.name.to_ascii_lowercase();
    let Some(ending) = [".json", ".yaml", ".yml"].into_iter().find(|ending| name.ends_with(ending)) else {
        return Some(());
    };
    report.add(
        Problem::new(codes::NOT_BUILT, format!("reading scenarios in `{ending}` files is not built yet"))
            .at(top, "")
            .help("write the scenario as TOML; `init` makes one to start from"),
    );
    None
}

/// The tree of the text; `None` when it is no TOML.
fn document(text: &str, number: usize, report: &mut Report) -> Option<Table> {
    let mut complaints = Vec::new();
    let tree = tree::read_document(text, number, &mut complaints);
    let mut readable = true;
    // What a parser says after it met too deep a nesting is only about where it gave up.
    let too_deep = complaints.iter().any(|complaint| matches!(complaint, Complaint::TooDeep { .. }));
    for complaint in complaints {
        match complaint {
            Complaint::Syntax { message, place } => {
                readable = false;
                if !too_deep {
                    let mut problem = Problem::new(codes::SYNTAX, message).at(&place, "");
                    if is_escape(text, &place) {
                        problem = problem.help(
                            "in double quotes a backslash begins an escape; write a path with `/` (\"C:/data/x.csv\") or in \
                             single quotes ('C:\\data\\x.csv')",
                        );
                    }
                    report.add(problem);
                }
            }
            Complaint::Duplicate { message, place } => {
                report.add(Problem::new(codes::DUPLICATE_KEY, message).at(&place, "given again"));
            }
            Complaint::TooDeep { place } => {
                if readable {
                    report.add(
                        Problem::new(codes::TEXT_LIMITS, "tables and arrays are nested more than 64 deep")
                            .at(&place, ""),
                    );
                }
                readable = false;
            }
            Complaint::HugeInteger { place } => {
                report.add(
                    Problem::new(codes::TEXT_LIMITS, "the integer has more than 38 digits").at(&place, ""),
                );
            }
        }
    }
    readable.then_some(tree)
}

/// Whether a syntax error stands right behind a backslash within double quotes.
fn is_escape(text: &str, place: &Place) -> bool {
    let Some((_, span)) = &place.0 else { return false };
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let behind = line.trim_end_matches(|c: char| c.is_ascii_hexdigit() || matches!(c, 'u' | 'U' | 'x'));
    let quotes = line.matches('"').count() - line.matches("\\\"").count();
    behind.ends_with('\\') && quotes % 2 == 1
}

/// Refuses another version of the language before its keys are judged by the rules of this one.
fn known_version(tree: &Table, report: &mut Report) -> Option<()> {
    let entry = tree.entry("schema");
    match entry.map(|entry| (&entry.node.value, &entry.node.place)) {
        Some((Value::Integer(version), place)) if *version != VERSION => {
            let problem = Problem::new(
                codes::SCHEMA_VERSION,
                format!("the scenario is in version {version} of the language, and this program reads version {VERSION}"),
            )
            .at(place, "")
            .expected(VERSION.to_string());
            report.add(if *version > VERSION {
                problem.help(format!(
                    "update windtunnel, which is {} here: a later one reads it",
                    env!("CARGO_PKG_VERSION")
                ))
            } else {
                problem.fix(format!("schema = {VERSION}"))
            });
            None
        }
        _ => Some(()),
    }
}

/// Fills in the defaults that follow from other keys.
fn fill_dependent_defaults(root: &mut Table) {
    let Some(services) = root.table_mut(&["service"]) else { return };
    for service in &mut services.entries {
        let Value::Table(service) = &mut service.node.value else { continue };
        let Some(scaling) = service.table_mut(&["scaling"]) else { continue };
        copy_default(scaling, "min_capacity", ("max_capacity", "desired_count"));
        let Some(steps) = scaling.table_mut(&["step"]) else { continue };
        for step in &mut steps.entries {
            let Value::Table(step) = &mut step.node.value else { continue };
            let Some(alarm) = step.table_mut(&["alarm"]) else { continue };
            copy_default(alarm, "evaluation_periods", ("evaluation_periods", "datapoints_to_alarm"));
            let statistic = match alarm.entry("metric").map(|entry| &entry.node.value) {
                Some(Value::Text(name))
                    if Metric::ALL.iter().any(|metric| metric.name() == name && metric.is_count()) =>
                {
                    "Sum"
                }
                Some(Value::Text(_)) => "Average",
                _ => continue,
            };
            insert_default(alarm, "metric", "statistic", Value::Text(statistic.to_owned()));
        }
    }
}

/// Gives the second key of `place` the value of `from`, where it has none.
fn copy_default(table: &mut Table, from: &str, place: (&str, &str)) {
    if let Some(value) = table.entry(from).map(|entry| entry.node.value.clone()) {
        insert_default(table, place.0, place.1, value);
    }
}

/// Inserts `key` behind `after`, where the key table has it, unless it was given.
fn insert_default(table: &mut Table, after: &str, key: &str, value: Value) {
    if table.entry(key).is_some() {
        return;
    }
    let at =
        table.entries.iter().position(|entry| entry.key == after).map_or(table.entries.len(), |at| at + 1);
    let node = Node { value, place: Place::nowhere() };
    table.entries.insert(at, tree::Entry { key: key.to_owned(), key_place: Place::nowhere(), node });
}

/// SHA-256 of the text and the overrides, each set apart by a zero byte.
/// The SHA-256 of a text in hexadecimal, whatever its line ends are: a folder may have been carried through a tool that
/// changes them.
#[must_use]
pub fn text_sha256(text: &str) -> String {
    digest(&text.replace("\r\n", "\n"), &[])
}

fn digest(text: &str, overrides: &[String]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(text.as_bytes());
    for text in overrides {
        hasher.update([0]);
        hasher.update(text.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
