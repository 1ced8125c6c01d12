//! JSON Schemas (2020-12) of what commands write for programs; of a CSV file, of a row read as an object. They stand in
//! files beside this one; tests hold every output against them, and every property against the outputs.

/// The schemas by the name of the output that they describe.
const SCHEMAS: [(&str, &str); 24] = [
    ("summary.json", include_str!("schemas/summary.json")),
    ("estimates.json", include_str!("schemas/estimates.json")),
    ("comparison.json", include_str!("schemas/comparison.json")),
    ("optimization.json", include_str!("schemas/optimization.json")),
    ("forecast.json", include_str!("schemas/forecast.json")),
    ("sweep/summary.json", include_str!("schemas/sweep-summary.json")),
    ("manifest.json", include_str!("schemas/manifest.json")),
    ("check", include_str!("schemas/check.json")),
    ("diff", include_str!("schemas/diff.json")),
    ("diagnostics", include_str!("schemas/diagnostics.json")),
    ("scaling-activities.json", include_str!("schemas/scaling-activities.json")),
    ("timeline.csv", include_str!("schemas/timeline-row.json")),
    ("decisions.csv", include_str!("schemas/decisions-row.json")),
    ("evaluations.csv", include_str!("schemas/evaluations-row.json")),
    ("tasks.csv", include_str!("schemas/tasks-row.json")),
    ("invoice.csv", include_str!("schemas/invoice-row.json")),
    ("cost-focus.csv", include_str!("schemas/cost-focus-row.json")),
    ("response_times.csv", include_str!("schemas/response_times-row.json")),
    ("replications.csv", include_str!("schemas/replications-row.json")),
    ("comparison.csv", include_str!("schemas/comparison-row.json")),
    ("candidates.csv", include_str!("schemas/candidates-row.json")),
    ("forecast.csv", include_str!("schemas/forecast-row.json")),
    ("points.csv", include_str!("schemas/points-row.json")),
    ("runs.csv", include_str!("schemas/runs-row.json")),
];

/// Every schema with the name of its output.
pub fn output_schemas() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCHEMAS.into_iter()
}

/// The schema of the output of that name, as JSON text.
#[must_use]
pub fn output_schema(name: &str) -> Option<&'static str> {
    SCHEMAS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
