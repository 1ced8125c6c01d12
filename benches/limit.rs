//! The limit: W2 as a minimal hand-written loop on the kernel's own variates. No plan, no policies, no bill; one
//! histogram, CPU time summed. What the engine takes beyond this is what the engine does beyond this.

use windtunnel::kernel::random::{Rng, exp_batch, fill_exponential, fill_standard_normal, whole};

const BATCH: usize = 128;
const TASKS: usize = 50;
/// Requests a second.
const RATE: f64 = 1_500.0;

/// Replays about `requests` requests of W2; returns a hash of the histogram.
pub(crate) fn w2(requests: usize) -> u64 {
    let (mut arrivals, mut demands) = (Rng::from_key(1), Rng::from_key(2));
    // Lognormal with mean 100 ms and cv 1: σ² = ln 2, μ = ln(10⁸ ns) − σ²/2.
    let sigma = core::f64::consts::LN_2.sqrt();
    let mu = 1e8_f64.ln() - core::f64::consts::LN_2 / 2.0;
    let mut tasks = [[0_u64; 4]; TASKS];
    let mut histogram = vec![0_u32; 64 << 7];
    let (mut gaps, mut work) = ([0.0; BATCH], [0.0; BATCH]);
    let (mut now, mut cpu, mut task) = (0_u64, 0_u64, 0);
    for _ in 0..requests / BATCH {
        fill_exponential(&mut arrivals, &mut gaps);
        fill_standard_normal(&mut demands, &mut work);
        work.iter_mut().for_each(|z| *z = mu + sigma * *z);
        exp_batch(&mut work);
        for (gap, work) in gaps.iter().zip(&work) {
            now += whole(gap * (1e9 / RATE));
            let demand = whole(*work);
            let places = &mut tasks[task];
            task = if task + 1 == TASKS { 0 } else { task + 1 };
            let end = now.max(places[0]) + demand;
            let mut carried = end;
            for i in 1..4 {
                let next = places[i];
                places[i - 1] = next.min(carried);
                carried = next.max(carried);
            }
            places[3] = carried;
            cpu += demand;
            histogram[(((end - now) as f64).to_bits() >> 45) as usize & 0x1FFF] += 1;
        }
    }
    histogram.iter().fold(cpu, |hash, count| {
        (hash ^ u64::from(*count)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
    })
}
