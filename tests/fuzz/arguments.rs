//! Arguments at random, given to the program itself: it ends with a documented code, without a panic, and says on one of its
//! streams what was wrong.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::OnceLock;

use crate::folders::{SMALL, windtunnel};
use crate::random::Random;
use crate::{Fault, Outcome};

/// Words that mean something to some command.
const WORDS: [&str; 46] = [
    "run",
    "validate",
    "check",
    "compare",
    "diff",
    "sweep",
    "optimize",
    "forecast",
    "why",
    "report",
    "merge",
    "schema",
    "init",
    "explain",
    "prices",
    "completions",
    "man",
    "parquet",
    "small.toml",
    "out",
    "gone",
    "--set",
    "--seed",
    "--out",
    "--axis",
    "--variant",
    "--replications",
    "--format",
    "--out",
    "--at",
    "--quiet",
    "--no-report",
    "--resume",
    "--overwrite",
    "--shard",
    "--months",
    "--growth",
    "--from",
    "--checks",
    "--baseline",
    "--until",
    "--warmup",
    "--strict",
    "--service",
    "--help",
    "-q",
];

/// Values that some option takes, or nearly.
const VALUES: [&str; 32] = [
    "horizon=1m",
    "horizon=",
    "=",
    "service.web.scaling.max_capacity=3",
    "service.web.scaling.max_capacity=1..3:1",
    "seed=1..2:1",
    "seed=-170141183460469231731687303715884105728..0:1",
    "x: horizon=1m",
    "1",
    "0",
    "2",
    "-1",
    "18446744073709551616",
    "nan",
    "1e999",
    "json",
    "markdown",
    "csv",
    "09:54",
    "1m",
    "1/2",
    "0/0",
    "3/2",
    "4%/month",
    "9999-12",
    "mean=1%",
    "auto",
    "",
    "\u{202e}",
    "../x",
    "flash-sale",
    "WT004",
];

fn home() -> &'static PathBuf {
    static HOME: OnceLock<PathBuf> = OnceLock::new();
    HOME.get_or_init(|| {
        let home = tempfile::tempdir().unwrap().keep();
        fs::write(home.join("small.toml"), SMALL).unwrap();
        windtunnel(&home, &["run", "small.toml", "--out", "out", "-q"]).status().unwrap();
        home
    })
}

pub(crate) fn case(random: &mut Random) -> Outcome {
    let mut arguments: Vec<&str> = vec![random.pick(&WORDS[..18])];
    for _ in 0..random.below(7) {
        arguments.push(if random.once_in(2) { random.pick(&WORDS) } else { random.pick(&VALUES) });
    }
    // What runs, runs briefly; what writes, writes into a folder that does not stay.
    let place = tempfile::tempdir_in(home()).unwrap();
    fs::copy(home().join("small.toml"), place.path().join("small.toml")).unwrap();
    let command = arguments[0];
    if ["run", "compare", "sweep", "optimize", "forecast", "check", "diff", "validate"].contains(&command) {
        arguments.extend(["--set", "horizon=1m"]);
    }
    if command == "forecast" && !arguments.iter().any(|word| ["--months", "--replications"].contains(word)) {
        arguments.extend(["--months", "1", "--replications", "2"]);
    }
    random.note(arguments.join(" "));
    let output = windtunnel(place.path(), &arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let shown = format!("windtunnel {}\n{said}", arguments.join(" "));
    let code = output.status.code();
    if !matches!(code, Some(0..=4)) || said.contains("panicked") {
        return Err(Fault::new(format!("{command} ended with {code:?}"), shown));
    }
    if code == Some(2) && said.trim().is_empty() && output.stdout.is_empty() {
        return Err(Fault::new(format!("{command} said nothing of what was wrong"), shown));
    }
    let left: Vec<String> = walk(place.path()).into_iter().filter(|name| name.ends_with(".tmp")).collect();
    if !left.is_empty() {
        return Err(Fault::new(format!("{command} left {left:?}"), shown));
    }
    Ok(format!("{command} {code:?}"))
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        names.push(path.display().to_string());
        if path.is_dir() {
            names.extend(walk(&path));
        }
    }
    names
}
