//! Values in JSON documents, each with its one way to be written and read.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::decimals::{ratio, rounded};
use crate::kernel::units::{NANOS_PER_SEC, SimDuration, Usd};
use crate::scenario::{Measure, MeasureUnit};

/// Finite number, rounded to some decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Rounded<const DECIMALS: i32>(f64);

impl<const DECIMALS: i32> Rounded<DECIMALS> {
    /// Rounds a number; `None` where it is not finite, for `null`.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        rounded(value, DECIMALS).map(Self)
    }

    /// The number, rounded.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl<'de, const DECIMALS: i32> Deserialize<'de> for Rounded<DECIMALS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        Self::new(value).ok_or_else(|| D::Error::custom(format!("`{value}` is not a finite number")))
    }
}

impl<const DECIMALS: i32> JsonSchema for Rounded<DECIMALS> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Rounded".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}

/// Time in seconds: a whole number where it is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Seconds(f64);

impl Seconds {
    /// The time in seconds.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl From<SimDuration> for Seconds {
    fn from(length: SimDuration) -> Self {
        Self(length.as_secs_f64())
    }
}

impl Serialize for Seconds {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with the original")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = self.0 as u64;
        if whole <= u64::MAX / NANOS_PER_SEC && (whole as f64).to_bits() == self.0.to_bits() {
            serializer.serialize_u64(whole)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for Seconds {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Seconds".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}

/// Decimal number as text, exactly as it is written: money and exact quantities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DecimalText(String);

impl DecimalText {
    /// The quotient of two integers, with at most six decimals.
    #[must_use]
    pub fn ratio(numerator: i128, denominator: i128) -> Self {
        Self(ratio(numerator, denominator))
    }

    /// An amount in whole cents.
    #[must_use]
    pub fn cents(amount: Usd) -> Self {
        Self(amount.to_cents_string())
    }

    /// A number with so many decimals; `None` where it is not finite.
    #[must_use]
    pub fn with_decimals(value: f64, decimals: usize) -> Option<Self> {
        value.is_finite().then(|| Self(format!("{value:.decimals$}")))
    }

    /// The number, to the nearest float.
    #[must_use]
    pub fn get(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }
}

impl std::ops::Deref for DecimalText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<Usd> for DecimalText {
    fn from(amount: Usd) -> Self {
        Self(amount.to_string())
    }
}

impl<'de> Deserialize<'de> for DecimalText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if is_decimal && digits.parse().is_ok_and(f64::is_finite) {
            return Ok(Self(text));
        }
        Err(D::Error::custom(format!("`{text}` is not a decimal number")))
    }
}

impl JsonSchema for DecimalText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "DecimalText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "decimal" })
    }
}

/// Value of a figure: money as decimal text, everything else as a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum FigureValue {
    /// An amount of money \[USD\].
    Money(DecimalText),
    /// Any other figure, in its own unit.
    Number(Rounded<6>),
}

impl FigureValue {
    /// The value of a figure; `None` where it is not finite, for `null`.
    #[must_use]
    pub fn new(measure: Measure, value: f64) -> Option<Self> {
        match measure.unit() {
            MeasureUnit::Usd if value.is_finite() => DecimalText::with_decimals(value, 4).map(Self::Money),
            _ => Rounded::new(value).map(Self::Number),
        }
    }

    /// The value as a number.
    #[must_use]
    pub fn get(&self) -> f64 {
        match self {
            Self::Money(text) => text.get(),
            Self::Number(number) => number.get(),
        }
    }
}

/// Value of a document that is a number, however it is written.
pub trait Numeric {
    /// The number.
    fn number(&self) -> f64;
}

impl Numeric for FigureValue {
    fn number(&self) -> f64 {
        self.get()
    }
}

impl Numeric for DecimalText {
    fn number(&self) -> f64 {
        self.get()
    }
}

impl<const DECIMALS: i32> Numeric for Rounded<DECIMALS> {
    fn number(&self) -> f64 {
        self.get()
    }
}

/// Entries of an object by name, in an order of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ordered<T>(pub Vec<(String, T)>);

impl<T> Ordered<T> {
    /// The entry of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl<T: Serialize> Serialize for Ordered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
    type Value = Ordered<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Ordered(entries))
    }
}

impl<T: JsonSchema> JsonSchema for Ordered<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Map_of_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        std::collections::BTreeMap::<String, T>::json_schema(generator)
    }
}

/// Version of a document's shape: a key is added with a new minor version, changed only with a new major one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version<const MAJOR: u64, const MINOR: u64>;

impl<const MAJOR: u64, const MINOR: u64> Serialize for Version<MAJOR, MINOR> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{MAJOR}.{MINOR}"))
    }
}

impl<'de, const MAJOR: u64, const MINOR: u64> Deserialize<'de> for Version<MAJOR, MINOR> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.split('.').next().and_then(|major| major.parse().ok()) == Some(MAJOR) {
            return Ok(Self);
        }
        Err(D::Error::custom(format!("unsupported schema version {text} (expected {MAJOR}.x)")))
    }
}

impl<const MAJOR: u64, const MINOR: u64> JsonSchema for Version<MAJOR, MINOR> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": format!("{MAJOR}.{MINOR}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_a_number_or_a_decimal_text_and_nothing_else() {
        let read = |text: &str| serde_json::from_str::<FigureValue>(text).map(|value| value.get()).ok();
        assert_eq!(read("1.5"), Some(1.5));
        assert_eq!(read("\"-12.30\""), Some(-12.3));
        for wrong in ["\"much\"", "\"NaN\"", "\"inf\"", "\"1e5\"", "\"\"", "true", "[]", "null"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn whole_seconds_have_no_decimals() {
        let text = |nanos: u64| serde_json::to_string(&Seconds::from(SimDuration(nanos))).ok();
        assert_eq!(text(90_000_000_000).as_deref(), Some("90"));
        assert_eq!(text(1_500_000_000).as_deref(), Some("1.5"));
        assert_eq!(text(0).as_deref(), Some("0"));
    }

    #[test]
    fn a_document_of_another_major_version_is_refused() {
        let read = |text: &str| serde_json::from_str::<Version<1, 2>>(text);
        assert!(read("\"1.2\"").is_ok() && read("\"1.9\"").is_ok());
        assert!(read("\"2.0\"").unwrap_err().to_string().contains("expected 1.x"));
        assert!(read("1.2").is_err());
    }
}
