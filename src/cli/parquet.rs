//! `windtunnel parquet`: the CSV files of results as Parquet, beside them.

use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::printing::fail;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel parquet output/flash-sale\n  duckdb -c \"select max(running) from \
                        'output/flash-sale/timeline.parquet'\"\n\nIt is in builds made with `--features parquet`."
)]
pub(super) struct ParquetRequest {
    /// Folders with results
    #[arg(value_name = "OUTPUT_DIR", required = true)]
    pub(super) folders: Vec<PathBuf>,
}

/// Says that this build cannot.
#[cfg(not(feature = "parquet"))]
pub(super) fn run(request: &ParquetRequest) -> Exit {
    let folders: Vec<String> = request.folders.iter().map(|folder| folder.display().to_string()).collect();
    let message = format!(
        "this build cannot write Parquet; build it with `cargo build --release --features parquet` to convert {}",
        folders.join(", ")
    );
    fail(Exit::Usage, &message)
}

/// Converts every CSV file of every folder; names what it wrote.
#[cfg(feature = "parquet")]
pub(super) fn run(request: &ParquetRequest) -> Exit {
    use super::printing::print;

    for folder in &request.folders {
        let listed = match convert(folder) {
            Ok(listed) => listed,
            Err((exit, message)) => return fail(exit, &message),
        };
        let printed = print(&listed);
        if printed != Exit::Ok {
            return printed;
        }
    }
    Exit::Ok
}

/// Converts the CSV files of a folder, which become some of its results; the names of what was written.
#[cfg(feature = "parquet")]
fn convert(folder: &std::path::Path) -> Result<String, (Exit, String)> {
    use super::folder::add;
    use crate::report;
    use crate::shell::results::{Refused, ResultsReader, ResultsWriter};

    let usage = |message| (Exit::Usage, message);
    let results = ResultsReader::open(folder, "give a folder of results").map_err(usage)?;
    let csv = results.manifest().outputs.iter().map(|output| output.file.clone());
    let csv: Vec<String> = csv.filter(|name| name.ends_with(".csv")).collect();
    if csv.is_empty() {
        return Err(usage(format!("there is no CSV file of windtunnel in `{}`", folder.display())));
    }
    let mut writer = ResultsWriter::open(folder).map_err(|refused| match refused {
        Refused::Taken(message) => (Exit::Usage, message),
        Refused::Broken(message) => (Exit::RunFailed, message),
    })?;
    let (mut files, mut listed) = (writer.stage(None), String::new());
    for name in &csv {
        let made = results.read(name).and_then(|csv| {
            report::parquet_of(name, &csv).map_err(|error| format!("{}: {name}: {error}", folder.display()))
        });
        let target = name.replace(".csv", ".parquet");
        add(&mut files, &target, &made.map_err(usage)?).map_err(|message| (Exit::RunFailed, message))?;
        listed.push_str(&format!("{}\n", folder.join(target).display()));
    }
    writer.add(files).map_err(|error| (Exit::RunFailed, error.to_string()))?;
    Ok(listed)
}
