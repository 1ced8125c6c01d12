//! Named streams: one xoshiro256++ generator a purpose and entity, seeded by a hash of names, never by order.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng as _, SeedableRng};

/// Purpose of a stream, known by its key. Adding a purpose never shifts the numbers of another, so anything that draws
/// random numbers names purposes of its own; those of a run are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose(&'static str);

impl Purpose {
    /// Gaps between arrivals.
    pub const ARRIVALS: Self = Self("arrivals");
    /// vCPU time of requests, one draw an arrival.
    pub const CPU_TIME: Self = Self("cpu_time");
    /// Wait time of requests, one draw an arrival.
    pub const WAIT_TIME: Self = Self("wait_time");
    /// Patience of clients, one draw an arrival.
    pub const PATIENCE: Self = Self("patience");
    /// Random routing, one draw an arrival.
    pub const ROUTING: Self = Self("routing");
    /// Stages of starting tasks, one set a task.
    pub const STARTUP: Self = Self("startup");
    /// First health checks, one draw a task.
    pub const HEALTH_CHECK: Self = Self("health_check");
    /// Delay until ECS replaces an unhealthy task, one draw a finding.
    pub const REPLACEMENT: Self = Self("replacement");
    /// Choice of the task that a scale-in stops.
    pub const VICTIM: Self = Self("victim");
    /// Phase of an alarm's evaluations, one draw an alarm.
    pub const ALARM_PHASE: Self = Self("alarm_phase");
    /// Publication delays of a metric's datapoints, one draw a datapoint.
    pub const METRIC_DELAY: Self = Self("metric_delay");
    /// Lateness of a scheduled action, one draw an occurrence.
    pub const SCHEDULE_JITTER: Self = Self("schedule_jitter");
    /// Crashes and failed launches of tasks, one draw a task each.
    pub const FAILURE: Self = Self("failure");
    /// Choice of the tasks that a fault hits.
    pub const FAULT: Self = Self("fault");
    /// Waits before retries, one draw a retry.
    pub const BACKOFF: Self = Self("backoff");
    /// Class of a request, one draw an arrival.
    pub const CLASS: Self = Self("class");

    /// The purpose of that key, which no other purpose has.
    #[must_use]
    pub const fn new(key: &'static str) -> Self {
        Self(key)
    }
}

/// The source of all streams of one run.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    seed: u64,
    replication: u64,
}

impl Streams {
    /// The streams of replication `replication` under `seed`.
    #[must_use]
    pub const fn new(seed: u64, replication: u64) -> Self {
        Self { seed, replication }
    }

    /// The stream for one purpose of one entity, which is named, not numbered.
    #[must_use]
    pub fn stream(&self, purpose: Purpose, entity: &str) -> Rng {
        let mut state = mix(self.seed ^ 0x9E37_79B9_7F4A_7C15);
        state = mix(state ^ self.replication.wrapping_mul(0xD1B5_4A32_D192_ED03));
        state = absorb(state, purpose.0.as_bytes());
        state = absorb(state, entity.as_bytes());
        Rng::from_key(state)
    }
}

/// Mixes `bytes` and their length into `state`.
fn absorb(state: u64, bytes: &[u8]) -> u64 {
    let hashed = bytes
        .iter()
        .fold(state, |state, byte| mix(state ^ u64::from(*byte)).wrapping_add(0x2545_F491_4F6C_DD1D));
    mix(hashed ^ bytes.len() as u64)
}

/// The generator whose four state words are consecutive SplitMix64 outputs from `key`.
fn generator(key: u64) -> Xoshiro256PlusPlus {
    let mut seed = [0_u8; 32];
    let mut counter = key;
    for word in seed.chunks_exact_mut(8) {
        counter = counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
        word.copy_from_slice(&mix(counter).to_le_bytes());
    }
    Xoshiro256PlusPlus::from_seed(seed)
}

/// The upper 52 bits of a word as a float in the open interval (0, 1).
#[expect(clippy::cast_precision_loss, reason = "52 bits fit an f64")]
fn to_open_unit(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
}

/// The finalizer of SplitMix64.
const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// One stream of random words, and beside it a stream for the rare edges of the ziggurat.
///
/// Every ziggurat variate takes exactly one word of the first stream; what a rejection needs beyond that comes from the
/// second. So words can be drawn ahead in batches, and a variate's value never depends on the size of the batch.
#[derive(Clone, Debug)]
pub struct Rng {
    words: Xoshiro256PlusPlus,
    edge: Xoshiro256PlusPlus,
}

impl Rng {
    /// The stream of `key`: each generator's four state words are consecutive SplitMix64 outputs.
    #[must_use]
    pub fn from_key(key: u64) -> Self {
        Self { words: generator(key), edge: generator(mix(key ^ 0xA076_1D64_78BD_642F)) }
    }

    /// The generator of the stream's words, for the distributions of a library.
    #[must_use]
    pub fn into_generator(self) -> Xoshiro256PlusPlus {
        self.words
    }

    /// The next 64 bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.words.next_u64()
    }

    /// Fills `out` with the next words. The generator's state stays in registers, which a word at a time does not
    /// achieve between calls.
    #[inline]
    pub(super) fn fill_words(&mut self, out: &mut [u64]) {
        let mut words = self.words.clone();
        for word in out {
            *word = words.next_u64();
        }
        self.words = words;
    }

    /// Uniform in the open interval (0, 1), on a grid of 2⁻⁵³.
    #[inline]
    pub fn open_unit(&mut self) -> f64 {
        to_open_unit(self.next_u64())
    }

    /// The same from the stream of edges.
    pub(super) fn edge_unit(&mut self) -> f64 {
        to_open_unit(self.edge.next_u64())
    }

    /// A word from the stream of edges.
    pub(super) fn edge_word(&mut self) -> u64 {
        self.edge.next_u64()
    }

    /// Uniform in 0..bound by multiply-and-shift with rejection (Lemire 2019); unbiased. `bound` is at least 1.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the high and low halves of a product")]
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut product = u128::from(self.next_u64()) * u128::from(bound);
        if (product as u64) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u64) < threshold {
                product = u128::from(self.next_u64()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix64_gives_the_published_numbers() {
        // oracle `rng-splitmix64`: state 1234567, each output is mix(state += golden gamma).
        let mut state = 1_234_567_u64;
        let mut next = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            mix(state)
        };
        assert_eq!(
            [next(), next(), next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn xoshiro256_plus_plus_gives_the_published_numbers() {
        // oracle `rng-xoshiro256pp`: state words 1, 2, 3, 4.
        let mut seed = [0_u8; 32];
        for (index, word) in seed.chunks_exact_mut(8).enumerate() {
            word.copy_from_slice(&(index as u64 + 1).to_le_bytes());
        }
        let mut rng = Xoshiro256PlusPlus::from_seed(seed);
        let outputs: Vec<u64> = (0..6).map(|_| rng.next_u64()).collect();
        let published = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
        ];
        assert_eq!(outputs, published);
    }

    #[test]
    fn streams_differ_by_purpose_entity_seed_and_replication() {
        let base = Streams::new(1, 0);
        let first = |streams: Streams, purpose, entity| streams.stream(purpose, entity).next_u64();
        let reference = first(base, Purpose::ARRIVALS, "web");
        assert_eq!(reference, first(base, Purpose::ARRIVALS, "web"));
        assert_ne!(reference, first(base, Purpose::CPU_TIME, "web"));
        assert_ne!(reference, first(base, Purpose::ARRIVALS, "api"));
        assert_ne!(reference, first(Streams::new(2, 0), Purpose::ARRIVALS, "web"));
        assert_ne!(reference, first(Streams::new(1, 1), Purpose::ARRIVALS, "web"));
    }

    #[test]
    fn below_is_uniform() {
        let mut rng = Rng::from_key(7);
        let mut counts = [0_u32; 10];
        for _ in 0..100_000 {
            counts[usize::try_from(rng.below(10)).unwrap()] += 1;
        }
        // Binomial(100 000, 0.1): standard deviation √(100000 · 0.1 · 0.9) = 94.9; ten checks at 5 standard deviations.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 475), "{counts:?}");
    }
}
