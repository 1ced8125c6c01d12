//! The small sweep of the benchmark: days of 50 requests/s at several targets, all rows in a fold of their fingerprints.

use windtunnel::experiment::Base;
use windtunnel::experiment::points::{Design, Points};
use windtunnel::experiment::sweep::{Head, Outcome, Runner};
use windtunnel::record::Limits;
use windtunnel::scenario::{Axis, Files, Source};
use windtunnel::shell::files::Folder;

/// Runs `points` targets × `replications` of `horizon`; the requests of all, and a hash that does not depend on the
/// order in which rows were finished.
pub(crate) fn sweep(points: u32, replications: u32, horizon: &str) -> (u64, u64) {
    let source = Source { name: "days.toml".to_owned(), text: include_str!("days.toml").to_owned() };
    let last = 39 + points;
    let axis = format!("service.web.scaling.target_tracking.cpu.target_value=40..{last}:1");
    let axes = [Axis::parse(&axis).expect("a sound axis")];
    let design = Design::new(&axes, &Points::Grid, replications, 1);
    let files = || Box::new(Folder::working()) as Box<dyn Files>;
    let overrides = [format!("horizon={horizon}")];
    let base = Base { source: &source, overrides: &overrides, seed: None, files: &files };
    let head = head(&axes, replications);
    let runner = Runner::new(base, &design, &head, Limits::default());
    let (mut requests, mut hash) = (0_u64, 0_u64);
    runner.run(
        design.cells(),
        |cell| cell,
        |row| {
            let Some(row) = row else { return std::ops::ControlFlow::Continue(()) };
            let Outcome::Done(done) = row.outcome else { panic!("cell {} failed", row.cell) };
            requests += done.requests;
            hash = hash.wrapping_add(done.fingerprint.rotate_left((row.cell % 63) as u32));
            std::ops::ControlFlow::Continue(())
        },
    );
    (requests, hash)
}

/// What a runner takes of the head: the seed, and as many figures as a plan with one service has.
fn head(axes: &[Axis], replications: u32) -> Head {
    Head {
        windtunnel_version: String::new(),
        scenario: String::new(),
        scenario_sha256: String::new(),
        overrides: Vec::new(),
        seed: 1,
        checks: Vec::new(),
        unjudged: Vec::new(),
        files: Vec::new(),
        axes: axes.to_vec(),
        points: Points::Grid,
        replications,
        budget: None,
        figures: vec![String::new(); 30],
        assumptions: std::collections::BTreeMap::new(),
        not_priced: Vec::new(),
        unpriced: Vec::new(),
        region: String::new(),
        horizon_s: None,
    }
}
