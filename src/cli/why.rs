//! `windtunnel why`: the story around a moment of a run.

use super::args::WhyRequest;
use super::commands::{fail, print};
use super::exit::Exit;
use super::folder::open_run;
use crate::report::{WHY_FILES, WhyFiles, WhyQuestion, why};
use crate::shell::results::ResultsReader;
use crate::shell::terminal::table_width;

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
