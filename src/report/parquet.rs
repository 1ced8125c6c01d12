//! CSV results as Parquet, for what reads columns (DuckDB, pandas, Polars). Types come from the output's JSON Schema: whole
//! numbers are INT64, numbers DOUBLE, `date-time` a UTC timestamp in microseconds, all others text; an empty cell is null.
//! A column that the schema leaves open (an axis, a figure) is a number if all its cells are. Equal input, equal bytes.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};
use serde_json::Value;
use thiserror::Error;

use crate::results::{output_schema, unquoted};

/// Rows of a row group: a few megabytes before compression.
const ROW_GROUP: usize = 65_536;

/// Reason why a file could not be turned into Parquet.
#[derive(Debug, Error)]
pub enum ParquetWriteError {
    /// No output is called so.
    #[error("no output is called `{0}`")]
    UnknownOutput(String),
    /// The file is not one that windtunnel wrote.
    #[error("line {line}: {what}")]
    BadRow {
        /// The line, from 1.
        line: u64,
        /// Fault of the file.
        what: String,
    },
    /// The library refused.
    #[error("{0}")]
    Library(#[from] ParquetError),
}

/// Type of a column's cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnKind {
    Integer,
    Number,
    Boolean,
    Instant,
    Text,
}

/// The content of `name` (such as `timeline.csv`) as Parquet.
///
/// # Errors
/// An unknown name, a row that is not as its schema says, or what the library has to say.
pub fn parquet_of(name: &str, csv: &[u8]) -> Result<Vec<u8>, ParquetWriteError> {
    let unknown = || ParquetWriteError::UnknownOutput(name.to_owned());
    let schema: Value =
        output_schema(name).and_then(|text| serde_json::from_str(&text).ok()).ok_or_else(unknown)?;
    let mut reader = csv::Reader::from_reader(csv);
    let columns: Vec<String> = reader.headers().map_err(bad)?.iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().map_err(bad)?;
    let kinds: Vec<ColumnKind> =
        columns.iter().enumerate().map(|(at, column)| kind(&schema, column, &rows, at)).collect();
    let fields: Result<Vec<TypePtr>, ParquetError> =
        columns.iter().zip(&kinds).map(|(column, kind)| field(column, *kind).map(Arc::new)).collect();
    let table = Type::group_type_builder(name.trim_end_matches(".csv")).with_fields(fields?).build()?;
    let properties = WriterProperties::builder()
        .set_created_by(format!("windtunnel {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::SNAPPY)
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(table), Arc::new(properties))?;
    for rows in rows.chunks(ROW_GROUP) {
        let mut group = writer.next_row_group()?;
        for (at, kind) in kinds.iter().enumerate() {
            write_column(&mut group, rows, at, *kind)?;
        }
        group.close()?;
    }
    Ok(writer.into_inner()?)
}

fn bad(error: csv::Error) -> ParquetWriteError {
    let line = error.position().map_or(0, csv::Position::line);
    ParquetWriteError::BadRow { line, what: error.to_string() }
}

/// The type of a column's cells by the schema, or by its cells where the schema leaves it open.
fn kind(schema: &Value, column: &str, rows: &[csv::StringRecord], at: usize) -> ColumnKind {
    if let Some(rule) = schema["properties"].get(column) {
        let is = |word: &str| match &rule["type"] {
            Value::Array(types) => types.iter().any(|name| name == word),
            name => name == word,
        };
        return match () {
            () if is("integer") => ColumnKind::Integer,
            () if is("number") => ColumnKind::Number,
            () if is("boolean") => ColumnKind::Boolean,
            () if rule["format"] == "date-time" => ColumnKind::Instant,
            () => ColumnKind::Text,
        };
    }
    let cells = || rows.iter().map(|row| &row[at]).filter(|cell| !cell.is_empty());
    match () {
        // A column without a single value is that of a figure that no run has.
        () if cells().all(|cell| cell.parse::<f64>().is_ok_and(f64::is_finite)) => ColumnKind::Number,
        () if cells().all(|cell| matches!(cell, "true" | "false")) => ColumnKind::Boolean,
        () => ColumnKind::Text,
    }
}

fn field(column: &str, kind: ColumnKind) -> Result<Type, ParquetError> {
    let (physical, logical) = match kind {
        ColumnKind::Integer => (Physical::INT64, None),
        ColumnKind::Number => (Physical::DOUBLE, None),
        ColumnKind::Boolean => (Physical::BOOLEAN, None),
        ColumnKind::Instant => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(column, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

fn write_column<W: std::io::Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    rows: &[csv::StringRecord],
    at: usize,
    kind: ColumnKind,
) -> Result<(), ParquetWriteError> {
    let cells = || rows.iter().map(|row| (row, &row[at])).filter(|(_, cell)| !cell.is_empty());
    let levels: Vec<i16> = rows.iter().map(|row| i16::from(!row[at].is_empty())).collect();
    let levels = Some(levels.as_slice());
    let wrong = |row: &csv::StringRecord, cell: &str| ParquetWriteError::BadRow {
        line: row.position().map_or(0, csv::Position::line),
        what: format!("column {}: `{cell}` is not what belongs there", at + 1),
    };
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    macro_rules! write {
        ($type:ty, $read:expr) => {{
            let values: Result<Vec<_>, ParquetWriteError> =
                cells().map(|(row, cell)| $read(cell).ok_or_else(|| wrong(row, cell))).collect();
            column.typed::<$type>().write_batch(&values?, levels, None)?;
        }};
    }
    match kind {
        ColumnKind::Integer => write!(Int64Type, |cell: &str| cell.parse::<i64>().ok()),
        ColumnKind::Number => {
            write!(DoubleType, |cell: &str| cell.parse::<f64>().ok().filter(|n| n.is_finite()))
        }
        ColumnKind::Boolean => write!(BoolType, |cell: &str| cell.parse::<bool>().ok()),
        ColumnKind::Instant => write!(Int64Type, |cell: &str| {
            cell.parse::<jiff::Timestamp>().ok().map(|instant| instant.as_microsecond())
        }),
        ColumnKind::Text => write!(ByteArrayType, |cell: &str| Some(ByteArray::from(unquoted(cell)))),
    }
    column.close()?;
    Ok(())
}
