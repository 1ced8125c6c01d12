//! The benchmarks, small: each workload runs, gives the same result twice, and keeps its shape. Times are not looked at.

use windtunnel::kernel::simulation::Plan;
use windtunnel::record::{RunRecord, record};

use crate::workloads;

#[path = "../benches/days.rs"]
mod days;
#[path = "../benches/limit.rs"]
mod limit;

fn twice(plan: &Plan) -> RunRecord {
    let (first, second) = (record(plan, 1, 0).unwrap(), record(plan, 1, 0).unwrap());
    assert_eq!(first.fingerprint, second.fingerprint);
    first
}

#[test]
fn w1_is_an_m_m_100_queue_at_eighty_percent() {
    let record = twice(&workloads::w1(100));
    let service = &record.services[0];
    // 80 000 arrivals with standard deviation √80 000 = 283; busy places 80 % of 100 on average.
    assert!(service.requests.offered.abs_diff(80_000) < 5 * 283);
    let busy: f64 =
        service.timeline.iter().map(|row| row.in_flight * row.length.as_secs_f64()).sum::<f64>() / 100.0;
    assert!((busy - 80.0).abs() < 4.0, "{busy}");
}

#[test]
fn w2_uses_three_quarters_of_its_cpu() {
    let record = twice(&workloads::w2(100));
    let utilization = record.services[0].cpu_utilization.unwrap();
    // 1500/s · 0.1 s / (50 · 4) = 0.75; the start from empty costs a little.
    assert!((utilization - 0.75).abs() < 0.02, "{utilization}");
}

#[test]
fn w2_has_the_same_work_however_it_is_served_and_waits_less_when_it_goes_where_least_is_held() {
    let mean = |plan: &Plan| {
        let record = twice(plan);
        let service = &record.services[0];
        assert_eq!(service.requests.offered, service.requests.served + service.requests.in_flight);
        assert!((service.cpu_utilization.unwrap() - 0.75).abs() < 0.02);
        service.response_time.mean_ms().unwrap()
    };
    let (in_turn, least) = (mean(&workloads::w2(100)), mean(&workloads::w2_least_outstanding(100)));
    let (shared, crowded) = (mean(&workloads::w2_processor_sharing(100)), mean(&workloads::w2_crowded(100)));
    assert!(least < in_turn, "{least} {in_turn}");
    // Four requests on four servers do not slow each other down: sharing changes nothing while places are as many.
    assert!((shared - in_turn).abs() < 1e-6, "{shared} {in_turn}");
    assert!(crowded > 100.0, "{crowded}");
}

#[test]
fn w3_scales_out_and_in_again() {
    let record = twice(&workloads::w3(3, 0.2));
    let service = &record.services[0];
    assert!(service.scaling.scale_in > 0, "{:?}", service.scaling);
    assert_eq!(service.requests.offered, service.requests.served + service.requests.in_flight);
}

#[test]
fn two_fluid_days_scale_like_the_single_requests_of_w3() {
    let record = twice(&workloads::fluid(2));
    let service = &record.services[0];
    // 700/s on average, and 15 minutes of 2000 in place of about 267.
    let day = 700.0 * 86_400.0;
    assert!(service.requests.offered as f64 > 2.0 * day && (service.requests.offered as f64) < 2.1 * day);
    assert_eq!(service.requests.offered, service.requests.served + service.requests.in_flight);
    // 4 places of 100 ms at 60 %: 24 requests a second and task.
    let mean = service.tasks.running_mean;
    assert!((mean / (700.0 / 24.0) - 1.0).abs() < 0.2, "{mean}");
}

#[test]
fn a_day_without_requests_ends_with_one_task() {
    let record = twice(&workloads::idle_day());
    let service = &record.services[0];
    assert_eq!(service.requests.offered, 0);
    assert_eq!(service.timeline.last().map(|row| row.running), Some(1));
}

#[test]
fn the_limit_gives_the_same_hash_twice() {
    assert_eq!(limit::w2(50_000), limit::w2(50_000));
}

#[test]
fn a_sweep_of_days_gives_the_same_rows_twice() {
    let (requests, hash) = days::sweep(3, 2, "30m");
    // Six cells of 1 800 s at 50 requests/s: 540 000 with standard deviation 735 (the points share their arrivals, so 2 · 3).
    assert!(requests.abs_diff(540_000) < 5 * 3 * 735, "{requests}");
    assert_eq!(days::sweep(3, 2, "30m"), (requests, hash));
}
