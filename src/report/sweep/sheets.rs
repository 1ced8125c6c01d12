//! `runs.csv`, one row a cell, and `points.csv`, one row a point, piece by piece. Figures have at most six decimals; what
//! does not exist is an empty cell; a text that a spreadsheet would take for a formula gets a leading apostrophe.

use super::super::numbers::rounded;
use crate::experiment::points::Design;
use crate::experiment::sweep::{CellOutcome, CellRow, PointSummary, SweepHeader, SweepSummary};
use crate::results::{cell, line_bytes};

/// One line of a CSV.
fn line(cells: &[String]) -> Vec<u8> {
    line_bytes([cells.iter().collect()])
}

fn number(value: Option<f64>) -> String {
    value.and_then(|value| rounded(value, 6)).map_or_else(String::new, |value| format!("{value}"))
}

fn axis_names(head: &SweepHeader) -> impl Iterator<Item = String> + '_ {
    head.axes.iter().map(|axis| cell(&axis.name))
}

/// A value of an axis: as it is where it is a number, so that negative ones stay numbers.
fn axis_cell(label: &str) -> String {
    if label.parse::<f64>().is_ok() { label.to_owned() } else { cell(label) }
}

/// The costs that the bills leave out; a last column has them, which is there only where there is something.
fn unpriced(head: &SweepHeader) -> Option<String> {
    (!head.unpriced.is_empty()).then(|| head.unpriced.join(" "))
}

/// The header of `runs.csv`.
#[must_use]
pub fn runs_header(head: &SweepHeader) -> Vec<u8> {
    let mut cells: Vec<String> = ["point", "replication", "seed"].map(str::to_owned).to_vec();
    cells.extend(axis_names(head));
    cells.extend(["status", "checks", "fingerprint", "approximate_times"].map(str::to_owned));
    cells.extend(head.figures.iter().map(|name| cell(name)));
    cells.extend(["error", "replay"].map(str::to_owned));
    cells.extend(unpriced(head).map(|_| "unpriced".to_owned()));
    line(&cells)
}

/// The rows of a point in `runs.csv`; cells that were not run have none.
#[must_use]
pub fn run_lines(head: &SweepHeader, design: &Design<'_>, point: u64, rows: &[Option<CellRow>]) -> Vec<u8> {
    let labels = design.labels(point);
    let mut bytes = Vec::new();
    for row in rows.iter().flatten() {
        let (_, replication) = design.split(row.cell);
        let mut cells = vec![point.to_string(), replication.to_string(), row.seed.to_string()];
        cells.extend(labels.iter().map(|label| axis_cell(label)));
        match &row.outcome {
            CellOutcome::CellFigures(done) => {
                cells.extend(["ok", done.verdict.name()].map(str::to_owned));
                cells.push(format!("{:016x}", done.fingerprint));
                cells.push(done.approximate.to_string());
                cells.extend(done.figures.iter().map(|value| number(*value)));
                cells.extend([String::new(), String::new()]);
            }
            CellOutcome::Failed(failure) => {
                cells.extend([failure.kind.name(), "", "", ""].map(str::to_owned));
                cells.extend(head.figures.iter().map(|_| String::new()));
                cells.push(cell(&failure.message));
                cells.push(cell(&replay(head, design, row)));
            }
        }
        cells.extend(unpriced(head));
        bytes.extend(line(&cells));
    }
    bytes
}

/// The command that runs a cell again, alone.
pub(super) fn replay(head: &SweepHeader, design: &Design<'_>, row: &CellRow) -> String {
    let (point, replication) = design.split(row.cell);
    let mut words = format!("windtunnel run SCENARIO --seed {}", row.seed);
    for text in head.overrides.iter().chain(&design.overrides(point)) {
        // Within single quotes a shell changes nothing but the quote itself.
        words.push_str(&format!(" --set '{}'", text.replace('\'', r"'\''")));
    }
    if replication > 0 {
        words.push_str(&format!(" --only-replication {replication}"));
    }
    words
}

/// The header of `points.csv`.
#[must_use]
pub fn points_header(head: &SweepHeader) -> Vec<u8> {
    let mut cells = vec!["point".to_owned()];
    cells.extend(axis_names(head));
    cells.extend(
        ["runs", "errors", "checks_passed", "approximate_runs", "on_pareto_front"].map(str::to_owned),
    );
    for name in &head.figures {
        cells.push(cell(name));
        cells.push(cell(&format!("{name}_half_width_95")));
    }
    cells.push("error".to_owned());
    cells.extend(unpriced(head).map(|_| "unpriced".to_owned()));
    line(&cells)
}

/// The row of a point in `points.csv`: for each figure the mean of its replications and half the width of the 95 %
/// interval of that mean.
#[must_use]
pub fn point_line(
    (head, design): (&SweepHeader, &Design<'_>),
    summary: &SweepSummary,
    point: u64,
    of_point: &PointSummary,
) -> Vec<u8> {
    let mut cells = vec![point.to_string()];
    cells.extend(design.labels(point).iter().map(|label| axis_cell(label)));
    cells.extend(
        [of_point.runs, of_point.failed, of_point.passed, of_point.approximate]
            .map(|count| count.to_string()),
    );
    cells.push(summary.is_on_front(point).to_string());
    for figure in &of_point.figures {
        cells.push(number(figure.map(|estimate| estimate.value)));
        cells.push(number(figure.and_then(|estimate| estimate.half_width)));
    }
    cells.push(of_point.error.as_deref().map_or_else(String::new, cell));
    cells.extend(unpriced(head));
    line(&cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_from_being_formulas_and_numbers_are_not_touched() {
        assert_eq!(axis_cell("-0.5"), "-0.5");
        assert_eq!(axis_cell("-x"), "'-x");
        assert_eq!(axis_cell("=1+1"), "'=1+1");
        assert_eq!(number(Some(-0.125)), "-0.125");
        assert_eq!(number(Some(f64::NAN)), "");
        assert_eq!(String::from_utf8(line(&["a,b".to_owned(), "c".to_owned()])).unwrap(), "\"a,b\",c\n");
    }
}
