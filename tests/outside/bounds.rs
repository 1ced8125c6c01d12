//! Small scenarios that ask for a lot: refused in words, with the count, the bound and what to do, before it is made.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::cli::{SMALL, folder};
use crate::program::windtunnel;

/// What `validate` says of a scenario.
fn refused(text: &str) -> String {
    let folder = folder(&[("x.toml", text.as_bytes())]);
    windtunnel(folder.path(), &["validate", "x.toml"]).exits(2).stderr
}

fn five_years(tail: &str) -> String {
    SMALL.replace("horizon = \"", "horizon = \"43830h\" # ") + tail
}

#[test]
fn occurrences_are_counted_before_they_are_made() {
    let actions: String = (0..300)
        .map(|number| {
            format!("[service.web.scaling.scheduled.a{number}]\nschedule = \"cron(* * * * ? *)\"\nmin_capacity = 1\n")
        })
        .collect();
    let said = refused(&five_years(&actions));
    assert!(
        said.contains("WT050") && said.contains("due 789 ") && said.contains("at most 5 000 000"),
        "{said}"
    );
    // One of them is no more than can be.
    let one = five_years(&actions[..actions.find("[service.web.scaling.scheduled.a1]").unwrap()]);
    let folder = folder(&[("x.toml", one.as_bytes())]);
    windtunnel(folder.path(), &["validate", "x.toml"]).exits(0);
    let long = format!("cron(0 8 ? * {} *)", "MON,".repeat(1000));
    let said = refused(&five_years(&format!(
        "[service.web.scaling.scheduled.a]\nschedule = \"{long}\"\nmin_capacity = 1\n"
    )));
    assert!(said.contains("longer than 1600 characters"), "{said}");
}

#[test]
fn pieces_and_evaluations_of_shapes_are_counted_before_they_are_made() {
    const DIURNAL: &str = "{ diurnal = { mean = 5.0, amplitude = 1.0, peak_at = \"12:00\" } },";
    let shapes = five_years("").replace("{ constant = { rate = 5.0 } }", &DIURNAL.repeat(200));
    let said = refused(&shapes);
    assert!(said.contains("evaluated 525 9") && said.contains("at most 200 000 000"), "{said}");
    let one = five_years("").replace("{ constant = { rate = 5.0 } }", DIURNAL);
    let service = &one[one.find("[service.web").unwrap()..];
    let more: String =
        (0..50).map(|number| service.replace("service.web", &format!("service.w{number}"))).collect();
    let said = refused(&format!("{one}\n{more}"));
    assert!(said.contains("makes 134 1") && said.contains("at most 20 000 000 are held"), "{said}");
}

#[test]
fn many_problems_are_counted_and_a_thousand_listed() {
    let keys: String = (0..50_000).map(|number| format!("k{number} = 1\n")).collect();
    let said = refused(&format!("{SMALL}\n[limits]\n{keys}"));
    assert!(
        said.contains("the same 999 times more") && said.contains("… and 49 000 more problems"),
        "{said}"
    );
    assert!(said.lines().count() < 30, "{said}");
}

#[test]
fn a_gzip_that_unzips_to_more_than_counts_can_is_refused() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(b"timestamp,requests\n0,5\n60,5\n").unwrap();
    let row = format!("60,5{}\n", " ".repeat(100_000));
    (0..900).for_each(|_| encoder.write_all(row.as_bytes()).unwrap());
    let trace = SMALL.replace(
        "shape = [{ constant = { rate = 5.0 } }]",
        "trace = { file = \"t.csv\", duplicates = \"last\" }",
    );
    let folder = folder(&[("x.toml", trace.as_bytes()), ("t.csv", &encoder.finish().unwrap())]);
    let said = windtunnel(folder.path(), &["validate", "x.toml"]).exits(2).stderr;
    assert!(said.contains("more than 200 times its size (64 MiB"), "{said}");
}

#[test]
fn a_sample_longer_than_any_time_of_a_law_is_refused_by_its_line() {
    let law = SMALL.replace(
        "cpu_time = ",
        "wait_time = { empirical = { file = \"s.txt\", unit = \"s\" } }\ncpu_time = ",
    );
    let folder = folder(&[("x.toml", law.as_bytes()), ("s.txt", b"1\n2\n1e300\n")]);
    let said = windtunnel(folder.path(), &["validate", "x.toml"]).exits(2).stderr;
    assert!(said.contains("line 3") && said.contains("more than 365 days"), "{said}");
}
