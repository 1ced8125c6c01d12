//! The comment on a pull request. Its first line is an invisible marker, by which a bot finds the comment again and
//! updates it instead of adding another.

use super::text::{Diff, MOST_ROWS, TableRow, checks_sentence};
use crate::report::gate::table;
use crate::report::proviso::with_proviso;
use crate::report::words::{markdown, plain};

/// Marker by which a bot finds its comment.
const MARKER: &str = "<!-- windtunnel-diff -->";

/// A sentence, a table of cost and times, the checks, and the keys that changed.
#[must_use]
pub fn diff_markdown(diff: &Diff) -> String {
    let mut text = format!("{MARKER}\n## windtunnel: {}\n\n", markdown(&diff.title()));
    text.push_str(&format!("**{}**\n\n", markdown(&diff.verdict())));
    text.extend(checks_sentence(&diff.gate).map(|sentence| format!("{}\n\n", markdown(&sentence))));
    text.push_str("| | Before | After | Change |\n|---|---:|---:|---:|\n");
    let rows = diff.rows();
    for TableRow { service, cells: [what, before, after, change], provisos } in rows.iter().take(MOST_ROWS) {
        let [before, after] = [(before, &provisos[0]), (after, &provisos[1])]
            .map(|(text, proviso)| with_proviso(text, proviso.as_deref()));
        let of = service.as_ref().map_or_else(String::new, |service| format!("{service}: "));
        let cells = [&format!("{of}{what}"), &before, &after, change].map(|cell| markdown(cell));
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    if rows.len() > MOST_ROWS {
        text.push_str(&format!("\n{} more rows: `--format json` tells all.\n", rows.len() - MOST_ROWS));
    }
    if diff.gate.verdicts.is_empty() {
        text.push_str("\nNo checks are declared: nothing says whether that is good enough.\n");
    } else {
        text.push_str(&format!("\n### Checks\n\n{}", table(&diff.gate)));
    }
    for (heading, keys) in diff.groups() {
        text.push_str(&format!("\n### {}\n", markdown(&heading)));
        for (index, key) in keys.iter().enumerate() {
            text.push_str(if index == 0 { "\n" } else { "" });
            text.push_str(&format!("- {}\n", item(key)));
        }
    }
    text.push_str(&format!("\n<sub>{}</sub>\n", markdown(&diff.basis())));
    text
}

/// A key as code and its values as text; what is not a key is text altogether.
fn item(told: &str) -> String {
    match told.split_once(": ") {
        Some((key, values)) if !key.contains(' ') => {
            format!("`{}`: {}", plain(key).replace('`', "'"), markdown(values))
        }
        _ => markdown(told),
    }
}
