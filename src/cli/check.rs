//! `windtunnel check`: the verdicts of a scenario, or of the files of a run, for programs that decide by exit code.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::formats::{self, OutputFormat, Rendering, fallible, rendering};
use super::given::{Given, RUNS, VerdictArgs, replication_count};
use super::loading::PrintedWarnings;
use super::printing::{fail, print_in};
use super::session::{Session, stopped};
use super::subject::{self, GateSubject};
use crate::experiment::checks::{Bills, evaluate_against};
use crate::experiment::compare::{Variant, compare};
use crate::experiment::replications::{Enough, replications};
use crate::experiment::{CONFIDENCE, CheckOutcome, CheckStatus, RunSample};
use crate::report::{self, Gate, Judged};
use crate::scenario::Scenario;
use crate::shell::progress::Progress;
use crate::shell::terminal::{note, one_line};
use crate::shell::wall_clock::Stopwatch;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel check web.toml\n  windtunnel check web.toml --replications 40 --strict\n  windtunnel check \
    output/web --format junit > checks.xml\n  windtunnel check web.toml --baseline main/web.toml --format github\n\nA check passes \
    when its whole 95 % interval keeps the limit, fails when none of it does, and is inconclusive between. Exit code 1: a check \
    failed; 4: one is inconclusive or has nothing to judge, under --strict. Nothing is written; the report goes to standard output."
)]
pub(super) struct CheckRequest {
    /// Scenario file, which is run; or the folder of a run, which is judged as it is
    #[arg(value_name = "SCENARIO|OUTPUT")]
    pub(super) subject: PathBuf,
    /// Runs of the scenario, each with its own random numbers [default: 10]
    #[arg(long, value_name = "N", value_parser = replication_count(1))]
    pub(super) replications: Option<u32>,
    /// What `cost_change` compares with: a scenario, which is run on the same random numbers, or the folder of a run
    #[arg(long, value_name = "SCENARIO|OUTPUT")]
    pub(super) baseline: Option<PathBuf>,
    /// Judge by the checks of this scenario file instead
    #[arg(long, value_name = "FILE")]
    pub(super) checks: Option<PathBuf>,
    #[command(flatten)]
    pub(super) given: Given,
    #[command(flatten)]
    pub(super) verdict: VerdictArgs,
    /// What to print on standard output
    #[arg(long, default_value = "text", value_parser = formats::parser(renderings()))]
    pub(super) format: OutputFormat,
}

/// The formats of verdicts.
fn renderings<'a>() -> [Rendering<&'a Gate>; 5] {
    [
        formats::text(report::gate_view),
        formats::markdown(report::gate_view),
        rendering(OutputFormat::Json, "For programs", report::gate_json),
        fallible(OutputFormat::Junit, "JUnit XML, for test reporters", |gate| {
            report::gate_junit(gate).map_err(|error| format!("cannot write JUnit XML: {error}"))
        }),
        rendering(OutputFormat::Github, "Annotations for GitHub Actions", report::gate_github),
    ]
}

/// Results of the runs of a request, with what was judged.
struct JudgedRuns {
    outcomes: Vec<CheckOutcome>,
    runs: u64,
    /// Whether runs were stopped before all were done: now, or when the folder was made.
    is_partial: bool,
    /// Whether the runs were interrupted in this command.
    interrupted: bool,
}

/// Runs the request.
pub(super) fn run(request: &CheckRequest) -> Exit {
    match judged(request) {
        Ok((gate, interrupted)) => finish(request, &gate, interrupted),
        Err(exit) => exit,
    }
}

fn finish(request: &CheckRequest, gate: &Gate, interrupted: bool) -> Exit {
    let printed = print_in(request.format, renderings(), gate);
    if printed != Exit::Ok {
        return printed;
    }
    if !request.given.quiet {
        for judged in gate.verdicts.iter().filter(|judged| judged.outcome.status == CheckStatus::NoData) {
            let why = judged.outcome.note.as_deref().unwrap_or("there is nothing to judge");
            note(&format!("warning: `{}` was not judged: {why}\n", one_line(&judged.check.text)));
        }
    }
    match () {
        () if interrupted => Exit::Interrupted,
        () => request.verdict.of_checks(gate.verdicts.iter().map(|judged| &judged.outcome)),
    }
}

/// The verdicts, and whether the runs were interrupted.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
fn judged(request: &CheckRequest) -> Result<(Gate, bool), Exit> {
    let other = request.checks.as_deref().map(subject::declared).transpose();
    let other = other.map_err(|message| fail(Exit::Usage, &message))?;
    let mut printed = PrintedWarnings::default();
    let mut head = subject::load(&request.subject, &request.given, &mut printed)?;
    if let Some(other) = other {
        head.set_checks(other);
    }
    let (checks, places) = (head.checks().to_vec(), head.places().to_vec());
    if checks.is_empty() {
        return Err(no_checks(request.checks.as_deref().unwrap_or(&request.subject)));
    }
    let base = match &request.baseline {
        Some(path) => Some(subject::load(path, &request.given, &mut printed)?),
        None => None,
    };
    refuse_idle_options(request, &head, base.as_ref())?;
    let needs = checks.iter().any(|check| check.measure.needs_baseline());
    if base.is_some() && !needs && !request.given.quiet {
        note("note: no check compares with the baseline; `cost_change = \"<= 5%\"` in [checks] would\n");
    }
    if let Some(base) = base.as_ref().filter(|_| needs && !request.given.quiet) {
        tell_unlike(&head.unlike(base));
    }
    let (name, seed) = (head.name().to_owned(), head.seed());
    let found = found(request, head, base.filter(|_| needs))?;
    let verdicts = checks.into_iter().zip(found.outcomes).zip(places);
    let verdicts = verdicts.map(|((check, outcome), place)| Judged { check, outcome, place });
    let gate = Gate {
        scenario: name,
        subject: request.subject.display().to_string(),
        baseline: request.baseline.as_ref().filter(|_| needs).map(|path| path.display().to_string()),
        seed,
        runs: found.runs,
        interrupted: found.is_partial,
        strict: request.verdict.strict,
        verdicts: verdicts.collect(),
    };
    Ok((gate, found.interrupted))
}

/// Says what else than the policy makes a difference to the baseline.
fn tell_unlike(unlike: &[String]) {
    const MOST: usize = 4;
    if unlike.is_empty() {
        return;
    }
    let more = unlike.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let listed = one_line(&unlike.iter().take(MOST).cloned().collect::<Vec<_>>().join(", "));
    note(&format!(
        "warning: the baseline differs in more than the policy ({listed}{more}), so the change of cost is not the policy's alone\n"
    ));
}

/// Refuses options that only a scenario can honour, where there is none.
fn refuse_idle_options(
    request: &CheckRequest,
    head: &GateSubject,
    base: Option<&GateSubject>,
) -> Result<(), Exit> {
    let given = &request.given;
    let runs_base = matches!(base, Some(GateSubject::Scenario(..)));
    let idle = match head {
        GateSubject::Scenario(..) => return Ok(()),
        GateSubject::SavedRun(..) if request.replications.is_some() => "--replications",
        GateSubject::SavedRun(..) if given.seed.is_some() => "--seed",
        GateSubject::SavedRun(..) if !given.set.is_empty() && !runs_base => "--set",
        GateSubject::SavedRun(..) if given.fidelity.is_some() && !runs_base => "--fidelity",
        GateSubject::SavedRun(..) => return Ok(()),
    };
    let subject = request.subject.display();
    Err(fail(
        Exit::Usage,
        &format!(
            "`{subject}` is the folder of a run and is judged as it is; {idle} is for a scenario, which is run"
        ),
    ))
}

fn no_checks(path: &Path) -> Exit {
    let lines = "[checks]\np99_response_time = \"< 800ms\"\navailability = \">= 99.9%\"\ncost_per_month = \"< 2000 USD\"";
    let path = path.display();
    let exit = fail(
        Exit::Usage,
        &format!("`{path}` has no checks, so there is nothing to decide by; add what must hold, such as"),
    );
    note(&format!("\n{lines}\n\n`windtunnel explain checks` tells what can be checked\n"));
    exit
}

/// Runs what has to be run, and judges.
fn found(request: &CheckRequest, head: GateSubject, base: Option<GateSubject>) -> Result<JudgedRuns, Exit> {
    match (head, base) {
        (GateSubject::SavedRun(head, _), base) => {
            let runs = head.costs.len() as u64;
            let (baseline, interrupted) = match base {
                None => (None, false),
                Some(GateSubject::SavedRun(base, _)) => (Some(base.bills()), false),
                Some(GateSubject::Scenario(mut base, _)) => {
                    base.seed = head.seed;
                    let (base, sample, interrupted) = sample(request, *base, runs)?;
                    (Some(Bills::of(&base, &sample)), interrupted)
                }
            };
            let outcomes = head.judge(baseline.as_ref());
            Ok(JudgedRuns { outcomes, runs, is_partial: interrupted || head.is_interrupted, interrupted })
        }
        (GateSubject::Scenario(head, _), Some(GateSubject::Scenario(base, _))) => {
            side_by_side(request, *base, *head)
        }
        (GateSubject::Scenario(head, _), base) => {
            let baseline = match base {
                Some(GateSubject::SavedRun(base, _)) => Some(base.bills()),
                _ => None,
            };
            let runs = u64::from(request.replications.unwrap_or(RUNS));
            let (scenario, sample, interrupted) = sample(request, *head, runs)?;
            let outcomes = evaluate_against(&scenario, &sample, baseline.as_ref(), CONFIDENCE);
            Ok(JudgedRuns { outcomes, runs: sample.runs() as u64, is_partial: interrupted, interrupted })
        }
    }
}

/// Runs a scenario alone.
fn sample(
    request: &CheckRequest,
    scenario: Scenario,
    runs: u64,
) -> Result<(Scenario, RunSample, bool), Exit> {
    let session = Session::listen(Stopwatch::start(), request.given.quiet)?;
    let mut progress = Progress::start("runs", runs, 0, request.given.quiet);
    let result = replications(scenario, Enough::Runs(runs), Some(&session.interrupted), &mut |done| {
        progress.reach(done)
    });
    progress.finish();
    let result = result.map_err(|error| stopped(&error))?;
    Ok((result.first.scenario, result.sample, result.interrupted))
}

/// Runs the baseline and the scenario on the same random numbers.
fn side_by_side(request: &CheckRequest, base: Scenario, head: Scenario) -> Result<JudgedRuns, Exit> {
    let session = Session::listen(Stopwatch::start(), request.given.quiet)?;
    let runs = u64::from(request.replications.unwrap_or(RUNS));
    let seed = head.seed;
    // The checks of the baseline are not judged, and what only they need is not kept.
    let base = Scenario { checks: Vec::new(), ..base };
    let variants = vec![
        Variant { name: "baseline".to_owned(), scenario: base },
        Variant { name: "head".to_owned(), scenario: head },
    ];
    let mut progress = Progress::start("runs", runs * 2, 0, request.given.quiet);
    let result = compare(variants, seed, runs, Some(&session.interrupted), &mut |done| progress.reach(done));
    progress.finish();
    let mut result = result.map_err(|error| stopped(&error))?;
    let Some(head) = result.variants.pop() else { return Err(Exit::RunFailed) };
    let (runs, interrupted) = (head.sample.runs() as u64, result.interrupted);
    Ok(JudgedRuns { outcomes: head.checks, runs, is_partial: interrupted, interrupted })
}
