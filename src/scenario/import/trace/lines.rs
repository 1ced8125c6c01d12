//! The lines of a text, plain or gzip, UTF-8 or UTF-16, in bounded memory.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

use crate::scenario::import::trace::model::TraceProblem;
use crate::scenario::import::trace::utf16::Utf16;
use crate::scenario::language::codes;

/// Longest line \[B\].
const LONGEST_LINE: u64 = 1 << 20;
/// Most text that is unzipped from a file \[B\]: 16 GiB.
const MOST_TEXT: u64 = 16 << 30;
/// Most text that a byte of a gzip may unzip to; a CSV of counts is packed to a fifth or a thirtieth.
const MOST_RATIO: u64 = 200;
/// Text to which no ratio is asked for \[B\]: 64 MiB, which are read in a moment.
const FREE_TEXT: u64 = 64 << 20;

/// First bytes of files that people take for a CSV.
const OTHER_KINDS: [(&[u8], &str); 4] = [
    (b"PK\x03\x04", "a workbook of a spreadsheet or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "a workbook of a spreadsheet"),
    (b"PAR1", "a Parquet file"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd"),
];

/// A reader of lines.
pub(super) struct Lines {
    reader: BufReader<Box<dyn Read>>,
    buffer: Vec<u8>,
    text: String,
    line: usize,
    total: u64,
    /// Bytes read of a gzip; `None` for plain text.
    packed: Option<Rc<Cell<u64>>>,
}

/// A reader that counts what it read.
struct CountingReader<R> {
    reader: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.count.set(self.count.get() + length as u64);
        Ok(length)
    }
}

impl Lines {
    /// Looks at the first bytes, which tell gzip from text and UTF-16 from UTF-8 whatever the file is called.
    ///
    /// # Errors
    /// When the file cannot be read, or is no text.
    pub(super) fn open(reader: Box<dyn Read>) -> Result<Self, TraceProblem> {
        let count = Rc::new(Cell::new(0));
        let reader = CountingReader { reader, count: Rc::clone(&count) };
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let gzip = reader.fill_buf().map_err(|error| unreadable(&error))?.starts_with(&[0x1f, 0x8b]);
        let reader: Box<dyn Read> =
            if gzip { Box::new(MultiGzDecoder::new(reader)) } else { Box::new(reader) };
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let beginning = reader.fill_buf().map_err(|error| unreadable(&error))?;
        if let Some((_, kind)) = OTHER_KINDS.iter().find(|(magic, _)| beginning.starts_with(magic)) {
            let problem =
                TraceProblem::whole(codes::FILE_UNREADABLE, &format!("the file is {kind}, not a CSV"));
            return Err(TraceProblem { help: Some("save it as CSV (UTF-8)".to_owned()), ..problem });
        }
        if let Some(is_big_endian) = Utf16::mark(beginning) {
            let decoder = Utf16::new(Box::new(reader), is_big_endian);
            reader = BufReader::with_capacity(1 << 16, Box::new(decoder));
        }
        let packed = gzip.then_some(count);
        Ok(Self { reader, buffer: Vec::new(), text: String::new(), line: 0, total: 0, packed })
    }

    /// The next line and its number from 1, without its end; `None` after the last.
    ///
    /// # Errors
    /// When reading fails, the line is longer than 1 MiB or not UTF-8, or the text is longer than 16 GiB or than a gzip of its
    /// size can honestly hold.
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
        if let Some(packed) = &self.packed
            && self.total > FREE_TEXT.max(packed.get().saturating_mul(MOST_RATIO))
        {
            let message = format!(
                "the gzip unzips to more than {MOST_RATIO} times its size ({} MiB of the first {} KiB), which no series of counts does",
                self.total >> 20,
                packed.get() >> 10
            );
            let help = "unzip the file and look at it; a plain CSV is read at any size up to 16 GiB";
            return Err(TraceProblem { help: Some(help.to_owned()), ..self.too_large(&message) });
        }
        let text = match std::str::from_utf8(&self.buffer) {
            Ok(text) if !text.contains('\0') => text,
            found => {
                let what = if found.is_ok() {
                    "has characters of zero, as UTF-16 without a mark"
                } else {
                    "is not UTF-8"
                };
                return Err(TraceProblem {
                    line: self.line,
                    help: Some("save the file as UTF-8".to_owned()),
                    ..TraceProblem::whole(codes::TRACE_VALUE, &format!("the line {what}"))
                });
            }
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
