//! Values of cells in CSV files, each with its one way to be written and read.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::decimals::{exact_secs, rounded};
use super::text::{cell, unquoted};
use crate::kernel::units::{SimDuration, SimTime};

/// Implements the schema of a value that is written in place.
macro_rules! inline_schema {
    ($(impl [$($generics:tt)*] for $type:ty => $name:literal, $schema:tt;)*) => {$(
        impl<$($generics)*> JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

inline_schema! {
    impl [const DECIMALS: i32] for CellNumber<DECIMALS> => "CellNumber", { "type": "number" };
    impl [const DECIMALS: i32] for CellShort<DECIMALS> => "CellShort", { "type": "number" };
    impl [] for CellSeconds => "CellSeconds", { "type": "number" };
    impl [] for CellMillis => "CellMillis", { "type": "number" };
    impl [] for CellText => "CellText", { "type": "string" };
    impl [const DECIMALS: i32] for CellNumbers<DECIMALS> => "CellNumbers", { "type": "string" };
}

/// Finite number with a fixed count of decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct CellNumber<const DECIMALS: i32>(f64);

impl<const DECIMALS: i32> CellNumber<DECIMALS> {
    /// Rounds a number; `None` where it is not finite, for an empty cell.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        rounded(value, DECIMALS).map(Self)
    }

    /// The number, rounded.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The number as its cell has it: with all its decimals.
    #[must_use]
    pub fn text(self) -> String {
        format!("{:.*}", usize::try_from(DECIMALS).unwrap_or(0), self.0)
    }
}

impl<const DECIMALS: i32> Serialize for CellNumber<DECIMALS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de, const DECIMALS: i32> Deserialize<'de> for CellNumber<DECIMALS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        let number = text.parse().ok().and_then(Self::new);
        number.ok_or_else(|| D::Error::custom(format!("`{text}` is not a finite number")))
    }
}

/// Finite number with at most so many decimals, and no more than it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct CellShort<const DECIMALS: i32>(f64);

impl<const DECIMALS: i32> CellShort<DECIMALS> {
    /// Rounds a number; `None` where it is not finite, for an empty cell.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        rounded(value, DECIMALS).map(Self)
    }
}

impl<const DECIMALS: i32> Serialize for CellShort<DECIMALS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, const DECIMALS: i32> Deserialize<'de> for CellShort<DECIMALS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        let number = text.parse().ok().and_then(Self::new);
        number.ok_or_else(|| D::Error::custom(format!("`{text}` is not a finite number")))
    }
}

/// Exact time in seconds, with as many decimals as it has \[ns\].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellSeconds(u64);

impl CellSeconds {
    /// The time in nanoseconds.
    #[must_use]
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// The time in seconds.
    #[must_use]
    pub fn get(self) -> f64 {
        SimDuration(self.0).as_secs_f64()
    }
}

impl From<SimTime> for CellSeconds {
    fn from(at: SimTime) -> Self {
        Self(at.0)
    }
}

impl From<SimDuration> for CellSeconds {
    fn from(length: SimDuration) -> Self {
        Self(length.0)
    }
}

impl Serialize for CellSeconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&exact_secs(self.0))
    }
}

impl<'de> Deserialize<'de> for CellSeconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        parts_of(&text, 9)
            .map(Self)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is not a time in seconds")))
    }
}

/// Exact time in milliseconds, with six decimals \[ns\].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellMillis(pub u64);

impl Serialize for CellMillis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000))
    }
}

impl<'de> Deserialize<'de> for CellMillis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        let nanos = parts_of(&text, 6).map(Self);
        nanos.ok_or_else(|| D::Error::custom(format!("`{text}` is not a time in milliseconds")))
    }
}

/// A decimal text as a whole number of its last decimal place, such as `12.5` with two places as 1250; `None` for anything else.
fn parts_of(text: &str, places: usize) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > places || !is_digits(whole) || !is_digits(decimals) {
        return None;
    }
    format!("{whole}{decimals:0<places$}").parse().ok()
}

/// Text that no spreadsheet takes for a formula: an apostrophe stands before one that would be, in the cell only.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellText(String);

impl CellText {
    /// The text itself, without an apostrophe.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for CellText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl PartialEq<str> for CellText {
    fn eq(&self, text: &str) -> bool {
        self.0 == text
    }
}

impl PartialEq<&str> for CellText {
    fn eq(&self, text: &&str) -> bool {
        self.0 == *text
    }
}

impl PartialEq<String> for CellText {
    fn eq(&self, text: &String) -> bool {
        self.0 == *text
    }
}

impl fmt::Display for CellText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::ops::Deref for CellText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Serialize for CellText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&cell(&self.0))
    }
}

impl<'de> Deserialize<'de> for CellText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        Ok(Self(unquoted(&text).to_owned()))
    }
}

/// Numbers in one cell, with a space between them; an empty cell without any.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellNumbers<const DECIMALS: i32>(pub Vec<CellNumber<DECIMALS>>);

impl<const DECIMALS: i32> CellNumbers<DECIMALS> {
    /// The finite ones of some numbers, rounded.
    #[must_use]
    pub fn new(values: &[f64]) -> Self {
        Self(values.iter().filter_map(|value| CellNumber::new(*value)).collect())
    }
}

impl<const DECIMALS: i32> Serialize for CellNumbers<DECIMALS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts: Vec<String> = self.0.iter().map(|number| number.text()).collect();
        serializer.serialize_str(&texts.join(" "))
    }
}

impl<'de, const DECIMALS: i32> Deserialize<'de> for CellNumbers<DECIMALS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        let number = |word: &str| word.parse().ok().and_then(CellNumber::new);
        let numbers: Option<Vec<_>> = text.split_whitespace().map(number).collect();
        numbers.map(Self).ok_or_else(|| D::Error::custom(format!("`{text}` is not a list of numbers")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_do_not_exist_are_empty_cells() {
        assert_eq!(CellNumber::<3>::new(f64::NAN), None);
        assert_eq!(CellNumber::<3>::new(f64::INFINITY), None);
        assert_eq!(CellNumber::<3>::new(-0.000_01).map(CellNumber::text).as_deref(), Some("0.000"));
        assert_eq!(CellNumber::<6>::new(1.0 / 3.0).map(CellNumber::text).as_deref(), Some("0.333333"));
    }

    #[test]
    fn seconds_are_read_back_to_the_nanosecond() {
        for nanos in [0, 1, 999_999_999, 90_500_000_000, 157_788_000_000_000_001, u64::MAX] {
            assert_eq!(parts_of(&exact_secs(nanos), 9), Some(nanos));
        }
        for text in ["", ".5", "-1", "1e9", "0.0000000001", "18446744073709551616", "1.5s", "NaN"] {
            assert_eq!(parts_of(text, 9), None, "{text}");
        }
    }
}
