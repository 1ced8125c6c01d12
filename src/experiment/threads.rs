//! The threads that work is done on: made once, explicitly, as many as there are cores or as are asked for. Where the system
//! gives fewer, fewer do; where it gives none, work is done on the calling thread. Results are the same on any number.

use std::sync::OnceLock;

use rayon::{Scope, ThreadPool, ThreadPoolBuilder};

/// Most threads that are started: more than any machine has cores that this program could keep busy.
const MOST: usize = 512;

static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();

/// Starts the threads, `wanted` or one a core, and returns a remark where they are not as many as that. A program that does
/// not call it gets one a core when the first work comes.
pub fn start(wanted: Option<usize>) -> Option<String> {
    let mut remark = None;
    POOL.get_or_init(|| {
        let (pool, said) = build(wanted.unwrap_or_else(cores), try_to_build);
        remark = said;
        pool
    });
    remark
}

/// The number of threads that work.
pub(super) fn count() -> usize {
    pool().map_or(1, ThreadPool::current_num_threads)
}

/// Does both, at once where there are threads for it.
pub fn join<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    match pool() {
        _ if is_worker() => rayon::join(one, other),
        Some(pool) => pool.join(one, other),
        None => (one(), other()),
    }
}

/// Does work that shares itself out on the threads; `None` where there are none, and `work` was not done.
pub(super) fn within<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    if is_worker() { Some(work()) } else { Some(pool()?.install(work)) }
}

/// Whether this is a thread of a pool already, of this one or of a program that uses the library.
fn is_worker() -> bool {
    rayon::current_thread_index().is_some()
}

/// Runs `work` on the calling thread, which hands jobs to the threads by the scope; `None` where there are none, and `work` was
/// not run.
pub(super) fn in_scope<'s, T>(work: impl FnOnce(&Scope<'s>) -> T) -> Option<T> {
    Some(pool()?.in_place_scope(work))
}

fn pool() -> Option<&'static ThreadPool> {
    POOL.get_or_init(|| build(cores(), try_to_build).0).as_ref()
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn try_to_build(threads: usize) -> Result<ThreadPool, String> {
    ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| error.to_string())
}

/// As many threads as can be had, and a remark where they are fewer than wanted.
fn build<P>(wanted: usize, try_to_build: impl Fn(usize) -> Result<P, String>) -> (Option<P>, Option<String>) {
    let (mut threads, mut why) = (wanted.clamp(1, MOST), None);
    let pool = loop {
        match try_to_build(threads) {
            Ok(pool) => break Some(pool),
            Err(error) => why = why.or(Some(error)),
        }
        threads /= 2;
        if threads == 0 {
            break None;
        }
    };
    let has = match (&pool, threads) {
        (Some(_), threads) if threads >= wanted => return (pool, None),
        (Some(_), 1) => "1 thread works".to_owned(),
        (Some(_), threads) => format!("{threads} threads work"),
        (None, _) => "all work is done on one thread".to_owned(),
    };
    let cause = why.map_or_else(
        || format!("{MOST} are started at most"),
        |why| format!("the system gives no more: {why}"),
    );
    (pool, Some(format!("{has} instead of {wanted} ({cause}); results are the same, and take longer")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A system that gives so many threads, and what came of it.
    fn given(most: usize, wanted: usize) -> (Option<usize>, Option<String>) {
        build(wanted, |threads| if threads <= most { Ok(threads) } else { Err("no more".to_owned()) })
    }

    #[test]
    fn fewer_threads_than_wanted_are_told_and_none_is_no_end() {
        assert_eq!(given(8, 8), (Some(8), None));
        let (pool, said) = given(3, 8);
        assert_eq!(pool, Some(2));
        assert!(said.unwrap().starts_with("2 threads work instead of 8 (the system gives no more: no more)"));
        let (pool, said) = given(0, 8);
        assert_eq!(pool, None);
        assert!(said.unwrap().starts_with("all work is done on one thread instead of 8"));
        let (pool, said) = given(usize::MAX, 100_000);
        assert_eq!(pool, Some(MOST));
        assert!(said.unwrap().contains("512 threads work instead of 100000 (512 are started at most)"));
    }
}
