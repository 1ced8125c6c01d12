//! The command line, held to its contract: exit codes, what goes to which stream, what is written and what is not, and
//! what a mistake is answered with.

mod bad_files;
mod bad_numbers;
mod bad_output;
mod commands;
mod experiments;
mod interrupted;
mod run;
mod why;

use tempfile::TempDir;

pub(crate) use crate::program::folder;

/// A scenario of ten minutes that takes a few milliseconds.
pub(crate) const SMALL: &str = r#"schema = 1
name = "small"
horizon = "10m"
[service.web.traffic]
shape = [{ constant = { rate = 5.0 } }]
[service.web.request]
cpu_time = "20ms"
[service.web.scaling]
min_capacity = 2
max_capacity = 4
"#;

/// A scenario that replays `t.csv`.
pub(crate) const REPLAY: &str = r#"schema = 1
name = "replay"
[service.web.traffic]
trace = { file = "t.csv" }
[service.web.request]
cpu_time = "20ms"
[service.web.scaling]
min_capacity = 2
max_capacity = 4
"#;

/// A folder with `small.toml` in it.
pub(crate) fn small() -> TempDir {
    folder(&[("small.toml", SMALL.as_bytes())])
}
