//! JSON Schemas (2020-12) of what commands write for programs, from the types that write it; of a CSV file, of a row read as an
//! object.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::*;
use crate::scenario::DiagnosticsReport;

/// Output and the schema of its type.
struct Output {
    name: &'static str,
    title: &'static str,
    schema: fn() -> Schema,
}

/// Row of the table for a JSON document.
const fn document<D: Document>(title: &'static str) -> Output {
    Output { name: D::NAME, title, schema: schema_of::<D> }
}

/// Row of the table for the rows of a CSV file, or for what has a name of its own.
const fn named<R: JsonSchema>(name: &'static str, title: &'static str) -> Output {
    Output { name, title, schema: schema_of::<R> }
}

/// Every output that programs read.
const OUTPUTS: [Output; 24] = [
    document::<Summary>("windtunnel summary.json"),
    document::<Estimates>("windtunnel estimates.json"),
    document::<Comparison>("windtunnel comparison.json"),
    document::<Optimization>("windtunnel optimization.json"),
    document::<ForecastResult>("windtunnel forecast.json"),
    document::<SweepResult>("windtunnel sweep: summary.json"),
    document::<Manifest>("windtunnel manifest.json"),
    document::<CheckReport>("windtunnel check --format json"),
    document::<DiffReport>("windtunnel diff --format json"),
    named::<DiagnosticsReport<'_>>("diagnostics", "windtunnel validate --format json"),
    document::<ScalingActivities>("windtunnel scaling-activities.json"),
    named::<TimelineRow>(TimelineRow::FILE, "windtunnel timeline.csv: a row"),
    named::<DecisionRow>(DecisionRow::FILE, "windtunnel decisions.csv: a row"),
    named::<EvaluationRow>(EvaluationRow::FILE, "windtunnel evaluations.csv: a row"),
    named::<TaskRow>(TaskRow::FILE, "windtunnel tasks.csv: a row"),
    named::<InvoiceRow>(InvoiceRow::FILE, "windtunnel invoice.csv: a row"),
    named::<FocusRow>(FocusRow::FILE, "windtunnel cost-focus.csv: a row"),
    named::<ResponseTimeRow>(ResponseTimeRow::FILE, "windtunnel response_times.csv: a row"),
    named::<ReplicationRow>("replications.csv", "windtunnel replications.csv: a row"),
    named::<ComparisonRow>(ComparisonRow::FILE, "windtunnel comparison.csv: a row"),
    named::<CandidateRow>("candidates.csv", "windtunnel candidates.csv: a row"),
    named::<ForecastRow>(ForecastRow::FILE, "windtunnel forecast.csv: a row"),
    named::<PointRow>("points.csv", "windtunnel points.csv: a row"),
    named::<RunRow>("runs.csv", "windtunnel runs.csv: a row"),
];

fn schema_of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.with_transform(RecursiveTransform(tidy)).into_generator().into_root_schema_for::<T>()
}

/// Makes descriptions plain text on one line, and closes objects whose properties are all known.
fn tidy(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace("\\[", "[").replace("\\]", "]").replace('\n', " ");
    }
    if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

/// Names of all outputs that have a schema.
pub fn output_names() -> impl Iterator<Item = &'static str> {
    OUTPUTS.iter().map(|output| output.name)
}

/// The schema of the output of that name, as JSON text that ends with a line feed.
#[must_use]
pub fn output_schema(name: &str) -> Option<String> {
    let output = OUTPUTS.iter().find(|output| output.name == name)?;
    let mut schema = (output.schema)();
    schema.insert("title".to_owned(), output.title.into());
    Some(json_text(&schema))
}
