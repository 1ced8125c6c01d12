//! Scenarios as they are loaded, once their diagnostics are printed.

use super::exit::Exit;
use crate::experiment::VariedScenario;
use crate::scenario::{self, Check, Loaded, Scenario, Severity};
use crate::shell::terminal::{note, one_line, stderr_colour};

/// The loaded scenario, once its diagnostics are printed: warnings only where `warns`, and `--quiet` was not given.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
pub(super) fn accept(loaded: Loaded, warns: bool) -> Result<Scenario, Exit> {
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
pub(super) struct PrintedWarnings(Vec<(&'static str, String)>);

/// The same for one of several files, without the warnings that another one had word for word.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
pub(super) fn accept_with_new_warnings(
    mut loaded: Loaded,
    warns: bool,
    printed: &mut PrintedWarnings,
) -> Result<Scenario, Exit> {
    loaded.diagnostics.retain(|diagnostic| {
        let said = (diagnostic.code, diagnostic.message.clone());
        let is_new = diagnostic.severity == Severity::Error || !printed.0.contains(&said);
        if warns && is_new {
            printed.0.push(said);
        }
        is_new
    });
    accept(loaded, warns)
}

/// The scenario that an experiment varies, once its diagnostics are printed.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
pub(super) fn varied(base: &VariedScenario<'_>, quiet: bool) -> Result<Scenario, Exit> {
    accept(base.load(&[]), !quiet)
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

/// The hint where to read on after an error; empty where there was none.
pub(super) fn more_on(loaded: &Loaded) -> String {
    match loaded.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error) {
        Some(error) => format!("For details, run `windtunnel explain {}`\n", error.code),
        None => String::new(),
    }
}
