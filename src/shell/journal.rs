//! A journal: records appended to a file, each with its length and checksum, so that whatever ends the program leaves
//! every finished record valid. A torn tail is cut off when the journal is opened again.
//!
//! Records reach the system at once and the disk in groups: the caller that appends asks for a sync when nothing else is waiting
//! to be appended, and a fifth of a second is the longest that records wait for it. A killed program loses nothing that
//! was appended, a power cut what was appended since the last sync.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::Crc;

use super::output::{create_anew, named, temporary};
use super::wall_clock::Stopwatch;

/// Longest time between two syncs while records are appended.
const GROUP: Duration = Duration::from_millis(200);
/// Longest record that is read: larger than any point list.
const LONGEST: u64 = 1 << 30;

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    /// Offset of the next record \[B\].
    end: u64,
    synced: u64,
    last_sync: Stopwatch,
}

/// A record as a line of the file: length, checksum, text.
fn line_of(text: &str) -> String {
    let mut crc = Crc::new();
    crc.update(text.as_bytes());
    format!("{} {:08x} {text}\n", text.len(), crc.sum())
}

/// The text of a line; `None` when the line is torn or was damaged.
fn text_of(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (_, rest) = line.split_once(' ')?;
    let (_, text) = rest.split_once(' ')?;
    // Whatever reads back to the same line is what was written.
    (line_of(text).strip_suffix('\n') == Some(line)).then_some(text)
}

impl Journal {
    /// Begins a journal with one record, replacing an older one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(path: &Path, first: &str) -> io::Result<Self> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("journal");
        let temporary = temporary(named(path.parent().unwrap_or(Path::new(""))), name);
        let file = create_anew(&temporary)?;
        let mut journal =
            Self { file, path: path.to_owned(), end: 0, synced: 0, last_sync: Stopwatch::start() };
        let begun = journal.append(first).and_then(|_| journal.sync());
        // A journal exists with its first record or not at all.
        if let Err(error) = begun.and_then(|()| std::fs::rename(&temporary, path)) {
            let _second = std::fs::remove_file(&temporary);
            return Err(error);
        }
        Ok(journal)
    }

    /// Opens a journal and gives every record with its place to `take`; what follows the last valid record is cut off
    /// where the journal is to be written on (`repair`), and left out otherwise. The second value is the number of bytes
    /// behind the last valid record.
    ///
    /// # Errors
    /// When it cannot be read or cut.
    pub fn open(path: &Path, repair: bool, mut take: impl FnMut(u64, &str)) -> io::Result<(Self, u64)> {
        let file = OpenOptions::new().read(true).write(repair).open(path)?;
        let mut reader = BufReader::with_capacity(1 << 16, &file);
        let (mut end, mut line) = (0_u64, Vec::new());
        loop {
            line.clear();
            let read = reader.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
            match text_of(&line) {
                Some(text) => take(end, text),
                None => break,
            }
            end += read as u64;
        }
        let torn = file.metadata()?.len().saturating_sub(end);
        drop(reader);
        if repair && torn > 0 {
            file.set_len(end)?;
            file.sync_all()?;
        }
        let journal = Self { file, path: path.to_owned(), end, synced: end, last_sync: Stopwatch::start() };
        Ok((journal, torn))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a record and returns its place. A failure leaves the journal as it was.
    ///
    /// # Errors
    /// When it cannot be written or, now and then, not be brought to the disk.
    pub fn append(&mut self, text: &str) -> io::Result<u64> {
        let (place, line) = (self.end, line_of(text));
        let written =
            self.file.seek(SeekFrom::Start(place)).and_then(|_| self.file.write_all(line.as_bytes()));
        if let Err(error) = written {
            // Half a record is no harm, for it is cut off later; but a full disk may have space for the cut.
            let _harmless = self.file.set_len(place);
            return Err(error);
        }
        self.end += line.len() as u64;
        if self.last_sync.elapsed() >= GROUP {
            self.sync()?;
        }
        Ok(place)
    }

    /// Brings every record to the disk.
    ///
    /// # Errors
    /// When the system cannot; what was appended since the last time may be lost then.
    pub fn sync(&mut self) -> io::Result<()> {
        if self.synced < self.end {
            self.file.sync_data()?;
            self.synced = self.end;
        }
        self.last_sync = Stopwatch::start();
        Ok(())
    }

    /// The record at a place that [`Self::append`] or [`Self::open`] gave.
    ///
    /// # Errors
    /// When it cannot be read, or is not what was written.
    pub fn read(&mut self, place: u64) -> io::Result<String> {
        let mut line = Vec::with_capacity(1024);
        self.file.seek(SeekFrom::Start(place))?;
        let mut chunk = [0_u8; 2048];
        while !line.contains(&b'\n') {
            let read = self.file.read(&mut chunk)?;
            if read == 0 {
                break;
            }
            line.extend_from_slice(&chunk[..read]);
        }
        let length = line.iter().position(|byte| *byte == b'\n').map_or(line.len(), |at| at + 1);
        let text = text_of(&line[..length]);
        text.map(str::to_owned)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a record was damaged"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(path: &Path) -> (Vec<String>, u64) {
        let mut found = Vec::new();
        let (_, torn) = Journal::open(path, true, |_, text| found.push(text.to_owned())).unwrap();
        (found, torn)
    }

    #[test]
    fn whatever_byte_a_journal_is_cut_at_its_whole_records_survive() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let texts = ["head", "one", "two with ü", ""];
        let mut journal = Journal::create(&path, texts[0]).unwrap();
        let places: Vec<u64> = texts[1..].iter().map(|text| journal.append(text).unwrap()).collect();
        assert_eq!(journal.read(places[1]).unwrap(), texts[2]);
        let bytes = std::fs::read(&path).unwrap();
        for length in 0..=bytes.len() {
            std::fs::write(&path, &bytes[..length]).unwrap();
            let (found, torn) = records(&path);
            let whole = bytes[..length].iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(found, texts[..whole], "{length}");
            // What was cut off is gone, and the journal can be written on.
            assert_eq!(std::fs::metadata(&path).unwrap().len(), length as u64 - torn);
            assert_eq!(records(&path), (found, 0));
        }
    }

    #[test]
    fn a_damaged_byte_is_noticed_wherever_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::create(&path, "head").unwrap();
        journal.append("a record").unwrap();
        let bytes = std::fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            std::fs::write(&path, &damaged).unwrap();
            let (found, _) = records(&path);
            let intact = if at < bytes.len() / 2 - 1 { 0 } else { 1 };
            assert!(
                found.len() <= intact.max(1) && found.iter().all(|text| text == "head"),
                "{at}: {found:?}"
            );
        }
    }
}
