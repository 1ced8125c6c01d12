//! `windtunnel why`: the story around a moment of a run.

use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::folder::open_run;
use super::printing::{fail, print};
use crate::report::{WHY_FILES, WhyFiles, WhyQuestion, why};
use crate::shell::results::ResultsReader;
use crate::shell::terminal::table_width;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel why output/flash-sale\n  windtunnel why --at 20:05 output/flash-sale\n  \
                        windtunnel why --at '9h 54m' --service web output/shop\n\nIt reads timeline.csv, decisions.csv, \
                        evaluations.csv, tasks.csv and plan.toml, as `windtunnel run` left them."
)]
pub(super) struct WhyRequest {
    /// Folder with the results of a run
    #[arg(value_name = "OUTPUT_DIR")]
    pub(super) folder: PathBuf,
    /// A time of day in the scenario's zone (09:54), a date and time, or a time since the start ('9h 54m')
    /// [default: the largest scale-out]
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// The service, where there are several
    #[arg(long, value_name = "NAME")]
    pub(super) service: Option<String>,
}

/// Runs the request.
pub(super) fn run(request: &WhyRequest) -> Exit {
    let read = |results: ResultsReader| {
        WHY_FILES.iter().map(|name| results.read(name)).collect::<Result<Vec<Vec<u8>>, String>>()
    };
    let contents = match open_run(&request.folder).and_then(read) {
        Ok(contents) => contents,
        Err(message) => return fail(Exit::Usage, &message),
    };
    let mut contents = contents.into_iter();
    let mut next = || contents.next().unwrap_or_default();
    let files =
        WhyFiles { timeline: next(), decisions: next(), evaluations: next(), tasks: next(), plan: next() };
    let question = WhyQuestion { at: request.at.as_deref(), service: request.service.as_deref() };
    match why(&files, &question, table_width()) {
        Ok(story) => print(&story),
        Err(message) => fail(Exit::Usage, &message),
    }
}
