//! A view as Markdown, for a pull request or a wiki. Names are escaped; no cell can break a table.

use super::content::{Block, View};
use super::status::{status_sign, status_word};
use super::table::{ResultTable, TableCell};
use crate::report::words::{markdown, plain};
use crate::results::CheckResult;

/// Marker by which a bot finds its comment on a pull request: it updates it instead of adding another.
const MARKER: &str = "<!-- windtunnel-diff -->\n";

impl View {
    /// The view as Markdown, ending with a line feed.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = if self.kind == "Diff" { MARKER.to_owned() } else { String::new() };
        text.push_str(&format!("## {}\n\n", markdown(&self.title)));
        if !self.description.is_empty() {
            text.push_str(&format!("{}\n\n", markdown(&self.description)));
        }
        let verdict = &self.verdict;
        if !verdict.sentence.is_empty() {
            let sign =
                verdict.status.map_or(String::new(), |status| format!("{} ", status_sign(Some(status))));
            text.push_str(&format!("**{sign}{}**\n\n", markdown(&verdict.sentence)));
        }
        list(&mut text, &verdict.notes);
        if !verdict.checks.is_empty() {
            text.push_str(&checks_table(&verdict.checks));
            text.push('\n');
        }
        if !self.tiles.is_empty() {
            for tile in &self.tiles {
                let note =
                    if tile.note.is_empty() { String::new() } else { format!(" ({})", markdown(&tile.note)) };
                text.push_str(&format!("- {}: **{}**{note}\n", markdown(tile.name), markdown(&tile.value)));
            }
            text.push('\n');
        }
        for section in self.brief_sections() {
            if !section.title.is_empty() {
                text.push_str(&format!("### {}\n\n", markdown(&section.title)));
            }
            section.blocks.iter().filter(|block| block.is_brief()).for_each(|block| add(&mut text, block));
        }
        text.push_str(&format!("<sub>{}</sub>\n", markdown(&self.facts.join(" · "))));
        text
    }
}

fn add(text: &mut String, block: &Block) {
    match block {
        Block::Text(words) => text.push_str(&format!("{}\n\n", markdown(words))),
        Block::List(items) => list(text, items),
        Block::Table(found) => table(text, found),
        Block::Bill(bill) => table(text, &bill.table()),
        Block::Code { text: code, .. } => {
            let fence = if code.contains("```") { "````" } else { "```" };
            text.push_str(&format!(
                "{fence}\n{}\n{fence}\n\n",
                code.lines().map(plain).collect::<Vec<_>>().join("\n")
            ));
        }
        Block::Chart(_) | Block::Folded { .. } | Block::Points { .. } => {}
    }
}

fn list(text: &mut String, items: &[String]) {
    for item in items {
        text.push_str(&format!("- {}\n", self::item(item)));
    }
    if !items.is_empty() {
        text.push('\n');
    }
}

/// A key as code and its values as text; what does not begin with a key is text altogether.
fn item(text: &str) -> String {
    match text.split_once(": ") {
        Some((key, values)) if key.contains('.') && !key.contains(' ') => {
            format!("`{}`: {}", plain(key).replace('`', "'"), markdown(values))
        }
        _ => markdown(text),
    }
}

fn table(text: &mut String, table: &ResultTable) {
    let (table, more) = table.shortened();
    let heads: Vec<String> = table.columns.iter().map(|column| markdown(&column.name)).collect();
    let rule = |is_number: bool| if is_number { "---:|" } else { "---|" };
    let rules: String = table.columns.iter().map(|column| rule(column.is_number)).collect();
    text.push_str(&format!("| {} |\n|{rules}\n", heads.join(" | ")));
    for row in &table.rows {
        let cells: Vec<String> = row.cells.iter().map(|one| cell(one, row.is_chosen)).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text.push('\n');
    text.extend(more.map(|words| format!("{words}\n\n")));
}

fn cell(cell: &TableCell, is_chosen: bool) -> String {
    let text = match cell.status {
        Some(status) => format!("**{}**", status_word(status)),
        None if cell.text.is_empty() => String::new(),
        None if is_chosen => format!("**{}**", markdown(&cell.text)),
        None => markdown(&cell.text),
    };
    let gap = if text.is_empty() || cell.note.is_empty() { "" } else { "; " };
    format!("{text}{gap}{}", markdown(&cell.note))
}

/// The verdicts on checks as a table.
fn checks_table(checks: &[CheckResult]) -> String {
    let mut text = String::from("| Check | Verdict | Found |\n|---|---|---|\n");
    for check in checks {
        // Within a code span only the backtick and, in a table, the bar mean anything.
        let name = plain(&check.check).replace('`', "'").replace('|', "\\|");
        let word = status_word(check.status);
        text.push_str(&format!("| `{name}` | **{word}** | {} |\n", markdown(&check.found())));
    }
    text
}
