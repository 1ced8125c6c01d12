//! Words on what makes the runs of a forecast differ, and the bill of a month.

use crate::experiment::forecast::{Actual, Input, MonthForecast};

/// The bill of a month, where one came in.
pub(super) fn bill_of(actuals: &[Actual], month: &MonthForecast) -> Option<f64> {
    actuals.iter().find(|actual| actual.month == month.month.name()).map(|actual| actual.usd)
}

/// The names of inputs.
pub(super) fn names_of(inputs: &[Input]) -> Vec<&str> {
    inputs.iter().map(|input| input.name()).collect()
}

/// The sources of the differences between runs, and the inputs that are the same in all: `runs differ by chance and by
/// growth; service times and prices are the same in all, so the band is too narrow for whoever is not sure of them`.
pub(super) fn band_sentence(varied: &[&str], flows: bool) -> String {
    let fixed: Vec<&str> =
        Input::ALL.iter().map(|(_, name)| *name).filter(|name| !varied.contains(name)).collect();
    let listed = |names: &[&str]| match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    let chance = if flows {
        "the chance of start-up times and alarms (arrivals flow and are not drawn)"
    } else {
        "the chance of arrivals, of requests and of start-up times"
    };
    let differ = match varied {
        [] => format!("runs differ only by {chance}"),
        varied => format!("runs differ by {} of their own and by {chance}", listed(varied)),
    };
    match fixed.as_slice() {
        [] => differ,
        fixed => format!(
            "{differ}; {} {} taken as known, so P10 to P90 does not hold what is not sure of {}",
            listed(fixed),
            // Growth alone is one thing.
            if fixed == ["growth"] { "is" } else { "are" },
            if fixed == ["growth"] { "it" } else { "them" }
        ),
    }
}
