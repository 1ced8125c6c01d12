//! The gate: what `check` and `diff` say, in every format, of scenarios and of the folders of runs, and what they end with.

mod baselines;
mod costs;
mod diffs;
mod folders;
mod formats;
mod kept;
mod prices;
mod verdicts;
mod workflow;

use std::path::Path;

pub(crate) use crate::example::{CHECKS, RISING, rising};
use crate::program::{Ran, windtunnel};

/// A name that tries to leave every format it is printed in.
pub(crate) const HOSTILE: &str =
    "a|b`<img src=x onerror=alert(1)>]](http://e.vil) \\\"'&amp;%0A::error::x,y:z ##[error] @all";

/// Runs `check` quietly.
pub(crate) fn check(folder: &Path, arguments: &[&str]) -> Ran {
    windtunnel(folder, &[&["check", "-q"], arguments].concat())
}

/// Compares a text with what is pinned; `WINDTUNNEL_BLESS=1` rewrites it.
#[track_caller]
pub(crate) fn is_pinned(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gate/expected").join(name);
    #[expect(clippy::disallowed_methods, reason = "a switch of the test, not of the program")]
    if std::env::var("WINDTUNNEL_BLESS").is_ok() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let pinned = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(pinned == text, "{name} changed; where that is meant, WINDTUNNEL_BLESS=1 rewrites it:\n{text}");
}
