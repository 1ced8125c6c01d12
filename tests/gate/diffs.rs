//! What a change does, in words, tables and keys.

use std::fs;
use std::path::Path;

use super::formats::{has_bool, is_sound_markdown};
use super::{CHECKS, HOSTILE, is_pinned, rising};
use crate::cli::folder;
use crate::program::{Ran, windtunnel};

fn diff(folder: &Path, arguments: &[&str]) -> Ran {
    windtunnel(folder, &[&["diff", "-q"], arguments].concat())
}

/// The scenario with a lower target and a larger minimum.
fn eager() -> String {
    rising("rising", CHECKS)
        .replace("target_value = 60.0", "target_value = 50.0")
        .replace("min_capacity = 2", "min_capacity = 3")
}

#[test]
fn every_format_of_a_difference_is_pinned() {
    let folder =
        folder(&[("base.toml", rising("rising", CHECKS).as_bytes()), ("head.toml", eager().as_bytes())]);
    for (format, file) in [("text", "diff.txt"), ("markdown", "diff.md"), ("json", "diff.json")] {
        is_pinned(
            file,
            &diff(folder.path(), &["base.toml", "head.toml", "--format", format]).exits(1).stdout,
        );
    }
}

#[test]
fn the_policy_that_changed_is_told_key_by_key_and_nothing_else_is_blamed() {
    let head = eager()
        + "[service.web.scaling.scheduled.night]\nschedule = \"cron(0 8 ? * MON-FRI *)\"\nmin_capacity = 4\n";
    let base = rising("rising", CHECKS)
        + "[service.web.scaling.target_tracking.memory]\nmetric = \"ECSServiceAverageMemoryUtilization\"\ntarget_value = 70.0\n";
    let folder = folder(&[("base.toml", base.as_bytes()), ("head.toml", head.as_bytes())]);
    let json =
        diff(folder.path(), &["base.toml", "head.toml", "--replications", "2", "--format", "json"]).json();
    let told: Vec<String> = json["changes"]["policy"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let text = |key: &str| change[key].as_str().unwrap_or("-").to_owned();
            format!(
                "{}: {} > {}",
                text("key").trim_start_matches("service.web.scaling."),
                text("before"),
                text("after")
            )
        })
        .collect();
    for line in [
        "min_capacity: 2 > 3",
        "target_tracking.cpu.target_value: 60 > 50",
        "target_tracking.memory.target_value: 70 > -",
        "scheduled.night.schedule: - > cron(0 8 ? * MON-FRI *)",
        "scheduled.night.min_capacity: - > 4",
    ] {
        assert!(told.contains(&line.to_owned()), "{line} is not in {told:#?}");
    }
    for part in ["other", "other_in_words", "checks"] {
        assert_eq!(json["changes"][part], serde_json::json!([]), "{part}");
    }
    assert!(!has_bool(&json), "{json}");
}

#[test]
fn other_traffic_other_keys_and_other_checks_have_headings_of_their_own() {
    let base = rising("rising", CHECKS);
    let traffic = base.replace("rate = 16.0", "rate = 17.0");
    let both = eager().replace("memory = 512", "memory = 1024");
    let checks = base.replace("< 30m", "< 45m");
    let named = base.replace("name = \"rising\"", "name = \"sinking\"\nseed = 1");
    let folder = folder(&[
        ("base.toml", base.as_bytes()),
        ("traffic.toml", traffic.as_bytes()),
        ("both.toml", both.as_bytes()),
        ("checks.toml", checks.as_bytes()),
        ("named.toml", named.as_bytes()),
    ]);
    let said = |head: &str| {
        diff(folder.path(), &["base.toml", head, "--replications", "2", "--format", "markdown"])
            .exits(1)
            .stdout
    };
    let traffic = said("traffic.toml");
    assert!(traffic.contains("### The policy is the same; this changed\n"), "{traffic}");
    assert!(traffic.contains("- `service.web.traffic.shape.1.step.rate`: 16 → 17\n"), "{traffic}");
    assert!(traffic.contains("has other traffic"), "{traffic}");
    let both = said("both.toml");
    assert!(both.contains("### What changed in the policy\n"), "{both}");
    assert!(both.contains("### Not only the policy changed"), "{both}");
    assert!(both.contains("- `service.web.task.memory`: 512 → 1024\n"), "{both}");
    let checks = said("checks.toml");
    assert!(checks.contains("### Nothing that a run depends on changed but the checks\n"), "{checks}");
    assert!(checks.contains("- `checks.time_to_capacity`: &lt; 30m → &lt; 45m\n"), "{checks}");
    for same in [said("named.toml"), said("base.toml")] {
        assert!(same.contains("### Nothing that a run depends on changed\n"), "{same}");
        assert!(same.contains("No difference: every figure below is the same in every run.**"), "{same}");
        assert!(!same.contains("What changed"), "{same}");
    }
}

#[test]
fn a_trace_whose_content_changed_is_noticed_although_no_key_did() {
    let (one, two) =
        ("time_s,requests\n0,300\n60,600\n120,300\n", "time_s,requests\n0,300\n60,900\n120,300\n");
    let folder = folder(&[]);
    for (name, trace) in [("main", one), ("new", two)] {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("t.csv"), trace).unwrap();
        fs::write(folder.path().join(name).join("web.toml"), crate::cli::REPLAY).unwrap();
    }
    let text = diff(folder.path(), &["main/web.toml", "new/web.toml", "--replications", "2"]).exits(0).stdout;
    assert!(text.contains("The policy is the same; this changed\n→ `web` has other traffic\n"), "{text}");
}

#[test]
fn the_difference_is_the_one_that_compare_finds() {
    let folder =
        folder(&[("base.toml", rising("rising", CHECKS).as_bytes()), ("head.toml", eager().as_bytes())]);
    let found = diff(folder.path(), &["base.toml", "head.toml", "--format", "json"]).json();
    let arguments = ["compare", "base.toml", "head.toml", "--format", "json", "-q"];
    let wanted = windtunnel(folder.path(), &arguments).json();
    for figure in ["cost_per_month_usd", "web.response_time_p99_ms", "web.availability", "web.running_mean"] {
        let (found, head) = (&found["figures"][figure], &wanted["variants"][1]["figures"][figure]);
        let base = &wanted["variants"][0]["figures"][figure];
        for key in ["value", "half_width"] {
            assert_eq!(found["before"][key], base[key], "{figure}");
            assert_eq!(found["after"][key], head[key], "{figure}");
            assert_eq!(found["difference"][key], head["difference"][key], "{figure}");
        }
        let word = if head["difference"]["significant"] == true { "significant" } else { "not_significant" };
        assert_eq!(found["difference"]["verdict"], word, "{figure}");
    }
}

#[test]
fn a_folder_stands_for_its_scenario_and_is_named_where_its_trace_is_missing() {
    let trace = "time_s,requests\n0,300\n60,600\n120,300\n";
    let folder = folder(&[
        ("base.toml", rising("rising", "").as_bytes()),
        ("t.csv", trace.as_bytes()),
        ("replay.toml", crate::cli::REPLAY.as_bytes()),
    ]);
    for (scenario, out) in [("base.toml", "base"), ("replay.toml", "replay")] {
        windtunnel(folder.path(), &["run", scenario, "--out", out, "-q"]).exits(0);
    }
    let same = diff(folder.path(), &["base", "base.toml", "--replications", "2"]).exits(0).stdout;
    assert!(same.contains("Nothing that a run depends on changed"), "{same}");
    let missing = diff(folder.path(), &["replay", "replay.toml"]).exits(2);
    assert!(missing.stderr.contains("`t.csv` cannot be opened"), "{}", missing.stderr);
    assert!(missing.stderr.contains("give the scenario itself, or copy them"), "{}", missing.stderr);
    for (arguments, said) in [
        (&["base.toml", "gone.toml"][..], "no such file"),
        (&["base.toml", "."], "give the folder that `windtunnel run` wrote"),
    ] {
        let ran = diff(folder.path(), arguments).exits(2);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

#[test]
fn only_the_checks_of_the_head_decide() {
    let (good, bad) = ("\n[checks]\navailability = \">= 1%\"\n", "\n[checks]\ncost = \"< 0 USD\"\n");
    let folder = folder(&[
        ("good.toml", rising("good", good).as_bytes()),
        ("bad.toml", rising("bad", bad).as_bytes()),
    ]);
    diff(folder.path(), &["bad.toml", "good.toml", "--replications", "2"]).exits(0);
    diff(folder.path(), &["good.toml", "bad.toml", "--replications", "2"]).exits(1);
    let one = diff(folder.path(), &["good.toml", "good.toml", "--replications", "1"]).exits(0).stdout;
    assert!(one.contains("1 run each, which gives no intervals"), "{one}");
}

#[test]
fn the_comment_begins_with_its_marker_and_no_name_breaks_it() {
    let folder = folder(&[
        ("a|b`c@all.toml", rising(HOSTILE, CHECKS).as_bytes()),
        ("head.toml", eager().replace("availability = \">= 50%\"", "availability = \">=  50%\"").as_bytes()),
    ]);
    let text =
        diff(folder.path(), &["a|b`c@all.toml", "head.toml", "--format", "markdown", "--replications", "2"])
            .exits(1)
            .stdout;
    assert!(text.starts_with("<!-- windtunnel-diff -->\n"), "{text}");
    assert_eq!(text.matches("<!-- windtunnel-diff -->").count(), 1);
    is_sound_markdown(&text.replace("@<!-- -->all", ""));
}

#[test]
fn a_service_that_came_or_went_is_never_called_no_difference() {
    let two = |name: &str| {
        let second = crate::cli::SMALL
            .split_once("[service")
            .unwrap()
            .1
            .replace("service.web", &format!("service.{name}"));
        format!("{}[service{}", crate::cli::SMALL, second.replacen("web", name, 1))
    };
    let folder = folder(&[("base.toml", two("api").as_bytes()), ("head.toml", two("new").as_bytes())]);
    let text = diff(folder.path(), &["base.toml", "head.toml", "--replications", "2"]).exits(0).stdout;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!words.contains("No difference"), "{text}");
    assert!(words.contains("n one side only: p50 response time of api, "), "{text}");
    // Each has its rows, with figures where it is and a dash where it is not.
    let block = |name: &str| -> Vec<[String; 3]> {
        let start = format!("  {name}: ");
        let rows = text.lines().filter(|line| line.starts_with(&start));
        let cells = |row: &str| -> [String; 3] {
            let cells: Vec<&str> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
            [1, 2, 3].map(|at| cells[at].to_owned())
        };
        let found: Vec<[String; 3]> = rows.map(cells).collect();
        assert_eq!(found.len(), 6, "{name}: {text}");
        found
    };
    let is_figure = |cell: &str| cell.starts_with(|c: char| c.is_ascii_digit());
    for [before, after, change] in block("api") {
        assert!(is_figure(&before) && after == "-" && change == "removed", "{before} {after} {change}");
    }
    for [before, after, change] in block("new") {
        assert!(before == "-" && is_figure(&after) && change == "new", "{before} {after} {change}");
    }
    let arguments = ["base.toml", "head.toml", "--replications", "2", "--format"];
    let markdown = diff(folder.path(), &[&arguments[..], &["markdown"]].concat()).exits(0).stdout;
    let has =
        |start: &str, end: &str| markdown.lines().any(|line| line.starts_with(start) && line.ends_with(end));
    assert!(
        has("| api: response p99 |", "| - | removed |") && has("| new: response p99 | - |", "| new |"),
        "{markdown}"
    );
    let json = diff(folder.path(), &[&arguments[..], &["json"]].concat()).exits(0).json();
    assert_eq!(json["services"], serde_json::json!({ "web": "both", "api": "removed", "new": "new" }));
    let both = ["compare", "base.toml", "head.toml", "--replications", "2", "-q"];
    let compared = windtunnel(folder.path(), &both).exits(0).stdout;
    assert_eq!(compared.matches("no such service").count(), 12, "{compared}");
    assert!(compared.contains("new: response p99") && compared.contains("api: response p99"), "{compared}");
    let [gone, came] = ["api", "new"].map(|name| &json["figures"][format!("{name}.response_time_p99_ms")]);
    assert!(gone["before"].is_object() && gone["after"].is_null() && gone["difference"].is_null(), "{gone}");
    assert!(came["before"].is_null() && came["after"].is_object() && came["difference"].is_null(), "{came}");
    assert!(
        words.contains("it has no service `api`") && words.contains("the service `new` is new"),
        "{text}"
    );
}
