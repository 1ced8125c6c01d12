//! `windtunnel why`: the story around a moment of a run.

use super::args::WhyRequest;
use super::commands::{fail, print};
use super::exit::Exit;
use super::folder::expect_run;
use crate::report::{WHY_FILES, WhyFiles, WhyQuestion, why};
use crate::shell::files::read_bytes;
use crate::shell::terminal::table_width;

/// Runs the request.
pub(super) fn run(request: &WhyRequest) -> Exit {
    if let Err(message) = expect_run(&request.folder) {
        return fail(Exit::Usage, &message);
    }
    let mut contents = Vec::new();
    for name in WHY_FILES {
        match read_bytes(&request.folder.join(name)) {
            Ok(bytes) => contents.push(bytes),
            Err(message) => {
                let hint = "give the folder that `windtunnel run` wrote, such as output/flash-sale";
                return fail(Exit::Usage, &format!("{message}; {hint}"));
            }
        }
    }
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
