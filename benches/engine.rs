//! placeholder
#[path = "workloads.rs"]
mod workloads;
use std::time::Instant;
fn main() {
    for (name, plan) in [("W1", workloads::w1(10_000)), ("W2", workloads::w2(10_000)), ("W3", workloads::w3(24, 1.0)), ("idle", workloads::idle_day())] {
        for _ in 0..3 {
            let t = Instant::now();
            let record = windtunnel::record::record(&plan, 1, 0).unwrap();
            let dt = t.elapsed();
            let s = &record.services[0];
            let t = Instant::now();
            let quiet = windtunnel::kernel::world::simulate(&plan, 1, 0, &mut windtunnel::kernel::world::Silent).unwrap();
            let dq = t.elapsed();
            assert_eq!(quiet.fingerprint, record.fingerprint);
            println!("{name}: {} requests {:.1} ns/req (silent {:.1}) total {:?} {:?} mean {:.3} ms p99 {:?} tasks {:?} scaling {:?} fp {:x}", s.requests.offered, dt.as_nanos() as f64 / s.requests.offered.max(1) as f64, dq.as_nanos() as f64 / s.requests.offered.max(1) as f64, dt, s.requests, s.response_time.sum as f64/ s.requests.served as f64/1e6, s.response_time.histogram.quantile(0.99), s.tasks, s.scaling, record.fingerprint);
        }
    }
}
