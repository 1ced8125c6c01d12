//! Scenarios of points, each loaded once for all its runs.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::design::Design;
use crate::experiment::Base;
use crate::scenario::{Loaded, Scenario};

/// The scenario of a point, or why it has none; empty until a thread has loaded it.
type Loading<E> = Arc<OnceLock<Result<Box<Scenario>, E>>>;

/// The points that were loaded last, with what keeps a point from being run as an `E`.
#[derive(Debug)]
pub(in crate::experiment) struct LoadedPoints<'a, E> {
    base: Base<'a>,
    design: &'a Design<'a>,
    /// Points that are kept, ≥ 1.
    capacity: usize,
    loaded: Mutex<VecDeque<(u64, Loading<E>)>>,
}

impl<'a, E> LoadedPoints<'a, E> {
    /// The points of `design` over `base`, of which so many are kept.
    pub(in crate::experiment) fn new(base: Base<'a>, design: &'a Design<'a>, capacity: usize) -> Self {
        Self { base, design, capacity: capacity.max(1), loaded: Mutex::default() }
    }

    /// Makes something of the scenario of a point. `accept` judges the point when it is loaded; threads that want the same
    /// point at once load it once.
    pub(in crate::experiment) fn with<T>(
        &self,
        point: u64,
        accept: impl FnOnce(Loaded) -> Result<Box<Scenario>, E>,
        make: impl FnOnce(Result<&Scenario, &E>) -> T,
    ) -> T {
        let loading = self.loading(point);
        let load = || accept(self.base.load(&self.design.overrides(point)));
        make(loading.get_or_init(load).as_ref().map(AsRef::as_ref))
    }

    /// The place of a point's scenario, which takes that of the oldest where there are too many.
    fn loading(&self, point: u64) -> Loading<E> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, loading)) = loaded.iter().find(|(known, _)| *known == point) {
            return Arc::clone(loading);
        }
        if loaded.len() >= self.capacity {
            loaded.pop_front();
        }
        let loading = Loading::default();
        loaded.push_back((point, Arc::clone(&loading)));
        loading
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::scenario::{Axis, FLASH_SALE, Files, Source};

    #[test]
    fn a_point_is_loaded_once_as_long_as_it_is_kept() {
        let source = Source { name: "flash-sale".to_owned(), text: FLASH_SALE.to_owned() };
        let files = || Box::new(NoFiles) as Box<dyn Files>;
        let base = Base { source: &source, overrides: &[], seed: None, files: &files };
        let axes = [Axis::of_key("horizon", &["1h".to_owned(), "2h".to_owned(), "3h".to_owned()]).unwrap()];
        let design = Design::grid(&axes);
        let points: LoadedPoints<'_, String> = LoadedPoints::new(base, &design, 2);
        let loads = Cell::new(0);
        let hours = |point| {
            let accept = |loaded: Loaded| {
                loads.set(loads.get() + 1);
                loaded.scenario.map(Box::new).ok_or_else(String::new)
            };
            points.with(point, accept, |scenario| scenario.unwrap().plan.horizon.0 / 3_600_000_000_000)
        };
        assert_eq!([hours(0), hours(1), hours(0), hours(1)], [1, 2, 1, 2]);
        assert_eq!(loads.get(), 2);
        // The third takes the place of the first.
        assert_eq!([hours(2), hours(1), hours(0)], [3, 2, 1]);
        assert_eq!(loads.get(), 4);
    }

    struct NoFiles;

    impl Files for NoFiles {
        fn open(&mut self, _: &str) -> Result<Box<dyn std::io::Read>, String> {
            Err("there are no files".to_owned())
        }
    }
}
