//! One cost for all: whatever judges or writes the cost of a run means the total that its bill prints.

use std::path::Path;

use super::{RISING, check, rising};
use crate::cli::folder;
use crate::program::windtunnel;

/// The total that the bill of a run prints \[USD\], of the K-th replication.
fn printed(folder: &Path, replication: &str) -> String {
    let arguments = ["run", "web.toml", "--only-replication", replication, "--format", "json", "-q"];
    windtunnel(folder, &arguments).exits(0).json()["cost"]["total_usd"].as_str().unwrap().to_owned()
}

fn column(folder: &Path, file: &str, name: &str) -> Vec<f64> {
    let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
    let index = reader.headers().unwrap().iter().position(|column| column == name).unwrap();
    reader.records().map(|record| record.unwrap()[index].parse().unwrap()).collect()
}

#[test]
fn a_limit_at_the_printed_bill_gives_the_same_verdict_in_every_command() {
    let folder = folder(&[("web.toml", RISING.as_bytes())]);
    let place = folder.path();
    let total = printed(place, "0");
    for (limit, status) in [(format!("<= {total} USD"), "pass"), (format!("< {total} USD"), "fail")] {
        let text = rising("rising", &format!("\n[checks]\ncost = \"{limit}\"\n"));
        std::fs::write(place.join("limit.toml"), text).unwrap();
        let code = i32::from(status == "fail");
        let run = |arguments: &[&str]| {
            windtunnel(place, &[&["run", "limit.toml", "--format", "json", "-q"], arguments].concat())
                .exits(code)
                .json()
        };
        let one = run(&["--out", "one"]);
        let many = run(&["--replications", "1", "--out", "many"]);
        let gate = |arguments: &[&str]| {
            check(place, &[arguments, &["--format", "json"]].concat()).exits(code).json()
        };
        let difference = ["diff", "web.toml", "limit.toml", "--replications", "1", "--format", "json", "-q"];
        let difference = windtunnel(place, &difference).exits(code).json();
        let both = ["compare", "limit.toml", "--variant", "same: service.web.task.cpu=256"];
        let both = [&both[..], &["--replications", "1", "--format", "json", "-q"]].concat();
        let both = windtunnel(place, &both).exits(code).json();
        let wanted = (status.to_owned(), format!("{total} USD"));
        for (name, found) in [
            ("run", &one["checks"][0]),
            ("run --replications", &many["checks"][0]),
            ("check scenario", &gate(&["limit.toml", "--replications", "1"])["checks"][0]),
            ("check folder of a run", &gate(&["one"])["checks"][0]),
            ("check folder of runs", &gate(&["many"])["checks"][0]),
            ("diff", &difference["checks"]["checks"][0]),
            ("compare", &both["variants"][0]["checks"][0]),
        ] {
            let found = ["status", "value"].map(|key| found[key].as_str().unwrap().to_owned());
            assert_eq!((found[0].clone(), found[1].clone()), wanted, "{name}");
        }
    }
}

#[test]
fn rows_of_replications_and_of_a_sweep_have_the_printed_bills() {
    let folder = folder(&[("web.toml", RISING.as_bytes())]);
    let place = folder.path();
    let bills: Vec<f64> = ["0", "1", "2"].map(|k| printed(place, k).parse().unwrap()).to_vec();
    windtunnel(place, &["run", "web.toml", "--replications", "3", "--out", "many", "-q"]).exits(0);
    assert_eq!(column(place, "many/replications.csv", "cost_usd"), bills);
    let axis = "service.web.scaling.max_capacity=20";
    let sweep = ["sweep", "web.toml", "--axis", axis, "--replications", "3", "--out", "sweep", "-q"];
    windtunnel(place, &sweep).exits(0);
    assert_eq!(column(place, "sweep/runs.csv", "cost_usd"), bills);
}
