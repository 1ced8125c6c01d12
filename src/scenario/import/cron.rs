//! AWS's six-field cron expressions: minute, hour, day of month, month, day of week, year
//! (`docs/aws/scheduled-actions.md#cron-expressions`). A date either matches or not; what the clock shows on it, and when
//! that is, is said in `schedule`.

use jiff::civil::Date;

/// A parsed expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cron {
    /// Minutes of the hour, in order.
    pub(crate) minutes: Vec<i8>,
    /// Hours of the day, in order.
    pub(crate) hours: Vec<i8>,
    days: Days,
    months: Vec<i8>,
    years: Vec<i16>,
}

/// Days of the schedule: one of the two fields is `?`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Days {
    OfMonth(Vec<OfMonth>),
    OfWeek(Vec<OfWeek>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OfMonth {
    Day(i8),
    /// `L`.
    Last,
    /// `15W`: the weekday nearest to the 15th, within the month.
    NearestWeekday(i8),
    /// `LW`: the last weekday of the month.
    LastWeekday,
}

/// Days of the week count from 1, Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OfWeek {
    Day(i8),
    /// `6L`: the last Friday of the month.
    Last(i8),
    /// `3#2`: the second Tuesday.
    Nth(i8, i8),
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// One field: its name, range, and the words that stand for numbers from its least on.
struct Field {
    name: &'static str,
    least: i16,
    most: i16,
    words: &'static [&'static str],
}

const MINUTE: Field = Field { name: "minute", least: 0, most: 59, words: &[] };
const HOUR: Field = Field { name: "hour", least: 0, most: 23, words: &[] };
const DAY_OF_MONTH: Field = Field { name: "day of month", least: 1, most: 31, words: &[] };
const MONTH: Field = Field { name: "month", least: 1, most: 12, words: &MONTHS };
const DAY_OF_WEEK: Field = Field { name: "day of week", least: 1, most: 7, words: &WEEKDAYS };
const YEAR: Field = Field { name: "year", least: 1970, most: 2199, words: &[] };

impl Field {
    fn number(&self, text: &str) -> Result<i16, String> {
        if let Some(index) =
            self.words.iter().zip(self.least..).find(|(word, _)| text.eq_ignore_ascii_case(word))
        {
            return Ok(index.1);
        }
        let number = text.parse::<i16>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
        number.filter(|number| (self.least..=self.most).contains(number)).ok_or_else(|| {
            format!("`{text}` is not a valid {}: from {} to {}", self.name, self.least, self.most)
        })
    }

    /// The numbers of one item of a list: `*`, `5`, `5-9`, `FRI-MON`, `0/15`, `*/5`, `8-17/2`.
    fn item(&self, text: &str) -> Result<Vec<i16>, String> {
        let (range, step) = match text.split_once('/') {
            None => (text, None),
            Some((range, step)) => {
                let step = step.parse::<i16>().ok().filter(|step| *step >= 1);
                (range, Some(step.ok_or_else(|| format!("`{text}`: a step is a whole number from 1"))?))
            }
        };
        let (from, to) = match (range, range.split_once('-')) {
            ("*", _) => (self.least, self.most),
            (_, Some((from, to))) => (self.number(from)?, self.number(to)?),
            (_, None) => {
                let from = self.number(range)?;
                (from, if step.is_some() { self.most } else { from })
            }
        };
        // A range that goes beyond the last value goes on with the first: FRI-MON.
        let size = self.most - self.least + 1;
        let length = if from <= to { to - from } else { to - from + size };
        let step = usize::try_from(step.unwrap_or(1)).unwrap_or(1);
        Ok((0..=length).step_by(step).map(|ahead| self.least + (from - self.least + ahead) % size).collect())
    }

    /// All numbers of a list, in order.
    fn list(&self, text: &str) -> Result<Vec<i16>, String> {
        let mut all = Vec::new();
        for item in text.split(',') {
            all.extend(self.item(item)?);
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    fn small(&self, text: &str) -> Result<Vec<i8>, String> {
        Ok(self.list(text)?.into_iter().map(small).collect())
    }
}

/// A number of a field whose most is 59.
fn small(number: i16) -> i8 {
    i8::try_from(number).unwrap_or(i8::MAX)
}

fn of_month(text: &str) -> Result<Vec<OfMonth>, String> {
    let mut all = Vec::new();
    for item in text.split(',') {
        match item.to_ascii_uppercase().as_str() {
            "L" => all.push(OfMonth::Last),
            "LW" => all.push(OfMonth::LastWeekday),
            upper => match upper.strip_suffix('W') {
                Some(day) => all.push(OfMonth::NearestWeekday(small(DAY_OF_MONTH.number(day)?))),
                None => all.extend(DAY_OF_MONTH.item(item)?.into_iter().map(|day| OfMonth::Day(small(day)))),
            },
        }
    }
    Ok(all)
}

fn of_week(text: &str) -> Result<Vec<OfWeek>, String> {
    let mut all = Vec::new();
    for item in text.split(',') {
        let upper = item.to_ascii_uppercase();
        if upper == "L" {
            all.push(OfWeek::Day(7));
        } else if let Some((day, nth)) = upper.split_once('#') {
            let nth = nth.parse::<i8>().ok().filter(|nth| (1..=5).contains(nth));
            let nth = nth.ok_or_else(|| format!("`{item}`: after # stands a number from 1 to 5"))?;
            all.push(OfWeek::Nth(small(DAY_OF_WEEK.number(day)?), nth));
        } else if let Some(day) = upper.strip_suffix('L') {
            all.push(OfWeek::Last(small(DAY_OF_WEEK.number(day)?)));
        } else {
            all.extend(DAY_OF_WEEK.item(item)?.into_iter().map(|day| OfWeek::Day(small(day))));
        }
    }
    Ok(all)
}

/// Reads what stands between the parentheses of `cron(…)`.
///
/// # Errors
/// What is wrong with it, as a clause.
pub(crate) fn parse(text: &str) -> Result<Cron, String> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let [minutes, hours, day_of_month, month, day_of_week, year] = fields.as_slice() else {
        return Err(match fields.len() {
            7 => {
                "a field of seconds is not kept by AWS either (actions start within the minute); leave it out"
                    .to_owned()
            }
            5 => "it has five fields; AWS wants a sixth, the year".to_owned(),
            count => format!(
                "it has {count} fields; minutes, hours, day of month, month, day of week and year are six"
            ),
        });
    };
    let days = match (*day_of_month, *day_of_week) {
        ("?", "?") => return Err("day of month and day of week cannot both be `?`".to_owned()),
        (days, "?") => Days::OfMonth(of_month(days)?),
        ("?", days) => Days::OfWeek(of_week(days)?),
        _ => return Err("one of day of month and day of week must be `?`".to_owned()),
    };
    Ok(Cron {
        minutes: MINUTE.small(minutes)?,
        hours: HOUR.small(hours)?,
        days,
        months: MONTH.small(month)?,
        years: YEAR.list(year)?,
    })
}

/// Saturday or Sunday.
fn is_weekend(date: Date) -> bool {
    matches!(date.weekday().to_sunday_one_offset(), 1 | 7)
}

/// The weekday nearest to `day` of the date's month, without leaving it.
fn nearest_weekday(date: Date, day: i8) -> Option<i8> {
    let last = date.days_in_month();
    let wanted = Date::new(date.year(), date.month(), day).ok()?;
    Some(match wanted.weekday().to_sunday_one_offset() {
        7 if day > 1 => day - 1,
        7 => day + 2,
        1 if day < last => day + 1,
        1 => day - 2,
        _ => day,
    })
}

impl Cron {
    /// Whether the expression names this date.
    pub(crate) fn matches(&self, date: Date) -> bool {
        let (day, last) = (date.day(), date.days_in_month());
        let weekday = date.weekday().to_sunday_one_offset();
        let named = match &self.days {
            Days::OfMonth(days) => days.iter().any(|named| match *named {
                OfMonth::Day(named) => named == day,
                OfMonth::Last => day == last,
                OfMonth::NearestWeekday(near) => nearest_weekday(date, near) == Some(day),
                OfMonth::LastWeekday => {
                    !is_weekend(date)
                        && (day + 1..=last)
                            .all(|later| Date::new(date.year(), date.month(), later).is_ok_and(is_weekend))
                }
            }),
            Days::OfWeek(days) => days.iter().any(|named| match *named {
                OfWeek::Day(named) => named == weekday,
                OfWeek::Last(named) => named == weekday && day + 7 > last,
                OfWeek::Nth(named, nth) => named == weekday && (day - 1) / 7 + 1 == nth,
            }),
        };
        named && self.months.contains(&date.month()) && self.years.binary_search(&date.year()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dates of 2026 that match, as `MM-DD`.
    fn dates(text: &str) -> Vec<String> {
        let cron = parse(text).unwrap();
        let first = Date::new(2026, 1, 1).unwrap();
        let days = (0..365).map(|ahead| first.checked_add(jiff::Span::new().days(ahead)).unwrap());
        days.filter(|date| cron.matches(*date)).map(|date| date.strftime("%m-%d").to_string()).collect()
    }

    #[test]
    fn letters_name_the_last_the_nearest_and_the_nth_day() {
        assert_eq!(dates("0 8 L 1-3 ? 2026"), ["01-31", "02-28", "03-31"]);
        // 2026-08-15 is a Saturday, 2026-11-15 a Sunday, 2026-08-01 a Saturday: within its month it moves to Monday.
        assert_eq!(dates("0 8 15W 8,11 ? *"), ["08-14", "11-16"]);
        assert_eq!(dates("0 8 1W AUG ? *"), ["08-03"]);
        // 2026-05-31 is a Sunday: the last weekday is Friday the 29th.
        assert_eq!(dates("0 8 LW 5 ? *"), ["05-29"]);
        assert_eq!(dates("0 8 31W 5 ? *"), ["05-29"]);
        assert_eq!(dates("0 8 ? 3 TUE#2 *"), ["03-10"]);
        assert_eq!(dates("0 8 ? 3 3#2,3#4 *"), ["03-10", "03-24"]);
        assert_eq!(dates("0 8 ? 3 6L *"), ["03-27"]);
        assert_eq!(dates("0 8 ? 2 fri-mon *").len(), 16);
        assert_eq!(dates("0 8 31 * ? *").len(), 7);
        assert!(dates("0 8 * * ? 2027").is_empty());
    }

    #[test]
    fn lists_ranges_and_steps_are_sets_of_numbers() {
        let cron = parse("0/20 8-17/4,22-1 * * ? *").unwrap();
        assert_eq!(cron.minutes, [0, 20, 40]);
        assert_eq!(cron.hours, [0, 1, 8, 12, 16, 22, 23]);
        assert_eq!(parse("*/25 * * * ? *").unwrap().minutes, [0, 25, 50]);
    }

    #[test]
    fn a_wrong_expression_is_refused_in_words() {
        let table = [
            ("0 8 * * *", "five fields"),
            ("0 0 8 * * ? *", "seconds"),
            ("0 8 * * * *", "must be `?`"),
            ("0 8 ? * ? *", "both"),
            ("60 8 * * ? *", "`60` is not a valid minute: from 0 to 59"),
            ("0 8 ? * MON#6 *", "1 to 5"),
            ("0 8 ? * MOO *", "`MOO`"),
            ("0/0 8 * * ? *", "whole number from 1"),
            ("0 8 32W * ? *", "`32`"),
            ("+5 8 * * ? *", "`+5`"),
            ("", "0 fields"),
        ];
        for (text, expected) in table {
            let message = parse(text).unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
