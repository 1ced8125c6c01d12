//! The lock of a folder: one command at a time writes there.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use super::output::{OutputError, cause_in_words};

/// The file that is locked where the system cannot lock a folder.
const LOCK: &str = ".windtunnel.lock";

/// Reason why a folder cannot be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The folder is another's, or busy: another folder will do. A sentence.
    Taken(String),
    /// The folder cannot be used. A sentence.
    Broken(String),
}

impl Refused {
    /// The sentence.
    #[must_use]
    pub fn into_message(self) -> String {
        let (Self::Taken(message) | Self::Broken(message)) = self;
        message
    }
}

impl From<OutputError> for Refused {
    fn from(error: OutputError) -> Self {
        Self::Broken(format!("{error}; choose another folder with --out"))
    }
}

/// A folder that this process alone works in, until it is dropped; the system lets go of it however the process ends.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Locks a folder, which must exist.
    ///
    /// # Errors
    /// Another process works there, or no lock can be had.
    pub fn take(folder: &Path) -> Result<Self, Refused> {
        let direct = File::open(folder).map(|file| (file.try_lock(), file));
        match direct {
            Ok((Ok(()), file)) => return Ok(Self { _file: file }),
            Ok((Err(TryLockError::WouldBlock), _)) => return Err(busy(folder)),
            // Some systems lock files only.
            Ok((Err(TryLockError::Error(_)), _)) | Err(_) => {}
        }
        let path = folder.join(LOCK);
        let file = lock_file(&path).map_err(|cause| OutputError::new("write", &path, cause))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(busy(folder)),
            Err(TryLockError::Error(cause)) => Err(Refused::Broken(format!(
                "cannot lock `{}`: {}; choose another folder with --out",
                path.display(),
                cause_in_words(&cause)
            ))),
        }
    }
}

fn busy(folder: &Path) -> Refused {
    Refused::Taken(format!(
        "another windtunnel is writing into `{}`; wait for it, or choose another folder with --out",
        folder.display()
    ))
}

/// Opens the file, or makes it; a link is not followed to a file that is not there.
fn lock_file(path: &Path) -> io::Result<File> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            OpenOptions::new().write(true).open(path)
        }
        other => other,
    }
}
