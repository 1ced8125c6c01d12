//! The lines of a text, plain or gzip, in bounded memory.

use std::io::{BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;

use super::TraceProblem;
use crate::scenario::codes;

/// Longest line \[B\].
const LONGEST_LINE: u64 = 1 << 20;
/// Most text that is unzipped from a file \[B\]: 16 GiB.
const MOST_TEXT: u64 = 16 << 30;

/// A reader of lines.
pub(super) struct Lines {
    reader: BufReader<Box<dyn Read>>,
    buffer: Vec<u8>,
    text: String,
    line: usize,
    total: u64,
}

impl Lines {
    /// Looks at the first two bytes, which tell gzip from text whatever the file is called.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn open(reader: Box<dyn Read>) -> Result<Self, TraceProblem> {
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let gzip = reader.fill_buf().map_err(|error| unreadable(&error))?.starts_with(&[0x1f, 0x8b]);
        let reader: Box<dyn Read> =
            if gzip { Box::new(MultiGzDecoder::new(reader)) } else { Box::new(reader) };
        Ok(Self {
            reader: BufReader::with_capacity(1 << 16, reader),
            buffer: Vec::new(),
            text: String::new(),
            line: 0,
            total: 0,
        })
    }

    /// The next line and its number from 1, without its end; `None` after the last.
    ///
    /// # Errors
    /// When reading fails, the line is longer than 1 MiB or not UTF-8, or the text is longer than 16 GiB.
    pub(super) fn next_line(&mut self) -> Result<Option<(usize, &str)>, TraceProblem> {
        self.buffer.clear();
        let length = self
            .reader
            .by_ref()
            .take(LONGEST_LINE + 1)
            .read_until(b'\n', &mut self.buffer)
            .map_err(|error| unreadable(&error))? as u64;
        if length == 0 {
            return Ok(None);
        }
        self.line += 1;
        self.total += length;
        if length > LONGEST_LINE {
            return Err(self.too_large("the line is longer than 1 MiB"));
        }
        if self.total > MOST_TEXT {
            return Err(self.too_large("the trace is longer than 16 GiB"));
        }
        let Ok(text) = std::str::from_utf8(&self.buffer) else {
            let message = "the line is not UTF-8".to_owned();
            return Err(TraceProblem {
                line: self.line,
                message,
                ..TraceProblem::whole(codes::TRACE_VALUE, "")
            });
        };
        let text = text.strip_prefix('\u{feff}').filter(|_| self.line == 1).unwrap_or(text);
        self.text.clear();
        self.text.push_str(text.trim_end_matches(['\n', '\r']));
        Ok(Some((self.line, &self.text)))
    }

    fn too_large(&self, message: &str) -> TraceProblem {
        TraceProblem { line: self.line, ..TraceProblem::whole(codes::TRACE_TOO_LARGE, message) }
    }
}

fn unreadable(error: &std::io::Error) -> TraceProblem {
    TraceProblem::whole(codes::FILE_UNREADABLE, &format!("reading failed: {error}"))
}
