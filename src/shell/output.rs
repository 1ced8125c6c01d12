//! Output files: all of them or none. Each is written under a temporary name in its own folder, flushed to the disk and
//! then renamed, so that no reader ever sees half a file; on any failure the temporaries are removed.
//!
//! The renames of several files are not one transaction: `results` makes one of them for folders with a manifest.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::kernel::units::Bytes;
use crate::results::OutputFile;

/// Reason why output could not be written.
#[derive(Debug, Error)]
#[error("cannot {action} `{}`: {}", path.display(), cause_in_words(cause))]
pub struct OutputError {
    /// Action that failed: `create the folder`, `write`, …
    pub action: &'static str,
    /// The file or folder it was done to.
    pub path: PathBuf,
    /// Error of the system.
    #[source]
    pub cause: io::Error,
}

impl OutputError {
    pub(super) fn new(action: &'static str, path: &Path, cause: io::Error) -> Self {
        Self { action, path: path.to_owned(), cause }
    }
}

/// The usual causes without the system's error numbers.
#[must_use]
pub fn cause_in_words(cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::NotFound => "there is no such folder, and none can be made".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::QuotaExceeded => "the disk quota is used up".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is a file, not a folder".to_owned(),
        io::ErrorKind::AlreadyExists => "there is a file of that name where a folder is needed".to_owned(),
        io::ErrorKind::IsADirectory => "there is a folder of that name where a file is needed".to_owned(),
        io::ErrorKind::InvalidFilename => "the file system does not allow that name".to_owned(),
        io::ErrorKind::FileTooLarge if cause.to_string().contains(TOO_LARGE) => {
            format!("{TOO_LARGE}; raise it, shorten the horizon, or simulate fewer services at once")
        }
        _ => cause.to_string(),
    }
}

/// Creates `dir` where it does not exist and makes sure that a file can be written there, so that a long run does not
/// end at a folder that was never writable.
///
/// # Errors
/// When the folder cannot be created, or no file can be written in it.
pub fn prepare(dir: &Path) -> Result<(), OutputError> {
    let dir = named(dir);
    fs::create_dir_all(dir).map_err(|cause| OutputError::new("create the folder", dir, cause))?;
    let probe = temporary(dir, "probe");
    let written = write_temporary(&probe, b"windtunnel");
    let removed = fs::remove_file(&probe);
    written.map_err(|cause| OutputError::new("write in the folder", dir, cause))?;
    removed.map_err(|cause| OutputError::new("remove a file in the folder", dir, cause))
}

/// Whether a file can take the place of what is at the path: nothing, or a plain file. A rename would replace a link, a
/// device or a pipe by a file.
#[must_use]
pub fn is_replaceable(path: &Path) -> bool {
    path.symlink_metadata().map_or(true, |found| found.is_file())
}

/// Writes `files` (name and content) into `dir`, which is created where it does not exist; files of those names are
/// replaced. Nothing is renamed before everything is on the disk. Each content is made when its turn comes.
///
/// # Errors
/// When a name is not a plain file name, or the folder or a file cannot be written; the error names it and the cause.
pub fn write_all<'n>(
    dir: &Path,
    files: impl IntoIterator<Item = (&'n str, Vec<u8>)>,
) -> Result<(), OutputError> {
    let dir = named(dir);
    fs::create_dir_all(dir).map_err(|cause| OutputError::new("create the folder", dir, cause))?;
    let mut pending = Temporaries::default();
    for (name, content) in files {
        let target = dir.join(name);
        if !is_plain_name(name) {
            let cause = io::Error::new(io::ErrorKind::InvalidInput, "not a plain file name");
            return Err(OutputError::new("write", &target, cause));
        }
        if target.is_dir() {
            return Err(OutputError::new("write", &target, io::ErrorKind::IsADirectory.into()));
        }
        let temporary = temporary(dir, name);
        // Noted before it exists: a write that fails half-way must be cleaned up too.
        pending.0.push((temporary.clone(), target.clone()));
        write_temporary(&temporary, &content).map_err(|cause| OutputError::new("write", &target, cause))?;
    }
    pending.commit()?;
    sync_folder(dir).map_err(|cause| OutputError::new("write", dir, cause))
}

/// Reason why a file could not be filled.
#[derive(Debug, Error)]
pub enum FillError {
    /// The file could not be written.
    #[error("{}", cause_in_words(.0))]
    Write(#[from] io::Error),
    /// The content of the file could not be made; a sentence.
    #[error("{0}")]
    Content(String),
}

impl From<String> for FillError {
    fn from(message: String) -> Self {
        Self::Content(message)
    }
}

/// A file on its way to the disk, whose length and SHA-256 are counted as it is written.
#[derive(Debug)]
pub struct StagedFile {
    writer: io::BufWriter<File>,
    digest: Sha256,
    bytes: u64,
    /// Remainder of the most that all files may take \[B\].
    space: u64,
    interrupted: Option<Arc<AtomicBool>>,
}

/// Message that ends the writing of files that take more than they may.
pub const TOO_LARGE: &str = "the files take more than `limits.max_output` allows";

/// Message that ends the writing of a file when the command is interrupted.
pub const INTERRUPTED: &str = "interrupted";

fn heed(interrupted: Option<&Arc<AtomicBool>>) -> io::Result<()> {
    match interrupted {
        Some(flag) if flag.load(Ordering::Relaxed) => Err(io::Error::other(INTERRUPTED)),
        _ => Ok(()),
    }
}

impl Write for StagedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        heed(self.interrupted.as_ref())?;
        if bytes.len() as u64 > self.space.saturating_sub(self.bytes) {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, TOO_LARGE));
        }
        let written = self.writer.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or(bytes));
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Files that are written piece by piece and get their final names together, once all of them are on the disk. Dropped
/// before, it leaves nothing behind.
#[derive(Debug)]
pub struct Staging {
    dir: PathBuf,
    pending: Temporaries,
    files: Vec<OutputFile>,
    most: u64,
    interrupted: Option<Arc<AtomicBool>>,
}

/// A staged file that is read back.
#[derive(Debug)]
struct StagedRead {
    file: File,
    interrupted: Option<Arc<AtomicBool>>,
}

impl Read for StagedRead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        heed(self.interrupted.as_ref())?;
        self.file.read(buffer)
    }
}

impl Staging {
    /// Files for `dir`, which must exist. Writing ends with [`INTERRUPTED`] once the flag is raised; where it is raised
    /// already, what is written is what was finished by then, and the flag is not heeded.
    #[must_use]
    pub fn new(dir: &Path, interrupted: Option<&Arc<AtomicBool>>) -> Self {
        let interrupted = interrupted.filter(|flag| !flag.load(Ordering::Relaxed)).cloned();
        Self {
            dir: named(dir).to_owned(),
            pending: Temporaries::default(),
            files: Vec::new(),
            most: u64::MAX,
            interrupted,
        }
    }

    /// Lets all files together take so much at most \[B\].
    #[must_use]
    pub fn within(self, most: Bytes) -> Self {
        Self { most: most.0, ..self }
    }

    /// Writes a file: `fill` is given the place to write to.
    ///
    /// # Errors
    /// A sentence: `fill`'s, or with the file and the cause.
    pub fn file(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut StagedFile) -> Result<(), FillError>,
    ) -> Result<(), String> {
        let target = self.dir.join(name);
        let failed = |cause: io::Error| OutputError::new("write", &target, cause).to_string();
        if !is_plain_name(name) {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file name")));
        }
        if target.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let path = temporary(&self.dir, name);
        // Noted before it exists: a write that fails half-way must be cleaned up too.
        self.pending.0.push((path.clone(), target.clone()));
        let file = create_anew(&path).map_err(failed)?;
        let writer = io::BufWriter::with_capacity(1 << 16, file);
        let taken = self.files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.bytes));
        let space = self.most.saturating_sub(taken);
        let mut staged = StagedFile {
            writer,
            digest: Sha256::new(),
            bytes: 0,
            space,
            interrupted: self.interrupted.clone(),
        };
        fill(&mut staged).map_err(|error| match error {
            FillError::Write(_) if self.is_interrupted() => INTERRUPTED.to_owned(),
            FillError::Write(cause) => failed(cause),
            FillError::Content(message) => message,
        })?;
        let StagedFile { writer, digest, bytes, .. } = staged;
        let file = writer.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
        self.files.push(OutputFile { file: name.to_owned(), bytes, sha256: in_hex(digest) });
        Ok(())
    }

    /// Whether writing ended because the command was interrupted.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        heed(self.interrupted.as_ref()).is_err()
    }

    /// The files so far.
    #[must_use]
    pub fn files(&self) -> &[OutputFile] {
        &self.files
    }

    /// Opens one of them.
    ///
    /// # Errors
    /// A sentence: it is not among them, or cannot be opened.
    pub fn open(&self, name: &str) -> Result<Box<dyn Read>, String> {
        let target = self.dir.join(name);
        let staged = self.pending.0.iter().find(|(_, known)| *known == target);
        let (path, _) = staged.ok_or_else(|| format!("`{}` is not among the results", target.display()))?;
        let file = File::open(path).map_err(|cause| OutputError::new("read", &target, cause).to_string())?;
        Ok(Box::new(StagedRead { file, interrupted: self.interrupted.clone() }))
    }

    /// Takes back what was staged last, of that name.
    pub fn forget(&mut self, name: &str) {
        self.files.retain(|file| file.file != name);
        let target = self.dir.join(name);
        self.pending.0.retain(|(temporary, known)| {
            if *known == target {
                // It only takes space until the next command cleans up.
                let _ = fs::remove_file(temporary);
            }
            *known != target
        });
    }

    /// Gives every file its final name.
    ///
    /// # Errors
    /// When one cannot be renamed.
    pub fn commit(self) -> Result<(), OutputError> {
        self.pending.commit()?;
        sync_folder(&self.dir).map_err(|cause| OutputError::new("write", &self.dir, cause))
    }
}

/// A digest in hexadecimal.
#[must_use]
pub fn in_hex(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Removes what killed commands left in a folder: files with the names of temporaries. No other command may be writing there.
///
/// # Errors
/// When one cannot be removed.
pub fn remove_temporaries(dir: &Path) -> Result<(), OutputError> {
    let dir = named(dir);
    let entries = fs::read_dir(dir).map_err(|cause| OutputError::new("read the folder", dir, cause))?;
    for entry in entries.flatten() {
        let is_left = entry.file_name().to_str().is_some_and(is_temporary);
        if is_left && entry.path().symlink_metadata().is_ok_and(|found| !found.is_dir()) {
            let path = entry.path();
            fs::remove_file(&path).map_err(|cause| OutputError::new("remove", &path, cause))?;
        }
    }
    Ok(())
}

/// Removes files of these names from `dir`, where they are.
///
/// # Errors
/// When one is there and cannot be removed.
pub fn remove_all(dir: &Path, names: &[&str]) -> Result<(), OutputError> {
    for name in names {
        let path = dir.join(name);
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                return Err(OutputError::new("remove", &path, cause));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The empty path means the current folder, but cannot be opened as one.
pub(super) fn named(dir: &Path) -> &Path {
    if dir.as_os_str().is_empty() { Path::new(".") } else { dir }
}

/// Temporaries that were not renamed yet; dropping them removes the files.
#[derive(Debug, Default)]
struct Temporaries(Vec<(PathBuf, PathBuf)>);

impl Temporaries {
    fn commit(mut self) -> Result<(), OutputError> {
        while let Some((temporary, target)) = self.0.first() {
            fs::rename(temporary, target).map_err(|cause| OutputError::new("write", target, cause))?;
            self.0.remove(0);
        }
        Ok(())
    }
}

impl Drop for Temporaries {
    fn drop(&mut self) {
        for (temporary, _) in &self.0 {
            // The failure that brought us here is the one to report, so a second one is not.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// A name of one component that stays in its folder.
pub(super) fn is_plain_name(name: &str) -> bool {
    let path = Path::new(name);
    path.file_name().is_some_and(|last| last == path.as_os_str()) && !name.contains(['/', '\\', '\0'])
}

/// The process id keeps two commands that write into one folder from taking each other's temporaries.
pub(super) fn temporary(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!(".{name}.{}.tmp", std::process::id()))
}

/// Whether it is a name that [`temporary`] gives.
fn is_temporary(name: &str) -> bool {
    let inner = name.strip_prefix('.').and_then(|rest| rest.strip_suffix(".tmp"));
    let id = inner.and_then(|inner| inner.rsplit_once('.')).map(|(_, id)| id);
    id.is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Creates a file that is not there; what a killed process with our id left is removed, and no link is followed.
pub(super) fn create_anew(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

fn write_temporary(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = create_anew(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes the renames durable; only Unix lets a folder be opened for it.
fn sync_folder(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_replace_their_older_selves_and_leave_no_temporaries() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("a/b");
        prepare(&dir).unwrap();
        assert_eq!(names(&dir), Vec::<String>::new());
        write_all(&dir, [("one.txt", b"1".to_vec()), ("two.txt", b"2".to_vec())]).unwrap();
        write_all(&dir, [("one.txt", b"3".to_vec())]).unwrap();
        assert_eq!(names(&dir), ["one.txt", "two.txt"]);
        assert_eq!(fs::read(dir.join("one.txt")).unwrap(), b"3");
    }

    #[test]
    fn a_failure_leaves_the_older_files_and_names_the_culprit() {
        let root = tempfile::tempdir().unwrap();
        write_all(root.path(), [("one.txt", b"old".to_vec())]).unwrap();
        fs::create_dir(root.path().join("two.txt")).unwrap();
        let error = write_all(root.path(), [("one.txt", b"new".to_vec()), ("two.txt", b"new".to_vec())])
            .unwrap_err()
            .to_string();
        assert!(error.contains("two.txt") && error.contains("folder"), "{error}");
        assert_eq!(names(root.path()), ["one.txt", "two.txt"]);
        assert_eq!(fs::read(root.path().join("one.txt")).unwrap(), b"old");
    }

    #[test]
    fn a_folder_below_a_file_is_refused_in_words() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), b"x").unwrap();
        let error = prepare(&root.path().join("file/out")).unwrap_err().to_string();
        assert!(error.contains("file/out") && error.contains("not a folder"), "{error}");
        let error = prepare(&root.path().join("file")).unwrap_err().to_string();
        assert!(error.contains("folder is needed"), "{error}");
    }

    #[test]
    fn a_name_cannot_leave_the_folder() {
        let root = tempfile::tempdir().unwrap();
        for name in ["../x", "a/b", "..", ".", "", "/etc/x", "a\\b"] {
            assert!(write_all(root.path(), [(name, Vec::new())]).is_err(), "{name}");
        }
        assert_eq!(names(root.path()), Vec::<String>::new());
    }
}
