//! Traffic: traces and shapes, onto the kernel's rate curve or its exact counts.

use crate::scenario::import::curve::Shape;
use crate::scenario::keys::builder::Lower;
use crate::scenario::keys::limits::SINCE_START;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::View;
use crate::scenario::language::tree::Place;
use crate::scenario::language::{codes, quantity};

const YEAR_RATE: f64 = 1e7;

const RATE: Kind = Kind::Number(0.0, YEAR_RATE);

pub(crate) const SHAPE: TableSpec = TableSpec {
    doc: "One shape of an arrival rate; rates are requests a second, times count from second 0.",
    keys: &[
        Key::new("constant", Kind::Table(&CONSTANT), "The same rate all the time."),
        Key::new(
            "diurnal",
            Kind::Table(&DIURNAL),
            "mean + amplitude · cos, with its peak at a local time of day.",
        ),
        Key::new(
            "weekly",
            Kind::Table(&WEEKLY),
            "One rate on weekdays, a share of it at weekends, in local time.",
        ),
        Key::new(
            "ramp",
            Kind::Table(&RAMP),
            "`from` until the start, a straight line to `to`, and `to` from then on.",
        ),
        Key::new("step", Kind::Table(&STEP), "A rate from a moment on."),
        Key::new(
            "spike",
            Kind::Table(&SPIKE),
            "Multiplies the sum of the rates: up to a factor, hold, down again.",
        ),
    ],
};

const CONSTANT: TableSpec = TableSpec {
    doc: "The same rate all the time.",
    keys: &[Key::new("rate", RATE, "Rate [requests/s].").required()],
};

const DIURNAL: TableSpec = TableSpec {
    doc: "A daily sinusoid.",
    keys: &[
        Key::new("mean", RATE, "Mean rate [requests/s].").required(),
        Key::new("amplitude", RATE, "From the mean to the peak [requests/s]; at most the mean.").required(),
        Key::new("peak_at", Kind::TimeOfDay, "Time of day of the peak, local to `timezone`.").required(),
    ],
};

const WEEKLY: TableSpec = TableSpec {
    doc: "Weekdays and weekends.",
    keys: &[
        Key::new("mean", RATE, "Rate from Monday to Friday [requests/s]; not the average over the week.")
            .required(),
        Key::new(
            "weekend_factor",
            Kind::Number(0.0, 1e6),
            "On Saturday and Sunday the rate is multiplied by this.",
        )
        .required(),
    ],
};

const RAMP: TableSpec = TableSpec {
    doc: "A straight line.",
    keys: &[
        Key::new("start", SINCE_START, "Where it begins.").or("\"0s\""),
        Key::new("end", SINCE_START, "Where it ends; after the start.").required(),
        Key::new("from", RATE, "Rate until the start [requests/s].").or("0.0"),
        Key::new("to", RATE, "Rate from the end on [requests/s].").required(),
    ],
};

pub(crate) const STEP: TableSpec = TableSpec {
    doc: "A rate from a moment on.",
    keys: &[
        Key::new("at", SINCE_START, "From when on.").required(),
        Key::new("rate", RATE, "What is added from then on [requests/s].").required(),
    ],
};

const SPIKE: TableSpec = TableSpec {
    doc: "A temporary factor on everything else.",
    keys: &[
        Key::new("at", SINCE_START, "Where it begins to rise.").required(),
        Key::new("factor", Kind::Number(0.0, 1e6), "The factor at its height.").required(),
        Key::new("rise", SINCE_START, "How long it rises.").or("\"0s\""),
        Key::new("hold", SINCE_START, "How long it stays.").or("\"0s\""),
        Key::new("fall", SINCE_START, "How long it falls.").or("\"0s\""),
    ],
};

pub(crate) fn shape(item: View<'_>, root: View<'_>, lower: &mut Lower<'_>) -> Option<(Shape, Place)> {
    let (kind, view) = item.alternative()?;
    let number = |key| view.number(key);
    let moment = |key| view.duration(key).map(|span| span.0);
    let (shape, begins) = match kind {
        "constant" => (Shape::Constant { rate: number("rate")? }, None),
        "diurnal" => {
            let (mean, amplitude) = (number("mean")?, number("amplitude")?);
            if amplitude > mean {
                lower.report.add(
                    Problem::new(
                        codes::NEGATIVE_RATE,
                        format!("the rate would fall to {} a second", mean - amplitude),
                    )
                    .at(&view.place("amplitude"), format!("more than the mean of {mean}"))
                    .also(&view.place("mean"), "the mean")
                    .expected("amplitude ≤ mean"),
                );
                return None;
            }
            let peak_s = quantity::time_of_day(view.text("peak_at")?).ok()?;
            (Shape::Diurnal { mean, amplitude, peak_s }, None)
        }
        "weekly" => {
            (Shape::Weekly { rate: number("mean")?, weekend_factor: number("weekend_factor")? }, None)
        }
        "ramp" => {
            let (start, end) = (moment("start")?, moment("end")?);
            if end <= start {
                lower.report.add(
                    Problem::new(codes::TIME_ORDER, "the ramp ends where it begins, or before")
                        .at(&view.place("end"), "the end")
                        .also(&view.place("start"), "the start")
                        .help("a jump is a `step`"),
                );
                return None;
            }
            (Shape::Ramp { start, end, from: number("from")?, to: number("to")? }, Some(("start", start)))
        }
        "step" => {
            let at = moment("at")?;
            (Shape::Step { at, rate: number("rate")? }, Some(("at", at)))
        }
        _ => {
            let at = moment("at")?;
            let (rise, hold, fall) = (moment("rise")?, moment("hold")?, moment("fall")?);
            (Shape::Spike { at, factor: number("factor")?, rise, hold, fall }, Some(("at", at)))
        }
    };
    if let (Some((key, at)), Some(horizon)) = (begins, root.duration("horizon"))
        && at >= horizon.0
    {
        lower.report.add(
            Problem::new(codes::NEVER_HAPPENS, format!("the {kind} begins after the run has ended"))
                .at(&view.place(key), "after the horizon")
                .also(&root.place("horizon"), "the horizon"),
        );
    }
    Some((shape, item.place.clone()))
}
