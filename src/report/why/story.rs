//! The story of a change of capacity: what led to it, where the time went, what users felt, and what came after.

use super::moment::RunClock;
use super::moves::Episode;
use super::service::ServiceLog;
use crate::kernel::units::SimDuration;
use crate::record::DecisionKind;
use crate::report::numbers::{figure, grouped, span};
use crate::report::words::{broken, columns, plain};
use crate::results::{CellNumber, DecisionRow, EvaluationRow};

/// Rise or fall of the load that counts as one, as a share of what it was.
const NOTABLE: f64 = 0.05;
/// Length of time before the first breaching period in which the load is looked at \[s\].
const BEFORE_S: f64 = 900.0;
/// Rows of the log that one list shows.
const MOST_ITEMS: usize = 15;

/// Lines of text within a width.
pub(super) struct StoryText {
    text: String,
    width: usize,
    /// Events with their times \[s\], where it is told in order of time and not as it comes.
    gathered: Option<Vec<(f64, String)>>,
}

impl StoryText {
    pub(super) fn new(width: usize) -> Self {
        Self { text: String::new(), width: width.max(40), gathered: None }
    }

    pub(super) fn title(&mut self, text: &str) {
        self.line(text);
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.text.push('\n');
        self.line(text);
    }

    pub(super) fn line(&mut self, text: &str) {
        for line in broken(&plain(text), self.width) {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    /// A label, and a text that hangs beside it.
    pub(super) fn item(&mut self, label: &str, text: &str) {
        let indent = columns(label) + 4;
        for (index, line) in
            broken(&plain(text), self.width.saturating_sub(indent).max(20)).iter().enumerate()
        {
            let head = if index == 0 { format!("  {label}  ") } else { " ".repeat(indent) };
            self.text.push_str(format!("{head}{line}").trim_end());
            self.text.push('\n');
        }
    }

    /// Something that happened at `at` \[s\].
    pub(super) fn event(&mut self, at: f64, clock: &RunClock, text: &str) {
        match &mut self.gathered {
            Some(gathered) => gathered.push((at, text.to_owned())),
            None => self.item(&clock.second(at), text),
        }
    }

    /// From here on events are gathered, until [`StoryText::tell_in_order`].
    fn gather(&mut self) {
        self.gathered = Some(Vec::new());
    }

    /// Tells what was gathered in order of time; what happened at one instant in the order in which it came.
    fn tell_in_order(&mut self, clock: &RunClock) {
        let mut gathered = self.gathered.take().unwrap_or_default();
        gathered.sort_by(|a, b| a.0.total_cmp(&b.0));
        gathered.iter().for_each(|(at, text)| self.item(&clock.second(*at), text));
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// A number for people.
pub(super) fn number(value: f64) -> String {
    figure(value)
}

/// Seconds as a length of time: `2 min 5 s`.
pub(super) fn length(seconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a length of time for people"
    )]
    let nanos = (seconds.max(0.0) * 1e9).round() as u64;
    span(SimDuration(nanos))
}

/// The finding of an alarm, in words.
pub(super) fn alarm_in_words(seen: &EvaluationRow) -> String {
    let values = match (seen.lowest.map(CellNumber::get), seen.highest.map(CellNumber::get)) {
        (Some(low), Some(high)) if high - low < 5e-7 => {
            format!("the newest of {} was {}", seen.metric, number(low))
        }
        (Some(low), Some(high)) => {
            format!("the newest of {} were {} to {}", seen.metric, number(low), number(high))
        }
        _ => format!("no datapoint of {}", seen.metric),
    };
    format!(
        "{} in {}: {} of {} datapoints beyond {}, {} of {} needed; {values}",
        seen.alarm,
        seen.state_after,
        seen.breaching,
        seen.seen,
        number(seen.threshold.get()),
        seen.datapoints_to_alarm,
        seen.evaluation_periods,
    )
}

/// Change of the load: its time, and the load before and after.
struct LoadChange {
    at: f64,
    before: f64,
    after: f64,
}

/// Tells the story of an episode.
pub(super) fn tell(service: &ServiceLog, episode: &Episode<'_>, clock: &RunClock, page: &mut StoryText) {
    let first = episode.first();
    let last = episode.last();
    let verb = if episode.out { "scaled out" } else { "scaled in" };
    page.title(&format!(
        "{} {verb} from {} to {} tasks at {}",
        service.name,
        first.desired_before,
        last.desired_after,
        clock.full(first.time_s.get())
    ));
    let fired = service
        .fired(&first.policy, first.threshold, first.time_s.get())
        .filter(|_| first.kind == DecisionKind::Policy);
    let breach = fired.map(|fired| breach_end(service, fired));
    let turn = breach
        .zip(fired)
        .and_then(|(end, fired)| turn(service, end - fired.period_s.get(), first.time_s.get(), episode.out));
    page.heading("What happened");
    page.gather();
    let since = breach.unwrap_or(first.time_s.get()) - BEFORE_S;
    wrong(service, (since, first.time_s.get()), clock, page);
    by_the_clock(service, (since, first), clock, page);
    if let Some(turn) = &turn {
        let way = if episode.out { "rose" } else { "fell" };
        page.event(
            turn.at,
            clock,
            &format!("The load {way} from {} to {} requests/s.", number(turn.before), number(turn.after)),
        );
    } else if let Some(end) = breach {
        let rate = service.minute_at(end).map_or(0.0, |minute| minute.offered_per_s.get());
        page.event(end, clock, &format!("The load had hardly changed: {} requests/s.", number(rate)));
    }
    if let (Some(fired), Some(end)) = (fired, breach) {
        metric_and_alarm(service, (fired, end), first, clock, page);
    }
    decision(service, first, fired, clock, page);
    let ready = if episode.out { arrivals(service, episode, clock, page) } else { None };
    page.tell_in_order(clock);
    if let (Some(fired), Some(end)) = (fired, breach) {
        let start = turn.as_ref().map_or(end - fired.period_s.get(), |turn| turn.at);
        let earlier = earlier_changes(service, first, fired).len();
        where_the_time_went((start, end), (fired, earlier), (first, ready), page);
    }
    let start = turn.map_or(first.time_s.get(), |turn| turn.at);
    users(service, (start, last.time_s.get()), clock, page);
    after(service, episode, clock, page);
}

/// End of the first period of the run of datapoints that made the alarm fire \[s\].
fn breach_end(service: &ServiceLog, fired: &EvaluationRow) -> f64 {
    let end = fired.newest_period_end_s.unwrap_or(fired.time_s).get();
    let row = change_of(service, fired);
    let points = row.map_or(&[][..], |row| &row.datapoints.0);
    let low = points.last().is_some_and(|newest| *newest < fired.threshold);
    let breaches = |value: &CellNumber<6>| {
        if low { *value <= fired.threshold } else { *value >= fired.threshold }
    };
    let first = points.iter().position(breaches).unwrap_or(0);
    let later = points.len().saturating_sub(first + 1);
    end - later as f64 * fired.period_s.get()
}

/// The minute from which on the load stayed away from what it was until the metric breached, and how far it went.
fn turn(service: &ServiceLog, breach_start: f64, until: f64, out: bool) -> Option<LoadChange> {
    let before = service.mean_rate(breach_start - BEFORE_S, breach_start - BEFORE_S / 3.0)?;
    let moved = |rate: f64| {
        if out { rate > before * (1.0 + NOTABLE) + 1e-9 } else { rate < before * (1.0 - NOTABLE) - 1e-9 }
    };
    // What came after the first breaching period may be over again when the policy acts.
    let minutes: Vec<_> = service.between(breach_start - BEFORE_S, breach_start + 60.0).collect();
    let stays = minutes.iter().rev().take_while(|minute| moved(minute.offered_per_s.get())).count();
    let first = minutes.get(minutes.len() - stays)?;
    let since = service.between(first.time_s.get(), until).map(|minute| minute.offered_per_s.get());
    let after = if out { since.fold(before, f64::max) } else { since.fold(before, f64::min) };
    Some(LoadChange { at: first.time_s.get(), before, after })
}

/// Faults and failed tasks in a stretch of time.
pub(super) fn wrong(service: &ServiceLog, (from, to): (f64, f64), clock: &RunClock, page: &mut StoryText) {
    let is_wrong = |row: &&DecisionRow| matches!(row.kind, DecisionKind::Task | DecisionKind::Fault);
    let rows = service.rows.iter().filter(is_wrong);
    let rows: Vec<&DecisionRow> =
        rows.filter(|row| row.time_s.get() >= from && row.time_s.get() <= to).collect();
    list(&rows, MOST_ITEMS / 2, clock, page);
}

/// Scheduled actions that moved the bounds only, and suspensions, before the change: they say what a policy was allowed to do.
fn by_the_clock(
    service: &ServiceLog,
    (from, first): (f64, &DecisionRow),
    clock: &RunClock,
    page: &mut StoryText,
) {
    let rows = service.rows.iter().filter(|row| row.kind == DecisionKind::Scheduled);
    let rows = rows.filter(|row| row.time_s.get() >= from && row.time_s.get() <= first.time_s.get());
    let rows: Vec<&DecisionRow> = rows.filter(|row| row.desired_before == row.desired_after).collect();
    // The scheduled action that is the change itself has a row of its own before it, which says no more.
    let rows: Vec<&DecisionRow> = rows
        .into_iter()
        .filter(|row| row.policy != first.policy || (row.time_s.get() - first.time_s.get()).abs() > 1e-6)
        .collect();
    list(&rows, MOST_ITEMS / 2, clock, page);
}

/// The row of the log in which an alarm changed its state.
fn change_of<'a>(service: &'a ServiceLog, fired: &EvaluationRow) -> Option<&'a DecisionRow> {
    service.rows.iter().find(|row| {
        row.kind == DecisionKind::Alarm
            && row.policy == fired.policy
            && row.threshold.is_none_or(|threshold| threshold == fired.threshold)
            && (row.time_s.get() - fired.time_s.get()).abs() < 1e-6
    })
}

fn metric_and_alarm(
    service: &ServiceLog,
    (fired, end): (&EvaluationRow, f64),
    first: &DecisionRow,
    clock: &RunClock,
    page: &mut StoryText,
) {
    let low = first.desired_after < first.desired_before
        && fired.highest.is_some_and(|high| high < fired.threshold);
    let side = if low { "below" } else { "above" };
    page.event(
        end,
        clock,
        &format!(
            "The first period of {} s with {} {side} {} was over; its datapoint could be read {} later.",
            number(fired.period_s.get()),
            fired.metric,
            number(fired.threshold.get()),
            length(fired.publication_delay_s.get())
        ),
    );
    let row = change_of(service, fired);
    let points = row.map_or_else(String::new, |row| {
        let values: Vec<String> = row.datapoints.0.iter().map(|value| number(value.get())).collect();
        format!(" ({})", values.join(", "))
    });
    page.event(
        fired.time_s.get(),
        clock,
        &format!(
            "{} went to ALARM: {} of {} datapoints beyond {}{points}.",
            fired.alarm,
            fired.breaching,
            fired.seen,
            number(fired.threshold.get())
        ),
    );
}

/// The changes that the policy had made since its alarm fired, before this one.
fn earlier_changes<'a>(
    service: &'a ServiceLog,
    first: &DecisionRow,
    fired: &EvaluationRow,
) -> Vec<&'a DecisionRow> {
    let rows =
        service.rows.iter().filter(|row| row.kind == DecisionKind::Policy && row.policy == first.policy);
    let since =
        rows.filter(|row| row.time_s.get() >= fired.time_s.get() && row.time_s.get() < first.time_s.get());
    since.filter(|row| row.desired_before != row.desired_after).collect()
}

/// Tells of the policy between the alarm and the change: earlier changes while the alarm stayed in `ALARM`, and answers
/// without one, such as a cooldown that had to end.
fn before_the_change(
    service: &ServiceLog,
    first: &DecisionRow,
    fired: &EvaluationRow,
    clock: &RunClock,
    page: &mut StoryText,
) {
    let changes = earlier_changes(service, first, fired);
    let mut since = fired.time_s.get();
    if let Some(last) = changes.last() {
        let count = changes.len();
        let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
        page.event(
            last.time_s.get(),
            clock,
            &format!(
                "While the alarm stayed in ALARM, {} had changed the desired count {times} before; the last change was {} → {}.",
                first.policy, last.desired_before, last.desired_after
            ),
        );
        since = last.time_s.get();
    }
    let idle: Vec<&DecisionRow> = service
        .rows
        .iter()
        .filter(|row| row.kind == DecisionKind::Policy && row.policy == first.policy)
        .filter(|row| row.time_s.get() >= since && row.time_s.get() < first.time_s.get())
        .filter(|row| row.desired_before == row.desired_after)
        .collect();
    if let (Some(earliest), Some(latest)) = (idle.first(), idle.last()) {
        let times = invocations(&idle);
        let times = if times > 1 { format!(" ({times} times)") } else { String::new() };
        let text = format!("{} was invoked{times} without a change: {}.", first.policy, latest.reason);
        page.event(earliest.time_s.get(), clock, &text);
    }
}

fn decision(
    service: &ServiceLog,
    first: &DecisionRow,
    fired: Option<&EvaluationRow>,
    clock: &RunClock,
    page: &mut StoryText,
) {
    if let Some(fired) = fired {
        before_the_change(service, first, fired, clock, page);
    }
    let what = match first.kind {
        DecisionKind::Policy => format!("Policy {} decided: ", first.policy),
        DecisionKind::Scheduled => format!("Scheduled action {} ran: ", first.policy),
        _ => String::new(),
    };
    page.event(
        first.time_s.get(),
        clock,
        &format!("{what}{}. Desired count {} → {}.", first.reason, first.desired_before, first.desired_after),
    );
}

/// Tells when the tasks of the first change ran and could serve: the first of them \[s\].
fn arrivals(
    service: &ServiceLog,
    episode: &Episode<'_>,
    clock: &RunClock,
    page: &mut StoryText,
) -> Option<(f64, f64)> {
    let first = episode.first();
    let asked = service.asked_for(first.time_s.get(), first.time_s.get());
    let mut served: Vec<(f64, f64)> =
        asked.iter().filter_map(|life| Some((life.running_s?.get(), life.in_service_s?.get()))).collect();
    served.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (Some(earliest), Some(latest)) = (served.first().copied(), served.last().copied()) else {
        page.event(first.time_s.get(), clock, "None of the tasks it asked for ever served.");
        return None;
    };
    let all = if served.len() == asked.len() {
        format!("all {}", asked.len())
    } else {
        format!("{} of the {}", served.len(), asked.len())
    };
    let rest =
        if served.len() > 1 { format!("; {all} by {}", clock.second(latest.1)) } else { String::new() };
    page.event(
        earliest.1,
        clock,
        &format!("The first new task could serve (RUNNING at {}){rest}.", clock.second(earliest.0)),
    );
    Some(earliest)
}

fn where_the_time_went(
    (start, breach_end): (f64, f64),
    (fired, earlier): (&EvaluationRow, usize),
    (first, ready): (&DecisionRow, Option<(f64, f64)>),
    page: &mut StoryText,
) {
    let newest = fired.newest_period_end_s.unwrap_or(fired.time_s).get();
    let readable = newest + fired.publication_delay_s.get();
    let more = ((newest - breach_end) / fired.period_s.get()).round();
    let mut parts = vec![
        (breach_end - start, "until the first period beyond the threshold was over".to_owned()),
        (
            newest - breach_end,
            format!("for {} more such periods: {} in a row are needed", number(more), number(more + 1.0)),
        ),
        (fired.publication_delay_s.get(), "until CloudWatch showed the last of them".to_owned()),
        (fired.time_s.get() - readable, "until the alarm was evaluated next".to_owned()),
        (
            first.time_s.get() - fired.time_s.get(),
            match earlier {
                0 => "from the alarm to the change of the desired count".to_owned(),
                1 => "from the alarm to this change, the second of its stay in ALARM".to_owned(),
                _ => format!(
                    "from the alarm to this change, which {earlier} others preceded in its stay in ALARM"
                ),
            },
        ),
    ];
    if more < 0.5 {
        parts.remove(1);
    }
    let mut end = first.time_s.get();
    if let Some((running, serving)) = ready {
        parts.push((running - first.time_s.get(), "until the first new task was RUNNING".to_owned()));
        parts.push((serving - running, "until it could serve: boot, registration, health check".to_owned()));
        end = serving;
    }
    page.heading(&format!("Where the time went: {} in all", length(end - start)));
    let labels: Vec<String> = parts.iter().map(|(seconds, _)| length(*seconds)).collect();
    let width = labels.iter().map(|label| columns(label)).max().unwrap_or(0);
    for (label, (_, text)) in labels.iter().zip(&parts) {
        page.item(&format!("{}{label}", " ".repeat(width - columns(label))), text);
    }
}

fn users(service: &ServiceLog, (from, to): (f64, f64), clock: &RunClock, page: &mut StoryText) {
    let end = to + 600.0;
    page.heading(&format!("What users felt, {} to {}", clock.minute(from), clock.minute(end)));
    let felt = service.felt(from, end);
    let usual = service.usual_p95(from - BEFORE_S, from);
    let usual = usual.map_or_else(String::new, |p95| format!(" ({} ms before)", number(p95)));
    let worst = felt.worst_p95_ms.map_or_else(
        || "Nobody got an answer".to_owned(),
        |(p95, at)| {
            format!("The 95th percentile was at worst {} ms at {}{usual}", number(p95), clock.minute(at))
        },
    );
    let counts = [(felt.rejected, "refused"), (felt.timed_out, "timed out"), (felt.failed, "failed")];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count)))
        .collect();
    let lost = if counts.is_empty() { "no request was lost".to_owned() } else { counts.join(", ") };
    page.line(&format!("{worst}; {lost}."));
}

/// The further changes of the episode, what went wrong meanwhile, and where it ended.
fn after(service: &ServiceLog, episode: &Episode<'_>, clock: &RunClock, page: &mut StoryText) {
    let (first, last) = (episode.first(), episode.last());
    let others: Vec<&DecisionRow> = service
        .rows
        .iter()
        .filter(|row| row.time_s.get() > first.time_s.get() && row.time_s.get() <= last.time_s.get() + 600.0)
        .filter(|row| row.kind != DecisionKind::Alarm)
        .filter(|row| {
            row.desired_before != row.desired_after
                || matches!(row.kind, DecisionKind::Task | DecisionKind::Fault | DecisionKind::Policy)
        })
        .collect();
    if others.is_empty() {
        return;
    }
    page.heading("And then");
    list(&others, MOST_ITEMS, clock, page);
}

/// Rows of the log, those that are alike in a row as one, at most so many of them.
pub(super) fn list(rows: &[&DecisionRow], most: usize, clock: &RunClock, page: &mut StoryText) {
    let (mut index, mut items) = (0, 0);
    while let Some(row) = rows.get(index) {
        if items == most {
            let rest = invocations(&rows[index..]);
            let last = rows[rows.len() - 1];
            let more = format!("… and {rest} more until {}", clock.second(last.until_s.get()));
            return page.event(row.time_s.get(), clock, &more);
        }
        items += 1;
        let is_like = |other: &&&DecisionRow| {
            other.kind == row.kind
                && other.policy == row.policy
                && other.outcome == row.outcome
                && other.desired_before == other.desired_after
        };
        let alike = rows[index..].iter().take_while(is_like).count().max(1);
        let group = &rows[index..index + alike];
        let count = invocations(group);
        let until = group.last().map_or(row.until_s.get(), |last| last.until_s.get());
        let times = if count > 1 {
            format!(" ({count} times, until {})", clock.second(until))
        } else {
            String::new()
        };
        let change = if row.desired_before == row.desired_after {
            format!("{}{times}", row.outcome)
        } else {
            format!("{} → {}", row.desired_before, row.desired_after)
        };
        let who = if row.policy.is_empty() { String::new() } else { format!("{}: ", row.policy) };
        // A fault's or a task's outcome is a word for programs; its reason says all.
        let text = match row.kind {
            DecisionKind::Fault | DecisionKind::Task => format!("{who}{}{times}", row.reason),
            _ => format!("{who}{change}: {}", row.reason),
        };
        page.event(row.time_s.get(), clock, &text);
        index += alike;
    }
}

/// The number of invocations that rows stand for.
fn invocations(rows: &[&DecisionRow]) -> u64 {
    rows.iter().fold(0, |count, row| count.saturating_add(row.times))
}
