//! A page of a terminal: lines that never wrap, with looks that never carry what the words do not say.

use super::status::status_word;
use crate::report::words::{broken, columns, fitted, plain};
use crate::results::{CheckResult, CheckStatus};

/// Widest table \[columns\].
const WIDEST: usize = 100;
/// Narrowest table that still makes sense \[columns\].
const NARROWEST: usize = 40;

/// Look of a piece of a line; the number of its SGR sequence.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Look {
    Usual,
    Bold,
    Faint,
    Good,
    Bad,
    Doubtful,
}

impl Look {
    const fn sgr(self) -> &'static str {
        match self {
            Self::Usual => "",
            Self::Bold => "1",
            Self::Faint => "2",
            Self::Good => "1;32",
            Self::Bad => "1;31",
            Self::Doubtful => "1;33",
        }
    }
}

/// Look of a verdict.
pub(in crate::report) const fn look_of(status: CheckStatus) -> Look {
    match status {
        CheckStatus::Pass => Look::Good,
        CheckStatus::Fail => Look::Bad,
        CheckStatus::NoData | CheckStatus::Inconclusive => Look::Doubtful,
    }
}

/// The lines so far.
pub(in crate::report) struct Page {
    text: String,
    pub(in crate::report) width: usize,
    colour: bool,
}

/// Widest check that shares a line with its value \[columns\].
const MOST_OF_CHECK: usize = 48;

impl Page {
    /// An empty page of `width` columns, of which at most 100 are used.
    pub(in crate::report) fn new(width: usize, colour: bool) -> Self {
        Self { text: String::new(), width: width.clamp(NARROWEST, WIDEST), colour }
    }

    /// The text of the page.
    pub(in crate::report) fn finish(self) -> String {
        self.text
    }

    /// A text in as many lines as it takes; the first begins with `start`, the others as far in. Nothing of an empty one.
    pub(in crate::report) fn paragraph(&mut self, look: Look, start: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let indent = columns(start);
        for (index, line) in broken(&plain(text), self.width.saturating_sub(indent)).iter().enumerate() {
            let begin = if index == 0 { start.to_owned() } else { " ".repeat(indent) };
            self.line(&[(Look::Usual, &begin), (look, line)]);
        }
    }

    /// The verdicts, a line each.
    pub(in crate::report) fn verdicts(&mut self, checks: &[CheckResult]) {
        // What is longer than that has lines of its own: what the user wrote is never cut.
        let width = |check: &CheckResult| columns(&plain(&check.check));
        let widest = checks.iter().map(width).filter(|width| *width <= MOST_OF_CHECK).max().unwrap_or(0);
        // A margin of seven columns is kept where all words are short.
        let words = checks.iter().map(|check| status_word(check.status).len()).max().unwrap_or(0).max(7);
        let margin = " ".repeat(words + 2);
        for check in checks {
            let (word, look) = (status_word(check.status).to_uppercase(), look_of(check.status));
            let word = format!("{word:<words$}");
            let text = plain(&check.check);
            let value =
                if check.status == CheckStatus::NoData { "nothing to judge" } else { check.value.as_str() };
            let space = self.width - margin.len();
            let is_short =
                columns(&text) <= widest && margin.len() + widest + 3 + columns(&plain(value)) <= self.width;
            if is_short {
                let gap = " ".repeat(widest - columns(&text) + 3);
                self.line(&[
                    (look, &word),
                    (Look::Usual, "  "),
                    (Look::Usual, &text),
                    (Look::Usual, &gap),
                    (Look::Bold, value),
                ]);
            } else {
                for (index, line) in broken(&text, space).iter().enumerate() {
                    let start = if index == 0 { format!("{word}  ") } else { margin.clone() };
                    self.line(&[(look, &start), (Look::Usual, line)]);
                }
                let indent = if columns(&plain(value)) + widest + 3 <= space { widest + 3 } else { 2 };
                for line in broken(&plain(value), space - indent) {
                    self.line(&[
                        (Look::Usual, &format!("{margin}{}", " ".repeat(indent))),
                        (Look::Bold, &line),
                    ]);
                }
            }
            for line in check.note.iter().flat_map(|note| broken(&plain(note), space)) {
                self.line(&[(Look::Faint, &format!("{margin}{line}"))]);
            }
        }
    }

    /// A line of pieces; what does not fit is cut.
    pub(in crate::report) fn line(&mut self, pieces: &[(Look, &str)]) {
        let mut left = self.width;
        let start = self.text.len();
        for (look, piece) in pieces {
            let piece = fitted(&plain(piece), left);
            left -= columns(&piece).min(left);
            if self.colour && *look != Look::Usual && !piece.is_empty() {
                self.text.push_str(&format!("\u{1b}[{}m{piece}\u{1b}[0m", look.sgr()));
            } else {
                self.text.push_str(&piece);
            }
        }
        let kept = self.text[start..].trim_end().len();
        self.text.truncate(start + kept);
        self.text.push('\n');
    }

    pub(in crate::report) fn blank(&mut self) {
        self.text.push('\n');
    }
}
