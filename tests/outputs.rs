//! What commands write for other programs: every output against its JSON Schema, the bill under FOCUS's names, the
//! decision log in AWS's shape.

mod aws;
mod focus;
mod json_schema;
mod parquet;
mod schemas;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::windtunnel;

/// Runs that between them bring about everything that an output can say.
fn results() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(make).path()
}

fn make() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shipped = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let scenario = |name: &str| shipped.join(name).display().to_string();
    let run = |arguments: &[&str]| {
        let out = windtunnel(folder.path(), arguments);
        assert!(matches!(out.code, Some(0 | 1)), "{arguments:?}: {}", out.stderr);
        out.stdout
    };
    let target = "service.web.scaling.target_tracking.cpu.target_value";
    let variant = format!("faster: {target}=50");
    let fluid = ["--set", "horizon=90m", "--set", "fidelity=fluid", "--quiet"];
    let axis = format!("{target}=40..60:10");
    let web = scenario("web.toml");
    let short = ["--set", "horizon=2h", "--quiet"];
    let with = |head: &[&str]| run(&[head, &short].concat());
    for name in ["crash-loop", "retry-storm", "rough-day", "trace-replay", "step-70-30", "flash-sale"] {
        run(&["run", &scenario(&format!("{name}.toml")), "--quiet", "--out", name]);
    }
    let schedule = scenario("weekday-schedule.toml");
    run(&["run", &schedule, "--set", "horizon=1d", "--quiet", "--out", "weekday-schedule"]);
    run(&[&["run", &web, "--replications", "2", "--out", "fluid"][..], &fluid].concat());
    with(&[
        "run",
        &web,
        "--until",
        "p99_response_time ±20%",
        "--max-replications",
        "12",
        "--set",
        "checks.cost_change=<= 5%",
        "--out",
        "many",
    ]);
    with(&["compare", &web, "--variant", &variant, "--replications", "3", "--out", "compare"]);
    run(&[&["compare", &web, "--variant", &variant, "--out", "compare-fluid"][..], &fluid].concat());
    with(&["sweep", &web, "--axis", &axis, "--replications", "2", "--out", "sweep"]);
    let broken = format!("{target}=50,-1");
    windtunnel(folder.path(), &["sweep", &web, "--axis", &broken, "--quiet", "--out", "broken"]);
    with(&["optimize", &web, "--axis", &axis, "--out", "optimize"]);
    fs::write(folder.path().join("bills.csv"), "month,usd\n2026-03,260\n2026-04,250\n").unwrap();
    run(&[
        "forecast",
        &web,
        "--months",
        "3",
        "--replications",
        "5",
        "--actuals",
        "bills.csv",
        "--quiet",
        "--out",
        "forecast",
    ]);
    run(&[
        "forecast",
        &web,
        "--months",
        "2",
        "--replications",
        "3",
        "--growth",
        "300%/month",
        "--quiet",
        "--out",
        "growth",
    ]);
    let head = "service.web.scaling.min_capacity=3";
    let changed = ["--set", "horizon=1h", "--replications", "3", "--quiet", "--format", "json"];
    let checked = run(&[&["check", &web, "--baseline", "many"][..], &changed].concat());
    fs::write(folder.path().join("check"), checked).unwrap();
    run(&["run", &web, "--set", head, "--set", "horizon=1h", "--quiet", "--out", "head"]);
    let differing = run(&[&["diff", &web, "head"][..], &changed].concat());
    fs::write(folder.path().join("diff"), differing).unwrap();
    let invalid = shipped.join("invalid/WT004-misspelt-key.toml").display().to_string();
    let found = windtunnel(folder.path(), &["validate", "--format", "json", &invalid]).exits(2).stdout;
    fs::write(folder.path().join("diagnostics"), found).unwrap();
    folder
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Every file below the results, with its path relative to them.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
