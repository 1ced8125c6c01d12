//! What a sweep writes: rows for what went well and for what did not, and the files made of them.

use serde_json::Value;

use super::{arguments, assert_same, home, results, sweep};
use crate::cli::folder;
use crate::program::{command, finish, names, windtunnel};

fn rows(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (header, reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect())
}

fn column(header: &[String], name: &str) -> usize {
    header
        .iter()
        .position(|column| column == name)
        .unwrap_or_else(|| panic!("no column {name} in {header:?}"))
}

#[test]
fn any_number_of_threads_leaves_the_same_bytes() {
    let home = home();
    sweep(home.path(), "one", &[]).exits(0);
    let expected = results(&home.path().join("one"));
    let files: Vec<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();
    let all = [
        "heatmap.png",
        "heatmap.svg",
        "pareto.png",
        "pareto.svg",
        "points.csv",
        "report.html",
        "runs.csv",
        "summary.json",
    ];
    assert_eq!(files, all);
    for threads in ["1", "2", "7"] {
        let out = format!("threads-{threads}");
        finish(command(home.path(), &arguments(&out, &[])).env("RAYON_NUM_THREADS", threads)).exits(0);
        assert_same(&home.path().join(&out), &expected, threads);
    }
}

#[test]
fn a_point_is_the_mean_of_its_rows_and_a_row_is_what_run_says() {
    let home = home();
    sweep(home.path(), "out", &[]).exits(0);
    let read = |name: &str| rows(&std::fs::read(home.path().join("out").join(name)).unwrap());
    let ((runs_header, runs), (points_header, points)) = (read("runs.csv"), read("points.csv"));
    assert_eq!((runs.len(), points.len()), (36, 12));
    for name in ["web.response_time_p99_ms", "cost_per_month_usd"] {
        let (in_runs, in_points) = (column(&runs_header, name), column(&points_header, name));
        for (point, row) in points.iter().enumerate() {
            let values =
                runs[3 * point..3 * point + 3].iter().map(|run| run[in_runs].parse::<f64>().unwrap());
            let mean = values.sum::<f64>() / 3.0;
            assert!((mean - row[in_points].parse::<f64>().unwrap()).abs() < 1e-5, "{name} of point {point}");
        }
    }
    // The first row is the run with those overrides.
    let run = [
        "run",
        "small.toml",
        "--set",
        "service.web.traffic.shape.0.constant.rate=2",
        "--set",
        "service.web.scaling.min_capacity=1",
        "--format",
        "json",
        "--quiet",
    ];
    let summary = windtunnel(home.path(), &run).exits(0).json();
    let p99 = summary["services"]["web"]["response_time_ms"]["p99"].as_f64().unwrap();
    let row = runs[0][column(&runs_header, "web.response_time_p99_ms")].parse::<f64>().unwrap();
    assert!((p99 - row).abs() < 1e-3, "{p99} {row}");
}

#[test]
fn values_that_do_not_go_together_are_rows_and_the_others_go_on() {
    let home = home();
    let more = ["--axis", "service.web.scaling.max_capacity=2,4"];
    sweep(home.path(), "out", &more).exits(0);
    let (header, runs) = rows(&std::fs::read(home.path().join("out/runs.csv")).unwrap());
    let (status, error, replay) =
        (column(&header, "status"), column(&header, "error"), column(&header, "replay"));
    let (least, most) = (
        column(&header, "service.web.scaling.min_capacity"),
        column(&header, "service.web.scaling.max_capacity"),
    );
    assert_eq!(runs.len(), 72);
    for run in &runs {
        let is_invalid = run[least].parse::<u32>().unwrap() > run[most].parse::<u32>().unwrap();
        assert_eq!(run[status], if is_invalid { "invalid" } else { "ok" });
        assert_eq!(run[error].contains("min_capacity"), is_invalid);
        assert_eq!(run[replay].contains("--set 'service.web.scaling.min_capacity=3'"), is_invalid);
    }
    let summary: Value =
        serde_json::from_slice(&std::fs::read(home.path().join("out/summary.json")).unwrap()).unwrap();
    assert_eq!(summary["cells"]["failed_by_kind"]["invalid"], 12);
    assert_eq!(summary["partial"], false);
}

#[test]
fn the_replay_of_a_row_is_that_row_with_every_override_and_its_own_random_numbers() {
    let home = home();
    let more = ["--axis", "service.web.scaling.max_capacity=2,4", "--set", "description=it's so"];
    sweep(home.path(), "out", &more).exits(0);
    let (header, runs) = rows(&std::fs::read(home.path().join("out/runs.csv")).unwrap());
    let (replication, replay) = (column(&header, "replication"), column(&header, "replay"));
    let failed: Vec<&Vec<String>> = runs.iter().filter(|run| !run[replay].is_empty()).collect();
    assert_eq!(failed.len(), 12);
    for run in failed {
        // The sweep's own override comes before the point's, as it does when the point is loaded.
        let text = &run[replay];
        let (own, point) = (text.find(r"--set 'description=it'\''s so'").unwrap(), text.find("min_capacity"));
        assert!(own < point.unwrap(), "{text}");
        let number = format!(" --only-replication {}", run[replication]);
        assert_eq!(text.ends_with(&number), run[replication] != "0", "{text}");
    }
    // A row that ended well is run again the same way, and is the same to the last request.
    let valid = runs.iter().find(|run| run[replay].is_empty() && run[replication] == "2").unwrap();
    let mut words: Vec<String> =
        ["run", "small.toml", "--format", "json", "--quiet", "--seed"].map(str::to_owned).to_vec();
    words.extend([valid[column(&header, "seed")].clone(), "--only-replication".to_owned(), "2".to_owned()]);
    for name in header.iter().filter(|name| name.starts_with("service.") || name.starts_with("horizon")) {
        words.extend(["--set".to_owned(), format!("{name}={}", valid[column(&header, name)])]);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let summary = windtunnel(home.path(), &words).exits(0).json();
    assert_eq!(summary["fingerprint"], valid[column(&header, "fingerprint")].as_str());
    windtunnel(home.path(), &["run", "small.toml", "--only-replication", "1", "--replications", "2"])
        .exits(2);
}

#[test]
fn a_run_over_its_budget_is_a_row_and_the_exit_code_says_so() {
    let home = home();
    // 1 200 s at 2, 4, 6 and 8 requests/s: the last two are over 6 000.
    let ran = sweep(home.path(), "out", &["--max-requests", "6000"]).exits(3);
    assert!(ran.stdout.contains("18 over budget"), "{}", ran.stdout);
    let (header, runs) = rows(&std::fs::read(home.path().join("out/runs.csv")).unwrap());
    let status = column(&header, "status");
    assert_eq!(runs.iter().filter(|run| run[status] == "over_budget").count(), 18);
}

#[test]
fn a_key_that_no_point_can_use_is_refused_before_anything_runs() {
    let home = home();
    let unknown = ["sweep", "small.toml", "--axis", "service.web.scaling.min_capacty=1,2", "--out", "out"];
    let ran = windtunnel(home.path(), &unknown).exits(2);
    assert!(ran.stderr.contains("min_capacty") && ran.stderr.contains("min_capacity"), "{}", ran.stderr);
    let huge =
        ["sweep", "small.toml", "--axis", "seed=1..100000:1", "--replications", "100000", "--out", "out"];
    let ran = windtunnel(home.path(), &huge).exits(2);
    assert!(ran.stderr.contains("10000000000 runs") && ran.stderr.contains("--max-points"), "{}", ran.stderr);
    let twice = ["sweep", "small.toml", "--axis", "seed=1,2", "--axis", "seed=3,4", "--out", "out"];
    assert!(windtunnel(home.path(), &twice).exits(2).stderr.contains("two axes"));
    let none = ["sweep", "small.toml", "--out", "out"];
    assert!(windtunnel(home.path(), &none).exits(2).stderr.contains("nothing to vary"));
    assert_eq!(names(home.path()), ["small.toml"]);
}

#[test]
fn values_that_need_each_other_are_no_mistake() {
    let home = home();
    // 8 vCPU need 16 GiB at least, and neither goes with the base alone.
    let arguments = [
        "sweep",
        "small.toml",
        "--axis",
        "service.web.task.cpu=8192",
        "--axis",
        "service.web.task.memory=16384,20480",
        "--quiet",
        "--out",
        "out",
    ];
    windtunnel(home.path(), &arguments).exits(0);
}

#[test]
fn points_come_from_a_file_and_axes_from_the_scenario() {
    let spec = format!(
        "{}[sweep]\nreplications = 2\ndesign = \"latin_hypercube\"\npoints = 5\naxis = [{{ key = \
         \"service.web.traffic.shape.0.constant.rate\", values = \"1..5:1\" }}]\n",
        super::SMALL
    );
    let points = "service.web.scaling.min_capacity,service.web.traffic.shape.0.constant.rate\n1,3\n2,1\n";
    let home = folder(&[
        ("small.toml", spec.as_bytes()),
        ("points.csv", points.as_bytes()),
        ("bad.csv", b"a,a\n1\n"),
    ]);
    let run = |more: &[&str]| {
        let mut arguments = vec!["sweep", "small.toml", "--quiet", "--format", "json"];
        arguments.extend(more);
        windtunnel(home.path(), &arguments)
    };
    let by_file = run(&["--out", "a"]).exits(0).json();
    assert_eq!(
        (&by_file["design"]["points"], &by_file["cells"]["planned"]),
        (&Value::from(5), &Value::from(10))
    );
    let by_points = run(&["--points", "points.csv", "--out", "b"]).exits(0).json();
    assert_eq!(
        (&by_points["design"]["kind"], &by_points["cells"]["planned"]),
        (&Value::from("list"), &Value::from(4))
    );
    assert!(run(&["--points", "bad.csv", "--out", "c"]).exits(2).stderr.contains("twice"));
}

#[test]
fn no_point_that_passes_is_a_failed_check() {
    let home = home();
    sweep(home.path(), "out", &["--set", "checks.p99_response_time=\"< 1ms\""]).exits(1);
}

#[test]
fn points_are_printed_as_their_sheet() {
    let home = home();
    let ran = sweep(home.path(), "out", &["--format", "csv"]).exits(0);
    assert_eq!(ran.stdout.as_bytes(), std::fs::read(home.path().join("out/points.csv")).unwrap());
    let ran = sweep(home.path(), "out", &["--resume"]).exits(0);
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 100), "{}", ran.stdout);
}

#[test]
fn times_of_flows_are_said_to_be_approximate() {
    let home = home();
    let ran = sweep(home.path(), "out", &["--axis", "fidelity=requests,fluid"]).exits(0);
    assert!(ran.stdout.contains("response times of 36 runs are approximate"), "{}", ran.stdout);
    let (header, runs) = rows(&std::fs::read(home.path().join("out/runs.csv")).unwrap());
    let (fidelity, marked) = (column(&header, "fidelity"), column(&header, "approximate_times"));
    assert!(runs.iter().all(|run| (run[fidelity] == "fluid") == (run[marked] == "true")));
    let picture = std::fs::read_to_string(home.path().join("out/pareto.svg")).unwrap();
    assert!(picture.contains("times are approximate"));
}
