//! Breaks the program on purpose: scenarios, plans, traces, arguments, folders, journals and kills at random, seeded, so
//! that every case can be run again. What must hold: no panic, no file that lies, the laws of every run.
//!
//! `cargo test --test fuzz` runs the corpus and then new cases for a minute. By hand:
//! `WINDTUNNEL_FUZZ_SECONDS=3600` runs longer, `WINDTUNNEL_FUZZ_CASES=100000` as many cases of each kind instead,
//! `WINDTUNNEL_FUZZ_SEED=7` other ones, `WINDTUNNEL_FUZZ_KINDS=scenario,plan` some kinds only, and
//! `WINDTUNNEL_FUZZ_CASE=plan:123` one case with all of its input. Equal seeds and counts give equal digests.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should stop, says what it did, and is told by the environment how long to go on"
)]

mod arguments;
mod folders;
mod journals;
mod kills;
mod plans;
mod random;
mod runs;
mod scenarios;
mod traces;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use random::{Random, digest};

/// What a case came to: a word of its outcome for the digest, or what is wrong.
type Outcome = Result<String, Fault>;

/// What is wrong, with the input that shows it.
#[derive(Clone, Debug)]
struct Fault {
    what: String,
    input: String,
}

impl Fault {
    fn new(what: impl Into<String>, input: impl Into<String>) -> Self {
        Self { what: what.into(), input: input.into() }
    }
}

/// A kind of cases.
struct Kind {
    name: &'static str,
    /// Cases that are run together: those of a slow kind are fewer, so that every kind has its share of a minute.
    block: u64,
    case: fn(&mut Random) -> Outcome,
}

const KINDS: [Kind; 7] = [
    Kind { name: "scenario", block: 600, case: scenarios::case },
    Kind { name: "plan", block: 60, case: plans::case },
    Kind { name: "trace", block: 300, case: traces::case },
    Kind { name: "arguments", block: 40, case: arguments::case },
    Kind { name: "folder", block: 100, case: folders::case },
    Kind { name: "journal", block: 200, case: journals::case },
    Kind { name: "kill", block: 8, case: kills::case },
];

/// Faults that are shown in full.
const MOST_SHOWN: usize = 12;

thread_local! {
    /// Where the last panic of this thread was.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// One case; a panic is a fault.
fn run(kind: &Kind, seed: u64, number: u64) -> Outcome {
    let mut random = Random::of(seed, kind.name, number);
    catch_unwind(AssertUnwindSafe(|| (kind.case)(&mut random))).unwrap_or_else(|_| {
        let place = PLACE.with(|place| place.borrow().clone());
        Err(Fault::new(format!("panicked: {place}"), random.last_input()))
    })
}

/// What became of the cases of a kind.
#[derive(Default)]
struct Tally {
    cases: u64,
    /// Of these, runs that were held against everything: a word that ends with a fingerprint.
    runs: u64,
    digest: u64,
    faults: Vec<(u64, Fault)>,
}

impl Tally {
    fn add(&mut self, kind: &Kind, seed: u64, numbers: std::ops::Range<u64>) {
        let outcomes: Vec<(u64, Outcome)> =
            numbers.into_par_iter().map(|number| (number, run(kind, seed, number))).collect();
        for (number, outcome) in outcomes {
            self.cases += 1;
            match outcome {
                Ok(word) => {
                    let last = word.rsplit(' ').next().unwrap_or_default();
                    self.runs +=
                        u64::from(last.len() == 16 && last.bytes().all(|byte| byte.is_ascii_hexdigit()));
                    self.digest = self.digest.wrapping_mul(0x0100_0000_01b3).wrapping_add(digest(&[&word]));
                }
                Err(fault) => self.faults.push((number, fault)),
            }
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

fn main() -> ExitCode {
    // Messages of panics that are caught are told with their case.
    std::panic::set_hook(Box::new(|panic| {
        PLACE.with(|place| *place.borrow_mut() = panic.to_string().replace('\n', " "));
    }));
    let seed = number("WINDTUNNEL_FUZZ_SEED").unwrap_or(1);
    if let Ok(one) = std::env::var("WINDTUNNEL_FUZZ_CASE") {
        return one_case(&one, seed);
    }
    let corpus = scenarios::corpus();
    let wanted = std::env::var("WINDTUNNEL_FUZZ_KINDS").unwrap_or_default();
    let kinds: Vec<&Kind> = KINDS
        .iter()
        .filter(|kind| wanted.is_empty() || wanted.split(',').any(|name| name == kind.name))
        .collect();
    let mut tallies: Vec<Tally> = kinds.iter().map(|_| Tally::default()).collect();
    let began = Instant::now();
    if let Some(cases) = number("WINDTUNNEL_FUZZ_CASES") {
        for (kind, tally) in kinds.iter().zip(&mut tallies) {
            let mut from = 0;
            while from < cases {
                let to = (from + kind.block * 20).min(cases);
                tally.add(kind, seed, from..to);
                from = to;
            }
        }
    } else {
        let time = Duration::from_secs(number("WINDTUNNEL_FUZZ_SECONDS").unwrap_or(60));
        while began.elapsed() < time {
            for (kind, tally) in kinds.iter().zip(&mut tallies) {
                tally.add(kind, seed, tally.cases..tally.cases + kind.block);
            }
        }
    }
    report(&kinds, &tallies, (seed, began.elapsed()), &corpus)
}

fn report(kinds: &[&Kind], tallies: &[Tally], (seed, took): (u64, Duration), corpus: &[Fault]) -> ExitCode {
    println!("fuzz: seed {seed}, {:.0} s", took.as_secs_f64());
    let mut failed = !corpus.is_empty();
    for fault in corpus {
        println!("corpus: {}\n{}", fault.what, fault.input);
    }
    for (kind, tally) in kinds.iter().zip(tallies) {
        println!(
            "{:>9} 0..{:<8} {:>8} runs  digest {:016x}  {} faults",
            kind.name,
            tally.cases,
            tally.runs,
            tally.digest,
            tally.faults.len()
        );
        // Plausible plans that do not run are no test of anything.
        if kind.name == "plan" && tally.cases > 50 && tally.runs * 2 < tally.cases {
            println!("most plans do not run: the generator is out of date");
            failed = true;
        }
        failed |= !tally.faults.is_empty();
    }
    for (kind, tally) in kinds.iter().zip(tallies) {
        let mut seen: Vec<&str> = Vec::new();
        for (number, fault) in &tally.faults {
            let sign = fault.what.get(..60).unwrap_or(&fault.what);
            if seen.len() < MOST_SHOWN && !seen.contains(&sign) {
                seen.push(sign);
                println!("\n{}:{number} (seed {seed}): {}\n{}", kind.name, fault.what, fault.input);
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn one_case(text: &str, seed: u64) -> ExitCode {
    let (name, at) = text.split_once(':').unwrap_or((text, "0"));
    let kind = KINDS.iter().find(|kind| kind.name == name).unwrap_or_else(|| panic!("no kind `{name}`"));
    let mut random = Random::of(seed, kind.name, at.parse().unwrap());
    let outcome = (kind.case)(&mut random);
    match outcome {
        Ok(word) => println!("{text}: {word}\n{}", random.last_input()),
        Err(fault) => {
            println!("{text}: {}\n{}", fault.what, fault.input);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
