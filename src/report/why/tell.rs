//! A question, and the story that answers it.

use super::moment::RunClock;
use super::read::{RunLog, WhyFiles};
use super::{moves, quiet, story};

/// Question to explain: a moment of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct WhyQuestion<'a> {
    /// A moment: a time of day of the scenario's zone (`09:54`), a date and time, or a time since second 0 (`9h 54m`).
    /// `None`: the largest scale-out.
    pub at: Option<&'a str>,
    /// The service; `None`: the only one.
    pub service: Option<&'a str>,
}

/// The story, in lines of at most `width` columns.
///
/// # Errors
/// A sentence: a file is not what a run writes, there is no such service, or no such moment in the run.
pub fn why(files: &WhyFiles, question: &WhyQuestion<'_>, width: usize) -> Result<String, String> {
    let log = RunLog::read(files)?;
    let clock = RunClock::new(&log)?;
    let service = log.service(question.service)?;
    let at = question.at.map(|text| clock.parse(text)).transpose()?;
    let chosen = moves::choose(&service, at);
    let mut page = story::StoryText::new(width);
    match (chosen, at) {
        (Some(episode), _) => story::tell(&service, &episode, &clock, &mut page),
        (None, at) => quiet::tell(&service, at, &clock, &mut page),
    }
    Ok(page.finish())
}
