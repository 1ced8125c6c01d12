//! `why`: the story around a moment.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::{SMALL, folder};
use crate::program::{reseal, windtunnel};

/// The built-in flash sale, run once: a ten-fold spike rises from 20:00 to 20:05.
fn flash_sale() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = folder(&[]);
        // Its checks are what a manager would ask of the evening, and they fail.
        windtunnel(folder.path(), &["run", "--quiet", "--out", "sale"]).exits(1);
        folder
    });
    folder.path()
}

/// Seconds of `2 min 5 s`.
fn seconds(text: &str) -> f64 {
    let words: Vec<&str> = text.split_whitespace().collect();
    let unit = |unit: &str| match unit {
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        other => panic!("{other} in {text}"),
    };
    words.chunks(2).map(|pair| pair[0].parse::<f64>().unwrap() * unit(pair[1])).sum()
}

#[test]
fn the_story_of_the_flash_sale_says_when_load_metric_alarm_decision_and_tasks_came() {
    for arguments in [&["why", "sale"][..], &["why", "--at", "20:05", "--service", "orchestrator", "sale"]] {
        let story = windtunnel(flash_sale(), arguments).exits(0).stdout;
        let parts = [
            "orchestrator scaled out from 11 to ",
            "  20:00:00  The load rose from 3",
            "of 60 s with CPUUtilization above 60 was over",
            "cpu-AlarmHigh went to ALARM: 3 of 3 datapoints beyond 60",
            "Policy cpu decided: ceil(11 × ",
            "The first new task could serve (RUNNING at ",
            "Where the time went: ",
            "What users felt, 20:00 to ",
            "And then",
        ];
        for part in parts {
            assert!(story.contains(part), "no `{part}` in\n{story}");
        }
    }
}

#[test]
fn the_parts_of_the_time_add_up_to_the_whole() {
    let story = windtunnel(flash_sale(), &["why", "sale"]).exits(0).stdout;
    let mut lines = story.lines().skip_while(|line| !line.starts_with("Where the time went"));
    let whole = lines.next().unwrap();
    let whole = seconds(whole.trim_start_matches("Where the time went: ").trim_end_matches(" in all"));
    // The words of a part begin after two spaces; lengths are printed to the second.
    let parts: Vec<f64> = lines
        .take_while(|line| !line.is_empty())
        .map(|line| seconds(line.trim_start().split("  ").next().unwrap()))
        .collect();
    assert_eq!(parts.len(), 7, "{story}");
    assert!((parts.iter().sum::<f64>() - whole).abs() <= 4.0, "{parts:?} and {whole}");
}

#[test]
fn any_moment_of_the_day_has_a_story_within_a_hundred_columns() {
    for hour in 0..24 {
        for minute in ["00", "27", "54"] {
            let at = format!("{hour:02}:{minute}");
            let story = windtunnel(flash_sale(), &["why", "--at", &at, "sale"]).exits(0).stdout;
            let title = story.lines().next().unwrap();
            assert!(title.contains("scaled") || title.contains("nothing was scaled"), "{at}: {title}");
            assert!(story.lines().all(|line| line.chars().count() <= 100), "{at}\n{story}");
        }
    }
}

#[test]
fn where_nothing_was_scaled_the_alarms_and_the_policies_say_why() {
    let story = windtunnel(flash_sale(), &["why", "--at", "03:00", "sale"]).exits(0).stdout;
    for part in [
        "around 2026-11-27 03:00 UTC: nothing was scaled",
        "none before, the next after was 10 → 11 at 07:59:29",
        "cpu-AlarmHigh in OK: 0 of 3 datapoints beyond 60, 3 of 3 needed",
        "cpu: AlreadyAtMinCapacity (311 times, until 05:27:42)",
    ] {
        assert!(story.contains(part), "no `{part}` in\n{story}");
    }
}

#[test]
fn a_moment_may_be_typed_in_several_ways() {
    let story = |at: &str| windtunnel(flash_sale(), &["why", "--at", at, "sale"]).exits(0).stdout;
    let by_clock = story("20:05");
    for same in ["20:05:00", "2026-11-27T20:05", "2026-11-27 20:05", "2026-11-27T20:05:00Z", "20h 5m"] {
        assert_eq!(story(same), by_clock, "{same}");
    }
}

#[test]
fn what_cannot_be_told_is_an_error_that_says_how_to_ask() {
    let wrong = |arguments: &[&str]| {
        let ran = windtunnel(flash_sale(), arguments).exits(2);
        assert_eq!(ran.stdout, "");
        ran.stderr
    };
    let moment = wrong(&["why", "--at", "25:30", "sale"]);
    assert!(moment.contains("`25:30` is not a moment; write a time of day such as 09:54"), "{moment}");
    let outside = wrong(&["why", "--at", "26h", "sale"]);
    assert!(outside.contains("goes from 2026-11-27 00:00 UTC to 2026-11-28 00:00 UTC"), "{outside}");
    let service = wrong(&["why", "--service", "web", "sale"]);
    assert!(service.contains("there is no service `web` in the run; it has orchestrator"), "{service}");
    let folder = wrong(&["why", "."]);
    assert!(folder.contains("manifest.json") && folder.contains("that `windtunnel run` wrote"), "{folder}");
}

#[test]
fn a_file_that_is_not_what_a_run_writes_is_named() {
    let folder = folder(&[("small.toml", SMALL.as_bytes())]);
    windtunnel(folder.path(), &["run", "small.toml", "--quiet", "--out", "small"]).exits(0);
    let story = windtunnel(folder.path(), &["why", "small"]).exits(0).stdout;
    assert!(story.contains("the desired count never changed"), "{story}");
    assert!(story.contains("The service has no alarm"), "{story}");
    for (name, content) in [
        ("decisions.csv", "time_s,service\nx,web\n"),
        ("evaluations.csv", "time_s\n1\n"),
        ("tasks.csv", "service,task\n1,2,3\n"),
        ("plan.toml", "start ="),
    ] {
        let path = folder.path().join("small").join(name);
        let kept = fs::read(&path).unwrap();
        fs::write(&path, content).unwrap();
        let stderr = windtunnel(folder.path(), &["why", "small"]).exits(2).stderr;
        assert!(stderr.contains(&format!("`{name}` is not the file that the command wrote")), "{stderr}");
        reseal(&folder.path().join("small"));
        let stderr = windtunnel(folder.path(), &["why", "small"]).exits(2).stderr;
        assert!(stderr.contains(&format!("`{name}` is malformed")), "{stderr}");
        fs::write(&path, kept).unwrap();
        reseal(&folder.path().join("small"));
    }
}

/// A shipped scenario, run into `out`.
fn shipped(name: &str) -> TempDir {
    let folder = folder(&[]);
    let file = format!("{}/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    windtunnel(folder.path(), &["run", "--quiet", "--out", "out", &file]).exits(0);
    folder
}

#[test]
fn before_their_first_evaluation_alarms_are_not_said_to_be_missing() {
    let folder = shipped("crash-loop");
    let story = windtunnel(folder.path(), &["why", "--at", "09:00", "out"]).exits(0).stdout;
    assert!(story.contains("None had been evaluated yet."), "{story}");
    assert!(!story.contains("has no alarm"), "{story}");
}

#[test]
fn the_story_of_a_scale_in_names_the_scheduled_action_that_allowed_it_in_order_of_time() {
    let folder = shipped("weekday-schedule");
    let story = windtunnel(folder.path(), &["why", "--at", "2026-03-27T19:05", "out"]).exits(0).stdout;
    let parts = [
        "went to ALARM",
        "cpu was invoked",
        "evening: applied: Setting min capacity to 2",
        "Policy cpu decided",
    ];
    let places: Vec<usize> = parts
        .iter()
        .map(|part| story.find(part).unwrap_or_else(|| panic!("no `{part}` in\n{story}")))
        .collect();
    assert!(places.is_sorted(), "{story}");
    let faults = shipped("slow-dependency");
    let story = windtunnel(faults.path(), &["why", "--at", "09:10", "out"]).exits(0).stdout;
    assert!(!story.contains("fault_begins"), "{story}");
    assert!(story.find("went to ALARM") < story.find("waits downstream take 10 times as long"), "{story}");
}

#[test]
fn a_service_whose_name_would_start_a_formula_has_its_story() {
    let scenario = SMALL.replace("service.web", "service.-shop");
    let folder = folder(&[("shop.toml", scenario.as_bytes())]);
    windtunnel(folder.path(), &["run", "shop.toml", "--quiet", "--out", "shop"]).exits(0);
    let cells = fs::read_to_string(folder.path().join("shop/timeline.csv")).unwrap();
    assert!(cells.contains(",'-shop,"), "the sheet quotes it");
    for arguments in [&["why", "--service=-shop", "shop"][..], &["why", "shop", "--at", "5m"]] {
        let story = windtunnel(folder.path(), arguments).exits(0).stdout;
        assert!(story.contains("-shop") && !story.contains("'-shop"), "{story}");
    }
}
