//! The small commands, and the help.

use std::fs;

use super::{SMALL, folder, small};
use crate::program::{command, finish, names, windtunnel};

#[test]
fn help_has_examples_and_every_exit_code() {
    let folder = folder(&[]);
    let help = windtunnel(folder.path(), &["--help"]).exits(0);
    assert!(help.stderr.is_empty());
    for said in ["Examples:", "windtunnel init >", "Exit codes:", "0 ", "1 ", "2 ", "3 ", "130"] {
        assert!(help.stdout.contains(said), "{said}");
    }
    for sub in ["run", "validate", "init"] {
        assert!(windtunnel(folder.path(), &[sub, "--help"]).exits(0).stdout.contains("Examples:"), "{sub}");
    }
    let version = windtunnel(folder.path(), &["--version"]).exits(0);
    assert_eq!(version.stdout, format!("windtunnel {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(names(folder.path()), [""; 0], "help leaves nothing behind");
}

#[test]
fn wrong_usage_is_exit_code_2_on_standard_error() {
    let folder = folder(&[]);
    let none: [&str; 0] = [];
    for arguments in [
        &none[..],
        &["rnu"],
        &["run", "--format", "xml"],
        &["run", "a", "b"],
        &["validate"],
        &["completions", "tcsh"],
    ] {
        let ran = windtunnel(folder.path(), arguments).exits(2);
        assert!(
            ran.stdout.is_empty() && ran.stderr.contains("Usage:") | ran.stderr.contains("--help"),
            "{ran:?}"
        );
    }
}

#[test]
fn validate_says_a_line_a_file_and_goes_on_after_a_bad_one() {
    let bad = SMALL.replace("20ms", "20 parsecs");
    let files = [("good.toml", SMALL.as_bytes()), ("bad.toml", bad.as_bytes())];
    let folder = folder(&files);
    let good = windtunnel(folder.path(), &["validate", "good.toml"]).exits(0);
    assert_eq!((good.stdout.as_str(), good.stderr.as_str()), ("good.toml: valid\n", ""));
    let all = windtunnel(folder.path(), &["validate", "missing.toml", "bad.toml", "good.toml"]).exits(2);
    assert_eq!(all.stdout, "bad.toml: 1 error\ngood.toml: valid\n");
    assert!(
        all.stderr.contains("`missing.toml`: no such file") && all.stderr.contains("bad.toml:7:12"),
        "{}",
        all.stderr
    );
}

#[test]
fn validate_takes_overrides_as_run_does() {
    let folder = folder(&[("a.toml", SMALL.as_bytes()), ("b.toml", SMALL.as_bytes())]);
    let ran = windtunnel(folder.path(), &["validate", "a.toml", "b.toml", "--set", "horizon=-1h"]).exits(2);
    assert_eq!(ran.stdout, "a.toml: 1 error\nb.toml: 1 error\n");
    assert!(ran.stderr.contains("--set"), "{}", ran.stderr);
    windtunnel(folder.path(), &["validate", "a.toml", "--set", "horizon=2h"]).exits(0);
}

#[test]
fn an_error_says_where_to_read_on_and_a_warning_does_not() {
    let folder = folder(&[
        ("bad.toml", SMALL.replace("20ms", "20 parsecs").as_bytes()),
        ("small.toml", SMALL.as_bytes()),
    ]);
    for command in ["run", "validate"] {
        let ran = windtunnel(folder.path(), &[command, "bad.toml"]).exits(2);
        assert!(ran.stderr.ends_with("For details, run `windtunnel explain WT009`\n"), "{}", ran.stderr);
    }
    let overload = ["run", "small.toml", "--set", "service.web.traffic.shape.0.constant.rate=500"];
    assert!(!windtunnel(folder.path(), &overload).exits(0).stderr.contains("For details"));
}

#[test]
fn validate_as_json_is_one_document_whatever_the_files_are() {
    let bad = SMALL.replace("20ms", "20 parsecs");
    let files = [("good.toml", SMALL.as_bytes()), ("bad.toml", bad.as_bytes())];
    let folder = folder(&files);
    let run = |arguments: &[&str], code| {
        let ran =
            windtunnel(folder.path(), &[&["validate", "--format", "json"], arguments].concat()).exits(code);
        assert_eq!(ran.stderr, "");
        ran.json()
    };
    assert_eq!(run(&["good.toml"], 0)["valid"], true);
    let report = run(&["missing.toml", "bad.toml", "good.toml"], 2);
    assert_eq!((&report["valid"], &report["error_count"]), (&false.into(), &2.into()));
    let found: Vec<(&str, &str)> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["code"].as_str().unwrap(), d["primary"]["source"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("WT040", "missing.toml"), ("WT009", "bad.toml")]);
}

#[test]
fn the_schema_is_json() {
    let folder = folder(&[]);
    let schema = windtunnel(folder.path(), &["schema"]).exits(0).json();
    assert_eq!(schema["properties"]["schema"]["type"], "integer");
}

#[test]
fn every_template_is_written_validated_and_run_in_an_empty_folder() {
    for template in ["web", "steady", "step", "trace"] {
        let folder = folder(&[]);
        let written = windtunnel(folder.path(), &["init", "--template", template, "--out", "demo"]).exits(0);
        let file = format!("demo/{template}.toml");
        assert_eq!(written.stdout.lines().next(), Some(&*file));
        windtunnel(folder.path(), &["validate", &file]).exits(0);
        let horizon = ["run", &file, "--set", "horizon=1h"];
        windtunnel(folder.path(), &horizon).exits(0);
        // Editors find the schema beside it.
        let schema = windtunnel(folder.path(), &["schema"]).exits(0).stdout;
        assert_eq!(schema, fs::read_to_string(folder.path().join("demo/windtunnel.schema.json")).unwrap());
        // What `init` prints is what it writes.
        let printed = windtunnel(folder.path(), &["init", "--template", template]).exits(0);
        assert_eq!(printed.stdout, fs::read_to_string(folder.path().join(&file)).unwrap());
        assert!(printed.stdout.starts_with("#:schema windtunnel.schema.json\n"), "{}", printed.stdout);
    }
}

#[test]
fn every_command_has_a_manual_page_with_its_options_and_examples() {
    let folder = folder(&[]);
    let written = windtunnel(folder.path(), &["man", "--out", "pages"]).exits(0).stdout;
    let help = windtunnel(folder.path(), &["--help"]).exits(0).stdout;
    let commands =
        help.lines().skip_while(|line| *line != "Run:").take_while(|line| !line.starts_with("Options:"));
    let commands: Vec<&str> =
        commands.filter(|line| line.starts_with("  ") && !line.starts_with("   ")).collect();
    assert!(commands.len() > 12, "{help}");
    for name in
        commands.iter().filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help")
    {
        let file = format!("pages/windtunnel-{name}.1");
        assert!(written.contains(&file), "{written}");
        let page = fs::read_to_string(folder.path().join(&file)).unwrap();
        assert!(
            page.starts_with(".ie") && page.contains(".SH SYNOPSIS") && page.contains("windtunnel"),
            "{page}"
        );
    }
    let page = fs::read_to_string(folder.path().join("pages/windtunnel-run.1")).unwrap();
    assert!(page.contains("Examples:") && page.contains("replications"), "{page}");
    let printed = windtunnel(folder.path(), &["man"]).exits(0).stdout;
    assert_eq!(printed, fs::read_to_string(folder.path().join("pages/windtunnel.1")).unwrap());
}

#[test]
fn init_overwrites_nothing() {
    let folder = folder(&[("web.toml", b"mine")]);
    let ran = windtunnel(folder.path(), &["init", "--out", "."]).exits(2);
    assert!(ran.stderr.contains("web.toml` exists"), "{}", ran.stderr);
    assert_eq!(fs::read(folder.path().join("web.toml")).unwrap(), b"mine");
    fs::create_dir_all(folder.path().join("traces/shop-day.csv")).unwrap();
    windtunnel(folder.path(), &["init", "--template", "trace", "--out", "."]).exits(2);
    assert_eq!(names(folder.path()), ["traces", "web.toml"]);
}

#[test]
fn a_template_that_needs_another_file_says_so_and_so_does_its_error() {
    let folder = folder(&[]);
    let printed = windtunnel(folder.path(), &["init", "--template", "trace"]).exits(0);
    assert!(
        printed.stderr.contains("traces/shop-day.csv") && printed.stderr.contains("--out"),
        "{}",
        printed.stderr
    );
    fs::write(folder.path().join("t.toml"), printed.stdout).unwrap();
    let ran = windtunnel(folder.path(), &["run", "t.toml"]).exits(2);
    assert!(ran.stderr.contains("`traces/shop-day.csv` cannot be opened: no such file"), "{}", ran.stderr);
    assert!(windtunnel(folder.path(), &["init"]).exits(0).stderr.is_empty());
    let unknown = windtunnel(folder.path(), &["init", "--template", "nope"]).exits(2);
    assert!(unknown.stderr.contains("steady") && unknown.stdout.is_empty());
}

#[test]
fn explain_knows_codes_metrics_figures_and_keys_and_suggests_for_what_it_does_not() {
    let folder = folder(&[]);
    for topic in ["WT004", "CPUUtilization", "response_time_ms", "service.web.task.cpu", "scale_in_cooldown"]
    {
        let ran = windtunnel(folder.path(), &["explain", topic]).exits(0);
        assert!(ran.stdout.len() > 40 && ran.stderr.is_empty(), "{topic}");
    }
    for (topic, said) in
        [("WT999", "WT"), ("CPUUtilisation", "did you mean `CPUUtilization`"), ("zzz", "codes look like")]
    {
        let ran = windtunnel(folder.path(), &["explain", topic]).exits(2);
        assert!(ran.stderr.contains(said) && ran.stdout.is_empty(), "{}", ran.stderr);
    }
}

#[test]
fn prices_of_an_unknown_region_are_an_error_that_lists_the_known_ones() {
    let folder = folder(&[]);
    let all = windtunnel(folder.path(), &["prices"]).exits(0).stdout;
    let one = windtunnel(folder.path(), &["prices", "--region", "eu-west-1"]).exits(0).stdout;
    assert!(all.lines().count() > one.lines().count() && one.contains("eu-west-1"));
    for region in ["mars", "all", ""] {
        let ran = windtunnel(folder.path(), &["prices", "--region", region]).exits(2);
        assert!(ran.stdout.is_empty(), "{region}: {}", ran.stdout);
        assert!(
            region.is_empty() || ran.stderr.contains("it has") && ran.stderr.contains("eu-west-1"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn completions_exist_for_every_shell() {
    let folder = folder(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = windtunnel(folder.path(), &["completions", shell]).exits(0);
        assert!(ran.stdout.contains("windtunnel") && ran.stdout.contains("validate"), "{shell}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_exit_code_3_and_a_closed_pipe_none() {
    let folder = small();
    for arguments in
        [&["run", "small.toml"][..], &["schema"], &["--help"], &["validate", "small.toml"], &["init"]]
    {
        let mut full = command(folder.path(), arguments);
        full.stderr(std::process::Stdio::null());
        let ran =
            full.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap()).status().unwrap();
        assert_eq!(ran.code(), Some(3), "{arguments:?}");
    }
    assert_eq!(names(&folder.path().join("output/small")).len(), 14, "the files were written all the same");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut closed = command(folder.path(), &["schema"]);
    let output = closed.stdout(writer).stderr(std::process::Stdio::piped()).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    let mut deaf = command(folder.path(), &["run", "small.toml"]);
    deaf.stderr(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    finish_status(&mut deaf, 0);
    finish(&mut command(folder.path(), &["run", "missing.toml"])).exits(2);
}

#[cfg(target_os = "linux")]
fn finish_status(command: &mut std::process::Command, code: i32) {
    assert_eq!(command.stdout(std::process::Stdio::null()).status().unwrap().code(), Some(code));
}
