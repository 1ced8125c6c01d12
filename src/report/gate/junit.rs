//! The verdicts as JUnit XML: one suite a scenario, one case a check. Texts from outside are on one line each, so that none
//! begins a line of a log; what cannot stand in XML 1.0 is left out.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{Gate, Judged, found};
use crate::experiment::CheckStatus;
use crate::report::view::status_word;
use crate::report::words::plain;

/// The verdicts as JUnit XML. A check that is inconclusive or has nothing to judge is skipped, or fails where the gate is
/// strict.
///
/// # Errors
/// When the XML library refuses; no verdict is known that makes it do so.
pub fn gate_junit(gate: &Gate) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new(plain(&gate.scenario));
    let seed = gate.seed.to_string();
    let runs = gate.runs.to_string();
    suite.add_property(("subject", plain(&gate.subject).as_str()));
    suite.add_property(("seed", seed.as_str()));
    suite.add_property(("replications", runs.as_str()));
    if let Some(baseline) = &gate.baseline {
        suite.add_property(("baseline", plain(baseline).as_str()));
    }
    suite.add_test_cases(gate.verdicts.iter().map(|judged| case(gate, judged)));
    let mut report = Report::new("windtunnel");
    report.add_test_suite(suite);
    report.to_string()
}

fn case(gate: &Gate, judged: &Judged) -> TestCase {
    let outcome = &judged.outcome;
    let (check, found) = (plain(&outcome.check), plain(&found(outcome)));
    let message = format!("{}: {check}: {found}", status_word(outcome.status));
    let status = if gate.fails(outcome) {
        let place = judged
            .place
            .as_ref()
            .map_or_else(String::new, |(file, line)| format!("{}:{line}: ", plain(file)));
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(message).set_type(outcome.status.name());
        status.set_description(format!("{place}{check}: {found}"));
        status
    } else if outcome.status == CheckStatus::Pass {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::skipped();
        status.set_message(message);
        status
    };
    let mut case = TestCase::new(check, status);
    case.set_classname(plain(&gate.scenario)).set_system_out(found);
    case
}
