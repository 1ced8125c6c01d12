//! The books of requests: every one is accounted for, in the run's totals, in its minute, and in the integrals over time.

use windtunnel::record::{LatencySummary, RequestCounts, ServiceRecord};

use super::{in_every_plan, run, services};
use crate::witness::{Ending, Request, Seen};

/// Counts by outcome of the requests that arrived at or after `from` [ns].
fn counts(seen: &Seen, from: u64, horizon: u64) -> RequestCounts {
    let mut counts = RequestCounts::default();
    for request in seen.requests.iter().filter(|request| request.arrival >= from) {
        counts.offered += 1;
        match request.ending(horizon) {
            Ending::Served(_) => counts.served += 1,
            Ending::Rejected(_) => counts.rejected += 1,
            Ending::TimedOut(_) => counts.timed_out += 1,
            Ending::Failed(_) => counts.failed += 1,
            Ending::InFlight => counts.in_flight += 1,
        }
    }
    counts
}

#[test]
fn every_request_is_served_rejected_timed_out_failed_or_in_flight_and_the_record_says_which() {
    in_every_plan(11, |plan| {
        let run = run(plan);
        for (seen, record) in services(&run) {
            assert_eq!(seen.offered, seen.requests.len() as u64, "one outcome was stated for each arrival");
            let counted = counts(seen, plan.warmup.0, plan.horizon.0);
            assert_eq!(counted, record.requests);
            let c = counted;
            assert_eq!(c.offered, c.served + c.rejected + c.timed_out + c.failed + c.in_flight);
            assert_eq!(record.warmup_requests + c.offered, seen.offered);
        }
    });
}

/// Whether an instant belongs to a row: what happens at its end still does, and at second 0 already.
fn within(at: u64, start: u64, end: u64) -> bool {
    at <= end && (at > start || (at == 0 && start == 0))
}

#[test]
fn every_minute_shows_what_ended_in_it_and_the_minutes_add_up_to_the_run() {
    in_every_plan(12, |plan| {
        let run = run(plan);
        for (seen, record) in services(&run) {
            let mut start = 0;
            let mut served_in_all = 0;
            let mut endings: Vec<Ending> = seen.requests.iter().map(|r| r.ending(plan.horizon.0)).collect();
            for row in &record.timeline {
                let end = start + row.length.0;
                assert_eq!((row.start.0, row.length.0 <= 60_000_000_000), (start, true));
                assert!(
                    end == plan.horizon.0 || (plan.start_unix_ns + end.cast_signed()) % 60_000_000_000 == 0
                );
                let offered =
                    seen.requests.iter().filter(|r| (start..end).contains(&r.arrival)).count() as u64;
                let mut here = RequestCounts { offered, ..RequestCounts::default() };
                endings.retain(|ending| {
                    let (count, belongs) = match *ending {
                        Ending::Served(at) => (&mut here.served, within(at, start, end)),
                        Ending::Rejected(at) => (&mut here.rejected, (start..end).contains(&at)),
                        Ending::TimedOut(at) => (&mut here.timed_out, within(at, start, end)),
                        Ending::Failed(at) => (&mut here.failed, within(at, start, end)),
                        Ending::InFlight => return true,
                    };
                    *count += u64::from(belongs);
                    !belongs
                });
                let shown = [row.offered, row.served, row.rejected, row.timed_out, row.failed];
                let counted = [here.offered, here.served, here.rejected, here.timed_out, here.failed];
                assert_eq!(shown, counted, "row that starts at {start} ns");
                served_in_all += row.served;
                start = end;
            }
            assert_eq!(start, plan.horizon.0);
            assert!(endings.iter().all(|ending| *ending == Ending::InFlight));
            if plan.warmup.0 == 0 {
                assert_eq!(served_in_all, record.requests.served);
            }
        }
    });
}

/// Sum of spans, cut at the horizon [ns].
fn total(seen: &Seen, span: impl Fn(&Request) -> (u64, u64), horizon: u64) -> i128 {
    let cut = |request: &Request| {
        let (from, until) = span(request);
        i128::from(until.min(horizon)) - i128::from(from.min(horizon))
    };
    seen.requests.iter().map(cut).sum()
}

#[test]
fn the_integral_of_requests_in_flight_is_the_sum_of_their_times_in_the_system() {
    // Little's law as an identity of integers: ∫ L dt = Σ W over the same window.
    in_every_plan(13, |plan| {
        let run = run(plan);
        for (seen, _) in services(&run) {
            let held = |p: &windtunnel::kernel::simulation::MinuteClosed| p.usage.occupied + p.usage.waiting;
            let integral: i128 = seen.periods.iter().map(held).sum();
            assert_eq!(integral, total(seen, Request::held, plan.horizon.0));
        }
    });
}

#[test]
fn cpu_time_by_the_minute_adds_up_to_the_work_of_the_requests_and_never_exceeds_what_is_reserved() {
    in_every_plan(14, |plan| {
        let run = run(plan);
        for ((seen, record), service) in services(&run).zip(&plan.services) {
            let busy: i128 = seen.periods.iter().map(|period| period.usage.cpu_busy).sum();
            assert_eq!(busy, total(seen, Request::on_cpu, plan.horizon.0));
            let reserved: u128 = seen.periods.iter().map(|period| period.usage.reserved).sum();
            let booting: u128 = seen.periods.iter().map(|period| period.usage.booting).sum();
            let shares =
                seen.periods.iter().map(|period| period.cpu_utilization).chain([record.cpu_utilization]);
            assert!(shares.flatten().all(|share| (0.0..=1.0 + 1e-9).contains(&share)));
            let expected = busy as f64 / (reserved as f64 * f64::from(service.task.cpu_servers()))
                + service.startup.boot_cpu * booting as f64 / reserved as f64;
            assert!(record.cpu_utilization.is_none_or(|share| (share - expected).abs() < 1e-12));
        }
    });
}

#[test]
fn a_request_arrives_then_starts_then_works_then_ends() {
    in_every_plan(15, |plan| {
        let run = run(plan);
        for request in run.witness.services.iter().flat_map(|seen| &seen.requests) {
            assert!(request.arrival < plan.horizon.0);
            if let Some(p) = request.passage {
                let steps = [request.arrival, p.arrival, p.start, p.cpu_start, p.cpu_end, p.end];
                assert!(steps.is_sorted(), "{p:?}");
            }
            if let Ending::TimedOut(at) | Ending::Failed(at) = request.ending(plan.horizon.0) {
                assert!(at >= request.arrival && at <= plan.horizon.0);
            }
        }
    });
}

/// The record of `times` [ns] must have their count, sum and maximum, and quantiles within a bucket of 0.8 %.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank up to the number of times"
)]
fn assert_summarized(summary: &LatencySummary, mut times: Vec<u64>) {
    times.sort_unstable();
    assert_eq!(summary.count(), times.len() as u64);
    assert_eq!(summary.sum, times.iter().map(|time| u128::from(*time)).sum::<u128>());
    assert_eq!(summary.max, times.last().copied().unwrap_or(0));
    for q in [0.5, 0.9, 0.99, 1.0] {
        let rank = ((q * times.len() as f64).ceil() as usize).max(1);
        match (times.get(rank - 1), summary.quantile_ms(q)) {
            (Some(exact), Some(shown)) => {
                let exact = *exact as f64 / 1e6;
                // Times below 1.032 µs share one bucket.
                assert!(
                    (shown - exact).abs() <= 0.008 * exact + 0.001_032,
                    "{shown} ms instead of {exact} ms"
                );
            }
            (None, None) => {}
            other => unreachable!("{other:?}"),
        }
    }
}

fn assert_times(seen: &Seen, record: &ServiceRecord, warmup: u64, horizon: u64) {
    let counted = seen.requests.iter().filter(|request| request.arrival >= warmup);
    let (mut responses, mut waits) = (Vec::new(), Vec::new());
    for request in counted {
        let Some(p) = request.passage else { continue };
        match request.ending(horizon) {
            Ending::Served(_) => {
                responses.push(p.end - p.arrival);
                waits.push(p.start - p.arrival);
            }
            Ending::TimedOut(_) => waits.push(p.start - p.arrival),
            _ => {}
        }
    }
    assert_summarized(&record.response_time, responses);
    assert_summarized(&record.waiting_time, waits);
}

#[test]
fn recorded_times_are_those_of_the_requests_that_count() {
    in_every_plan(16, |plan| {
        let run = run(plan);
        services(&run).for_each(|(seen, record)| assert_times(seen, record, plan.warmup.0, plan.horizon.0));
    });
}
