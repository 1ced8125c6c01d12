//! Reading what the user names: scenario files, and the files that a scenario names beside it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::panics;
use crate::scenario::{Files, Source};

/// Longest scenario file that is read \[B\].
const LONGEST_SCENARIO: u64 = 16 << 20;

/// The folder of a scenario, through which it reaches the files it names.
#[derive(Clone, Debug)]
pub struct Folder {
    base: PathBuf,
}

impl Folder {
    /// The folder that holds the file `scenario`.
    #[must_use]
    pub fn of(scenario: &Path) -> Self {
        let parent = scenario.parent().filter(|parent| !parent.as_os_str().is_empty());
        Self { base: parent.unwrap_or(Path::new(".")).to_owned() }
    }

    /// The working folder, for the built-in scenario.
    #[must_use]
    pub fn working() -> Self {
        Self { base: PathBuf::from(".") }
    }

    /// Opens a file of it.
    ///
    /// # Errors
    /// The reason in words.
    pub(super) fn file(&self, path: &str) -> Result<File, String> {
        open_plain(&self.base.join(path))
    }
}

impl Files for Folder {
    fn open(&mut self, path: &str) -> Result<Box<dyn Read>, String> {
        self.file(path).map(|file| Box::new(file) as Box<dyn Read>)
    }
}

/// Opens a file that is a file: a device or a pipe could make a run wait for ever.
pub(super) fn open_plain(path: &Path) -> Result<File, String> {
    panics::opened(path);
    let metadata = fs::metadata(path).map_err(|error| in_words(&error))?;
    if metadata.is_dir() {
        return Err("it is a folder".to_owned());
    }
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    File::open(path).map_err(|error| in_words(&error))
}

/// The reason why a file cannot be read, in words.
pub(super) fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is a file, not a folder".to_owned(),
        _ => error.to_string(),
    }
}

/// Reads a scenario file.
///
/// # Errors
/// A sentence: the file cannot be opened or read, is longer than 16 MiB, or is not UTF-8.
pub fn read_scenario(path: &Path) -> Result<Source, String> {
    let name = path.display().to_string();
    let file = open_plain(path).map_err(|reason| format!("cannot read `{name}`: {reason}"))?;
    let mut bytes = Vec::new();
    file.take(LONGEST_SCENARIO + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot read `{name}`: {}", in_words(&error)))?;
    if bytes.len() as u64 > LONGEST_SCENARIO {
        return Err(format!("cannot read `{name}`: it is longer than 16 MiB, which no scenario is"));
    }
    text_of(bytes)
        .map(|text| Source { name: name.clone(), text })
        .map_err(|reason| format!("cannot read `{name}`: {reason}"))
}

/// Whether there is a file at the path, or a link to one.
#[must_use]
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Reads a list of points: a file of at most 256 MiB.
///
/// # Errors
/// A sentence: the file cannot be opened or read, or is longer.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    const LONGEST: u64 = 256 << 20;
    let name = path.display().to_string();
    let file = open_plain(path).map_err(|reason| format!("cannot read `{name}`: {reason}"))?;
    let mut bytes = Vec::new();
    let read = file.take(LONGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot read `{name}`: {}", in_words(&error)))?;
    if bytes.len() as u64 > LONGEST {
        return Err(format!("cannot read `{name}`: it is longer than 256 MiB"));
    }
    Ok(bytes)
}

/// Whether this is a folder.
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// The bytes as text, or why they are none. A NUL tells UTF-16 (an editor's "Unicode") and binary files from text before
/// their bytes are complained of one by one.
fn text_of(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("it is UTF-16; save it as UTF-8".to_owned());
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err("it is gzip; unpack it first".to_owned());
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(format!("byte {at} is NUL: it is UTF-16 or no text at all; save it as UTF-8 text"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("byte {at} (line {line}) is not UTF-8; a scenario is a UTF-8 text file")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_reaches_files_beside_itself() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("trace.csv"), "time_s,requests\n").unwrap();
        let mut files = Folder::of(&folder.path().join("scenario.toml"));
        let mut text = String::new();
        files.open("trace.csv").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "time_s,requests\n");
        assert_eq!(files.open("missing.csv").err().as_deref(), Some("no such file"));
        assert_eq!(files.open(".").err().as_deref(), Some("it is a folder"));
    }

    #[test]
    fn what_is_no_utf8_text_is_told_apart() {
        for (bytes, said) in [
            (&b"\xff\xfes\0c\0"[..], "UTF-16; save it as UTF-8"),
            (b"s\0c\0", "byte 1 is NUL"),
            (b"\x1f\x8b\x08\0", "gzip"),
        ] {
            let message = text_of(bytes.to_vec()).unwrap_err();
            assert!(message.contains(said), "{message}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_named_with_their_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scenario.toml");
        fs::write(&path, b"schema = 1\nname = \"\xff\"\n").unwrap();
        let message = read_scenario(&path).unwrap_err();
        assert!(message.contains("line 2") && message.contains("not UTF-8"), "{message}");
    }
}
