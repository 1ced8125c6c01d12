//! Progress, for people: a bar with rate and time left on a terminal, otherwise a plain line now and then. It goes to
//! standard error and is never part of a result.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::terminal::note;
use super::wall_clock::Stopwatch;

/// Time between two plain lines.
const EVERY: Duration = Duration::from_secs(10);

/// Progress of an experiment.
#[derive(Debug)]
pub struct Progress {
    noun: &'static str,
    bar: Option<ProgressBar>,
    plain: bool,
    total: u64,
    before: u64,
    done: u64,
    requests: u128,
    began: Stopwatch,
    last: Stopwatch,
}

/// One line on any terminal: the rates come last, and what does not fit is cut. Before anything is finished the
/// time that the rest takes is unknown.
fn style(noun: &str, before: u64) -> ProgressStyle {
    let template = format!("{{bar:16}} {{pos}}/{{len}} {noun}  {{elapsed}} gone{{left}}  {{wide_msg}}");
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let left = move |state: &ProgressState, text: &mut dyn Write| {
        if state.pos() > before {
            // A line that cannot be written is no harm to a result.
            let _harmless = write!(text, ", {:#} left", HumanDuration(state.eta()));
        }
    };
    style.progress_chars("━╸─").with_key("left", left)
}

impl Progress {
    /// Of `total` things of this kind (`cells`, `runs`) `done` were there before; `quiet`: nothing is shown.
    #[must_use]
    pub fn start(noun: &'static str, total: u64, done: u64, quiet: bool) -> Self {
        let on_terminal =
            io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let bar = (!quiet && on_terminal).then(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
            bar.set_style(style(noun, done));
            bar.set_position(done);
            bar.reset_eta();
            bar.enable_steady_tick(Duration::from_millis(500));
            bar
        });
        let plain = !quiet && !on_terminal;
        let (began, last) = (Stopwatch::start(), Stopwatch::start());
        Self { noun, bar, plain, total, before: done, done, requests: 0, began, last }
    }

    /// One of so many requests is finished.
    pub fn advance(&mut self, requests: u64) {
        self.requests += u128::from(requests);
        self.reach(self.done + 1);
    }

    /// So many are finished.
    pub fn reach(&mut self, done: u64) {
        self.done = done;
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
            bar.set_message(self.rates());
        } else if self.plain && self.last.elapsed() >= EVERY {
            self.last = Stopwatch::start();
            let cells = (self.done - self.before) as f64 / self.began.elapsed().as_secs_f64().max(1e-3);
            let left = self.total.saturating_sub(self.done) as f64 / cells.max(1e-9);
            note(&format!(
                "{}/{} {}, {}, {left:.0} s left\n",
                self.done,
                self.total,
                self.noun,
                self.rates()
            ));
        }
    }

    /// So many are finished, and so many candidates are still in: more may come than was planned.
    pub fn reach_of(&mut self, done: u64, alive: usize) {
        if done > self.total {
            self.total = done + alive as u64;
            if let Some(bar) = &self.bar {
                bar.set_length(self.total);
            }
        }
        self.reach(done);
    }

    fn rates(&self) -> String {
        let seconds = self.began.elapsed().as_secs_f64().max(1e-3);
        let cells = (self.done - self.before) as f64 / seconds;
        if self.requests == 0 {
            return format!("{cells:.1} {}/s", self.noun);
        }
        let requests = self.requests as f64 / seconds / 1e6;
        format!("{cells:.1} {}/s, {requests:.1} M requests/s", self.noun)
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
