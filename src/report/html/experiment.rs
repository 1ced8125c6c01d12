//! Common parts of the pages of experiments: where their files come from, the verdict above them, their tables,
//! pictures and origin. `compare`, `sweep`, `optimize` and `forecast` put their pages together from these.

use std::io::Read;

use serde::Serialize;
use serde_json::json;

use super::cloud::Drawings;
use super::frame::{HtmlPage, Markup, Origin, Templates};
use super::reading::Open;
use crate::report::view::{Block, View, status_class, status_sign};
use crate::results::{Document, Manifest, read_document};

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

    /// The text of a file, where the manifest lists it: what it does not list was left by others.
    ///
    /// # Errors
    /// A sentence with its name and what to do.
    pub(super) fn listed_text(&mut self, name: &str) -> Result<Option<String>, String> {
        if self.made.output(name).is_none() {
            return Ok(None);
        }
        let text = String::from_utf8(self.bytes(name)?);
        text.map(Some).map_err(|_| self.wrong(name, "it is not UTF-8"))
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

/// The page of an experiment, before it is rendered.
pub(super) struct ExperimentPage {
    pub(super) view: View,
    /// Data for the scripts.
    pub(super) drawings: Drawings,
    pub(super) origins: Vec<Origin>,
}

#[derive(Serialize)]
struct RenderedSection {
    title: String,
    blocks: Vec<Markup>,
}

#[derive(Serialize)]
struct Banner<'a> {
    status: &'static str,
    sign: &'static str,
    sentence: &'a str,
    notes: &'a [String],
}

#[derive(Serialize)]
struct ExperimentView<'a> {
    kind: &'static str,
    name: &'a str,
    facts: &'a [String],
    verdict: Banner<'a>,
    has_tiles: bool,
    tiles: Markup,
    sections: Vec<RenderedSection>,
    origins: Markup,
}

impl ExperimentPage {
    /// The whole page.
    ///
    /// # Errors
    /// A sentence, should a template or the data be wrong.
    pub(super) fn document(&self) -> Result<Vec<u8>, String> {
        let templates = Templates::new()?;
        let View { kind, title, facts, verdict, tiles, sections, .. } = &self.view;
        // A section without a title goes on with the one before it.
        let mut rendered: Vec<RenderedSection> = Vec::new();
        for section in sections {
            let blocks = section.blocks.iter().map(|block| block_markup(&templates, block));
            let blocks = blocks.collect::<Result<Vec<Markup>, String>>()?;
            match rendered.last_mut() {
                Some(last) if section.title.is_empty() => last.blocks.extend(blocks),
                _ => rendered.push(RenderedSection { title: section.title.clone(), blocks }),
            }
        }
        let view = ExperimentView {
            kind,
            name: title,
            facts,
            verdict: Banner {
                status: status_class(verdict.status),
                sign: status_sign(verdict.status),
                sentence: &verdict.sentence,
                notes: &verdict.notes,
            },
            has_tiles: !tiles.is_empty(),
            tiles: templates.tiles(tiles)?,
            sections: rendered,
            origins: templates.origins(&self.origins)?,
        };
        let content = templates.fill("experiment.html", &view)?;
        let title = format!("{title} · {} · windtunnel", kind.to_lowercase());
        HtmlPage { title: &title, content, data: &self.drawings }.document(&templates)
    }
}

/// A block of a section as markup.
///
/// # Errors
/// A sentence, should a template be wrong.
pub(super) fn block_markup(templates: &Templates, block: &Block) -> Result<Markup, String> {
    match block {
        Block::Text(text) => templates.fill("text.html", &json!({ "text": text })),
        Block::List(items) => templates.fill("list.html", &json!({ "items": items })),
        Block::Table(table) if table.class == "figures" => templates.fill("figures.html", table),
        Block::Table(table) => templates.fill("table.html", table),
        Block::Chart(place) => templates.fill("picture.html", place),
        Block::Code { id, title, text } => {
            templates.fill("paste.html", &json!({ "id": id, "title": title, "text": text }))
        }
        Block::Folded { title, name, text } => {
            templates.fill("folded.html", &json!({ "title": title, "name": name, "text": text }))
        }
        Block::Points { id, left_out } => {
            templates.fill("points.html", &json!({ "id": id, "left_out": left_out }))
        }
        Block::Bill(bill) => templates.fill("bill.html", bill),
    }
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
}
