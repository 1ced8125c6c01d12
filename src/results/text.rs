//! Texts in cells of sheets.

/// The text as a cell of a spreadsheet: what would start a formula there, or a command of GitHub at the beginning of a line,
/// gets a leading apostrophe.
#[must_use]
pub fn cell(text: &str) -> String {
    if is_command(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text of a cell before [`cell`] put an apostrophe before it.
#[must_use]
pub fn unquoted(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_command(rest)).unwrap_or(cell)
}

/// Whether a cell would be more than a text: formulas also begin with the wide and the small forms of their signs.
fn is_command(text: &str) -> bool {
    const SIGNS: [char; 14] = [
        '=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', '\u{fe66}', '\u{fe62}', '\u{fe63}',
        '\u{fe6b}',
    ];
    text.starts_with(SIGNS) || text.starts_with("::") || text.starts_with("##[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_would_start_a_formula_is_quoted() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@x",
            "\tx",
            "\rx",
            "＝x",
            "\u{fe66}x",
            "\u{fe62}x",
            "\u{fe63}x",
            "\u{fe6b}x",
            "::error::x",
            "##[error]x",
        ] {
            assert_eq!(cell(text), format!("'{text}"));
        }
        assert_eq!(cell("web=1"), "web=1");
        assert_eq!(cell(""), "");
    }
}
