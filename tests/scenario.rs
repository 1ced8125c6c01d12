//! The scenario room, from the outside: the shipped scenarios, the invalid ones, overrides, and what never may happen.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod control;
mod fuzz;
mod invalid;
mod language;
mod laws;
mod lints;
mod real_traces;
mod requirements;
mod traces;
mod words;

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use windtunnel::scenario::{Files, Loaded, Scenario, Source, load, render};

/// Files below a folder.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Files for Folder {
    fn open(&mut self, path: &str) -> Result<Box<dyn Read>, String> {
        File::open(self.0.join(path)).map(|file| Box::new(file) as Box<dyn Read>).map_err(|e| e.to_string())
    }
}

pub(crate) fn scenarios() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

pub(crate) fn load_text(text: &str, overrides: &[&str]) -> Loaded {
    let source = Source { name: "test.toml".to_owned(), text: text.to_owned() };
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    load(&source, &overrides, None, &mut Folder(scenarios()))
}

/// The scenario, or a panic with everything that is wrong with it.
pub(crate) fn valid(loaded: Loaded) -> Scenario {
    let text = render(&loaded.diagnostics, &loaded.sources, false);
    loaded.scenario.unwrap_or_else(|| panic!("{text}"))
}

pub(crate) fn codes(loaded: &Loaded) -> Vec<&'static str> {
    let mut codes: Vec<_> = loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.dedup();
    codes
}

pub(crate) const MINIMAL: &str = r#"
schema = 1
name = "minimal"
horizon = "1h"
[service.web.traffic]
shape = [{ constant = { rate = 5.0 } }]
[service.web.request]
cpu_time = "20ms"
[service.web.scaling]
min_capacity = 2
max_capacity = 4
"#;
