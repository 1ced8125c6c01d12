//! Texts that came from outside: names are stripped of whatever could steer a terminal, break XML or start a formula.
//! Also the width of a text in terminal columns. It knows no figure.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::scenario::is_deceptive;

/// The text without escape sequences, control characters, bidirectional overrides and characters XML forbids; line
/// breaks and tabs become spaces.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => match chars.next() {
                // A control sequence ends with a letter or another final byte.
                Some('[') => while chars.next().is_some_and(|c| !('\u{40}'..='\u{7e}').contains(&c)) {},
                // An operating-system command ends with BEL or ESC \.
                Some(']') => {
                    while let Some(c) = chars.next() {
                        if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                            break;
                        }
                    }
                }
                _ => {}
            },
            '\n' | '\r' | '\t' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() || is_deceptive(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// The text with what Markdown and HTML would take for markup escaped, on one line. An address is no link, and a name after
/// an at sign mentions no user.
pub(super) fn markdown(text: &str) -> String {
    let text = plain(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' if rest.peek().is_some_and(|next| next.is_alphanumeric()) => out.push_str("@<!-- -->"),
            ':' if rest.peek() == Some(&'/') => out.push_str("\\:"),
            c => out.push(c),
        }
    }
    out
}

/// Terminal columns of a text (Unicode Standard Annex 11).
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// The text, cut to at most `width` columns with an ellipsis where something was cut.
pub(super) fn fitted(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used + 1 > width {
            break;
        }
        out.push(c);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// The text in lines of at most `width` columns, broken at spaces and, where a word is longer than a line, within it.
pub(super) fn broken(text: &str, width: usize) -> Vec<String> {
    let options = textwrap::Options::new(width.max(1))
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_longer_than_a_line_is_broken_and_loses_nothing() {
        assert_eq!(broken("one incomprehensible", 7), ["one", "incompr", "ehensib", "le"]);
        assert_eq!(broken("日本語", 5), ["日本", "語"]);
        assert_eq!(broken("", 5), [""]);
    }

    #[test]
    fn a_sentence_is_broken_at_its_spaces() {
        assert_eq!(broken("one two three", 7), ["one two", "three"]);
        assert_eq!(broken("one two three", 13), ["one two three"]);
    }

    #[test]
    fn escape_sequences_leave_nothing_behind() {
        assert_eq!(plain("a\u{1b}[31;1mred\u{1b}[0m b"), "ared b");
        assert_eq!(plain("x\u{1b}]0;title\u{7}y\u{1b}]8;;u\u{1b}\\z"), "xyz");
        assert_eq!(plain("a\nb\u{0}\u{9b}c\u{202e}d"), "a bcd");
        assert_eq!(plain("\u{1b}"), "");
    }

    #[test]
    fn a_text_is_cut_by_columns_not_by_characters() {
        assert_eq!(fitted("abcdef", 4), "abc…");
        assert_eq!(fitted("日本語", 5), "日本…");
        assert_eq!(columns("e\u{301}"), 1);
        assert_eq!(fitted("abc", 0), "");
    }
}
