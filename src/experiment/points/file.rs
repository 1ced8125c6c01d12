//! Points from a CSV: the header names keys, every row is a point.

use std::collections::BTreeMap;

use super::design::MOST_POINTS;
use crate::scenario::{Axis, Points};

/// The axes and the points of a CSV text.
///
/// # Errors
/// Everything that is wrong with it, a line each.
pub fn points_of(text: &[u8]) -> Result<(Vec<Axis>, Points), Vec<String>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    let keys: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_owned).collect(),
        Err(error) => return Err(vec![format!("line 1: {error}")]),
    };
    let mut faults = faults_of(&keys);
    let mut values: Vec<(Vec<String>, BTreeMap<String, u32>)> = vec![Default::default(); keys.len()];
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(error.to_string());
                continue;
            }
        };
        if rows.len() as u64 >= MOST_POINTS {
            faults.push(format!("more than {MOST_POINTS} points"));
            break;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let mut row = Vec::with_capacity(keys.len());
        for ((cell, key), (list, numbers)) in record.iter().zip(&keys).zip(&mut values) {
            if cell.is_empty() {
                faults.push(format!("line {line}: `{key}` has no value; every point needs one"));
                continue;
            }
            let next = u32::try_from(list.len()).unwrap_or(u32::MAX);
            let number = *numbers.entry(cell.to_owned()).or_insert_with(|| {
                list.push(cell.to_owned());
                next
            });
            row.push(number);
        }
        rows.push(row);
    }
    if rows.is_empty() && faults.is_empty() {
        faults.push("there is no point below the header".to_owned());
    }
    let mut axes = Vec::new();
    if faults.is_empty() {
        for (key, (list, _)) in keys.iter().zip(&values) {
            match Axis::of_key(key, list) {
                Ok(axis) => axes.push(axis),
                Err(why) => faults.push(format!("column `{key}`: {why}")),
            }
        }
    }
    if faults.is_empty() { Ok((axes, Points::List { rows })) } else { Err(faults) }
}

fn faults_of(keys: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut sorted: Vec<&String> = keys.iter().collect();
    sorted.sort_unstable();
    for pair in sorted.windows(2).filter(|pair| pair[0] == pair[1]) {
        faults.push(format!("line 1: the key `{}` is there twice", pair[0]));
    }
    for key in keys.iter().filter(|key| key.split('.').any(|part| part.trim().is_empty())) {
        faults.push(format!("line 1: `{key}` is not the path of a key"));
    }
    if keys.is_empty() {
        faults.push("line 1: there is no header; it names the keys, as after `--set`".to_owned());
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_points_and_values_keep_their_text() {
        let (axes, points) = points_of(b"a.b,c\n1,x\n0.10,y\n1,y\n").unwrap();
        let labels: Vec<&str> = axes[0].values.iter().map(|value| value.label.as_str()).collect();
        assert_eq!(labels, ["1", "0.10"]);
        assert_eq!(points, Points::List { rows: vec![vec![0, 0], vec![1, 1], vec![0, 1]] });
        assert_eq!(axes[1].values[1].overrides, ["c=y"]);
    }

    #[test]
    fn every_fault_of_a_file_is_told() {
        let faults = points_of(b"a,a,\n1,2,3\n1,,3\n1,2\n").unwrap_err();
        assert_eq!(faults.len(), 4, "{faults:?}");
        for text in [&b""[..], b"a\n", b"a\n\xff\n"] {
            assert!(!points_of(text).unwrap_err().is_empty());
        }
    }
}
