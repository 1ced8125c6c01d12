//! Builder of every table: the list of problems, the files beside the scenario, and the limits of what it may hold together.

use std::io::Read;

use crate::scenario::keys::budget::Budget;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::{Problem, Report};
use crate::scenario::language::source::Files;
use crate::scenario::language::tree::SourceSpan;

/// The way to report problems and to open files.
pub(crate) struct Builder<'a> {
    pub(crate) report: &'a mut Report,
    pub(crate) files: &'a mut dyn Files,
    pub(crate) budget: Budget,
}

impl Builder<'_> {
    /// Opens a file beside the scenario.
    pub(crate) fn open(&mut self, file: &str, place: &SourceSpan) -> Option<Box<dyn Read>> {
        match self.files.open(file) {
            Ok(reader) => Some(reader),
            Err(why) => {
                self.report.add(
                    Problem::new(codes::FILE_UNREADABLE, format!("`{file}` cannot be opened: {why}"))
                        .at(place, why)
                        .help("paths are relative to the folder of the scenario"),
                );
                None
            }
        }
    }
}
