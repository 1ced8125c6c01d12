//! What is read from a file equals what was written to it: every file of every result, read by its type and written again, has
//! the same bytes.

use std::collections::BTreeMap;
use std::fs;

use windtunnel::results::{
    CheckReport, Comparison, ComparisonRow, DecisionRow, DiffReport, Document, Estimates, EvaluationRow,
    FocusRow, ForecastResult, ForecastRow, InvoiceRow, Manifest, Optimization, ResponseTimeRow,
    ScalingActivities, SheetRow, SheetWriter, Summary, SweepResult, TaskRow, TimelineRow, json_text,
    read_document, read_sheet,
};

use super::{files, results};

type Again = fn(&[u8]) -> Vec<u8>;

fn document<D: Document>() -> (&'static str, Again) {
    (D::NAME, |bytes| json_text(&read_document::<D>(bytes).unwrap()).into_bytes())
}

fn sheet<R: SheetRow>() -> (&'static str, Again) {
    (R::FILE, |bytes| {
        let header = bytes.split(|byte| *byte == b'\n').next().unwrap();
        let header = String::from_utf8_lossy(header);
        let with_optional = R::OPTIONAL.iter().any(|column| header.split(',').any(|cell| cell == *column));
        let mut out = Vec::new();
        let mut sheet = SheetWriter::of::<R>(&mut out, with_optional).unwrap();
        for row in read_sheet::<R>(bytes).unwrap() {
            sheet.row(&row).unwrap();
        }
        sheet.finish().unwrap();
        out
    })
}

#[test]
fn every_file_reads_back_to_the_same_bytes() {
    let types: BTreeMap<&str, Again> = [
        document::<Summary>(),
        document::<Estimates>(),
        document::<Comparison>(),
        document::<Optimization>(),
        document::<ForecastResult>(),
        document::<SweepResult>(),
        document::<Manifest>(),
        document::<ScalingActivities>(),
        document::<CheckReport>(),
        document::<DiffReport>(),
        sheet::<TimelineRow>(),
        sheet::<DecisionRow>(),
        sheet::<EvaluationRow>(),
        sheet::<TaskRow>(),
        sheet::<InvoiceRow>(),
        sheet::<FocusRow>(),
        sheet::<ResponseTimeRow>(),
        sheet::<ComparisonRow>(),
        sheet::<ForecastRow>(),
    ]
    .into();
    let mut checked: BTreeMap<&str, usize> = BTreeMap::new();
    for path in files(results()) {
        let Some(name) = super::schemas::schema_name(&path) else { continue };
        let Some(again) = types.get(name) else { continue };
        let bytes = fs::read(&path).unwrap();
        assert!(again(&bytes) == bytes, "{} is not what reading and writing it gives", path.display());
        *checked.entry(name).or_default() += 1;
    }
    let missing: Vec<&&str> = types.keys().filter(|name| !checked.contains_key(**name)).collect();
    assert!(missing.is_empty(), "no file of {missing:?}");
}
