//! Every number and every cell of a folder of runs replaced by one that no run writes: a sentence or a verdict, never a panic.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::damage::{ends_in_words, put, replace, runs};
use crate::program::{Ran, windtunnel};

/// The paths to the numbers of a document, and to texts that are numbers; of a list those of its first entry.
fn numbers(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                numbers(value, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            items.iter().take(1).for_each(|item| numbers(item, &format!("{path}/0"), found))
        }
        Value::Number(_) => found.push(path.to_owned()),
        Value::String(text) if text.parse::<f64>().is_ok() => found.push(path.to_owned()),
        _ => {}
    }
}

fn commands(place: &Path, run: &str) -> Vec<Ran> {
    [
        &["report", run][..],
        &["check", run, "-q"],
        &["check", "web.toml", "-q", "--replications", "2", "--baseline", run],
    ]
    .map(|arguments| windtunnel(place, arguments))
    .into()
}

#[test]
fn no_number_of_a_folder_ends_the_program() {
    let folder = runs();
    let place = folder.path();
    for (run, name) in [("one", "summary.json"), ("many", "estimates.json")] {
        let file = place.join(run).join(name);
        let whole = fs::read(&file).unwrap();
        let mut paths = Vec::new();
        numbers(&serde_json::from_slice(&whole).unwrap(), "", &mut paths);
        assert!(paths.len() > 20, "{paths:?}");
        for path in &paths {
            for bad in [Value::from(u64::MAX), Value::from(1e300)] {
                put(&file, path, &bad);
                let ran = &commands(place, run)[usize::from(path.len() % 3 == 0)..];
                ran.iter().for_each(|ran| ends_in_words(ran, &format!("{path} of {name} = {bad}")));
            }
            replace(&file, &whole);
        }
    }
}

#[test]
fn no_cell_of_a_sheet_ends_the_program() {
    let folder = runs();
    let place = folder.path();
    for name in ["timeline.csv", "decisions.csv", "evaluations.csv", "tasks.csv"] {
        let file = place.join("one").join(name);
        let whole = fs::read_to_string(&file).unwrap();
        let mut reader = csv::Reader::from_reader(whole.as_bytes());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        for column in 0..header.len() {
            for bad in ["18446744073709551615", "1e300", "-1e300", "NaN"] {
                let mut writer = csv::Writer::from_writer(Vec::new());
                writer.write_record(&header).unwrap();
                for (number, row) in rows.iter().enumerate() {
                    // Two rows of it, so that a sum of them has to be more than one can be.
                    let is_bad =
                        number + 2 >= rows.len() || (rows.len() / 2..rows.len() / 2 + 2).contains(&number);
                    let cells = row.iter().enumerate();
                    writer
                        .write_record(cells.map(|(at, cell)| if is_bad && at == column { bad } else { cell }))
                        .unwrap();
                }
                replace(&file, writer.into_inner().unwrap());
                for arguments in [&["why", "one"][..], &["why", "one", "--at", "20m"], &["report", "one"]] {
                    let what = format!("{bad} in {} of {name}", &header[column]);
                    ends_in_words(&windtunnel(place, arguments), &what);
                }
            }
        }
        replace(&file, &whole);
    }
}
