//! The rows of a sweep on disk: a journal whose first record says what sweep it is, and where the row of each cell
//! stands. Memory: one number a cell, in pages of which there is one once a row of it is there. A journal can come from
//! elsewhere: its head is checked before anything of its size is made, and each row against the head.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::journal::Journal;
use super::output::cause_in_words;
use crate::experiment::sweep::{CellRow, Shard, SweepHeader};

/// Name of the journal in a sweep's folder.
pub const JOURNAL: &str = "cells.journal";
/// The place of a cell without a row.
const NOWHERE: u64 = u64::MAX;

/// The first record of a journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Opening {
    format: String,
    shard: Shard,
    head: SweepHeader,
}

const FORMAT: &str = "windtunnel-sweep-1";

/// The rows of a sweep, or of one shard of it.
#[derive(Debug)]
pub struct Cells {
    journal: Journal,
    shard: Shard,
    offsets: RowOffsets,
}

/// Cells of a page.
const PAGE: u16 = 4_096;

/// Offsets of the rows of some cells in the journal.
#[derive(Debug)]
struct RowOffsets {
    pages: Vec<Option<Box<[u64]>>>,
    length: u64,
    finished: u64,
}

impl RowOffsets {
    fn new(length: u64) -> Self {
        let pages = usize::try_from(length.div_ceil(u64::from(PAGE))).unwrap_or(usize::MAX);
        Self { pages: vec![None; pages], length, finished: 0 }
    }

    /// The page of a cell and its place in it.
    fn at(local: u64) -> Option<(usize, usize)> {
        let page = u64::from(PAGE);
        Some((usize::try_from(local / page).ok()?, usize::try_from(local % page).ok()?))
    }

    /// The offset of a cell's row; `None` where it has none.
    fn get(&self, local: u64) -> Option<u64> {
        let (page, slot) = Self::at(local)?;
        let place = self.pages.get(page)?.as_ref()?.get(slot)?;
        (*place != NOWHERE).then_some(*place)
    }

    fn set(&mut self, local: u64, place: u64) {
        let Some((page, slot)) = Self::at(local).filter(|_| local < self.length) else { return };
        let Some(page) = self.pages.get_mut(page) else { return };
        if let Some(slot) =
            page.get_or_insert_with(|| vec![NOWHERE; usize::from(PAGE)].into_boxed_slice()).get_mut(slot)
        {
            self.finished += u64::from(*slot == NOWHERE);
            *slot = place;
        }
    }
}

/// A journal as far as it is read.
struct JournalReading {
    opening: Option<Opening>,
    cells: u64,
    offsets: RowOffsets,
    /// Records read.
    count: u64,
    /// Fault of the first record that cannot be used.
    fault: Option<String>,
}

impl JournalReading {
    /// Takes in the next record, which begins at `place`.
    fn take(&mut self, place: u64, text: &str) {
        self.count += 1;
        if self.fault.is_some() {
            return;
        }
        let Some(opening) = &self.opening else {
            match opening_of(text) {
                Ok((opening, cells)) => {
                    self.cells = cells;
                    self.offsets = RowOffsets::new(opening.shard.cells_of(cells));
                    self.opening = Some(opening);
                }
                Err(fault) => self.fault = Some(fault),
            }
            return;
        };
        match row_of(opening, self.cells, text) {
            Ok(local) => self.offsets.set(local, place),
            Err(why) => {
                self.fault =
                    Some(format!("holds a row that is none of its sweep (line {}): {why}", self.count));
            }
        }
    }
}

/// The first record of a journal, and the number of cells of its sweep.
fn opening_of(text: &str) -> Result<(Opening, u64), String> {
    let mine = env!("CARGO_PKG_VERSION");
    let opening: Opening = serde_json::from_str(text).map_err(|error| match foreign(text) {
        None => "is no journal of a sweep, or was damaged at its beginning".to_owned(),
        Some(version) if version == mine => format!("has a head that no sweep has: {error}"),
        Some(version) => format!(
            "was written by another build of windtunnel (version {version}), whose rows this one cannot read"
        ),
    })?;
    if opening.format != FORMAT {
        let version = &opening.head.windtunnel_version;
        return Err(format!(
            "has the form `{}`, written by version {version}; this one reads `{FORMAT}`",
            opening.format
        ));
    }
    let cells = opening.head.cells().map_err(|why| format!("has a head that no sweep has: {why}"))?;
    Ok((opening, cells))
}

/// The place of a row among the cells of its shard.
fn row_of(opening: &Opening, cells: u64, text: &str) -> Result<u64, String> {
    let row = CellRow::decode(text).ok_or("it cannot be read")?;
    opening.head.expects(&row, cells)?;
    let shard = opening.shard;
    shard
        .local(row.cell)
        .ok_or_else(|| format!("it is of cell {}, which shard {shard} does not run", row.cell))
}

/// The version that wrote the opening of a journal which this one cannot read; `None` for what is no journal of a sweep.
fn foreign(text: &str) -> Option<String> {
    let opening: serde_json::Value = serde_json::from_str(text).ok()?;
    opening["format"].as_str().filter(|format| format.starts_with("windtunnel-sweep-"))?;
    Some(opening["head"]["windtunnel_version"].as_str().unwrap_or("unknown").to_owned())
}

fn in_words(path: &Path, cause: &io::Error) -> String {
    format!("`{}`: {}", path.display(), cause_in_words(cause))
}

impl Cells {
    /// The path of the journal of a folder.
    #[must_use]
    pub fn path(folder: &Path) -> PathBuf {
        folder.join(JOURNAL)
    }

    /// Begins anew.
    ///
    /// # Errors
    /// A sentence with the file and the cause.
    pub fn create(folder: &Path, head: &SweepHeader, shard: Shard, cells: u64) -> Result<Self, String> {
        let path = Self::path(folder);
        let opening = Opening { format: FORMAT.to_owned(), shard, head: head.clone() };
        let text =
            serde_json::to_string(&opening).map_err(|error| format!("cannot begin a journal: {error}"))?;
        let journal = Journal::create(&path, &text)
            .map_err(|cause| format!("cannot write {}", in_words(&path, &cause)))?;
        Ok(Self { journal, shard, offsets: RowOffsets::new(shard.cells_of(cells)) })
    }

    /// Opens what is there: with its head, and with the bytes of a torn record behind the last whole one, which are cut
    /// off where `repair` says that the journal will be written on.
    ///
    /// # Errors
    /// A sentence with the file and the cause: it cannot be read, is no journal of a sweep, has a head that no sweep has,
    /// or a row that is none of its sweep.
    pub fn open(folder: &Path, repair: bool) -> Result<(Self, SweepHeader, u64), String> {
        let path = Self::path(folder);
        let mut reading =
            JournalReading { opening: None, cells: 0, offsets: RowOffsets::new(0), count: 0, fault: None };
        let opened = Journal::open(&path, repair, |place, text| reading.take(place, text));
        let (journal, torn) = opened.map_err(|cause| format!("cannot read {}", in_words(&path, &cause)))?;
        let unreadable = || "is no journal of a sweep, or was damaged at its beginning".to_owned();
        match (reading.fault, reading.opening) {
            (None, Some(Opening { shard, head, .. })) => {
                Ok((Self { journal, shard, offsets: reading.offsets }, head, torn))
            }
            (fault, _) => Err(format!("`{}` {}", path.display(), fault.unwrap_or_else(unreadable))),
        }
    }

    /// The shard that the journal is of.
    #[must_use]
    pub const fn shard(&self) -> Shard {
        self.shard
    }

    /// Cells of this shard.
    #[must_use]
    pub const fn planned(&self) -> u64 {
        self.offsets.length
    }

    /// Cells that have a row.
    #[must_use]
    pub const fn finished(&self) -> u64 {
        self.offsets.finished
    }

    /// The cells without a row, in order.
    #[must_use]
    pub fn missing(&self) -> Vec<u64> {
        let missing = (0..self.offsets.length).filter(|local| self.offsets.get(*local).is_none());
        missing.map(|local| self.shard.cell(local)).collect()
    }

    /// Appends a row.
    ///
    /// # Errors
    /// A sentence with the file and the cause.
    pub fn append(&mut self, row: &CellRow) -> Result<(), String> {
        let appended = self.journal.append(&row.encode());
        let place =
            appended.map_err(|cause| format!("cannot write {}", in_words(self.journal.path(), &cause)))?;
        if let Some(local) = self.shard.local(row.cell) {
            self.offsets.set(local, place);
        }
        Ok(())
    }

    /// Brings every row to the disk.
    ///
    /// # Errors
    /// A sentence with the file and the cause.
    pub fn sync(&mut self) -> Result<(), String> {
        self.journal.sync().map_err(|cause| format!("cannot write {}", in_words(self.journal.path(), &cause)))
    }

    /// The row of a cell; `None` where it was not run, or is another shard's.
    ///
    /// # Errors
    /// A sentence with the file and the cause.
    pub fn row(&mut self, cell: u64) -> Result<Option<CellRow>, String> {
        let Some(place) = self.shard.local(cell).and_then(|local| self.offsets.get(local)) else {
            return Ok(None);
        };
        let text = self.journal.read(place);
        let text = text.map_err(|cause| format!("cannot read {}", in_words(self.journal.path(), &cause)))?;
        Ok(CellRow::decode(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_of_another_build_is_told_from_a_damaged_one() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"format":"windtunnel-sweep-1","shard":{},"head":{"windtunnel_version":"0.0.9"}}"#;
        Journal::create(&Cells::path(folder.path()), text).unwrap();
        let error = Cells::open(folder.path(), false).unwrap_err();
        assert!(error.contains("version 0.0.9") && error.contains("another build"), "{error}");
        Journal::create(&Cells::path(folder.path()), "{}").unwrap();
        assert!(Cells::open(folder.path(), false).unwrap_err().contains("no journal of a sweep"));
    }
}
