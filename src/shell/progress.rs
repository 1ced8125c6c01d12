//! Progress, for people: a bar with rate and time left on a terminal, otherwise a plain line now and then. It goes to
//! standard error and is never part of a result.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal::note;
use super::wall_clock::Stopwatch;

/// Time between two plain lines.
const EVERY: Duration = Duration::from_secs(10);

/// How far a sweep is.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    plain: bool,
    total: u64,
    before: u64,
    done: u64,
    requests: u64,
    began: Stopwatch,
    last: Stopwatch,
}

impl Progress {
    /// Of `total` cells `done` were there before; `quiet`: nothing is shown.
    #[must_use]
    pub fn start(total: u64, done: u64, quiet: bool) -> Self {
        let on_terminal =
            io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let bar = (!quiet && on_terminal).then(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
            let style =
                ProgressStyle::with_template("{bar:30} {pos}/{len} cells  {msg}  {elapsed} gone, {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸─"));
            bar.set_position(done);
            bar.reset_eta();
            bar.enable_steady_tick(Duration::from_millis(500));
            bar
        });
        let plain = !quiet && !on_terminal;
        let (began, last) = (Stopwatch::start(), Stopwatch::start());
        Self { bar, plain, total, before: done, done, requests: 0, began, last }
    }

    /// A cell of so many requests is finished.
    pub fn advance(&mut self, requests: u64) {
        self.done += 1;
        self.requests += requests;
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
            bar.set_message(self.rates());
        } else if self.plain && self.last.elapsed() >= EVERY {
            self.last = Stopwatch::start();
            let cells = (self.done - self.before) as f64 / self.began.elapsed().as_secs_f64().max(1e-3);
            let left = self.total.saturating_sub(self.done) as f64 / cells.max(1e-9);
            note(&format!("{}/{} cells, {}, {left:.0} s left\n", self.done, self.total, self.rates()));
        }
    }

    fn rates(&self) -> String {
        let seconds = self.began.elapsed().as_secs_f64().max(1e-3);
        let cells = (self.done - self.before) as f64 / seconds;
        let requests = self.requests as f64 / seconds / 1e6;
        format!("{cells:.1} cells/s, {requests:.1} M requests/s")
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
