//! The page of `windtunnel optimize`: what to set, what it saves, how sure that is, and what would change the choice.

use std::collections::BTreeSet;

use super::amounts::{AmountKind, half_width, relative, value};
use super::cloud::{AxisColumn, Cloud, CloudPoint, Drawings, PointState};
use super::experiment::{
    Banner, ChartPlace, FolderSource, PageBuilder, PageHead, ResultTable, TableCell, counted, worst,
};
use super::tile::Tile;
use crate::experiment::Measure;
use crate::experiment::points::short_name;
use crate::report::numbers::{THIN, grouped};
use crate::report::proviso::{Terms, with_proviso};
use crate::results::{AxisResult, CheckResult, CheckStatus, LevelResult, Optimization, Rounded, unquoted};

/// The page.
pub(super) fn page(source: &mut FolderSource<'_, '_>) -> Result<Vec<u8>, String> {
    let made = source.made;
    let found: Optimization = source.document()?;
    let cloud = cloud(source, &found)?;
    let mut sheet = PageBuilder::new()?;
    if let Some(best) = &found.recommended {
        sheet.section("What to set");
        sheet.paste("set", "The recommended setting", &best.set.join("\n"))?;
        // The files of an earlier search may still be there; they are of another setting.
        if made.output("scaling.tf").is_some() {
            let text = source.bytes("scaling.tf")?;
            let text = String::from_utf8(text).map_err(|_| source.wrong("scaling.tf", "it is not UTF-8"))?;
            sheet.paste("terraform", "For Terraform: scaling.tf", &text)?;
        }
        sheet.hint("For the AWS CLI there are put-scaling-policy.SERVICE.POLICY.json and register-scalable-target.SERVICE.json beside this page.")?;
    }
    sheet.section("Checks and margins");
    sheet.table(&checks(&found))?;
    if !found.checks_not_judged.is_empty() {
        sheet.hint(&format!(
            "Not judged, for a search has no baseline: {}.",
            found.checks_not_judged.join(", ")
        ))?;
    }
    sheet.section("Cost against p99");
    sheet.place(&ChartPlace {
        id: "scatter",
        title: "Every setting of the search".to_owned(),
        summary: counted(cloud.len() as u64, "setting"),
        caption: "Figures of the race, in which settings that are surely not the best are left early; a few runs each. No \
                  setting beats one on the line in cost and latency."
            .to_owned(),
    })?;
    sheet.points("points", "")?;
    sheet.section("How much each knob matters");
    for knob in &found.knobs {
        sheet.table(&levels(knob))?;
    }
    sheet.section("What would change the choice");
    match found.what_would_change_the_choice.is_empty() {
        true => sheet.hint("Nothing that the search has seen.")?,
        false => sheet.list(&found.what_would_change_the_choice)?,
    }
    rejected(&mut sheet, &found)?;
    if made.output("plan.toml").is_some() && found.recommended.is_some() {
        let plan = String::from_utf8(source.bytes("plan.toml")?);
        let plan = plan.map_err(|_| source.wrong("plan.toml", "it is not UTF-8"))?;
        sheet.section("Assumptions of the recommended setting");
        sheet.plan(&plan)?;
    }
    let mut facts = vec![
        counted(found.candidates, "setting"),
        format!("{} to choose", counted(found.race_runs, "run")),
        format!("seed {}", made.seed),
    ];
    if let Some(best) = &found.recommended {
        facts.insert(2, format!("{} to confirm", counted(best.replications as u64, "fresh run")));
    }
    if found.approximate_times {
        facts.push("requests flow: response times are approximate".to_owned());
    }
    let head = PageHead {
        kind: "Optimisation",
        name: made.scenario.clone(),
        facts,
        verdict: verdict(&found),
        tiles: tiles(&found),
        origins: source.origins(),
    };
    sheet.document(&head, &Drawings { cloud: Some(cloud), ..Drawings::default() })
}

fn verdict(found: &Optimization) -> Banner {
    let mut notes = Vec::new();
    if let Some(saving) = saving(found) {
        notes.push(saving);
    }
    if found.interrupted {
        notes.push(
            "It was interrupted before its end: what was found by then is not the last word.".to_owned(),
        );
    }
    match &found.recommended {
        Some(best) if best.confirmed => {
            notes.insert(
                0,
                format!(
                    "Confirmed on {} with random numbers that the choice has not seen.",
                    counted(best.replications as u64, "fresh run")
                ),
            );
            let cost = AmountKind::Money.maybe(value(&best.cost_per_month_usd));
            let half = half_width(AmountKind::Money, value(&best.cost_per_month_half_width_usd));
            Banner::new(
                "pass",
                format!(
                    "{}: {}, and every check passes",
                    best.name,
                    with_proviso(&format!("{cost} {half} a month"), found.proviso().as_deref())
                ),
                notes,
            )
        }
        Some(best) => {
            let sentence = format!("{} is the best that was found, and is not confirmed", best.name);
            Banner::new("inconclusive", sentence, notes)
        }
        None => Banner::new("fail", "No setting was found that passes every check".to_owned(), notes),
    }
}

impl Optimization {
    /// The proviso on a cost of a month.
    fn proviso(&self) -> Option<String> {
        Terms { region: &self.region, unpriced: &self.unpriced, horizon_s: self.horizon_s.map(Rounded::get) }
            .proviso(Measure::CostPerMonth)
    }
}

/// The saving of the recommended setting, in a sentence.
fn saving(found: &Optimization) -> Option<String> {
    let against = found.cost_per_month_against_base_usd.as_ref()?;
    let (change, half) = (value(&against.value)?, half_width(AmountKind::Money, value(&against.half_width)));
    let base = match worst(&found.base_checks) {
        Some("pass") => ", which passes its checks",
        Some("fail") => ", which fails a check",
        Some(_) => ", of which the checks are not sure",
        None => "",
    };
    Some(if against.significant {
        let word = if change < 0.0 { "less" } else { "more" };
        format!(
            "{} {word} a month ({half}) than the scenario as it is now{base}{}.",
            AmountKind::Money.text(change.abs()),
            found.proviso().map_or_else(String::new, |words| format!(", {words}"))
        )
    } else {
        format!("Its cost does not differ significantly ({half}) from the scenario as it is now{base}.")
    })
}

fn tiles(found: &Optimization) -> Vec<Tile> {
    let Some(best) = &found.recommended else { return Vec::new() };
    let mut tiles = vec![Tile::new(
        "Cost a month",
        AmountKind::Money.maybe(value(&best.cost_per_month_usd)),
        with_proviso(
            &half_width(AmountKind::Money, value(&best.cost_per_month_half_width_usd)),
            found.proviso().as_deref(),
        ),
    )];
    if let Some(against) = &found.cost_per_month_against_base_usd {
        let change = value(&against.value);
        tiles.push(Tile::new(
            "Against the scenario now",
            change.map_or_else(|| "–".to_owned(), |change| AmountKind::Money.difference(change)),
            match against.significant {
                true => half_width(AmountKind::Money, value(&against.half_width)),
                false => {
                    format!("{}, not significant", half_width(AmountKind::Money, value(&against.half_width)))
                }
            },
        ));
    }
    tiles.push(Tile::new(
        "In the race",
        AmountKind::Money.maybe(value(&best.cost_per_month_in_race_usd)),
        "chosen for it, so too low on average".to_owned(),
    ));
    tiles.push(Tile::new(
        "Runs to confirm",
        grouped(best.replications as u64, THIN),
        if best.confirmed { "confirmed".to_owned() } else { "not confirmed".to_owned() },
    ));
    tiles
}

fn checks(found: &Optimization) -> ResultTable {
    let mut table = ResultTable::new(
        "The recommended setting beside the scenario as it is now",
        &["Check", "Recommended", "", "#Within the limit by", "Now", ""],
    );
    let best = found.recommended.as_ref().map_or(&[][..], |best| best.checks.as_slice());
    for base in &found.base_checks {
        let mut cells = vec![TableCell::text(base.check.clone())];
        match best.iter().find(|check| check.check == base.check) {
            Some(check) => {
                cells.extend([TableCell::text(check.value.clone()), TableCell::status(check.status.name())])
            }
            None => cells.extend([TableCell::text("–"), TableCell::text("")]),
        }
        let margin = found.margins.iter().find(|margin| margin.check == base.check);
        cells.push(match margin.and_then(|margin| margin.share_of_limit.map(Rounded::get)) {
            Some(share) => TableCell::number(relative(share)).bar(share),
            None => TableCell::number("–"),
        });
        cells.extend([TableCell::text(base.value.clone()), TableCell::status(base.status.name())]);
        table.row(cells);
    }
    table
}

fn levels(knob: &AxisResult) -> ResultTable {
    let share =
        |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| AmountKind::Share.text(share));
    let title = format!(
        "{}: explains {} of the differences in cost, {} of those in p99",
        knob.axis,
        share(value(&knob.share_of_cost_differences)),
        share(value(&knob.share_of_p99_differences))
    );
    let mut table = ResultTable::new(title, &["Value", "#Cost a month, mean", "#p99, mean", "#Settings"]);
    let most =
        |pick: fn(&LevelResult) -> Option<f64>| knob.levels.iter().filter_map(pick).fold(0.0, f64::max);
    let (dearest, slowest) =
        (most(|level| value(&level.cost_per_month_usd)), most(|level| value(&level.response_time_p99_ms)));
    let bar = |kind: AmountKind, amount: Option<f64>, most: f64| {
        let cell = TableCell::number(kind.maybe(amount));
        match amount {
            Some(amount) if most > 0.0 => cell.bar(amount / most),
            _ => cell,
        }
    };
    for level in &knob.levels {
        table.row(vec![
            TableCell::text(level.value.clone()),
            bar(AmountKind::Money, value(&level.cost_per_month_usd), dearest),
            bar(AmountKind::Millis, value(&level.response_time_p99_ms), slowest),
            TableCell::number(grouped(level.candidates as u64, THIN)),
        ]);
    }
    table
}

fn rejected(sheet: &mut PageBuilder, found: &Optimization) -> Result<(), String> {
    if found.rejected.is_empty() {
        return Ok(());
    }
    sheet.section("Won the race and failed the confirmation");
    let mut table = ResultTable::new(
        "Settings that looked good by chance",
        &["Setting", "#Cost a month", "Check", "Found", "Status"],
    );
    for one in &found.rejected {
        let failed = one.checks.iter().find(|check| check.status != CheckStatus::Pass);
        let text =
            |pick: fn(&CheckResult) -> &String| failed.map_or_else(String::new, |check| pick(check).clone());
        table.row(vec![
            TableCell::text(one.name.clone()),
            TableCell::number(AmountKind::Money.maybe(value(&one.cost_per_month_usd))),
            TableCell::text(text(|check| &check.check)),
            TableCell::text(text(|check| &check.value)),
            TableCell::status(failed.map_or(CheckStatus::Pass, |check| check.status).name()),
        ]);
    }
    sheet.table(&table)
}

/// The settings of `candidates.csv`.
fn cloud(source: &mut FolderSource<'_, '_>, found: &Optimization) -> Result<Cloud, String> {
    let file = (source.open)("candidates.csv")?;
    let mut reader = csv::Reader::from_reader(file);
    let wrong = |what: &str| source.wrong("candidates.csv", what);
    let header = reader.headers().map_err(|error| wrong(&error.to_string()))?.clone();
    let place = |name: &str| {
        let at = header.iter().position(|cell| cell == name);
        at.ok_or_else(|| wrong(&format!("it has no column `{name}`")))
    };
    let (runs, fate, cost) = (place("runs")?, place("fate")?, place("cost_per_month_usd")?);
    let (p99, front) = (place("response_time_p99_ms")?, place("on_front")?);
    // The values of the axes stand between the number and the runs.
    let axes: Vec<AxisColumn> = (1..runs)
        .filter_map(|at| header.get(at))
        .map(|name| AxisColumn::new(short_name(unquoted(name)), &[]))
        .collect();
    let states = vec![
        PointState { name: "in the race to its end", mark: "filled" },
        PointState { name: "fails a check", mark: "hollow" },
        PointState { name: "left early: dearer, or in the worse half", mark: "faint" },
    ];
    let mut cloud = Cloud::new(("Setting", "recommended"), states, axes);
    let chosen = found.recommended.as_ref().map(|best| best.candidate as u64);
    let rejected: BTreeSet<u64> = found.rejected.iter().map(|one| one.candidate as u64).collect();
    for (line, row) in reader.records().enumerate() {
        let row = row.map_err(|error| wrong(&error.to_string()))?;
        let number = row.get(0).and_then(|cell| cell.parse::<u64>().ok());
        let number =
            number.ok_or_else(|| wrong(&format!("line {} has no number of its candidate", line + 2)))?;
        let amount = |at: usize| {
            row.get(at).and_then(|cell| cell.parse().ok()).filter(|value: &f64| value.is_finite())
        };
        let fate = row.get(fate).unwrap_or_default();
        let point = CloudPoint {
            number,
            cost: amount(cost),
            p99: amount(p99),
            state: match fate {
                _ if rejected.contains(&number) => 1,
                "finalist" => 0,
                fate if fate.starts_with("fails") => 1,
                _ => 2,
            },
            is_on_front: row.get(front) == Some("true"),
            is_chosen: chosen == Some(number),
            note: format!(
                "{} · {}",
                unquoted(fate),
                counted(row.get(runs).and_then(|cell| cell.parse().ok()).unwrap_or(0), "run")
            ),
            ..CloudPoint::default()
        };
        let values: Vec<&str> = (1..runs).filter_map(|at| row.get(at)).map(unquoted).collect();
        cloud.push(&point, &values);
    }
    Ok(cloud)
}
