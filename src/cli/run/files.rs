//! The files of a run.

use std::io::{self, Write};

use crate::cli::manifest;
use crate::cli::session::Session;
use crate::experiment::RunResult;
use crate::report;
use crate::results;
use crate::results::Manifest;
use crate::shell::output::Staging;
use crate::shell::results::ResultsWriter;

/// Writes a file.
type Fill<'a> = Box<dyn Fn(&mut dyn Write) -> io::Result<()> + 'a>;

/// Writes the files of a run, which is that replication of its scenario, and `more` beside them, without their names yet.
///
/// # Errors
/// A sentence: it could not be written, or was interrupted.
pub(super) fn stage(
    result: &RunResult,
    folder: &ResultsWriter,
    replication: u64,
    session: &Session,
    more: Vec<(&str, Vec<u8>)>,
) -> Result<(Staging, Manifest), String> {
    let mut files = folder.stage(Some(&session.interrupted)).within(result.scenario.max_output);
    let chart = |error: report::ChartError| format!("cannot draw the picture: {error}");
    let (png, svg) = (report::chart_png(result).map_err(chart)?, report::chart_svg(result).map_err(chart)?);
    let scenario = &result.scenario;
    let whole = |bytes: Vec<u8>| -> Fill<'_> { Box::new(move |out| out.write_all(&bytes)) };
    let mut contents: Vec<(&str, Fill<'_>)> = vec![
        ("summary.json", whole(report::summary_json(result).into_bytes())),
        ("timeline.csv", Box::new(|out| report::timeline_csv(result, out))),
        ("decisions.csv", Box::new(|out| report::decisions_csv(result, out))),
        ("evaluations.csv", Box::new(|out| report::evaluations_csv(result, out))),
        ("tasks.csv", Box::new(|out| report::tasks_csv(result, out))),
        ("invoice.csv", Box::new(|out| report::invoice_csv(result, out))),
        ("cost-focus.csv", Box::new(|out| report::cost_focus_csv(result, report::CLUSTER, out))),
        (
            "scaling-activities.json",
            Box::new(|out| report::scaling_activities_json(result, report::CLUSTER, out)),
        ),
        ("response_times.csv", Box::new(|out| report::response_times_csv(result, out))),
        ("timeline.png", whole(png)),
        ("timeline.svg", whole(svg.into_bytes())),
        ("plan.toml", whole(scenario.resolved_toml.clone().into_bytes())),
    ];
    contents.extend(more.into_iter().map(|(name, bytes)| (name, whole(bytes))));
    for (name, fill) in contents {
        files.file(name, |file| Ok(fill(file)?))?;
    }
    let manifest = Manifest {
        fingerprint: Some(report::fingerprint(&result.record)),
        replication: Some(replication),
        ..manifest::of(results::FolderKind::Run, &[scenario], scenario.seed, &session.watch)
    };
    Ok((files, manifest))
}
