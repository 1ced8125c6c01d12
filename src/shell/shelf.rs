//! The files beside a scenario that is loaded many times, such as that of a sweep: every load sees the same content, and what
//! was read can be told. Small files are held; a long one is streamed by each load, as far as the load reads it, so that
//! memory does not follow its size. A long file that changes meanwhile is refused.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::files::{Folder, in_words};
use crate::scenario::Files;

/// Longest file that is held \[B\].
const LONGEST_HELD: u64 = 8 << 20;
/// Most that is held of all files together \[B\].
const MOST_HELD: u64 = 64 << 20;

/// A file as the first load found it.
#[derive(Debug)]
enum FileContent {
    /// All of it.
    Held(Arc<[u8]>),
    /// Too long to be held.
    Streamed {
        stamp: Stamp,
        /// The longest beginning that a load read, with its SHA-256.
        read: (u64, String),
    },
    /// Reason why the file could not be read.
    Unreadable(String),
}

/// Stamp of a file, which differs where its content does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(file: &File) -> Result<Self, String> {
        let metadata = file.metadata().map_err(|error| in_words(&error))?;
        Ok(Self { length: metadata.len(), modified: metadata.modified().ok() })
    }
}

#[derive(Debug, Default)]
struct KnownFiles {
    files: BTreeMap<String, FileContent>,
    held: u64,
}

/// The files beside a scenario that is loaded many times.
#[derive(Debug)]
pub struct Shelf {
    folder: Folder,
    known: Mutex<KnownFiles>,
    /// Whether it was told what was read, so that loads need not find it out.
    is_told: AtomicBool,
}

impl Shelf {
    /// An empty shelf for the files of a folder.
    #[must_use]
    pub fn new(folder: Folder) -> Self {
        Self { folder, known: Mutex::default(), is_told: AtomicBool::new(false) }
    }

    /// The way to them, for one load.
    #[must_use]
    pub fn files(shelf: &Arc<Self>) -> Box<dyn Files> {
        Box::new(ShelfReader(Arc::clone(shelf)))
    }

    /// Every file that was opened so far, with the SHA-256 of its content in hexadecimal, or of its beginning as far as the
    /// loads read it; the reason where it could not be read. Loads that come later do not add to it.
    #[must_use]
    pub fn contents(&self) -> Vec<(String, String)> {
        self.is_told.store(true, Ordering::Relaxed);
        let told = |content: &FileContent| match content {
            FileContent::Held(bytes) => hex(&Sha256::digest(bytes)),
            FileContent::Streamed { read: (length, digest), .. } => {
                format!("{digest} of the first {length} B")
            }
            FileContent::Unreadable(why) => why.clone(),
        };
        self.lock().files.iter().map(|(name, content)| (name.clone(), told(content))).collect()
    }

    fn lock(&self) -> MutexGuard<'_, KnownFiles> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(shelf: &Arc<Self>, path: &str) -> Result<Box<dyn Read>, String> {
        let mut known = shelf.lock();
        if !known.files.contains_key(path) {
            let content = shelf.first(path, &mut known.held).unwrap_or_else(FileContent::Unreadable);
            known.files.insert(path.to_owned(), content);
        }
        match known.files.get(path) {
            Some(FileContent::Held(bytes)) => Ok(Box::new(io::Cursor::new(Arc::clone(bytes)))),
            Some(FileContent::Unreadable(why)) => Err(why.clone()),
            Some(FileContent::Streamed { stamp, .. }) => {
                let file = shelf.folder.file(path)?;
                if Stamp::of(&file)? != *stamp {
                    return Err("it changed since it was read first".to_owned());
                }
                let digest = (!shelf.is_told.load(Ordering::Relaxed)).then(Sha256::new);
                let shelf = Arc::clone(shelf);
                Ok(Box::new(Stream { file, path: path.to_owned(), length: 0, digest, shelf }))
            }
            None => Err("no such file".to_owned()),
        }
    }

    /// The content of a file that was not asked for before.
    fn first(&self, path: &str, held: &mut u64) -> Result<FileContent, String> {
        let file = self.folder.file(path)?;
        let stamp = Stamp::of(&file)?;
        let space = LONGEST_HELD.min(MOST_HELD - *held);
        if stamp.length <= space {
            let mut bytes = Vec::new();
            file.take(space + 1).read_to_end(&mut bytes).map_err(|error| in_words(&error))?;
            // A file that grows while it is read may be too long by now.
            if bytes.len() as u64 <= space {
                *held += bytes.len() as u64;
                return Ok(FileContent::Held(Arc::from(bytes)));
            }
        }
        Ok(FileContent::Streamed { stamp, read: (0, hex(&Sha256::digest(b""))) })
    }
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct ShelfReader(Arc<Shelf>);

impl Files for ShelfReader {
    fn open(&mut self, path: &str) -> Result<Box<dyn Read>, String> {
        Shelf::open(&self.0, path)
    }
}

/// A long file on its way through one load.
struct Stream {
    file: File,
    path: String,
    length: u64,
    /// Hash of what was read; `None` where it is not needed.
    digest: Option<Sha256>,
    shelf: Arc<Shelf>,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        if let (Some(digest), Some(bytes)) = (&mut self.digest, buffer.get(..length)) {
            digest.update(bytes);
        }
        self.length += length as u64;
        Ok(length)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let Some(digest) = self.digest.take() else { return };
        if let Some(FileContent::Streamed { read, .. }) = self.shelf.lock().files.get_mut(&self.path)
            && self.length >= read.0
        {
            *read = (self.length, hex(&digest.finalize()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn content(shelf: &Arc<Shelf>, path: &str, most: u64) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        Shelf::files(shelf).open(path)?.take(most).read_to_end(&mut bytes).unwrap();
        Ok(bytes)
    }

    #[test]
    fn a_small_file_is_held_and_every_load_sees_the_same() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("t.csv"), "one").unwrap();
        let shelf = Arc::new(Shelf::new(Folder::of(&folder.path().join("x.toml"))));
        assert_eq!(content(&shelf, "t.csv", 99).unwrap(), b"one");
        fs::write(folder.path().join("t.csv"), "another").unwrap();
        assert_eq!(content(&shelf, "t.csv", 99).unwrap(), b"one");
        assert_eq!(content(&shelf, "no.csv", 99).unwrap_err(), "no such file");
        let contents = shelf.contents();
        assert_eq!(contents[0], ("no.csv".to_owned(), "no such file".to_owned()));
        assert!(contents[1].1.starts_with("7692c3ad3540bb80") && contents[1].1.len() == 64, "{contents:?}");
    }

    #[test]
    fn a_long_file_is_streamed_and_told_by_the_beginning_that_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        let long = File::create(&path).unwrap();
        // A file with a hole takes no space on the disk; read whole it would take all memory.
        long.set_len(1 << 40).unwrap();
        let shelf = Arc::new(Shelf::new(Folder::of(&folder.path().join("x.toml"))));
        for most in [3, 5, 2] {
            assert_eq!(content(&shelf, "t.csv", most).unwrap().len() as u64, most);
        }
        let said = &shelf.contents()[0].1;
        assert_eq!(*said, format!("{} of the first 5 B", hex(&Sha256::digest([0; 5]))));
        assert_eq!(content(&shelf, "t.csv", 9).unwrap().len(), 9);
        assert_eq!(&shelf.contents()[0].1, said, "what was told stands");
        long.set_len((1 << 40) + 1).unwrap();
        assert!(content(&shelf, "t.csv", 9).unwrap_err().contains("changed"));
    }
}
