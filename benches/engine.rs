//! Benchmarks of the engine: W1, W2 and W3 with everything that `run` records, a day and a month of W3 as flows, the
//! control plane alone, the parsing of a
//! scenario, and the hand-written limit beside W2. Criterion's element is a request; each benchmark prints a hash of
//! its result first, so that a faster run of something else is seen.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a benchmark that cannot go on should stop")]

mod limit;
mod workloads;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use windtunnel::kernel::simulation::{Fidelity, Plan};
use windtunnel::record::{Limits, record, totals};
use windtunnel::scenario::{FLASH_SALE, Source, load};
use windtunnel::shell::files::Folder;

fn bench_plan(criterion: &mut Criterion, name: &str, plan: &Plan) {
    let result = record(plan, 1, 0).unwrap();
    let requests = result.services[0].requests.offered;
    eprintln!("{name}: {requests} requests, result {:016x}", result.fingerprint);
    let mut group = criterion.benchmark_group("engine");
    group
        .throughput(Throughput::Elements(requests.max(1)))
        .sample_size(10)
        .measurement_time(Duration::from_secs(5));
    group.bench_function(name, |bencher| bencher.iter(|| record(black_box(plan), 1, 0).unwrap().fingerprint));
    group.finish();
}

fn engine(criterion: &mut Criterion) {
    bench_limit(criterion);
    bench_plan(criterion, "w2", &workloads::w2(1_000));
    bench_plan(criterion, "w2_least_outstanding", &workloads::w2_least_outstanding(1_000));
    bench_plan(criterion, "w2_processor_sharing", &workloads::w2_processor_sharing(1_000));
    bench_plan(criterion, "w2_crowded", &workloads::w2_crowded(1_000));
    let by_events = |plan| Plan { fidelity: Fidelity::Events, ..plan };
    bench_plan(criterion, "w2_by_events", &by_events(workloads::w2(1_000)));
    let balanced = by_events(workloads::w2_least_outstanding(1_000));
    bench_plan(criterion, "w2_least_outstanding_by_events", &balanced);
    bench_plan(criterion, "w1", &workloads::w1(1_000));
    bench_plan(criterion, "w3_day", &workloads::w3(24, 1.0));
    bench_plan(criterion, "fluid_day", &workloads::fluid(1));
    bench_plan(criterion, "fluid_month", &workloads::fluid(30));
    bench_totals(criterion, "fluid_day_totals", &workloads::fluid(1));
    bench_plan(criterion, "control_plane_day", &workloads::idle_day());
}

/// The same without a timeline: what each of many days costs.
fn bench_totals(criterion: &mut Criterion, name: &str, plan: &Plan) {
    let run = || totals(black_box(plan), (1, 0), Limits::default()).unwrap().fingerprint;
    eprintln!("{name}: result {:016x}", run());
    let mut group = criterion.benchmark_group("engine");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    group.bench_function(name, |bencher| bencher.iter(run));
    group.finish();
}

fn bench_limit(criterion: &mut Criterion) {
    const REQUESTS: usize = 1_500_032;
    eprintln!("limit_w2: {REQUESTS} requests, result {:016x}", limit::w2(REQUESTS));
    let mut group = criterion.benchmark_group("engine");
    group
        .throughput(Throughput::Elements(REQUESTS as u64))
        .sample_size(10)
        .measurement_time(Duration::from_secs(5));
    group.bench_function("limit_w2", |bencher| bencher.iter(|| limit::w2(black_box(REQUESTS))));
    group.finish();
}

fn parse(criterion: &mut Criterion) {
    let source = Source { name: "flash-sale.toml".to_owned(), text: FLASH_SALE.to_owned() };
    let read = || load(black_box(&source), &[], None, &mut Folder::working());
    eprintln!("parse_flash_sale: result {}", read().scenario.unwrap().sha256);
    criterion.bench_function("scenario/parse_flash_sale", |bencher| bencher.iter(read));
}

criterion_group!(benches, engine, parse);
criterion_main!(benches);
