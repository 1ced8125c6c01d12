//! A scenario of one service whose numbers can be worked out by hand, as text and loaded.

use windtunnel::scenario::{Files, Scenario, Source, load};

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

/// No files at all.
pub(crate) struct NoFiles;

impl Files for NoFiles {
    fn open(&mut self, _: &str) -> Result<Box<dyn std::io::Read>, String> {
        Err("no such file".to_owned())
    }
}

/// One service `web` of a quarter of a vCPU with `tasks` tasks and `rate` requests a second of 20 ms CPU each (on a
/// quarter of a vCPU: 80 ms), with what `more` adds.
pub(crate) fn text(rate: f64, tasks: u32, more: &str) -> String {
    format!(
        "schema = 1\nname = \"web\"\nhorizon = \"30m\"\n\
         [service.web.traffic]\nshape = [{{ constant = {{ rate = {rate:?} }} }}]\n\
         [service.web.request]\ncpu_time = {{ exponential = {{ mean = \"20ms\" }} }}\n\
         [service.web.task]\ncpu = 256\nmemory = 512\nbase_cpu = 0\nconcurrency = 8\n\
         [service.web.scaling]\nmin_capacity = {tasks}\nmax_capacity = {tasks}\n{more}"
    )
}

/// The scenario of a text that is valid.
pub(crate) fn scenario(text: &str) -> Scenario {
    let source = Source { name: "web.toml".to_owned(), text: text.to_owned() };
    let loaded = load(&source, &[], None, &mut NoFiles);
    loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
}

/// [`RISING`] with checks and this name.
pub(crate) fn rising(name: &str, checks: &str) -> String {
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("{}{checks}", RISING.replace("\"rising\"", &format!("\"{name}\"")))
}
