//! What commands write for other programs: every output against its JSON Schema, the bill under FOCUS's names, the
//! decision log in AWS's shape.

mod aws;
mod focus;
mod parquet;
mod round_trips;
mod schemas;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{shipped, windtunnel};

/// Runs that between them bring about everything that an output can say.
fn results() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(make).path()
}

fn make() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    for name in ["crash-loop", "retry-storm", "rough-day", "trace-replay", "step-70-30", "flash-sale"] {
        said(place, &format!("run {name} --quiet --out {name}"));
    }
    said(place, "run weekday-schedule --set horizon=1d --quiet --out weekday-schedule");
    said(place, "run web --replications 2 --set horizon=90m --set fidelity=fluid --quiet --out fluid");
    let full = "--set service.orchestrator.scaling.max_capacity=20 --set fidelity=fluid";
    said(place, &format!("run flash-sale {full} --quiet --out full"));
    let until = "--until p99_response_time_±20% --max-replications 12 --set checks.cost_change=<=_5%";
    said(place, &format!("run web {until} --set horizon=2h --quiet --out many"));
    experiments(place);
    gaps(place);
    fs::write(
        place.join("check"),
        said(place, "check web --baseline many --set horizon=1h --quiet --format json"),
    )
    .unwrap();
    said(place, "run web --set service.web.scaling.min_capacity=5 --set horizon=1h --quiet --out head");
    let difference = said(place, "diff web head --set horizon=1h --replications 3 --quiet --format json");
    fs::write(place.join("diff"), difference).unwrap();
    let invalid = shipped("scenarios/invalid/WT004-misspelt-key.toml").display().to_string();
    let found = windtunnel(place, &["validate", "--format", "json", &invalid]).exits(2).stdout;
    fs::write(place.join("diagnostics"), found).unwrap();
    folder
}

fn experiments(place: &Path) {
    const TARGET: &str = "service.web.scaling.target_tracking.cpu.target_value";
    let variant = format!("--variant faster:_{TARGET}=50");
    let axis = format!("--axis {TARGET}=40..60:10");
    let short = "--set horizon=2h --quiet";
    said(place, &format!("compare web {variant} --replications 3 {short} --out compare"));
    said(
        place,
        &format!("compare web {variant} --set horizon=90m --set fidelity=fluid --quiet --out compare-fluid"),
    );
    // A fixed number of tasks that costs more than proportional and less than gradual scale-in.
    let fixed = "--variant fixed:_service.orchestrator.scaling.min_capacity=18;service.orchestrator.scaling.max_capacity=18;\
                 service.orchestrator.scaling.desired_count=18";
    said(place, &format!("compare flash-sale {fixed} --set fidelity=fluid --quiet --out flip"));
    said(place, &format!("sweep web {axis} --replications 2 {short} --out sweep"));
    windtunnel(place, &words(&format!("sweep web --axis {TARGET}=50,-1 --quiet --out broken")));
    said(place, &format!("optimize web {axis} {short} --out optimize"));
    fs::write(place.join("bills.csv"), "month,usd\n2026-04,260\n2026-05,250\n").unwrap();
    said(place, "forecast web --months 3 --replications 5 --actuals bills.csv --quiet --out forecast");
    said(place, "forecast web --months 2 --replications 3 --growth 300%/month --quiet --out growth");
}

/// The same where the load balancer has no price, and a comparison with a region where it has one.
fn gaps(place: &Path) {
    let short = "--set horizon=1h --set region=eu-south-1 --quiet";
    said(place, &format!("run web --replications 2 {short} --out gap-run"));
    said(
        place,
        &format!("compare web --variant priced:_region=eu-west-1 --replications 2 {short} --out gap-compare"),
    );
    const TARGET: &str = "service.web.scaling.target_tracking.cpu.target_value";
    said(place, &format!("sweep web --axis {TARGET}=50,60 {short} --out gap-sweep"));
    said(place, &format!("optimize web --axis {TARGET}=50,60 {short} --out gap-optimize"));
    said(
        place,
        &format!("forecast web --months 1 --replications 2 --fidelity fluid {short} --out gap-forecast"),
    );
}

/// The words of a command line: `_` is a space within a word where none is a name, a shipped scenario's name is its path.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in line.split(' ') {
        let before = words.last().map_or("", String::as_str);
        let path = shipped(&format!("scenarios/{word}.toml"));
        words.push(match before {
            "run" | "compare" | "sweep" | "optimize" | "forecast" | "check" | "diff" if path.exists() => {
                path.display().to_string()
            }
            _ => word.replace(":_", ": ").replace("_±", " ±").replace("=_", "= "),
        });
    }
    words
}

/// What a command that ends well, or with a failed check, says.
fn said(place: &Path, line: &str) -> String {
    let ran = windtunnel(place, &words(line));
    assert!(matches!(ran.code, Some(0 | 1)), "{line}: {}", ran.stderr);
    ran.stdout
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

#[test]
fn pages_of_comparisons_and_forecasts_say_both_ends_of_the_scale_in_assumption() {
    let page = |name: &str| fs::read_to_string(results().join(name).join("report.html")).unwrap();
    let comparison = page("flip");
    assert_eq!(comparison.matches("USD with gradual scale-in, ").count(), 1, "of the variant that scales in");
    let sentence = "Which variant is cheaper depends on the scale-in rule (assumptions.tt_scale_in_mode): from the cheapest on, \
                    fixed, flash-sale with gradual scale-in; flash-sale, fixed with proportional.";
    assert!(comparison.contains(sentence));
    assert!(!page("compare").contains("Which variant is cheaper"));
    let forecast = json(&results().join("forecast/forecast.json"));
    assert!(forecast["scale_in_range"]["gradual_usd"].is_string());
    let page = page("forecast");
    assert!(page.contains("On average ") && page.contains(" scale-in (assumptions.tt_scale_in_mode)."));
}
