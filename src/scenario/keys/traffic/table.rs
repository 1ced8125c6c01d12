//! Traffic: traces and shapes, onto the kernel's rate curve or its exact counts.

use windtunnel_kernel::traffic::TrafficPlan;

use crate::scenario::import::curve::{CutShapes, Shape};
use crate::scenario::keys::budget::BudgetItem;
use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::context::ServiceContext;
use crate::scenario::keys::traffic::arrivals::{ARRIVALS, Arrivals, with_curve};
use crate::scenario::keys::traffic::shape::{SHAPE, shape};
use crate::scenario::keys::traffic::trace::{TRACE, TraceCounts, TraceSource, trace_plan, trace_source};
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::tree::{SourceSpan, Value};

pub(crate) const TRAFFIC: TableSpec = TableSpec {
    doc: "When requests arrive: a trace, or shapes whose rates add up.",
    keys: &[
        Key::new(
            "arrivals",
            Kind::Choice(ARRIVALS.words),
            "How arrivals are drawn: a Poisson process of the rate; one whenever its integral passes k − ½; or exactly \
             as many an interval as the trace says, uniformly at random within it.",
        )
        .or("\"poisson\""),
        Key::new("trace", Kind::Table(&TRACE), "A recorded series of counts or rates."),
        Key::new("shape", Kind::ListOneOf(&SHAPE), "Shapes: constant, diurnal, weekly, ramp and step rates add up, \
             spikes multiply. All becomes one piecewise linear curve: constants, steps and ramps exactly; a sinusoid, or \
             the product of a spike's flank with a rate that changes, in pieces of at most 60 s, which is within 2.4e-6 of \
             the amplitude for a daily sinusoid."),
    ],
};

/// Source of a service's requests.
pub(crate) enum TrafficSource {
    /// A trace that was read.
    Trace(TraceSource),
    /// Shapes, each with its place.
    Shapes(Vec<(Shape, SourceSpan)>),
}

impl TrafficSource {
    /// Length of the trace \[ns\], if it is one.
    pub(crate) fn trace_length(&self) -> Option<u64> {
        match self {
            Self::Trace(source) => Some(source.trace.length()),
            Self::Shapes(_) => None,
        }
    }
}

/// Reads the source of a service's traffic.
pub(crate) fn source(
    root: TableReader<'_>,
    service: TableReader<'_>,
    builder: &mut Builder<'_>,
) -> Option<TrafficSource> {
    let view = service.table("traffic")?;
    let refuse = |message: &str, place: &SourceSpan, fix: &str| {
        Problem::new(codes::TRAFFIC_SOURCE, message).at(place, "").fix(fix)
    };
    match (view.is_given("trace"), view.is_given("shape")) {
        (true, true) => {
            let problem = Problem::new(codes::TRAFFIC_SOURCE, "traffic is a trace or shapes, not both")
                .at(&view.place("trace"), "a trace")
                .also(&view.place("shape"), "and shapes");
            builder.report.add(problem);
            None
        }
        (false, false) => {
            let fix = "shape = [{ constant = { rate = 50.0 } }]";
            builder.report.add(refuse("traffic has neither a trace nor a shape", view.place, fix));
            None
        }
        (true, false) => trace_source(root, view, builder).map(TrafficSource::Trace),
        (false, true) => {
            if view.choice("arrivals", &ARRIVALS) == Some(Arrivals::ExactCounts) {
                let place = view.place("arrivals");
                builder.report.add(refuse(
                    "`exact_counts` needs a trace of counts",
                    &place,
                    "arrivals = \"poisson\"",
                ));
            }
            let written = view.node("shape").map(|node| match &node.value {
                Value::Array(items) => items.len(),
                _ => usize::MAX,
            })?;
            if written == 0 {
                let fix = "shape = [{ constant = { rate = 50.0 } }]";
                builder.report.add(refuse("the list of shapes is empty", &view.place("shape"), fix));
                return None;
            }
            let shapes: Vec<_> =
                view.list("shape").into_iter().filter_map(|item| shape(item, root, builder)).collect();
            (shapes.len() == written).then_some(TrafficSource::Shapes(shapes))
        }
    }
}

/// The plan of the traffic, and what there is to say of its trace.
pub(crate) fn plan(
    source: &TrafficSource,
    context: &ServiceContext<'_>,
    builder: &mut Builder<'_>,
) -> Option<(TrafficPlan, Option<TraceCounts>)> {
    let horizon = context.horizon?;
    let arrivals = context.service.table("traffic")?.choice("arrivals", &ARRIVALS)?;
    match source {
        TrafficSource::Shapes(shapes) => {
            let plain: Vec<Shape> = shapes.iter().map(|(shape, _)| *shape).collect();
            let place = &shapes.first()?.1;
            let course = CutShapes::new(&plain, context.calendar?, horizon.0);
            let pieces = builder.budget.take(BudgetItem::Pieces, course.pieces(), place);
            let evaluations = builder.budget.take(BudgetItem::Evaluations, course.evaluations(), place);
            if !(pieces && evaluations) {
                return None;
            }
            let curve = match course.curve() {
                Ok(curve) => curve,
                Err(error) => {
                    let problem =
                        Problem::new(codes::OUT_OF_RANGE, format!("the shapes make no rate: {error}"));
                    builder.report.add(problem.at(place, "with this one"));
                    return None;
                }
            };
            Some((with_curve(arrivals, curve), None))
        }
        TrafficSource::Trace(source) => trace_plan(source, arrivals, horizon, builder),
    }
}
