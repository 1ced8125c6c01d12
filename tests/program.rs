//! The program as its users run it: a child process, its exit code, and what it wrote to either stream.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use windtunnel::results::Manifest;

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The same, after making sure of the exit code; a panic is a failure whatever the code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        assert!(!self.is_of_a_bug(), "{}", self.stderr);
        self
    }

    /// Whether the program stopped itself because of a bug.
    pub(crate) fn is_of_a_bug(&self) -> bool {
        self.stderr.contains("panicked") || self.stderr.contains("internal error")
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in:\n{}", self.stdout))
    }
}

/// The command, in `folder`, with nothing on standard input.
pub(crate) fn command<S: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_windtunnel"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command
}

/// Runs the command to its end.
pub(crate) fn windtunnel<S: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: &[S]) -> Ran {
    finish(&mut command(folder, arguments))
}

/// Runs a prepared command to its end.
pub(crate) fn finish(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A file that comes with the program.
pub(crate) fn shipped(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What a sheet writes, in memory.
pub(crate) fn bytes(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    bytes
}

/// A folder of one's own with some files in it.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// Makes the manifest of a folder vouch for the files as they are now; what is missing is not listed any more.
pub(crate) fn reseal(folder: &Path) {
    let path = folder.join("manifest.json");
    let mut manifest = Manifest::read(&std::fs::read(&path).unwrap()).unwrap();
    manifest.outputs.retain_mut(|output| {
        let Ok(content) = std::fs::read(folder.join(&output.file)) else { return false };
        output.bytes = content.len() as u64;
        output.sha256 = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
        true
    });
    std::fs::write(&path, manifest.text()).unwrap();
}

/// The names in a folder, sorted; hidden ones too.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
