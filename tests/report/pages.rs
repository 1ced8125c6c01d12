//! HTML pages: names stay text, equal files give equal bytes, damaged files give a sentence, nothing is fetched.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use windtunnel::experiment::RunResult;
use windtunnel::report::{
    RunOutput, decisions_csv, evaluations_csv, run_page, summary_json, tasks_csv, timeline_csv,
};
use windtunnel::results::{FolderKind, Manifest};

use super::fixture::{empty, poisoned, spike_day, two_services};
use crate::cli::{SMALL, folder};
use crate::program::{bytes, reseal, shipped, windtunnel};

/// Every text that a user may choose freely tries to be something else.
const HOSTILE: &str = r#"schema = 1
name = '<img src=x onerror="window.harmed=1">'
description = "=cmd()|</script><script>alert(1)</script>&amp;\u2028<!--"
horizon = "40m"
[service.-shop.traffic]
shape = [{ constant = { rate = 20.0 } }, { step = { at = "5m", rate = 60.0 } }]
[service.-shop.request]
cpu_time = "30ms"
[service.-shop.scaling]
min_capacity = 2
max_capacity = 8
[service.-shop.scaling.target_tracking.-cpu]
metric = "ECSServiceAverageCPUUtilization"
target_value = 50.0
[service.quiet.traffic]
shape = [{ constant = { rate = 1.0 } }]
[service.quiet.request]
cpu_time = "5ms"
[service.quiet.scaling]
min_capacity = 1
max_capacity = 1
[checks]
p95_response_time = "< 20ms"
"#;

/// The files of a run of [`HOSTILE`], once for all tests.
fn hostile() -> &'static TempDir {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = folder(&[("hostile.toml", HOSTILE.as_bytes())]);
        windtunnel(folder.path(), &["run", "hostile.toml", "--out", "out", "--quiet"]).exits(1);
        folder
    })
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// The files of a run by their names, and what made them.
#[derive(Clone)]
pub(super) struct Files {
    pub(super) manifest: Manifest,
    pub(super) contents: BTreeMap<String, Vec<u8>>,
}

/// The files of a folder that a page is made of.
fn files(folder: &Path) -> Files {
    let manifest = Manifest::read(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let names = manifest.outputs.iter().map(|output| output.file.clone());
    let contents = names.map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect();
    Files { manifest, contents }
}

pub(super) fn page_of(files: Files) -> Result<String, String> {
    let Files { manifest, contents } = files;
    let open = move |name: &str| {
        let content = contents.get(name).ok_or_else(|| format!("`{name}`: no such file"))?.clone();
        Ok(Box::new(std::io::Cursor::new(content)) as Box<dyn std::io::Read>)
    };
    let page = run_page(&mut [RunOutput { label: "out".to_owned(), manifest, open: Box::new(open) }])?;
    Ok(String::from_utf8(page).unwrap())
}

/// The files of a result that no program wrote.
pub(super) fn files_of(result: &RunResult) -> Files {
    let head =
        "region = \"us-east-1\"\nstart = \"2026-11-27T00:00:00Z\"\ntimezone = \"UTC\"\nwarmup = \"0s\"\n";
    let contents = [
        ("summary.json", summary_json(result).into_bytes()),
        ("timeline.csv", bytes(|out| timeline_csv(result, out))),
        ("decisions.csv", bytes(|out| decisions_csv(result, out))),
        ("evaluations.csv", bytes(|out| evaluations_csv(result, out))),
        ("tasks.csv", bytes(|out| tasks_csv(result, out))),
        ("plan.toml", head.as_bytes().to_vec()),
    ];
    let contents = contents.into_iter().map(|(name, content)| (name.to_owned(), content)).collect();
    Files { manifest: Manifest::of(FolderKind::Run), contents }
}

#[test]
fn names_stay_text_wherever_they_stand() {
    let page = read(&hostile().path().join("out"), "report.html");
    assert!(!page.contains("<img") && !page.contains("alert(1)</script>") && !page.contains("<!--"));
    assert_eq!(page.matches("<script").count(), 3, "the data, uPlot and ours");
    assert_eq!(page.matches("</script").count(), 3);
    let name = "&lt;img src=x onerror=&quot;window.harmed=1&quot;&gt;";
    assert!(page.contains(&format!("<title>{name} · windtunnel</title>")));
    assert!(page.contains(&format!(">{name}</h1>")));
}

#[test]
fn no_cell_of_any_sheet_starts_a_formula() {
    let out = hostile().path().join("out");
    for name in
        ["timeline.csv", "decisions.csv", "evaluations.csv", "tasks.csv", "invoice.csv", "response_times.csv"]
    {
        let mut reader = csv::Reader::from_path(out.join(name)).unwrap();
        let mut quoted = 0;
        for row in reader.records() {
            for cell in row.unwrap().iter() {
                let is_number = cell.parse::<f64>().is_ok();
                assert!(is_number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}: {cell}");
                quoted += usize::from(cell == "'-shop" || cell == "'-cpu");
            }
        }
        assert!(quoted > 0, "{name} has the service under test");
    }
    // The page finds the service again all the same, and shows its own name.
    assert!(read(&out, "report.html").contains("data-service=\"-shop\""));
}

/// The bytes of a text in base64, in hexadecimal.
fn hex(text: &str) -> String {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: String =
        text.trim_end_matches('=').chars().map(|c| format!("{:06b}", DIGITS.find(c).unwrap())).collect();
    let bytes = bits.as_bytes().chunks_exact(8).map(|byte| std::str::from_utf8(byte).unwrap());
    bytes.map(|byte| format!("{:02x}", u8::from_str_radix(byte, 2).unwrap())).collect()
}

#[test]
fn a_page_asks_nobody_for_anything() {
    let page = read(&hostile().path().join("out"), "report.html");
    let policy =
        page.split_once("Content-Security-Policy\" content=\"").unwrap().1.split_once('"').unwrap().0;
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"),
        "{policy}"
    );
    // Every style and script of the page is one that the policy knows, and nothing else of it is either.
    let known = |directive: &str, text: &str| {
        let digest: String =
            Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let sources = policy.split("; ").find_map(|part| part.strip_prefix(directive)).unwrap();
        let hashes: Vec<String> =
            sources.split('\'').filter_map(|source| source.strip_prefix("sha256-")).map(hex).collect();
        assert!(hashes.contains(&digest), "{directive}: {}", &text[..text.len().min(80)]);
    };
    let texts = |opening: &str, closing: &str| -> Vec<String> {
        page.split(opening).skip(1).map(|rest| rest.split_once(closing).unwrap().0.to_owned()).collect()
    };
    let (styles, scripts) = (texts("<style>", "</style>"), texts("<script>", "</script>"));
    assert_eq!((styles.len(), scripts.len()), (1, 2));
    styles.iter().for_each(|text| known("style-src", text));
    scripts.iter().for_each(|text| known("script-src", text));
    let built_in: String = styles.into_iter().chain(scripts).collect();
    let markup = page.lines().filter(|line| !built_in.contains(*line)).collect::<Vec<_>>().join("\n");
    let markup = markup.split("<script type=\"application/json\"").next().unwrap();
    assert!(
        !markup.contains(" style=") && !page.contains("<style ") && page.matches("<script ").count() == 1
    );
    for handler in [" onclick=", " onload=", " onmouseover=", "javascript:"] {
        assert!(!markup.contains(handler), "{handler}");
    }
    for needle in ["src=\"", "href=\"http", "url(", "@import", "fetch(", "XMLHttpRequest", "import("] {
        assert!(!page.replace("onerror=", "").contains(needle), "{needle}");
    }
}

#[test]
fn run_and_report_give_the_same_bytes_and_so_do_two_equal_runs() {
    let folder = folder(&[("small.toml", SMALL.as_bytes())]);
    let at = folder.path();
    windtunnel(at, &["run", "small.toml", "--out", "a"]).exits(0);
    windtunnel(at, &["run", "small.toml", "--quiet", "--out", "b/c"]).exits(0);
    let said = windtunnel(at, &["report", "a", "--out", "again.html"]).exits(0);
    assert_eq!(said.stdout, "again.html\n");
    let page = read(at, "a/report.html");
    assert!(page == read(at, "again.html") && page == read(at, "b/c/report.html"));
    fs::remove_file(at.join("a/report.html")).unwrap();
    windtunnel(at, &["report", "a"]).exits(0);
    assert!(page == read(at, "a/report.html"));
}

#[test]
fn what_an_earlier_run_left_in_the_folder_is_not_taken_for_this_one() {
    let folder = folder(&[("small.toml", SMALL.as_bytes())]);
    let at = folder.path();
    windtunnel(at, &["run", "small.toml", "--out", "a", "--replications", "2"]).exits(0);
    assert!(read(at, "a/report.html").contains("Over 2 runs"));
    assert!(read(at, "a/report.html").contains("windtunnel run plan.toml --replications 2"));
    windtunnel(at, &["run", "small.toml", "--out", "a"]).exits(0);
    assert!(!at.join("a/estimates.json").exists() && !at.join("a/replications.csv").exists());
    assert!(!read(at, "a/report.html").contains("Over 2 runs"));
    windtunnel(at, &["run", "small.toml", "--out", "a", "--no-report"]).exits(0);
    assert!(!at.join("a/report.html").exists());
    windtunnel(at, &["run", "small.toml", "--out", "b", "--no-report"]).exits(0);
    assert!(!at.join("b/report.html").exists());
}

#[test]
fn several_runs_make_one_page_that_is_named() {
    let at = hostile().path();
    let said = windtunnel(at, &["report", "out", "out"]).exits(2);
    assert!(said.stderr.contains("--out"), "{}", said.stderr);
    windtunnel(at, &["report", "out", "out", "--out", "both.html"]).exits(0);
    let page = read(at, "both.html");
    assert_eq!(page.matches("<article").count(), 2);
    assert!(page.contains("2 runs") && page.contains("id=\"r1s1\""));
    let said = windtunnel(at, &["report", "out", "--out", "out"]).exits(2);
    assert!(said.stderr.contains("no plain file"), "{}", said.stderr);
    // A link is not replaced by a file, nor is what it points to written through it.
    #[cfg(unix)]
    {
        fs::write(at.join("target"), "mine").unwrap();
        std::os::unix::fs::symlink("target", at.join("link.html")).unwrap();
        windtunnel(at, &["report", "out", "--out", "link.html"]).exits(2);
        assert_eq!(fs::read_to_string(at.join("link.html")).unwrap(), "mine");
    }
}

#[test]
fn a_day_is_below_a_megabyte_and_long_runs_say_that_they_are_thinned() {
    let folder = tempfile::tempdir().unwrap();
    let run = |scenario: &str, out: &str, more: &[&str]| {
        let file = shipped(scenario);
        let arguments = [&["run", file.to_str().unwrap(), "--quiet", "--out", out], more].concat();
        windtunnel(folder.path(), &arguments);
        read(&folder.path().join(out), "report.html")
    };
    let day = run("scenarios/flash-sale.toml", "day", &[]);
    assert_eq!(read(&folder.path().join("day"), "timeline.csv").lines().count(), 1_441);
    assert!(day.len() < 1_000_000, "{} B", day.len());
    assert!(!day.contains("are drawn from fewer points"));
    let long = run("scenarios/month-fluid.toml", "long", &["--set", "horizon=40d"]);
    assert!(long.contains(
        "57 600 minutes are drawn from fewer points: each 3 of them as their lowest and their highest"
    ));
}

#[test]
fn what_is_not_there_is_said_in_words() {
    let out = hostile().path().join("out");
    let page = read(&out, "report.html");
    assert!(page.contains("quiet has no scaling policy"), "no decision");
    let folder = folder(&[("small.toml", SMALL.as_bytes())]);
    windtunnel(folder.path(), &["run", "small.toml", "--out", "b"]).exits(0);
    assert!(
        read(folder.path(), "b/report.html").contains("No checks declared: nothing says what is good enough")
    );
}

#[test]
fn odd_results_make_pages_too() {
    for (name, result) in
        [("empty", empty()), ("poisoned", poisoned()), ("spike", spike_day()), ("two", two_services())]
    {
        let page = page_of(files_of(&result)).unwrap_or_else(|message| panic!("{name}: {message}"));
        let has = |text: &str| page.contains(text);
        assert!(!has(">NaN") && !has(">inf") && !has(":NaN") && !has(",inf"), "{name}");
        if result.record.services.iter().all(|service| service.timeline.is_empty()) {
            assert!(page.contains("There is nothing to draw"), "{name}");
        }
    }
}

#[test]
fn a_damaged_folder_is_answered_with_its_file_and_what_to_do() {
    let out = hostile().path().join("out");
    let broken = tempfile::tempdir().unwrap();
    let to = broken.path().join("out");
    for (file, content, said) in [
        ("summary.json", Some("{".to_owned()), "`summary.json` is malformed"),
        (
            "summary.json",
            Some(read(&out, "summary.json").replace("\"1.", "\"2.")),
            "unsupported schema version 2.",
        ),
        (
            "summary.json",
            Some(read(&out, "summary.json").replace("\"quiet\"", "\"other\"")),
            "of different runs",
        ),
        (
            "timeline.csv",
            Some(read(&out, "timeline.csv").replace("offered_per_s", "x")),
            "no column `offered_per_s`",
        ),
        (
            "timeline.csv",
            Some(read(&out, "timeline.csv").replace("0.000000", "much")),
            "`much` is not a finite number",
        ),
        ("decisions.csv", Some("a,b\n1,2\n".to_owned()), "`decisions.csv` is malformed"),
        ("evaluations.csv", Some("a\n\"".to_owned()), "`evaluations.csv` is malformed"),
        ("tasks.csv", Some("service,x\nzz,1\n".to_owned()), "`tasks.csv`"),
        ("plan.toml", Some("start = ".to_owned()), "`plan.toml` is malformed"),
        ("plan.toml", Some(read(&out, "plan.toml").replace("start = \"2", "start = \"x")), "is no date"),
        ("manifest.json", Some("{}".to_owned()), "`manifest.json` is not what"),
        ("manifest.json", None, "no such file; give the folder that"),
        ("tasks.csv", None, "`tasks.csv` is not among the results"),
    ] {
        fs::create_dir_all(&to).unwrap();
        for entry in fs::read_dir(&out).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
        match content {
            Some(text) => fs::write(to.join(file), text).unwrap(),
            None => fs::remove_file(to.join(file)).unwrap(),
        }
        if file != "manifest.json" {
            reseal(&to);
        }
        let ran = windtunnel(broken.path(), &["report", "out", "--out", "x.html"]).exits(2);
        assert!(ran.stderr.contains(said) && ran.stderr.contains(file), "{file}: {}", ran.stderr);
        assert!(ran.stderr.contains("windtunnel run"), "{file} says what to do: {}", ran.stderr);
        assert!(!broken.path().join("x.html").exists());
    }
}

#[test]
fn no_byte_of_any_file_can_end_the_program() {
    let sound = files(&hostile().path().join("out"));
    let mut refused = 0;
    for part in ["summary.json", "timeline.csv", "decisions.csv", "evaluations.csv", "tasks.csv", "plan.toml"]
    {
        for step in 0..24 {
            let mut files = sound.clone();
            let bytes = files.contents.get_mut(part).unwrap();
            let at = bytes.len() * step / 24;
            if step % 2 == 0 {
                bytes.truncate(at)
            } else {
                bytes[at] = b"\"\xff{9-\n"[step % 6]
            }
            match page_of(files) {
                Ok(page) => assert!(page.ends_with("</html>\n") || page.ends_with("</html>"), "whole"),
                Err(message) => {
                    refused += 1;
                    assert!(message.contains('`') && message.len() < 2_000, "{message}");
                }
            }
        }
    }
    assert!(refused > 34, "{refused} of 144 damages were noticed");
}

#[test]
fn what_is_vendored_is_what_was_published() {
    let folder = shipped("src/report/html/assets/vendor/uplot-1.6.32");
    let sums = read(&folder, "SHA256SUMS");
    let published = [
        ("uPlot.iife.min.js", "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"),
        ("uPlot.min.css", "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04"),
    ];
    for (name, sum) in published {
        assert!(sums.contains(&format!("{sum}  {name}")), "{name}");
    }
    let mut listed = vec!["SHA256SUMS".to_owned()];
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        let digest = Sha256::digest(fs::read(folder.join(name)).unwrap());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, sum, "{name}");
        listed.push(name.to_owned());
    }
    listed.sort();
    assert_eq!(crate::program::names(&folder), listed);
    assert!(read(&folder, "LICENSE").contains("The MIT License (MIT)"));
}

#[test]
fn the_cost_at_both_ends_of_the_scale_in_assumption_stands_in_the_bill_and_beside_the_cost() {
    use windtunnel::experiment::scale_in::Ends;
    use windtunnel::kernel::units::Usd;
    let cents = |cents: i128| Usd(cents * 10_000_000_000);
    let mut result = spike_day();
    let words = "1\u{2009}234.50 USD with gradual scale-in, 22.52 USD with proportional (assumptions.tt_scale_in_mode)";
    let note = "gradual scale-in 1\u{2009}234.50 USD, proportional 22.52 USD";
    let page = page_of(files_of(&result)).unwrap();
    assert!(!page.contains("gradual scale-in"));
    result.scale_in = Some(Ends { gradual: cents(123_450), proportional: cents(2_252) });
    let page = page_of(files_of(&result)).unwrap();
    let caption = page.split("<table class=\"bill\">").nth(1).unwrap().split("</caption>").next().unwrap();
    assert!(caption.contains(words), "{caption}");
    assert_eq!(page.matches(note).count(), 1);
    // Where both are the same, that is said once.
    result.scale_in = Some(Ends { gradual: cents(2_252), proportional: cents(2_252) });
    let page = page_of(files_of(&result)).unwrap();
    assert!(page.contains("22.52 USD with gradual and proportional scale-in (assumptions.tt_scale_in_mode)"));
}
