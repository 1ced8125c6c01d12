//! Folders whose files are not of one run, and folders of another command than the one that is asked.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{CHECKS, check, rising};
use crate::cli::{folder, small};
use crate::program::{Ran, names, windtunnel};
use windtunnel::results::Manifest;

/// Folders of runs that differ in one thing each: `one` and `many` are the runs that the others are compared with.
fn runs() -> TempDir {
    let folder = folder(&[("web.toml", rising("web", CHECKS).as_bytes())]);
    let many = ["--replications", "3"];
    for (out, more) in [
        ("one", &[][..]),
        ("seed", &["--seed", "9"]),
        ("other", &["--set", "service.web.scaling.max_capacity=9"]),
        ("second", &["--only-replication", "1"]),
        ("many", &many),
        ("more", &["--replications", "4"]),
        ("manyseed", &[many[0], many[1], "--seed", "9"]),
    ] {
        windtunnel(folder.path(), &[&["run", "web.toml", "--out", out, "-q"], more].concat()).exits(1);
    }
    folder
}

/// A copy of the folder `to` with a file of `from` in it.
fn mixed(place: &Path, to: &str, from: &str, file: &str) {
    let mix = place.join("mix");
    let _ = fs::remove_dir_all(&mix);
    fs::create_dir(&mix).unwrap();
    for name in names(&place.join(to)) {
        fs::copy(place.join(to).join(&name), mix.join(&name)).unwrap();
    }
    fs::copy(place.join(from).join(file), mix.join(file)).unwrap();
}

#[test]
fn a_file_of_another_run_is_named_by_whatever_reads_the_folder() {
    let folder = runs();
    let place = folder.path();
    for (to, from, file) in [
        ("one", "other", "summary.json"),
        ("one", "second", "summary.json"),
        ("one", "other", "plan.toml"),
        ("one", "seed", "timeline.csv"),
        ("many", "manyseed", "estimates.json"),
        ("many", "more", "replications.csv"),
    ] {
        mixed(place, to, from, file);
        let said = |ran: Ran| {
            let named = format!("`{file}` is not the file that the command wrote");
            assert!(ran.stderr.contains(&named), "{file}: {}", ran.stderr);
            assert!(ran.stderr.contains("copy all of them together"), "{}", ran.stderr);
        };
        said(check(place, &["mix"]).exits(2));
        said(check(place, &["web.toml", "--replications", "2", "--baseline", "mix"]).exits(2));
        if file == "plan.toml" {
            said(windtunnel(place, &["diff", "mix", "web.toml", "-q"]).exits(2));
        }
        if file != "replications.csv" {
            fs::remove_file(place.join("mix/report.html")).unwrap();
            let missing = windtunnel(place, &["report", "mix"]).exits(2).stderr;
            assert!(missing.contains("`mix`") || missing.contains("mix: "), "{missing}");
            assert!(!place.join("mix/report.html").exists());
        }
    }
    // The files of one run under the manifest of another are all foreign to it.
    mixed(place, "many", "manyseed", "manifest.json");
    let odd = check(place, &["mix"]).exits(2).stderr;
    assert!(odd.contains("is not the file that the command wrote"), "{odd}");
    for whole in ["one", "second", "many", "manyseed"] {
        check(place, &[whole]).exits(1);
        windtunnel(place, &["report", whole]).exits(0);
        check(place, &[whole]).exits(1);
    }
}

#[test]
fn a_file_that_is_missing_or_shorter_is_named_by_readers_that_do_not_need_it() {
    let folder = runs();
    let place = folder.path();
    for file in ["tasks.csv", "timeline.png", "invoice.csv"] {
        mixed(place, "one", "one", file);
        let path = place.join("mix").join(file);
        let content = fs::read(&path).unwrap();
        fs::write(&path, &content[..content.len() / 2]).unwrap();
        for arguments in [&["check", "mix"][..], &["report", "mix"], &["why", "mix"], &["diff", "mix", "one"]]
        {
            let said = windtunnel(place, arguments).exits(2).stderr;
            assert!(said.contains(&format!("`{file}` is not the file")), "{arguments:?}: {said}");
        }
        fs::remove_file(&path).unwrap();
        let said = check(place, &["mix"]).exits(2).stderr;
        assert!(said.contains(&format!("`{file}` is missing")), "{said}");
    }
}

#[test]
fn results_of_a_command_that_was_stopped_are_no_results_and_the_next_one_cleans_up() {
    let folder = runs();
    let place = folder.path();
    mixed(place, "many", "many", "plan.toml");
    let path = place.join("mix/manifest.json");
    let mut manifest = Manifest::read(&fs::read(&path).unwrap()).unwrap();
    manifest.unfinished = manifest.outputs.drain(..).map(|output| output.file).collect();
    fs::write(&path, manifest.text()).unwrap();
    for arguments in [&["check", "mix"][..], &["report", "mix"], &["why", "mix"], &["diff", "mix", "one"]] {
        let said = windtunnel(place, arguments).exits(2).stderr;
        assert!(said.contains("was stopped before its end; run it again"), "{arguments:?}: {said}");
    }
    // What several runs left and one does not write is gone.
    windtunnel(place, &["run", "web.toml", "--out", "mix", "-q", "--no-report"]).exits(1);
    let left = names(&place.join("mix"));
    assert!(
        !left
            .iter()
            .any(|name| ["estimates.json", "replications.csv", "report.html"].contains(&name.as_str())),
        "{left:?}"
    );
    check(place, &["mix"]).exits(1);
}

/// Rows are minutes of the calendar: the first is shorter, and there may be one more of them.
#[test]
fn a_run_that_begins_within_a_minute_is_whole() {
    let folder = folder(&[("web.toml", rising("web", CHECKS).as_bytes())]);
    let place = folder.path();
    for (start, horizon) in [
        ("00:00:30", "100s"),
        ("00:00:59.7", "10m"),
        ("00:00:00.1", "179.9s"),
        ("00:00:30", "30s"),
        ("00:00:30", "20s"),
    ] {
        let settings = [format!("start=2026-01-01T{start}Z"), format!("horizon={horizon}")];
        windtunnel(
            place,
            &["run", "web.toml", "-q", "--out", "out", "--set", &settings[0], "--set", &settings[1]],
        );
        let read = windtunnel(place, &["report", "out"]).exits(0);
        assert!(!read.stderr.contains("timeline.csv"), "{start}, {horizon}: {}", read.stderr);
        let judged = check(place, &["out"]);
        assert!(!judged.stderr.contains("timeline.csv"), "{start}, {horizon}: {}", judged.stderr);
    }
}

#[test]
fn a_folder_that_lost_its_line_ends_on_the_way_is_still_whole() {
    let folder = runs();
    let place = folder.path();
    mixed(place, "one", "one", "plan.toml");
    for file in ["plan.toml", "summary.json", "timeline.csv"] {
        let text = fs::read_to_string(place.join("one").join(file)).unwrap();
        fs::write(place.join("mix").join(file), text.replace('\n', "\r\n")).unwrap();
    }
    assert_eq!(check(place, &["mix"]).exits(1).stdout, check(place, &["one"]).exits(1).stdout);
}

const VARIANT: &str = "more: service.web.scaling.max_capacity=5";
const AXIS: &str = "service.web.scaling.max_capacity=3,4";

/// A folder of each kind, by the name of its command.
fn kinds() -> TempDir {
    let folder = small();
    let checks = crate::cli::SMALL.to_owned() + "[checks]\navailability = \">= 1%\"\n";
    fs::write(folder.path().join("small.toml"), checks).unwrap();
    for arguments in COMMANDS {
        windtunnel(folder.path(), &[arguments, &["--out", arguments[0], "-q"]].concat()).exits(0);
    }
    folder
}

const COMMANDS: [&[&str]; 5] = [
    &["run", "small.toml"],
    &["compare", "small.toml", "--variant", VARIANT, "--replications", "2"],
    &["sweep", "small.toml", "--axis", AXIS],
    &["optimize", "small.toml", "--axis", AXIS],
    &["forecast", "small.toml", "--months", "2", "--replications", "3"],
];

#[test]
fn results_never_replace_those_of_another_command() {
    let folder = kinds();
    let place = folder.path();
    let content = |kind: &str| {
        let read = |name: String| (fs::read(place.join(kind).join(&name)).unwrap(), name);
        names(&place.join(kind)).into_iter().map(read).collect::<Vec<_>>()
    };
    for there in COMMANDS.map(|arguments| arguments[0]) {
        let before = content(there);
        for arguments in COMMANDS.iter().filter(|arguments| arguments[0] != there) {
            let said = windtunnel(place, &[arguments, &["--out", there, "-q"][..]].concat()).exits(2).stderr;
            let mine = arguments[0];
            let wanted =
                format!("`{there}` holds what `windtunnel {there}` found, and `{mine}` would replace");
            assert!(said.contains(&wanted) && said.contains("another folder with --out"), "{said}");
        }
        assert!(content(there) == before, "{there}");
    }
    // The same command replaces its own.
    for arguments in COMMANDS {
        let anew: &[&str] = if arguments[0] == "sweep" { &["--overwrite"] } else { &[] };
        windtunnel(place, &[arguments, &["--out", arguments[0], "-q"], anew].concat()).exits(0);
    }
    let merged = windtunnel(place, &["merge", "sweep", "--out", "run", "-q"]).exits(2).stderr;
    assert!(merged.contains("`run` holds what `windtunnel run` found"), "{merged}");
    // Somebody else's file of that name is left alone too.
    fs::create_dir(place.join("site")).unwrap();
    fs::write(place.join("site/manifest.json"), "{\"short_name\": \"site\"}").unwrap();
    for arguments in COMMANDS {
        let said = windtunnel(place, &[arguments, &["--out", "site", "-q"]].concat()).exits(2).stderr;
        assert!(said.contains("is not one that windtunnel wrote"), "{said}");
    }
    assert_eq!(names(&place.join("site")), ["manifest.json"]);
}

#[test]
fn what_reads_runs_says_whose_folder_it_was_given_and_what_reads_it() {
    let folder = kinds();
    let place = folder.path();
    for kind in ["compare", "sweep", "optimize", "forecast"] {
        for arguments in [
            &["check", kind][..],
            &["check", "small.toml", "--baseline", kind],
            &["diff", kind, "small.toml"],
            &["diff", "small.toml", kind],
            &["why", kind],
        ] {
            let said = windtunnel(place, arguments).exits(2).stderr;
            let wanted = format!(
                "`{kind}` holds what `windtunnel {kind}` found, not a run; `windtunnel report {kind}` makes"
            );
            assert!(said.contains(&wanted), "{arguments:?}: {said}");
        }
    }
    let said = check(place, &["optimize"]).exits(2).stderr;
    assert!(said.contains("the setting that it chose is the scenario `optimize/plan.toml`"), "{said}");
    fs::remove_file(place.join("sweep/manifest.json")).unwrap();
    for arguments in [["check", "sweep"], ["why", "sweep"], ["report", "sweep"]] {
        let said = windtunnel(place, &arguments).exits(2).stderr;
        assert!(said.contains("`sweep` holds an unfinished sweep") && said.contains("--resume"), "{said}");
    }
}

#[test]
fn the_command_on_the_page_runs_the_same_replication_again() {
    let folder = small();
    let place = folder.path();
    windtunnel(place, &["run", "small.toml", "--only-replication", "3", "--out", "third", "-q"]).exits(0);
    let page = fs::read_to_string(place.join("third/report.html")).unwrap();
    assert!(page.contains("windtunnel run plan.toml --only-replication 3"), "the page says which");
    let json = |path: &str| -> serde_json::Value {
        serde_json::from_slice(&fs::read(place.join(path)).unwrap()).unwrap()
    };
    let manifest = json("third/manifest.json");
    assert_eq!(manifest["replication"], 3);
    assert!(manifest["command_line"].as_array().unwrap().iter().any(|word| word == "--only-replication"));
    let again = ["run", "third/plan.toml", "--only-replication", "3", "--out", "again", "-q"];
    windtunnel(place, &again).exits(0);
    assert_eq!(json("again/summary.json")["fingerprint"], json("third/summary.json")["fingerprint"]);
    windtunnel(place, &["run", "small.toml", "--out", "first", "-q"]).exits(0);
    assert!(
        fs::read_to_string(place.join("first/report.html")).unwrap().contains("windtunnel run plan.toml<")
    );
}

#[test]
fn a_page_goes_to_standard_output_and_a_path_finds_its_schema() {
    let folder = kinds();
    let place = folder.path();
    let page = fs::read_to_string(place.join("run/report.html")).unwrap();
    assert!(windtunnel(place, &["report", "run", "--out", "-"]).exits(0).stdout == page);
    assert!(!place.join("-").exists());
    for (path, name) in [
        ("run/summary.json", "summary.json"),
        ("./sweep/summary.json", "sweep/summary.json"),
        ("compare/comparison.json", "comparison.json"),
        ("elsewhere/timeline.csv", "timeline.csv"),
    ] {
        let wanted = windtunnel(place, &["schema", name]).exits(0).stdout;
        assert_eq!(windtunnel(place, &["schema", path]).exits(0).stdout, wanted, "{path}");
    }
    let said = windtunnel(place, &["schema", "run/timeline.png"]).exits(2).stderr;
    assert!(
        said.contains("no output is called `run/timeline.png`; name a file of results, or one of"),
        "{said}"
    );
}
