//! The verdicts as Markdown: a table that no name can break.

use super::{Gate, found};
use crate::report::words::{markdown, plain};

/// A heading, a table with a row a check, and what the verdicts rest on.
#[must_use]
pub fn gate_markdown(gate: &Gate) -> String {
    let name = markdown(&gate.scenario);
    let mut text = format!("## Checks of {name}\n\n{}\n\n", markdown(&gate.tally()));
    text.push_str(&table(gate));
    text.push_str(&format!("\n{}\n", markdown(&gate.basis())));
    if let Some(advice) = gate.advice() {
        text.push_str(&format!("\n{}\n", markdown(&advice)));
    }
    text
}

/// The table alone.
pub(in crate::report) fn table(gate: &Gate) -> String {
    let mut text = String::from("| Check | Verdict | Found |\n|---|---|---|\n");
    for judged in &gate.verdicts {
        let outcome = &judged.outcome;
        // Within a code span only the backtick and, in a table, the bar mean anything.
        let check = plain(&outcome.check).replace('`', "'").replace('|', "\\|");
        let word = outcome.status.name().replace('_', " ");
        text.push_str(&format!("| `{check}` | **{word}** | {} |\n", markdown(&found(outcome))));
    }
    text
}
