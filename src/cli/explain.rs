//! `windtunnel explain`: a code, a metric, a figure or a key in words.

use clap::Args;

use super::exit::Exit;
use super::printing::{fail, print};
use crate::scenario;

#[derive(Args, Debug)]
pub(super) struct ExplainRequest {
    /// `WT004`, `CPUUtilization`, `response_time_ms`, `service.NAME.task.cpu`, …
    pub(super) topic: String,
}

/// Runs the request.
pub(super) fn run(request: &ExplainRequest) -> Exit {
    let topic = request.topic.as_str();
    if let Some(text) = scenario::explain(topic) {
        return print(&text);
    }
    let topics = scenario::explain_topics();
    let near = topics
        .iter()
        .map(|known| (strsim::jaro_winkler(&known.to_lowercase(), &topic.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = near.map_or_else(
        || "codes look like WT004, metrics like CPUUtilization, keys like service.NAME.task.cpu".to_owned(),
        |(_, known)| format!("did you mean `{known}`?"),
    );
    fail(Exit::Usage, &format!("unknown topic `{topic}`; {hint}"))
}
