//! The scenario that an experiment varies: its text and overrides, to be loaded again with more of them.

use crate::scenario::{self, Files, Loaded, Source};

/// A scenario to be varied.
#[derive(Clone, Copy)]
pub struct VariedScenario<'a> {
    /// Text of the scenario.
    pub source: &'a Source,
    /// Overrides that hold for every variant, `KEY=VALUE`.
    pub overrides: &'a [String],
    /// The seed, where it replaces the scenario's.
    pub seed: Option<u64>,
    /// The way to the files beside it; every load asks for its own, so that loads can run at once.
    pub files: &'a (dyn Fn() -> Box<dyn Files> + Sync),
}

impl std::fmt::Debug for VariedScenario<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Base").field("source", &self.source.name).field("overrides", &self.overrides).finish()
    }
}

impl VariedScenario<'_> {
    /// Loads the scenario with `more` overrides after its own.
    #[must_use]
    pub fn load(&self, more: &[String]) -> Loaded {
        let overrides: Vec<String> = self.overrides.iter().chain(more).cloned().collect();
        scenario::load(self.source, &overrides, self.seed, (self.files)().as_mut())
    }
}
