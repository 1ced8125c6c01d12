//! Items that a bill leaves out because the price book has no price for them: the one account that every total, check and
//! comparison of costs goes by. What the model never bills (NAT, logs, …) is listed elsewhere: [`Scenario::not_priced`].

use std::collections::BTreeSet;

use windtunnel_kernel::billing::HOURS_A_MONTH;
use windtunnel_kernel::simulation::ServicePlan;
use windtunnel_kernel::units::{NANOS_PER_HOUR, SimDuration};

use crate::scenario::built::Scenario;

/// Items that are used and have no price.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unpriced {
    /// Names of invoice lines, in the order of the bill; empty where everything has a price.
    pub items: Vec<String>,
    /// The region whose prices are missing.
    pub region: String,
}

impl Unpriced {
    /// What services leave out of their bills, each item once.
    fn of<'a>(services: impl Iterator<Item = &'a ServicePlan>, region: &str) -> Self {
        let items: BTreeSet<_> =
            services.flat_map(|service| service.tariff.unpriced(&service.billed_resources())).collect();
        Self { items: items.iter().map(|item| item.name().to_owned()).collect(), region: region.to_owned() }
    }

    /// Whether everything has a price.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.items.is_empty()
    }

    /// `without alb_hour, alb_lcu in eu-south-1`; `None` where everything has a price.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        (!self.is_nothing()).then(|| format!("without {} in {}", self.items.join(", "), self.region))
    }

    /// An amount with what it leaves out: `9.01 USD (without alb_hour in eu-south-1)`.
    #[must_use]
    pub fn beside(&self, amount: &str) -> String {
        self.words().map_or_else(|| amount.to_owned(), |words| format!("{amount} ({words})"))
    }

    /// Why two bills cannot be compared: one of them lacks a price that the other has. `None` where both leave out the
    /// same.
    #[must_use]
    pub fn unlike(&self, other: &Self, this: &str, that: &str) -> Option<String> {
        if self.items == other.items {
            return None;
        }
        let side = |name: &str, of: &Self| Some(format!("{name} is {}", of.words()?));
        let sides: Vec<String> = [side(this, self), side(that, other)].into_iter().flatten().collect();
        Some(format!("the bills do not have the same lines: {}", sides.join(", ")))
    }
}

impl Scenario {
    /// What the bill of all services leaves out.
    #[must_use]
    pub fn unpriced(&self) -> Unpriced {
        Unpriced::of(self.plan.services.iter(), &self.region)
    }

    /// What the bill of one service leaves out.
    #[must_use]
    pub fn unpriced_of(&self, service: &str) -> Unpriced {
        Unpriced::of(self.plan.services.iter().filter(|plan| plan.name == service), &self.region)
    }
}

/// What a cost that was scaled from a run to a month of 730 hours takes for granted: `if every day were like this one`.
/// `None` for a run that is about a month itself, of 28 days or more, which is not scaled much.
#[must_use]
pub fn if_every(horizon: SimDuration) -> Option<String> {
    const HOUR: u64 = NANOS_PER_HOUR;
    const DAY: u64 = 24 * HOUR;
    const SECOND: u64 = 1_000_000_000;
    let units = [(7 * DAY, "week", "weeks"), (DAY, "day", "days"), (HOUR, "hour", "hours")];
    let units = units.into_iter().chain([(60 * SECOND, "minute", "minutes"), (SECOND, "second", "seconds")]);
    if horizon.0 >= 28 * DAY || horizon.0 == HOUR * u64::from(HOURS_A_MONTH) {
        return None;
    }
    for (length, one, many) in units {
        match (horizon.0 / length, horizon.0 % length) {
            (1, 0) => return Some(format!("if every {one} were like this one")),
            (count, 0) if count > 1 => return Some(format!("if every {count} {many} were like these")),
            _ => {}
        }
    }
    Some("if all time were like this run".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_only_as_true_as_its_run_is_ordinary() {
        let words = |hours: u64| if_every(SimDuration::from_secs(hours * 3_600));
        for (hours, expected) in [
            (24, "if every day were like this one"),
            (168, "if every week were like this one"),
            (336, "if every 2 weeks were like these"),
            (72, "if every 3 days were like these"),
            (1, "if every hour were like this one"),
            (30, "if every 30 hours were like these"),
        ] {
            assert_eq!(words(hours).as_deref(), Some(expected));
        }
        assert_eq!((words(730), words(672), words(8_760)), (None, None, None));
        let minutes = if_every(SimDuration::from_secs(5_400));
        assert_eq!(minutes.as_deref(), Some("if every 90 minutes were like these"));
        assert_eq!(if_every(SimDuration(1_500_000_000)).as_deref(), Some("if all time were like this run"));
    }

    #[test]
    fn two_bills_with_other_gaps_are_not_compared() {
        let gap = |items: &[&str], region: &str| Unpriced {
            items: items.iter().map(|item| (*item).to_owned()).collect(),
            region: region.to_owned(),
        };
        let (whole, cut) = (gap(&[], "us-east-1"), gap(&["alb_hour", "alb_lcu"], "eu-south-1"));
        assert_eq!(whole.beside("9.01 USD"), "9.01 USD");
        assert_eq!(cut.beside("9.01 USD"), "9.01 USD (without alb_hour, alb_lcu in eu-south-1)");
        assert_eq!(cut.unlike(&cut.clone(), "a", "b"), None);
        assert_eq!(cut.unlike(&gap(&["alb_hour", "alb_lcu"], "af-south-1"), "a", "b"), None);
        assert_eq!(
            cut.unlike(&whole, "a", "b").unwrap(),
            "the bills do not have the same lines: a is without alb_hour, alb_lcu in eu-south-1"
        );
    }
}
