//! Commands that are killed at random instants: what the manifest vouches for is there and whole, and the next command
//! cleans up.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use windtunnel::shell::results::ResultsReader;

use crate::folders::{SMALL, windtunnel};
use crate::random::Random;
use crate::{Fault, Outcome};

/// Whether every file that the manifest lists is the one that was written; `None` where there are no results.
fn vouched(folder: &Path) -> Option<Result<(), String>> {
    let reader = ResultsReader::open(folder, "").ok()?;
    let files = &reader.manifest().outputs;
    Some(files.iter().try_for_each(|output| reader.read(&output.file).map(|_| ())))
}

/// Waits until the command writes its files, or is over.
fn wait_for_files(folder: &Path, child: &mut Child) {
    let is_begun = || {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name()).any(|name| {
            let name = name.to_string_lossy().into_owned();
            name.ends_with(".tmp") && name.contains("summary.json")
        })
    };
    while !is_begun() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(300));
    }
}

pub(crate) fn case(random: &mut Random) -> Outcome {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("small.toml"), SMALL).unwrap();
    let folder = home.path().join("out");
    let many = ["run", "small.toml", "--out", "out", "-q", "--replications", "2"];
    let one = ["run", "small.toml", "--out", "out", "-q", "--seed", "2", "--no-report"];
    let sweep = [
        "sweep",
        "small.toml",
        "--axis",
        "service.web.scaling.max_capacity=3,4",
        "--out",
        "out",
        "-q",
        "--resume",
    ];
    let commands: &[&[&str]] = if random.once_in(2) { &[&many, &one] } else { &[&sweep, &sweep] };
    let mut said = String::new();
    for round in 0..random.between(1, 4) {
        let arguments = commands[usize::from(round % 2 == 1)];
        // At any moment, or while files are written and get their names, which is the shortest part.
        let late = random.below(3) > 0;
        let after = Duration::from_micros(random.between(0, if late { 40_000 } else { 60_000 }));
        let since = if late { "its files were begun" } else { "it began" };
        said += &format!("{} killed {after:?} after {since}\n", arguments.join(" "));
        random.note(said.clone());
        let mut child = windtunnel(home.path(), arguments).spawn().unwrap();
        if late {
            wait_for_files(&folder, &mut child);
        }
        std::thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
        if let Some(Err(message)) = vouched(&folder) {
            return Err(Fault::new(format!("a folder lies: {message}"), said));
        }
    }
    let status = windtunnel(home.path(), commands[0]).status().unwrap();
    if !matches!(status.code(), Some(0 | 1)) {
        return Err(Fault::new(format!("the next command ended with {status}"), said));
    }
    match vouched(&folder) {
        Some(Ok(())) => {}
        other => return Err(Fault::new(format!("after the next command: {other:?}"), said)),
    }
    let left: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".tmp"))
        .collect();
    if left.is_empty() {
        Ok("whole".to_owned())
    } else {
        Err(Fault::new(format!("temporaries stay: {left:?}"), said))
    }
}
