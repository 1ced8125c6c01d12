//! The cells of a line: what stands between two separators, with or without quotes, and where.

use std::borrow::Cow;
use std::ops::Range;

/// The separators that are known, in the order in which they are tried.
pub(super) const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell<'a> {
    /// Text of the cell, without quotes and blanks around it.
    pub(super) text: &'a str,
    /// Place of the cell in the line, with its quotes \[B\].
    pub(super) span: Range<usize>,
}

impl Cell<'_> {
    /// Its text as a name: two quotes stand for one.
    pub(super) fn name(&self) -> Cow<'_, str> {
        if self.text.contains("\"\"") { self.text.replace("\"\"", "\"").into() } else { self.text.into() }
    }
}

/// The cells of `line`. A separator within quotes belongs to the cell.
pub(super) fn cells(line: &str, separator: char) -> impl Iterator<Item = Cell<'_>> {
    let mut at = Some(0);
    std::iter::from_fn(move || {
        let begin = at?;
        let end = end_of_cell(line, begin, separator);
        at = (end < line.len()).then_some(end + 1);
        Some(trimmed(line, begin..end))
    })
}

/// The byte at which the cell that begins at `begin` ends.
fn end_of_cell(line: &str, begin: usize, separator: char) -> usize {
    let rest = &line[begin..];
    let blanks = rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() && c != separator).len();
    let plain = |from: usize| line[from..].find(separator).map_or(line.len(), |at| from + at);
    if !rest[blanks..].starts_with('"') {
        return plain(begin);
    }
    let mut from = begin + blanks + 1;
    while let Some(quote) = line[from..].find('"') {
        let after = from + quote + 1;
        if !line[after..].starts_with('"') {
            return plain(after);
        }
        from = after + 1;
    }
    // The quote is never closed: it is a character like any other.
    plain(begin)
}

fn trimmed(line: &str, span: Range<usize>) -> Cell<'_> {
    let text = &line[span.clone()];
    let start = span.start + (text.len() - text.trim_start().len());
    let text = text.trim();
    let span = start..start + text.len();
    let inner = text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(text);
    Cell { text: inner.trim(), span }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str, separator: char) -> Vec<&str> {
        cells(line, separator).map(|cell| cell.text).collect()
    }

    #[test]
    fn a_separator_within_quotes_belongs_to_the_cell() {
        assert_eq!(texts("a, \"1,234\" ,b", ','), ["a", "1,234", "b"]);
        assert_eq!(texts("a;\"b;c\";1,5", ';'), ["a", "b;c", "1,5"]);
        assert_eq!(texts("a\t\tb\t", '\t'), ["a", "", "b", ""]);
        assert_eq!(texts("", ','), [""]);
        assert_eq!(texts("\"open,1", ','), ["\"open", "1"]);
        assert_eq!(cells("\"a \"\"b\"\", c\",2", ',').next().unwrap().name(), "a \"b\", c");
    }

    #[test]
    fn a_cell_says_where_it_stands() {
        let spans: Vec<_> = cells("ab, \"1,2\" ,ü", ',').map(|cell| cell.span).collect();
        assert_eq!(spans, [0..2, 4..9, 11..13]);
    }
}
