//! The verdicts as workflow commands of GitHub Actions: an annotation at the line of the check. A command begins a line,
//! so nothing that came from outside may.

use super::{Gate, Judged, found};
use crate::experiment::CheckStatus;
use crate::report::words::plain;

/// One command a check that did not pass, an error where it fails the gate and a warning where it does not, and a line
/// with the counts.
#[must_use]
pub fn gate_github(gate: &Gate) -> String {
    let mut out = String::new();
    for judged in gate.verdicts.iter().filter(|judged| judged.outcome.status != CheckStatus::Pass) {
        out.push_str(&command(gate, judged));
        out.push('\n');
    }
    // The runner finds commands of the old kind anywhere in a line.
    let name = without_old_commands(&plain(&gate.scenario));
    out.push_str(&format!("windtunnel: {name}: {}\n", gate.tally()));
    out
}

fn command(gate: &Gate, judged: &Judged) -> String {
    let outcome = &judged.outcome;
    let level = if gate.fails(outcome) { "error" } else { "warning" };
    let mut properties = Vec::new();
    if let Some((file, line)) = &judged.place {
        properties.push(format!("file={}", property(file)));
        properties.push(format!("line={line}"));
    }
    let key = outcome.check.split_whitespace().next().unwrap_or_default();
    let word = outcome.status.name().replace('_', " ");
    properties.push(format!("title={}", property(&format!("{}: {key}: {word}", gate.scenario))));
    let message = format!("{}: {}", outcome.check, found(outcome));
    format!("::{level} {}::{}", properties.join(","), data(&message))
}

/// A message as GitHub's own toolkit escapes it; other control characters would steer the terminal that shows the log.
fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    without_old_commands(&out)
}

/// The text without what begins a command of the old kind, which the runner finds anywhere in a line.
fn without_old_commands(text: &str) -> String {
    text.replace("##[", "# [")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
