//! Folders of runs in which a number is one that no run writes: a sentence or a verdict, never a panic, and no memory
//! that a number asked for.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::folder;
use crate::gate::{CHECKS, rising};
use crate::program::{Ran, reseal, windtunnel};

/// The folders of one run and of several.
fn runs() -> TempDir {
    let folder = folder(&[("web.toml", rising("web", CHECKS).as_bytes())]);
    for (out, more) in [("one", &[][..]), ("many", &["--replications", "2"])] {
        windtunnel(folder.path(), &[&["run", "web.toml", "--no-report", "-q", "--out", out], more].concat())
            .exits(1);
    }
    folder
}

/// The paths to the numbers of a document, and to texts that are numbers; of a list those of its first entry.
fn numbers(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                numbers(value, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            items.iter().take(1).for_each(|item| numbers(item, &format!("{path}/0"), found))
        }
        Value::Number(_) => found.push(path.to_owned()),
        Value::String(text) if text.parse::<f64>().is_ok() => found.push(path.to_owned()),
        _ => {}
    }
}

fn commands(place: &Path, run: &str) -> Vec<Ran> {
    [
        &["report", run][..],
        &["check", run, "-q"],
        &["check", "web.toml", "-q", "--replications", "2", "--baseline", run],
    ]
    .map(|arguments| windtunnel(place, arguments))
    .into()
}

/// Neither a panic nor the end of memory: an exit code of the documented ones.
#[track_caller]
fn ends_in_words(ran: &Ran, what: &str) {
    let is_known = matches!(ran.code, Some(0..=2));
    assert!(is_known && !ran.is_of_a_bug(), "{what}: {:?} {}", ran.code, ran.stderr);
}

/// Replaces a file of a folder, with a manifest that vouches for it: whoever makes a folder up can do that too.
fn replace(file: &Path, content: impl AsRef<[u8]>) {
    fs::write(file, content).unwrap();
    reseal(file.parent().unwrap());
}

/// Puts a number of a folder's document to `bad`.
fn put(file: &Path, pointer: &str, bad: &Value) {
    let mut document: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let place = document.pointer_mut(pointer).unwrap();
    *place = if place.is_string() { Value::String(bad.to_string()) } else { bad.clone() };
    replace(file, document.to_string());
}

#[test]
fn no_number_of_a_folder_ends_the_program() {
    let folder = runs();
    let place = folder.path();
    for (run, name) in [("one", "summary.json"), ("many", "estimates.json")] {
        let file = place.join(run).join(name);
        let whole = fs::read(&file).unwrap();
        let mut paths = Vec::new();
        numbers(&serde_json::from_slice(&whole).unwrap(), "", &mut paths);
        assert!(paths.len() > 20, "{paths:?}");
        for path in &paths {
            for bad in [Value::from(u64::MAX), Value::from(1e300)] {
                put(&file, path, &bad);
                let ran = &commands(place, run)[usize::from(path.len() % 3 == 0)..];
                ran.iter().for_each(|ran| ends_in_words(ran, &format!("{path} of {name} = {bad}")));
            }
            replace(&file, &whole);
        }
    }
}

#[test]
fn a_horizon_that_no_run_has_is_refused_by_its_key() {
    let folder = runs();
    for bad in ["1e300", "-5", "0", "157788001"] {
        put(&folder.path().join("one/summary.json"), "/scenario/horizon_s", &bad.parse().unwrap());
        for arguments in [&["report", "one"][..], &["check", "one", "-q"]] {
            let ran = windtunnel(folder.path(), arguments).exits(2);
            assert!(ran.stderr.contains("`horizon_s`") && ran.stderr.contains("157788000"), "{}", ran.stderr);
        }
    }
}

#[test]
fn counts_that_together_are_more_than_64_bits_are_judged_and_shown() {
    let folder = runs();
    let file = folder.path().join("one/summary.json");
    for (table, key) in [("scaling", "scale_out"), ("scaling", "scale_in"), ("tasks", "started")] {
        put(&file, &format!("/services/web/{table}/{key}"), &Value::from(u64::MAX));
    }
    windtunnel(folder.path(), &["check", "one", "-q"]).exits(1);
    windtunnel(folder.path(), &["report", "one"]).exits(0);
    let page = fs::read_to_string(folder.path().join("one/report.html")).unwrap();
    assert!(page.contains("18446744073709551615 out"), "the tile of what scaled");
}

#[test]
fn a_number_of_runs_asks_for_no_memory() {
    let folder = runs();
    let file = folder.path().join("many/estimates.json");
    for (name, share) in [("web.time_to_capacity_s", 0.5), ("web.short_of_capacity_at_the_end", 0.25)] {
        let mut document: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let figure = document["figures"].as_object_mut().unwrap();
        let has = figure.keys().cloned().collect::<Vec<_>>();
        let place = figure.get_mut(name).unwrap_or_else(|| panic!("{name} is none of {has:?}"));
        *place = serde_json::json!({ "value": share, "half_width": 0.1, "runs": 1_000_000_000_000_u64 });
        replace(&file, document.to_string());
    }
    // Another check than the run had, so that the figure is judged and not the run's own verdict repeated.
    fs::write(folder.path().join("more.toml"), "[checks]\ntime_to_capacity = \"< 20m\"\n").unwrap();
    let ran = windtunnel(folder.path(), &["check", "many", "-q", "--checks", "more.toml"]);
    ends_in_words(&ran, "many");
    assert!(ran.stdout.contains("in 250000000000 of 1000000000000 runs"), "{}", ran.stdout);
}

#[test]
fn no_cell_of_a_sheet_ends_the_program() {
    let folder = runs();
    let place = folder.path();
    for name in ["timeline.csv", "decisions.csv", "evaluations.csv", "tasks.csv"] {
        let file = place.join("one").join(name);
        let whole = fs::read_to_string(&file).unwrap();
        let mut reader = csv::Reader::from_reader(whole.as_bytes());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        for column in 0..header.len() {
            for bad in ["18446744073709551615", "1e300", "-1e300", "NaN"] {
                let mut writer = csv::Writer::from_writer(Vec::new());
                writer.write_record(&header).unwrap();
                for (number, row) in rows.iter().enumerate() {
                    // Two rows of it, so that a sum of them has to be more than one can be.
                    let is_bad =
                        number + 2 >= rows.len() || (rows.len() / 2..rows.len() / 2 + 2).contains(&number);
                    let cells = row.iter().enumerate();
                    writer
                        .write_record(cells.map(|(at, cell)| if is_bad && at == column { bad } else { cell }))
                        .unwrap();
                }
                replace(&file, writer.into_inner().unwrap());
                for arguments in [&["why", "one"][..], &["why", "one", "--at", "20m"], &["report", "one"]] {
                    let what = format!("{bad} in {} of {name}", &header[column]);
                    ends_in_words(&windtunnel(place, arguments), &what);
                }
            }
        }
        replace(&file, &whole);
    }
}
