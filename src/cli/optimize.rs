//! `windtunnel optimize`: the cheapest setting that passes the checks, ready to paste.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::folder::{add, folder_name};
use super::formats::{self, OutputFormat, Rendering, rendering};
use super::given::{Given, VerdictArgs, replication_count};
use super::loading::{by_baseline, varied, without_baseline};
use super::printing::{fail, print_in};
use super::session::{Session, stopped};
use super::variant::is_seed;
use super::{folder, manifest};
use crate::experiment::VariedScenario;
use crate::experiment::optimize::{MOST_CANDIDATES, Search, SearchResult};
use crate::experiment::points::Design;
use crate::report::{self, OptimizationFiles, View};
use crate::results::{self, json_text};
use crate::scenario::{self, Axis, Files, Loaded, Scenario, SearchSpec};
use crate::shell::files::{Folder, read_scenario};
use crate::shell::progress::Progress;
use crate::shell::results::ResultsWriter;
use crate::shell::terminal::{note, stderr_colour};
use crate::shell::wall_clock::Stopwatch;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel optimize web.toml --axis service.web.scaling.target_tracking.cpu.target_value=30..80:5 \
    \\\n    --axis service.web.scaling.min_capacity=2,3,4\n\nWritten beside the report: scaling.tf, and put-scaling-policy.SERVICE.POLICY.json \
    for\n`aws application-autoscaling put-scaling-policy --cli-input-json file://…`. Exit code 1: no setting passes; 4: the \
    best was not confirmed."
)]
pub(super) struct OptimizeRequest {
    /// Scenario file; its checks say what is good enough, its optimize table what may be chosen
    pub(super) scenario: PathBuf,
    /// A key that may be chosen, with its values; replaces the axes of the scenario; may be repeated
    #[arg(long = "axis", value_name = "KEY=A..B:STEP | KEY=A,B,…", value_parser = Axis::parse)]
    pub(super) axes: Vec<Axis>,
    /// Confidence with which the recommended setting must pass every check
    #[arg(long, value_name = "SHARE", value_parser = confidence)]
    pub(super) confidence: Option<f64>,
    /// Fresh runs that confirm the recommended setting, 2 at least [default: the scenario's, else 30]
    #[arg(long, value_name = "N", value_parser = replication_count(2))]
    pub(super) replications: Option<u32>,
    /// The cluster's name in what is written for AWS
    #[arg(long, value_name = "NAME", default_value = report::CLUSTER, value_parser = cluster)]
    pub(super) cluster: String,
    #[command(flatten)]
    pub(super) given: Given,
    #[command(flatten)]
    pub(super) verdict: VerdictArgs,
    /// Folder for the results [default: output/NAME-optimize]
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Leave out report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// What to print on standard output
    #[arg(long, default_value = "text", value_parser = formats::parser(renderings()))]
    pub(super) format: OutputFormat,
}

/// The formats of a search: its result, and the scenario.
fn renderings<'a>() -> [Rendering<(&'a SearchResult, &'a Scenario)>; 4] {
    [
        formats::text(view),
        formats::markdown(view),
        rendering(OutputFormat::Json, "The content of optimization.json", |(found, _)| {
            json_text(&report::optimization_result(found))
        }),
        rendering(OutputFormat::Csv, "The content of candidates.csv", |(found, _)| {
            String::from_utf8_lossy(&report::candidates_csv(found)).into_owned()
        }),
    ]
}

fn view((found, scenario): (&SearchResult, &Scenario)) -> View {
    let files = OptimizationFiles {
        scenario: scenario.name.clone(),
        seed: scenario.seed,
        ..OptimizationFiles::default()
    };
    report::optimization_view(&report::optimization_result(found), &files)
}

/// A confidence, or what one is.
fn confidence(text: &str) -> Result<f64, String> {
    let (number, scale) = match text.trim().strip_suffix('%') {
        Some(percent) => (percent.trim(), 100.0),
        None => (text.trim(), 1.0),
    };
    let share = number.parse::<f64>().ok().map(|value| value / scale);
    share
        .filter(|share| (0.5..=0.9999).contains(share))
        .ok_or_else(|| "a confidence is a share from 0.5 to 0.9999, such as 0.95".to_owned())
}

/// A name that AWS takes for a cluster.
fn cluster(text: &str) -> Result<String, String> {
    let sound = (1..=255).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if sound {
        Ok(text.to_owned())
    } else {
        Err("a cluster's name is 1 to 255 of A-Z a-z 0-9 _ -".to_owned())
    }
}

/// Runs the request.
pub(super) fn run(request: &OptimizeRequest) -> Exit {
    let watch = Stopwatch::start();
    let source = match read_scenario(&request.scenario) {
        Ok(source) => source,
        Err(message) => return fail(Exit::Usage, &message),
    };
    let folder = Folder::of(&request.scenario);
    let files = move || Box::new(folder.clone()) as Box<dyn Files>;
    let overrides = request.given.overrides();
    let base =
        VariedScenario { source: &source, overrides: &overrides, seed: request.given.seed, files: &files };
    let scenario = match varied(&base, request.given.quiet) {
        Ok(scenario) => scenario,
        Err(exit) => return exit,
    };
    let scenario = &scenario;
    let spec = match spec(request, scenario) {
        Ok(spec) => spec,
        Err(message) => return fail(Exit::Usage, &message),
    };
    if let Err(exit) = values_are_usable(&base, &spec.axes) {
        return exit;
    }
    let name = folder_name(&scenario.name);
    let out = request.out.clone().unwrap_or_else(|| Path::new("output").join(format!("{name}-optimize")));
    let mut folder = match folder::take(&out, results::FolderKind::Optimize) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    let session = match Session::listen(watch, request.given.quiet) {
        Ok(session) => session,
        Err(exit) => return exit,
    };
    let search = Search { base, scenario, spec: &spec, interrupted: Some(&session.interrupted) };
    let most = Design::grid(&spec.axes).points() * u64::from(spec.first_round);
    let mut progress = Progress::start("runs", most, 0, request.given.quiet);
    let found = search.run(&mut |done, alive| progress.reach_of(done, alive));
    progress.finish();
    let found = match found {
        Ok(found) => found,
        Err(error) => return stopped(&error),
    };
    if let Err(message) = write(&found, scenario, request, &mut folder, &session) {
        return folder::unwritten(&message);
    }
    finish(request, &found, scenario, &out, &session)
}

fn finish(
    request: &OptimizeRequest,
    found: &SearchResult,
    scenario: &Scenario,
    out: &Path,
    session: &Session,
) -> Exit {
    let printed = print_in(request.format, renderings(), (found, scenario));
    if printed != Exit::Ok {
        return printed;
    }
    if !request.given.quiet {
        note(&format!("{:.2} s; results in {}\n", session.watch.elapsed().as_secs_f64(), out.display()));
    }
    if found.interrupted {
        return Exit::Interrupted;
    }
    request.verdict.end(match &found.winner {
        Some(winner) if winner.holds && (found.unjudged.is_empty() || !request.verdict.strict) => Exit::Ok,
        Some(_) => Exit::Inconclusive,
        None => Exit::CheckFailed,
    })
}

/// The search space: the axes of the command line, else those of the scenario.
fn spec(request: &OptimizeRequest, scenario: &Scenario) -> Result<SearchSpec, String> {
    let declared = scenario.search.clone();
    let mut spec = declared.unwrap_or(SearchSpec {
        axes: Vec::new(),
        confidence: 0.95,
        replications: 30,
        first_round: 3,
    });
    if !request.axes.is_empty() {
        spec.axes.clone_from(&request.axes);
    }
    spec.confidence = request.confidence.unwrap_or(spec.confidence);
    spec.replications = request.replications.unwrap_or(spec.replications);
    if spec.axes.is_empty() {
        return Err("nothing may be chosen: give ranges with --axis KEY=40..80:5, or an [optimize] table in the scenario".to_owned());
    }
    if scenario.checks.is_empty() {
        return Err("the scenario has no [checks]: without them the cheapest setting is the worst".to_owned());
    }
    let (unjudged, judged) = by_baseline(&scenario.checks);
    if judged.is_empty() {
        return Err(format!(
            "`{}` compares with a baseline, which a search has none of, and the scenario has no other [checks]: without them \
             the cheapest setting is the worst",
            unjudged.join("`, `")
        ));
    }
    if !request.given.quiet {
        without_baseline(&unjudged, "a search");
    }
    if spec
        .axes
        .iter()
        .any(|axis| axis.values.iter().any(|value| value.overrides.iter().any(|set| is_seed(set))))
    {
        return Err("`seed` cannot be chosen: all settings run with the same random numbers".to_owned());
    }
    let mut names: Vec<&str> = spec.axes.iter().map(|axis| axis.name.as_str()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("there are two axes `{}`", pair[0]));
    }
    let count = Design::grid(&spec.axes).points();
    if count > MOST_CANDIDATES {
        return Err(format!(
            "{count} settings, and a search takes at most {MOST_CANDIDATES}; take larger steps or fewer axes"
        ));
    }
    Ok(spec)
}

/// Every value of every axis must be one that the base can take, or at least its axis must have one such.
fn values_are_usable(base: &VariedScenario<'_>, axes: &[Axis]) -> Result<(), Exit> {
    let mut usable = true;
    for axis in axes {
        let mut loads = axis.values.iter().map(|value| base.load(&value.overrides));
        let first = loads.next();
        let is_usable = |loaded: &Loaded| loaded.scenario.is_some();
        if first.as_ref().is_some_and(is_usable) || loads.any(|loaded| is_usable(&loaded)) {
            continue;
        }
        usable = false;
        if let Some(loaded) = first {
            note(&scenario::render(&loaded.diagnostics, &loaded.sources, stderr_colour()));
            fail(Exit::Usage, &format!("no value of `{}` can be used", axis.name));
        }
    }
    if usable { Ok(()) } else { Err(Exit::Usage) }
}

fn write(
    found: &SearchResult,
    scenario: &Scenario,
    request: &OptimizeRequest,
    folder: &mut ResultsWriter,
    session: &Session,
) -> Result<(), String> {
    let chart = |error: report::ChartError| format!("cannot draw the picture: {error}");
    let picture = report::optimization_plot(found);
    let mut contents = vec![
        ("cost-p99.png".to_owned(), report::plot::plot_png(&picture).map_err(chart)?),
        ("cost-p99.svg".to_owned(), report::plot::plot_svg(&picture).map_err(chart)?.into_bytes()),
        ("optimization.json".to_owned(), json_text(&report::optimization_result(found)).into_bytes()),
        ("candidates.csv".to_owned(), report::candidates_csv(found)),
    ];
    if let Some(winner) = &found.winner {
        let cluster = request.cluster.as_str();
        contents.push(("plan.toml".to_owned(), winner.scenario.resolved_toml.clone().into_bytes()));
        contents.push(("scaling.tf".to_owned(), report::terraform(&winner.scenario, cluster).into_bytes()));
        contents.extend(report::aws_cli_inputs(&winner.scenario, cluster));
    }
    let mut files = folder.stage(Some(&session.interrupted)).within(scenario.max_output);
    for (name, content) in &contents {
        add(&mut files, name, content)?;
    }
    let manifest = manifest::of(results::FolderKind::Optimize, &[scenario], scenario.seed, &session.watch);
    folder::publish(folder, files, manifest, !request.no_report)
}
