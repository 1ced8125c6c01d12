//! Benchmark of sweeps: loading, running and gathering cells on all cores. Criterion's element is a request; a hash of
//! all rows is printed first, so that a faster run of something else is seen.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a benchmark that cannot go on should stop"
)]

mod days;

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn sweep(criterion: &mut Criterion) {
    let (requests, hash) = days::sweep(8, 2, "6h");
    eprintln!("sweep_days: {requests} requests, result {hash:016x}");
    let mut group = criterion.benchmark_group("sweep");
    group.throughput(Throughput::Elements(requests)).sample_size(10).measurement_time(Duration::from_secs(5));
    group.bench_function("days", |bencher| bencher.iter(|| days::sweep(8, 2, "6h")));
    group.finish();
}

criterion_group!(benches, sweep);
criterion_main!(benches);
