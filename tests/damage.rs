//! Folders of runs with numbers that no run writes.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::example::{CHECKS, rising};
use crate::program::{Ran, folder, reseal, windtunnel};

/// The folders of one run and of several.
pub(crate) fn runs() -> TempDir {
    let folder = folder(&[("web.toml", rising("web", CHECKS).as_bytes())]);
    for (out, more) in [("one", &[][..]), ("many", &["--replications", "2"])] {
        windtunnel(folder.path(), &[&["run", "web.toml", "--no-report", "-q", "--out", out], more].concat())
            .exits(1);
    }
    folder
}

/// Neither a panic nor the end of memory: an exit code of the documented ones.
#[track_caller]
pub(crate) fn ends_in_words(ran: &Ran, what: &str) {
    let is_known = matches!(ran.code, Some(0..=2));
    assert!(is_known && !ran.is_of_a_bug(), "{what}: {:?} {}", ran.code, ran.stderr);
}

/// Replaces a file of a folder, with a manifest that vouches for it: whoever makes a folder up can do that too.
pub(crate) fn replace(file: &Path, content: impl AsRef<[u8]>) {
    fs::write(file, content).unwrap();
    reseal(file.parent().unwrap());
}

/// Puts a number of a folder's document to `bad`.
pub(crate) fn put(file: &Path, pointer: &str, bad: &Value) {
    let mut document: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let place = document.pointer_mut(pointer).unwrap();
    *place = if place.is_string() { Value::String(bad.to_string()) } else { bad.clone() };
    replace(file, document.to_string());
}
