//! Paths of the folders of sweeps.

use std::path::{Path, PathBuf};

/// The folder as it is printed.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A path given twice is one part.
pub(super) fn same(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| PathBuf::from(path));
    real(a) == real(b)
}
