//! The rows of a sweep on disk: a journal whose first record says what sweep it is, and where the row of each cell
//! stands. Memory: one number a cell.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::journal::Journal;
use super::output::cause_in_words;
use crate::experiment::sweep::{Design, Head, Row, Shard};

/// Name of the journal in a sweep's folder.
pub const JOURNAL: &str = "cells.journal";
/// The place of a cell without a row.
const NOWHERE: u64 = u64::MAX;

/// The first record of a journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Opening {
    format: String,
    shard: Shard,
    head: Head,
}

const FORMAT: &str = "windtunnel-sweep-1";

/// The rows of a sweep, or of one shard of it.
#[derive(Debug)]
pub struct Cells {
    journal: Journal,
    shard: Shard,
    places: Vec<u64>,
    finished: u64,
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
    /// Where the journal of a folder is.
    #[must_use]
    pub fn path(folder: &Path) -> PathBuf {
        folder.join(JOURNAL)
    }

    /// Begins anew.
    ///
    /// # Errors
    /// A sentence with the file and the cause.
    pub fn create(folder: &Path, head: &Head, shard: Shard, cells: u64) -> Result<Self, String> {
        let path = Self::path(folder);
        let opening = Opening { format: FORMAT.to_owned(), shard, head: head.clone() };
        let text =
            serde_json::to_string(&opening).map_err(|error| format!("cannot begin a journal: {error}"))?;
        let journal = Journal::create(&path, &text)
            .map_err(|cause| format!("cannot write {}", in_words(&path, &cause)))?;
        Ok(Self { journal, shard, places: vec![NOWHERE; length(shard, cells)], finished: 0 })
    }

    /// Opens what is there: with its head, and with the bytes of a torn record behind the last whole one, which are cut
    /// off where `repair` says that the journal will be written on.
    ///
    /// # Errors
    /// A sentence with the file and the cause; a file that is no journal of a sweep is one.
    pub fn open(folder: &Path, repair: bool) -> Result<(Self, Head, u64), String> {
        let path = Self::path(folder);
        let mut opening: Option<Opening> = None;
        let mut writer = None;
        let (mut places, mut finished, mut count) = (Vec::new(), 0, 0_u64);
        let opened = Journal::open(&path, repair, |place, text| {
            count += 1;
            if count == 1 {
                opening =
                    serde_json::from_str(text).ok().filter(|opening: &Opening| opening.format == FORMAT);
                writer = opening.is_none().then(|| foreign(text)).flatten();
                if let Some(Opening { shard, head, .. }) = &opening {
                    let cells = Design::estimate(&head.axes, &head.points, head.replications);
                    places = vec![NOWHERE; length(*shard, u64::try_from(cells).unwrap_or(0))];
                }
                return;
            }
            let Some(shard) = opening.as_ref().map(|opening| opening.shard) else { return };
            let Some(row) = Row::decode(text) else { return };
            let local = shard.local(row.cell).and_then(|local| usize::try_from(local).ok());
            if let Some(slot) = local.and_then(|local| places.get_mut(local)) {
                finished += u64::from(*slot == NOWHERE);
                *slot = place;
            }
        });
        let (journal, torn) = opened.map_err(|cause| format!("cannot read {}", in_words(&path, &cause)))?;
        if let Some(version) = writer {
            return Err(format!(
                "`{}` was written by another build of windtunnel (version {version}), whose rows this one cannot read",
                path.display()
            ));
        }
        let Some(opening) = opening else {
            return Err(format!(
                "`{}` is no journal of a sweep, or was damaged at its beginning",
                path.display()
            ));
        };
        Ok((Self { journal, shard: opening.shard, places, finished }, opening.head, torn))
    }

    /// Which shard it is.
    #[must_use]
    pub const fn shard(&self) -> Shard {
        self.shard
    }

    /// Cells of this shard.
    #[must_use]
    pub fn planned(&self) -> u64 {
        self.places.len() as u64
    }

    /// Cells that have a row.
    #[must_use]
    pub const fn finished(&self) -> u64 {
        self.finished
    }

    /// The cells without a row, in order.
    #[must_use]
    pub fn missing(&self) -> Vec<u64> {
        let missing = self.places.iter().enumerate().filter(|(_, place)| **place == NOWHERE);
        missing.map(|(local, _)| self.shard.cell(local as u64)).collect()
    }

    /// Appends a row.
    ///
    /// # Errors
    /// A sentence with the file and the cause.
    pub fn append(&mut self, row: &Row) -> Result<(), String> {
        let appended = self.journal.append(&row.encode());
        let place =
            appended.map_err(|cause| format!("cannot write {}", in_words(self.journal.path(), &cause)))?;
        let local = self.shard.local(row.cell).and_then(|local| usize::try_from(local).ok());
        if let Some(slot) = local.and_then(|local| self.places.get_mut(local)) {
            self.finished += u64::from(*slot == NOWHERE);
            *slot = place;
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
    pub fn row(&mut self, cell: u64) -> Result<Option<Row>, String> {
        let local = self.shard.local(cell).and_then(|local| usize::try_from(local).ok());
        let Some(place) = local.and_then(|local| self.places.get(local)).filter(|place| **place != NOWHERE)
        else {
            return Ok(None);
        };
        let text = self.journal.read(*place);
        let text = text.map_err(|cause| format!("cannot read {}", in_words(self.journal.path(), &cause)))?;
        Ok(Row::decode(&text))
    }
}

fn length(shard: Shard, cells: u64) -> usize {
    usize::try_from(shard.cells_of(cells)).unwrap_or(usize::MAX)
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
