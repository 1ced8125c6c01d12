//! `windtunnel schema`: the JSON Schema of scenario files, or of an output.

use std::path::Path;

use clap::Args;

use super::exit::Exit;
use super::printing::{fail, print_data};
use crate::results;
use crate::scenario;
use crate::shell::results::ResultsReader;

#[derive(Args, Debug)]
pub(super) struct SchemaRequest {
    /// `summary.json`, `timeline.csv`, …: every file that a command writes and that programs read (of a CSV: a row)
    #[arg(value_name = "OUTPUT")]
    pub(super) output: Option<String>,
}

/// The schema of scenario files, or of the output of that name.
pub(super) fn run(request: &SchemaRequest) -> Exit {
    let Some(name) = &request.output else { return print_data(&scenario::json_schema()) };
    match results::output_schema(name).or_else(|| schema_of_file(Path::new(name))) {
        Some(text) => print_data(&text),
        None => {
            let known: Vec<&str> = results::output_names().collect();
            fail(
                Exit::Usage,
                &format!(
                    "no output is called `{name}`; name a file of results, or one of {}",
                    known.join(", ")
                ),
            )
        }
    }
}

/// The schema of a file of results by its path: a sweep's summary is called as a run's is.
fn schema_of_file(path: &Path) -> Option<String> {
    let (folder, name) = (path.parent()?, path.file_name()?.to_str()?);
    let results = ResultsReader::open(folder, "").ok();
    let qualified = results.map(|results| format!("{}/{name}", results.kind().command()));
    qualified.and_then(|name| results::output_schema(&name)).or_else(|| results::output_schema(name))
}
