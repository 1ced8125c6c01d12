//! Common parts of the pages of experiments: where their files come from, the verdict above them, their tables,
//! pictures and origin. `compare`, `sweep`, `optimize` and `forecast` put their pages together from these.

use std::io::Read;

use serde::Serialize;

use super::frame::{HtmlPage, Markup, Origin, Templates};
use super::reading::Open;
use super::tile::Tile;
use crate::results::Manifest;
use crate::results::{CheckResult, CheckStatus, Document, read_document};

/// The files of a folder, and what made them.
pub(super) struct FolderSource<'a, 'b> {
    /// Manifest of the results.
    pub(super) made: &'a Manifest,
    /// Opens one of them.
    pub(super) open: &'a mut Open<'b>,
}

impl FolderSource<'_, '_> {
    /// The bytes of a file.
    ///
    /// # Errors
    /// A sentence with its name and what to do.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut file = (self.open)(name)?;
        file.read_to_end(&mut bytes).map_err(|error| self.wrong(name, &error.to_string()))?;
        Ok(bytes)
    }

    /// A JSON document.
    ///
    /// # Errors
    /// A sentence with its name, what is wrong with it and what to do.
    pub(super) fn document<D: Document>(&mut self) -> Result<D, String> {
        let name = D::FILE;
        let bytes = self.bytes(name)?;
        read_document(&bytes).map_err(|error| self.wrong(name, &error.what))
    }

    /// The error for a file that cannot be used.
    pub(super) fn wrong(&self, name: &str, what: &str) -> String {
        let command = self.made.command.command();
        format!("`{name}` is malformed: {what}; make the results again with `windtunnel {command}`")
    }
}

impl FolderSource<'_, '_> {
    /// The origins of the results.
    pub(super) fn origins(&self) -> Vec<Origin> {
        let mut origins = Vec::new();
        let made = self.made;
        if let Some(command) = command(&made.command_line) {
            origins.push(Origin::code("Command", command));
        }
        origins.push(Origin::text("Scenario", made.scenario.clone()));
        origins.push(Origin::code("Scenario SHA-256", made.scenario_sha256.clone()));
        origins.push(Origin::code("Seed", made.seed.to_string()));
        origins.push(Origin::text("Version", format!("windtunnel {}", made.windtunnel_version)));
        if !made.price_book_date.is_empty() {
            origins.push(Origin::text("Price book of", made.price_book_date.clone()));
        }
        origins
    }
}

/// The command without what changes no result: where they are written, and what is printed.
fn command(line: &[String]) -> Option<String> {
    let (_, arguments) = line.split_first()?;
    let mut said = vec!["windtunnel".to_owned()];
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quiet" | "-q" | "--no-report" => {}
            "--out" | "-o" | "--format" | "--color" => drop(arguments.next()),
            other
                if ["--out=", "-o=", "--format=", "--color="].iter().any(|flag| other.starts_with(flag)) => {}
            other => said.push(quoted(other)),
        }
    }
    Some(said.join(" "))
}

/// An argument as a shell takes it.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+%@".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The sentence above everything else.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Banner {
    /// `pass`, `fail`, `inconclusive`, `no_data`, or `plain` where nothing is judged: a class of the styles.
    status: &'static str,
    sign: &'static str,
    sentence: String,
    notes: Vec<String>,
}

impl Banner {
    pub(super) fn new(status: &'static str, sentence: String, notes: Vec<String>) -> Self {
        Self { status, sign: status_words(status).1, sentence, notes }
    }
}

/// The word and the sign of a status: it never reads by its colour alone.
pub(super) fn status_words(status: &str) -> (&'static str, &'static str) {
    match status {
        "pass" => ("Pass", "✓"),
        "fail" => ("Fail", "✕"),
        "inconclusive" => ("Inconclusive", "?"),
        _ => ("No data", "–"),
    }
}

/// The worst status of some checks; `None` where there is none.
pub(super) fn worst(checks: &[CheckResult]) -> Option<&'static str> {
    [CheckStatus::Fail, CheckStatus::Inconclusive, CheckStatus::NoData, CheckStatus::Pass]
        .into_iter()
        .find(|status| checks.iter().any(|check| check.status == *status))
        .map(CheckStatus::name)
}

/// A table of results.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ResultTable {
    title: String,
    /// Text that stands for the table where it is folded away; empty where it is not.
    folded: String,
    columns: Vec<Heading>,
    rows: Vec<ResultRow>,
}

#[derive(Clone, Debug, Serialize)]
struct Heading {
    name: String,
    is_number: bool,
}

/// A row of a table.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ResultRow {
    is_chosen: bool,
    cells: Vec<TableCell>,
}

/// A cell of a table.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TableCell {
    text: String,
    note: String,
    class: String,
    /// The length of a bar beside it \[%\].
    width: Option<f64>,
}

impl TableCell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), note: String::new(), class: String::new(), width: None }
    }

    pub(super) fn number(text: impl Into<String>) -> Self {
        Self { class: "number".to_owned(), ..Self::text(text) }
    }

    /// A command or a key, in a type of fixed width.
    pub(super) fn code(text: impl Into<String>) -> Self {
        Self { class: "fixed-type".to_owned(), ..Self::text(text) }
    }

    /// A status with its word and sign.
    pub(super) fn status(status: &str) -> Self {
        let (word, sign) = status_words(status);
        Self { class: format!("status {status}"), ..Self::text(format!("{sign} {word}")) }
    }

    /// The same with a line in small type below.
    pub(super) fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// The same with a bar of this share of its column.
    pub(super) fn bar(self, share: f64) -> Self {
        let width = (share.clamp(0.0, 1.0) * 1_000.0).round() / 10.0;
        Self { width: Some(width), class: format!("{} barred", self.class), ..self }
    }
}

impl ResultTable {
    /// An empty table; the names of columns of numbers begin with `#`, which is not shown.
    pub(super) fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        let heading = |name: &&str| Heading {
            name: name.trim_start_matches('#').to_owned(),
            is_number: name.starts_with('#'),
        };
        let columns = columns.iter().map(heading).collect();
        Self { title: title.into(), folded: String::new(), columns, rows: Vec::new() }
    }

    pub(super) fn folded(self, folded: impl Into<String>) -> Self {
        Self { folded: folded.into(), ..self }
    }

    pub(super) fn row(&mut self, cells: Vec<TableCell>) {
        self.rows.push(ResultRow { is_chosen: false, cells });
    }

    pub(super) fn chosen(&mut self, cells: Vec<TableCell>) {
        self.rows.push(ResultRow { is_chosen: true, cells });
    }
}

/// The place of a picture, which a script draws.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ChartPlace {
    /// The element, and the same as in the data.
    pub(super) id: &'static str,
    /// Title of the picture.
    pub(super) title: String,
    /// Description of the picture, for readers who cannot see it.
    pub(super) summary: String,
    /// Text above the picture; may be empty.
    pub(super) caption: String,
}

#[derive(Clone, Debug, Serialize)]
struct PageSection {
    title: String,
    blocks: Vec<Markup>,
}

/// A page under construction.
pub(super) struct PageBuilder {
    templates: Templates,
    sections: Vec<PageSection>,
}

/// Head and foot of a page.
pub(super) struct PageHead {
    /// `Comparison`, `Sweep`, …
    pub(super) kind: &'static str,
    /// Name of what was compared, swept, …
    pub(super) name: String,
    pub(super) facts: Vec<String>,
    pub(super) verdict: Banner,
    pub(super) tiles: Vec<Tile>,
    pub(super) origins: Vec<Origin>,
}

#[derive(Serialize)]
struct ExperimentView<'a> {
    kind: &'static str,
    name: &'a str,
    facts: &'a [String],
    verdict: &'a Banner,
    has_tiles: bool,
    tiles: Markup,
    sections: &'a [PageSection],
    origins: Markup,
}

impl PageBuilder {
    pub(super) fn new() -> Result<Self, String> {
        Ok(Self { templates: Templates::new()?, sections: Vec::new() })
    }

    /// Begins a section; what follows belongs to it.
    pub(super) fn section(&mut self, title: &str) {
        self.sections.push(PageSection { title: title.to_owned(), blocks: Vec::new() });
    }

    pub(super) fn table(&mut self, table: &ResultTable) -> Result<(), String> {
        self.add("table.html", table)
    }

    pub(super) fn place(&mut self, place: &ChartPlace) -> Result<(), String> {
        self.add("picture.html", place)
    }

    pub(super) fn list(&mut self, items: &[String]) -> Result<(), String> {
        self.add("list.html", &serde_json::json!({ "items": items }))
    }

    pub(super) fn hint(&mut self, text: &str) -> Result<(), String> {
        self.add("text.html", &serde_json::json!({ "text": text }))
    }

    /// A text to copy.
    pub(super) fn paste(&mut self, id: &str, title: &str, text: &str) -> Result<(), String> {
        self.add("paste.html", &serde_json::json!({ "id": id, "title": title, "text": text }))
    }

    /// The plan that was run, folded away.
    pub(super) fn plan(&mut self, text: &str) -> Result<(), String> {
        self.add("folded.html", &serde_json::json!({ "text": text }))
    }

    /// The place of the table of all points of a cloud.
    pub(super) fn points(&mut self, id: &str, left_out: &str) -> Result<(), String> {
        self.add("points.html", &serde_json::json!({ "id": id, "left_out": left_out }))
    }

    fn add(&mut self, template: &str, context: &impl Serialize) -> Result<(), String> {
        let block = self.templates.fill(template, context)?;
        if let Some(section) = self.sections.last_mut() {
            section.blocks.push(block);
        }
        Ok(())
    }

    /// The whole page.
    ///
    /// # Errors
    /// A sentence, should a template or the data be wrong.
    pub(super) fn document(&self, head: &PageHead, data: &impl Serialize) -> Result<Vec<u8>, String> {
        let view = ExperimentView {
            kind: head.kind,
            name: &head.name,
            facts: &head.facts,
            verdict: &head.verdict,
            has_tiles: !head.tiles.is_empty(),
            tiles: self.templates.tiles(&head.tiles)?,
            sections: &self.sections,
            origins: self.templates.origins(&head.origins)?,
        };
        let content = self.templates.fill("experiment.html", &view)?;
        let title = format!("{} · {} · windtunnel", head.name, head.kind.to_lowercase());
        HtmlPage { title: &title, content, data }.document(&self.templates)
    }
}

/// `1 run`, `12 runs`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", crate::report::numbers::grouped(count, crate::report::numbers::THIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_told_without_what_changes_no_result() {
        let line: Vec<String> = [
            "/usr/bin/wt",
            "compare",
            "a b.toml",
            "--out",
            "x",
            "--quiet",
            "--format=json",
            "--set",
            "seed=1",
        ]
        .map(str::to_owned)
        .to_vec();
        assert_eq!(command(&line).unwrap(), "windtunnel compare 'a b.toml' --set seed=1");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(command(&[]), None);
    }

    #[test]
    fn the_worst_check_speaks_for_all() {
        let check = |status: CheckStatus| CheckResult {
            check: String::new(),
            value: String::new(),
            status,
            note: None,
        };
        assert_eq!(
            worst(&[check(CheckStatus::Pass), check(CheckStatus::Inconclusive)]),
            Some("inconclusive")
        );
        assert_eq!(worst(&[check(CheckStatus::Pass), check(CheckStatus::Fail)]), Some("fail"));
        assert_eq!(worst(&[]), None);
    }
}
