//! Files that are no series of counts: answers in JSON, access logs, one column an interval, one row a request, several series
//! in one file. Each is named, with what to do; none is read.

use crate::scenario::import::trace::TraceProblem;
use crate::scenario::import::trace::cells::cells;
use crate::scenario::import::trace::instant::instant;
use crate::scenario::import::trace::number::number;
use crate::scenario::import::trace::row::Format;
use crate::scenario::language::codes;

/// Columns that are named by consecutive numbers make a file wide.
const WIDE: usize = 10;
/// Most values of a column that are listed.
const MOST_VALUES: usize = 4;

const K6: &str =
    "count the points of `http_reqs` by minute, and write a CSV `timestamp,requests` with a row a minute";
const LOG: &str = "count its lines by minute, and write a CSV `timestamp,requests` with a row a minute";

/// Answers in JSON: a part of their beginning without blanks, what they are, and what makes a CSV of them.
const JSON: [(&str, &str, &str); 7] = [
    (
        "\"MetricDataResults\":",
        "the answer of `aws cloudwatch get-metric-data`",
        "convert it: jq -r '[\"timestamp\",\"requests\"], (.MetricDataResults[0] | [.Timestamps, .Values] | transpose | sort[]) | \
         @csv'",
    ),
    (
        "\"Datapoints\":",
        "the answer of `aws cloudwatch get-metric-statistics`",
        "convert it: jq -r '[\"timestamp\",\"requests\"], (.Datapoints | sort_by(.Timestamp)[] | [.Timestamp, .Sum]) | @csv'",
    ),
    (
        "\"resultType\":",
        "the answer of a Prometheus query",
        "convert it: jq -r '[\"timestamp\",\"requests\"], .data.result[0].values[] | @csv'",
    ),
    ("\"type\":\"Point\"", "the output of k6", K6),
    ("\"type\":\"Metric\"", "the output of k6", K6),
    (
        "\"nginx_version\":",
        "the status of nginx, which counts from its start",
        "write a CSV `timestamp,requests` with the difference of `requests.total` from each line to the next",
    ),
    ("", "JSON", "write a CSV `timestamp,requests` with a row an interval"),
];

/// Whether a file that begins so may be one that [`other`] names; more lines tell which.
pub(super) fn may_be_other(first: &str) -> bool {
    first.trim_start().starts_with(['{', '[', '#']) || other(first).is_some()
}

/// Names a file by its beginning; `None` where it may be a CSV.
pub(super) fn other(beginning: &str) -> Option<TraceProblem> {
    let first = beginning.trim_start().lines().next()?;
    let is_json = first.starts_with('{') || first.trim_end() == "[" || first.starts_with("[{");
    let (what, help) = if is_json {
        let plain: String = beginning.chars().filter(|c| !c.is_whitespace()).collect();
        let (_, what, help) = JSON.iter().find(|(part, ..)| plain.contains(part))?;
        (if *what == "JSON" { (*what).to_owned() } else { format!("JSON, {what}") }, *help)
    } else if ["#Software:", "#Fields:", "#Version:"].iter().any(|mark| first.starts_with(mark)) {
        ("a log in the W3C format (IIS, CloudFront)".to_owned(), LOG)
    } else if is_alb_log(first) {
        ("an access log of an Application Load Balancer".to_owned(), LOG)
    } else if is_combined_log(first) {
        ("an access log of a web server (nginx, Apache)".to_owned(), LOG)
    } else {
        return None;
    };
    Some(named(first, &format!("the file is {what}, not a CSV"), help))
}

/// `https 2026-03-02T09:05:00.123456Z app/web/50dc 192.0.2.7:2817 …`
fn is_alb_log(line: &str) -> bool {
    let mut words = line.split(' ');
    let kind = words.next().is_some_and(|word| ["http", "https", "h2", "grpcs", "ws", "wss"].contains(&word));
    let time = words.next().is_some_and(|word| instant(word, None, false).is_ok_and(|time| time.is_date));
    kind && time && words.count() > 8
}

/// `192.0.2.4 - - [22/Jan/2010:19:34:21 +0300] "GET /foo/ HTTP/1.1" 200 11078 …`
fn is_combined_log(line: &str) -> bool {
    let Some((_, rest)) = line.split_once(" [") else { return false };
    let Some((time, rest)) = rest.split_once("] \"") else { return false };
    time.matches('/').count() == 2 && time.matches(':').count() == 3 && rest.contains('"')
}

/// Names a file whose value column is missing by its other columns and its first rows; `None` where it is a series.
pub(super) fn without_values(header: &str, rows: &[String], separator: char) -> Option<TraceProblem> {
    let names: Vec<String> = cells(header, separator).map(|cell| cell.name().into_owned()).collect();
    if let Some((first, last)) = consecutive(&names) {
        return Some(named(
            header,
            &format!("the file has a column for each interval (`{first}` to `{last}`), not a row"),
            "transpose it: write a CSV `timestamp,requests` with a row an interval, of one line of the file or of their sum",
        ));
    }
    // Of a series all cells but the labels are numbers. A text in a column whose rows differ is a property of one request.
    let differs = |at: usize| {
        let mut texts = rows.iter().filter_map(|row| cells(row, separator).nth(at));
        let Some(first) = texts.next().map(|cell| cell.text.to_owned()) else { return false };
        is_text(&first) && texts.any(|cell| cell.text != first && is_text(cell.text))
    };
    let column = (0..names.len()).find(|at| !Format::is_time_name(&names[*at]) && differs(*at))?;
    Some(named(
        header,
        &format!(
            "the file seems to have a row for each request (column `{}` differs from row to row), and no counts",
            shown(&names[column])
        ),
        LOG,
    ))
}

/// First and last of the names that are consecutive numbers, where there are many.
fn consecutive(names: &[String]) -> Option<(u64, u64)> {
    let numbers: Vec<u64> = names.iter().filter_map(|name| name.parse().ok()).collect();
    let follow = numbers.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]));
    (numbers.len() >= WIDE && follow).then_some((*numbers.first()?, *numbers.last()?))
}

/// Names a file of several series: rows of one time that differ in a text. `rows` have their time in nanoseconds.
pub(super) fn several(header: &Format, names: &[String], rows: &[(i128, &str)]) -> Option<TraceProblem> {
    let same = rows.windows(2).filter(|pair| pair[0].0 == pair[1].0).count();
    // As many rows of an earlier time come from series that follow one another.
    let back = rows.windows(2).filter(|pair| pair[1].0 < pair[0].0).count();
    if rows.len() < 4 || (same * 3 < rows.len() && back == 0) {
        return None;
    }
    let column = header.others(rows.first()?.1).into_iter().find(|at| {
        let text = |row: &str| header.cell(row, *at);
        let differs = |pair: &[(i128, &str)]| match (text(pair[0].1), text(pair[1].1)) {
            (Some(one), Some(other)) => one != other && is_text(&one) && is_text(&other),
            _ => false,
        };
        let at_once = rows.windows(2).filter(|pair| pair[1].0 <= pair[0].0);
        at_once.clone().count() > 0
            && at_once.clone().filter(|pair| differs(pair)).count() * 2 > at_once.count()
    })?;
    let mut values: Vec<String> = Vec::new();
    for (_, row) in rows {
        let Some(value) = header.cell(row, column).filter(|value| is_text(value)) else { continue };
        if !values.contains(&value) {
            values.push(value);
        }
        if values.len() > MOST_VALUES {
            break;
        }
    }
    let dots = if values.len() > MOST_VALUES { ", …" } else { "" };
    let listed: Vec<String> =
        values.iter().take(MOST_VALUES).map(|value| format!("`{}`", shown(value))).collect();
    let name = names.get(column).map_or("", String::as_str);
    Some(named(
        rows.first()?.1,
        &format!(
            "the file has rows of several series: its column `{}` is {}{dots}",
            shown(name),
            listed.join(", ")
        ),
        "keep the rows of one of them; rows of one time that all count are added by `duplicates = \"sum\"`",
    ))
}

fn is_text(text: &str) -> bool {
    !text.is_empty() && number(text, None).is_err() && instant(text, None, false).is_err()
}

fn named(line: &str, message: &str, help: &str) -> TraceProblem {
    let end = (0..=line.len().min(200)).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
    TraceProblem {
        line: 1,
        content: line[..end].to_owned(),
        span: 0..end,
        help: Some(help.to_owned()),
        ..TraceProblem::whole(codes::OTHER_FORMAT, message)
    }
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
