//! Words of a page about a run: its description, the reason why there is nothing to see, its origin.

use crate::report::html::frame::Origin;
use crate::report::html::reading::Results;
use crate::report::numbers::grouped;
use crate::report::run_view::{START_FORMAT, facts as facts_of};

/// The line below the title.
pub(super) fn facts(results: &Results) -> Vec<String> {
    let head = &results.plan.head;
    let start = head.start.parse::<jiff::Timestamp>();
    let zoned = start.ok().and_then(|start| start.in_tz(&head.timezone).ok());
    let start = zoned.map_or_else(|| head.start.clone(), |at| at.strftime(START_FORMAT).to_string());
    facts_of(&results.summary, results.estimates.as_ref(), (&start, &head.timezone))
}

/// The origin of the results, and the command that makes them again.
pub(super) fn origins(results: &Results) -> Vec<Origin> {
    let scenario = &results.summary.scenario;
    let runs = match (&results.estimates, results.manifest.replication.unwrap_or(0)) {
        (Some(estimates), _) => format!(" --replications {}", estimates.replications),
        (None, 0) => String::new(),
        (None, replication) => format!(" --only-replication {replication}"),
    };
    vec![
        Origin::code("Command", format!("windtunnel run plan.toml{runs}")),
        Origin::text("Scenario", scenario.name.clone()),
        Origin::code("Scenario SHA-256", scenario.sha256.clone()),
        Origin::code("Seed", scenario.seed.to_string()),
        Origin::code("Fingerprint of the run", results.summary.fingerprint.clone()),
        Origin::text("Version", format!("windtunnel {}", results.manifest.windtunnel_version)),
        Origin::text("Price book of", results.manifest.price_book_date.clone()),
    ]
}

/// The words of a caption about rows that are not drawn one by one; empty where all are.
pub(super) fn thinned(rows: usize, of: usize) -> String {
    if rows == 1 {
        return String::new();
    }
    format!(
        "{} minutes are drawn from fewer points: each {rows} of them as their lowest and their highest value. \
         timeline.csv has them all.",
        grouped(of as u64)
    )
}

/// The reason why a service has no decision.
pub(super) fn why_no_decision(results: &Results, index: usize) -> String {
    let Some((name, _)) = results.summary.services.0.get(index) else { return String::new() };
    let service = results.plan.head.service.get(name);
    let scaling = service.and_then(|service| service.get("scaling"));
    let kinds = ["target_tracking", "step", "scheduled"];
    let has_policy = kinds.iter().any(|kind| {
        let policies = scaling.and_then(|scaling| scaling.get(kind)).and_then(toml::Value::as_table);
        policies.is_some_and(|policies| !policies.is_empty())
    });
    if has_policy {
        "No alarm changed its state, no policy was invoked and no task failed: the metrics stayed between the alarms' \
         thresholds, or the run ended before an alarm had the datapoints it needs. evaluations.csv has what every alarm \
         saw."
            .to_owned()
    } else {
        format!(
            "{name} has no scaling policy: its desired count never changes. Add one under \
             [service.{name}.scaling.target_tracking]."
        )
    }
}
