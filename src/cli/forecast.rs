//! `windtunnel forecast`: what the next months will cost.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::folder::{add, folder_name};
use super::formats::{self, OutputFormat, Rendering, rendering};
use super::given::{Fidelity, Given, replication_count};
use super::loading::{more_on, varied};
use super::printing::{fail, print_in};
use super::session::{Session, stopped};
use super::{folder, manifest};
use crate::experiment::VariedScenario;
use crate::experiment::forecast::{
    Actual, Expectation, Forecast, ForecastError, ForecastFidelity, ForecastProgress, forecast, read_actuals,
};
use crate::report::{self, ForecastFiles, View};
use crate::results::{self, json_text};
use crate::scenario::{self, Files, ForecastSpec, Scenario};
use crate::shell::files::{Folder, read_scenario};
use crate::shell::progress::Progress;
use crate::shell::results::ResultsWriter;
use crate::shell::terminal::{note, stderr_colour};
use crate::shell::wall_clock::Stopwatch;

/// More requests than some seconds of one core simulate, of which there is a word beforehand.
const MANY: f64 = 1e9;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel forecast web.toml --months 12 --growth 4%/month\n  windtunnel forecast web.toml --from \
    2026-01 --months 6 --actuals bills.csv\n\nHow sure growth, service times and prices are, and the seasons: the [forecast] table \
    of the scenario."
)]
pub(super) struct ForecastRequest {
    /// Scenario file; its traffic is the pattern of the months
    pub(super) scenario: PathBuf,
    /// Months of the forecast [default: the scenario's, else 12]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=60))]
    pub(super) months: Option<u32>,
    /// First month [default: the scenario's, else the month in which it starts]
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub(super) from: Option<(i16, i8)>,
    /// Growth of the traffic, such as 4%/month or 60%/year
    #[arg(long, value_name = "SHARE/PERIOD", allow_hyphen_values = true, value_parser = scenario::growth_of)]
    pub(super) growth: Option<f64>,
    /// Bills that came in: CSV with the columns month (2026-12) and usd
    #[arg(long, value_name = "FILE")]
    pub(super) actuals: Option<PathBuf>,
    /// Runs, each with growth, service times and prices of its own [default: the scenario's, else 100]
    #[arg(long, value_name = "N", value_parser = replication_count(1))]
    pub(super) replications: Option<u32>,
    #[command(flatten)]
    pub(super) given: Given,
    /// Folder for the results [default: output/NAME-forecast]
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Leave out report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// What to print on standard output
    #[arg(long, default_value = "text", value_parser = formats::parser(renderings()))]
    pub(super) format: OutputFormat,
}

/// A month, or what one is.
fn month(text: &str) -> Result<(i16, i8), String> {
    scenario::month_of(text).ok_or_else(|| "a month has the form 2026-12, from 1970-01 to 2200-12".to_owned())
}

/// Result of the command.
#[derive(Clone, Copy, Debug)]
struct ForecastOutcome<'a> {
    result: &'a Forecast,
    scenario: &'a Scenario,
    actuals: &'a [Actual],
}

/// The formats of a forecast.
fn renderings<'a>() -> [Rendering<ForecastOutcome<'a>>; 4] {
    [
        formats::text(view),
        formats::markdown(view),
        rendering(OutputFormat::Json, "The content of forecast.json", |outcome| {
            json_text(&report::forecast_result(outcome.result, outcome.actuals))
        }),
        rendering(OutputFormat::Csv, "The content of forecast.csv", |outcome| {
            String::from_utf8_lossy(&report::forecast_csv(outcome.result, outcome.actuals)).into_owned()
        }),
    ]
}

fn view(ForecastOutcome { result, scenario, actuals }: ForecastOutcome<'_>) -> View {
    let files = ForecastFiles { scenario: scenario.name.clone(), seed: scenario.seed, plan: None };
    report::forecast_view(&report::forecast_result(result, actuals), &files)
}

/// Runs the request.
pub(super) fn run(request: &ForecastRequest) -> Exit {
    let watch = Stopwatch::start();
    let source = match read_scenario(&request.scenario) {
        Ok(source) => source,
        Err(message) => return fail(Exit::Usage, &message),
    };
    let actuals = match actuals(request) {
        Ok(actuals) => actuals,
        Err(exit) => return exit,
    };
    let folder = Folder::of(&request.scenario);
    let files = move || Box::new(folder.clone()) as Box<dyn Files>;
    let base = VariedScenario {
        source: &source,
        overrides: &request.given.set,
        seed: request.given.seed,
        files: &files,
    };
    let scenario = match varied(&base, request.given.quiet) {
        Ok(scenario) => scenario,
        Err(exit) => return exit,
    };
    let scenario = &scenario;
    let name = folder_name(&scenario.name);
    let out = request.out.clone().unwrap_or_else(|| Path::new("output").join(format!("{name}-forecast")));
    let mut folder = match folder::take(&out, results::FolderKind::Forecast) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    let session = match Session::listen(watch, request.given.quiet) {
        Ok(session) => session,
        Err(exit) => return exit,
    };
    let spec = spec(request, scenario);
    let mut progress =
        Progress::start("months", u64::from(spec.runs) * u64::from(spec.months), 0, request.given.quiet);
    let asked = Expectation { spec: &spec, fidelity: choice(request) };
    let result = forecast(&base, scenario, asked, Some(&session.interrupted), &mut |news| match news {
        ForecastProgress::Done(done) => progress.reach(done),
        ForecastProgress::OneByOne(requests) => announce(requests, &spec, request.given.quiet),
    });
    progress.finish();
    let result = match result {
        Ok(result) => result,
        Err(error) => return refuse(error),
    };
    if let Err(message) = write(&result, scenario, &actuals, &mut folder, !request.no_report, &session) {
        return folder::unwritten(&message);
    }
    let outcome = ForecastOutcome { result: &result, scenario, actuals: &actuals };
    let printed = print_in(request.format, renderings(), outcome);
    if printed != Exit::Ok {
        return printed;
    }
    if !request.given.quiet {
        note(&format!("{:.2} s; results in {}\n", session.watch.elapsed().as_secs_f64(), out.display()));
    }
    if result.interrupted { Exit::Interrupted } else { Exit::Ok }
}

/// Says beforehand what takes its time.
fn announce(requests: f64, spec: &ForecastSpec, quiet: bool) {
    if requests > MANY && !quiet {
        let (runs, months) = (spec.runs, spec.months);
        note(&format!(
            "note: {runs} runs of {months} months: about {requests:.1e} requests, each simulated by itself\n"
        ));
    }
}

fn refuse(error: ForecastError) -> Exit {
    match error {
        ForecastError::Scenario(loaded) => {
            note(&scenario::render(&loaded.diagnostics, &loaded.sources, stderr_colour()));
            note(&more_on(&loaded));
            fail(Exit::Usage, "the scenario does not hold for the months of the forecast")
        }
        ForecastError::Words(message) => fail(Exit::Usage, &message),
        ForecastError::Run(error) => stopped(&error),
    }
}

/// The expectation: the scenario's `[forecast]`, with what the command line says instead.
fn spec(request: &ForecastRequest, scenario: &Scenario) -> ForecastSpec {
    let mut spec = scenario.forecast.clone().unwrap_or_default();
    spec.months = request.months.unwrap_or(spec.months);
    spec.from = request.from.or(spec.from);
    spec.growth = request.growth.unwrap_or(spec.growth);
    spec.runs = request.replications.unwrap_or(spec.runs);
    spec
}

fn choice(request: &ForecastRequest) -> ForecastFidelity {
    match request.given.fidelity {
        None | Some(Fidelity::Auto) => ForecastFidelity::Auto,
        Some(Fidelity::Requests) => ForecastFidelity::Requests,
        Some(Fidelity::Fluid) => ForecastFidelity::Fluid,
    }
}

fn actuals(request: &ForecastRequest) -> Result<Vec<Actual>, Exit> {
    let Some(path) = &request.actuals else { return Ok(Vec::new()) };
    let source = read_scenario(path).map_err(|message| fail(Exit::Usage, &message))?;
    read_actuals(&source.text).map_err(|problems| {
        for problem in problems {
            fail(Exit::Usage, &format!("{}: {problem}", path.display()));
        }
        Exit::Usage
    })
}

fn write(
    result: &Forecast,
    scenario: &Scenario,
    actuals: &[Actual],
    folder: &mut ResultsWriter,
    with_page: bool,
    session: &Session,
) -> Result<(), String> {
    let chart = |error: report::ChartError| format!("cannot draw the picture: {error}");
    let picture = report::forecast_plot(result, &scenario.name, actuals);
    let contents = [
        ("forecast.json", json_text(&report::forecast_result(result, actuals)).into_bytes()),
        ("forecast.csv", report::forecast_csv(result, actuals)),
        ("forecast.png", report::plot::plot_png(&picture).map_err(chart)?),
        ("forecast.svg", report::plot::plot_svg(&picture).map_err(chart)?.into_bytes()),
        ("plan.toml", scenario.resolved_toml.clone().into_bytes()),
    ];
    let mut files = folder.stage(Some(&session.interrupted)).within(scenario.max_output);
    for (name, content) in &contents {
        add(&mut files, name, content)?;
    }
    let manifest = manifest::of(results::FolderKind::Forecast, &[scenario], scenario.seed, &session.watch);
    folder::publish(folder, files, manifest, with_page)
}
