//! Ended from outside at any moment: a file under its final name is always a whole one, of this run or of the last.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::small;
use crate::program::{command, names, windtunnel};

/// Final files with their contents; temporaries begin with a dot.
fn final_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let is_final = |name: &String| !name.starts_with('.') && name != "manifest.json";
    names(folder)
        .into_iter()
        .filter(is_final)
        .map(|name| (name.clone(), fs::read(folder.join(name)).unwrap()))
        .collect()
}

#[test]
fn a_killed_run_leaves_only_whole_files() {
    let folder = small();
    let run = |seed: &'static str, out: &'static str| {
        windtunnel(folder.path(), &["run", "small.toml", "--seed", seed, "--out", out]).exits(0);
        final_files(&folder.path().join(out))
    };
    let (one, two) = (run("1", "one"), run("2", "two"));
    for milliseconds in 0..25 {
        let arguments = ["run", "small.toml", "--seed", "2", "--out", "one"];
        let mut child =
            command(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
        for (index, file) in final_files(&folder.path().join("one")).into_iter().enumerate() {
            assert!(file == one[index] || file == two[index], "{} after {milliseconds} ms", file.0);
        }
    }
    assert!(run("2", "one") == two);
}

/// The signal that ends a run: SIGINT, or SIGTERM where whoever started these tests has them ignore SIGINT (as a shell
/// does for what it runs in the background), for children inherit that.
fn interruption() -> (&'static str, i32) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    if ignored & (1 << (2 - 1)) == 0 { ("-INT", 2) } else { ("-TERM", 15) }
}

#[test]
fn an_interrupted_run_ends_at_once_as_interrupted_and_without_results() {
    let folder = small();
    let arguments = [
        "run",
        "small.toml",
        "--out",
        "out",
        "--set",
        "horizon=1000h",
        "--set",
        "service.web.traffic.shape.0.constant.rate=80",
    ];
    let mut child =
        command(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // The folder is made before the run begins; how soon that is depends on the machine.
    let out = folder.path().join("out");
    for _ in 0..200 {
        if out.is_dir() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(100));
    let (name, number) = interruption();
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130), "signal {number}");
    assert!(names(&out).is_empty(), "neither results nor temporaries");
}
