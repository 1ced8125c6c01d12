//! Journals with right checksums that no sweep wrote: heads of no sweep, and rows that are none of theirs.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use windtunnel::shell::journal::Journal;

use crate::cli::folder;
use crate::program::{Ran, windtunnel};

const SWEEP: &str = r#"schema = 1
name = "small"
horizon = "20m"
[service.web.traffic]
shape = [{ constant = { rate = 5.0 } }]
[service.web.request]
cpu_time = "40ms"
[service.web.scaling]
min_capacity = 1
max_capacity = 4
"#;

/// A sweep of two points and two replications in `part`, and the records of its journal.
fn part() -> (TempDir, Vec<String>) {
    let folder = folder(&[("small.toml", SWEEP.as_bytes())]);
    let axis = "service.web.scaling.min_capacity=1,2";
    let arguments = ["sweep", "small.toml", "--axis", axis, "--replications", "2", "-q", "--out", "part"];
    windtunnel(folder.path(), &arguments).exits(0);
    let mut records = Vec::new();
    Journal::open(&folder.path().join("part/cells.journal"), false, |_, text| records.push(text.to_owned()))
        .unwrap();
    assert_eq!(records.len(), 5);
    (folder, records)
}

/// `merge` of a journal with these records.
fn merged(place: &Path, records: &[String], more: &[&str]) -> Ran {
    let _ = fs::remove_dir_all(place.join("made"));
    let _ = fs::remove_dir_all(place.join("out"));
    fs::create_dir(place.join("made")).unwrap();
    let mut journal = Journal::create(&place.join("made/cells.journal"), &records[0]).unwrap();
    records[1..].iter().for_each(|record| {
        journal.append(record).unwrap();
    });
    windtunnel(place, &[&["merge", "made", "-q", "--out", "out"], more].concat())
}

#[test]
fn a_head_of_no_sweep_is_refused_before_anything_of_its_size_is_made() {
    let (folder, records) = part();
    let head: Value = serde_json::from_str(&records[0]).unwrap();
    let axis = |name: usize, values: usize| {
        let values: Vec<Value> =
            (0..values).map(|v| json!({ "label": v.to_string(), "overrides": [] })).collect();
        json!({ "name": format!("k{name}"), "values": values })
    };
    let wide: Vec<Value> = (0..20).map(|name| axis(name, 100)).collect();
    let many: Vec<Value> = (0..200).map(|name| axis(name, 1)).collect();
    let latin = |points: u64| json!({ "latin_hypercube": { "points": points } });
    for (pointer, value, said) in [
        ("/shard/count", json!(0), "there is no shard 0 (from 0) of 0"),
        ("/shard/index", json!(7), "there is no shard 7 (from 0) of 1"),
        ("/shard/count", json!(u64::MAX), "there is no shard 0 (from 0) of 18446744073709551615"),
        ("/head/replications", json!(u32::MAX), "4294967295 replications, and 1 to 100000"),
        ("/head/replications", json!(0), "0 replications"),
        ("/head/points", latin(1_000_000_000), "1000000000 points, and 1 to 1000000"),
        ("/head/axes", json!(wide), "and at most 1000000000 are possible"),
        ("/head/axes", json!([]), "0 axes"),
        ("/head/axes/0/values", json!([]), "has no values"),
        ("/head/points", json!({ "list": { "rows": [[0], []] } }), "point 1 does not have one known value"),
        ("/head/points", json!({ "list": { "rows": [[2], [0]] } }), "point 0 does not have one known value"),
        ("/head/seed", json!(-1), "expected u64"),
        ("/format", json!("windtunnel-sweep-2"), "has the form `windtunnel-sweep-2`"),
    ] {
        let mut bad = head.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        let records = [&[bad.to_string()], &records[1..]].concat();
        for more in [&[][..], &["--allow-missing"]] {
            let ran = merged(folder.path(), &records, more).exits(2);
            assert!(
                ran.stderr.contains(said) && ran.stderr.contains("cells.journal"),
                "{said}: {}",
                ran.stderr
            );
            assert!(!ran.stderr.contains("another build"), "this one wrote it: {}", ran.stderr);
        }
    }
    // Two hundred axes of a million points.
    let mut bad = head.clone();
    (bad["head"]["axes"], bad["head"]["points"]) = (json!(many), latin(1_000_000));
    let ran = merged(folder.path(), &[bad.to_string()], &["--allow-missing"]).exits(2);
    assert!(ran.stderr.contains("200000000 values"), "{}", ran.stderr);
    let ran = merged(folder.path(), &["{".to_owned()], &[]).exits(2);
    assert!(ran.stderr.contains("no journal of a sweep"), "{}", ran.stderr);
}

#[test]
fn a_larger_sweep_than_was_asked_for_is_not_put_together() {
    let (folder, records) = part();
    let mut head: Value = serde_json::from_str(&records[0]).unwrap();
    head["head"]["points"] = json!({ "latin_hypercube": { "points": 600_000 } });
    let records = [&[head.to_string()], &records[1..]].concat();
    let ran = merged(folder.path(), &records, &["--allow-missing"]).exits(2);
    assert!(ran.stderr.contains("1200000 runs") && ran.stderr.contains("--max-points"), "{}", ran.stderr);
    let ran = merged(folder.path(), &records, &["--max-points", "2000000"]).exits(2);
    assert!(ran.stderr.contains("has 4 of 1200000 rows"), "{}", ran.stderr);
}

#[test]
fn a_row_that_is_none_of_its_sweep_is_named_and_nothing_is_made() {
    let (folder, records) = part();
    let cells: Vec<String> = records[1].split('\t').map(str::to_owned).collect();
    let with = |at: usize, text: &str| {
        let mut cells = cells.clone();
        text.clone_into(&mut cells[at]);
        cells.join("\t")
    };
    let figures: Vec<&str> = cells[6].split(' ').collect();
    let count = figures.len();
    for (row, said) in [
        (with(6, &figures[3..].join(" ")), format!("{} figures, and the sweep {count}", count - 3)),
        (with(6, &format!("{} 1 2 3", cells[6])), format!("{} figures, and the sweep {count}", count + 3)),
        (with(1, "77"), "its seed is 77".to_owned()),
        (with(0, "4"), "of cell 4, and the sweep has 4 cells".to_owned()),
        (with(0, "18446744073709551615"), "the sweep has 4 cells".to_owned()),
        ("gibberish".to_owned(), "it cannot be read".to_owned()),
    ] {
        let records = [&records[..1], &[row], &records[2..]].concat();
        let ran = merged(folder.path(), &records, &[]).exits(2);
        assert!(ran.stderr.contains(&said) && ran.stderr.contains("(line 2)"), "{said}: {}", ran.stderr);
        assert!(!folder.path().join("out").exists());
    }
    // Numbers of requests that are more than 64 bits together are added up all the same.
    let full: Vec<String> = records[1..]
        .iter()
        .map(|row| {
            let mut cells: Vec<&str> = row.split('\t').collect();
            cells[3] = "18446744073709551615";
            cells.join("\t")
        })
        .collect();
    merged(folder.path(), &[&records[..1], &full].concat(), &[]).exits(0);
    let summary = fs::read_to_string(folder.path().join("out/summary.json")).unwrap();
    assert!(summary.contains("\"requests\": 7.37869762948382"), "{summary}");
    // A seed that an axis sets is one of the sweep's.
    let arguments = ["sweep", "small.toml", "--axis", "seed=3,4", "-q", "--out", "seeds"];
    windtunnel(folder.path(), &arguments).exits(0);
    windtunnel(folder.path(), &[&arguments[..], &["--resume"]].concat()).exits(0);
}
