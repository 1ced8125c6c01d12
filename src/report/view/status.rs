//! Words and signs of verdicts, the same in every output.

use crate::report::numbers::grouped;
use crate::results::{CheckResult, CheckStatus};

/// Word for a verdict, the same in every output.
pub(in crate::report) const fn status_word(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Fail => "fail",
        CheckStatus::NoData => "no data",
        CheckStatus::Inconclusive => "inconclusive",
    }
}

/// Sign of a verdict, which never reads by its colour alone.
pub(in crate::report) const fn status_sign(status: Option<CheckStatus>) -> &'static str {
    match status {
        Some(CheckStatus::Pass) => "✓",
        Some(CheckStatus::Fail) => "✕",
        Some(CheckStatus::Inconclusive) => "?",
        Some(CheckStatus::NoData) | None => "–",
    }
}

/// Class of a verdict in the styles of the page.
pub(in crate::report) const fn status_class(status: Option<CheckStatus>) -> &'static str {
    match status {
        Some(status) => status.name(),
        None => "plain",
    }
}

/// The worst status of some checks; `None` where there is none.
pub(in crate::report) fn worst(checks: &[CheckResult]) -> Option<CheckStatus> {
    [CheckStatus::Fail, CheckStatus::Inconclusive, CheckStatus::NoData, CheckStatus::Pass]
        .into_iter()
        .find(|status| checks.iter().any(|check| check.status == *status))
}

/// The sentence about some checks.
pub(in crate::report) fn checks_sentence(checks: &[CheckResult]) -> String {
    let count = |status: CheckStatus| checks.iter().filter(|check| check.status == status).count();
    let parts: Vec<String> = [
        (CheckStatus::Fail, "failed"),
        (CheckStatus::Inconclusive, "inconclusive"),
        (CheckStatus::NoData, "without data"),
    ]
    .into_iter()
    .filter(|(status, _)| count(*status) > 0)
    .map(|(status, word)| format!("{} {word}", count(status)))
    .collect();
    match (checks.len(), parts.is_empty()) {
        (0, _) => "No checks declared: nothing says what is good enough".to_owned(),
        (1, true) => "The check passed".to_owned(),
        (1, false) => match checks[0].status {
            CheckStatus::Fail => "The check failed".to_owned(),
            CheckStatus::NoData => "The check has no data".to_owned(),
            CheckStatus::Inconclusive | CheckStatus::Pass => "The check is inconclusive".to_owned(),
        },
        (all, true) => format!("All {} passed", counted(all as u64, "check")),
        (all, false) => format!("Of {}: {}", counted(all as u64, "check"), parts.join(", ")),
    }
}

/// `1 run`, `12 runs`.
pub(in crate::report) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

/// A text as a sentence: with a capital letter and a full stop.
pub(in crate::report) fn sentence_of(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: CheckStatus) -> CheckResult {
        CheckResult {
            check: "cost < 2 USD".to_owned(),
            value: String::new(),
            status,
            note: None,
            margin: None,
        }
    }

    #[test]
    fn the_worst_check_speaks_for_all() {
        let [pass, fail, unsure] =
            [CheckStatus::Pass, CheckStatus::Fail, CheckStatus::Inconclusive].map(check);
        assert_eq!(worst(&[pass.clone(), unsure.clone()]), Some(CheckStatus::Inconclusive));
        assert_eq!(worst(&[pass.clone(), fail.clone()]), Some(CheckStatus::Fail));
        assert_eq!(worst(&[]), None);
        assert_eq!(checks_sentence(&[]), "No checks declared: nothing says what is good enough");
        assert_eq!(checks_sentence(&[pass.clone(), pass.clone()]), "All 2 checks passed");
        assert_eq!(checks_sentence(&[pass, fail, unsure]), "Of 3 checks: 1 failed, 1 inconclusive");
    }
}
