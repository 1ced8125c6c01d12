//! From a request to the head of a sweep: the scenario is loaded, axes are gathered, the size is bounded, and every
//! value is tried alone, before the first run.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::request::SweepRequest;
use crate::cli::exit::Exit;
use crate::cli::loading::{by_baseline, more_on, varied, without_baseline};
use crate::cli::printing::fail;
use crate::experiment::points::{self, Design, Points};
use crate::experiment::sweep::{self, SweepHeader};
use crate::experiment::{Figure, VariedScenario};
use crate::scenario::{self, Axis, Files, Scenario, Source};
use crate::shell::files::{Folder, read_bytes, read_scenario};
use crate::shell::shelf::Shelf;
use crate::shell::terminal::{note, stderr_colour};

/// Values that are no scenario alone and are told of.
const MOST_DOUBTS: usize = 5;

/// A sweep that can begin.
pub(super) struct Planned {
    pub(super) head: SweepHeader,
    pub(super) shelf: Arc<Shelf>,
    source: Source,
    overrides: Vec<String>,
    seed: Option<u64>,
}

impl Planned {
    /// The scenario that is varied.
    pub(super) fn base<'a>(&'a self, files: &'a (dyn Fn() -> Box<dyn Files> + Sync)) -> VariedScenario<'a> {
        VariedScenario { source: &self.source, overrides: &self.overrides, seed: self.seed, files }
    }
}

/// Makes the plan of a request.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
pub(super) fn plan(request: &SweepRequest, interrupted: &AtomicBool) -> Result<Planned, Exit> {
    let usage = |message: String| fail(Exit::Usage, &message);
    let source = read_scenario(&request.scenario).map_err(usage)?;
    let shelf = Arc::new(Shelf::new(Folder::of(&request.scenario)));
    let files = || Shelf::files(&shelf);
    let overrides = request.given.overrides();
    let base =
        VariedScenario { source: &source, overrides: &overrides, seed: request.given.seed, files: &files };
    let scenario = &varied(&base, request.given.quiet)?;
    let (unjudged, judged) = by_baseline(&scenario.checks);
    if !request.given.quiet {
        without_baseline(&unjudged, "a sweep");
    }
    let (axes, points) = axes_and_points(request, scenario)?;
    let replications =
        request.replications.or(scenario.sweep.as_ref().map(|spec| spec.replications)).unwrap_or(1);
    let cells = Design::estimate(&axes, &points, replications);
    if cells > u128::from(request.max_points) {
        return Err(usage(format!(
            "the sweep has {cells} runs (points × replications), and at most {} are begun; raise --max-points, or take fewer \
             values or a --latin-hypercube",
            request.max_points
        )));
    }
    Design::check(&axes, &points, replications)
        .map_err(|why| usage(format!("there is no such sweep: {why}")))?;
    let design = Design::new(&axes, &points, replications, scenario.seed);
    let alone = sweep::single_values(&base, &design, Some(interrupted));
    if !alone.useless.is_empty() {
        for (name, loaded) in &alone.useless {
            note(&format!("no value of the axis `{name}` can be used:\n"));
            note(&scenario::render(&loaded.diagnostics, &loaded.sources, stderr_colour()));
            note(&more_on(loaded));
        }
        return Err(Exit::Usage);
    }
    if !request.given.quiet {
        doubts(&alone.doubtful);
    }
    let figures = Figure::all(&scenario.plan).iter().map(|figure| figure.name(&scenario.plan)).collect();
    let is_varied = |key: &str| axes.iter().any(|axis| axis.name == key);
    let horizon_s = (!is_varied("horizon")).then(|| scenario.plan.horizon.as_secs_f64());
    let head = SweepHeader {
        windtunnel_version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario.name.clone(),
        scenario_sha256: scenario.sha256.clone(),
        overrides: overrides.clone(),
        seed: scenario.seed,
        checks: judged,
        unjudged,
        files: shelf.contents(),
        axes,
        points,
        replications,
        budget: request.max_requests,
        figures,
        assumptions: scenario.assumptions(),
        not_priced: scenario.not_priced.clone(),
        unpriced: scenario.unpriced().items,
        region: scenario.region.clone(),
        horizon_s,
    };
    Ok(Planned { head, shelf, source, overrides, seed: request.given.seed })
}

fn doubts(doubtful: &[String]) {
    for text in doubtful.iter().take(MOST_DOUBTS) {
        note(&format!("note: {text}; points with it may be rows with an error\n"));
    }
    let more = doubtful.len().saturating_sub(MOST_DOUBTS);
    if more > 0 {
        note(&format!("note: and {more} more values that are no scenario alone\n"));
    }
}

/// The axes, and the points made of them: the command line first, then `[sweep]`.
fn axes_and_points(request: &SweepRequest, scenario: &Scenario) -> Result<(Vec<Axis>, Points), Exit> {
    if let Some(path) = &request.points {
        return points_of_file(path);
    }
    let spec = scenario.sweep.as_ref();
    let from_file = spec.map(|spec| spec.axes.clone()).unwrap_or_default();
    let axes = if request.axes.is_empty() { from_file } else { request.axes.clone() };
    if axes.is_empty() {
        let message =
            "there is nothing to vary; give --axis KEY=40..80:5, --points FILE.csv, or a [sweep] table";
        return Err(fail(Exit::Usage, message));
    }
    let mut names: Vec<&str> = axes.iter().map(|axis| axis.name.as_str()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(fail(
            Exit::Usage,
            &format!("there are two axes `{}`; give all its values to one", pair[0]),
        ));
    }
    let points = match (request.latin_hypercube, spec.map(|spec| &spec.design)) {
        (Some(points), _) => Points::LatinHypercube { points },
        (None, Some(points)) if request.axes.is_empty() => points.clone(),
        _ => Points::Grid,
    };
    Ok((axes, points))
}

fn points_of_file(path: &Path) -> Result<(Vec<Axis>, Points), Exit> {
    let bytes = read_bytes(path).map_err(|message| fail(Exit::Usage, &message))?;
    points::points_of(&bytes).map_err(|faults| {
        const MOST: usize = 20;
        for fault in faults.iter().take(MOST) {
            fail(Exit::Usage, &format!("`{}`: {fault}", path.display()));
        }
        if faults.len() > MOST {
            note(&format!("and {} more\n", faults.len() - MOST));
        }
        Exit::Usage
    })
}
