//! A scenario of one service whose numbers can be worked out by hand, as text and loaded.

use windtunnel::scenario::{Files, Scenario, Source, load};

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
