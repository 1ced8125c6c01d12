//! Work on all cores: numbered jobs are handed out one by one, so jobs of very different length balance, and results
//! come back to the calling thread, which alone touches what they are gathered in. Results in order are the same on any
//! number of threads.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, TryRecvError};

use super::threads;

/// Does the jobs `numbers` on all cores and gives each result to `take` as it is finished, on the calling thread, until
/// `take` breaks off; jobs that were begun then are waited for and their results dropped.
///
/// It must not be called from within a job: the calling thread waits.
pub fn as_finished<T: Send>(
    numbers: Range<u64>,
    job: impl Fn(u64) -> T + Sync,
    mut take: impl FnMut(u64, T) -> ControlFlow<()>,
) {
    as_finished_or_idle(numbers, job, |event| match event {
        PoolEvent::Finished(number, result) => take(number, result),
        PoolEvent::Idle => ControlFlow::Continue(()),
    });
}

/// Event of a pool, as the calling thread receives it.
#[derive(Debug)]
pub enum PoolEvent<T> {
    /// A job is finished: its number and its result.
    Finished(u64, T),
    /// Every result so far was taken: the time to bring them to safety, before the calling thread waits for the next.
    Idle,
}

/// The same, and `take` hears whenever it has caught up with the jobs.
pub fn as_finished_or_idle<T: Send>(
    numbers: Range<u64>,
    job: impl Fn(u64) -> T + Sync,
    mut take: impl FnMut(PoolEvent<T>) -> ControlFlow<()>,
) {
    let (next, stop) = (AtomicU64::new(numbers.start), AtomicBool::new(false));
    let end = numbers.end;
    let (send, receive) = mpsc::channel();
    let (next, stop, job, take_from) = (&next, &stop, &job, &mut take);
    let worked = threads::in_scope(move |scope| {
        let take = take_from;
        for _ in 0..threads::count() {
            let send = send.clone();
            scope.spawn(move |_| {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    // The receiver is gone when `take` has broken off.
                    if number >= end || send.send((number, job(number))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let mut flow = ControlFlow::Continue(());
        while flow.is_continue() {
            flow = match receive.try_recv() {
                Ok((number, result)) => take(PoolEvent::Finished(number, result)),
                Err(TryRecvError::Disconnected) => ControlFlow::Break(()),
                Err(TryRecvError::Empty) => match take(PoolEvent::Idle) {
                    ControlFlow::Continue(()) => match receive.recv() {
                        Ok((number, result)) => take(PoolEvent::Finished(number, result)),
                        Err(_) => ControlFlow::Break(()),
                    },
                    broken => broken,
                },
            };
        }
        stop.store(true, Ordering::Relaxed);
        drop(receive);
    });
    if worked.is_none() {
        alone(numbers, job, &mut take);
    }
}

/// The same on the calling thread.
fn alone<T>(
    numbers: Range<u64>,
    job: impl Fn(u64) -> T,
    take: &mut impl FnMut(PoolEvent<T>) -> ControlFlow<()>,
) {
    for number in numbers {
        let flow = take(PoolEvent::Finished(number, job(number)));
        if flow.is_break() || take(PoolEvent::Idle).is_break() {
            return;
        }
    }
}

/// The same, with the results in the order of their numbers. Results that are finished early wait in memory.
pub fn in_order<T: Send>(
    numbers: Range<u64>,
    job: impl Fn(u64) -> T + Sync,
    mut take: impl FnMut(u64, T) -> ControlFlow<()>,
) {
    let mut expected = numbers.start;
    let mut early = BTreeMap::new();
    as_finished(numbers, job, |number, result| {
        early.insert(number, result);
        while let Some(result) = early.remove(&expected) {
            take(expected, result)?;
            expected += 1;
        }
        ControlFlow::Continue(())
    });
}

/// The same with jobs that can fail: the first error in the order of the numbers ends the work and is returned; what came
/// before it was taken.
pub fn until_error<T: Send, E: Send>(
    numbers: Range<u64>,
    job: impl Fn(u64) -> Result<T, E> + Sync,
    mut take: impl FnMut(u64, T),
) -> Option<E> {
    let mut failed = None;
    in_order(numbers, job, |number, result| match result {
        Ok(result) => {
            take(number, result);
            ControlFlow::Continue(())
        }
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    });
    failed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_done_once_and_taken_in_order() {
        let mut taken = Vec::new();
        in_order(
            5..200,
            |number| number * number,
            |number, square| {
                assert_eq!(square, number * number);
                taken.push(number);
                ControlFlow::Continue(())
            },
        );
        assert_eq!(taken, (5..200).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_error_ends_the_work_and_what_came_before_it_is_taken() {
        let job = |number| if number == 7 || number == 9 { Err(number) } else { Ok(number) };
        let mut taken = Vec::new();
        let error = until_error(0..20, job, |number, _| taken.push(number));
        assert_eq!((error, taken), (Some(7), (0..7).collect()));
        assert_eq!(until_error(0..3, Ok::<u64, ()>, |_, _| ()), None);
    }

    #[test]
    fn the_taker_hears_when_it_has_caught_up() {
        let (mut taken, mut idle) = (0, 0);
        as_finished_or_idle(
            0..20,
            |_| std::thread::sleep(std::time::Duration::from_millis(2)),
            |event| {
                match event {
                    PoolEvent::Finished(..) => taken += 1,
                    PoolEvent::Idle => idle += 1,
                }
                ControlFlow::Continue(())
            },
        );
        // It waits for the first job at least, and at most before each of them and for the end.
        assert!(taken == 20 && (1..=21).contains(&idle), "{idle}");
    }

    #[test]
    fn without_threads_the_calling_one_does_all_until_the_taker_breaks_off() {
        let mut taken = Vec::new();
        let mut take = |event| {
            if let PoolEvent::Finished(number, result) = event {
                taken.push((number, result));
            }
            if taken.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        alone(5..100, |number| number * 2, &mut take);
        assert_eq!(taken, [(5, 10), (6, 12), (7, 14)]);
    }

    #[test]
    fn work_stops_when_the_taker_breaks_off() {
        let begun = AtomicU64::new(0);
        let mut taken = 0;
        as_finished(
            0..1_000_000,
            |_| begun.fetch_add(1, Ordering::Relaxed),
            |_, _| {
                taken += 1;
                if taken == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        assert_eq!(taken, 10);
        assert!(begun.load(Ordering::Relaxed) < 1_000_000);
    }
}
