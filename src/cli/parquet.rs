//! `windtunnel parquet`: the CSV files of results as Parquet, beside them.

use super::args::ParquetRequest;
use super::commands::fail;
use super::exit::Exit;

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
    use super::commands::print;
    use crate::report;
    use crate::shell::{files, output};

    for folder in &request.folders {
        let names = report::output_schemas().map(|(name, _)| name).filter(|name| name.ends_with(".csv"));
        let mut made = Vec::new();
        for name in names.filter(|name| files::is_file(&folder.join(name))) {
            let converted = files::read_bytes(&folder.join(name))
                .and_then(|csv| report::parquet_of(name, &csv).map_err(|error| format!("{name}: {error}")));
            match converted {
                Ok(bytes) => made.push((name.replace(".csv", ".parquet"), bytes)),
                Err(message) => return fail(Exit::Usage, &format!("{}: {message}", folder.display())),
            }
        }
        if made.is_empty() {
            let message = format!("there is no CSV file of windtunnel in `{}`", folder.display());
            return fail(Exit::Usage, &message);
        }
        let listed: String =
            made.iter().map(|(name, _)| format!("{}\n", folder.join(name).display())).collect();
        if let Err(error) =
            output::write_all(folder, made.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())))
        {
            return fail(Exit::RunFailed, &error.to_string());
        }
        let printed = print(&listed);
        if printed != Exit::Ok {
            return printed;
        }
    }
    Exit::Ok
}
