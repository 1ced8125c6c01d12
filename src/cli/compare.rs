//! `windtunnel compare`: load every variant, run them on the same requests, write and print how they differ.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::folder::{add, folder_name};
use super::formats::{self, OutputFormat, Rendering, rendering};
use super::given::{Given, RUNS, VerdictArgs, replication_count};
use super::loading::{PrintedWarnings, accept, accept_with_new_warnings};
use super::printing::{fail, print_in};
use super::session::{SeededRuns, Session, compared};
use super::variant::{self, VariantArg};
use super::{folder, manifest};
use crate::experiment::compare::{Variant, VariantComparison};
use crate::kernel::units::Bytes;
use crate::report::{self, View};
use crate::results::{self, json_text};
use crate::scenario::{self, Scenario};
use crate::shell::files::{Folder, read_scenario};
use crate::shell::results::ResultsWriter;
use crate::shell::terminal::note;
use crate::shell::wall_clock::Stopwatch;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel compare web.toml other.toml\n  windtunnel compare web.toml --replications 20 \
    --variant 'faster: service.web.scaling.target_tracking.cpu.target_value=50'\n  windtunnel compare web.toml --format markdown \
    --variant 'big: service.web.task.cpu=2048; service.web.task.memory=4096'\n\nThe first scenario is the base; its seed holds for \
    all. Exit code 1: every variant fails a check."
)]
pub(super) struct CompareRequest {
    /// The base, then other scenarios to compare with it
    #[arg(required = true)]
    pub(super) scenarios: Vec<PathBuf>,
    /// The base with other values of some keys; may be repeated
    #[arg(long = "variant", value_name = "NAME: KEY=VALUE; …", value_parser = variant::parse)]
    pub(super) variants: Vec<VariantArg>,
    /// Runs of each variant, each with its own random numbers
    #[arg(long, value_name = "N", default_value_t = RUNS, value_parser = replication_count(1))]
    pub(super) replications: u32,
    #[command(flatten)]
    pub(super) given: Given,
    #[command(flatten)]
    pub(super) verdict: VerdictArgs,
    /// Folder for the results [default: output/NAME-compare]
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Leave out report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// What to print on standard output
    #[arg(long, default_value = "text", value_parser = formats::parser(renderings()))]
    pub(super) format: OutputFormat,
}

/// The formats of a comparison.
fn renderings<'a>() -> [Rendering<&'a VariantComparison>; 4] {
    [
        formats::text(view),
        formats::markdown(view),
        rendering(OutputFormat::Json, "The content of comparison.json", |comparison| {
            json_text(&report::comparison_result(comparison))
        }),
        rendering(OutputFormat::Csv, "The content of comparison.csv", |comparison| {
            String::from_utf8_lossy(&report::comparison_csv(comparison)).into_owned()
        }),
    ]
}

fn view(comparison: &VariantComparison) -> View {
    report::comparison_view(&report::comparison_result(comparison))
}

/// Runs the request.
pub(super) fn run(request: &CompareRequest) -> Exit {
    let watch = Stopwatch::start();
    let variants = match variants(request) {
        Ok(variants) => variants,
        Err(exit) => return exit,
    };
    let Some(base) = variants.first() else { return Exit::Usage };
    let (name, seed) = (base.scenario.name.clone(), base.scenario.seed);
    let usual = || Path::new("output").join(format!("{}-compare", folder_name(&name)));
    let out = request.out.clone().unwrap_or_else(usual);
    let mut folder = match folder::take(&out, results::FolderKind::Compare) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    let session = match Session::listen(watch, request.given.quiet) {
        Ok(session) => session,
        Err(exit) => return exit,
    };
    let runs = SeededRuns { seed, runs: u64::from(request.replications) };
    let comparison = match compared(variants, runs, true, &session) {
        Ok(comparison) => comparison,
        Err(exit) => return exit,
    };
    let written = write(&comparison, &mut folder, &session, !request.no_report);
    if let Err(message) = written {
        return folder::unwritten(&message);
    }
    let printed = print_in(request.format, renderings(), &comparison);
    if printed != Exit::Ok {
        return printed;
    }
    if !request.given.quiet {
        let (seconds, out) = (session.watch.elapsed().as_secs_f64(), out.display());
        let runs: usize = comparison.variants.iter().map(|variant| variant.sample.runs()).sum();
        note(&format!("{runs} runs in {seconds:.2} s; results in {out}\n"));
    }
    if comparison.interrupted {
        return Exit::Interrupted;
    }
    let exits =
        || comparison.variants.iter().map(|variant| Exit::of_checks(&variant.checks, request.verdict.strict));
    request.verdict.end(match () {
        () if exits().any(|exit| exit == Exit::Ok) => Exit::Ok,
        () if exits().any(|exit| exit == Exit::Inconclusive) => Exit::Inconclusive,
        () => Exit::CheckFailed,
    })
}

/// Every variant with its scenario.
///
/// # Errors
/// The exit code, once all that is wrong with all of them was printed.
fn variants(request: &CompareRequest) -> Result<Vec<Variant>, Exit> {
    if request.scenarios.len() + request.variants.len() < 2 {
        let message =
            "there is nothing to compare with; name another scenario, or change the base with --variant";
        return Err(fail(Exit::Usage, message));
    }
    let mut variants = Vec::new();
    let mut sound = true;
    let mut take = |name: String, scenario: Option<Scenario>| match scenario {
        Some(scenario) => variants.push(Variant { name, scenario }),
        None => sound = false,
    };
    let base = request.scenarios.first();
    let mut printed = PrintedWarnings::default();
    for path in &request.scenarios {
        take(named(path), load(request, path, &[], Some(&mut printed)));
    }
    if let Some(base) = base {
        for wish in &request.variants {
            // What holds for the base too has been said of the base.
            take(wish.name.clone(), load(request, base, &wish.overrides, None));
        }
    }
    if !sound {
        return Err(Exit::Usage);
    }
    let mut names: Vec<&str> = variants.iter().map(|variant: &Variant| variant.name.as_str()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(fail(
            Exit::Usage,
            &format!("two variants are called `{}`; names tell them apart", pair[0]),
        ));
    }
    Ok(variants)
}

/// A scenario file is called by its name without the ending.
fn named(path: &Path) -> String {
    path.file_stem().map_or_else(|| path.display().to_string(), |stem| stem.to_string_lossy().into_owned())
}

/// A scenario with more overrides; its warnings are printed only where there is `printed`, each once.
fn load(
    request: &CompareRequest,
    path: &Path,
    more: &[String],
    printed: Option<&mut PrintedWarnings>,
) -> Option<Scenario> {
    let source = match read_scenario(path) {
        Ok(source) => source,
        Err(message) => {
            fail(Exit::Usage, &message);
            return None;
        }
    };
    let overrides: Vec<String> = request.given.overrides().iter().chain(more).cloned().collect();
    let loaded = scenario::load(&source, &overrides, request.given.seed, &mut Folder::of(path));
    match printed {
        Some(printed) => accept_with_new_warnings(loaded, !request.given.quiet, printed).ok(),
        None => accept(loaded, false).ok(),
    }
}

fn write(
    comparison: &VariantComparison,
    folder: &mut ResultsWriter,
    session: &Session,
    with_page: bool,
) -> Result<(), String> {
    let scenarios: Vec<&Scenario> = comparison.variants.iter().map(|v| &v.variant.scenario).collect();
    let chart = |error: report::ChartError| format!("cannot draw the picture: {error}");
    let (lines, dots) = (report::comparison_plot(comparison), report::cost_plot(comparison));
    let result = report::comparison_result(comparison);
    let contents = [
        ("comparison.png", report::plot::plot_png(&lines).map_err(chart)?),
        ("comparison.svg", report::plot::plot_svg(&lines).map_err(chart)?.into_bytes()),
        ("cost-p99.png", report::plot::plot_png(&dots).map_err(chart)?),
        ("cost-p99.svg", report::plot::plot_svg(&dots).map_err(chart)?.into_bytes()),
        ("comparison.json", json_text(&result).into_bytes()),
        ("comparison.csv", report::comparison_csv(comparison)),
        ("comparison.md", report::comparison_view(&result).markdown().into_bytes()),
    ];
    let most = scenarios.iter().map(|scenario| scenario.max_output).max().unwrap_or(Bytes(u64::MAX));
    let mut files = folder.stage(Some(&session.interrupted)).within(most);
    for (name, content) in &contents {
        add(&mut files, name, content)?;
    }
    let manifest = manifest::of(results::FolderKind::Compare, &scenarios, comparison.seed, &session.watch);
    folder::publish(folder, files, manifest, with_page)
}
