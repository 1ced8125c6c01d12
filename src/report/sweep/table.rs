//! The table of a sweep for people, at most 100 columns wide: how much there is, the cheapest point that passes, the
//! front, and what failed.

use super::super::numbers::{PLAIN, figure, grouped};
use super::super::page::{Look, Page};
use super::SweepView;
use crate::experiment::sweep::{CellOutcome, FailureKind};

/// Points of the front that are listed; all are in `summary.json`.
const MOST_POINTS: usize = 20;
/// Failures that are told.
const MOST_FAILURES: usize = 5;

/// The table.
#[must_use]
pub fn table(view: &SweepView<'_>, width: usize, colour: bool) -> String {
    let SweepView { head, design, summary } = view;
    let mut page = Page::new(width, colour);
    let names = view.short_names();
    let count = |number: u64| grouped(number, PLAIN);
    let plural =
        |number: u64, word: &str| format!("{} {word}{}", count(number), if number == 1 { "" } else { "s" });
    let size = format!(
        "  {} × {} of {}",
        plural(design.points(), "point"),
        plural(design.replications(), "replication"),
        names.join(" × ")
    );
    page.line(&[(Look::Bold, &head.scenario), (Look::Usual, &size)]);
    if let Some(partial) = view.partial() {
        page.line(&[
            (Look::Bad, &partial),
            (Look::Usual, "  what follows is of the points that are complete"),
        ]);
    }
    if summary.approximate > 0 {
        let text = format!(
            "≈ requests flow in {} of {} runs: their times are approximate",
            summary.approximate, summary.finished
        );
        page.line(&[(Look::Doubtful, &text)]);
    }
    page.blank();
    best(&mut page, view, &names);
    page.blank();
    front(&mut page, view, &names);
    if summary.failures() > 0 {
        page.blank();
        failures(&mut page, view, &names);
    }
    page.finish()
}

fn money(cost: f64) -> String {
    let cents = super::super::numbers::whole(cost * 100.0);
    format!("{}.{:02}", grouped(cents / 100, PLAIN), cents % 100)
}

fn best(page: &mut Page, view: &SweepView<'_>, names: &[String]) {
    let SweepView { head, summary, .. } = view;
    for check in &head.unjudged {
        page.line(&[
            (Look::Doubtful, "NO DATA"),
            (Look::Usual, &format!("  {check} (there is no baseline)")),
        ]);
    }
    if head.checks.is_empty() {
        page.line(&[(Look::Faint, "no checks declared, so no point can be called good enough")]);
        return;
    }
    let Some(point) = summary.cheapest() else {
        if !summary.is_whole() {
            page.line(&[(
                Look::Doubtful,
                "none of the complete points passed every check in every replication",
            )]);
            return;
        }
        let text = format!("  no point passed {} in every replication", head.checks.join(", "));
        page.line(&[(Look::Bad, "FAIL"), (Look::Usual, &text)]);
        return;
    };
    let place = summary.at(point);
    let text = format!("  cheapest of {} that pass every check in every replication", summary.passing.len());
    page.line(&[(Look::Good, "PASS"), (Look::Usual, &text)]);
    let figures = format!("      {} USD a month, p99 {} ms: ", money(place.cost), figure(place.p99, PLAIN));
    page.line(&[(Look::Usual, &figures), (Look::Bold, &view.name_of(names, point))]);
    note(page, view);
}

/// Writes the proviso on costs.
fn note(page: &mut Page, view: &SweepView<'_>) {
    page.aside(6, view.proviso().map(|words| format!("cost {words}")).as_deref());
}

fn front(page: &mut Page, view: &SweepView<'_>, names: &[String]) {
    let SweepView { head, summary, .. } = view;
    if summary.front.is_empty() {
        page.line(&[(Look::Faint, "no point has both a cost and a p99, so there is no front")]);
        return;
    }
    page.line(&[(Look::Faint, "Pareto front (non-dominated settings); means of the replications")]);
    note(page, view);
    page.line(&[(Look::Faint, "   USD a month      p99 ms  checks  point")]);
    // Points that cost and last the same are one line: axes that change nothing would fill the table.
    let groups: Vec<&[u64]> = summary.front.chunk_by(|a, b| summary.at(*a) == summary.at(*b)).collect();
    for group in groups.iter().take(MOST_POINTS) {
        let Some(point) = group.iter().find(|point| summary.passes(**point)).or(group.first()) else {
            continue;
        };
        let place = summary.at(*point);
        let (cost, p99) = (money(place.cost), figure(place.p99, PLAIN));
        let (verdict, look) = match (head.checks.is_empty(), summary.passes(*point)) {
            (true, _) => ("  -   ", Look::Usual),
            (_, true) => (" pass ", Look::Good),
            (_, false) => (" fail ", Look::Bad),
        };
        let figures = format!("{cost:>14}  {p99:>10}  ");
        let equal =
            if group.len() > 1 { format!("  (and {} equal)", group.len() - 1) } else { String::new() };
        let name = format!("  {}{equal}", view.name_of(names, *point));
        page.line(&[(Look::Usual, &figures), (look, verdict), (Look::Usual, &name)]);
    }
    let left_out = groups.len().saturating_sub(MOST_POINTS);
    if left_out > 0 {
        page.line(&[(Look::Faint, &format!("   … and {left_out} more in summary.json"))]);
    }
}

fn failures(page: &mut Page, view: &SweepView<'_>, names: &[String]) {
    let summary = view.summary;
    let kinds: Vec<String> = FailureKind::ALL
        .into_iter()
        .filter_map(|kind| summary.failed.get(&kind).map(|count| format!("{count} {}", words(kind))))
        .collect();
    let text = format!("{} of {} cells failed: ", summary.failures(), summary.planned);
    page.line(&[(Look::Bad, &text), (Look::Usual, &kinds.join(", "))]);
    for row in summary.failures.iter().take(MOST_FAILURES) {
        let CellOutcome::Failed(failure) = &row.outcome else { continue };
        let (point, replication) = view.design.split(row.cell);
        page.line(&[(Look::Usual, &format!("  {}, replication {replication}", view.name_of(names, point)))]);
        page.line(&[(Look::Faint, &format!("    {}", failure.message))]);
    }
    page.line(&[(Look::Faint, "  runs.csv has all of them, each with the command that runs it again")]);
}

const fn words(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Invalid => "with values that do not go together",
        FailureKind::OverBudget => "over their budget",
        FailureKind::Stopped => "stopped by the engine",
        FailureKind::Panicked => "met a bug in windtunnel",
    }
}
