//! Content of a view, and the way in which a command puts one together.

use serde::Serialize;

use super::bill::Bill;
use super::table::ResultTable;
use crate::results::{CheckResult, CheckStatus};

/// Everything that a command says about its result.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Kind of result, for the page: `Comparison`, `Sweep`, …; empty for a run.
    pub(in crate::report) kind: &'static str,
    /// Name of what was simulated.
    pub(in crate::report) title: String,
    /// Description by the user; may be empty.
    pub(in crate::report) description: String,
    /// Facts below the title: period, runs, seed.
    pub(in crate::report) facts: Vec<String>,
    /// Verdict above everything else.
    pub(in crate::report) verdict: Verdict,
    /// Figures in large type.
    pub(in crate::report) tiles: Vec<Tile>,
    /// Sections in their order.
    pub(in crate::report) sections: Vec<Section>,
}

/// Verdict of a result, with what it rests on.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Verdict {
    /// Worst status of the checks; `None` where nothing is judged.
    pub(in crate::report) status: Option<CheckStatus>,
    /// Sentence about the whole; may be empty.
    pub(in crate::report) sentence: String,
    /// Checks with their verdicts.
    pub(in crate::report) checks: Vec<CheckResult>,
    /// Conclusions, a sentence each.
    pub(in crate::report) notes: Vec<String>,
}

impl Verdict {
    /// A verdict without checks of its own.
    pub(in crate::report) fn new(
        status: Option<CheckStatus>,
        sentence: impl Into<String>,
        notes: Vec<String>,
    ) -> Self {
        Self { status, sentence: sentence.into(), checks: Vec::new(), notes }
    }
}

/// Figure in large type.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report) struct Tile {
    pub(in crate::report) name: &'static str,
    pub(in crate::report) value: String,
    pub(in crate::report) note: String,
    /// Proviso on the value; the note says it too.
    #[serde(skip)]
    pub(in crate::report) proviso: Option<String>,
}

impl Tile {
    pub(in crate::report) fn new(
        name: &'static str,
        value: impl Into<String>,
        note: impl Into<String>,
    ) -> Self {
        Self { name, value: value.into(), note: note.into(), proviso: None }
    }
}

/// Part of a view with a heading.
#[derive(Clone, Debug)]
pub(in crate::report) struct Section {
    /// Heading; empty where the first block needs none.
    pub(in crate::report) title: String,
    /// Whether only the page shows it.
    pub(in crate::report) is_page_only: bool,
    /// Content in its order.
    pub(in crate::report) blocks: Vec<Block>,
}

/// Content of a section.
#[derive(Clone, Debug)]
pub(in crate::report) enum Block {
    /// A sentence or two.
    Text(String),
    /// Sentences.
    List(Vec<String>),
    /// A table.
    Table(ResultTable),
    /// The place of a picture, which a script of the page draws.
    Chart(ChartPlace),
    /// A text to copy.
    Code { id: &'static str, title: String, text: String },
    /// A long text that is folded away.
    Folded { title: &'static str, name: &'static str, text: String },
    /// The place of the table of all points of a cloud.
    Points { id: &'static str, left_out: String },
    /// The bill, with the share of every line.
    Bill(Bill),
}

impl Block {
    /// The plan that was run, folded away.
    pub(in crate::report) const fn plan(text: String) -> Self {
        Self::Folded {
            title: "The whole plan, every default and assumption filled in (plan.toml)",
            name: "plan.toml",
            text,
        }
    }
}

impl View {
    /// Begins a section; what is added next belongs to it.
    pub(in crate::report) fn section(&mut self, title: impl Into<String>) -> &mut Self {
        self.section_of(false, title)
    }

    /// Begins a section that only the page shows.
    pub(in crate::report) fn page_section(&mut self, title: impl Into<String>) -> &mut Self {
        self.section_of(true, title)
    }

    /// Begins a section, which only the page may show.
    pub(in crate::report) fn section_of(
        &mut self,
        is_page_only: bool,
        title: impl Into<String>,
    ) -> &mut Self {
        self.sections.push(Section { title: title.into(), is_page_only, blocks: Vec::new() });
        self
    }

    /// Adds to the section that was begun last.
    pub(in crate::report) fn add(&mut self, block: Block) -> &mut Self {
        if let Some(section) = self.sections.last_mut() {
            section.blocks.push(block);
        }
        self
    }

    pub(in crate::report) fn text(&mut self, text: impl Into<String>) -> &mut Self {
        self.add(Block::Text(text.into()))
    }

    /// Adds a list; nothing where it is empty.
    pub(in crate::report) fn list(&mut self, items: Vec<String>) -> &mut Self {
        if items.is_empty() { self } else { self.add(Block::List(items)) }
    }

    /// Adds a table; nothing where it has no row.
    pub(in crate::report) fn table(&mut self, table: ResultTable) -> &mut Self {
        if table.rows.is_empty() { self } else { self.add(Block::Table(table)) }
    }

    pub(in crate::report) fn chart(&mut self, chart: ChartPlace) -> &mut Self {
        self.add(Block::Chart(chart))
    }
}

/// Place of a picture, which a script draws.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report) struct ChartPlace {
    /// The element, and the same as in the data.
    pub(in crate::report) id: &'static str,
    /// Title of the picture.
    pub(in crate::report) title: String,
    /// Description of the picture, for readers who cannot see it.
    pub(in crate::report) summary: String,
    /// Text above the picture; may be empty.
    pub(in crate::report) caption: String,
}
