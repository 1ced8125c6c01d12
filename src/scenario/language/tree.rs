//! The spanned tree: what a text says, with the place of every key and value, owned so that overrides can be merged.
//! It knows TOML's shapes and nothing of what the keys mean.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// Deepest nesting of tables and arrays that is read.
pub(crate) const MAX_DEPTH: usize = 64;

/// Range of bytes of one of the texts; `None`: a default, which is written nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SourceSpan(pub(crate) Option<(usize, Range<usize>)>);

impl SourceSpan {
    /// Bytes `span` of text number `source`.
    pub(crate) fn at(source: usize, span: Range<usize>) -> Self {
        Self(Some((source, span)))
    }

    /// The place of what nobody wrote.
    pub(crate) fn nowhere() -> Self {
        Self(None)
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Integer(i128),
    Number(f64),
    Bool(bool),
    Array(Vec<Node>),
    Table(Table),
    /// A value that is written, but wrongly, and that has been reported.
    Invalid,
}

impl Value {
    /// Name of its type, with the article.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Number(_) => "a number",
            Self::Bool(_) => "a boolean",
            Self::Array(_) => "an array",
            Self::Table(_) => "a table",
            Self::Invalid => "invalid",
        }
    }
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: SourceSpan,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_place: SourceSpan,
    pub(crate) node: Node,
}

/// A table, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
}

impl Table {
    /// The entry of `key`.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The entry of `key`, to be changed.
    pub(crate) fn entry_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == key)
    }

    /// Sets `key`, in its old position where it was there before.
    pub(crate) fn set(&mut self, key: &str, key_place: SourceSpan, node: Node) {
        match self.entry_mut(key) {
            Some(entry) => entry.node = node,
            None => self.entries.push(Entry { key: key.to_owned(), key_place, node }),
        }
    }

    /// The table at `path`, to be changed.
    pub(crate) fn table_mut(&mut self, path: &[&str]) -> Option<&mut Self> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        match &mut self.entry_mut(first)?.node.value {
            Value::Table(table) => table.table_mut(rest),
            _ => None,
        }
    }
}

/// Problem that the parser found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ParseError {
    /// Text that is not TOML.
    Syntax { message: String, place: SourceSpan },
    /// A key was given twice.
    Duplicate { message: String, place: SourceSpan },
    /// Tables or arrays are nested too deeply.
    TooDeep { place: SourceSpan },
    /// An integer that no key could hold.
    HugeInteger { place: SourceSpan },
}

/// Reads a document; the tree holds what could be understood.
pub(crate) fn read_document(text: &str, source: usize, problems: &mut Vec<ParseError>) -> Table {
    let reader = Reader { source, offset: 0 };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        let place = SourceSpan::at(source, span);
        let message = error.message().to_owned();
        problems.push(if message.starts_with("duplicate key") {
            ParseError::Duplicate { message, place }
        } else if message.contains("recursion limit") || message.contains("max recursion depth") {
            ParseError::TooDeep { place }
        } else {
            ParseError::Syntax { message, place }
        });
    }
    reader.table(table.get_ref(), 0, problems)
}

/// Reads one value that begins at byte `offset` of its text. A text that is not a TOML value is taken as a bare word.
pub(crate) fn read_value(text: &str, source: usize, offset: usize, problems: &mut Vec<ParseError>) -> Node {
    let span = offset..offset + text.len();
    let Ok(value) = DeValue::parse(text) else {
        return Node { value: Value::Text(text.to_owned()), place: SourceSpan::at(source, span) };
    };
    let reader = Reader { source, offset };
    Node { value: reader.value(value.get_ref(), &span, 0, problems), place: SourceSpan::at(source, span) }
}

struct Reader {
    source: usize,
    offset: usize,
}

impl Reader {
    fn place(&self, span: &Range<usize>) -> SourceSpan {
        SourceSpan::at(self.source, span.start + self.offset..span.end + self.offset)
    }

    fn table(&self, table: &DeTable<'_>, depth: usize, problems: &mut Vec<ParseError>) -> Table {
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table {
            let node = Node {
                value: self.value(value.get_ref(), &value.span(), depth + 1, problems),
                place: self.place(&value.span()),
            };
            entries.push(Entry { key: key.get_ref().to_string(), key_place: self.place(&key.span()), node });
        }
        Table { entries }
    }

    fn value(
        &self,
        value: &DeValue<'_>,
        span: &Range<usize>,
        depth: usize,
        problems: &mut Vec<ParseError>,
    ) -> Value {
        if depth > MAX_DEPTH {
            problems.push(ParseError::TooDeep { place: self.place(span) });
            return Value::Invalid;
        }
        match value {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => match i128::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Value::Integer(number),
                Err(_) => {
                    problems.push(ParseError::HugeInteger { place: self.place(span) });
                    Value::Invalid
                }
            },
            DeValue::Float(number) => Value::Number(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Value::Bool(*flag),
            DeValue::Datetime(datetime) => Value::Text(datetime.to_string()),
            DeValue::Array(array) => Value::Array(
                array
                    .iter()
                    .map(|item| Node {
                        value: self.value(item.get_ref(), &item.span(), depth + 1, problems),
                        place: self.place(&item.span()),
                    })
                    .collect(),
            ),
            DeValue::Table(table) => Value::Table(self.table(table, depth, problems)),
        }
    }
}
