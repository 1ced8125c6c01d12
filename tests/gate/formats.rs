//! Every format: pinned once, and laws that no name can break.

use serde_json::Value;

use super::{CHECKS, HOSTILE, check, is_pinned, rising};
use crate::cli::folder;

/// What `check` says in a format of a scenario of that name, in a file of that name.
pub(crate) fn said(format: &str, name: &str, file: &str, more: &[&str]) -> String {
    let folder = folder(&[(file, rising(name, CHECKS).as_bytes())]);
    let wanted = if more.contains(&"--no-fail") { 0 } else { 1 };
    check(folder.path(), &[&[file, "--format", format], more].concat()).exits(wanted).stdout
}

#[test]
fn every_format_of_a_gate_is_pinned() {
    for (format, file) in [
        ("text", "check.txt"),
        ("json", "check.json"),
        ("junit", "check.xml"),
        ("github", "check.github.txt"),
        ("markdown", "check.md"),
    ] {
        is_pinned(file, &said(format, "rising", "web.toml", &[]));
    }
}

/// Whether a value holds a bare true or false anywhere.
pub(crate) fn has_bool(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::Array(items) => items.iter().any(has_bool),
        Value::Object(map) => map.values().any(has_bool),
        _ => false,
    }
}

#[test]
fn json_says_words_and_never_a_bare_true_or_false() {
    for more in [&[][..], &["--strict"], &["--no-fail"]] {
        let json: Value = serde_json::from_str(&said("json", HOSTILE, "web.toml", more)).unwrap();
        assert!(!has_bool(&json), "{json}");
        assert_eq!((&json["schema_version"], &json["status"]), (&"1.1".into(), &"fail".into()));
        assert_eq!(json["scenario"]["name"], HOSTILE);
        let statuses: Vec<&str> = json["checks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|check| check["status"].as_str().unwrap())
            .collect();
        assert_eq!(statuses, ["pass", "fail", "pass", "inconclusive", "no_data"]);
        // Each verdict follows from its own numbers.
        for check in json["checks"].as_array().unwrap().iter().filter(|check| check["status"] != "no_data") {
            let number = |key: &str| {
                let value = &check[key];
                value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap()
            };
            let (low, high, limit) = (number("low"), number("high"), number("limit"));
            let operator = check["check"].as_str().unwrap().split_whitespace().nth(1).unwrap().to_owned();
            let holds = |value: f64| match operator.as_str() {
                ">=" => value >= limit,
                "<=" => value <= limit,
                "<" => value < limit,
                other => panic!("no check has {other}"),
            };
            let expected = match (holds(low), holds(high)) {
                (true, true) => "pass",
                (false, false) => "fail",
                _ => "inconclusive",
            };
            assert_eq!(check["status"], expected, "{check}");
        }
    }
}

#[test]
fn junit_is_well_formed_and_counts_what_it_holds_whatever_the_names() {
    for (more, failures, skipped) in [(&[][..], 1, 2), (&["--strict"], 3, 0)] {
        let text = said("junit", HOSTILE, "a&b<c>'.toml", more);
        let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
        let [suite] = report.test_suites.as_slice() else { panic!("one suite: {text}") };
        assert_eq!((report.tests, report.failures, suite.tests), (5, failures, 5));
        let is_skipped = |case: &&quick_junit::TestCase| {
            matches!(case.status, quick_junit::TestCaseStatus::Skipped { .. })
        };
        let found = suite.test_cases.iter().filter(is_skipped).count();
        assert_eq!((suite.failures, found), (failures, skipped), "{text}");
        assert_eq!(suite.name.as_str(), HOSTILE);
        assert_eq!(suite.test_cases[3].name.as_str(), "minutes_over_limit <= 8 with p99_response_time > 1s");
        let subject = suite.properties.iter().find(|property| property.name.as_str() == "subject").unwrap();
        assert_eq!(subject.value.as_str(), "a&b<c>'.toml");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
    }
}

#[test]
fn annotations_are_one_line_each_and_point_at_the_check() {
    let file = "a,b%c:d.toml";
    let text = said("github", HOSTILE, file, &[]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    let source = rising(HOSTILE, CHECKS);
    for (line, key) in lines.iter().zip(["cost_per_month", "minutes_over_limit", "cost_change"]) {
        let level = if key == "cost_per_month" { "::error " } else { "::warning " };
        let (properties, message) = line.strip_prefix(level).unwrap().split_once("::").unwrap();
        let properties: Vec<(&str, &str)> =
            properties.split(',').map(|property| property.split_once('=').unwrap()).collect();
        let keys: Vec<&str> = properties.iter().map(|property| property.0).collect();
        assert_eq!(keys, ["file", "line", "title"], "{line}");
        let decoded = |text: &str| {
            let text = text.replace("%3A", ":").replace("%2C", ",");
            text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        };
        assert_eq!(decoded(properties[0].1), file);
        let number: usize = properties[1].1.parse().unwrap();
        assert!(source.lines().nth(number - 1).unwrap().starts_with(key), "{line}");
        assert!(
            !properties[2].1.contains(':')
                && decoded(properties[2].1).contains(&HOSTILE.replace("##[", "# [")),
            "{line}"
        );
        assert!(message.starts_with(key), "{line}");
    }
    assert!(lines[3].starts_with("windtunnel: ") && !lines[3].contains("##["), "{text}");
    let strict = said("github", "rising", "web.toml", &["--strict"]);
    assert_eq!(strict.matches("::error ").count(), 3, "{strict}");
}

#[test]
fn a_check_that_is_given_on_the_command_line_has_no_place_in_a_file() {
    let folder = folder(&[("web.toml", rising("web", "").as_bytes())]);
    let arguments = ["web.toml", "--set", "checks.cost_per_month=< 1 USD", "--format", "github"];
    let text = check(folder.path(), &arguments).exits(1).stdout;
    assert!(text.starts_with("::error title=web%3A cost_per_month%3A fail::"), "{text}");
}

/// Makes sure that no text has left its cell: the same bars in every row of a table, and no markup but what the program puts.
#[track_caller]
pub(crate) fn is_sound_markdown(text: &str) {
    let own = ["<!-- windtunnel-diff -->", "<!-- -->", "<sub>", "</sub>"];
    let plain = own.iter().fold(text.to_owned(), |text, own| text.replace(own, ""));
    let mut width = None;
    for line in plain.lines() {
        // A code span ends where it ends, and nothing but the bar means anything within.
        let unescaped = line.replace("\\`", "");
        let pieces: Vec<&str> = unescaped.split('`').collect();
        assert!(pieces.len() % 2 == 1, "a code span that does not end: {line}");
        let outside: String = pieces.iter().step_by(2).copied().collect();
        assert!(!outside.contains(['<', '>']), "{line}");
        assert!(!outside.replace("\\[", "").contains('['), "a link: {line}");
        assert!(!outside.replace("\\:", "").contains("://"), "an address: {line}");
        assert!(!outside.contains("@a"), "a call: {line}");
        let bars = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        match (bars, width) {
            (0, _) => width = None,
            (bars, None) => width = Some(bars),
            (bars, Some(width)) => assert_eq!(bars, width, "{line}"),
        }
    }
}

#[test]
fn markdown_is_a_table_that_no_name_breaks() {
    let text = said("markdown", HOSTILE, "web.toml", &[]);
    is_sound_markdown(&text.replace("@<!-- -->all", ""));
    assert_eq!(text.lines().filter(|line| line.starts_with('|')).count(), 7, "{text}");
    assert!(text.contains("@<!-- -->all") && text.contains("\\#\\#\\[error\\]"), "{text}");
}

#[test]
#[should_panic(expected = "a link")]
fn the_judge_of_markdown_can_fail() {
    is_sound_markdown("| a | [b](c) |");
}

/// A name that begins a line with a command of GitHub Actions and steers a terminal, as TOML writes it.
const LINES: &str = "x\\n::error::harm\\r\\n##[error]harm\\u001b[2J\\u001b]0;t\\u0007y";

#[test]
fn no_text_of_the_user_begins_a_line_or_steers_a_terminal() {
    let sound = rising("web", CHECKS)
        .replace("\"web\"", &format!("\"{LINES}\""))
        .replace("cost_change = \"<= 5%\"", "cost_change = \"<= 5%\"\np95_response_time = \"<\\n  30s\"");
    let broken = format!("\"{LINES}\" = 1\n{sound}\n[service.web.\"{LINES}\"]\n\"{LINES}\" = \"{LINES}\"\n")
        .replace("30s", LINES);
    let odd = "a\n::error::harm\u{1b}[2J.toml";
    let folder = folder(&[
        ("sound.toml", sound.as_bytes()),
        ("broken.toml", broken.as_bytes()),
        (odd, broken.as_bytes()),
    ]);
    let runs = ["--replications", "2"];
    let set = format!("{}=1", LINES.replace("\\n", "\n"));
    let out = "out\n::error::harm";
    for arguments in [
        &["check", "sound.toml", "--format", "github", runs[0], runs[1]][..],
        &["check", "sound.toml", "--format", "text", runs[0], runs[1]],
        &["check", "sound.toml", "--format", "markdown", runs[0], runs[1]],
        &["check", "broken.toml", "--format", "github"],
        &["check", "sound.toml", "--checks", "broken.toml"],
        &["check", odd, "--format", "github"],
        &["check", "gone\n::error::harm", "--format", "github"],
        &["check", "sound.toml", "--set", &set],
        &["check", "sound.toml", "--seed", "x\n::error::harm"],
        &["diff", "sound.toml", "sound.toml", runs[0], runs[1]],
        &["diff", "sound.toml", odd],
        &["validate", "sound.toml", odd],
        &["run", "sound.toml", "--out", out],
        &[
            "compare",
            "sound.toml",
            "--variant",
            "v\n::error::harm: service.web.task.cpu=512",
            runs[0],
            runs[1],
        ],
        &["why", out],
        &["report", "gone\n::error::harm"],
        &["explain", "gone\n::error::harm"],
        &["gone\n::error::harm"],
    ] {
        let ran = crate::program::windtunnel(folder.path(), arguments);
        for (stream, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
            assert!(!text.contains(['\u{1b}', '\u{7}', '\r']), "{arguments:?} {stream}: {text:?}");
            for line in text.lines() {
                // The program's own annotations begin with a level and a property.
                let is_own = line.starts_with("::error file=") || line.starts_with("::warning file=");
                let line = line.trim_start();
                assert!(
                    is_own || !line.starts_with("::") || line.starts_with(":::"),
                    "{arguments:?} {stream}: {text}"
                );
                assert!(!line.starts_with("##["), "{arguments:?} {stream}: {text}");
            }
        }
    }
}

#[test]
fn what_the_user_wrote_of_a_check_is_never_cut() {
    let limit = "<= 80.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000";
    let checks = format!(
        "\n[checks]\nminutes_over_limit = \"{limit} with p99_response_time > 1000ms\"\navailability = \">= 1%\"\n"
    );
    let folder = folder(&[("web.toml", rising("web", &checks).as_bytes())]);
    for arguments in [
        &["check", "web.toml"][..],
        &["run", "web.toml"],
        &["run", "web.toml", "--replications", "2"],
        &["diff", "web.toml", "web.toml"],
        &[
            "compare",
            "web.toml",
            "--variant",
            "big: service.web.scaling.max_capacity=30",
            "--replications",
            "2",
        ],
    ] {
        let text = crate::program::windtunnel(folder.path(), &[arguments, &["-q"]].concat()).exits(0).stdout;
        let joined: String = text.split_whitespace().collect();
        let wanted: String =
            format!("minutes_over_limit{limit}withp99_response_time>1000ms").replace(' ', "");
        // A table of variants has the check in a column of its own, line by line beside the others.
        let is_whole = match arguments[0] {
            "compare" => text.matches('0').count() >= limit.matches('0').count() && !text.contains('…'),
            _ => joined.contains(&wanted),
        };
        assert!(is_whole, "{arguments:?}: {text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{arguments:?}: {text}");
    }
}

#[test]
fn a_terminal_gets_no_line_longer_than_its_own() {
    let text = said("text", HOSTILE, "web.toml", &[]);
    assert!(text.lines().all(|line| line.chars().count() <= 100) && !text.contains('\u{1b}'), "{text}");
}
