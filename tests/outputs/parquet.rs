//! CSV results as Parquet; of builds without it, that they say so.

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_parquet_says_how_to_get_one() {
    let folder = super::super::cli::folder(&[]);
    let answer = crate::program::windtunnel(folder.path(), &["parquet", "out"]).exits(2).stderr;
    assert!(answer.contains("cargo build --release --features parquet"), "{answer}");
}

#[cfg(feature = "parquet")]
mod with_parquet {
    use std::fs;
    use std::io::Write;
    use std::path::Path;

    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    use windtunnel::report::parquet_of;
    use windtunnel::results::output_schema;

    use crate::outputs::{files, results};
    use crate::program::windtunnel;

    fn cells_of(bytes: &[u8]) -> (Vec<String>, Vec<Vec<Field>>) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let fields = reader.metadata().file_metadata().schema().get_fields();
        let columns = fields.iter().map(|field| field.name().to_owned()).collect();
        let rows = reader.get_row_iter(None).unwrap();
        let rows = rows.map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect());
        (columns, rows.collect())
    }

    fn says(field: &Field, cell: &str) -> bool {
        match field {
            Field::Null => cell.is_empty(),
            Field::Long(value) => cell.parse() == Ok(*value),
            Field::Double(value) => cell.parse() == Ok(*value),
            Field::Bool(value) => cell.parse() == Ok(*value),
            Field::Str(value) => value == cell,
            Field::TimestampMicros(value) => {
                cell.parse::<jiff::Timestamp>().is_ok_and(|instant| instant.as_microsecond() == *value)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_cell_of_every_sheet_comes_back() {
        let mut sheets = 0;
        for path in files(results()) {
            let name = path.file_name().unwrap().to_str().unwrap();
            if !name.ends_with(".csv") || output_schema(name).is_none() {
                continue;
            }
            let csv = fs::read(&path).unwrap();
            let bytes = parquet_of(name, &csv).unwrap();
            assert_eq!(bytes, parquet_of(name, &csv).unwrap(), "equal input, equal bytes");
            let (columns, rows) = cells_of(&bytes);
            let mut reader = csv::Reader::from_reader(csv.as_slice());
            assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), columns);
            let expected: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            assert_eq!(rows.len(), expected.len(), "{}", path.display());
            for (row, record) in rows.iter().zip(&expected) {
                for ((field, cell), column) in row.iter().zip(record).zip(&columns) {
                    assert!(says(field, cell), "{} {column}: {field:?} for `{cell}`", path.display());
                }
            }
            sheets += 1;
        }
        assert!(sheets > 50, "only {sheets}");
    }

    #[test]
    fn a_row_that_is_not_as_its_schema_says_is_named() {
        let error =
            parquet_of("invoice.csv", b"service,amount_usd\nweb,1.5\nweb,one\n").unwrap_err().to_string();
        assert!(error.contains("line 3") && error.contains("`one`"), "{error}");
        let error = parquet_of("invoice.csv", b"service,item\nweb\n").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
        assert!(parquet_of("bills.csv", b"a\n1\n").is_err());
    }

    #[test]
    fn the_command_writes_a_file_beside_each_sheet() {
        let folder = crate::cli::small();
        windtunnel(folder.path(), &["run", "small.toml", "--quiet", "--out", "out"]).exits(0);
        let listed = windtunnel(folder.path(), &["parquet", "out"]).exits(0).stdout;
        assert!(
            listed.contains(&Path::new("out").join("timeline.parquet").display().to_string()),
            "{listed}"
        );
        for line in listed.lines() {
            assert!(fs::read(folder.path().join(line)).unwrap().starts_with(b"PAR1"), "{line}");
        }
        windtunnel(folder.path(), &["parquet", "."]).exits(2);
    }
}
