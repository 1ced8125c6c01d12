//! Kills, interruptions, full disks and other processes: rows that were finished stay, and going on ends with the bytes
//! of a sweep that nothing happened to.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use windtunnel::shell::cells::Cells;
use windtunnel::shell::results::ResultsReader;

use super::{arguments, assert_same, home, results, sweep};
use crate::program::{command, finish};

/// A longer sweep, so that there is time to disturb it.
const LONG: [&str; 4] = ["--set", "horizon=4h", "--replications", "4"];

fn long<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments: Vec<&str> =
        arguments(out, &[]).into_iter().filter(|a| !["--replications", "3"].contains(a)).collect();
    arguments.extend(LONG);
    arguments.extend(more);
    arguments
}

fn spawn(home: &Path, arguments: &[&str]) -> std::process::Child {
    command(home, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn finished(folder: &Path) -> u64 {
    Cells::open(folder, false).map_or(0, |(cells, ..)| cells.finished())
}

/// Waits until some rows are there; a sweep that never gets so far is a failure of its own.
fn wait_for_rows(folder: &Path) {
    for _ in 0..1_000 {
        if finished(folder) >= 2 {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("no rows after five seconds");
}

#[test]
fn a_journal_cut_at_any_byte_loses_the_rows_behind_the_cut_only() {
    let home = home();
    sweep(home.path(), "out", &[]).exits(0);
    let folder = home.path().join("out");
    let journal = Cells::path(&folder);
    let whole = fs::read(&journal).unwrap();
    let ends: Vec<usize> =
        whole.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at + 1).collect();
    let rows = ends.len() - 1;
    let last = ends[ends.len() - 4]..=whole.len();
    let middle = ends[ends.len() / 2]..=ends[ends.len() / 2 + 1];
    for cut in last.chain(middle) {
        fs::write(&journal, &whole[..cut]).unwrap();
        let (cells, _, torn) = Cells::open(&folder, true).unwrap();
        let kept = ends.iter().filter(|end| **end <= cut).count() - 1;
        assert_eq!(cells.finished(), kept as u64, "cut at {cut}");
        assert_eq!(cells.missing().len(), rows - kept);
        assert_eq!(fs::metadata(&journal).unwrap().len() + torn, cut as u64);
    }
}

#[test]
fn a_sweep_resumed_after_any_cut_ends_with_the_same_bytes() {
    let home = home();
    sweep(home.path(), "out", &[]).exits(0);
    let folder = home.path().join("out");
    let expected = results(&folder);
    let whole = fs::read(Cells::path(&folder)).unwrap();
    let head = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for step in 0..8 {
        let cut = head + (whole.len() - head) * step / 8 + step;
        fs::write(Cells::path(&folder), &whole[..cut]).unwrap();
        for (name, _) in &expected {
            fs::remove_file(folder.join(name)).unwrap();
        }
        sweep(home.path(), "out", &["--resume"]).exits(0);
        assert_same(&folder, &expected, &format!("cut at {cut}"));
    }
}

#[test]
fn a_sweep_killed_at_any_moment_is_resumed_to_the_same_bytes() {
    let home = home();
    finish(&mut command(home.path(), &long("whole", &[]))).exits(0);
    let expected = results(&home.path().join("whole"));
    let folder = home.path().join("out");
    let mut kills = 0;
    // Each time a little later, wherever that is: before the journal, between rows, among the final files.
    for round in 0..14_u64 {
        let mut child = spawn(home.path(), &long("out", &["--resume"]));
        std::thread::sleep(Duration::from_millis(3 + round * 9 % 70));
        kills += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        // Whatever was being given its name: the manifest says that all is there, or that it is not.
        if ResultsReader::open(&folder, "").is_ok() {
            assert_same(&folder, &expected, "what the manifest vouches for is whole");
            fs::remove_dir_all(&folder).unwrap();
        }
    }
    assert!(kills > 0, "every sweep ended before it was killed");
    finish(&mut command(home.path(), &long("out", &["--resume"]))).exits(0);
    assert_same(&folder, &expected, "after the last kill");
}

#[test]
fn an_interrupted_sweep_keeps_its_rows_and_says_how_to_go_on() {
    let home = home();
    let slow = ["--set", "service.web.request.cpu_time=1ms", "--set", "horizon=2000h"];
    let arguments = long("out", &slow);
    let folder = home.path().join("out");
    // Whoever started these tests may have them ignore SIGINT, which children inherit; SIGTERM does the same.
    let child =
        command(home.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    for _ in 0..1_000 {
        if Cells::path(&folder).exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(stderr.contains("partial") && stderr.contains("/48") && stderr.contains("--resume"), "{stderr}");
    assert!(results(&folder).is_empty(), "no final file pretends");
}

#[test]
fn a_second_sweep_on_the_same_folder_is_refused_at_once() {
    let home = home();
    let slow = ["--set", "horizon=2000h"];
    let mut child = spawn(home.path(), &long("out", &slow));
    let folder = home.path().join("out");
    for _ in 0..1_000 {
        if Cells::path(&folder).exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    for more in ["--resume", "--overwrite"] {
        let ran = finish(&mut command(home.path(), &long("out", &["--set", "horizon=2000h", more]))).exits(2);
        assert!(ran.stderr.contains("another windtunnel is writing into"), "{}", ran.stderr);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // The lock of a dead process holds nobody up.
    sweep(home.path(), "out", &["--overwrite"]).exits(0);
}

#[test]
fn a_folder_with_rows_is_neither_overwritten_nor_mixed_with_another_sweep() {
    let home = home();
    let mut child = spawn(home.path(), &long("out", &["--set", "horizon=40h"]));
    wait_for_rows(&home.path().join("out"));
    child.kill().unwrap();
    child.wait().unwrap();
    let kept = finished(&home.path().join("out"));
    let ran = sweep(home.path(), "out", &[]).exits(2);
    assert!(ran.stderr.contains("unfinished sweep") && ran.stderr.contains("--resume"), "{}", ran.stderr);
    let ran = sweep(home.path(), "out", &["--resume", "--seed", "5"]).exits(2);
    assert!(ran.stderr.contains("differs in") && ran.stderr.contains("the seed"), "{}", ran.stderr);
    assert_eq!(finished(&home.path().join("out")), kept);
    sweep(home.path(), "out", &["--overwrite"]).exits(0);
    let ran = sweep(home.path(), "out", &[]).exits(2);
    assert!(ran.stderr.contains("a finished sweep (36 of 36 rows)"), "{}", ran.stderr);
}

#[test]
fn a_changed_file_beside_the_scenario_is_noticed() {
    let trace = |value: u32| format!("time_s,requests\n0,{value}\n60,{value}\n120,{value}\n");
    let home = crate::cli::folder(&[
        ("replay.toml", crate::cli::REPLAY.as_bytes()),
        ("t.csv", trace(50).as_bytes()),
    ]);
    let run = |more: &[&str]| {
        let base = [
            "sweep",
            "replay.toml",
            "--axis",
            "service.web.scaling.min_capacity=1,2",
            "--quiet",
            "--out",
            "out",
        ];
        finish(&mut command(home.path(), &[&base[..], more].concat()))
    };
    run(&[]).exits(0);
    run(&["--resume"]).exits(0);
    fs::write(home.path().join("t.csv"), trace(51)).unwrap();
    let ran = run(&["--resume"]).exits(2);
    assert!(ran.stderr.contains("a file that the scenario reads"), "{}", ran.stderr);
}

#[test]
fn a_full_disk_ends_the_sweep_and_what_was_finished_goes_on_later() {
    let home = home();
    sweep(home.path(), "whole", &[]).exits(0);
    let expected = results(&home.path().join("whole"));
    let journal = fs::metadata(Cells::path(&home.path().join("whole"))).unwrap().len();
    // No file may grow beyond a limit, in blocks of 512 or 1024 bytes as the shell has it; the signal that comes with it
    // is ignored, so that the write fails as on a full disk.
    let blocks = journal / 1024 / 2 * 2 - 2;
    let program = env!("CARGO_BIN_EXE_windtunnel");
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", blocks / 2 * 2);
    let limited = |more: &[&str]| {
        let mut command = Command::new("sh");
        command.current_dir(home.path()).args(["-c", &script, program]).args(arguments("out", more));
        finish(&mut command)
    };
    let ran = limited(&[]).exits(3);
    assert!(ran.stderr.contains("cells.journal") && ran.stderr.contains("--resume"), "{}", ran.stderr);
    let folder = home.path().join("out");
    assert!(results(&folder).is_empty(), "{:?}", crate::program::names(&folder));
    let kept = finished(&folder);
    assert!(kept > 0 && kept < 36, "{kept}");
    limited(&["--resume"]).exits(3);
    sweep(home.path(), "out", &["--resume"]).exits(0);
    assert_same(&folder, &expected, "after the disk had room again");
}
