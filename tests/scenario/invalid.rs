//! Every diagnostic code has a scenario that gives exactly it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use windtunnel::scenario::{CODES, Loaded, Severity, Source, diagnostics_json, load, render};

use super::{Folder, scenarios};

fn invalid() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(scenarios().join("invalid"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    paths
}

fn load_file(path: &PathBuf) -> Loaded {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let overrides: Vec<String> =
        text.lines().filter_map(|line| line.strip_prefix("# --set ")).map(str::to_owned).collect();
    load(&Source { name, text }, &overrides, None, &mut Folder(scenarios().join("invalid")))
}

#[test]
fn every_invalid_scenario_gives_exactly_the_code_in_its_name() {
    let mut wrong = Vec::new();
    for path in invalid() {
        let loaded = load_file(&path);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let found: BTreeSet<&str> = loaded.diagnostics.iter().map(|d| d.code).collect();
        if found != BTreeSet::from([&name[..5]]) {
            wrong.push(format!("{name}: {found:?}\n{}", render(&loaded.diagnostics, &loaded.sources, false)));
        }
        let is_error = name.starts_with("WT0");
        assert_eq!(loaded.scenario.is_none(), is_error, "{name}");
        assert!(loaded.diagnostics.iter().all(|d| (d.severity == Severity::Error) == is_error), "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_an_invalid_scenario() {
    let shown: BTreeSet<String> =
        invalid().iter().map(|path| path.file_name().unwrap().to_string_lossy()[..5].to_owned()).collect();
    for code in CODES {
        assert!(shown.contains(code.code), "{} has no scenario", code.code);
    }
    assert_eq!(shown.len(), CODES.len());
}

#[test]
fn every_diagnostic_renders_with_its_code_and_place_in_text_and_json() {
    for path in invalid() {
        let loaded = load_file(&path);
        let plain = render(&loaded.diagnostics, &loaded.sources, false);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(plain.contains(&format!("[{}]", &name[..5])), "{plain}");
        assert!(!plain.contains('\u{1b}'), "{name}: plain text has an escape");
        assert!(render(&loaded.diagnostics, &loaded.sources, true).contains('\u{1b}'), "{name}");
        let json = serde_json::to_value(diagnostics_json(&loaded.diagnostics)).unwrap();
        assert_eq!(json["diagnostics"][0]["code"], name[..5]);
        for diagnostic in &loaded.diagnostics {
            let place = diagnostic.primary.as_ref().unwrap_or_else(|| panic!("{name}: no place\n{plain}"));
            assert!(
                place.line > 0 && plain.contains(&format!("{}:{}:", place.source, place.line)),
                "{plain}"
            );
        }
    }
}

#[test]
fn a_trace_diagnostic_names_the_file_and_its_line() {
    let loaded = load_file(&scenarios().join("invalid/WT043-out-of-order.toml"));
    let places: Vec<String> = loaded
        .diagnostics
        .iter()
        .map(|d| d.primary.as_ref().map(|label| format!("{}:{}", label.source, label.line)).unwrap())
        .collect();
    assert_eq!(places, ["data/out-of-order.csv:4", "data/out-of-order.csv:5", "data/out-of-order.csv:6"]);
}

#[test]
fn a_misspelt_key_is_shown_with_its_line_and_the_right_one() {
    let loaded = load_file(&scenarios().join("invalid/WT004-misspelt-key.toml"));
    let text = render(&loaded.diagnostics, &loaded.sources, false);
    assert!(text.contains("error[WT004]"), "{text}");
    assert!(text.contains("desired_cuont = 3") && text.contains("^^^^^^^^^^^^^"), "{text}");
    assert!(text.contains("write `desired_count`"), "{text}");
}
