//! `windtunnel forecast`: what the next months will cost.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::args::{FidelityWish, ForecastFormat, ForecastRequest};
use super::commands::{fail, listen, more_on, print_as, stopped, varied};
use super::exit::Exit;
use super::folder::add;
use super::run::folder_name;
use super::{folder, manifest};
use crate::experiment::VariedScenario;
use crate::experiment::forecast::{
    Actual, FidelityChoice, Forecast, ForecastError, ForecastProgress, forecast, read_actuals,
};
use crate::report;
use crate::scenario::{self, Files, ForecastSpec, Scenario};
use crate::shell::files::{Folder, read_scenario};
use crate::shell::progress::Progress;
use crate::shell::results::ResultsWriter;
use crate::shell::terminal::{note, stderr_colour, stdout_colour, table_width};
use crate::shell::wall_clock::Stopwatch;

/// More requests than some seconds of one core simulate, of which there is a word beforehand.
const MANY: f64 = 1e9;

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
        overrides: &request.given.overrides,
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
    let mut folder = match folder::take(&out, report::FolderKind::Forecast) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    let interrupted = match listen() {
        Ok(flag) => flag,
        Err(exit) => return exit,
    };
    let spec = spec(request, scenario);
    let mut progress =
        Progress::start("months", u64::from(spec.runs) * u64::from(spec.months), 0, request.given.quiet);
    let asked = (&spec, choice(request));
    let result = forecast(&base, scenario, asked, Some(&interrupted), &mut |news| match news {
        ForecastProgress::Done(done) => progress.reach(done),
        ForecastProgress::OneByOne(requests) => announce(requests, &spec, request.given.quiet),
    });
    progress.finish();
    let result = match result {
        Ok(result) => result,
        Err(error) => return refuse(error),
    };
    let marks = (&watch, &interrupted);
    if let Err(message) = write(&result, scenario, &actuals, (&mut folder, !request.no_report), marks) {
        return folder::unwritten(&message);
    }
    let printed = print(&result, scenario, &actuals, request.format);
    if printed != Exit::Ok {
        return printed;
    }
    if !request.given.quiet {
        note(&format!("{:.2} s; results in {}\n", watch.elapsed().as_secs_f64(), out.display()));
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

/// Prints the forecast on standard output.
fn print(result: &Forecast, scenario: &Scenario, actuals: &[Actual], format: ForecastFormat) -> Exit {
    let text = match format {
        ForecastFormat::Table => {
            report::forecast_table(result, &scenario.name, actuals, table_width(), stdout_colour())
        }
        ForecastFormat::Json => report::forecast_json(result, actuals),
        ForecastFormat::Csv => String::from_utf8_lossy(&report::forecast_csv(result, actuals)).into_owned(),
    };
    print_as(matches!(format, ForecastFormat::Table), &text)
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

/// What is expected: the scenario's `[forecast]`, with what the command line says instead.
fn spec(request: &ForecastRequest, scenario: &Scenario) -> ForecastSpec {
    let mut spec = scenario.forecast.clone().unwrap_or_default();
    spec.months = request.months.unwrap_or(spec.months);
    spec.from = request.from.or(spec.from);
    spec.growth = request.growth.unwrap_or(spec.growth);
    spec.runs = request.replications.unwrap_or(spec.runs);
    spec
}

fn choice(request: &ForecastRequest) -> FidelityChoice {
    match request.fidelity {
        FidelityWish::Auto => FidelityChoice::Auto,
        FidelityWish::Requests => FidelityChoice::Requests,
        FidelityWish::Fluid => FidelityChoice::Fluid,
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
    (folder, with_page): (&mut ResultsWriter, bool),
    (watch, interrupted): (&Stopwatch, &Arc<AtomicBool>),
) -> Result<(), String> {
    let chart = |error: report::ChartError| format!("cannot draw the picture: {error}");
    let picture = report::forecast_plot(result, &scenario.name, actuals);
    let contents = [
        ("forecast.json", report::forecast_json(result, actuals).into_bytes()),
        ("forecast.csv", report::forecast_csv(result, actuals)),
        ("forecast.png", report::plot::plot_png(&picture).map_err(chart)?),
        ("forecast.svg", report::plot::plot_svg(&picture).map_err(chart)?.into_bytes()),
        ("plan.toml", scenario.resolved_toml.clone().into_bytes()),
    ];
    let mut files = folder.stage(Some(interrupted)).within(scenario.max_output);
    for (name, content) in &contents {
        add(&mut files, name, content)?;
    }
    let manifest = manifest::of(report::FolderKind::Forecast, &[scenario], scenario.seed, watch);
    folder::publish(folder, files, manifest, with_page)
}
