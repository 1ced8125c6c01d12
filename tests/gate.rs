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

use crate::program::{Ran, windtunnel};

/// A service whose load rises fivefold after ten minutes; a run takes a few milliseconds.
pub(crate) const RISING: &str = r#"schema = 1
name = "rising"
horizon = "40m"
[service.web.traffic]
shape = [{ constant = { rate = 4.0 } }, { step = { at = "10m", rate = 16.0 } }]
[service.web.request]
cpu_time = { exponential = { mean = "30ms" } }
timeout = "30s"
[service.web.task]
cpu = 256
memory = 512
[service.web.scaling]
min_capacity = 2
max_capacity = 20
[service.web.scaling.target_tracking.cpu]
metric = "ECSServiceAverageCPUUtilization"
target_value = 60.0
"#;

/// Checks of every verdict: two pass, one fails, one is inconclusive, one has nothing to judge.
pub(crate) const CHECKS: &str = r#"
[checks]
availability = ">= 50%"
cost_per_month = "< 1 USD"
time_to_capacity = "< 30m"
minutes_over_limit = "<= 8 with p99_response_time > 1s"
cost_change = "<= 5%"
"#;

/// A name that tries to leave every format it is printed in.
pub(crate) const HOSTILE: &str =
    "a|b`<img src=x onerror=alert(1)>]](http://e.vil) \\\"'&amp;%0A::error::x,y:z ##[error] @all";

/// The scenario with checks and this name.
pub(crate) fn rising(name: &str, checks: &str) -> String {
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("{}{checks}", RISING.replace("\"rising\"", &format!("\"{name}\"")))
}

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
