//! Names that are written to steer who reads a log: GitHub runs the commands that it finds at the beginning of a line, and
//! a pipe is such a log.

use crate::cli::{SMALL, folder};
use crate::program::windtunnel;

const HOSTILE: &str = "::stop-commands::abc ##[error]gone";

/// What GitHub would run of a log.
fn commands(log: &str) -> Vec<&str> {
    let begins = |line: &&str| {
        let line = line.trim_start();
        (line.starts_with("::") && !line.starts_with(":::")) || line.contains("##[")
    };
    log.lines().filter(begins).collect()
}

#[test]
fn no_command_prints_a_name_that_a_log_would_run() {
    let text = SMALL.replace("\"small\"", &format!("\"{HOSTILE}\"\ndescription = \"::error::x\""))
        + "[checks]\navailability = \">= 1%\"\n[forecast]\ngrowth = \"1%/month\"\nmonths = 1\nreplications = 2\n";
    let folder = folder(&[("x.toml", text.as_bytes())]);
    std::fs::create_dir(folder.path().join("::error::d")).unwrap();
    std::fs::write(folder.path().join("::error::d/x.toml"), &text).unwrap();
    let axis = "service.web.scaling.min_capacity=1,2";
    let variant = "::error::v: service.web.scaling.min_capacity=1";
    for arguments in [
        &["run", "x.toml", "--out", "one"][..],
        &["run", "x.toml", "--out", "two", "--replications", "2"],
        &["check", "x.toml", "--replications", "2"],
        &["check", "one"],
        &["compare", "x.toml", "--variant", variant, "--replications", "2", "--out", "three"],
        &[
            "compare",
            "x.toml",
            "--variant",
            variant,
            "--replications",
            "2",
            "--out",
            "three",
            "--format",
            "csv",
        ],
        &[
            "compare",
            "x.toml",
            "--variant",
            variant,
            "--replications",
            "2",
            "--out",
            "three",
            "--format",
            "markdown",
        ],
        &["diff", "x.toml", "::error::d/x.toml", "--replications", "2"],
        &["sweep", "x.toml", "--axis", axis, "--out", "four"],
        &["optimize", "x.toml", "--axis", axis, "--out", "five"],
        &["forecast", "x.toml", "--out", "six"],
        &["validate", "::error::d/x.toml"],
        &["validate", "::error::d/y.toml"],
        &["why", "one"],
    ] {
        let ran = windtunnel(folder.path(), arguments);
        assert!(!ran.is_of_a_bug(), "{}", ran.stderr);
        for log in [&ran.stdout, &ran.stderr] {
            assert!(commands(log).is_empty(), "{arguments:?}: {:?}", commands(log));
        }
    }
    // What programs read keeps the name to the letter.
    let json = windtunnel(folder.path(), &["check", "one", "--format", "json"]).json();
    assert!(json.to_string().contains(HOSTILE), "{json}");
    let github = windtunnel(
        folder.path(),
        &["check", "x.toml", "--replications", "2", "--checks", "x.toml", "--format", "github"],
    );
    assert!(!github.stdout.contains("##["), "{}", github.stdout);
    let failing = text.replace(">= 1%", "> 100%");
    std::fs::write(folder.path().join("fails.toml"), failing).unwrap();
    let github =
        windtunnel(folder.path(), &["check", "fails.toml", "--replications", "2", "--format", "github"])
            .exits(1);
    assert!(github.stdout.starts_with("::error ") && !github.stdout.contains("##["), "{}", github.stdout);
}

#[test]
fn a_name_of_signs_that_nobody_sees_is_refused_and_shown_as_what_it_is() {
    for (sign, shown) in [
        ("\u{61c}", "\\u{61c}"),
        ("\u{ad}", "\\u{ad}"),
        ("\u{2028}", "\\u{2028}"),
        ("\u{e0041}", "\\u{e0041}"),
        ("\u{3164}", "\\u{3164}"),
        ("\u{fe0f}", "\\u{fe0f}"),
        ("\u{202e}", "\\u{202e}"),
    ] {
        let named = |text: &str| {
            let folder = folder(&[("x.toml", text.as_bytes())]);
            windtunnel(folder.path(), &["validate", "x.toml"]).exits(2).stderr
        };
        named(&SMALL.replace("small", &format!("sm{sign}all")));
        let said = named(&format!("{SMALL}\"k{sign}ey\" = 1\n"));
        assert!(said.contains(&format!("`k{shown}ey`")), "{said}");
        assert!(sign == "\u{fe0f}" || !said.contains(sign), "{said}");
    }
}
