//! What holds of every run, whatever its scenario: requests add up, times are in order, files are read back, and the same
//! plan gives the same run.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use windtunnel::experiment::{Effort, RunResult, SavedFiles, SavedRun, checks};
use windtunnel::kernel::simulation::{Fidelity, RunError};
use windtunnel::kernel::units::{NANOS_PER_MINUTE, Usd};
use windtunnel::record::{
    DecisionKind, Detail, LatencySummary, Limits, RunRecord, ServiceRecord, record_within,
};
use windtunnel::report::{self, RunOutput, WhyFiles, WhyQuestion, run_page};
use windtunnel::results::{FolderKind, Manifest, OutputFile};
use windtunnel::scenario::{Scenario, Source};

/// Most requests of a case.
const REQUESTS: u64 = 20_000;
/// Most minutes of a case, of all services together.
const MINUTES: u64 = 6_000;

/// A run within the bounds of a case; `None` where it would be longer.
pub(crate) fn record(scenario: &Scenario) -> Result<Option<RunRecord>, String> {
    let effort = Effort::of(scenario);
    if effort.minutes > MINUTES || effort.requests > REQUESTS as f64 * 2.0 {
        return Ok(None);
    }
    let limits = Limits { requests: Some(REQUESTS), interrupted: None };
    match record_within(&scenario.plan, (scenario.seed, 0), Detail::Everything, limits) {
        Ok(record) => Ok(Some(record)),
        Err(RunError::Stopped { .. }) => Ok(None),
        // A named limit of the scenario is an end in good order.
        Err(error) if error.to_string().contains("limits.") => Ok(None),
        Err(error) => Err(format!("a valid scenario was not run: {error}")),
    }
}

/// Runs a scenario and holds everything against everything; a word of what it came to.
pub(crate) fn ran(scenario: Scenario) -> Result<String, String> {
    let Some(record) = record(&scenario)? else { return Ok("long".to_owned()) };
    for service in &record.services {
        holds(service, &scenario).map_err(|what| format!("{}: {what}", service.name))?;
    }
    let word = format!("{:016x}", record.fingerprint);
    let outcomes = checks::evaluate(&scenario, &record);
    files_hold(&RunResult { scenario, record, checks: outcomes, scale_in: None })?;
    Ok(word)
}

fn claim(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn holds(service: &ServiceRecord, scenario: &Scenario) -> Result<(), String> {
    let r = &service.requests;
    claim(r.offered == r.served + r.rejected + r.timed_out + r.failed + r.in_flight, || {
        format!("requests do not add up: {r:?}")
    })?;
    claim(r.overdue <= r.in_flight, || format!("more are overdue than in flight: {r:?}"))?;
    claim(r.availability().is_none_or(|share| (0.0..=1.0).contains(&share)), || {
        format!("availability {:?}", r.availability())
    })?;
    let flows = scenario.plan.fidelity == Fidelity::Fluid;
    for (name, times) in [("response", &service.response_time), ("waiting", &service.waiting_time)] {
        in_order(times).map_err(|what| format!("{name} times: {what}"))?;
    }
    let timeline = &service.timeline;
    let ends = timeline.windows(2).all(|pair| pair[0].start.0 + pair[0].length.0 == pair[1].start.0);
    claim(ends, || "rows of the timeline do not follow one another".to_owned())?;
    let covered: u64 = timeline.iter().map(|row| row.length.0).sum();
    claim(covered == scenario.plan.horizon.0, || format!("the timeline covers {covered} ns"))?;
    claim(timeline.iter().all(|row| row.length.0 <= NANOS_PER_MINUTE), || {
        "a row is longer than a minute".to_owned()
    })?;
    if scenario.plan.warmup.0 == 0 && !flows {
        let sum = |of: fn(&windtunnel::record::MinuteRecord) -> u64| timeline.iter().map(of).sum::<u64>();
        claim(sum(|row| row.offered) == r.offered, || {
            "offered requests of minutes and run differ".to_owned()
        })?;
        claim(sum(|row| row.served) == r.served, || {
            format!("served: minutes {} and run {}", sum(|row| row.served), r.served)
        })?;
        claim(sum(|row| row.failed) == r.failed, || "failed requests of minutes and run differ".to_owned())?;
    }
    for row in timeline {
        let cpu = row.cpu_utilization.unwrap_or(0.0);
        claim((0.0..=1.0 + 1e-6).contains(&cpu), || {
            format!("CPU of {cpu} at {} s", row.start.as_secs_f64())
        })?;
        let sound =
            [row.queue_length, row.in_flight, row.cost_per_hour_usd, row.memory_utilization.unwrap_or(0.0)];
        claim(sound.iter().all(|value| value.is_finite() && *value >= -1e-6), || format!("{row:?}"))?;
        let quantiles = [row.response_time_p50, row.response_time_p95, row.response_time_p99];
        claim(quantiles.is_sorted(), || format!("percentiles {quantiles:?}"))?;
    }
    claim(service.decisions.is_sorted_by_key(|row| row.at), || {
        "decisions are not in order of time".to_owned()
    })?;
    let refusals = service
        .decisions
        .iter()
        .filter(|row| row.kind == DecisionKind::Policy && row.desired_before == row.desired_after);
    let refusals: u64 = refusals.map(|row| u64::from(row.times)).sum();
    claim(refusals == service.scaling.not_scaled, || {
        format!("{refusals} refusals are logged, {} counted", service.scaling.not_scaled)
    })?;
    claim(service.invoice.lines.iter().all(|line| line.amount >= Usd(0)), || {
        format!("{:?}", service.invoice)
    })?;
    Ok(())
}

fn in_order(times: &LatencySummary) -> Result<(), String> {
    let quantile = |q: f64| times.histogram.quantile(q);
    let [p50, p95, p99] = [0.5, 0.95, 0.99].map(quantile);
    claim([p50, p95, p99].is_sorted(), || format!("{p50:?}, {p95:?}, {p99:?}"))?;
    let mean = times.mean_ms().map(|mean| mean * 1e6);
    claim(mean.is_none_or(|mean| mean <= times.max as f64 * (1.0 + 1e-9)), || {
        format!("mean {mean:?} above the largest, {}", times.max)
    })
}

/// The files of a result by their names.
pub(crate) fn files(result: &RunResult) -> BTreeMap<String, Vec<u8>> {
    type Write<'a> = &'a dyn Fn(&mut dyn std::io::Write) -> std::io::Result<()>;
    let bytes = |write: Write<'_>| {
        let mut bytes = Vec::new();
        write(&mut bytes).unwrap();
        bytes
    };
    BTreeMap::from([
        ("summary.json".to_owned(), report::summary_json(result).into_bytes()),
        ("timeline.csv".to_owned(), bytes(&|out| report::timeline_csv(result, out))),
        ("decisions.csv".to_owned(), bytes(&|out| report::decisions_csv(result, out))),
        ("evaluations.csv".to_owned(), bytes(&|out| report::evaluations_csv(result, out))),
        ("tasks.csv".to_owned(), bytes(&|out| report::tasks_csv(result, out))),
        ("invoice.csv".to_owned(), bytes(&|out| report::invoice_csv(result, out))),
        (
            "scaling-activities.json".to_owned(),
            bytes(&|out| report::scaling_activities_json(result, "c", out)),
        ),
        ("response_times.csv".to_owned(), bytes(&|out| report::response_times_csv(result, out))),
        ("cost-focus.csv".to_owned(), bytes(&|out| report::cost_focus_csv(result, "c", out))),
        ("plan.toml".to_owned(), result.scenario.resolved_toml.clone().into_bytes()),
    ])
}

/// Reads the files with everything that reads files.
pub(crate) fn read(files: &BTreeMap<String, Vec<u8>>, at: Option<&str>) -> Result<(), String> {
    let content = |name: &str| files.get(name).cloned().unwrap_or_default();
    let open = |name: &str| {
        let content = files.get(name).ok_or_else(|| format!("`{name}`: no such file"))?;
        Ok(Box::new(Cursor::new(content.clone())) as Box<dyn Read>)
    };
    let mut manifest = Manifest::of(FolderKind::Run);
    manifest.outputs =
        files.keys().map(|name| OutputFile { file: name.clone(), bytes: 0, sha256: String::new() }).collect();
    run_page(&mut [RunOutput { label: "out".to_owned(), manifest, open: Box::new(open) }])?;
    let story = WhyFiles {
        timeline: content("timeline.csv"),
        decisions: content("decisions.csv"),
        evaluations: content("evaluations.csv"),
        tasks: content("tasks.csv"),
        plan: content("plan.toml"),
    };
    let told = report::why(&story, &WhyQuestion { at, service: None }, 100);
    // Of several services one has to be named, and a moment may lie outside of the run.
    told.or_else(|message| {
        if message.contains("service") || message.contains("moment") || at.is_some() {
            Ok(message)
        } else {
            Err(message)
        }
    })?;
    let plan = String::from_utf8_lossy(&content("plan.toml")).into_owned();
    let kept = SavedRun::read(SavedFiles {
        replication: 0,
        plan: Source { name: "plan.toml".to_owned(), text: plan },
        summary: content("summary.json"),
        timeline: content("timeline.csv"),
        many: None,
    })?;
    let _ = (kept.judge(None), kept.bills());
    Ok(())
}

fn files_hold(result: &RunResult) -> Result<(), String> {
    let files = files(result);
    for (name, content) in &files {
        let text = std::str::from_utf8(content).map_err(|_| format!("{name} is not UTF-8"))?;
        let words = text.split(|c: char| !c.is_alphanumeric());
        let odd = words.map(str::to_lowercase).find(|word| ["nan", "infinity"].contains(&word.as_str()));
        let is_data = name.ends_with(".json") || name.ends_with(".csv");
        claim(
            odd.is_none() || !is_data || result.scenario.resolved_toml.to_lowercase().contains("nan"),
            || format!("{name} says {odd:?}"),
        )?;
    }
    read(&files, None).map_err(|message| format!("its files cannot be read: {message}"))
}
