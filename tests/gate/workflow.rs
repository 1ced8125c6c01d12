//! The workflow that the documents offer: its commands exist and their flags parse.

use std::fs;
use std::path::Path;

use crate::program::{shipped, windtunnel};

/// Every `windtunnel …` in the scripts of a document, as words; variables stand for themselves.
fn commands(text: &str) -> Vec<Vec<String>> {
    let joined = text.replace("\\\n", " ");
    let mut found = Vec::new();
    for line in joined.lines() {
        let line = line.trim().trim_start_matches("- run: ").trim_start_matches("run: ");
        let Some(rest) = line.strip_prefix("windtunnel ") else { continue };
        let end = [" >", " |", " &&", " ||", " #"]
            .iter()
            .filter_map(|stop| rest.find(stop))
            .min()
            .unwrap_or(rest.len());
        found.push(
            rest[..end]
                .split_whitespace()
                .filter(|word| *word != "\"$@\"")
                .map(|word| word.trim_matches(['"', '\'']).to_owned())
                .collect(),
        );
    }
    found
}

#[test]
fn every_command_of_the_workflow_exists_and_its_flags_parse() {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for document in ["docs/windtunnel.yml", "docs/github-actions.md", "README.md"] {
        let text = fs::read_to_string(shipped(document)).unwrap();
        let section = text.split("\n## ").find(|section| section.starts_with("A gate for CI"));
        for words in commands(section.unwrap_or(&text)) {
            count += 1;
            // The files do not exist here: a sound command ends by saying so, a wrong one by saying how it is used.
            let ran = windtunnel(folder.path(), &words);
            assert!(!ran.stderr.contains("Usage:"), "{document}: {words:?}\n{}", ran.stderr);
            assert!(ran.code == Some(2) || words == ["--version"], "{document}: {words:?}\n{}", ran.stderr);
        }
    }
    assert!(count >= 9, "{count} commands");
}

#[test]
fn the_workflow_asks_for_no_more_than_it_needs() {
    let text = fs::read_to_string(shipped("docs/windtunnel.yml")).unwrap();
    assert!(!text.contains('\t'), "YAML knows no tabs");
    let used: Vec<&str> = text
        .lines()
        .filter_map(|line| {
            line.trim().strip_prefix("uses: ").or_else(|| line.trim().strip_prefix("- uses: "))
        })
        .collect();
    assert!(!used.is_empty());
    for action in used {
        let version = action.split_once('@').unwrap().1.split_whitespace().next().unwrap();
        let is_major = version.strip_prefix('v').is_some_and(|number| number.parse::<u32>().is_ok());
        assert!(is_major, "{action} is not pinned to a major version");
    }
    assert!(text.contains("permissions:\n  contents: read\n"), "the default is to read");
    assert!(!text.contains("write-all") && !text.contains("pull_request_target"), "{text}");
    assert_eq!(text.matches(": write").count(), 1, "one permission to write: the comment");
    assert!(text.contains("<!-- windtunnel-diff -->"), "the comment is found by its marker");
    // What comes from a pull request is never pasted into a script: expressions stand in settings only.
    let mut script = None;
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        if script.is_some_and(|outer| depth <= outer && !line.trim().is_empty()) {
            script = None;
        }
        if line.trim_start().starts_with("run:") {
            script = Some(depth);
        }
        assert!(script.is_none() || !line.contains("${{"), "an expression within a script: {line}");
    }
}

#[test]
fn the_document_and_the_workflow_say_the_same_commands() {
    let [document, workflow] = ["docs/github-actions.md", "docs/windtunnel.yml"]
        .map(|path| fs::read_to_string(shipped(path)).unwrap());
    let diff = "windtunnel diff \"base/$SCENARIO\" \"$SCENARIO\" --format markdown > comment.md";
    assert!(document.contains(diff) && workflow.contains(diff));
    for marker in ["<!-- windtunnel-diff -->", "pull-requests: write"] {
        assert!(document.contains(marker) && workflow.contains(marker), "{marker}");
    }
}

/// The script of the step of that name.
fn script(name: &str) -> String {
    let text = fs::read_to_string(shipped("docs/windtunnel.yml")).unwrap();
    let step = text.split_once(&format!("- name: {name}\n")).unwrap().1;
    let block = step.split_once("run: |\n").unwrap().1;
    let lines = block.lines().take_while(|line| line.is_empty() || line.starts_with("          "));
    lines.map(|line| format!("{}\n", line.trim_start_matches("          "))).collect()
}

/// Runs a script as the runner does, with `bin` before everything else on the path.
#[cfg(unix)]
fn run(script: &str, folder: &Path, bin: &Path, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    use std::process::{Command, Stdio};
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let mut shell = Command::new("bash");
    shell.args(["-e", "-c", script]).current_dir(folder).env("PATH", path).stdin(Stdio::null());
    let output = shell.envs(variables.iter().copied()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
#[cfg(unix)]
fn the_scripts_of_the_workflow_do_what_they_say() {
    let program = Path::new(env!("CARGO_BIN_EXE_windtunnel"));
    let bin = program.parent().unwrap();
    let (change, verdicts) = (
        script("What the change does"),
        script("The verdicts as annotations, for test reporters, and as exit code"),
    );
    let good = super::rising("web", "\n[checks]\navailability = \">= 1%\"\n");
    let bad = super::rising("web", "\n[checks]\ncost = \"< 0 USD\"\n");
    for (scenario, has_base, code) in [(&good, true, 0), (&bad, true, 1), (&good, false, 0), (&bad, false, 1)]
    {
        let folder = crate::cli::folder(&[("web.toml", scenario.as_bytes())]);
        fs::create_dir(folder.path().join("base")).unwrap();
        if has_base {
            fs::write(folder.path().join("base/web.toml"), &good).unwrap();
        }
        let summary = folder.path().join("summary.md");
        let variables = [("SCENARIO", "web.toml"), ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
        // What fails is the gate, never the comment.
        assert_eq!(run(&change, folder.path(), bin, &variables).0, Some(0));
        let comment = fs::read_to_string(folder.path().join("comment.md")).unwrap();
        assert!(comment.starts_with("<!-- windtunnel-diff -->\n## "), "{comment}");
        assert_eq!(fs::read_to_string(&summary).unwrap(), comment);
        let (exit, said) = run(&verdicts, folder.path(), bin, &variables);
        assert_eq!(exit, Some(code), "{said}");
        assert_eq!(said.contains("::error file=web.toml,line="), code == 1, "{said}");
        assert!(fs::read_to_string(folder.path().join("checks.xml")).unwrap().starts_with("<?xml"));
    }
}

#[test]
#[cfg(unix)]
fn the_comment_is_updated_where_there_is_one_and_made_where_there_is_none() {
    use std::os::unix::fs::PermissionsExt;
    let comment = script("One comment, kept up to date");
    for (known, wanted) in [
        ("77\n78", "--method PATCH repos/o/r/issues/comments/77"),
        ("", "--method POST repos/o/r/issues/5/comments"),
    ] {
        let folder = crate::cli::folder(&[("comment.md", b"text")]);
        let fake = "#!/bin/sh\ncase \"$*\" in *--paginate*) printf '%s' \"$KNOWN\" ;; *) echo \"$*\" >> calls ;; esac\n";
        let path = folder.path().join("gh");
        fs::write(&path, fake).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let variables = [("KNOWN", known), ("REPOSITORY", "o/r"), ("NUMBER", "5")];
        assert_eq!(run(&comment, folder.path(), folder.path(), &variables).0, Some(0));
        let calls = fs::read_to_string(folder.path().join("calls")).unwrap();
        assert_eq!(calls.trim(), format!("api {wanted} -F body=@comment.md"));
    }
}
