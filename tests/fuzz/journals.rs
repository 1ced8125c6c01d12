//! Journals of sweeps whose records were changed under a right checksum, as one from elsewhere may be: what is accepted gives
//! whole sheets, what is not is a sentence.

use std::fs;
use std::sync::OnceLock;

use windtunnel::experiment::points::Design;
use windtunnel::experiment::sweep::{SweepSummary, summarize};
use windtunnel::report::sweep as report;
use windtunnel::shell::cells::Cells;

use crate::folders::{SMALL, windtunnel};
use crate::random::{Random, damage};
use crate::{Fault, Outcome};

/// Most cells that a case goes through.
const CELLS: u64 = 200;

/// The texts of the records of a sweep.
fn records() -> &'static [String] {
    static RECORDS: OnceLock<Vec<String>> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("small.toml"), SMALL).unwrap();
        let axes = ["--axis", "service.web.scaling.max_capacity=2,3", "--axis", "seed=1..2:1"];
        windtunnel(
            home.path(),
            &[&["sweep", "small.toml", "--replications", "2", "--out", "s", "-q"], &axes[..]].concat(),
        )
        .status()
        .unwrap();
        let text = fs::read_to_string(home.path().join("s/cells.journal")).unwrap();
        text.lines().map(|line| line.splitn(3, ' ').nth(2).unwrap().to_owned()).collect()
    })
}

/// A record as a line: length, checksum, text.
fn line(text: &str) -> String {
    let mut crc = flate2::Crc::new();
    crc.update(text.as_bytes());
    format!("{} {:08x} {text}\n", text.len(), crc.sum())
}

pub(crate) fn case(random: &mut Random) -> Outcome {
    let mut texts = records().to_vec();
    for _ in 0..random.between(1, 3) {
        let at = random.below(texts.len());
        match random.below(8) {
            0 if texts.len() > 1 => drop(texts.remove(at)),
            1 => texts.insert(at, texts[at].clone()),
            2 => texts.swap(0, at),
            _ => {
                let mut bytes = std::mem::take(&mut texts[at]).into_bytes();
                damage(&mut bytes, random);
                texts[at] = String::from_utf8_lossy(&bytes).replace('\n', " ");
            }
        }
        if texts.is_empty() {
            break;
        }
    }
    let mut bytes: Vec<u8> = texts.iter().flat_map(|text| line(text).into_bytes()).collect();
    if random.once_in(8) {
        damage(&mut bytes, random);
    }
    let shown = String::from_utf8_lossy(&bytes).into_owned();
    random.note(shown.clone());
    let home = tempfile::tempdir().unwrap();
    fs::write(Cells::path(home.path()), &bytes).unwrap();
    let (mut cells, head, _) = match Cells::open(home.path(), random.once_in(2)) {
        Ok(opened) => opened,
        Err(message) => return Ok(message.replace(&home.path().display().to_string(), "")),
    };
    let design = Design::new(&head.axes, &head.points, head.replications, head.seed);
    if design.points().saturating_mul(design.replications()) > CELLS {
        return Ok("large".to_owned());
    }
    let mut summary = SweepSummary::new(&design);
    let header = report::runs_header(&head);
    let columns = csv::Reader::from_reader(header.as_slice()).headers().unwrap().len();
    for point in 0..design.points() {
        let first = point * design.replications();
        let rows: Result<Vec<_>, String> =
            (first..first + design.replications()).map(|cell| cells.row(cell)).collect();
        let rows = match rows {
            Ok(rows) => rows,
            Err(message) => return Ok(message.replace(&home.path().display().to_string(), "")),
        };
        let lines = report::run_lines(&head, &design, point, &rows);
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(lines.as_slice());
        for row in reader.records() {
            let found = row.unwrap().len();
            if found != columns {
                return Err(Fault::new(format!("runs.csv is ragged: {found} cells of {columns}"), shown));
            }
        }
        summary.add(point, &rows, &summarize(&head, &rows));
    }
    let summary = summary.close();
    let view = report::SweepView { head: &head, design: &design, summary: &summary };
    let result = report::sweep_result(&view);
    let text = windtunnel::results::json_text(&result);
    serde_json::from_str::<serde_json::Value>(&text)
        .map_err(|error| Fault::new(format!("summary.json: {error}"), &shown))?;
    let _ = report::sweep_view(&result, result.design.points).terminal_text(100, false);
    Ok(format!("{} rows", cells.finished()))
}
