//! Output files: all of them or none. Each is written under a temporary name in its own folder, flushed to the disk and
//! then renamed, so that no reader ever sees half a file; on any failure the temporaries are removed.
//!
//! What is left out: the renames of several files are not one transaction. A crash between two of them leaves some
//! files of the new run beside some of the old, each of them whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why output could not be written.
#[derive(Debug, Error)]
#[error("cannot {action} `{}`: {}", path.display(), cause_in_words(cause))]
pub struct OutputError {
    /// What was being done: `create the folder`, `write`, …
    pub action: &'static str,
    /// The file or folder it was done to.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub cause: io::Error,
}

impl OutputError {
    fn new(action: &'static str, path: &Path, cause: io::Error) -> Self {
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

/// Files that are written piece by piece and get their final names together, once all of them are on the disk. Dropped
/// before, it leaves nothing behind.
#[derive(Debug)]
pub struct Staging {
    dir: PathBuf,
    pending: Temporaries,
}

impl Staging {
    /// Files for `dir`, which must exist.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self { dir: named(dir).to_owned(), pending: Temporaries::default() }
    }

    /// Writes a file: `fill` is given the place to write to. Its own failures are passed on as they are.
    ///
    /// # Errors
    /// A sentence: `fill`'s, or with the file and the cause.
    pub fn file(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut dyn FnMut(&[u8]) -> Result<(), String>) -> Result<(), String>,
    ) -> Result<(), String> {
        let target = self.dir.join(name);
        let failed = |cause: io::Error| OutputError::new("write", &target, cause).to_string();
        if target.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let path = temporary(&self.dir, name);
        self.pending.0.push((path.clone(), target.clone()));
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(failed(cause)),
            _ => {}
        }
        let file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(failed)?;
        let mut writer = io::BufWriter::with_capacity(1 << 16, file);
        fill(&mut |bytes| writer.write_all(bytes).map_err(failed))?;
        let file = writer.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)
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
fn named(dir: &Path) -> &Path {
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
fn is_plain_name(name: &str) -> bool {
    let path = Path::new(name);
    path.file_name().is_some_and(|last| last == path.as_os_str()) && !name.contains(['/', '\\', '\0'])
}

/// The process id keeps two runs that write into one folder from taking each other's temporaries.
fn temporary(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!(".{name}.{}.tmp", std::process::id()))
}

fn write_temporary(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        // A leftover of a killed process with our id; nobody else can own it.
        _ => {}
    }
    // `create_new` does not follow a link that somebody put there meanwhile.
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
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
