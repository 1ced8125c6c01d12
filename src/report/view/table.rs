//! Tables of results: for a terminal, a pull request and a page.

use serde::Serialize;

use super::status::{status_sign, status_word};
use crate::results::{CheckStatus, NO_VALUE, unit_text};
use crate::scenario::MeasureUnit;

/// Table of results.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report) struct ResultTable {
    pub(in crate::report) title: String,
    /// Text that stands for the table where it is folded away; empty where it is not.
    pub(in crate::report) folded: String,
    /// Class of the styles.
    pub(in crate::report) class: &'static str,
    pub(in crate::report) columns: Vec<Heading>,
    pub(in crate::report) rows: Vec<ResultRow>,
    /// Rows that a terminal and a pull request show at most, and the file that has the others.
    #[serde(skip)]
    pub(in crate::report) brief: (usize, &'static str),
}

/// Heading of a column.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report) struct Heading {
    pub(in crate::report) name: String,
    pub(in crate::report) is_number: bool,
    /// Whether only the page shows it.
    pub(in crate::report) is_page_only: bool,
}

/// Row of a table.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report) struct ResultRow {
    pub(in crate::report) is_chosen: bool,
    pub(in crate::report) cells: Vec<TableCell>,
}

/// Cell of a table.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::report) struct TableCell {
    pub(in crate::report) text: String,
    /// Line in small type below.
    pub(in crate::report) note: String,
    /// Classes of the styles.
    pub(in crate::report) class: String,
    /// Status that the cell shows.
    #[serde(skip)]
    pub(in crate::report) status: Option<CheckStatus>,
    /// The length of a bar beside it \[%\].
    pub(in crate::report) width: Option<f64>,
}

impl TableCell {
    pub(in crate::report) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(in crate::report) fn number(text: impl Into<String>) -> Self {
        Self { class: "number".to_owned(), ..Self::text(text) }
    }

    /// A value with its unit.
    pub(in crate::report) fn value(unit: MeasureUnit, value: Option<f64>) -> Self {
        Self::number(value.map_or_else(|| NO_VALUE.to_owned(), |value| unit_text(unit, value)))
    }

    /// A command or a key, in a type of fixed width.
    pub(in crate::report) fn code(text: impl Into<String>) -> Self {
        Self { class: "fixed-type".to_owned(), ..Self::text(text) }
    }

    /// A status with its word and sign.
    pub(in crate::report) fn status(status: CheckStatus) -> Self {
        let text = format!("{} {}", status_sign(Some(status)), status_word(status));
        Self { class: format!("status {}", status.name()), status: Some(status), ..Self::text(text) }
    }

    /// The same with a line in small type below.
    pub(in crate::report) fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// The same with a bar of this share of its column.
    pub(in crate::report) fn bar(self, share: f64) -> Self {
        let width = (share.clamp(0.0, 1.0) * 1_000.0).round() / 10.0;
        Self { width: Some(width), class: format!("{} barred", self.class), ..self }
    }
}

impl ResultTable {
    /// An empty table; the names of columns of numbers begin with `#`, those that only a page shows with `~`, which are not
    /// shown.
    pub(in crate::report) fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        let heading = |name: &&str| Heading {
            name: name.trim_start_matches(['~', '#']).to_owned(),
            is_number: name.trim_start_matches('~').starts_with('#'),
            is_page_only: name.starts_with('~'),
        };
        let columns = columns.iter().map(heading).collect();
        let brief = (usize::MAX, "");
        Self {
            title: title.into(),
            folded: String::new(),
            class: "results",
            columns,
            rows: Vec::new(),
            brief,
        }
    }

    pub(in crate::report) fn folded(self, folded: impl Into<String>) -> Self {
        Self { folded: folded.into(), ..self }
    }

    /// The same, of which a terminal shows so many rows at most; `file` has all of them.
    pub(in crate::report) fn at_most(self, rows: usize, file: &'static str) -> Self {
        Self { brief: (rows, file), ..self }
    }

    /// The columns and rows for a terminal and a pull request, and the words for what is left out.
    pub(in crate::report) fn shortened(&self) -> (Self, Option<String>) {
        let (most, file) = self.brief;
        let is_shown = |at: usize| self.columns.get(at).is_none_or(|column| !column.is_page_only);
        let mut short = self.clone();
        short.columns.retain(|column| !column.is_page_only);
        short.rows.truncate(most);
        for row in &mut short.rows {
            let cells = std::mem::take(&mut row.cells).into_iter().enumerate();
            row.cells = cells.filter(|(at, _)| is_shown(*at)).map(|(_, cell)| cell).collect();
        }
        let more = self.rows.len().saturating_sub(most);
        (short, (more > 0).then(|| format!("and {more} more in {file}")))
    }

    pub(in crate::report) fn row(&mut self, cells: Vec<TableCell>) {
        self.rows.push(ResultRow { is_chosen: false, cells });
    }

    pub(in crate::report) fn chosen(&mut self, cells: Vec<TableCell>) {
        self.rows.push(ResultRow { is_chosen: true, cells });
    }
}
