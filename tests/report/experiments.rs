//! HTML pages of experiments: every command leaves one, `report` makes the same bytes again, names stay text, and what is
//! damaged or missing is answered with its file and what to do.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;
use windtunnel::report::experiment_page;
use windtunnel::results::Manifest;

use crate::cli::folder;
use crate::program::{reseal, windtunnel};

/// A service with a name that no page may take for markup, small enough to be run many times.
const HOSTILE: &str = r#"schema = 1
name = '<img src=x onerror="window.harmed=1">'
horizon = "30m"
[service.web.traffic]
shape = [{ constant = { rate = 8.0 } }]
[service.web.request]
cpu_time = "30ms"
[service.web.scaling]
min_capacity = 1
max_capacity = 4
[service.web.scaling.target_tracking.cpu]
metric = "ECSServiceAverageCPUUtilization"
target_value = 50.0
[checks]
p95_response_time = "< 2s"
"#;

const LEAST: &str = "service.web.scaling.min_capacity=1,2";
const TARGET: &str = "service.web.scaling.target_tracking.cpu.target_value=40,60";

fn small() -> TempDir {
    folder(&[("small.toml", HOSTILE.as_bytes())])
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Each experiment of the hostile scenario, into folders of the names of the commands.
fn all(at: &Path) -> [&'static str; 4] {
    let run = |arguments: &[&str]| {
        let ran = windtunnel(at, arguments);
        assert!(ran.stderr.is_empty(), "{arguments:?}: {}", ran.stderr);
    };
    let variant = "<b>two</b></script>: service.web.scaling.min_capacity=2";
    run(&["compare", "small.toml", "--variant", variant, "--replications", "3", "-q", "--out", "compare"]);
    run(&["sweep", "small.toml", "--axis", LEAST, "--axis", TARGET, "-q", "--out", "sweep"]);
    run(&["optimize", "small.toml", "--axis", LEAST, "--replications", "4", "-q", "--out", "optimize"]);
    run(&["forecast", "small.toml", "--months", "2", "--replications", "2", "-q", "--out", "forecast"]);
    ["compare", "sweep", "optimize", "forecast"]
}

#[test]
fn every_experiment_leaves_the_page_that_report_makes_of_its_folder() {
    let folder = small();
    let at = folder.path();
    for name in all(at) {
        let page = read(at, &format!("{name}/report.html"));
        let said = windtunnel(at, &["report", name, "--out", "again.html"]).exits(0);
        assert_eq!(said.stdout, "again.html\n");
        assert!(page == read(at, "again.html"), "{name}: the same bytes");
        assert!(page.len() < 1_000_000 && page.ends_with("</html>"), "{name}");
        // What a user may name freely stays text, in the markup and in the data.
        assert!(!page.contains("<img") && !page.contains("<b>two") && !page.contains("</b>"), "{name}");
        assert_eq!(page.matches("</script").count(), 3, "{name}: the data, uPlot and ours");
        for needle in ["src=\"", "href=\"http", "url(", "@import", "fetch(", "XMLHttpRequest", "import("] {
            assert!(!page.contains(needle), "{name}: {needle}");
        }
        assert!(!page.contains(">NaN") && !page.contains(":NaN"), "{name}");
    }
    let has = |name: &str, text: &str| {
        assert!(read(at, &format!("{name}/report.html")).contains(text), "{name} has `{text}`");
    };
    has("compare", "is the cheapest that passes its checks");
    has("compare", "&lt;b&gt;two&lt;&#x2f;b&gt;&lt;&#x2f;script&gt;");
    has("compare", "windtunnel compare small.toml --variant");
    has("sweep", "id=\"heat\"");
    has("sweep", "the cheapest of 4 points that pass every check in every run");
    has("optimize", "aws_appautoscaling_policy");
    has("optimize", "data-copy=\"terraform\"");
    has("forecast", "id=\"fan-sum\"");
}

#[test]
fn pages_of_comparisons_and_sweeps_say_what_they_assume_and_in_what_it_differs() {
    let folder = small();
    let at = folder.path();
    let delay = "assumptions.ecs_metric_delay_60s";
    let variant = format!("early: {delay}=60s");
    let changed = "assumptions.alarm_phase=17s";
    let run = |arguments: &[&str]| windtunnel(at, &[arguments, &["-q", "--set", changed]].concat()).exits(0);
    run(&["compare", "small.toml", "--variant", &variant, "--replications", "2", "--out", "compare"]);
    let axis = format!("{delay}=60s,120s");
    run(&["sweep", "small.toml", "--axis", &axis, "--out", "sweep"]);
    for (name, differs) in [("compare", "differs: early: 60s"), ("sweep", "varied: 60s, 120s")] {
        let page = read(at, &format!("{name}/report.html"));
        let (_, section) =
            page.split_once(">Assumptions and limits</h2>").unwrap_or_else(|| panic!("{name}"));
        let section = section.split("</section>").next().unwrap();
        assert!(section.contains("Every request was simulated one by one."), "{name}");
        assert!(
            section.contains("1 changed by the scenario") || section.contains("2 changed"),
            "{name}: {section}"
        );
        assert!(section.contains("1 not the same everywhere"), "{name}");
        assert!(section.contains(differs), "{name}: {section}");
        // The key that differs stands above all others and is marked.
        let first = section.split("<tr class=\"chosen\">").nth(1).unwrap();
        assert!(first.starts_with("<th scope=\"row\">ecs_metric_delay_60s"), "{name}");
        assert!(section.contains("tt_high_points"), "{name}: defaults too");
    }
}

#[test]
fn a_page_that_is_not_wanted_is_left_out_and_an_old_one_is_removed() {
    let folder = small();
    let at = folder.path();
    let sweep = ["sweep", "small.toml", "--axis", LEAST, "--out", "s"];
    windtunnel(at, &[&sweep[..], &["--no-report"]].concat()).exits(0);
    assert!(!at.join("s/report.html").exists());
    windtunnel(at, &[&sweep[..], &["--overwrite"]].concat()).exits(0);
    assert!(at.join("s/report.html").exists());
    // A sweep that begins anew takes the page of the old one away.
    windtunnel(at, &[&sweep[..], &["--overwrite", "--no-report"]].concat()).exits(0);
    assert!(!at.join("s/report.html").exists());
    let compare =
        ["compare", "small.toml", "--variant", "x: horizon=31m", "--replications", "2", "--out", "c"];
    windtunnel(at, &compare).exits(0);
    windtunnel(at, &[&compare[..], &["--no-report"]].concat()).exits(0);
    assert!(!at.join("c/report.html").exists());
}

#[test]
fn part_of_a_sweep_says_what_is_missing_and_a_shard_alone_has_no_page() {
    let folder = small();
    let at = folder.path();
    let shard =
        ["sweep", "small.toml", "--axis", LEAST, "--axis", TARGET, "-q", "--shard", "1/2", "--out", "part"];
    windtunnel(at, &shard).exits(0);
    let said = windtunnel(at, &["report", "part"]).exits(2);
    assert!(
        said.stderr.contains("holds shard 1/2 of a sweep") && said.stderr.contains("windtunnel merge"),
        "{}",
        said.stderr
    );
    windtunnel(at, &["merge", "part", "--allow-missing", "-q", "--out", "so-far"]).exits(0);
    let page = read(at, "so-far/report.html");
    assert!(page.contains("This is part of the sweep: 2 of 4 runs are there, 2 are missing"));
}

#[test]
fn runs_that_failed_stand_on_the_page_with_the_command_that_repeats_them() {
    let folder = small();
    let at = folder.path();
    let sweep = ["sweep", "small.toml", "--axis", LEAST, "-q", "--max-requests", "100", "--out", "s"];
    windtunnel(at, &sweep).exits(3);
    let page = read(at, "s/report.html");
    assert!(page.contains("Runs that failed") && page.contains("over budget"));
    assert!(page.contains("windtunnel run SCENARIO --seed"));
    assert!(!page.contains(">NaN"));
}

#[test]
fn a_large_sweep_is_thinned_and_says_so() {
    let folder = small();
    let at = folder.path();
    let axis = "service.web.scaling.target_tracking.cpu.target_value=20..80:0.02";
    let set = ["--set", "horizon=2m", "--set", "service.web.traffic.shape=[{ constant = { rate = 1.0 } }]"];
    let sweep = ["sweep", "small.toml", "--axis", axis, "-q", "--out", "s"];
    windtunnel(at, &[&sweep[..], &set[..]].concat());
    let page = read(at, "s/report.html");
    assert!(
        page.contains("Of 3\u{2009}001 points the page has 1\u{2009}"),
        "every second one and some of the front"
    );
    assert!(page.contains("points.csv has them all") && page.len() < 1_000_000);
}

#[test]
fn what_report_cannot_show_is_said_with_what_it_can() {
    let folder = small();
    let at = folder.path();
    let [compare, sweep, optimize, forecast] = all(at);
    let said = windtunnel(at, &["report", compare, sweep, "--out", "x.html"]).exits(2);
    assert!(said.stderr.contains("a page of its own"), "{}", said.stderr);
    fs::create_dir(at.join("empty")).unwrap();
    let said = windtunnel(at, &["report", "empty"]).exits(2);
    assert!(said.stderr.contains("`optimize` or `forecast` wrote"), "{}", said.stderr);
    for (folder, file) in [
        (compare, "comparison.json"),
        (sweep, "summary.json"),
        (sweep, "points.csv"),
        (optimize, "optimization.json"),
        (optimize, "candidates.csv"),
        (forecast, "forecast.json"),
    ] {
        let path = at.join(folder).join(file);
        let sound = fs::read(&path).unwrap();
        let text = String::from_utf8(sound.clone()).unwrap();
        for broken in [
            String::new(),
            "{".to_owned(),
            text.replace("\"1.", "\"2.").replace("runs", "rounds"),
            text[..text.len() / 2].to_owned(),
        ] {
            if broken == text {
                continue;
            }
            fs::write(&path, broken).unwrap();
            reseal(&at.join(folder));
            let ran = windtunnel(at, &["report", folder, "--out", "x.html"]);
            // Half a sheet can be a smaller sheet; whatever else is wrong is named.
            if ran.code != Some(0) {
                assert!(
                    ran.stderr.contains(file) && ran.stderr.contains(&format!("windtunnel {folder}")),
                    "{}",
                    ran.stderr
                );
            } else {
                assert!(file.ends_with(".csv"), "{folder}/{file} was damaged and taken");
            }
        }
        fs::remove_file(&path).unwrap();
        let ran = windtunnel(at, &["report", folder, "--out", "y.html"]).exits(2);
        assert!(ran.stderr.contains(file) && ran.stderr.contains("is missing"), "{}", ran.stderr);
        fs::write(&path, sound).unwrap();
        reseal(&at.join(folder));
    }
    assert!(!at.join("y.html").exists());
}

/// The files of a folder by their names.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = crate::program::names(folder).into_iter();
    names.map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect()
}

/// The page of the files, made without a disk.
fn page_of(manifest: &Manifest, files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, String> {
    experiment_page(manifest, &mut |name| {
        let file = files.get(name).ok_or_else(|| format!("`{name}`: no such file"))?;
        Ok(Box::new(std::io::Cursor::new(file.clone())) as Box<dyn std::io::Read>)
    })
}

#[test]
fn no_byte_of_any_file_of_an_experiment_can_end_the_program_or_leave_half_a_page() {
    let folder = small();
    let at = folder.path();
    for name in all(at) {
        let sound = contents(&at.join(name));
        let made = Manifest::read(&sound["manifest.json"]).unwrap();
        assert_eq!(made.command.command(), name);
        let whole = page_of(&made, &sound).unwrap();
        assert!(whole == fs::read(at.join(name).join("report.html")).unwrap(), "{name}");
        let is_read = |file: &&String| {
            *file != "manifest.json"
                && [".json", ".csv", ".toml", ".tf"].iter().any(|ending| file.ends_with(ending))
        };
        let (mut refused, mut damaged) = (0, 0);
        for file in sound.keys().filter(is_read) {
            for step in 0..32 {
                let mut files = sound.clone();
                let bytes = files.get_mut(file).unwrap();
                let place = bytes.len() * step / 32;
                match step % 4 {
                    0 => bytes.truncate(place),
                    1 => bytes[place] = b"\"\xff{9-\n,"[step % 7],
                    // A number that is none of the kind that is expected.
                    2 => {
                        let digit = bytes[place..].iter().position(u8::is_ascii_digit);
                        let Some(digit) = digit else { continue };
                        let odd: [&[u8]; 3] = [b"-9e308", b"99999999999999999999", b"null"];
                        bytes.splice(place + digit..=place + digit, odd[step % 3].iter().copied());
                    }
                    _ => drop(bytes.drain(place..(place + 9).min(bytes.len()))),
                }
                damaged += 1;
                match page_of(&made, &files) {
                    Ok(page) => assert!(page.ends_with(b"</html>"), "{name}/{file} at {place}: half a page"),
                    Err(message) => {
                        refused += 1;
                        assert!(message.contains('`') && message.len() < 2_000, "{name}/{file}: {message}");
                    }
                }
            }
        }
        assert!(refused * 5 > damaged, "{name}: {refused} of {damaged} damages were noticed");
        // On the disk a page that cannot be made leaves the old one as it was.
        let before = fs::read(at.join(name).join("report.html")).unwrap();
        let manifest = at.join(name).join("manifest.json");
        let sound = fs::read(&manifest).unwrap();
        fs::write(&manifest, &sound[..sound.len() / 2]).unwrap();
        let ran = windtunnel(at, &["report", name]);
        assert!(ran.code == Some(2) && !ran.is_of_a_bug(), "{name}: {}", ran.stderr);
        assert!(before == fs::read(at.join(name).join("report.html")).unwrap(), "{name}");
    }
}

#[test]
fn results_of_another_experiment_of_the_same_kind_are_noticed() {
    let folder = small();
    let at = folder.path();
    let variant = ["--variant", "two: service.web.scaling.min_capacity=2", "--replications", "2", "-q"];
    windtunnel(at, &[&["compare", "small.toml", "--out", "c1"], &variant[..]].concat()).exits(0);
    windtunnel(at, &[&["compare", "small.toml", "--out", "c2", "--seed", "7"], &variant[..]].concat())
        .exits(0);
    windtunnel(at, &["sweep", "small.toml", "--axis", LEAST, "--out", "s1", "-q"]).exits(0);
    windtunnel(at, &["sweep", "small.toml", "--axis", TARGET, "--out", "s2", "-q"]).exits(0);
    for (to, from, file) in [("c1", "c2", "comparison.json"), ("s1", "s2", "summary.json")] {
        fs::copy(at.join(from).join(file), at.join(to).join(file)).unwrap();
        let said = windtunnel(at, &["report", to]).exits(2).stderr;
        assert!(said.contains(&format!("`{file}` is not the file that the command wrote")), "{said}");
    }
}
