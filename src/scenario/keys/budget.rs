//! Limits of what the parts of a scenario hold together: each is bounded alone, and a thousand of them must not take all memory. What
//! is counted is told with the bound and with what to do; the count goes on where the bound is passed, and nothing more is
//! made.

use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::quantity::grouped;
use crate::scenario::language::tree::SourceSpan;

/// Kind of item that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BudgetItem {
    /// Instants at which scheduled actions are due.
    Occurrences,
    /// Linear pieces of rate curves, and intervals with exact counts.
    Pieces,
    /// Shapes times the pieces at whose ends they are evaluated.
    Evaluations,
    /// Intervals of different value that traces hold.
    TraceIntervals,
    /// Numbers of sample files.
    Samples,
}

impl BudgetItem {
    const ALL: [Self; 5] =
        [Self::Occurrences, Self::Pieces, Self::Evaluations, Self::TraceIntervals, Self::Samples];

    /// Most of them in a scenario.
    const fn most(self) -> u64 {
        match self {
            // An action that is due every minute of five years is 2.6 million of them.
            Self::Occurrences => 5_000_000,
            // A diurnal shape over five years makes 2.6 million; a piece takes 24 bytes.
            Self::Pieces | Self::TraceIntervals | Self::Samples => 20_000_000,
            // A few seconds.
            Self::Evaluations => 200_000_000,
        }
    }

    fn problem(self, count: u128, place: &SourceSpan) -> Problem {
        let (count, most) = (grouped(count as f64), grouped(self.most() as f64));
        let (what, help) = match self {
            Self::Occurrences => (
                format!("the scheduled actions of the scenario are due {count} times within the run"),
                "write rarer schedules, fewer of them, or shorten the horizon",
            ),
            Self::Pieces => (
                format!("the traffic of the scenario makes {count} pieces of rates and counts"),
                "shorten the horizon, aggregate traces, or give fewer services a diurnal shape, which is followed minute by minute",
            ),
            Self::Evaluations => (
                format!("the shapes of the scenario have to be evaluated {count} times"),
                "shorten the horizon, or make one shape of several: a sum of diurnal shapes is a diurnal shape",
            ),
            Self::TraceIntervals => (
                format!("the traces of the scenario hold at least {count} intervals of different value"),
                "shorten the horizon, or aggregate the traces",
            ),
            Self::Samples => (
                format!("the sample files of the scenario hold at least {count} numbers"),
                "take fewer samples: a few thousand say as much of a distribution",
            ),
        };
        Problem::new(codes::TOO_LARGE, format!("{what}, and at most {most} are held"))
            .at(place, "from here on it is too much")
            .help(help)
    }
}

/// Counts of all kinds of items.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    counts: [u128; BudgetItem::ALL.len()],
    /// Place at which the bound was passed.
    passed: [Option<SourceSpan>; BudgetItem::ALL.len()],
}

impl Budget {
    /// Counts some more, and whether they may be made.
    pub(crate) fn take(&mut self, item: BudgetItem, count: u64, place: &SourceSpan) -> bool {
        let index = item as usize;
        self.counts[index] += u128::from(count);
        if self.counts[index] > u128::from(item.most()) && self.passed[index].is_none() {
            self.passed[index] = Some(place.clone());
        }
        self.has_room(item)
    }

    /// Whether the bound was not passed so far.
    pub(crate) const fn has_room(&self, item: BudgetItem) -> bool {
        self.passed[item as usize].is_none()
    }

    /// The bounds that were passed.
    pub(crate) fn problems(&self) -> impl Iterator<Item = Problem> {
        BudgetItem::ALL.into_iter().filter_map(|item| {
            let place = self.passed[item as usize].as_ref()?;
            Some(item.problem(self.counts[item as usize], place))
        })
    }
}
