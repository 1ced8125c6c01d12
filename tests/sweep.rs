//! Sweeps: the laws of their points, and that rows survive whatever happens to the program that makes them.

mod cells;
mod design;
mod merged;
mod recipes;
#[cfg(unix)]
mod survival;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::cli::folder;
use crate::program::{Ran, names, windtunnel};

/// A scenario of a few thousand requests a run.
const SMALL: &str = r#"schema = 1
name = "small"
horizon = "20m"
[service.web.traffic]
shape = [{ constant = { rate = 5.0 } }]
[service.web.request]
cpu_time = { exponential = { mean = "100ms" } }
[service.web.scaling]
min_capacity = 2
max_capacity = 4
[checks]
p99_response_time = "< 2s"
"#;

/// Axes of twelve points; with three replications 36 cells.
const AXES: [&str; 5] = [
    "small.toml",
    "--axis",
    "service.web.traffic.shape.0.constant.rate=2..8:2",
    "--axis",
    "service.web.scaling.min_capacity=1,2,3",
];

fn home() -> TempDir {
    folder(&[("small.toml", SMALL.as_bytes())])
}

/// `sweep` with the usual axes and three replications into `out`, and `more` arguments.
fn arguments<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["sweep"];
    arguments.extend(AXES);
    arguments.extend(["--replications", "3", "--quiet", "--out", out]);
    arguments.extend(more);
    arguments
}

fn sweep(home: &Path, out: &str, more: &[&str]) -> Ran {
    windtunnel(home, &arguments(out, more))
}

/// The final files of a folder with their contents: all but what may differ, and what only the sweep itself needs.
fn results(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let own = ["manifest.json", "cells.journal"];
    names(folder)
        .into_iter()
        .filter(|name| !own.contains(&name.as_str()) && !name.starts_with('.'))
        .map(|name| (name.clone(), fs::read(folder.join(name)).unwrap()))
        .collect()
}

#[track_caller]
fn assert_same(folder: &Path, expected: &[(String, Vec<u8>)], what: &str) {
    let found = results(folder);
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&found), names(expected), "{what}");
    for ((name, content), (_, wanted)) in found.iter().zip(expected) {
        assert!(content == wanted, "{what}: {name} differs");
    }
}
