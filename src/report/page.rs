//! A page of a terminal: lines that never wrap, with looks that never carry what the words do not say.

use super::words::{broken, columns, fitted, plain, wrapped};
use crate::experiment::{CheckOutcome, CheckStatus};

/// Widest table \[columns\].
const WIDEST: usize = 100;
/// Narrowest table that still makes sense \[columns\].
const NARROWEST: usize = 40;

/// Look of a piece of a line; the number of its SGR sequence.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
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

/// The lines so far.
pub(super) struct Page {
    text: String,
    pub(super) width: usize,
    colour: bool,
}

/// Widest check that shares a line with its value \[columns\].
const MOST_OF_CHECK: usize = 48;

/// Columns of the widest verdict of some checks; a margin of seven is kept where all are short.
pub(super) fn verdict_width(statuses: impl Iterator<Item = CheckStatus>) -> usize {
    statuses.map(|status| status.name().len()).max().unwrap_or(0).max(7)
}

/// The word for a verdict in a terminal, in so many columns, and its look.
pub(super) fn verdict_word(status: CheckStatus, width: usize) -> (String, Look) {
    let look = match status {
        CheckStatus::Pass => Look::Good,
        CheckStatus::Fail => Look::Bad,
        CheckStatus::NoData | CheckStatus::Inconclusive => Look::Doubtful,
    };
    (format!("{:<width$}", status.name().replace('_', " ").to_uppercase()), look)
}

impl Page {
    /// An empty page of `width` columns, of which at most 100 are used.
    pub(super) fn new(width: usize, colour: bool) -> Self {
        Self { text: String::new(), width: width.clamp(NARROWEST, WIDEST), colour }
    }

    /// The text of the page.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// A remark in faint lines, this far in \[columns\]; nothing without one.
    pub(super) fn aside(&mut self, indent: usize, text: Option<&str>) {
        let Some(text) = text else { return };
        for line in wrapped(text, self.width.saturating_sub(indent)) {
            self.line(&[(Look::Faint, &format!("{}{line}", " ".repeat(indent)))]);
        }
    }

    /// The verdicts, a line each.
    pub(super) fn verdicts(&mut self, checks: &[CheckOutcome]) {
        if checks.is_empty() {
            self.line(&[(Look::Faint, "no checks declared")]);
            return;
        }
        // What is longer than that has lines of its own: what the user wrote is never cut.
        let width = |check: &CheckOutcome| columns(&plain(&check.check));
        let widest = checks.iter().map(width).filter(|width| *width <= MOST_OF_CHECK).max().unwrap_or(0);
        let words = verdict_width(checks.iter().map(|check| check.status));
        let margin = " ".repeat(words + 2);
        for check in checks {
            let (word, look) = verdict_word(check.status, words);
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
    pub(super) fn line(&mut self, pieces: &[(Look, &str)]) {
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

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }
}
