//! The key table: what keys a scenario has, what each may hold, what it is when left out, and what it means.
//!
//! One declaration drives unknown-key and range errors, default filling, the JSON Schema, `explain` and the reference
//! page, so that none of them can drift from the others. How values become a plan is not said here.

use crate::scenario::language::choices::Choice;
use crate::scenario::language::metric_glossary::MetricText;

/// A table of the scenario and its keys.
#[derive(Debug)]
pub(crate) struct TableSpec {
    /// Purpose of the table, in a sentence.
    pub(crate) doc: &'static str,
    /// Keys of the table.
    pub(crate) keys: &'static [Key],
}

/// The language: what all that is said about it is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language {
    /// The outermost table.
    pub(crate) root: &'static TableSpec,
    /// The laws of a distribution.
    pub(crate) laws: &'static TableSpec,
    /// The lines that bills can have.
    pub(crate) items: &'static [MetricText],
    /// The limits that a check of this name takes, with an example; `None` where there is no such check.
    pub(crate) limit_of_check: fn(&str) -> Option<&'static str>,
}

/// A key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) default: Default,
    /// Meaning, with the source of the default.
    pub(crate) doc: &'static str,
}

/// Value of a key that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Default {
    /// That is an error.
    Required,
    /// Nothing: the feature is off, or the doc says what follows.
    Nothing,
    /// This TOML text.
    Toml(&'static str),
}

/// Kind of value that a key holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// A name to be printed.
    Name,
    /// true or false.
    Bool,
    /// A whole number in this range.
    Integer(i128, i128),
    /// A finite number in this range.
    Number(f64, f64),
    /// A number above the first and at most the second.
    NumberAbove(f64, f64),
    /// A duration within these seconds.
    Duration(u64, u64),
    /// A duration above zero and within these seconds.
    DurationAbove(u64),
    /// A size in bytes within this range.
    Size(u64, u64),
    /// Bytes a second, above zero.
    SizeRate,
    /// `HH:MM`.
    TimeOfDay,
    /// RFC 3339 with an offset.
    Instant,
    /// IANA name.
    Zone,
    /// Decimal dollars.
    Price,
    /// A limit such as `< 800ms`.
    Check,
    /// A range such as `40..80:5`, or an array of numbers, strings or booleans.
    Values,
    /// An array of strings.
    Texts,
    /// One of some words.
    Choice(&'static [Choice]),
    /// A duration, or a table with one of these laws.
    Distribution(&'static TableSpec),
    /// A table.
    Table(&'static TableSpec),
    /// A table of tables, whose keys are the user's names.
    Map(&'static TableSpec),
    /// An array of tables.
    List(&'static TableSpec),
    /// A table with exactly one of the keys.
    OneOf(&'static TableSpec),
    /// An array of tables with exactly one of the keys each.
    ListOneOf(&'static TableSpec),
    /// Either of two.
    Either(&'static Kind, &'static Kind),
}

impl Key {
    /// A key that may be left out.
    pub(crate) const fn new(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self { name, kind, default: Default::Nothing, doc }
    }

    /// The same key, required.
    pub(crate) const fn required(mut self) -> Self {
        self.default = Default::Required;
        self
    }

    /// The same key with a default, as TOML.
    pub(crate) const fn or(mut self, toml: &'static str) -> Self {
        self.default = Default::Toml(toml);
        self
    }
}

impl TableSpec {
    /// The key of that name.
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

impl Kind {
    /// The table whose keys follow in a path, if any.
    pub(crate) fn inner(&self) -> Option<&'static TableSpec> {
        match self {
            Self::Table(spec)
            | Self::Map(spec)
            | Self::List(spec)
            | Self::OneOf(spec)
            | Self::ListOneOf(spec) => Some(spec),
            Self::Distribution(laws) => Some(laws),
            Self::Either(a, b) => a.inner().or_else(|| b.inner()),
            _ => None,
        }
    }

    /// The expected value, as a noun phrase.
    pub(crate) fn expected(&self) -> String {
        match self {
            Self::Text => "a string of at most 10 000 characters".to_owned(),
            Self::Name => "a name of 1 to 200 printable characters".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Integer(low, high) if low == high => format!("the number {low}"),
            Self::Integer(low, high) => format!("a whole number from {low} to {high}"),
            Self::Number(low, high) => format!("a number from {low} to {high}"),
            Self::NumberAbove(low, high) => format!("a number above {low} and at most {high}"),
            Self::Duration(low, high) => {
                format!("a duration from {} to {}", seconds_text(*low), seconds_text(*high))
            }
            Self::DurationAbove(high) => format!("a duration above 0s and at most {}", seconds_text(*high)),
            Self::Size(low, high) => format!("a size from {} to {}", size_text(*low), size_text(*high)),
            Self::SizeRate => "bytes a second above zero, such as \"50MiB/s\"".to_owned(),
            Self::TimeOfDay => "a time of day such as \"14:00\"".to_owned(),
            Self::Instant => "a date and time such as \"2026-11-27T00:00:00Z\"".to_owned(),
            Self::Zone => "a time zone such as \"Europe/Berlin\"".to_owned(),
            Self::Price => "a price in dollars as a string, such as \"0.04048\"".to_owned(),
            Self::Check => "a limit such as \"< 800ms\"".to_owned(),
            Self::Values => "a range such as \"40..80:5\", or an array such as [40, 50, 60]".to_owned(),
            Self::Texts => "an array of strings".to_owned(),
            Self::Choice(words) => {
                let words: Vec<String> = words.iter().map(|choice| format!("\"{}\"", choice.word)).collect();
                if let [only] = words.as_slice() {
                    only.clone()
                } else {
                    format!("one of {}", words.join(", "))
                }
            }
            Self::Distribution(_) => "a duration such as \"40ms\", or a distribution such as \
                 { lognormal = { mean = \"40ms\", cv = 1.0 } }"
                .to_owned(),
            Self::Table(_) | Self::Map(_) => "a table".to_owned(),
            Self::List(_) | Self::ListOneOf(_) => "an array of tables".to_owned(),
            Self::OneOf(spec) => {
                let names: Vec<&str> = spec.keys.iter().map(|key| key.name).collect();
                format!("a table with one of the keys {}", names.join(", "))
            }
            Self::Either(a, b) => format!("{}, or {}", a.expected(), b.expected()),
        }
    }
}

fn seconds_text(seconds: u64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        s if s % 86_400 == 0 => format!("{}d", s / 86_400),
        s if s % 3_600 == 0 => format!("{}h", s / 3_600),
        s => format!("{s}s"),
    }
}

fn size_text(bytes: u64) -> String {
    match bytes {
        0 => "0B".to_owned(),
        b if b % (1 << 30) == 0 => format!("{}GiB", b >> 30),
        b if b % (1 << 20) == 0 => format!("{}MiB", b >> 20),
        b => format!("{b}B"),
    }
}

/// Every key with its path, tables before their keys; `<name>` stands for a name of the user's. A distribution is
/// listed once, not below every key that takes one.
pub(crate) fn walk(root: &'static TableSpec, visit: &mut dyn FnMut(&str, &'static Key)) {
    walk_table("", root, visit);
}

fn walk_table(prefix: &str, spec: &'static TableSpec, visit: &mut dyn FnMut(&str, &'static Key)) {
    for key in spec.keys {
        let path = if prefix.is_empty() { key.name.to_owned() } else { format!("{prefix}.{}", key.name) };
        visit(&path, key);
        let Some(inner) = key.kind.inner() else { continue };
        match key.kind {
            Kind::Distribution(_) => {}
            Kind::Map(_) => walk_table(&format!("{path}.<name>"), inner, visit),
            Kind::List(_) | Kind::ListOneOf(_) => walk_table(&format!("{path}.N"), inner, visit),
            _ => walk_table(&path, inner, visit),
        }
    }
}

/// The keys of the laws of a distribution, with paths that begin with `distribution`.
pub(crate) fn walk_laws(laws: &'static TableSpec, visit: &mut dyn FnMut(&str, &'static Key)) {
    walk_table("distribution", laws, visit);
}
