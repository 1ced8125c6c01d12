//! CSV files as rows of one type: the columns are its fields, in their order.

use std::io::{self, Read, Write};

use schemars::JsonSchema;
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, forward_to_deserialize_any};
use thiserror::Error;

/// Row of a CSV file.
pub trait SheetRow: Serialize + DeserializeOwned + JsonSchema {
    /// Name of the file.
    const FILE: &'static str;

    /// Columns that only some files have; a file has all of them or none.
    const OPTIONAL: &'static [&'static str] = &[];
}

/// Columns of rows of a type, in their order.
#[must_use]
pub fn columns<R: SheetRow>() -> &'static [&'static str] {
    let mut columns: &'static [&'static str] = &[];
    // It stops at the fields: there is nothing to read.
    let _ = R::deserialize(FieldNames(&mut columns));
    columns
}

/// Deserializer that learns the names of a struct's fields and gives no value.
struct FieldNames<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("not a row of named columns"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// CSV file that is being written.
#[derive(Debug)]
pub struct SheetWriter<W: Write>(csv::Writer<W>);

impl<W: Write> SheetWriter<W> {
    /// Begins a file of rows of type `R` with its header, with or without the optional columns.
    ///
    /// # Errors
    /// When it cannot be written to `out`.
    pub fn of<R: SheetRow>(out: W, with_optional: bool) -> io::Result<Self> {
        let is_there = |column: &&&str| with_optional || !R::OPTIONAL.contains(*column);
        let columns: Vec<&str> = columns::<R>().iter().filter(is_there).copied().collect();
        Self::new(out, &columns)
    }

    /// Begins a file with this header.
    ///
    /// # Errors
    /// When it cannot be written to `out`.
    pub fn new<T: AsRef<[u8]>>(out: W, columns: &[T]) -> io::Result<Self> {
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(out);
        writer.write_record(columns)?;
        Ok(Self(writer))
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, row: &impl Serialize) -> io::Result<()> {
        Ok(self.0.serialize(row)?)
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The bytes of a small file of rows, with or without the optional columns.
#[must_use]
pub fn sheet_bytes<R: SheetRow>(with_optional: bool, rows: impl IntoIterator<Item = R>) -> Vec<u8> {
    let mut bytes = Vec::new();
    in_memory(write_all(&mut bytes, with_optional, rows));
    bytes
}

/// The bytes of lines of cells, for files whose columns are of the scenario.
#[must_use]
pub fn line_bytes<T: AsRef<[u8]>>(lines: impl IntoIterator<Item = Vec<T>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(&mut bytes);
    let written = lines.into_iter().try_for_each(|line| writer.write_record(line));
    in_memory(written.map_err(io::Error::from).and_then(|()| writer.flush()));
    drop(writer);
    bytes
}

fn write_all<R: SheetRow>(
    out: &mut Vec<u8>,
    with_optional: bool,
    rows: impl IntoIterator<Item = R>,
) -> io::Result<()> {
    let mut sheet = SheetWriter::of::<R>(out, with_optional)?;
    rows.into_iter().try_for_each(|row| sheet.row(&row))?;
    sheet.finish()
}

#[expect(clippy::expect_used, reason = "memory takes every row, and rows of one type have the same columns")]
fn in_memory(written: io::Result<()>) {
    written.expect("a sheet in memory");
}

/// Reason why a file is not read.
#[derive(Debug, Error)]
#[error("`{file}` is malformed: {what}")]
pub struct ReadError {
    /// Name of the file.
    pub file: &'static str,
    /// Fault of its content.
    pub what: String,
}

/// Gives each row of a CSV file to `take`, until it refuses one.
///
/// # Errors
/// Content that is not rows of this type, or what `take` has against it.
pub fn each_row<R: SheetRow>(
    file: impl Read,
    mut take: impl FnMut(R) -> Result<(), String>,
) -> Result<(), ReadError> {
    let fault = |what: String| ReadError { file: R::FILE, what };
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers().map_err(|error| fault(error.to_string()))?.clone();
    let is_missing = |column: &&&str| !header.iter().any(|name| name == **column);
    let needed = columns::<R>().iter().filter(|column| !R::OPTIONAL.contains(*column));
    let missing: Vec<&str> = needed.filter(is_missing).copied().collect();
    if let [first, rest @ ..] = missing.as_slice() {
        let more = if rest.is_empty() { String::new() } else { format!(", nor {}", listed(rest)) };
        return Err(fault(format!("there is no column `{first}`{more}")));
    }
    for row in reader.deserialize() {
        take(row.map_err(|error| fault(row_fault(&error, &header)))?).map_err(fault)?;
    }
    Ok(())
}

fn listed(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ")
}

/// The fault of a row with its line and column.
fn row_fault(error: &csv::Error, header: &csv::StringRecord) -> String {
    let csv::ErrorKind::Deserialize { pos, err } = error.kind() else { return error.to_string() };
    let line = pos.as_ref().map_or_else(String::new, |pos| format!("line {}", pos.line()));
    // The library knows the column of numbers only; other faults have the cell in their message.
    let field = err.field().and_then(|field| header.get(usize::try_from(field).ok()?));
    let column = field.map_or_else(String::new, |name| format!(", column `{name}`"));
    format!("{line}{column}: {}", err.kind())
}

/// Reads a value of an optional column, which is there if its column is.
///
/// # Errors
/// A value that cannot be read.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads all rows of a CSV file.
///
/// # Errors
/// Content that is not rows of this type.
pub fn read_sheet<R: SheetRow>(file: impl Read) -> Result<Vec<R>, ReadError> {
    let mut rows = Vec::new();
    each_row(file, |row| {
        rows.push(row);
        Ok(())
    })?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{ComparisonRow, DecisionRow, TimelineRow};

    fn fault<R: SheetRow>(text: &str) -> String {
        read_sheet::<R>(text.as_bytes()).map(|rows| rows.len()).unwrap_err().to_string()
    }

    #[test]
    fn a_fault_is_told_with_its_file_and_line() {
        let header = columns::<DecisionRow>().join(",");
        let row = "x,t,0,1,web,policy,cpu,ALARM,m,1,2,,1,1,1,2,scaled_out,why";
        assert_eq!(
            fault::<DecisionRow>(&format!("{header}\n{row}\n")),
            "`decisions.csv` is malformed: line 2: `x` is not a time in seconds"
        );
        let row = row.replacen('x', "1", 1);
        let rows = read_sheet::<DecisionRow>(format!("{header}\n{row}\n").as_bytes()).ok();
        assert_eq!(rows.map(|rows| rows.len()), Some(1));
        let row = row.replace("policy", "guess");
        assert!(
            fault::<DecisionRow>(&format!("{header}\n{row}\n")).contains("line 2: unknown variant `guess`")
        );
        let header = header.replace("time_s,", "").replace("reason", "why");
        assert_eq!(
            fault::<DecisionRow>(&format!("{header}\n")),
            "`decisions.csv` is malformed: there is no column `time_s`, nor `reason`"
        );
    }

    #[test]
    fn optional_columns_are_there_for_all_rows_or_for_none() {
        assert!(columns::<TimelineRow>().contains(&"approximate_response_times"));
        for with_optional in [true, false] {
            let bytes = sheet_bytes::<ComparisonRow>(with_optional, []);
            assert_eq!(String::from_utf8_lossy(&bytes).contains("unpriced"), with_optional);
        }
    }
}
